# SPDX-License-Identifier: Apache-2.0
"""Texts that few think of: a model is trained on each kind with each unit, and evaluated and asked by it."""

import re

from program import DONE, ProgramTest, reviews

# Of each kind a text that is good and one that is bad. What cannot be told apart must still be answered.
ODD_TEXTS = {
    "one_character": ("+", "-"),
    "one_letter": ("y", "n"),
    "combining_marks": ("e\u0301 a\u0308 o" + "\u0302" * 60, "n\u0303 u\u030a i" + "\u0323" * 60),
    "combining_marks_alone": ("\u0301\u0301", "\u0308"),
    "emoji_sequences": ("\U0001F469\u200D\U0001F4BB\U0001F44D\U0001F3FD", "\U0001F1E9\U0001F1EA\U0001F44E\U0001F3FF"),
    "right_to_left": ("\u05d8\u05d5\u05d1 \u05de\u05d0\u05d5\u05d3", "\u0631\u062f\u064a\u0621 \u062c\u062f\u0627"),
    "mixed_scripts": ("good \u597d \u05d8\u05d5\u05d1 \u0e14\u0e35 \u0445\u043e\u0440\u043e\u0448\u043e", "bad \u574f \u05e8\u05e2 \u0e41\u0e22\u0e48 \u043f\u043b\u043e\u0445\u043e"),
    "direction_marks": ("\u202egood\u202c", "\u2067bad\u2069"),
    "zero_width": ("\u200b\u200d\ufeff", "\u2060"),
    "control_characters": ("\x01\x02 good \x7f", "\x1b[31m bad \x07"),
    "blanks": (" ", "\t\t"),
    "not_characters": ("\ufffe \ufdd0", "\U0010ffff \ufffd"),
}


class OddTextsTest(ProgramTest):
    def check(self, rows, *flags, asked=("never heard",)):
        """Trains, evaluates and asks; every row is answered by a class with a probability."""
        self.write_table("odd.jsonl", rows)
        trained = self.train("odd.jsonl", "--input", f"text:text{''.join(flags)}", output="label:category")
        self.assert_code(DONE, self.attune("evaluate", "model.attune", "odd.jsonl"))
        answers = self.predictions("model.attune", "odd.jsonl")
        self.assertEqual(len(rows), len(answers))
        self.write_table("asked.jsonl", [(text,) for text in asked], columns=("text",))
        for answer in answers + self.predictions("model.attune", "asked.jsonl"):
            self.assertIn(answer["label"]["prediction"], ("pos", "neg"))
            self.assertTrue(0.5 <= answer["label"]["probability"] <= 1, answer)
        return trained

    def check_kind(self, name):
        good, bad = ODD_TEXTS[name]
        for unit in ("characters", "words", "subwords"):
            with self.subTest(unit):
                self.check([(good, "pos"), (bad, "neg")] * 20, f":unit={unit}", asked=(good, bad, good + bad, ""))
                self.path("model.attune").unlink()

    def test_one_character(self):
        self.check_kind("one_character")

    def test_one_letter(self):
        self.check_kind("one_letter")

    def test_combining_marks(self):
        self.check_kind("combining_marks")

    def test_combining_marks_alone(self):
        self.check_kind("combining_marks_alone")

    def test_emoji_sequences(self):
        self.check_kind("emoji_sequences")

    def test_right_to_left(self):
        self.check_kind("right_to_left")

    def test_mixed_scripts(self):
        self.check_kind("mixed_scripts")

    def test_direction_marks(self):
        self.check_kind("direction_marks")

    def test_zero_width(self):
        self.check_kind("zero_width")

    def test_control_characters(self):
        self.check_kind("control_characters")

    def test_blanks(self):
        self.check_kind("blanks")

    def test_not_characters(self):
        self.check_kind("not_characters")

    def test_all_identical(self):
        self.check([("the same", label) for label in ("pos", "neg") * 20])

    def test_all_identical_are_counted(self):
        self.write_table(rows=[("the same", label) for label in ("pos", "neg") * 20])
        result = self.train("table.csv", "--input", "text:text")
        self.assertRegex(result.err, r"\d+ training rows have the input of another row and another label \(for example .*\); no model can be right on all")
        self.assertRegex(result.err, r"warning: 4 of 4 validation rows have inputs that are among the training rows as well")

    def test_of_unknown_units_only(self):
        """Each word, or character, occurs in one row alone, so that none is known."""
        words = [f"word{chr(97 + i // 26)}{chr(97 + i % 26)}" for i in range(60)]
        characters = [chr(0x4e00 + i) * (1 + i % 3) for i in range(60)]
        for unit, texts in (("words", words), ("characters", characters)):
            with self.subTest(unit):
                rows = [(text, "pos" if i % 2 else "neg") for i, text in enumerate(texts)]
                trained = self.check(rows, f":min_count=5,unit={unit}", asked=(texts[0], "\u9f98\u9f98", ""))
                self.assertIn("every token is unknown", trained.err)
                self.path("model.attune").unlink()

    def test_asked_for_unknown_units_only(self):
        for unit in ("words", "characters"):
            with self.subTest(unit):
                self.check(reviews(60), f":unit={unit}", asked=("\u9f98\u9f98\u9f98", "\u16a0\u16a2 \u16a6"))
                self.path("model.attune").unlink()

    def test_of_a_hundred_thousand_characters(self):
        rows = [(word * (100_000 // len(word)), label) for word, label in (("good ", "pos"), ("bad ", "neg"), ("很", "pos"), ("x", "neg"))] * 8
        self.check(rows, ":max_length=100")

    def test_labels_that_differ_by_a_blank_or_by_case(self):
        rows = reviews(40) + [("good film", "Pos"), ("bad film", "neg ")] * 4
        self.write_table(rows=rows)
        result = self.train("table.csv", "--log", "run.log")
        log = self.path("run.log").read_text(encoding="utf-8")
        for pair in ('"neg" and "neg "', '"Pos" and "pos"'):
            told = f'column "label": the classes {pair} differ only by blanks or case; is it one class?'
            self.assertIn(f"warning: {told}\n", result.err)
            self.assertRegex(log, rf"\[warning\].*{re.escape(told)}")
