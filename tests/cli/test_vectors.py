# SPDX-License-Identifier: Apache-2.0
"""Pretrained word vectors: files of every format, read here a second time by hand, in a trained model."""

import gzip
import hashlib
import math
import os
import random
import signal
import struct
import threading

from model_bytes import ModelBytes
from program import BLAME, DONE, INTERRUPTED, PRAISE, SMALL, ProgramTest

WIDTH = 16  # of the model, see SMALL in program.py
INPUT = ("--input", "text:text:unit=words")


def generated(width=12, seed=1):
    """{word: numbers} with words of the table's texts, other spellings, and others."""
    draw = random.Random(seed)
    words = [*PRAISE, *BLAME[:3], "Film", "MEAL", "elsewhere", "caf\u00e9", *(f"w{i}" for i in range(500))]
    draw.shuffle(words)
    return {word: [struct.unpack("<f", struct.pack("<f", draw.gauss(0, 3)))[0] for _ in range(width)] for word in words}


def text(vectors):
    return "".join(f"{word} {' '.join(repr(x) for x in numbers)}\n" for word, numbers in vectors.items()).encode()


def header(vectors):
    return f"{len(vectors)} {len(next(iter(vectors.values())))}\n".encode()


def binary(vectors):
    return header(vectors) + b"".join(word.encode() + b" " + struct.pack(f"<{len(numbers)}f", *numbers) + b"\n"
                                      for word, numbers in vectors.items())


def rows_of(model, name):
    """A tensor's rows, and its bytes."""
    kind, (rows, width), content = model.tensors[name]
    assert kind == "F32"
    return [struct.unpack_from(f"<{width}f", content, 4 * width * row) for row in range(rows)], content


class VectorsTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write_table()

    def assert_holds(self, model, vectors):
        """The model's table is what the file has for its vocabulary, all multiplied by one number."""
        vocabulary = model.record("inputs")[0]["vocabulary"]
        folded = {word.lower(): numbers for word, numbers in vectors.items()}
        rows, _ = rows_of(model, "input.0.vectors")
        self.assertEqual(len(vocabulary) + 2, len(rows))
        covered = [word for word in vocabulary if word in folded]
        self.assertGreater(len(covered), 8)
        self.assertLess(len(covered), len(vocabulary))
        norms = [math.hypot(*folded[word]) for word in covered]
        length = math.sqrt(2 * WIDTH / (WIDTH + len(rows[0])))
        scale = len(norms) / sum(norms) / length
        for word, row in zip([None, None, *vocabulary], rows):
            for number, expected in zip(row, folded.get(word, [0] * len(row)), strict=True):
                self.assertAlmostEqual(scale * expected, number, delta=1e-6, msg=word)

    def test_every_format_gives_the_same_frozen_vectors(self):
        vectors = generated()
        files = {"glove.txt": text(vectors), "fasttext.vec": header(vectors) + text(vectors), "word2vec.bin": binary(vectors),
                 "glove.gz": gzip.compress(text(vectors)), "word2vec.gz": gzip.compress(binary(vectors))}
        contents = set()
        for name, content in files.items():
            with self.subTest(name):
                self.write(name, content)
                self.train("table.csv", *INPUT, "--vectors", name, "--vectors-frozen")
                model = ModelBytes(self.path("model.attune"))
                self.assert_holds(model, vectors)
                contents.add(rows_of(model, "input.0.vectors")[1])
                self.assertEqual(hashlib.sha256(content).hexdigest(), self.info()["vectors"]["sha256"])
        self.assertEqual(1, len(contents))

    def test_vectors_are_trained_unless_frozen(self):
        self.write("v.txt", text(generated()))
        self.train("table.csv", *INPUT, "--vectors", "v.txt", "--vectors-frozen", model="frozen.attune")
        self.train("table.csv", *INPUT, "--vectors", "v.txt", model="trained.attune")
        frozen, trained = (rows_of(ModelBytes(self.path(name)), "input.0.vectors")[0] for name in ("frozen.attune", "trained.attune"))
        self.assertNotEqual(frozen, trained)
        furthest = max(abs(a - b) for x, y in zip(frozen, trained) for a, b in zip(x, y))
        self.assertLess(furthest, 0.1, "they begin as the file has them")

    def test_what_is_covered_is_said(self):
        self.write("v.txt", text(generated()) + b"caf\xe9" + b" 1" * 12 + b"\n")
        result = self.train("table.csv", *INPUT, "--vectors", "v.txt")
        self.assertIn(f"v.txt: {len(generated()) + 1} word vectors of 12 numbers (text)", result.err)
        self.assertRegex(result.err, r'v\.txt: column "text": \d+ of \d+ known words have a vector \([\d.]+ %\), [\d.]+ % of')
        self.assertIn("v.txt: 1 word empty or not valid UTF-8; skipped", result.err)
        page = self.attune("info", "model.attune")
        self.assertRegex(page.out, r'vectors +v\.txt, 12 numbers a word, trained on, [\d.]+ % of the training tokens of column "text"')
        record = self.info()["vectors"]
        self.assertEqual(("v.txt", 12, False), (record["file"], record["width"], record["frozen"]))

    def test_a_model_stands_alone(self):
        self.write("v.txt", text(generated()))
        self.train("table.csv", *INPUT, "--vectors", "v.txt")
        before = self.predictions("model.attune", "table.csv")
        self.path("v.txt").unlink()
        self.assertEqual(before, self.predictions("model.attune", "table.csv"))

    def test_a_pipe_holds_them_as_well(self):
        os.mkfifo(self.path("pipe"))
        vectors = generated()
        writer = threading.Thread(target=lambda: self.path("pipe").write_bytes(text(vectors)))
        writer.start()
        self.train("table.csv", *INPUT, "--vectors", "pipe", "--vectors-frozen")
        writer.join()
        self.assert_holds(ModelBytes(self.path("model.attune")), vectors)

    def test_an_interrupt_is_heeded_while_they_are_read(self):
        os.mkfifo(self.path("pipe"))
        run = self.start("train", "table.csv", "--output", "label", "-o", "m.attune", *INPUT, "--vectors", "pipe")
        with self.assertRaises(BrokenPipeError), open(self.path("pipe"), "wb", buffering=0) as pipe:  # is open once it is read
            run.send(signal.SIGINT)
            while True:
                pipe.write(text(generated()))
        result = run.end()
        self.assert_code(INTERRUPTED, result)
        self.assertIn("interrupted before the training began: nothing has been learnt, and no model is written", result.err)
        self.assert_folder_holds("table.csv", "pipe")

    def test_a_training_is_resumed_with_the_same_vectors_only(self):
        self.write("v.txt", text(generated()))
        train = ("train", "table.csv", "--output", "label", "-o", "model.attune", *INPUT, *SMALL, "--vectors")
        self.assert_code(DONE, self.attune(*train, "v.txt", "--vectors-frozen"))
        whole = ModelBytes(self.path("model.attune"))
        self.path("model.attune").unlink()
        first = self.attune(*train, "v.txt", "--vectors-frozen", "--time-limit", "0.001")
        self.assertIn("the same command with --resume goes on after 1 step\n", first.err)
        self.write("other.txt", text(generated(seed=2)))
        self.write("wider.txt", text(generated(width=13)))
        for name, difference in (("other.txt", "the file of vectors has other bytes"),
                                 ("wider.txt", "the vectors had 12 numbers, they have 13 now")):
            self.assert_refused(self.attune(*train, name, "--vectors-frozen", "--resume"), "a checkpoint of another training: " + difference)
        self.assert_refused(self.attune(*train, "v.txt", "--resume"), "model.vectors_frozen: true in the checkpoint, false now")
        self.path("v.txt").rename(self.path("renamed.txt"))
        self.assert_code(DONE, self.attune(*train, "renamed.txt", "--vectors-frozen", "--resume"))
        self.assertEqual(whole.tensors, ModelBytes(self.path("model.attune")).tensors)

    def test_characters_have_vectors_too(self):
        self.write("v.txt", "\u5f88 1 2\n\u597d 3 4\n")
        result = self.train("table.csv", "--input", "text:text:unit=characters", "--vectors", "v.txt")
        self.assertIn('column "text": 2 of ', result.err)

    def test_a_configuration_file_names_them(self):
        self.write("v.txt", text(generated()))
        arguments = ("--input", "text:text:unit=words", "--output", "label", "--epochs", "1", "--width", "16")
        dump = self.attune("train", "table.csv", *arguments, "-o", "a.attune", "--vectors", "v.txt", "--vectors-frozen", "--dump-config")
        self.assertIn('vectors = "v.txt"', dump.out)
        self.write("run.toml", dump.out)
        self.assert_code(DONE, self.attune("train", "--config", "run.toml"))
        self.assertTrue(self.info("a.attune")["vectors"]["frozen"])

    def test_refusals(self):
        self.write("v.txt", "der 1\ndie 2\n")
        self.write("bad.txt", "good 1 2\nbad 1\n")
        train = ("train", "table.csv", "--output", "label", "--epochs", "1", "-o")
        for arguments, patterns in (
                (("m.attune", *INPUT, "--vectors", "w.txt"), (r"w\.txt: no such file \(did you mean \"v\.txt\"\?\)",)),
                (("m.attune", *INPUT, "--vectors", "v.txt"), (r"v\.txt: none of its 2 words", r'"der" and "die"', "column \"text\" knows")),
                (("m.attune", *INPUT, "--vectors", "bad.txt"), (r"bad\.txt, line 2: expected 2 numbers as in line 1, found 1",)),
                (("m.attune", "--input", "text:text:unit=subwords", "--vectors", "v.txt"), ("no input is text of words or characters",)),
                (("m.attune", *INPUT, "--vectors-frozen"), ("^--vectors-frozen has no meaning here: --vectors names no file; leave it out$",)),
                (("v.txt", *INPUT, "--vectors", "v.txt"), (r"-o: v\.txt holds the vectors that are read",))):
            with self.subTest(arguments):
                self.assert_refused(self.attune(*train, *arguments), *patterns)
        self.assertEqual("der 1\ndie 2\n", self.path("v.txt").read_text(encoding="utf-8"))
        self.assert_folder_holds("table.csv", "v.txt", "bad.txt")
