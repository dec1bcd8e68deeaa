# SPDX-License-Identifier: Apache-2.0
"""Answers: to arguments, tables, and lines as they come."""

import json
import os
import re
import signal
import subprocess
import unittest

from model_bytes import ModelBytes, assemble, seal_metadata
from program import DONE, MEASURED, SMALL, ProgramTest, ignore_broken_pipes, measurements, reviews


class PredictTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write_table()
        self.train("table.csv", "--epochs", "3")

    def predict(self, *arguments, **options):
        result = self.attune("predict", "model.attune", *arguments, **options)
        self.assert_code(DONE, result)
        return result.lines

    def test_a_line_per_text(self):
        lines = self.predict("a good film", "太差", "a bad book")
        self.assertEqual(3, len(lines))
        for line in lines:
            self.assertRegex(line, r"^(pos|neg)\t0\.[5-9]\d{3,}$")

    def test_a_table(self):
        lines = self.predict("table.csv")
        self.assertEqual(60, len(lines))
        texts = [text for text, _ in reviews()]
        self.assertEqual(lines[:5], self.predict(*texts[:5]))

    def test_a_table_without_answers_and_with_other_columns(self):
        self.write_table("new.csv", [("1", text) for text, _ in reviews(7)], columns=("number", "text"))
        self.assertEqual(self.predict(*[text for text, _ in reviews(7)]), self.predict("new.csv"))

    def test_lines_of_standard_input(self):
        texts = [text for text, _ in reviews()]
        expected = self.predict(*texts)
        self.assertEqual(expected, self.predict("-", stdin="\n".join(texts) + "\n"))
        self.assertEqual(expected, self.predict(stdin="\n".join(texts)), "without a line end at the end, without a dash")
        self.assertEqual(expected, self.predict("-", stdin="\r\n".join(texts) + "\r\n"))

    def test_more_lines_than_are_answered_together(self):
        texts = [text for text, _ in reviews(1000)]
        self.write_table("many.csv", [(text,) for text in texts], columns=("text",))
        self.assertEqual(self.predict("many.csv"), self.predict("-", stdin="\n".join(texts)))

    def test_each_line_is_answered_before_the_next_comes(self):
        texts = ["a good film", "", "太差", "-", "table.csv"]
        run = self.start("predict", "model.attune", "-")
        answers = [run.ask(text) for text in texts]
        result = run.end()
        self.assert_code(DONE, result)
        self.assertEqual("", result.out, "more answers than lines")
        self.assertEqual(self.predict("-", stdin="\n".join(texts) + "\n"), answers)
        self.assertTrue(all(answers))

    def test_no_lines_no_answers(self):
        self.assertEqual([], self.predict("-", stdin=""))

    def test_an_empty_text(self):
        self.assertRegex(self.predict("")[0], r"^(pos|neg)\t")
        self.assertEqual(self.predict(""), self.predict("-", stdin="\n"))

    def test_a_text_longer_than_a_file_name_may_be(self):
        text = "good film " * 30  # 300 bytes; file names end at 255
        self.assertEqual(self.predict("-", stdin=text), self.predict(text))

    def test_a_text_of_100000_characters(self):
        text = "很好 good film " * 8000  # 112,000 characters, 264,000 bytes: more than one argument may have
        lines = self.predict("-", stdin=text + "\n")
        self.assertEqual(1, len(lines))
        argument = text[:50_000]  # 117,857 bytes
        self.assertEqual(lines, self.predict(argument), "both are cut to the same 512 tokens")

    def test_a_text_that_starts_with_a_dash(self):
        lines = self.predict("--", "-good film", "--top")
        self.assertEqual(2, len(lines))
        self.assertEqual(self.predict("-", stdin="-good film\n--top\n"), lines)

    def test_two_dashes_alone_are_a_flag_to_the_program_only_once(self):
        self.assertEqual(2, len(self.predict("--", "--", "good")))

    def test_blanks_tabs_and_strange_characters(self):
        lines = self.predict("-", stdin="  \n\t\n\u200b\n🙂👩‍👩‍👧\n\ufeff\n\x01\n" + "ÿ" * 50 + "\n")
        self.assertEqual(7, len(lines))

    def test_a_byte_order_mark_is_no_part_of_the_first_line(self):
        # What stands before a category makes it another one.
        self.write_table("colours.csv", [("red" if i % 2 else "blue", "warm" if i % 2 else "cold") for i in range(60)], ("colour", "label"))
        self.train("colours.csv", "--input", "colour:category", "--learning-rate", "0.01", model="colours.attune")
        def answers(lines):
            result = self.attune("predict", "colours.attune", "-", stdin=lines)
            self.assert_code(DONE, result)
            return result.lines
        red, marked = answers("red\n\ufeffred\n")
        self.assertNotEqual(red, marked, "only the first line begins with a mark")
        self.assertEqual([red, marked], answers("\ufeffred\n\ufeffred\n"))
        self.assertEqual([red], answers("\ufeffred"))
        self.assertEqual([], answers("\ufeff"))
        self.assertEqual(answers("\n"), answers("\ufeff\n"))

    def test_a_zero_byte_in_a_line_is_data(self):
        self.assertEqual(1, len(self.predict("-", stdin=b"good\0film\n")))

    def test_top(self):
        one, two, many = (self.predict("a good film", "--top", k)[0].split("\t") for k in (1, 2, 100))
        self.assertEqual(one, two[:2])
        self.assertEqual(4, len(two))
        self.assertEqual(two, many)
        self.assertEqual({"pos", "neg"}, {two[0], two[2]})
        self.assertAlmostEqual(1, float(two[1]) + float(two[3]), delta=0.00011)
        self.assertGreaterEqual(float(two[1]), float(two[3]))

    def test_a_probability_is_never_rounded_to_certainty(self):
        """Calibrated models are never that sure of so few rows: the temperature is set by hand."""
        model = ModelBytes(self.path("model.attune"))
        model.metadata["calibration"] = json.dumps({"temperatures": [0.05]})
        seal_metadata(model.metadata)
        self.path("model.attune").write_bytes(assemble(model.header, model.data))
        texts = [" ".join(["a", *[word] * count, "film"]) for word in ("good", "bad", "great") for count in range(40)]
        lines = [line.split("\t") for line in self.predict(*texts, "--top", "2")]
        rows = [json.loads(line) for line in self.predict(*texts, "--top", "2", "--json")]
        found = set()
        for line, row in zip(lines, rows, strict=True):
            for text, choice in zip(line[1::2], row["label"]["choices"], strict=True):
                exact = choice["probability"]
                rounded = f"{exact:.4f}"
                if rounded not in ("0.0000", "1.0000") or exact in (0, 1):
                    self.assertEqual(rounded, text)
                    continue
                found.add(rounded)
                self.assertTrue(0 < float(text) < 1, text)
                self.assertAlmostEqual(1, float(text) / exact, delta=0.06)
                self.assertAlmostEqual(exact, float(text), delta=5e-5)
        self.assertEqual({"0.0000", "1.0000"}, found, "the model is sure of nothing")
        surest = next(text for text, line in zip(texts, lines, strict=True) if line[1].startswith("0.9999"))
        explained = self.attune("explain", "model.attune", surest)
        self.assertRegex(explained.out, r"(?m)^row 1: (pos|neg) 0\.9999\d+$")

    def test_top_below_one_is_refused(self):
        for value in ("0", "-1", "x", "nan"):
            with self.subTest(value):
                self.assert_refused(self.attune("predict", "model.attune", "good", "--top", value), "--top", value)

    def test_json(self):
        answers = self.predictions("model.attune", "a good film", "太差", "--top", "2")
        self.assertEqual([1, 2], [a["row"] for a in answers])
        for answer in answers:
            choices = answer["label"]["choices"]
            self.assertEqual(2, len(choices))
            self.assertEqual(answer["label"]["prediction"], choices[0]["label"])
            self.assertEqual(answer["label"]["probability"], choices[0]["probability"])
            self.assertAlmostEqual(1, sum(c["probability"] for c in choices), places=6)

    def test_rows_are_counted_through_in_json(self):
        answers = self.predictions("model.attune", "-", stdin="good\n" * 700)
        self.assertEqual(list(range(1, 701)), [a["row"] for a in answers])

    def test_an_answer_does_not_depend_on_its_neighbours(self):
        texts = [text for text, _ in reviews()] + ["good " * 200]
        together = self.predictions("model.attune", "-", stdin="\n".join(texts))
        for number in (0, 17, 60):
            alone = self.predictions("model.attune", "-", stdin=texts[number])[0]["label"]
            self.assertEqual(together[number]["label"]["prediction"], alone["prediction"])
            self.assertAlmostEqual(together[number]["label"]["probability"], alone["probability"], places=5)

    def test_threads_do_not_change_answers(self):
        expected = self.predict("table.csv", "--json", "--threads", "1")
        for threads in (2, 5):
            self.assertEqual(expected, self.predict("table.csv", "--json", "--threads", threads))

    def test_tsv_jsonl_and_gzip_tables(self):
        expected = self.predict("table.csv")
        for name in ("a.tsv", "a.jsonl", "a.csv.gz"):
            self.write_table(name)
            self.assertEqual(expected, self.predict(name), name)

    def test_a_table_in_another_encoding(self):
        self.write_table("gb.csv", encoding="gb18030")
        self.assertEqual(self.predict("table.csv"), self.predict("gb.csv", "--encoding", "gb18030"))

    def test_bad_rows_of_a_table(self):
        self.write("bad.csv", b"text\ngood film\nbad \xe9\na,b\nfine book\n")
        self.assert_refused(self.attune("predict", "model.attune", "bad.csv"), "bad.csv, row 2", "byte 5", "--skip-bad-rows")
        result = self.attune("predict", "model.attune", "bad.csv", "--skip-bad-rows")
        self.assert_code(DONE, result)
        self.assertEqual(self.predict("good film", "fine book"), result.lines)
        self.assertRegex(result.err, "2 bad rows left out")

    def test_a_table_without_the_column_is_refused(self):
        self.write("other.csv", "txet,label\na,b\n")
        self.assert_refused(self.attune("predict", "model.attune", "other.csv"), "other.csv", 'no column "text"', "txet")

    def test_a_missing_table_is_not_silently_taken_for_a_text(self):
        result = self.attune("predict", "model.attune", "tabel.csv")
        self.assert_refused(result, r"tabel\.csv: no such file", r'did you mean "table\.csv"')

    def test_a_missing_model_in_place_of_a_table_is_not_taken_for_a_text(self):
        self.assert_refused(self.attune("predict", "model.attune", "other.attune"), r"other\.attune: no such file")

    def test_names_that_can_only_be_files_are_no_texts(self):
        for name in ("my data.csv", "my model.attune", "DATA.CSV", "Data.Csv.GZ", "new data 2.jsonl.gz", "MODEL.ATTUNE"):
            with self.subTest(name):
                self.assert_refused(self.attune("predict", "model.attune", name), f"^{re.escape(name)}: no such file")

    def test_paths_and_files_of_other_kinds_are_no_texts(self):
        for name in ("/no/such", "./notes", "../new", "~/data", "new/", "notes.txt", "table.xlsx", "a.parquet", "table.csv.bz2"):
            with self.subTest(name):
                self.assert_refused(self.attune("predict", "model.attune", name), f"^{re.escape(name)}: no such file")

    def test_sentences_that_end_like_a_file_are_texts(self):
        texts = ("and/or", "good / bad", "see notes in my.txt", ".txt", "I have put all of it into data.csv", "good film\nin data.csv", "a film called .csv", "a good film.")
        for text in texts:
            with self.subTest(text):
                self.assertEqual(1, len(self.predict(text)))
        self.assertEqual(2, len(self.predict("look at data.csv", "a good film")), "a table stands alone")

    def test_files_beside_other_arguments(self):
        for name, said in (("table.csv", "is a file"), ("tabel.csv", "is named like a file"), ("DATA.CSV", "is named like a file")):
            with self.subTest(name):
                result = self.attune("predict", "model.attune", "good", name)
                self.assert_refused(result, f"predict: {re.escape(name)} {said} and stands beside other arguments; pass one table alone")

    def test_standard_input_beside_other_arguments(self):
        for items in (("-", "good"), ("good", "-")):
            with self.subTest(items):
                self.assert_refused(self.attune("predict", "model.attune", *items),
                                    "predict: - stands for standard input and beside other arguments; pass it alone")

    def test_a_missing_model_names_the_nearest(self):
        self.assert_refused(self.attune("predict", "modle.attune", "good"), r'modle\.attune: no such file \(did you mean "model\.attune"\?\)')
        self.assert_refused(self.attune("predict", "xyz.attune", "good"), r"xyz\.attune: no such file in the current folder$")

    def test_a_text_in_place_of_the_model(self):
        text = "good film " * 30  # 300 bytes; file names end at 255
        for arguments in (("predict", text), ("predict", text, "bad film"), ("evaluate", text, "table.csv"), ("info", text)):
            with self.subTest(arguments):
                self.assert_refused(self.attune(*arguments), f"{text}: cannot be read: File name too long")

    @unittest.skipIf(os.geteuid() == 0, "root may look into every folder")
    def test_a_model_in_a_folder_that_may_not_be_seen(self):
        self.path("closed").mkdir(mode=0o600)
        self.assert_refused(self.attune("predict", "closed/model.attune", "good"), r"closed/model\.attune: cannot be read: Permission denied")

    def test_model_and_table_that_are_swapped(self):
        for verb in ("predict", "evaluate"):
            with self.subTest(verb):
                result = self.attune(verb, "table.csv", "model.attune")
                self.assert_refused(result, r"table\.csv: not a model file; the model comes first, then the table: model\.attune table\.csv")

    def test_a_model_in_place_of_a_table(self):
        for arguments in (("predict", "model.attune", "model.attune"), ("evaluate", "model.attune", "model.attune"),
                          ("train", "model.attune", "--output", "label", "-o", "new.attune")):
            with self.subTest(arguments):
                self.assert_refused(self.attune(*arguments), r"model\.attune: a model, where a table is expected")

    def test_invalid_utf_8_is_named(self):
        self.assert_refused(self.attune("predict", "model.attune", b"a\xe9b"), "byte 2", "0xE9")
        result = self.attune("predict", "model.attune", "-", stdin=b"fine\na\xe9b\n")
        self.assert_code(2, result)
        self.assert_said(result, "standard input, line 2", "byte 2", "0xE9", "--skip-bad-rows")

    def test_lines_before_a_bad_one_are_answered_and_lines_are_numbered_through(self):
        for before in (1, 255, 256, 257, 700):
            with self.subTest(before):
                result = self.attune("predict", "model.attune", "-", stdin=b"good\n" * before + b"a\xe9b\nfine\n")
                self.assert_code(2, result)
                self.assertEqual(before, len(result.lines))
                self.assert_said(result, f"standard input, line {before + 1}[,:]")
                self.assertNotIn("row", result.message.replace("--skip-bad-rows", ""))

    def test_bad_lines_are_skipped_and_counted(self):
        texts = [text for text, _ in reviews(600)]
        lines = [text.encode() for text in texts]
        for place in (600, 300, 299, 0):
            lines.insert(place, b"\xff bad")
        result = self.attune("predict", "model.attune", "-", "--skip-bad-rows", stdin=b"\n".join(lines))
        self.assert_code(DONE, result)
        # A bad line moves where the lines after it are cut into batches, and the size of a product of matrices moves
        # the last digits of its rounding.
        for expected, line in zip(self.predict("-", stdin="\n".join(texts)), result.lines, strict=True):
            self.assertEqual(expected.split("\t")[0], line.split("\t")[0])
            self.assertAlmostEqual(float(expected.split("\t")[1]), float(line.split("\t")[1]), delta=2e-4)
        self.assertRegex(result.err, "standard input: 4 bad lines left out")
        self.assertEqual(["1", "301", "303", "604"], re.findall(r"standard input, line (\d+).*0xFF.*left out", result.err))

    def test_the_row_of_an_answer_to_a_line_is_the_number_of_the_line(self):
        answers = self.predictions("model.attune", "-", "--skip-bad-rows", stdin=b"good\n\xff\nfine\n")
        self.assertEqual([1, 3], [a["row"] for a in answers])

    def test_flags_of_tables_are_refused_for_texts_and_lines(self):
        for flags in (("--encoding", "latin1"), ("--no-header",), ("--format", "tsv"), ("--delimiter", ";")):
            with self.subTest(flags):
                self.assert_refused(self.attune("predict", "model.attune", "-", *flags, stdin="good\n"), flags[0], "standard input")
                self.assert_refused(self.attune("predict", "model.attune", "good", *flags), flags[0], "texts")

    def test_interrupt_while_waiting_for_a_line(self):
        run = self.start("predict", "model.attune", "-")
        self.assertRegex(run.ask("a good film"), "^(pos|neg)\t")
        run.send(signal.SIGINT)
        self.assertEqual(-signal.SIGINT, run.end(10).code, "a shell shows it as 130")


class SeveralColumnsTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write_table(rows=measurements(), columns=MEASURED)
        self.train("table.csv", "--input", "width,height:numbers", "--input", "colour:category", "--input", "text:text", output="size")

    def test_json_objects_as_lines(self):
        expected = self.attune("predict", "model.attune", "table.csv").lines
        lines = [json.dumps(dict(zip(MEASURED, row)), ensure_ascii=False) for row in measurements()]
        result = self.attune("predict", "model.attune", "-", stdin="\n".join(lines))
        self.assert_code(DONE, result)
        self.assertTrue(expected)
        self.assertEqual(expected, result.lines)

    def test_numbers_and_null_in_json_objects(self):
        def line(width, height):
            return json.dumps({"width": width, "height": height, "colour": None, "text": "x"})
        result = self.attune("predict", "model.attune", "-", stdin="\n".join([line(1.5, None), line("1.5", ""), line("9", "9")]))
        self.assert_code(DONE, result)
        self.assertEqual(result.lines[0], result.lines[1])
        self.assertNotEqual(result.lines[0], result.lines[2])

    def test_each_object_is_answered_as_it_comes(self):
        run = self.start("predict", "model.attune", "-")
        row = json.dumps(dict(zip(MEASURED, measurements()[0])))
        self.assertRegex(run.ask(row), "^(large|small)\t")
        self.assertRegex(run.ask(row), "^(large|small)\t")
        self.assert_code(DONE, run.end())

    def test_a_bare_text_is_refused(self):
        self.assert_refused(self.attune("predict", "model.attune", "a text"), "several columns", "width", "colour", "JSON")

    def test_lines_that_are_no_objects_are_named(self):
        good = json.dumps(dict(zip(MEASURED, measurements()[0])))
        for bad, said in (("not json", "expected a JSON object"), ("[1]", "expected a JSON object"),
                          ('{"width": 1', "broken JSON"), ('{"widht": 1}', 'did you mean "width"'), ('{"width": "x", "height": 1, "colour": 1, "text": 1}', "width")):
            with self.subTest(bad):
                result = self.attune("predict", "model.attune", "-", stdin=f"{good}\n{bad}\n")
                self.assert_code(2, result)
                self.assert_said(result, "standard input, line 2", said)
                self.assertEqual(1, len(result.lines))

    def test_bad_lines_are_skipped(self):
        good = json.dumps(dict(zip(MEASURED, measurements()[0])))
        bad = ("no json", '{"width": "x", "height": 1}', '{"widht": 1}')
        result = self.attune("predict", "model.attune", "-", "--skip-bad-rows", stdin="\n".join([bad[0], good, bad[1], bad[2], good]))
        self.assert_code(DONE, result)
        self.assertEqual(2, len(result.lines))
        self.assertEqual(["1", "3", "4"], re.findall(r"standard input, line (\d+)", result.err))

    def test_an_absent_key_is_an_empty_cell_as_in_json_lines(self):
        lines = ['{"width": 1.50, "height": 2, "colour": "red", "text": "x"}', '{"width": 1.50, "text": "x"}',
                 '{"width": 1.50, "height": null, "colour": "", "text": "x"}', "{}"]
        self.write("new.jsonl", "\n".join(lines))
        expected = self.attune("predict", "model.attune", "new.jsonl")
        self.assert_code(DONE, expected)
        result = self.attune("predict", "model.attune", "-", stdin="\n".join(lines))
        self.assert_code(DONE, result)
        self.assertEqual(expected.lines, result.lines)
        self.assertEqual(result.lines[1], result.lines[2])

    def test_blank_lines_and_a_byte_order_mark_are_passed_over_as_in_json_lines(self):
        lines = [json.dumps(dict(zip(MEASURED, row))) for row in measurements(3)]
        content = "\ufeff" + "\n".join(["", lines[0], "", " \t\r", lines[1], lines[2], "", ""])
        self.write("new.jsonl", content)
        expected = self.attune("predict", "model.attune", "new.jsonl")
        self.assert_code(DONE, expected)
        self.assertEqual(3, len(expected.lines))
        result = self.attune("predict", "model.attune", "-", stdin=content)
        self.assert_code(DONE, result)
        self.assertEqual(expected.lines, result.lines)
        self.assertEqual([2, 5, 6], [a["row"] for a in self.predictions("model.attune", "-", stdin=content)], "numbers of lines")
        self.assertEqual(expected.lines[:1], self.attune("predict", "model.attune", "-", stdin="\ufeff" + lines[0]).lines)


class PipeTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write_table()
        self.train()
        self.write_table("many.csv", [(text,) for text, _ in reviews(12000)], columns=("text",))  # 144 kB of answers

    def read_one_line(self, **options):
        run = subprocess.Popen([self.program(), "predict", "model.attune", "many.csv"], cwd=self.folder, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, **options)
        line = run.stdout.readline()
        run.stdout.close()
        errors = run.stderr.read().decode()
        run.stderr.close()
        self.assertRegex(line, rb"^(pos|neg)\t")
        return run.wait(60), errors

    def test_a_closed_pipe_ends_without_a_word(self):
        code, errors = self.read_one_line()
        self.assertEqual(-signal.SIGPIPE, code)
        self.assertEqual("", errors)

    def test_a_closed_pipe_where_the_signal_is_ignored(self):
        code, errors = self.read_one_line(preexec_fn=ignore_broken_pipes)
        self.assertEqual(1, code)
        self.assertRegex(errors, r"^attune: standard output: cannot be written: Broken pipe\n$")


class SmallClassesTest(ProgramTest):
    def test_labels_with_tabs_and_line_ends_stay_on_one_line(self):
        self.write_table(rows=[(text, label + "\tof\nit") for text, label in reviews()])
        self.train()
        lines = self.attune("predict", "model.attune", "a", "b").lines
        self.assertEqual(2, len(lines))
        self.assertRegex(lines[0], r"^(pos|neg) of it\t[01]\.\d+$")
        labels = {a["label"]["prediction"] for a in self.predictions("model.attune", "table.csv")}
        self.assertLessEqual(labels, {"pos\tof\nit", "neg\tof\nit"})

    def test_many_classes(self):
        self.write_table(rows=[(f"word{i % 20} text", f"class {i % 20}") for i in range(200)])
        self.train("table.csv", output="label:category")
        line = self.attune("predict", "model.attune", "word1 text", "--top", "5").lines[0].split("\t")
        self.assertEqual(10, len(line))
        shares = [float(share) for share in line[1::2]]
        self.assertEqual(sorted(shares, reverse=True), shares)
