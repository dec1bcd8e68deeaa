# SPDX-License-Identifier: Apache-2.0
"""A model file taken apart and put together again without the program: safetensors, read by hand."""

import hashlib
import json
import struct


class ModelBytes:
    """8 bytes with the header's length, the header as JSON, the tensors' bytes."""

    def __init__(self, path):
        content = path.read_bytes()
        (self.header_length,) = struct.unpack("<Q", content[:8])
        self.content = content
        self.header_text = content[8:8 + self.header_length]
        self.header = json.loads(self.header_text)
        self.data = content[8 + self.header_length:]
        if not self.data or "__metadata__" not in self.header:
            raise AssertionError(f"{path} has no tensors or no metadata")

    @property
    def metadata(self):
        return self.header["__metadata__"]

    @property
    def tensors(self):
        """{name: (type, shape, bytes)}"""
        found = {}
        for name, tensor in self.header.items():
            if name != "__metadata__":
                begin, end = tensor["data_offsets"]
                found[name] = (tensor["dtype"], tensor["shape"], self.data[begin:end])
        return found

    def record(self, key):
        return json.loads(self.metadata[key])


def seal_metadata(metadata):
    """Makes the checksum of the metadata that of what it holds now, for tests that change it."""
    sha = hashlib.sha256()
    for key in sorted(metadata.keys() - {"attune.sha256", "attune.metadata.sha256"}):
        for text in (key.encode(), metadata[key].encode()):
            sha.update(b"%d:%b" % (len(text), text))
    metadata["attune.metadata.sha256"] = sha.hexdigest()


def assemble(header, data):
    """A safetensors file's bytes."""
    text = json.dumps(header, ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + data
