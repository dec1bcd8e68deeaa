# SPDX-License-Identifier: Apache-2.0
"""Explanations: of texts, tables and lines; how far they may be believed; pages; what is refused."""

import html
import json
import re
import resource
import signal
import statistics
import time
import unittest
from xml.etree import ElementTree

from program import DONE, FAILED, INTERRUPTED, MEASURED, USAGE, ProgramTest, limit_file_size, measurements, reviews, wait_until

# Texts in which characters, code points and bytes part ways.
ODD = {
    "combining": "e\u0301 bad a\u0308 fil\u0302m",
    "emoji": "\U0001F469\u200D\U0001F4BB bad \U0001F44D\U0001F3FD",
    "right to left": "\u05d8\u05d5\u05d1 \u05de\u05d0\u05d5\u05d3 bad",
    "Chinese": "这个酒店太差",
    "markup": "<script>alert(1)</script> bad & <b>film</b> </script>",
    "control": "bad \x1b[31m film \x07",
}


class ExplainProgramTest(ProgramTest):
    FLAGS = ()

    def setUp(self):
        super().setUp()
        self.write_table()
        self.train("table.csv", "--epochs", "30", *self.FLAGS)

    def explained(self, *arguments, **options):
        """The JSON objects of the rows, and those of the methods' honesty."""
        result = self.attune("explain", "model.attune", *arguments, "--json", **options)
        self.assert_code(DONE, result)
        objects = result.json_lines()
        return [o for o in objects if "row" in o], [o["honesty"] for o in objects if "honesty" in o]

    def page(self, *arguments, name="why.html"):
        result = self.attune("explain", "model.attune", *arguments, "--html", name)
        self.assert_code(DONE, result)
        return self.path(name).read_text(encoding="utf-8"), result


class TextsTest(ExplainProgramTest):
    def test_a_text_is_shaded_and_its_tokens_listed(self):
        result = self.attune("explain", "model.attune", "the good film", "a bad book")
        self.assert_code(DONE, result)
        self.assertRegex(result.out, r"(?m)^row 1: (pos|neg) [01]\.\d{4,}$")
        self.assertRegex(result.out, r"(?m)^row 2: ")
        self.assertRegex(result.out, r"(?m)^good +-?\d")
        self.assertNotIn("\x1b", result.out, "colours in what is no terminal")
        self.assertIn("baseline: every token masked", result.err)
        self.assertEqual(1, result.err.count("baseline:"), "said once, not for each row")

    def test_the_word_that_decides_comes_first(self):
        self.write_table("many.csv", reviews(600))
        self.path("model.attune").unlink()
        self.train("many.csv", "--epochs", "6")
        for text, label, word in (("the bad film", "neg", "bad"), ("a good meal", "pos", "good")):
            rows, _ = self.explained(text, "--of-class", label)
            values = rows[0]["methods"]["gradient_path"]["values"]
            first = max(range(len(values)), key=values.__getitem__)
            self.assertEqual(word, rows[0]["tokens"][first]["text"], rows[0])

    def test_places_are_characters_of_the_text(self):
        for name, text in ODD.items():
            with self.subTest(name):
                rows, _ = self.explained(text)
                for token in rows[0]["tokens"]:
                    self.assertEqual(text[token["begin"]:token["end"]], token["text"])

    def test_the_answer_is_that_of_predict(self):
        texts = [text for text, _ in reviews(9)]
        rows, _ = self.explained(*texts)
        answers = self.predictions("model.attune", *texts)
        for row, answer in zip(rows, answers):
            self.assertEqual(answer["label"]["prediction"], row["prediction"])
            self.assertAlmostEqual(answer["label"]["probability"], row["probability"], delta=1e-4)

    def test_integrated_gradients_add_up(self):
        rows, _ = self.explained(*[text for text, _ in reviews(20)], "--method", "integrated_gradients")
        for row in rows:
            found = row["methods"]["integrated_gradients"]
            total = sum(found["values"]) + found.get("elsewhere", 0)
            self.assertAlmostEqual(found["completeness"]["change"], total, delta=found["completeness"]["gap"] + 1e-9)
            self.assertLess(found["completeness"]["share"], 0.01)

    def test_all_methods_with_shapley_where_rows_are_short(self):
        rows, _ = self.explained("the bad film", "--method", "all")
        methods = rows[0]["methods"]
        for name in ("attention", "attention_norm", "pool_gradient", "gradient_input", "gradient_path", "integrated_gradients",
                     "leave_one_out", "shapley"):
            self.assertEqual(len(rows[0]["tokens"]), len(methods[name]["values"]), name)
        self.assertAlmostEqual(1, sum(methods["attention"]["values"]), delta=1e-5)
        self.assertEqual("gradient_path", next(iter(
            self.attune("explain", "model.attune", "the bad film", "--method", "all").lines[1:])), "the default comes first")

    def test_all_methods_without_shapley_where_a_row_is_long(self):
        result = self.attune("explain", "model.attune", "bad", " ".join(["film"] * 13), "--method", "all", "--json")
        self.assert_code(DONE, result)
        self.assertRegex(result.err, "left out, shapley: it is compared only where all rows are known to have at most 12 tokens")
        for row in result.json_lines():
            self.assertNotIn("shapley", row["methods"])

    def test_another_class(self):
        ours, _ = self.explained("the bad film", "--of-class", "neg")
        other, _ = self.explained("the bad film", "--of-class", "pos")
        self.assertEqual(("neg", "pos"), (ours[0]["explained"], other[0]["explained"]))
        for a, b in zip(ours[0]["methods"]["gradient_path"]["values"], other[0]["methods"]["gradient_path"]["values"]):
            self.assertAlmostEqual(a, -b, delta=1e-4)

    def test_empty_texts(self):
        for text in ("", "  "):
            rows, _ = self.explained(text, "--method", "all")
            self.assertEqual(1, len(rows[0]["tokens"]), "an empty text is a token of its own")

    def test_lines_of_standard_input(self):
        texts = [text for text, _ in reviews(5)]
        expected, _ = self.explained(*texts)
        found, _ = self.explained("-", stdin="\n".join(texts) + "\n")
        for row in expected + found:
            row["methods"]["gradient_path"]["completeness"].pop("share")  # beside that of rows explained together
        self.assertEqual(expected, found)

    def test_the_same_for_every_number_of_threads(self):
        runs = [self.attune("explain", "model.attune", "table.csv", "--method", "all", "--rows", "10", "--json", "--threads", n)
                for n in ("1", "3")]
        self.assertEqual(runs[0].out, runs[1].out)

    def test_control_characters_do_not_steer_the_terminal(self):
        result = self.attune("explain", "model.attune", ODD["control"])
        self.assert_code(DONE, result)
        self.assertNotIn("\x1b", result.out)
        self.assertNotIn("\x07", result.out)


class LinesTest(ExplainProgramTest):
    def test_each_line_is_explained_as_it_comes(self):
        run = self.start("explain", "model.attune", "-", "--json")
        for number, text in ((1, "a good film"), (2, "a bad book")):
            self.assertEqual(number, json.loads(run.ask(text))["row"])
        self.assert_code(DONE, run.end())

    def test_a_line_is_explained_as_a_text_alone(self):
        """Of rows that are explained together the one that changes less has its gap set beside the mean of both."""
        def shares(rows):
            return [row["methods"]["gradient_path"]["completeness"]["share"] for row in rows]
        texts = ("the bad film", "a good meal")
        alone = [share for text in texts for share in shares(self.explained(text)[0])]
        lines = shares(self.explained("-", stdin="\n".join(texts))[0])
        together = shares(self.explained(*texts)[0])
        for one, line in zip(alone, lines, strict=True):
            self.assertAlmostEqual(one, line, delta=1e-2 * one)
        self.assertGreater(max(abs(one - both) / one for one, both in zip(alone, together)), 0.02, "nothing to tell apart")

    def test_more_lines_than_are_explained_together(self):
        rows, _ = self.explained("-", stdin="".join(text + "\n" for text, _ in reviews(700)))
        self.assertEqual(list(range(1, 701)), [row["row"] for row in rows])

    def test_lines_before_a_bad_one_are_not_lost(self):
        for before in (1, 300):
            with self.subTest(before):
                result = self.attune("explain", "model.attune", "--json", stdin=b"good\n" * before + b"a\xe9b\nfine\n")
                self.assert_code(USAGE, result)
                self.assertEqual(list(range(1, before + 1)), [row["row"] for row in result.json_lines()])
                self.assert_said(result, f"standard input, line {before + 1}, .*0xE9", "mend the line, or pass --skip-bad-rows")

    def test_bad_lines_are_left_out(self):
        result = self.attune("explain", "model.attune", "-", "--skip-bad-rows", stdin=b"good\n\xff\nfine\n")
        self.assert_code(DONE, result)
        self.assertEqual(["1", "3"], re.findall(r"(?m)^row (\d+): ", result.out))
        self.assertRegex(result.err, "standard input, line 2.*0xFF.*left out")
        self.assertRegex(result.err, "standard input: 1 bad line left out")

    def test_a_line_too_long_for_the_method_is_a_bad_one(self):
        lines = f"bad\n{'film ' * 13}\ngood\n"
        result = self.attune("explain", "model.attune", "--method", "shapley", "--json", stdin=lines)
        self.assert_code(USAGE, result)
        self.assert_said(result, "standard input, line 2: --method shapley: expected rows of at most 12 tokens, found 13; mend the line")
        self.assertEqual([1], [row["row"] for row in result.json_lines()])
        rows, _ = self.explained("--method", "shapley", "--skip-bad-rows", stdin=lines)
        self.assertEqual([1, 3], [row["row"] for row in rows])

    def test_a_line_without_the_token_is_a_bad_one(self):
        lines = "the bad film\nbad\na good film\n"
        flags = ("--token", "3", "--json")
        result = self.attune("explain", "model.attune", *flags, stdin=lines)
        self.assert_code(USAGE, result)
        self.assert_said(result, "standard input, line 2: --token 3: expected rows of at least 3 tokens, found 1; mend the line, or pass "
                                 "--skip-bad-rows")
        self.assertEqual([1], [row["row"] for row in result.json_lines()])
        rows, _ = self.explained(*flags, "--skip-bad-rows", stdin=lines)
        self.assertEqual([1, 3], [row["row"] for row in rows])
        self.page("--token", "3", "--skip-bad-rows", "table.csv", "--rows", "3")

    def test_no_lines(self):
        result = self.attune("explain", "model.attune", "-")
        self.assert_code(DONE, result)
        self.assertEqual("", result.out)
        self.assertRegex(result.err, "nothing to explain: no row came from standard input")
        for picture in (("--html", "why.html"), ("--svg", "charts")):
            for arguments, stdin in (((), b""), (("--skip-bad-rows",), b"\xff\n")):
                with self.subTest(picture + arguments):
                    self.assert_refused(self.attune("explain", "model.attune", "-", *picture, *arguments, stdin=stdin),
                                        "standard input: there is no row to explain, and so nothing to write")
                    self.assert_folder_holds("model.attune", "table.csv")

    def test_an_interrupt_while_waiting_for_a_line(self):
        for flags, said in ((("--json",), "the other rows are not explained"), (("--json", "--html", "why.html"), "nothing is written")):
            with self.subTest(flags):
                run = self.start("explain", "model.attune", "-", *flags)
                self.assertEqual(1, json.loads(run.ask("a good film"))["row"])
                run.send(signal.SIGINT)
                run.process.wait(20)
                result = run.end()
                self.assert_code(INTERRUPTED, result)
                self.assertIn("interrupted: " + said, result.err)
                self.assert_folder_holds("model.attune", "table.csv")


class TableTest(ExplainProgramTest):
    def test_a_table_with_how_far_to_believe_it(self):
        rows, honesty = self.explained("table.csv", "--rows", "12")
        self.assertEqual(12, len(rows))
        self.assertEqual(["pos" if i % 2 else "neg" for i in range(12)], [row["truth"] for row in rows])
        self.assertEqual(["gradient_path"], [h["method"] for h in honesty])
        self.assertEqual(12, honesty[0]["rows"])
        self.assertGreater(honesty[0]["comprehensiveness"], honesty[0]["random_comprehensiveness"])
        self.assertTrue(-1 <= honesty[0]["tau"] <= 1)
        self.assertLessEqual(honesty[0]["normalized_comprehensiveness"], 1 + 1e-6)

    def test_the_text_of_a_table_ends_in_words(self):
        result = self.attune("explain", "model.attune", "table.csv", "--rows", "10")
        self.assert_code(DONE, result)
        self.assertRegex(result.err, "explaining 10 rows of 60; --rows and --first-row choose")
        self.assertRegex(result.out, r"(?m)^row 1: neg 0\.\d+ \(in the table: neg\)$")
        self.assertRegex(result.out, r"how far to believe them, measured on 10 rows")
        self.assertRegex(result.out, r"(?m)^gradient_path +-?0\.\d{3} +-?0\.\d{3} \u00b1 0\.\d{3} ")
        self.assertRegex(result.out, r"On 10 rows, erasing what gradient_path puts first lowers the probability by")

    def test_the_rest_of_a_text_that_is_cut_off_belongs_to_no_token(self):
        self.write_table("many.csv", reviews(600))
        self.path("model.attune").unlink()
        self.train("many.csv", "--epochs", "2")
        self.write_table("long.csv", [("the meal " * 400 + "great lovely good " * 100,)], columns=("text",))
        found = self.explained("long.csv", "--honesty", "never")[0][0]["methods"]["gradient_path"]
        self.assertNotEqual(0, found["elsewhere"])
        self.assertAlmostEqual(found["completeness"]["gap"],
                               abs(found["completeness"]["change"] - sum(found["values"]) - found["elsewhere"]), delta=1e-9)

    def test_rows_too_long_to_measure_are_counted(self):
        self.write_table("many.csv", [(text, label, label) for text, label in reviews()], columns=("text", "kind", "label"))
        self.path("model.attune").unlink()
        self.train("many.csv", "--input", "text:text:max_length=1200", "--input", "kind:category")
        self.write_table("long.csv", [("bad film " * 600, "neg"), ("good film", "pos")], columns=("text", "kind"))
        result = self.attune("explain", "model.attune", "long.csv", "--json")
        self.assert_code(DONE, result)
        self.assertIn("not measured: 1 row of more than 1024 tokens, for it takes a pass of the row without each of them", result.err)
        self.assertEqual([1], [o["honesty"]["rows"] for o in result.json_lines() if "honesty" in o])
        self.assertNotIn("not measured", self.attune("explain", "model.attune", "long.csv", "--honesty", "never").err)

    def test_leaving_out_is_measured_by_what_it_said(self):
        """Whether it is asked for as a method or not: the same figures, but for its own, which agree with themselves."""
        honesty = {flag: {h["method"]: h for h in self.explained("table.csv", "--rows", "6", "--method", flag)[1]}
                   for flag in ("gradient_path", "all")}
        self.assertEqual(honesty["gradient_path"]["gradient_path"], honesty["all"]["gradient_path"])
        self.assertAlmostEqual(1, honesty["all"]["leave_one_out"]["tau"], delta=1e-9)

    def test_which_rows(self):
        rows, _ = self.explained("table.csv", "--first-row", "59", "--rows", "0")
        self.assertEqual([59, 60], [row["row"] for row in rows])
        self.assert_refused(self.attune("explain", "model.attune", "table.csv", "--first-row", "61"),
                            "--first-row 61: table.csv has 60 rows")

    def test_a_row_that_is_too_long_for_a_method_is_named(self):
        self.write_table("one.csv", [("bad",), (" ".join(["film"] * 13),)], columns=("text",))
        self.assert_refused(self.attune("explain", "model.attune", "one.csv", "--method", "shapley"),
                            "--method shapley: expected rows of at most 12 tokens, found 13 in one.csv, row 2")

    def test_more_rows_than_are_read_together(self):
        self.write_table("many.csv", reviews(300))
        rows, _ = self.explained("many.csv", "--rows", "0", "--honesty", "never")
        self.assertEqual(list(range(1, 301)), [row["row"] for row in rows])

    def test_honesty_on_request(self):
        self.assertEqual([], self.explained("table.csv", "--rows", "3", "--honesty", "never")[1])
        self.assertEqual([], self.explained("the bad film")[1])
        of_one = self.explained("the bad film", "--honesty", "always")[1]
        self.assertEqual(1, of_one[0]["rows"])

    def test_heads_and_matrices(self):
        rows, _ = self.explained("table.csv", "--rows", "2", "--matrices", "--honesty", "never")
        for row in rows:
            self.assertEqual({"pool", "block.0.self"}, {view["site"] for view in row["heads"]})
            for view in row["heads"]:
                self.assertAlmostEqual(1, sum(view["values"]), delta=1e-5)
            for matrix in row["matrices"]:
                for weights in matrix["weights"]:
                    self.assertEqual(len(row["tokens"]), len(weights))
                    self.assertAlmostEqual(1, sum(weights), delta=1e-5)

    def test_what_a_token_looks_at_is_its_line_of_the_matrix(self):
        rows, _ = self.explained("table.csv", "--rows", "1", "--matrices", "--token", "2", "--honesty", "never")
        views = [view for view in rows[0]["heads"] if view.get("from_token") == 2]
        self.assertEqual([f"head {view['head']}, from token 2" for view in views], [view["name"] for view in views])
        self.assertTrue(views)
        of_block = [m for m in rows[0]["matrices"] if m["site"] == "block.0.self"]
        self.assertEqual([m["weights"][1] for m in of_block], [view["values"] for view in views])

    def test_heads_of_a_split_pool(self):
        self.path("model.attune").unlink()
        self.train("table.csv", "--pool-mechanism", "split", "--blocks", "0")
        rows, _ = self.explained("the bad film", "--matrices", "--token", "2")
        self.assertEqual(["pool.learned"], [view["site"] for view in rows[0]["heads"]])
        self.assertEqual([1], [len(matrix["weights"]) for matrix in rows[0]["matrices"]])
        self.assertIn("no token looks at others", self.attune("explain", "model.attune", "the bad film", "--token", "2").out)
        self.assert_refused(self.attune("explain", "model.attune", "bad", "--method", "attention"),
                            "--method attention: the model's pool .split attention. weighs four summaries")

    def test_a_token_that_a_row_lacks_is_refused_before_any_is_shown(self):
        self.write_table("short.csv", [("the bad film",)] * 3 + [("bad",)], columns=("text",))
        for output in (("--json",), (), ("--html", "why.html")):
            with self.subTest(output):
                self.assert_refused(self.attune("explain", "model.attune", "short.csv", "--token", "2", *output),
                                    "--token 2: short.csv, row 4 has 1 token; --json lists them in their order")
        self.assert_folder_holds("model.attune", "short.csv", "table.csv")

    def test_an_interrupt_is_heeded_between_rows(self):
        """The first 256 rows are quick; each of those behind them takes 4,096 passes, all of them together minutes."""
        slow = " ".join(["bad", "film"] * 6)
        self.write_table("long.csv", [("bad film",)] * 256 + [(slow,)] * 256, columns=("text",))
        run = self.start("explain", "model.attune", "long.csv", "--rows", "0", "--method", "shapley", "--honesty", "never",
                         "--threads", "1", "--json")
        for row in range(1, 257):
            self.assertEqual(row, json.loads(run.process.stdout.readline())["row"])
        time.sleep(0.5)  # the test holds without it, and could not fail where the signal comes before the slow rows
        run.send(signal.SIGINT)
        result = run.end(60)
        self.assert_code(INTERRUPTED, result)
        self.assertEqual("", result.out, "rows that were explained after the interrupt")
        self.assertIn("interrupted: the other rows are not explained", result.err)

    def test_all_rows_are_held_to_the_change_of_the_first(self):
        """However many come together: the first 256 say what is a small gap."""
        self.write_table("one.csv", reviews(256))
        self.write_table("two.csv", reviews(256) + [("the lovely film", "pos")] * 2)
        alone = self.explained("one.csv", "--rows", "0", "--method", "integrated_gradients", "--honesty", "never")[0]
        more = self.explained("two.csv", "--rows", "0", "--method", "integrated_gradients", "--honesty", "never")[0]
        self.assertEqual([row["methods"] for row in alone], [row["methods"] for row in more[:256]])
        typical = statistics.fmean(abs(row["methods"]["integrated_gradients"]["completeness"]["change"]) for row in alone)
        for row in more[256:]:
            found = row["methods"]["integrated_gradients"]["completeness"]
            self.assertAlmostEqual(found["share"], found["gap"] / max(typical, abs(found["change"])), delta=1e-9)

    def test_an_interrupt_leaves_no_half_page(self):
        self.write_table("long.csv", reviews(20_000))
        run = self.start("explain", "model.attune", "long.csv", "--rows", "0", "--honesty-rows", "0", "--html", "why.html")
        wait_until(lambda: run.catches(signal.SIGINT))
        run.send(signal.SIGINT)
        result = run.end(60)
        self.assert_code(INTERRUPTED, result)
        self.assertIn("interrupted: nothing is written", result.err)
        self.assert_folder_holds("long.csv", "model.attune", "table.csv")


class PageFileTest(ExplainProgramTest):
    def test_a_page_of_texts_speaks_of_texts(self):
        page, _ = self.page("a good film", "a bad book")
        self.assertIn("What the answers for “label” to 2 texts rest on", page)
        self.assertNotIn("rows of", page)

    def test_a_page_holds_rows_figures_and_the_network(self):
        page, result = self.page("table.csv", "--rows", "5", "--method", "all")
        self.assertLess(len(page.encode()), 2_000_000)
        self.assertRegex(result.err, "wrote why.html")
        self.assertEqual(5, page.count("<article class=\"row explained\""))
        for part in ("How far this may be believed", "integrated_gradients", "How the model allocates", "in the table:"):
            self.assertIn(part, page)

    def test_nothing_in_the_data_runs_or_is_markup(self):
        self.write_table("odd.csv", [(text, "<img src=x onerror=alert(2)>") for text in ODD.values()])
        page, _ = self.page("odd.csv", "--matrices", "--heads")
        self.assertNotIn("<script>alert", page)
        self.assertNotIn("<img", page)
        self.assertEqual(2, len(re.findall(r"</script", page)), "the data and the script of the page, and no more")
        data = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)[1]
        self.assertEqual(len(ODD), len(json.loads(html.unescape(data))["rows"]))

    def test_a_text_of_50_000_characters(self):
        self.write("long.txt", "bad film " * 5556)
        text = self.path("long.txt").read_text(encoding="utf-8")
        self.write_table("long.csv", [(text,), ("a good film",)], columns=("text",))
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        page, result = self.page("long.csv", "--method", "all", "--matrices")
        after = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        self.assertLess(len(page.encode()), 2_000_000)
        self.assertLess(max(before, after), 1_500_000, "KiB")
        self.assertRegex(result.err, "the end of 1 row is cut off for the network by the max_length")

    def test_files_that_cannot_be_written(self):
        self.write("notes.html", "<p>mine</p>")
        cases = {"model.attune": "--html: model.attune is what is read; choose another name",
                 "table.csv": "--html: table.csv is what is read; choose another name",
                 "notes.html": "--html: notes.html",
                 "no/such/why.html": "--html", ".": "--html"}
        for name, message in cases.items():
            with self.subTest(name):
                self.assert_refused(self.attune("explain", "model.attune", "table.csv", "--html", name), re.escape(message))

    def test_a_page_lists_as_many_tokens_as_asked(self):
        for flags, expected in (((), 10), (("--top", "3"), 3), (("--top", "0", "--json"), 0)):
            page, _ = self.page("table.csv", "--rows", "2", *flags)
            data = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)[1]
            self.assertEqual(expected, json.loads(html.unescape(data))["strongest"])

    def test_pages_of_report_are_not_replaced_nor_the_other_way_round(self):
        self.page("table.csv", "--rows", "2")
        self.assert_code(DONE, self.attune("report", "model.attune", "--html", "report.html"))
        before = [self.path(name).read_bytes() for name in ("why.html", "report.html")]
        self.assert_refused(self.attune("explain", "model.attune", "bad", "--html", "report.html"),
                            "--html: report.html is a page of attune report; name another file, or remove it")
        self.assert_refused(self.attune("report", "model.attune", "--html", "why.html"),
                            "--html: why.html is a page of attune explain; name another file, or remove it")
        self.assertEqual(before, [self.path(name).read_bytes() for name in ("why.html", "report.html")])
        self.page("bad")
        self.assertNotEqual(before[0], self.path("why.html").read_bytes(), "its own page is replaced")

    def test_links(self):
        self.path("old.html").symlink_to("no/such.html")
        self.assert_refused(self.attune("explain", "model.attune", "bad", "--html", "old.html"),
                            "--html: old.html is a link to no/such.html, which is not there; name that file itself, or remove the link")
        self.write("real.html", "")
        self.path("new.html").symlink_to("real.html")
        self.page("bad", name="new.html")
        self.assertTrue(self.path("new.html").is_symlink())
        self.assertGreater(self.path("real.html").stat().st_size, 0)

    def test_page_and_charts_of_one_name(self):
        self.assert_refused(self.attune("explain", "model.attune", "bad", "--html", "why", "--svg", "why"),
                            "--svg: why is the page that --html writes; name another folder for the charts")
        self.assert_refused(self.attune("explain", "model.attune", "table.csv", "--svg", "table.csv"),
                            "--svg: table.csv is what is read")
        self.assert_folder_holds("model.attune", "table.csv")

    def test_charts_of_earlier_runs_are_told_of_and_stay(self):
        explain = ("explain", "model.attune", "table.csv", "--honesty", "never", "--svg", "charts")
        first = self.attune(*explain, "--rows", "5")
        self.assertNotIn("did not write", first.err)
        self.write("charts/mine.txt", "notes")
        again = self.attune(*explain, "--rows", "1")
        self.assert_code(DONE, again)
        self.assertRegex(again.err, r'charts holds 4 charts more, which this run did not write: "row-2-gradient_path.svg", '
                                    r'"row-3-gradient_path.svg", "row-4-gradient_path.svg" and 1 more; name a new folder')
        self.assertEqual(7, len(list(self.path("charts").iterdir())))
        self.assertNotIn("did not write", self.attune(*explain, "--rows", "5").err)

    def test_charts_of_their_own(self):
        result = self.attune("explain", "model.attune", "table.csv", "--rows", "2", "--matrices", "--svg", "charts")
        self.assert_code(DONE, result)
        names = sorted(path.name for path in self.path("charts").iterdir())
        self.assertIn("flow.svg", names)
        for part in ("row-1-gradient_path.svg", "row-2-pool-head-1.svg", "row-2-matrix-block-0-self--head-1.svg"):
            self.assertIn(part, names)
        for name in names:
            ElementTree.fromstring(self.path("charts/" + name).read_bytes())
        self.assertRegex(result.err, rf"wrote {len(names)} charts of 2 rows into charts")

    def test_rows_are_called_by_the_name_of_their_table(self):
        self.write_table("sub/table.csv")
        page, _ = self.page("sub/table.csv", "--rows", "2")
        self.assertEqual(["table.csv, row 1", "table.csv, row 2"], re.findall(r"<h3[^>]*>([^<]*)</h3>", page))

    def test_rows_without_a_picture_are_not_drawn(self):
        self.write_table("long.csv", [("the bad film",)] * 20 + [("bad",)], columns=("text",))
        heads = ("long.csv", "--rows", "0", "--honesty", "never", "--token", "2")
        self.assert_code(DONE, self.attune("explain", "model.attune", *heads, "--svg", "charts"))
        refused = self.attune("explain", "model.attune", *heads, "--json")
        self.assert_code(USAGE, refused)
        self.assert_said(refused, "--token 2: long.csv, row 21 has 1 token")

    def test_a_full_disk(self):
        result = self.attune("explain", "model.attune", "table.csv", "--html", "why.html", preexec_fn=limit_file_size(4096))
        self.assert_code(FAILED, result)
        self.assert_said(result, "why.html")
        self.assert_folder_holds("model.attune", "table.csv")


class RefusalsTest(ExplainProgramTest):
    FLAGS = ("--blocks", "0", "--pool", "mean")

    def test_attention_of_a_model_without_it(self):
        self.assert_refused(self.attune("explain", "model.attune", "bad", "--method", "attention"),
                            "--method attention: ", "gradient_path|leave_one_out|integrated_gradients")
        rows, _ = self.explained("the bad film")
        self.assertEqual(["gradient_path"], list(rows[0]["methods"]))
        result = self.attune("explain", "model.attune", "the bad film", "--method", "all", "--heads")
        self.assert_code(DONE, result)
        self.assertRegex(result.err, "left out, attention: ")
        self.assertRegex(result.out, "no heads: nothing in the model allocates among tokens")

    def test_what_is_not_there_is_named(self):
        cases = [
            (("bad", "--method", "gradient"), ("--method", "gradient_path")),
            (("bad", "--of-class", "pso"), ("--of-class: label has no class \"pso\"", "pos")),
            (("bad", "--output", "lable"), ("--output: the model does not predict \"lable\"", "label")),
            (("the bad film", "--token", "9"), ("--token 9: .* has 3 tokens",)),
            (("bad", "--rows", "-1"), ("rows",)),
            (("no.csv",), ("no.csv",)),
        ]
        for arguments, patterns in cases:
            with self.subTest(arguments):
                self.assert_refused(self.attune("explain", "model.attune", *arguments), *patterns)


    def test_flags_without_effect_are_refused(self):
        cases = [
            (("bad", "--rows", "3"), ("--rows: chooses rows of a table", "leave it out")),
            (("-", "--first-row", "2"), ("--first-row: chooses rows of a table", "leave it out")),
            (("bad", "--orderings", "5"), ("--orderings: is for measuring", "texts and lines are not; add --honesty always")),
            (("-", "--seed", "5"), ("--seed: is for measuring", "add --honesty always")),
            (("table.csv", "--honesty", "never", "--beam", "2"), ("--beam: is for measuring", "--honesty never leaves out")),
            (("table.csv", "--honesty", "never", "--honesty-rows", "2"), ("--honesty-rows: ", "--honesty never leaves out")),
            (("table.csv", "--json", "--top", "3"), ("--top: ", "--json has all tokens")),
            (("table.csv", "--svg", "charts", "--top", "3"), ("--top: ", "charts have all tokens")),
        ]
        for arguments, patterns in cases:
            with self.subTest(arguments):
                self.assert_refused(self.attune("explain", "model.attune", *arguments), *patterns)
        self.assert_folder_holds("model.attune", "table.csv")
        self.assert_code(DONE, self.attune("explain", "model.attune", "the bad film", "--honesty", "always", "--orderings", "5"))

    def test_names_of_pictures_that_are_none(self):
        for verb, flag, name, said in (
                ("explain", "--html", "", "--html: expected the name of a file, found nothing"),
                ("report", "--svg", "", "--svg: expected the name of a folder, found nothing"),
                ("explain", "--html", "--json", "--html: expected the name of a file, found the flag --json"),
                ("report", "--svg", "--json", r"found the flag --json; name one before it, or write \./--json"),
                ("explain", "--svg", "-", "--svg: - would be standard output"),
                ("report", "--html", "-", "--html: - would be standard output, which takes text and JSON alone; name a file")):
            with self.subTest((verb, flag, name)):
                self.assert_refused(self.attune(verb, "model.attune", "table.csv", flag, name), said)
        self.assert_folder_holds("model.attune", "table.csv")

    def test_mistyped_tables_are_no_texts(self):
        for name in ("table.csvv", "table.cvs", "table.CSVX", "table.csv.bak", "table.jsonll", "table.tsvv"):
            for verb in ("explain", "predict"):
                with self.subTest((verb, name)):
                    self.assert_refused(self.attune(verb, "model.attune", name), f'^{re.escape(name)}: no such file')
        self.assert_refused(self.attune("explain", "model.attune", "table.csvv"), r'did you mean "table\.csv"')
        for text in ("good.film", "bad.Tv", "e.g.", "good.The", "a film of table.csvv", "\u5f88\u597d.\u5f88"):
            with self.subTest(text):
                self.assert_code(DONE, self.attune("predict", "model.attune", text))


class OtherColumnsTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write_table("table.csv", measurements(), MEASURED)

    def explained(self, *arguments):
        result = self.attune("explain", "model.attune", "table.csv", "--rows", "4", "--json", *arguments)
        self.assert_code(DONE, result)
        return [o for o in result.json_lines() if "row" in o]

    def test_numbers_and_categories_are_named_by_their_columns(self):
        self.train("table.csv", "--input", "width", "--input", "height", "--input", "colour:category", output="size")
        for row in self.explained("--method", "all"):
            self.assertEqual(3, len(row["tokens"]))
            self.assertRegex(" ".join(token["text"] for token in row["tokens"]), r"width.*height.*(red|green|blue)")
            self.assertEqual(3, len(row["methods"]["shapley"]["values"]))
            self.assertNotIn("begin", row["tokens"][0], "a column is no place in a text")

    def test_a_number_is_explained_without_a_probability(self):
        self.train("table.csv", "--input", "width", "--input", "height", output="price")
        answers = [answer["price"]["prediction"] for answer in self.predictions("model.attune", "table.csv")]
        for row, answer in zip(self.explained("--method", "all"), answers):
            self.assertNotIn("probability", row)
            self.assertAlmostEqual(answer, row["prediction"], delta=1e-4 * abs(answer) + 1e-6)
            self.assertEqual("price", row["output"])
        result = self.attune("explain", "model.attune", "table.csv", "--rows", "2")
        self.assertRegex(result.out, r"(?m)^row 1: price = -?\d.* \(in the table: ")
        self.assertRegex(result.out, "moves the scaled number by")
        self.assert_refused(self.attune("explain", "model.attune", "table.csv", "--of-class", "a"), "has no classes")
        self.assert_code(DONE, self.attune("explain", "model.attune", "table.csv", "--rows", "2", "--html", "why.html"))
        page = self.path("why.html").read_text(encoding="utf-8")
        self.assertIn("lowers the number ", page)
        self.assertNotIn("against the answer", page)

    def test_an_empty_cell_of_the_table_is_called_so(self):
        self.train("table.csv", "--input", "width", output="size")
        self.write_table("new.csv", [("1", ""), ("2", "small")], ("width", "size"))
        result = self.attune("explain", "model.attune", "new.csv")
        self.assertRegex(result.out, r"(?m)^row 1: \w+ [01]\.\d+ \(empty in the table\)$")
        self.assertRegex(result.out, r"(?m)^row 2: .* \(in the table: small\)$")
        self.assert_code(DONE, self.attune("explain", "model.attune", "new.csv", "--html", "why.html"))
        self.assertEqual(1, self.path("why.html").read_text(encoding="utf-8").count(">empty in the table<"))

    def test_objects_as_lines(self):
        self.train("table.csv", "--input", "width", "--input", "height", output="size")
        lines = [json.dumps({"width": width, "height": height}) for width, height, *_ in measurements(3)]
        stdin = "\n".join(["", lines[0], " \t", lines[1], "no json", lines[2]]) + "\n"
        result = self.attune("explain", "model.attune", "--json", "--skip-bad-rows", stdin=stdin)
        self.assert_code(DONE, result)
        self.assertEqual([2, 4, 6], [row["row"] for row in result.json_lines()], "blank lines are passed over")
        self.assertRegex(result.err, "standard input, line 5: .*left out")

    def test_one_of_several_outputs(self):
        self.train("table.csv", "--input", "width", "--input", "height", "--output", "price", output="size")
        self.assertEqual({"size"}, {row["output"] for row in self.explained()})
        self.assertEqual({"price"}, {row["output"] for row in self.explained("--output", "price")})


if __name__ == "__main__":
    unittest.main()
