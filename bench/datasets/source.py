# SPDX-License-Identifier: Apache-2.0
"""The folder of a data set as it was published: a README.md with checksums, and the files they are of."""

import csv
import gzip
import hashlib
import io
import re
import zlib

from .errors import DataError

CHECKSUM = re.compile(r"^([0-9a-f]{64})  (\S+) \((\d+) bytes\)$", re.MULTILINE)


class Source:
    """Reads the files of one folder, after verify() found them to be those its README lists."""

    def __init__(self, folder):
        if not folder.is_dir():
            raise DataError(f"{folder}: no such folder; --data names the folder that holds {folder.name}")
        self.folder = folder
        self.checksums = self._listed()

    def _listed(self):
        readme = self.folder / "README.md"
        if not readme.is_file():
            raise DataError(f"{readme}: missing; it lists the checksums that the files are verified by")
        listed = {name: digest for digest, name, _ in CHECKSUM.findall(readme.read_text(encoding="utf-8"))}
        if not listed:
            raise DataError(f'{readme}: expected lines "SHA256  FILE (N bytes)", found none; take the README of the data again')
        return listed

    def verify(self):
        """@throws DataError naming the first file that is missing or is not what the README lists."""
        for name, expected in self.checksums.items():
            found = hashlib.sha256(self._bytes(name)).hexdigest()
            if found != expected:
                raise DataError(f"{self.folder / name}: expected sha256 {expected}, as its README lists, found {found}; "
                                "the file was altered or cut short: take it again")

    def _bytes(self, name):
        if name not in self.checksums:
            raise DataError(f"{self.folder / 'README.md'}: lists no checksum of {name}, which is needed; "
                            "take the README of the data again")
        path = self.folder / name
        if not path.is_file():
            raise DataError(f"{path}: missing, though its README lists it; take the data again")
        return path.read_bytes()

    def content(self, name):
        """The bytes of a file, decompressed when its name ends with .gz."""
        content = self._bytes(name)
        if not name.endswith(".gz"):
            return content
        try:
            return gzip.decompress(content)
        except (OSError, EOFError, zlib.error) as error:
            raise DataError(f"{self.folder / name}: expected a gzip file: {error}") from None

    def lines(self, name, encoding="utf-8"):
        """The lines of a text without their ends. Only LF and CR LF end a line: other texts hold U+0085 and U+2028 within one."""
        lines = [line.removesuffix("\r") for line in self._text(name, encoding).split("\n")]
        return lines if lines[-1] else lines[:-1]

    def _text(self, name, encoding):
        try:
            return self.content(name).decode(encoding)
        except UnicodeDecodeError as error:
            raise DataError(f"{self.folder / name}: expected {encoding}, but byte {error.start} is none of it") from None

    def split_lines(self, name, delimiter, width):
        """The lines of a text in UTF-8, each exactly `width` cells between delimiters, without any quoting."""
        return self._of_width(name, [line.split(delimiter) for line in self.lines(name)], width)

    def csv_rows(self, name, columns, width=None):
        """The rows of a CSV file with exactly the header `columns`; its rows have as many cells, or `width`."""
        header, *rows = csv.reader(io.StringIO(self._text(name, "utf-8"), newline=""))
        if header != list(columns):
            raise DataError(f"{self.folder / name}: expected the header {','.join(columns)}, found {','.join(header)}")
        return self._of_width(name, rows, width or len(columns), first_line=2)

    def _of_width(self, name, rows, width, first_line=1):
        for line, row in enumerate(rows, first_line):
            if len(row) != width:
                raise DataError(f"{self.folder / name}, row at line {line}: expected {width} cells, found {len(row)}")
        return rows
