# SPDX-License-Identifier: Apache-2.0
"""Training: kinds of columns, mechanisms, splits, what is printed."""

from program import MEASURED, ProgramTest, measurements, reviews


class TypesTest(ProgramTest):
    def test_guessed_types_are_printed(self):
        self.write_table()
        result = self.train()
        self.assertRegex(result.err, r'output "label" is read as category')

    def test_the_one_cell_that_makes_a_category_of_numbers_is_named(self):
        rows = [(str(20 + i % 40), text, label) for i, (text, label) in enumerate(reviews(80))]
        rows[16] = ("12o", *rows[16][1:])
        self.write_table(rows=rows, columns=("age", "text", "label"))
        result = self.train()
        self.assertIn('warning: column "age": 79 of 80 values are numbers, all but "12o" (table.csv, row 17); '
                      "with that mended, or left empty, the column is read as numbers\n", result.err)
        rows[16] = ("", *rows[16][1:])
        self.write_table("mended.csv", rows, ("age", "text", "label"))
        self.assertRegex(self.train("mended.csv", model="mended.attune").err, 'input "age" is read as numbers')
        self.assertRegex(result.err, r'input "text" is read as text')

    def test_given_types_are_kept(self):
        self.write_table(rows=measurements(), columns=MEASURED)
        self.train("table.csv", "--input", "colour:category", "--input", "width,height:numbers", "--input", "text:text:unit=characters",
                   output="size:category")
        schema = self.info()["schema"]
        self.assertEqual([("category", ["colour"]), ("numbers", ["width", "height"]), ("text", ["text"])],
                         [(i["type"], i["columns"]) for i in schema["inputs"]])
        self.assertEqual([("category", ["size"])], [(o["type"], o["columns"]) for o in schema["outputs"]])
        self.assertEqual("characters", schema["inputs"][2]["options"]["unit"])

    def test_mixed_inputs_to_a_class(self):
        self.write_table(rows=measurements(), columns=MEASURED)
        self.train("table.csv", "--input", "width", "--input", "height", "--input", "colour", "--input", "text", output="size")
        types = {i["type"] for i in self.info()["schema"]["inputs"]}
        self.assertEqual({"text", "category", "numbers"}, types)
        answers = self.predictions("model.attune", "table.csv")
        self.assertEqual(60, len(answers))
        self.assertLessEqual({a["size"]["prediction"] for a in answers}, {"large", "small"})

    def test_numbers_to_a_number(self):
        self.write_table(rows=[(r[0], r[1], r[5]) for r in measurements(120)], columns=("width", "height", "price"))
        self.train("table.csv", "--epochs", "30", "--learning-rate", "0.01", "--patience", "0", "--dropout", "0", "--token-mask", "0",
                   output="price")
        metrics = self.info()["metrics"][0]
        self.assertEqual("number", metrics["type"])
        self.assertGreater(metrics["r2"], 0.5)
        answers = self.predictions("model.attune", "table.csv")
        self.assertIsInstance(answers[0]["price"]["prediction"], float)
        self.assertGreater(len({a["price"]["prediction"] for a in answers}), 60, "the same answer again and again")

    def test_missing_numbers_are_read(self):
        rows = [("" if i % 5 == 0 else r[0], "NA" if i % 7 == 0 else r[1], r[4]) for i, r in enumerate(measurements())]
        self.write_table(rows=rows, columns=("width", "height", "size"))
        self.train(output="size")
        self.assertEqual(60, len(self.predictions("model.attune", "table.csv")))

    def test_two_outputs(self):
        self.write_table(rows=measurements(), columns=MEASURED)
        self.train("table.csv", "--input", "width,height:numbers", "--output", "price", output="size")
        answer = self.predictions("model.attune", "table.csv")[0]
        self.assertIn(answer["size"]["prediction"], ("large", "small"))
        self.assertIsInstance(answer["price"]["prediction"], float)
        line = self.attune("predict", "model.attune", "table.csv").lines[0]
        self.assertRegex(line, r"^size=(large|small)\t[01]\.\d{4}\tprice=-?\d")
        evaluated = self.attune("evaluate", "model.attune", "table.csv", "--json").json_lines()
        self.assertEqual(["size", "price"], [m["output"] for m in evaluated])

    def test_identifiers_and_constants_are_left_out_and_said(self):
        rows = [(str(i), "same", *row) for i, row in enumerate(reviews())]
        self.write_table(rows=rows, columns=("id", "source", "text", "label"))
        result = self.train()
        self.assertEqual([["text"]], [i["columns"] for i in self.info()["schema"]["inputs"]])
        for name in ("id", "source"):
            self.assertRegex(result.err, rf'"{name}"')


class MechanismsTest(ProgramTest):
    def check_block(self, mechanism):
        self.write_table()
        self.train("table.csv", "--mechanism", mechanism)
        description = self.info()["architecture"]
        self.assertEqual(mechanism, description["blocks"][0]["allocation"]["mechanism"])
        self.assertEqual(1, len(self.predictions("model.attune", "a good film")))

    def check_pool(self, mechanism):
        self.write_table()
        self.train("table.csv", "--pool", "attention", "--pool-mechanism", mechanism)
        description = self.info()["architecture"]
        self.assertEqual(mechanism, description["pool"]["allocation"]["mechanism"])
        self.assertEqual(1, len(self.predictions("model.attune", "a good film")))

    def test_additive_block(self):
        self.check_block("additive")

    def test_dot_block(self):
        self.check_block("dot")

    def test_multiplicative_block(self):
        self.check_block("multiplicative")

    def test_scaled_dot_block(self):
        self.check_block("scaled_dot")

    def test_split_block(self):
        self.check_block("split")

    def test_additive_pool(self):
        self.check_pool("additive")

    def test_dot_pool(self):
        self.check_pool("dot")

    def test_multiplicative_pool(self):
        self.check_pool("multiplicative")

    def test_scaled_dot_pool(self):
        self.check_pool("scaled_dot")

    def test_split_pool(self):
        self.check_pool("split")

    def test_mechanisms_differ(self):
        self.write_table()
        answers = set()
        for mechanism in ("additive", "dot", "multiplicative", "scaled_dot", "split"):
            self.train("table.csv", "--mechanism", mechanism, model=f"{mechanism}.attune")
            answers.add(self.predictions(f"{mechanism}.attune", "a good film")[0]["label"]["probability"])
        self.assertEqual(5, len(answers), "two mechanisms give the very same answer")

    def test_other_pools(self):
        self.write_table()
        for pool in ("mean", "max", "first"):
            with self.subTest(pool):
                self.train("table.csv", "--pool", pool, model=f"{pool}.attune")
                self.assertEqual(1, len(self.predictions(f"{pool}.attune", "a good film")))


class SplitTest(ProgramTest):
    def counts(self):
        training = self.info()["training"]
        return training["training_rows"], training["validation_rows"]

    def test_stratified_keeps_shares(self):
        self.write_table()
        self.train("table.csv", "--validation-fraction", "0.2")
        self.assertEqual((48, 12), self.counts())
        self.assertEqual([6, 6], [c["support"] for c in self.info()["metrics"][0]["per_class"]])

    def test_random(self):
        self.write_table()
        self.train("table.csv", "--split", "random", "--validation-fraction", "0.25")
        self.assertEqual((45, 15), self.counts())

    def test_tail_takes_the_last_rows(self):
        rows = reviews(50) + [("太差 awful", "pos")] * 10  # labelled against all that was learnt
        self.write_table(rows=rows)
        self.train("table.csv", "--split", "tail", "--validation-fraction", str(10 / 60))
        self.assertEqual((50, 10), self.counts())
        self.assertEqual([0, 10], [c["support"] for c in self.info()["metrics"][0]["per_class"]])

    def test_groups_stay_together(self):
        rows = [(*row, f"person {i // 6}") for i, row in enumerate(reviews(60))]
        self.write_table(rows=rows, columns=("text", "label", "person"))
        self.train("table.csv", "--input", "text", "--split", "group:person", "--validation-fraction", "0.2")
        self.assertEqual((48, 12), self.counts())

    def test_column_says_which(self):
        rows = [(*row, "dev" if i % 10 < 3 else "train") for i, row in enumerate(reviews(60))]
        self.write_table(rows=rows, columns=("text", "label", "part"))
        self.train("table.csv", "--input", "text", "--split", "column:part")
        self.assertEqual((42, 18), self.counts())

    def test_validation_table(self):
        self.write_table()
        self.write_table("other.csv", reviews(14, seed=2))
        self.train("table.csv", "--validation", "other.csv")
        self.assertEqual((60, 14), self.counts())

    def test_none(self):
        self.write_table()
        result = self.train("table.csv", "--validation-fraction", "0")
        self.assertEqual((60, 0), self.counts())
        self.assertNotIn("validation loss", result.err)
        self.assertEqual(1, len(self.predictions("model.attune", "a good film")))

    def test_rows_ordered_by_label_are_warned_of(self):
        self.write_table(rows=sorted(reviews(), key=lambda row: row[1]))
        result = self.train("table.csv", "--split", "tail")
        self.assertRegex(result.err, r"(?i)order")
        self.write_table(rows=reviews())
        self.assertNotRegex(self.train("table.csv", "--split", "tail").err, r"(?i)order")

    def test_unknown_split_is_refused(self):
        self.write_table()
        result = self.attune("train", "table.csv", "--output", "label", "-o", "m.attune", "--split", "tial")
        self.assert_refused(result, "tial", 'did you mean "tail"')

    def test_unknown_group_column_is_refused(self):
        self.write_table()
        result = self.attune("train", "table.csv", "--output", "label", "-o", "m.attune", "--split", "group:persn")
        self.assert_refused(result, "persn")

    def test_split_column_with_another_word_is_refused(self):
        self.write_table(rows=[(*row, "both") for row in reviews()], columns=("text", "label", "part"))
        result = self.attune("train", "table.csv", "--input", "text", "--output", "label", "-o", "m.attune", "--split", "column:part")
        self.assert_refused(result, "part", "row 1", "both")


class StoppingTest(ProgramTest):
    def test_patience_ends_training_early(self):
        rows = [(text, label if i % 4 < 2 else "pos") for i, (text, label) in enumerate(reviews())]
        self.write_table(rows=rows)
        result = self.train("table.csv", "--epochs", "200", "--patience", "1", "--learning-rate", "0.05")
        self.assertRegex(result.err, "stopped early")
        training = self.info()["training"]
        self.assertEqual("stopped early", training["end"])
        best = [e["epoch"] for e in self.info()["history"] if e["best"]][-1]
        self.assertEqual(best, training["best_epoch"])
        self.assertEqual(best + 1, self.info()["history"][-1]["epoch"])


class SelectionNoteTest(ProgramTest):
    """What is printed was measured on rows that made choices as well, which is said, and which ones."""

    SAID = "measured on the validation rows, which also chose {}, so that the figures flatter; attune evaluate measures on other rows\n"

    def check(self, rows, chosen, *flags, **options):
        self.write_table(rows=rows)
        result = self.train("table.csv", *flags, **options)
        self.assertEqual(0 if chosen is None else 1, result.err.count("so that the figures flatter"), result)
        if chosen is not None:
            self.assertIn(self.SAID.format(chosen), result.err)
        self.assertNotIn("so that the figures flatter", result.out)

    def test_few_rows_choose_the_epoch_alone(self):
        self.check(reviews(60), "the epoch")

    def test_enough_rows_choose_more(self):
        self.check(reviews(400), "the epoch, the temperature and the weight of the linear part")

    def test_without_a_linear_part(self):
        self.check(reviews(400), "the epoch and the temperature", "--no-linear", "--json")

    def test_the_last_epoch_is_not_chosen(self):
        self.check(reviews(400), "the temperature", "--no-linear", "--select", "last")

    def test_nothing_was_chosen(self):
        self.check(reviews(60), None, "--select", "last")

    def test_nothing_was_measured(self):
        self.check(reviews(60), None, "--validation-fraction", "0")

    def test_numbers_have_no_temperature(self):
        self.check([(text, str(i % 7)) for i, (text, _) in enumerate(reviews(400))], "the epoch", output="label:number")

    def test_of_several_runs_it_is_said_of_the_kept_one(self):
        self.check(reviews(60), "the epoch", "--seeds", "2")
