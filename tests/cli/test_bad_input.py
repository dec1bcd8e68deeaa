# SPDX-License-Identifier: Apache-2.0
"""Tables and flags that are wrong: a clear message, exit code 2, nothing lost."""

import io
import json
import struct
import zipfile

from program import DONE, MEASURED, SMALL, ProgramTest, measurements, reviews


class BadTableTest(ProgramTest):
    def refuse(self, content, *patterns, name="bad.csv", flags=(), output="label:category"):
        """Training on the table is refused, and neither a model nor anything else is left."""
        if content is not None:
            self.write(name, content)
        result = self.attune("train", name, "--output", output, "-o", "model.attune", *SMALL, *flags)
        self.assert_refused(result, *patterns)
        self.assert_folder_holds(*([] if content is None else [name]))
        return result

    def good_rows(self):
        return "text,label\n" + "".join(f"{text},{label}\n" for text, label in reviews(20))

    def test_missing_file(self):
        self.refuse(None, r"bad\.csv", "no such file")

    def test_missing_file_names_the_nearest(self):
        self.write_table("reviews.csv")
        result = self.attune("train", "reveiws.csv", "--output", "label", "-o", "model.attune")
        self.assert_refused(result, r"reveiws\.csv", r'did you mean .*reviews\.csv')

    def test_missing_folder(self):
        self.refuse(None, "nowhere", name="nowhere/bad.csv")

    def test_missing_output_column_names_the_nearest(self):
        self.refuse(self.good_rows(), r"bad\.csv", 'no column "labl"', 'did you mean "label"', output="labl")

    def test_missing_input_column_names_the_nearest(self):
        self.refuse(self.good_rows(), r"bad\.csv", 'no column "txt"', 'did you mean "text"', flags=("--input", "txt"))

    def test_column_whose_name_holds_what_cannot_be_seen(self):
        for name, shown in (("te\u200bxt", r"te\\u200Bxt"), ("text\ufeff", r"text\\uFEFF")):
            result = self.refuse(self.good_rows().replace("text", name, 1), 'no column "text"', flags=("--input", "text"))
            self.assertRegex(result.message, rf'did you mean "{shown}"\? That name holds the invisible character \\u')

    def test_pattern_that_matches_nothing(self):
        self.refuse(self.good_rows(), r"x_\*", flags=("--input", "x_*:numbers"))

    def test_empty_file(self):
        self.refuse("", r"bad\.csv", "empty")

    def test_blank_lines_only(self):
        self.refuse("\n\n\n", r"bad\.csv", "empty")

    def test_header_only(self):
        self.refuse("text,label\n", r"bad\.csv", "header")

    def test_empty_json_lines(self):
        self.refuse("", r"bad\.jsonl", "empty", name="bad.jsonl")

    def test_one_column_only(self):
        self.refuse("label\n" + "a\nb\n" * 10, r"bad\.csv", "input|column")

    def test_one_class_only(self):
        self.refuse("text,label\n" + "".join(f"a{i},same\n" for i in range(20)), r"bad\.csv", 'column "label"', "two classes", "same")

    def test_fewer_training_rows_than_classes_are_said(self):
        self.write("bad.csv", "text,label\n" + "".join(f"a{i},c{i}\n" for i in range(20)))
        result = self.train("bad.csv", "--validation-fraction", "0.3", output="label:category")
        self.assertRegex(result.err, 'column "label": 6 of 20 classes have no training row and cannot be learnt')
        self.assertEqual(20, len(self.info()["metrics"][0]["per_class"]))

    def test_empty_label(self):
        self.refuse(self.good_rows() + "no label,\n", r"bad\.csv, row 21", 'column "label"', "empty")

    def test_word_among_numbers_to_predict(self):
        self.refuse("a,y\n" + "".join(f"{i},{i}.5\n" for i in range(30)) + "1,large\n", r"bad\.csv, row 31", 'column "y"', "large",
                    output="y:number")

    def test_word_among_numbers_to_read(self):
        self.refuse("a,y\n" + "".join(f"{i},{'u' if i % 2 else 'v'}\n" for i in range(30)) + "large,u\n", r"bad\.csv, row 31", 'column "a"',
                    "large", output="y", flags=("--input", "a:numbers"))

    def test_row_with_too_many_cells(self):
        self.refuse(self.good_rows() + "a,b,c\n", r"bad\.csv, row 21 \(line 22\)", "expected 2", "found 3", "--skip-bad-rows")

    def test_row_with_too_few_cells(self):
        self.refuse(self.good_rows() + "a\n", r"bad\.csv, row 21 \(line 22\)", "expected 2", "found 1", "--skip-bad-rows")

    def test_more_cells_than_names_in_every_row(self):
        self.refuse("text,label\n" + "a,b,c\n" * 20, r"bad\.csv, row 1", "expected 2", "found 3")

    def test_bad_rows_are_skipped_and_counted(self):
        self.write("bad.csv", self.good_rows().encode() + b"a,b,c\na\n\xff\xfe,pos\n")
        result = self.train("bad.csv", "--skip-bad-rows")
        self.assertRegex(result.err, r"bad\.csv: 3 bad rows left out")
        self.assertEqual(20, self.info()["data"]["rows"])
        self.write("good.csv", self.good_rows())
        self.train("good.csv", model="good.attune")
        self.assertEqual(self.predictions("good.attune", "good"), self.predictions("model.attune", "good"))

    def test_no_good_row_at_all(self):
        self.refuse("text,label\n" + "a\n" * 20, r"bad\.csv", flags=("--skip-bad-rows",))

    def test_invalid_utf_8_names_row_and_byte(self):
        self.refuse(self.good_rows().encode() + b"caf\xe9,pos\n", r"bad\.csv, row 21 \(line 22\)", 'column "text"', "byte 4", "0xE9",
                    "--encoding", "--skip-bad-rows")

    def test_invalid_utf_8_in_the_header(self):
        self.refuse(b"t\xe9xt,label\na,b\n", r"bad\.csv", "UTF-8")

    def test_overlong_surrogate_and_cut_off_utf_8(self):
        for bad in (b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe5\xa4"):
            with self.subTest(bad):
                self.refuse(self.good_rows().encode() + b"x" + bad + b",pos\n", "row 21", "byte 2")

    def test_wrong_encoding(self):
        self.refuse(self.good_rows(), "utf-99", "unknown encoding", flags=("--encoding", "utf-99"))

    def test_duplicate_column_names(self):
        self.refuse("text,text,label\na,b,c\n", r"bad\.csv", 'two columns are named "text"')

    def test_quote_that_is_never_closed(self):
        self.refuse(self.good_rows() + '"open,pos\nmore,neg\n', r"bad\.csv, row 21", "quot")

    def test_text_after_a_closing_quote(self):
        self.refuse(self.good_rows() + '"he said "no" twice",pos\n', r"bad\.csv, row 21", "quot")

    def test_broken_json_line(self):
        self.refuse('{"text": "a", "label": "x"}\n{"text": "b", "label"\n', r"bad\.jsonl, row 2", name="bad.jsonl")

    def test_unknown_key_in_json_lines(self):
        rows = '{"text": "a", "label": "x"}\n' * 1000 + '{"text": "b", "lable": "y"}\n'
        self.refuse(rows, r"bad\.jsonl, row 1001", "lable", name="bad.jsonl")

    def test_damaged_gzip(self):
        whole = self.write_table("whole.csv.gz").read_bytes()
        self.path("whole.csv.gz").unlink()
        self.refuse(whole[:len(whole) // 2], r"bad\.csv\.gz", name="bad.csv.gz")

    def test_binary_file(self):
        self.refuse(bytes(range(256)) * 40, r"bad\.csv", flags=("--input", "text"))

    def test_workbook_instead_of_a_table(self):
        book = io.BytesIO()
        with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as parts:
            for part in ("[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"):
                parts.writestr(part, "<x/>" * 100)
        for name in ("table.xlsx", "table.csv"):
            self.refuse(book.getvalue(), name, "Excel workbook", "export the sheet as CSV", name=name)
            self.path(name).unlink()

    def test_json_array_instead_of_json_lines(self):
        rows = [{"text": text, "label": label} for text, label in reviews(20)]
        for name in ("table.json", "table.jsonl"):
            for indent in (None, 2):
                self.refuse(json.dumps(rows, indent=indent), name, "a JSON array", "one object per line", r"jq -c '\.\[\]'", name=name)
            self.path(name).unlink()

    def test_lines_that_end_with_carriage_returns(self):
        self.refuse(self.good_rows().replace("\n", "\r"), r"bad\.csv", "carriage returns", "convert them: tr")

    def test_folder_without_tables(self):
        self.path("empty").mkdir()
        result = self.attune("train", "empty", "--output", "label", "-o", "model.attune")
        self.assert_refused(result, "empty", "without tables")
        self.assert_folder_holds("empty")

    def test_files_of_a_folder_that_do_not_fit_together(self):
        self.write("parts/1.csv", "text,label\na,x\n")
        self.write("parts/2.csv", "text,class\na,x\n")
        result = self.attune("train", "parts", "--output", "label", "-o", "model.attune")
        self.assert_refused(result, r"2\.csv", "class")

    def test_device_instead_of_a_file(self):
        result = self.attune("train", "/dev/null", "--output", "label", "-o", "model.attune")
        self.assert_refused(result, "/dev/null")

    def test_too_few_rows_to_validate_on(self):
        self.refuse("text,label\na,x\nb,y\n", r"bad\.csv", "validation", "2 rows", "give more rows, .*--validation-fraction 0")

    def test_a_single_row(self):
        result = self.refuse("text,label\na,x\n", r"bad\.csv", "give more rows")
        self.assertNotIn("fraction", result.message, "which would not help")

    def test_labels_that_all_differ_are_no_classes(self):
        for label, looks, way_out in (("c{}", "names or identifiers", "choose another column with --output"),
                                      ("what is thing {} for", "texts", "choose another column"),
                                      ("{}.5", "numbers", "--output label:number")):
            rows = "text,label\n" + "".join(f"a{i},{label.format(i)}\n" for i in range(20))
            for flags in ((), ("--split", "random"), ("--split", "tail")):
                with self.subTest((label, flags)):
                    result = self.refuse(rows, r'bad\.csv, column "label": 20 different labels in 20 rows: '
                                         f"they look like {looks}, not like classes", way_out, flags=flags)
                    self.assertNotIn("validation", result.message)

    def test_labels_of_which_few_come_twice_are_warned_of(self):
        rows = [(f"a{i}", f"c{i % 19}") for i in range(20)]
        self.write_table("bad.csv", rows)
        result = self.train("bad.csv", output="label:category")
        warning = 'warning: column "label": 19 different labels in 20 rows: they look like names or identifiers'
        self.assertIn(warning, result.err)
        self.assertLess(result.err.index(warning), result.err.index("too few rows for validation"))
        self.write_table("good.csv", [(f"a{i}", f"c{i % 10}") for i in range(20)])
        self.assertNotIn("look like", self.train("good.csv", model="good.attune").err)

    def test_fewer_rows_than_classes(self):
        rows = "text,label\n" + "".join(f"a{i},c{i % 19}\n" for i in range(20))
        self.refuse(rows, r'bad\.csv, column "label"', "at least as many training rows as classes, found 18 rows for 19 classes",
                    flags=("--split", "tail"))

    def test_semicolons_and_tabs_instead_of_commas(self):
        rows = self.good_rows().replace(",", ";")
        self.refuse(rows, r"bad\.csv, header", "semicolons", "--delimiter ';'")
        self.refuse(rows.replace(";", "\t"), r"bad\.csv, header", "tabs", "--format tsv")

    def test_one_column_whose_name_looks_like_several(self):
        self.write("one.tsv", "text, cleaned\n" + "a good film\n" * 5)
        self.assert_refused(self.attune("info", "one.tsv"), r"one\.tsv, header", "commas", "--format csv, or --format tsv if it is one")
        result = self.attune("info", "one.tsv", "--format", "tsv")
        self.assert_code(DONE, result)
        self.assertRegex(result.lines[1], "^  text, cleaned: 1 distinct")

    def test_a_delimiter_that_is_given_is_not_passed_over_in_silence(self):
        for name in ("table.tsv", "table.jsonl"):
            self.write_table(name)
            for delimiter in (",", ";"):
                with self.subTest((name, delimiter)):
                    self.assert_refused(self.attune("info", name, "--delimiter", delimiter), f"--delimiter {delimiter}: is for CSV", name)

    def test_a_delimiter_that_is_given(self):
        self.write("table.csv", self.good_rows())
        self.train()
        expected = self.predictions("model.attune", "good", "bad")
        self.write("other.csv", self.good_rows().replace(",", ";"))
        self.train("other.csv", "--delimiter", ";")
        self.assertEqual(expected, self.predictions("model.attune", "good", "bad"))
        self.assertEqual(20, len(self.predictions("model.attune", "other.csv", "--delimiter", ";")))

    def test_the_old_model_outlives_a_refusal(self):
        self.write_table()
        self.train()
        before = self.path("model.attune").read_bytes()
        self.write("bad.csv", "text,label\na\n")
        self.assert_refused(self.attune("train", "bad.csv", "--output", "label", "-o", "model.attune"), "row 1")
        self.assertEqual(before, self.path("model.attune").read_bytes())


class HugeCellTest(ProgramTest):
    def test_cell_of_10_megabytes_is_cut_and_said(self):
        rows = reviews() + [("good film " * 1_000_000, "pos")]
        self.write_table(rows=rows)
        result = self.train("table.csv", "--validation-fraction", "0")
        self.assertRegex(result.err, r"\bthe end of 1 training row is cut off for the network by the input's max_length")
        self.assertEqual(61, self.info()["data"]["rows"])
        answers = self.predictions("model.attune", "table.csv")
        self.assertEqual(61, len(answers))

    def test_label_of_a_megabyte_is_not_printed_whole(self):
        rows = [(text, "x" * 1_000_000) for text, _ in reviews(20)]
        self.write_table(rows=rows)
        result = self.attune("train", "table.csv", "--output", "label", "-o", "model.attune", *SMALL)
        self.assert_refused(result, "two classes")

    def test_bad_row_of_10_megabytes_is_named_without_being_printed(self):
        self.write("bad.csv", "text,label\n" + "x" * 10_000_000 + "\n")
        result = self.attune("train", "bad.csv", "--output", "label", "-o", "model.attune", *SMALL)
        self.assert_refused(result, r"bad\.csv, row 1", "found 1")


class BadFlagTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write_table()

    def refuse(self, flags, *patterns):
        result = self.attune("train", "table.csv", "--output", "label", "-o", "model.attune", *flags)
        self.assert_refused(result, *patterns)
        self.assertNotIn("epoch 1/", result.err)
        self.assert_folder_holds("table.csv")

    def test_no_verb(self):
        self.assert_refused(self.attune(), "verb", "train", "predict")
        self.assert_refused(self.attune("--threads", "2"), "verb", "train", "predict")

    def test_unknown_verb(self):
        self.assert_refused(self.attune("trian", "table.csv"), "trian", 'did you mean "train"')

    def test_unknown_flag(self):
        self.refuse(("--epohcs", "3"), "unknown flag --epohcs", "did you mean --epochs")
        self.refuse(("--epohcs=3",), "unknown flag --epohcs", "did you mean --epochs")
        self.assert_refused(self.attune("predict", "m", "--tpo", "2", "x"), "--tpo", "did you mean --top")

    def test_unknown_short_flag(self):
        self.refuse(("-z",), "-z")

    def test_unknown_types(self):
        self.refuse(("--input", "text:txet"), "txet", 'did you mean "text"')
        result = self.attune("train", "table.csv", "--output", "label:categry", "-o", "model.attune")
        self.assert_refused(result, "categry", 'did you mean "category"')

    def test_unknown_option_of_a_type(self):
        self.refuse(("--input", "text:text:unti=words"), "unti", 'did you mean "unit"')
        self.refuse(("--input", "text:text:unit=word"), "word", 'did you mean "words"')

    def test_unknown_mechanisms(self):
        self.refuse(("--mechanism", "scaled-dot"), "mechanism", "scaled-dot", 'did you mean "scaled_dot"')
        self.refuse(("--pool-mechanism", "aditive"), "pool[-_]mechanism", "aditive", 'did you mean "additive"')
        self.refuse(("--mechanism", "xyz"), "xyz", "known: additive, dot, multiplicative, scaled_dot, split")

    def test_unknown_words_of_other_flags(self):
        for flag, value, near in (("--pool", "maen", "mean"), ("--schedule", "cosin", "cosine"), ("--select", "los", "loss"),
                                  ("--activation", "rleu", "relu"), ("--format", "cvs", "csv"), ("--class-weights", "balance", "balanced"),
                                  ("--positions", "learnt", "learned")):
            with self.subTest(flag):
                self.refuse((flag, value), flag.strip("-").replace("-", "[-_]"), value, f'did you mean "{near}"')

    def test_not_a_number(self):
        for flag in ("--learning-rate", "--dropout", "--weight-decay", "--clip-norm", "--validation-fraction"):
            for value in ("nan", "inf", "-0.5"):
                with self.subTest(flag=flag, value=value):
                    self.refuse((f"{flag}={value}",), flag.strip("-").replace("-", "[-_]"), "expected", value)

    def test_negative_and_zero_whole_numbers(self):
        for flag in ("--epochs", "--batch-size", "--width", "--blocks", "--heads", "--convolution", "--patience", "--seed", "--threads"):
            with self.subTest(flag):
                self.refuse((f"{flag}=-1",), flag.strip("-").replace("-", "[-_]"), "-1")
        for flag in ("--epochs", "--batch-size", "--width", "--heads"):
            with self.subTest(flag):
                self.refuse((f"{flag}=0",), flag.strip("-").replace("-", "[-_]"), "expected", "0")

    def test_words_and_fractions_for_whole_numbers(self):
        for value in ("1.5", "x", "nan", "99999999999999999999"):
            with self.subTest(value):
                self.refuse((f"--epochs={value}",), "epochs", "expected")

    def test_out_of_range(self):
        self.refuse(("--dropout", "1"), "dropout", "0.95", "found 1")
        self.refuse(("--learning-rate", "1e9"), "--learning-rate: expected a number from 0.000000001 to 100, found 1000000000$")
        self.refuse(("--validation-fraction", "1"), "validation[-_]fraction", "found 1")
        self.refuse(("--width", "1000000000"), "--width: expected a whole number from 1 to 4096, found 1000000000$")
        self.refuse(("--epochs", "0"), "--epochs: expected a whole number from 1 to 100000, found 0$")
        self.refuse(("--epochs", "1e5"), '--epochs: expected a whole number from 1 to 100000, found "1e5"$')
        self.refuse(("--seed", "x"), '--seed: expected a whole number of at least 0, found "x"$')
        self.refuse(("--threads", "1025"), "--threads: expected a whole number from 0 to 1024, found 1025$")
        self.refuse(("--dense", "8,0"), "--dense: expected whole numbers .*found 0 at place 2$")

    def test_missing_values(self):
        self.refuse(("--epochs",), r"--epochs: a value \(N\) is missing; attune train --help")
        self.refuse(("--epochs=",), "--epochs")

    def test_a_flag_given_twice(self):
        self.refuse(("--epochs", "3", "--epochs", "4"), "--epochs: given 2 times; give it once")

    def test_a_switch_takes_no_value(self):
        self.refuse(("--no-header=false",), "--no-header: is a switch and takes no value")
        self.refuse(("--causal=3",), "--causal")

    def test_missing_essentials(self):
        self.assert_refused(self.attune("train", "--output", "label", "-o", "m.attune"), "table")
        self.assert_refused(self.attune("train", "table.csv", "-o", "m.attune"), "--output")
        self.assert_refused(self.attune("train", "table.csv", "--output", "label"), "-o")
        self.assert_refused(self.attune("predict"), "predict: MODEL is required; attune predict --help says what it takes")
        self.assert_refused(self.attune("evaluate", "m.attune"), "m.attune|DATA")
        self.assert_refused(self.attune("info"), "MODEL|DATA")

    def test_output_that_is_read_too(self):
        self.refuse(("--input", "label"), "label", "both input and output")

    def test_column_bound_twice(self):
        self.refuse(("--output", "label"), "label", "twice")
        self.refuse(("--input", "text", "--input", "text"), "text", "twice")

    def test_two_tables(self):
        result = self.attune("train", "table.csv", "table.csv", "--output", "label", "-o", "model.attune")
        self.assert_refused(result, "unexpected argument")

    def test_the_model_does_not_overwrite_its_table(self):
        self.write_table("other.csv")
        before = self.path("table.csv").read_bytes()
        for name in ("table.csv", "./table.csv"):
            result = self.attune("train", "table.csv", "--output", "label", "-o", name, *SMALL)
            self.assertEqual(before, self.path("table.csv").read_bytes(), f"the training table is lost\n{result}")
            self.assert_refused(result, r"table\.csv")
        result = self.attune("train", "table.csv", "--validation", "other.csv", "--output", "label", "-o", "other.csv", *SMALL)
        self.assertEqual(before, self.path("other.csv").read_bytes(), f"the validation table is lost\n{result}")

    def test_the_model_replaces_nothing_but_a_model(self):
        plain = struct.pack("<Q", 8) + b"{}      "
        for name, content in (("notes.csv", b"a,b\n1,2\n"), ("notes.attune", b"hello"), ("other.safetensors", plain)):
            with self.subTest(name):
                self.write(name, content)
                result = self.attune("train", "table.csv", "--output", "label", "-o", name, *SMALL)
                self.assert_refused(result, f"-o: {name}", "name another file")
                self.assertEqual(content, self.path(name).read_bytes())
        self.write("empty.attune", b"")
        self.train(model="empty.attune")
        self.train("table.csv", "--seed", "2", model="empty.attune")
        whole = self.path("empty.attune").read_bytes()
        self.write("empty.attune", whole[:-9])  # damaged, but a model
        self.train(model="empty.attune")

    def test_the_history_replaces_nothing_but_a_history(self):
        self.write("notes.csv", "epoch,what\n1,first\n")
        result = self.attune("train", "table.csv", "--output", "label", "-o", "m.attune", "--history", "notes.csv", *SMALL)
        self.assert_refused(result, r"--history: notes\.csv", "name another file")
        for _ in range(2):
            self.train("table.csv", "--history", "history.csv")

    def test_the_history_does_not_overwrite_the_table_or_the_model(self):
        before = self.path("table.csv").read_bytes()
        result = self.attune("train", "table.csv", "--output", "label", "-o", "m.attune", "--history", "table.csv", *SMALL)
        self.assertEqual(before, self.path("table.csv").read_bytes(), f"the training table is lost\n{result}")
        self.assert_refused(result, r"table\.csv")
        result = self.attune("train", "table.csv", "--output", "label", "-o", "m.csv", "--history", "./m.csv", *SMALL)
        self.assert_refused(result, r"--history: \./m\.csv is the model's file; name another one")


class CombinationsTest(ProgramTest):
    """What each alone is fine and together has no meaning is found before a table is opened, and called as it was given."""

    def refuse(self, flags, message):
        result = self.attune("train", "missing.csv", "--output", "label", "-o", "model.attune", *flags)
        self.assert_refused(result)
        self.assertEqual(message, result.message)
        self.assertEqual(1, len(result.err.splitlines()), result)
        self.assert_folder_holds()

    def test_heads_that_do_not_divide_the_width(self):
        for flags, named in ((("--width", "10", "--heads", "3"), "--heads 3 does not divide --width 10"),
                             (("--heads", "5"), "--heads 5 does not divide --width 96 (the default)"),
                             (("--width", "10"), "--heads 4 (the default) does not divide --width 10"),
                             (("--pool-heads", "5"), "--pool-heads 5 does not divide --width 96 (the default)")):
            self.refuse(flags, named + "; change one of them, or set --key-width")

    def test_options_that_a_mechanism_does_not_use(self):
        """Also with the value that is the default."""
        for flags, refused in ((("--heads", "4"), "--heads"), (("--causal",), "--causal"), (("--no-projections",), "--no-projections"),
                               (("--projections",), "--projections")):
            self.refuse(("--mechanism", "split", *flags), f"{refused} has no meaning here: --mechanism split does not use it; leave it out")
        self.refuse(("--reaches", "1,3,5"), "--reaches has no meaning here: --mechanism scaled_dot (the default) does not use it; leave it out")
        self.refuse(("--pool-mechanism", "split", "--pool-heads", "1"),
                    "--pool-heads has no meaning here: --pool-mechanism split does not use it; leave it out")
        self.refuse(("--mechanism", "split", "--pool", "max", "--key-width", "0"),
                    "--key-width has no meaning here: --mechanism split does not use it, and --pool max has no attention; leave it out")
        self.refuse(("--blocks", "0", "--heads", "2"), "--heads has no meaning here: --blocks 0 leaves the blocks without attention; leave it out")

    def test_options_of_a_file(self):
        self.write("run.toml", "[model]\nmechanism = 'split'\nheads = 4\nwidth = 10\nreaches = [1, 2]\n")
        names = ("table.csv", "--output", "label", "-o", "model.attune", "--config", "run.toml")
        for flags, message in (((), "run.toml, model.reaches = [1,2]: expected odd numbers of tokens, found 2"),
                               (("--mechanism", "dot", "--reaches", "1,3,5"), "--reaches has no meaning here: --mechanism dot does not use it; "
                                                                              "leave it out"),
                               (("--reaches", "1,3", "--heads", "4"),
                                "--heads has no meaning here: run.toml, model.mechanism = \"split\" does not use it; leave it out"),
                               (("--mechanism", "dot",), "run.toml, model.reaches has no meaning here: --mechanism dot does not use it; leave it out")):
            result = self.attune("train", *names, *flags)
            self.assert_refused(result)
            self.assertEqual(message, result.message)
        self.write("run.toml", "[model]\nheads = 4\nwidth = 10\n")
        result = self.attune("train", *names, "--heads", "3")
        self.assertEqual("--heads 3 does not divide run.toml, model.width = 10; change one of them, or set --key-width", result.message)

    def test_a_dump_of_every_default_is_no_mistake(self):
        self.write_table()
        self.write("run.toml", self.attune("train", "table.csv", "--output", "label", "-o", "model.attune", *SMALL, "--mechanism", "split",
                                           "--dump-config").out)
        self.assert_code(DONE, self.attune("train", "--config", "run.toml"))

    def test_blocks_without_parts(self):
        self.refuse(("--no-attention", "--no-feed-forward"),
                    "--no-attention and --no-feed-forward would leave --blocks 1 (the default) empty; set --blocks to 0 instead")

    def test_even_convolution(self):
        self.refuse(("--convolution", "2"), "--convolution 2: expected an odd number of tokens, or 0 for none")

    def test_reaches(self):
        for reaches, said in (("1,2", "expected odd numbers of tokens, found 2"), ("3,3", "expected different numbers of tokens, found 3 twice"),
                              ("none", "expected at least one branch, found none")):
            self.refuse(("--mechanism", "split", "--reaches", reaches), f"--reaches {reaches}: {said}")

    def test_groups_that_do_not_divide_the_width(self):
        self.refuse(("--mechanism", "split", "--width", "16", "--groups", "3"), "--groups 3 does not divide --width 16; change one of them")

    def test_without_projections(self):
        self.refuse(("--no-projections", "--key-width", "3"), "--no-projections cuts the width into heads as it is, and --key-width 3 is not "
                                                              "--width 96 (the default) by --heads 4 (the default); leave one of them out")

    def test_lists_that_are_none(self):
        self.refuse(("--dense", "16,,8"), '--dense: expected whole numbers with commas between, or none; found "16,,8"')
        self.refuse(("--dense=-3",), "--dense: expected whole numbers from 1 to 4096, found -3 at place 1")

    def test_number_as_a_category_option(self):
        self.write_table()
        result = self.attune("train", "table.csv", "--output", "label", "-o", "model.attune", "--input", "text:category:unit=words")
        self.assert_refused(result, "category", "unit")
        self.assert_folder_holds("table.csv")

    def test_balanced_classes_of_a_number(self):
        self.write_table(rows=measurements(), columns=MEASURED)
        result = self.attune("train", "table.csv", "--input", "width,height:numbers", "--output", "price:number", "-o", "model.attune",
                             "--class-weights", "balanced", *SMALL)
        self.assert_refused(result, "^--class-weights balanced has no meaning here: only numbers are predicted; leave it out$")
        self.assertNotIn("rows to train on", result.err)


class EvaluateTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write_table()
        self.train("table.csv", "--epochs", "3")

    def test_unseen_labels_count_as_wrong_with_a_warning(self):
        rows = reviews(30)
        right = sum(a["label"]["prediction"] == label for a, (_, label) in
                    zip(self.predictions("model.attune", *[text for text, _ in rows]), rows))
        self.assertGreater(right, 0)
        self.write_table("test.csv", rows + [("good film", "new")] * 10)
        result = self.attune("evaluate", "model.attune", "test.csv", "--json")
        self.assert_code(DONE, result)
        self.assertRegex(result.err, "(?i)warning: 10 rows have a label that the model never saw; they count as wrong: \"new\" \\(10\\)")
        metrics = result.json_lines()[0]
        self.assertEqual((40, 10), (metrics["rows"], metrics["unseen_labels"]))
        self.assertAlmostEqual(right / 40, metrics["accuracy"], places=12)

    def test_metrics_agree_with_predictions(self):
        answers = self.predictions("model.attune", "table.csv")
        right = sum(a["label"]["prediction"] == label for a, (_, label) in zip(answers, reviews()))
        result = self.attune("evaluate", "model.attune", "table.csv", "--json")
        metrics = result.json_lines()[0]
        self.assertAlmostEqual(right / 60, metrics["accuracy"], places=12)
        self.assertEqual(60, sum(map(sum, metrics["confusion"])))
        page = self.attune("evaluate", "model.attune", "table.csv")
        self.assertRegex(page.out, rf"accuracy +{right / 60:.4f}")

    def test_a_table_without_the_label_is_refused(self):
        self.write("test.csv", "text,lable\na,pos\n")
        self.assert_refused(self.attune("evaluate", "model.attune", "test.csv"), r"test\.csv", 'no column "label"', 'did you mean "lable"')

    def test_empty_tables_are_refused(self):
        self.write("test.csv", "text,label\n")
        self.assert_refused(self.attune("evaluate", "model.attune", "test.csv"), r"test\.csv")
        self.assert_refused(self.attune("evaluate", "model.attune", "none.csv"), r"none\.csv")

    def test_an_empty_label_is_one_never_seen(self):
        self.write("test.csv", "text,label\ngood,pos\nbad,\n")
        result = self.attune("evaluate", "model.attune", "test.csv", "--json")
        self.assert_code(DONE, result)
        self.assertEqual((2, 1), tuple(result.json_lines()[0][key] for key in ("rows", "unseen_labels")))
        self.assertRegex(result.err, "(?i)warning: 1 .*: an empty label \\(1\\)")
