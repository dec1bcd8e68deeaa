# SPDX-License-Identifier: Apache-2.0
"""The model file: what it holds, and files that are damaged, from the future, or not ours."""

import hashlib
import json
import os
import re
import struct
import subprocess
import unittest

from model_bytes import ModelBytes, assemble
from program import DONE, ProgramTest

# Reads the file as any user of safetensors would, and prints what it saw.
READ_BY_SAFETENSORS = """
import json, sys
from safetensors import safe_open
with safe_open(sys.argv[1], framework="np") as file:
    tensors = {name: file.get_tensor(name) for name in file.keys()}
    print(json.dumps({
        "metadata": sorted(file.metadata()),
        "tensors": {name: [str(t.dtype), list(t.shape), bool((t == t).all()), t.tobytes().hex()] for name, t in tensors.items()}}))
"""


def python_with_safetensors():
    """The interpreter that scripts/set-up made, or None where it is absent or lacks the packages."""
    python = os.environ.get("ATTUNE_TEST_PYTHON")
    if not python or not os.path.exists(python):
        return None
    found = subprocess.run([python, "-c", "import numpy, safetensors"], stderr=subprocess.DEVNULL, check=False)
    return python if found.returncode == 0 else None


class ContentTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write_table()
        self.train()
        self.model = ModelBytes(self.path("model.attune"))

    def test_it_is_laid_out_as_safetensors(self):
        self.assertEqual(0, self.model.header_length % 8)
        ends = sorted(tensor["data_offsets"] for name, tensor in self.model.header.items() if name != "__metadata__")
        self.assertEqual(0, ends[0][0])
        self.assertEqual(len(self.model.data), ends[-1][1])
        for (_, end), (begin, _) in zip(ends, ends[1:]):
            self.assertEqual(end, begin, "a hole or an overlap")
        for name, (kind, shape, content) in self.model.tensors.items():
            count = 1
            for size in shape:
                count *= size
            self.assertEqual(("F32", 4 * count), (kind, len(content)), name)

    def test_the_checksum_is_that_of_the_tensors(self):
        self.assertEqual(hashlib.sha256(self.model.data).hexdigest(), self.model.metadata["attune.sha256"])

    def test_the_metadata_says_all(self):
        self.assertEqual("2", self.model.metadata["attune.format"])
        self.assertEqual(["text"], self.model.record("schema")["inputs"][0]["columns"])
        self.assertEqual(["neg", "pos"], self.model.record("outputs")[0]["classes"])
        self.assertEqual(16, self.model.record("architecture")["width"])
        record = self.model.record("record")
        self.assertEqual((60, 2), (record["data"]["rows"], len(record["history"])))
        self.assertEqual(1, record["training"]["seed"])

    def test_the_fingerprint_changes_with_the_table(self):
        self.write("other.csv", self.path("table.csv").read_bytes().replace(b"pos", b"POS"))
        self.train("other.csv", model="other.attune")
        one, other = (ModelBytes(self.path(name)).record("record")["data"]["sha256"] for name in ("model.attune", "other.attune"))
        self.assertEqual(64, len(one))
        self.assertNotEqual(one, other)

    def test_safetensors_opens_it(self):
        python = python_with_safetensors()
        if python is None:
            raise unittest.SkipTest("ATTUNE_TEST_PYTHON names no Python with numpy and safetensors; run scripts/set-up")
        run = subprocess.run([python, "-c", READ_BY_SAFETENSORS, self.path("model.attune")], capture_output=True, check=True)
        seen = json.loads(run.stdout)
        self.assertEqual(sorted(self.model.metadata), seen["metadata"])
        self.assertEqual(self.model.tensors.keys(), seen["tensors"].keys())
        for name, (_, shape, content) in self.model.tensors.items():
            self.assertEqual(["float32", shape, True, content.hex()], seen["tensors"][name], name)
        listed = {t["name"]: t["shape"] for t in self.info()["tensors"]}
        self.assertEqual({name: shape for name, (_, shape, _) in self.model.tensors.items()}, listed)

    def test_it_is_used_from_anywhere(self):
        expected = self.predictions("model.attune", "good film")
        self.path("table.csv").unlink()
        self.path("model.attune").rename(self.path("a model 模型.attune"))
        self.assertEqual(expected, self.predictions("a model 模型.attune", "good film"))


class DamagedTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write_table()
        self.train()
        self.model = ModelBytes(self.path("model.attune"))

    def refuse(self, content, *patterns):
        """The model is refused by name and reason, and left as it is."""
        self.write("bad.attune", content)
        self.assert_refused(self.attune("predict", "bad.attune", "good"), r"bad\.attune", *patterns)
        self.assertEqual(content, self.path("bad.attune").read_bytes())

    def test_every_verb_refuses_it(self):
        self.write("bad.attune", self.model.content[:-1])
        for arguments in (("predict", "bad.attune", "good"), ("evaluate", "bad.attune", "table.csv"), ("info", "bad.attune"),
                          ("predict", "bad.attune", "-"), ("info", "bad.attune", "--json"), ("info", "bad.attune", "--history")):
            with self.subTest(arguments):
                self.assert_refused(self.attune(*arguments), r"bad\.attune", "truncated: .*; copy or download it again$")

    def edited(self, change):
        header = json.loads(self.model.header_text)
        change(header)
        return assemble(header, self.model.data)

    def edited_json(self, key, change):
        def edit(header):
            value = json.loads(header["__metadata__"][key])
            change(value)
            header["__metadata__"][key] = json.dumps(value)
        return self.edited(edit)

    def test_truncated_at_every_part(self):
        whole, header = self.model.content, self.model.header_length
        for length in (0, 1, 7, 8, 9, 8 + header // 2, 8 + header - 1, 8 + header, 8 + header + 1, len(whole) // 2, len(whole) - 1):
            with self.subTest(f"{length} of {len(whole)} bytes"):
                self.refuse(whole[:length], "truncated|not a model|8 bytes|empty")

    def test_bytes_at_the_end(self):
        self.refuse(self.model.content + b"\0", "byte|tensor")
        self.refuse(self.model.content * 2, "byte|tensor")

    def test_flipped_bits_in_the_tensors(self):
        first = 8 + self.model.header_length
        for place, bit in ((first, 0), (first + len(self.model.data) // 2, 3), (len(self.model.content) - 1, 7)):
            with self.subTest(place=place, bit=bit):
                content = bytearray(self.model.content)
                content[place] ^= 1 << bit
                self.refuse(bytes(content), "altered", "SHA-256", "; copy or download it again$")

    def test_flipped_bits_in_the_header(self):
        places = [8, 9, 8 + self.model.header_length // 3, 8 + self.model.header_length // 2, 8 + 2 * self.model.header_length // 3]
        for place in places:
            with self.subTest(place):
                content = bytearray(self.model.content)
                content[place] ^= 1
                self.refuse(bytes(content))

    def test_altered_words_and_numbers_in_the_header(self):
        """Still valid JSON, still a model: only a checksum can tell."""
        edits = ((b'\\"pos\\"', b'\\"poz\\"'), (b'\\"temperatures\\":[', b'\\"temperatures\\":[1'),
                 (b'attune.sha256', b'attune.sha257'))
        for old, new in edits:
            with self.subTest(old=old):
                self.assertIn(old, self.model.header_text)
                text = self.model.header_text.replace(old, new)
                text += b" " * (-len(text) % 8)
                self.refuse(struct.pack("<Q", len(text)) + text + self.model.data, "altered|checksum|SHA-256")

    def test_a_checksum_that_is_taken_out(self):
        """All other bytes are as they were, but for the header's length."""
        for key in ("attune.sha256", "attune.metadata.sha256"):
            with self.subTest(key):
                entry = f'"{key}":"{self.model.metadata[key]}"'.encode()
                place = self.model.header_text.index(entry)
                end = place + len(entry)
                begin, end = (place, end + 1) if self.model.header_text[end:end + 1] == b"," else (place - 1, end)
                text = self.model.header_text[:begin] + self.model.header_text[end:]
                self.assertNotIn(key, json.loads(text)["__metadata__"])
                self.refuse(struct.pack("<Q", len(text)) + text + self.model.data, "altered", f'"{re.escape(key)}" is missing')

    def test_a_flipped_bit_in_the_length_of_the_header(self):
        for place in (0, 1, 2, 4, 7):
            with self.subTest(place):
                content = bytearray(self.model.content)
                content[place] ^= 0x40
                self.refuse(bytes(content))

    def test_a_future_version(self):
        def change(header):
            header["__metadata__"]["attune.format"] = "3"
        self.refuse(self.edited(change), "format 3", "newer")

    def test_a_version_before_the_oldest(self):
        def change(header):
            header["__metadata__"]["attune.format"] = "1"
        self.refuse(self.edited(change), "format version", "train the model again")

    def test_versions_that_are_none(self):
        for version in ("", "one", "-1", "0", "99999999999999999999"):
            with self.subTest(version):
                def change(header, version=version):
                    header["__metadata__"]["attune.format"] = version
                self.refuse(self.edited(change), "format|version")

    def test_a_plain_safetensors_file(self):
        plain = {name: tensor for name, tensor in self.model.header.items() if name != "__metadata__"}
        self.refuse(assemble(plain, self.model.data), "safetensors", "not one that attune wrote")
        self.refuse(assemble({"__metadata__": {"format": "pt"}, **plain}, self.model.data), "safetensors", "not one that attune wrote")
        self.refuse(assemble({}, b""))

    def test_a_text_file(self):
        for content in (b"hello\n", b"text,label\ngood,pos\n" * 20, b"{}", b"\n" * 100):
            with self.subTest(content[:8]):
                self.refuse(content, "not a model")
        self.refuse(b"PK\x03\x04" + bytes(100), "not a model|truncated")

    def test_a_missing_file_and_a_folder(self):
        self.assert_refused(self.attune("predict", "none.attune", "x"), r"none\.attune", "no such file")
        self.path("folder").mkdir()
        self.assert_refused(self.attune("predict", "folder", "x"), "folder", "expected a file")

    def test_missing_parts(self):
        for key in ("schema", "inputs", "outputs", "architecture", "calibration", "record"):
            with self.subTest(key):
                self.refuse(self.edited(lambda header, key=key: header["__metadata__"].pop(key)))

    def test_hostile_sizes(self):
        """Refused before memory is asked for."""
        def huge(architecture):
            architecture["width"] = 10**12
        self.refuse(self.edited_json("architecture", huge))

        def many(architecture):
            architecture["blocks"] = architecture["blocks"] * 100_000
        self.refuse(self.edited_json("architecture", many))
        self.refuse(struct.pack("<Q", 2**63) + b"{}")
        self.refuse(struct.pack("<Q", 99_000_000) + b"{}", "truncated")
        nested = b'{"a":' + b"[" * 1_000_000
        self.refuse(struct.pack("<Q", len(nested)) + nested)

    def test_hostile_places(self):
        name = next(name for name in self.model.header if name != "__metadata__")
        for offsets in ([0, 2**62], [-4, 0], [8, 4], [4, 4], [0, 2**64], "all", [0]):
            with self.subTest(offsets):
                def change(header, offsets=offsets):
                    header[name]["data_offsets"] = offsets
                self.refuse(self.edited(change))
        for shape in ([2**40, 2**40], [-1, 4], [0], [], [1.5], "x"):
            with self.subTest(shape):
                def change_shape(header, shape=shape):
                    header[name]["shape"] = shape
                self.refuse(self.edited(change_shape))
