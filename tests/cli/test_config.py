# SPDX-License-Identifier: Apache-2.0
"""Configuration files, and what a model's bytes depend on."""

import tomllib

from model_bytes import ModelBytes
from program import DONE, SMALL, ProgramTest, reviews


class SameBytesTest(ProgramTest):
    """Tensors are compared byte for byte; the file's history holds clock times and differs."""

    def tensors(self, name):
        return ModelBytes(self.path(name)).tensors

    def assert_same_tensors(self, one, other):
        self.assertEqual(list(self.tensors(one)), list(self.tensors(other)))
        different = [name for name, tensor in self.tensors(one).items() if tensor != self.tensors(other)[name]]
        self.assertEqual([], different, f"{one} and {other} differ")


class ConfigTest(SameBytesTest):
    def dump(self, *flags):
        result = self.attune("train", *flags, "--dump-config")
        self.assert_code(DONE, result)
        self.assertEqual("", result.err)
        return result.out

    def test_the_dump_holds_every_default(self):
        config = tomllib.loads(self.dump())
        self.assertEqual({"model_file", "seed", "seeds", "folds", "baselines", "data", "model", "training"}, set(config))
        self.assertEqual(("scaled_dot", "attention", 96), tuple(config["model"][k] for k in ("mechanism", "pool", "width")))
        self.assertEqual((1, True), (config["seed"], config["baselines"]))

    def test_the_dump_holds_what_flags_say(self):
        config = tomllib.loads(self.dump("a \"b\".csv", "--output", "label", "-o", "models\\x.attune", "--epochs", "7", "--dense", "16,8",
                                         "--learning-rate", "0.1", "--no-header", "--split", "group:a\tb", "--seed", "9007199254740993"))
        self.assertEqual(('a "b".csv', ["label"], False, "group:a\tb"),
                         tuple(config["data"][k] for k in ("table", "outputs", "header", "split")))
        self.assertEqual(("models\\x.attune", 9007199254740993), (config["model_file"], config["seed"]))
        self.assertEqual([16, 8], config["model"]["dense"])
        self.assertEqual((7, 0.1), (config["training"]["epochs"], config["training"]["learning_rate"]))

    def test_a_dump_of_a_dump_is_the_same(self):
        once = self.dump("table.csv", "--output", "label", "-o", "m.attune", "--epochs", "3", "--warmup", "0.3")
        self.write("once.toml", once)
        self.assertEqual(once, self.dump("--config", "once.toml"))

    def test_a_dumped_configuration_gives_the_same_model(self):
        self.write_table()
        flags = ("table.csv", "--output", "label", *SMALL[:4], "--blocks", "2", "--mechanism", "additive", "--dropout", "0.15")
        self.assert_code(DONE, self.attune("train", *flags, "-o", "flags.attune"))
        self.write("run.toml", self.dump(*flags, "-o", "config.attune"))
        result = self.attune("train", "--config", "run.toml")
        self.assert_code(DONE, result)
        self.assert_same_tensors("flags.attune", "config.attune")

    def test_a_dumped_configuration_splits_alike_where_a_label_is_rare(self):
        rows = [*reviews(40), *[(f"text {i}", f"rare {i}") for i in range(8)]]
        self.write_table(rows=rows)
        flags = ("table.csv", "--output", "label:category", *SMALL[:4])
        direct = self.attune("train", *flags, "-o", "flags.attune")
        self.write("run.toml", self.dump(*flags, "-o", "config.attune"))
        again = self.attune("train", "--config", "run.toml")
        self.assertEqual((direct.code, direct.message), (again.code, again.message))
        self.assertEqual(DONE, direct.code, direct)
        self.assert_same_tensors("flags.attune", "config.attune")

    def test_a_dumped_configuration_of_a_tiny_table_ends_alike(self):
        """What flags alone refuse, the same settings from a file must not let pass, nor the other way round."""
        self.write_table(rows=[("a b", "x"), ("c d", "y"), ("e f", "z"), ("g h", "u")])
        flags = ("table.csv", "--output", "label:category", *SMALL[:4])
        direct = self.attune("train", *flags, "-o", "model.attune")
        self.write("run.toml", self.dump(*flags, "-o", "model.attune"))
        again = self.attune("train", "--config", "run.toml")
        self.assertEqual((direct.code, direct.message), (again.code, again.message))

    def test_flags_win(self):
        self.write_table()
        self.write("run.toml", 'model_file = "config.attune"\nseed = 5\n[data]\ntable = "none.csv"\noutputs = ["none"]\n'
                               '[model]\nwidth = 32\nheads = 2\nprojections = false\n[training]\nepochs = 9\n')
        result = self.attune("train", "table.csv", "--config", "run.toml", "--output", "label", "-o", "model.attune", "--width", "16",
                             "--epochs", "1", "--seed", "2", "--projections")
        self.assert_code(DONE, result)
        self.assertFalse(self.path("config.attune").exists())
        training = self.info()["training"]
        self.assertEqual((2, 1, 16, 2, True), (training["seed"], training["training"]["epochs"], training["model"]["width"],
                                               training["model"]["heads"], training["model"]["projections"]))

    def test_the_configuration_is_in_the_model(self):
        self.write_table()
        self.train("table.csv", "--batch-size", "7", "--label-smoothing", "0.25", "--split", "random")
        training = self.info()["training"]
        self.assertEqual((7, 0.25, "random"), (training["training"]["batch_size"], training["model"]["label_smoothing"],
                                               training["split"]["method"]))

    def refuse(self, content, *patterns):
        self.write_table()
        self.write("run.toml", content)
        result = self.attune("train", "table.csv", "--output", "label", "-o", "model.attune", "--config", "run.toml")
        self.assert_refused(result, r"run\.toml", *patterns)

    def test_unknown_keys_name_the_nearest(self):
        self.refuse("[training]\nepcohs = 3\n", "training", "epcohs", 'did you mean "epochs"')
        self.refuse("[model]\nmechanisms = 'dot'\n", "model", "mechanisms", 'did you mean "mechanism"')
        self.refuse("sed = 3\n", "sed", 'did you mean "seed"')
        self.refuse("[traning]\nepochs = 3\n", "traning", 'did you mean "training"')

    def test_unknown_keys_of_data_name_the_nearest_of_all(self):
        self.refuse("[data]\ntabel = 'x.csv'\n", "tabel", 'did you mean "table"')
        self.refuse("[data]\noutput = ['x']\n", "output", 'did you mean "outputs"')
        self.refuse("[data]\nvalidation_fractoin = 0.5\n", "validation_fractoin", 'did you mean "validation_fraction"')
        self.refuse("[data]\nformt = 'csv'\n", "formt", 'did you mean "format"')

    def test_wrong_values(self):
        self.refuse("[training]\nepochs = 'many'\n", "epochs", "whole number", "many")
        self.refuse("[training]\nepochs = 0\n", "epochs", "found 0")
        self.refuse("[training]\nlearning_rate = nan\n", "learning_rate", "nan")
        self.refuse("[model]\nmechanism = 'dto'\n", "mechanism", 'did you mean "dot"')
        self.refuse("[data]\noutputs = 'label'\n", "outputs", "a list of texts")
        self.refuse("seed = -1\n", "seed", "-1")
        self.refuse("model = 3\n", "model", "3")

    def test_broken_files(self):
        self.refuse("[training\nepochs = 3\n", "line 1", "TOML")
        self.refuse("a = 1\na = 2\n", "line 2", "TOML")
        self.refuse(b"\xff\xfe", "TOML|UTF-8")

    def test_missing_file(self):
        result = self.attune("train", "--config", "none.toml")
        self.assert_refused(result, r"none\.toml: no such file in the current folder")
        self.write("run.toml", "")
        self.assert_refused(self.attune("train", "--config", "rnu.toml"), r'rnu\.toml: no such file \(did you mean "run\.toml"\?\)')


class RepeatTest(SameBytesTest):
    def setUp(self):
        super().setUp()
        self.write_table()

    def train_as(self, name, *flags):
        result = self.attune("train", "table.csv", "--output", "label", "-o", name, *SMALL[:4], "--batch-size", "16", *flags)
        self.assert_code(DONE, result)

    def test_threads_and_repetition_change_no_byte(self):
        self.train_as("1.attune", "--threads", "1")
        for name, threads in (("2.attune", "2"), ("5.attune", "5"), ("again.attune", "1")):
            self.train_as(name, "--threads", threads)
            self.assert_same_tensors("1.attune", name)

    def test_another_seed_gives_other_weights(self):
        self.train_as("1.attune")
        self.train_as("2.attune", "--seed", "2")
        one, two = self.tensors("1.attune"), self.tensors("2.attune")
        drawn = [name for name in one if "weight" in name and "norm" not in name]
        self.assertGreater(len(drawn), 3)
        for name in drawn:
            self.assertNotEqual(one[name], two[name], name)

    def test_another_name_of_the_model_changes_no_byte(self):
        self.train_as("1.attune")
        self.path("folder").mkdir()
        self.train_as("folder/2.attune")
        self.assert_same_tensors("1.attune", "folder/2.attune")


class FormatsTest(SameBytesTest):
    """The same rows in every format give the same tensors."""

    def setUp(self):
        super().setUp()
        self.write_table()
        self.fit("table.csv", "expected.attune")

    def fit(self, table, model, *flags, inputs="text:text", output="label:category"):
        result = self.attune("train", table, "--input", inputs, "--output", output, "-o", model, *SMALL, *flags)
        self.assert_code(DONE, result)

    def check(self, name, *flags, **options):
        self.write_table(name, **options)
        self.fit(name, "model.attune", *flags)
        self.assert_same_tensors("expected.attune", "model.attune")

    def test_tsv(self):
        self.check("a.tsv")

    def test_json_lines(self):
        self.check("a.jsonl")

    def test_gzip_csv(self):
        self.check("a.csv.gz")

    def test_gzip_tsv(self):
        self.check("a.tsv.gz")

    def test_gzip_json_lines(self):
        self.check("a.jsonl.gz")

    def test_gb18030(self):
        self.check("a.csv", "--encoding", "gb18030", encoding="gb18030")

    def test_utf_16(self):
        self.check("a.csv", "--encoding", "utf-16", encoding="utf-16")

    def test_gzip_in_another_encoding(self):
        self.check("a.csv.gz", "--encoding", "gb18030", encoding="gb18030")

    def test_format_against_the_name(self):
        self.write("a.txt", self.write_table("a.tsv").read_bytes())
        self.fit("a.txt", "model.attune", "--format", "tsv")
        self.assert_same_tensors("expected.attune", "model.attune")

    def test_byte_order_mark_and_dos_line_ends(self):
        self.write("a.csv", b"\xef\xbb\xbf" + self.path("table.csv").read_bytes().replace(b"\n", b"\r\n"))
        self.fit("a.csv", "model.attune")
        self.assert_same_tensors("expected.attune", "model.attune")

    def test_quoted_cells(self):
        self.write("a.csv", '"text","label"\n' + "".join(f'"{text}","{label}"\n' for text, label in reviews()))
        self.fit("a.csv", "model.attune")
        self.assert_same_tensors("expected.attune", "model.attune")

    def test_no_header(self):
        self.write_table("a.csv", header=False)
        self.fit("a.csv", "model.attune", "--no-header", inputs="column_1:text", output="column_2:category")
        self.assert_same_tensors("expected.attune", "model.attune")

    def test_folder_of_tables(self):
        for number, (begin, end) in enumerate(((0, 25), (25, 26), (26, 60))):
            self.path("parts").mkdir(exist_ok=True)
            self.write_table(f"parts/{number}.csv", reviews()[begin:end])
        self.write("parts/notes.md", "not a table")
        self.fit("parts", "model.attune")
        self.assert_same_tensors("expected.attune", "model.attune")

    def test_folder_of_classes(self):
        rows = sorted(((text, label, f"{i:03}.txt") for i, (text, label) in enumerate(reviews())), key=lambda row: (row[1], row[2]))
        for text, label, file in rows:
            self.write(f"classes/{label}/{file}", text + "\n")
        self.write_table("sorted.csv", [row[:2] for row in rows])
        self.fit("classes", "model.attune")
        self.fit("sorted.csv", "expected.attune")
        self.assert_same_tensors("expected.attune", "model.attune")

    def test_order_of_columns(self):
        self.write_table("a.csv", [(label, text) for text, label in reviews()], columns=("label", "text"))
        self.fit("a.csv", "model.attune")
        self.assert_same_tensors("expected.attune", "model.attune")
