# SPDX-License-Identifier: Apache-2.0
"""The folder that a data set is prepared in: CSV tables, and the files that their cells name."""

import csv
import hashlib
import io


class Destination:
    """Writes files of a new folder and counts the rows of its tables. Names are relative, with / between their parts."""

    def __init__(self, folder):
        self.folder = folder
        self.tables = {}
        self._digest = hashlib.sha256()
        self._made = set()

    def write_table(self, name, header, rows):
        """Writes CSV in UTF-8 with LF. Every row must have as many cells as the header."""
        rows = list(rows)
        assert all(len(row) == len(header) for row in rows), name
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\n").writerows([header, *rows])
        self.write_file(name, text.getvalue().encode())
        self.tables[name] = len(rows)

    def write_parts(self, header, parts):
        """Writes NAME.csv for each (name: rows) of `parts`."""
        for name, rows in parts.items():
            self.write_table(f"{name}.csv", header, rows)

    def write_file(self, name, content):
        path = self.folder / name
        if path.parent not in self._made:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._made.add(path.parent)
        path.write_bytes(content)
        self._digest.update(f"{name}\0{len(content)}\0".encode() + content)

    def digest(self):
        """Of everything written so far: the same for the same names and bytes in the same order."""
        return self._digest.hexdigest()
