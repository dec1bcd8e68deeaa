# SPDX-License-Identifier: Apache-2.0
"""Sets of pictures and sounds: the files open again and hold what was published, and the tables name them by part and class."""

import io
import struct
import tarfile
import wave
import zlib

from bench_test import BenchTest, column, packed, rows_of


def idx(*sizes, content):
    return packed(struct.pack(f">4B{len(sizes)}I", 0, 0, 8, len(sizes), *sizes) + bytes(content))


def tar(files):
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return made.getvalue()


def sound(values, rate=16_000):
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(struct.pack(f"<{len(values)}h", *values))
    return made.getvalue()


def read_png(path):
    """(width, height, colour type, bytes of the picture), by the standard's rules; filters are refused."""
    content = path.read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n", path
    chunks, at = [], 8
    while at < len(content):
        size, kind = struct.unpack(">I4s", content[at:at + 8])
        body, checksum = content[at + 8:at + 8 + size], content[at + 8 + size:at + 12 + size]
        assert struct.pack(">I", zlib.crc32(kind + body)) == checksum, (path, kind)
        chunks.append((kind, body))
        at += 12 + size
    assert [kind for kind, _ in chunks] == [b"IHDR", b"IDAT", b"IEND"], path
    width, height, depth, colour, *rest = struct.unpack(">IIBBBBB", chunks[0][1])
    assert (depth, rest) == (8, [0, 0, 0]), path
    lines, stride = zlib.decompress(chunks[1][1]), 1 + width * {0: 1, 2: 3}[colour]
    assert len(lines) == height * stride and set(lines[::stride]) <= {0}, path
    return width, height, colour, b"".join(lines[i + 1:i + stride] for i in range(0, len(lines), stride))


class PicturesTest(BenchTest):
    def grey(self, prefix, labels, shift=0):
        """Pictures of 2 rows x 3 columns: picture i holds 6 i + shift, 6 i + shift + 1, .."""
        return {f"{prefix}-images-idx3-ubyte.gz": idx(len(labels), 2, 3, content=((k + shift) % 256 for k in range(6 * len(labels)))),
                f"{prefix}-labels-idx1-ubyte.gz": idx(len(labels), content=labels)}

    def test_mnist(self):
        folder = self.prepared("mnist_small", self.grey("train12k", [5, 0, 5]) | self.grey("t10k", [9], shift=200))
        self.assertEqual([("train/5/00000.png", "5"), ("train/0/00001.png", "0"), ("train/5/00002.png", "5")],
                         [(row["image"], row["label"]) for row in rows_of(folder / "train.csv")])
        self.assertEqual((3, 2, 0, bytes(range(12, 18))), read_png(folder / "train/5/00002.png"))
        self.assertEqual((3, 2, 0, bytes(range(200, 206))), read_png(folder / column(folder / "test.csv", "image")[0]))

    def test_fashion_names_its_classes(self):
        folder = self.prepared("fashion_mnist_small", self.grey("train7k", list(range(10))) | self.grey("test2k", [0]))
        rows = rows_of(folder / "train.csv")
        self.assertEqual(("T-shirt/top", "train/0/00000.png"), (rows[0]["label"], rows[0]["image"]))
        self.assertEqual(("Ankle boot", "train/9/00009.png"), (rows[9]["label"], rows[9]["image"]))
        self.assertTrue(all((folder / row["image"]).is_file() for row in rows))

    def test_other_files_are_refused(self):
        good = self.grey("train12k", [1, 2]) | self.grey("t10k", [3])
        for name, content, said in (
                ("t10k-images-idx3-ubyte.gz", packed(b"PK\3\4 and so on"), r"expected an IDX file of bytes \(00 00 08\), found 50 4b 03"),
                ("t10k-images-idx3-ubyte.gz", packed(b""), "found nothing"),
                ("t10k-images-idx3-ubyte.gz", idx(1, 2, 3, content=range(5)), r"as its header tells \(\(1, 2, 3\)\), found 21 in all"),
                ("t10k-images-idx3-ubyte.gz", packed(b"\0\0\x08\x03\0\0"), r"as its header tells \(None\)"),
                ("t10k-images-idx3-ubyte.gz", idx(6, content=range(6)), r"expected pictures of N x height x width"),
                ("t10k-labels-idx1-ubyte.gz", idx(1, 1, content=[3]), "expected labels in 1 dimension, found 2"),
                ("t10k-labels-idx1-ubyte.gz", idx(2, content=[3, 3]), "expected a label for each picture, found 2 for 1")):
            with self.subTest(said):
                self.assert_refused("mnist_small", good | {name: content}, said)
                (self.data / "mnist_small").rename(self.folder / f"spoilt-{abs(hash(said))}")

    def test_faces(self):
        """40 people of 10 pictures of 1 x 2; picture i holds (person, picture)."""
        pixels = [value for i in range(400) for value in divmod(i, 10)]
        folder = self.prepared("orl_faces", {"images-idx3-ubyte.gz": idx(400, 1, 2, content=pixels),
                                             "labels-idx1-ubyte.gz": idx(400, content=(i // 10 for i in range(400)))})
        held = {part: [read_png(folder / name)[3] for name in column(folder / f"{part}.csv", "image")]
                for part in ("train", "test", "open-train")}
        self.assertEqual([bytes((p, k)) for p in range(40) for k in range(5)], held["train"])
        self.assertEqual([bytes((p, k)) for p in range(40) for k in range(5, 10)], held["test"])
        self.assertEqual([bytes((p, k)) for p in range(30) for k in range(10)], held["open-train"])
        self.assertEqual(["17"], column(folder / "train.csv", "person")[85:86])
        pairs = rows_of(folder / "pairs.csv")
        people = [[row[name].split("/")[1] for name in ("image", "second_image")] for row in pairs]
        self.assertEqual(["same" if a == b else "other" for a, b in people], [row["person"] for row in pairs])
        self.assertEqual((450, 4500), tuple(sum(row["person"] == word for row in pairs) for word in ("same", "other")))
        self.assertEqual({str(k) for k in range(30, 40)}, {person for pair in people for person in pair})

    def test_emoji(self):
        header = "index\tunified\tsplit\tcategory_id\tcategory\tsubcategory\ten_label\ten_tags\tzh_label\tzh_tags\n"
        lines = "".join(f"{i}\t1F60{i}\t{part}\t{i}\tkind {i}\tsub\tlabel {i}\ta|\"b\t标{i}\t甲|乙\n"
                        for i, part in enumerate(("val", "train", "test")))
        folder = self.prepared("emoji_twemoji", {"emoji.tsv": header + lines, "images-idx4-ubyte.gz": idx(3, 1, 2, 3, content=range(18))})
        self.assertEqual([{"image": "images/0001.png", "en_label": "label 1", "en_tags": 'a|"b', "zh_label": "标1", "zh_tags": "甲|乙",
                           "category": "kind 1", "subcategory": "sub"}], rows_of(folder / "train.csv"))
        self.assertEqual((2, 1, 2, bytes(range(6, 12))), read_png(folder / "images/0001.png"))
        self.assertEqual(["label 0", "label 2"], [column(folder / f"{part}.csv", "en_label")[0] for part in ("validation", "test")])

    def test_cifar(self):
        files = {"test/dog/0001.jpg": b"t", "train/cat/0007.jpg": b"x", "train/ship/0000.jpg": b"z", "train/cat/0002.jpg": b"y"}
        folder = self.prepared("cifar10_small", {"cifar10_train600_test100.tar.gz": tar(files)})
        self.assertEqual([("train/cat/0002.jpg", "cat"), ("train/cat/0007.jpg", "cat"), ("train/ship/0000.jpg", "ship")],
                         [(row["image"], row["label"]) for row in rows_of(folder / "train.csv")])
        self.assertEqual(b"y", (folder / "train/cat/0002.jpg").read_bytes())
        self.assertEqual(["dog"], column(folder / "test.csv", "label"))

    def test_archives_that_reach_out_of_their_folder_are_refused(self):
        for name in ("../train/cat/0001.jpg", "/train/cat/0001.jpg", "train/../../cat/1.jpg", "train/cat/1.jpg/../../../../1", "notes.txt"):
            with self.subTest(name):
                self.assert_refused("cifar10_small", {"cifar10_train600_test100.tar.gz": tar({name: b"x"})},
                                    "expected files named like .*, found " + name)
                (self.data / "cifar10_small").rename(self.folder / f"spoilt-{abs(hash(name))}")
        self.assert_refused("cifar10_small", {"cifar10_train600_test100.tar.gz": packed(b"no archive" * 99)}, "expected a tar archive")


class SoundsTest(BenchTest):
    def assert_sound(self, path, values, rate):
        with wave.open(str(path), "rb") as file:
            self.assertEqual((1, 2, rate, len(values)), file.getparams()[:4])
            self.assertEqual(struct.pack(f"<{len(values)}h", *values), file.readframes(len(values)))

    def test_digits(self):
        files = {f"recordings/{digit}_{speaker}_{index}.wav": sound([index, -digit], 8_000)
                 for digit in (3, 7) for speaker in ("ann", "bob") for index in (4, 5, 10, 0)}
        folder = self.prepared("fsdd", {"recordings_idx00_29.tar.gz": tar(files)})
        test = rows_of(folder / "test.csv")
        self.assertEqual(8, len(test))
        self.assertTrue(all(row["audio"].endswith(("_0.wav", "_4.wav")) for row in test), test)
        self.assertEqual({"audio": "recordings/7_bob_10.wav", "digit": "7", "speaker": "bob"}, rows_of(folder / "train.csv")[-1])
        self.assert_sound(folder / "recordings/7_bob_10.wav", [10, -7], 8_000)

    def drums(self, names=("train/kick/000.wav", "train/tom/000.wav", "test/kick/000.wav")):
        header = "file,split,class,kit,maker,instrument,original_file,samples,licence\n"
        lines = [f"{name},{name.split('/')[0]},{name.split('/')[1]},Kit,maker{i},Kick drum,a.flac,2,CC0\n" for i, name in enumerate(names)]
        return {"index.csv": header + "".join(lines), "LICENSES.txt": "CC0\n", "drums_16k.tar.gz": tar(
            {"train/kick/000.wav": sound([1, 2]), "train/tom/000.wav": sound([3, 4]), "test/kick/000.wav": sound([5, 6])})}

    def test_drums(self):
        folder = self.prepared("drums_hydrogen", self.drums())
        self.assertEqual([("kick", "maker0"), ("tom", "maker1")],
                         [(row["instrument"], row["maker"]) for row in rows_of(folder / "train.csv")])
        self.assertEqual([{"audio": "test/kick/000.wav", "instrument": "kick", "maker": "maker2", "kit": "Kit", "licence": "CC0"}],
                         rows_of(folder / "test.csv"))
        self.assert_sound(folder / "train/tom/000.wav", [3, 4], 16_000)
        self.assertEqual("CC0\n", (folder / "LICENSES.txt").read_text())

    def test_an_index_of_other_files_is_refused(self):
        self.assert_refused("drums_hydrogen", self.drums(names=("train/kick/000.wav",)), "index.csv: expected the files of drums_16k.tar.gz")
