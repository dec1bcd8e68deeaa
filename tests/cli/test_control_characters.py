# SPDX-License-Identifier: Apache-2.0
"""What stands in a table never steers the terminal that it is shown on: control characters are printed by their numbers."""

import re

from program import DONE, USAGE, ProgramTest, reviews

# Clears the screen, names the window, rings; C1's form of the same; turns the writing direction of the line.
STEERING = "\x1b[2J\x1b]0;x\x07\x9b2J\u202e"
SHOWN = r"\u001B[2J\u001B]0;x\u0007\u009B2J\u202E"
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f\x80-\x9f\u202a-\u202e\u2066-\u2069]")


class ControlCharactersTest(ProgramTest):
    def assert_steers_nothing(self, result, *shown):
        self.assert_code(DONE, result)
        self.assertIsNone(OBEYED.search(result.out), repr(result.out[-2000:]))
        self.assertIsNone(OBEYED.search(result.err), repr(result.err[-2000:]))
        for text in shown:
            self.assertIn(text, result.out)

    def test_names_and_categories_of_allocate(self):
        """The group's name in the trace, names of columns, categories; a note names the constant feature."""
        value, constant = f"reading {STEERING}", f"constant {STEERING}"
        self.write_table("sensors.csv", [(group, sensor, "1", reading, "1") for group in (f"first {STEERING}", "b")
                                         for sensor, reading in ((STEERING, "1"), ("plain", "2"))],
                         ("group", f"sensor{STEERING}", constant, value, "target"))
        flags = ("--group", "group", "--features", f"sensor{STEERING}:category", "--features", constant, "--target", "target")
        for score in ("scaled_dot", "additive"):
            result = self.attune("allocate", "sensors.csv", *flags, "--values", value, "--epochs", "1", "--trace", "--score", score)
            self.assert_steers_nothing(result, f"group first {SHOWN}", f"by sensor{SHOWN}", f"  {SHOWN}  ",
                                       f"  constant {SHOWN}  ")
            self.assertIn(f'constant feature "constant {SHOWN}"', result.err)
        result = self.attune("allocate", "sensors.csv", *flags, "--values", constant, "--trace", "--trace-group", STEERING)
        self.assert_refused(result, re.escape(f'has no group "{SHOWN}"'))

    def test_classes_and_their_column(self):
        classes = {"pos": f"pos{STEERING}", "neg": f"neg\t{STEERING}"}
        self.write_table(rows=[(text, classes[label]) for text, label in reviews()], columns=("text", f"label{STEERING}"))
        self.train("table.csv", output=f"label{STEERING}")
        names = {f"pos{SHOWN}", f"neg {SHOWN}"}
        answers = self.attune("predict", "model.attune", "table.csv", "--top", "2")
        self.assert_steers_nothing(answers)
        self.assertEqual(60, len(answers.lines))
        for line in answers.lines:
            first, _, second, _ = line.split("\t")
            self.assertEqual(names, {first, second})
        for of in ("predicted", *names):
            with self.subTest(of):
                wanted = () if of == "predicted" else ("--of-class", classes[of[:3]])
                explained = self.attune("explain", "model.attune", "table.csv", "--rows", "3", "--heads", *wanted)
                self.assert_steers_nothing(explained, f"(in the table: neg {SHOWN})")
        self.assert_steers_nothing(self.attune("evaluate", "model.attune", "table.csv"), *names)
        self.assert_steers_nothing(self.attune("info", "model.attune"), f"label{SHOWN}")
        self.assert_steers_nothing(self.attune("info", "table.csv"), f"label{SHOWN}")

    def test_names_of_files(self):
        name = f"table{STEERING}.csv"
        self.write_table(name)
        self.train(name)
        self.assert_steers_nothing(self.attune("info", "model.attune"), f"table{SHOWN}.csv, ")

    def test_a_message_does_not_write_over_itself(self):
        self.write_table("sensors.csv", [("a", "1", "x\rattune: done", "1")], ("group", "kind", "reading", "target"))
        result = self.attune("allocate", "sensors.csv", "--features", "kind", "--values", "reading")
        self.assert_refused(result, r"x\\u000Dattune: done")
        self.assertNotIn("\r", result.err)

    def test_json_is_exact(self):
        self.write_table(rows=[(text, label + STEERING) for text, label in reviews()])
        self.train()
        self.assertEqual({f"pos{STEERING}", f"neg{STEERING}"}, {answer["label"]["prediction"] for answer
                                                               in self.predictions("model.attune", "table.csv")})

    def test_messages(self):
        self.write_table("table.csv", [("a", STEERING, "1")], ("group", "x", "target"))
        result = self.attune("allocate", "table.csv")
        self.assert_failed(USAGE, result, re.escape(f'found "{SHOWN}'))
        self.assertIsNone(OBEYED.search(result.err), repr(result.err))
