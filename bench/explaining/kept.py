# SPDX-License-Identifier: Apache-2.0
"""What was trained and measured before, in files named by all that it follows from."""

import hashlib
import json
import os


def digest_of(origin):
    return hashlib.sha256(json.dumps(origin, sort_keys=True).encode()).hexdigest()[:16]


def digest_of_file(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


class Kept:
    def __init__(self, folder, fresh=False):
        """`fresh`: nothing of earlier runs is taken."""
        self.folder, self.fresh, self.made = folder, fresh, set()
        folder.mkdir(parents=True, exist_ok=True)

    def file(self, name, make):
        """The path of a file that `make(path)` writes unless it is there; whole or not at all."""
        path = self.folder / name
        if not path.exists() or (self.fresh and path not in self.made):
            new = path.with_name(f"new-{os.getpid()}-{path.name}")  # runs at once do not write one file
            make(new)
            os.replace(new, path)
            self.made.add(path)
        return path

    def figures(self, name, origin, measure):
        """What `measure()` returned for this origin, JSON."""

        def write(path):
            path.write_text(json.dumps(measure(), ensure_ascii=False) + "\n", encoding="utf-8")

        return json.loads(self.file(f"{name}-{digest_of(origin)}.json", write).read_text(encoding="utf-8"))
