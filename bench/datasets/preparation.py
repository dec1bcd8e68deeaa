# SPDX-License-Identifier: Apache-2.0
"""Prepares data sets into folders of their own, each whole or not at all.

A set is made in a new folder beside its final one and renamed at the end, under a lock. `prepared.json` in it holds what it
was made from: checksums of the files and of this package's code. While these are the same, nothing is made again.
"""

import contextlib
import dataclasses
import fcntl
import hashlib
import json
import os
import pathlib
import shutil
import tempfile

from .catalogue import SETS
from .destination import Destination
from .errors import DataError
from .source import Source

MANIFEST = "prepared.json"


@dataclasses.dataclass(frozen=True)
class Prepared:
    """A prepared set: its folder, the rows of each table, a digest of all its files, and whether it was made just now."""

    folder: pathlib.Path
    tables: dict
    digest: str
    is_new: bool


def prepare(name, data, out):
    """Prepares the set called `name` from the folder `data`/NAME into `out`/NAME. Runs that do so at once wait for one another.

    @throws DataError when a file is missing, altered or not of its form; OSError when `out` cannot be written.
    """
    if not data.is_dir():
        raise DataError(f"{data}: no such folder; --data names the folder that holds {name} and the other sets")
    source = Source(data / name)
    source.verify()
    origin = origin_of(source)
    out.mkdir(parents=True, exist_ok=True)
    with locked(out / f".{name}.lock"):
        for left in out.glob(f".{name}.new-*"):  # by a run that was killed: while the lock is held nobody else has one
            shutil.rmtree(left)
        manifest = kept_manifest(out / name, origin)
        is_new = manifest is None
        if is_new:
            manifest = make(name, source, origin, out)
        return Prepared(out / name, manifest["tables"], manifest["digest"], is_new)


def origin_of(source):
    code = [path.read_bytes() for path in sorted(pathlib.Path(__file__).parent.glob("*.py"))]
    return {"checksums": source.checksums, "code": hashlib.sha256(b"\0".join(code)).hexdigest()}


def kept_manifest(folder, origin):
    """What tells of a folder that was prepared from the same origin and still holds its tables, or None."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    is_whole = manifest.get("origin") == origin and all((folder / table).is_file() for table in manifest["tables"])
    return manifest if is_whole else None


def make(name, source, origin, out):
    new = pathlib.Path(tempfile.mkdtemp(prefix=f".{name}.new-", dir=out))
    try:
        destination = Destination(new)
        SETS[name].prepare(source, destination)
        manifest = {"set": name, "origin": origin, "tables": destination.tables, "digest": destination.digest()}
        destination.write_file(MANIFEST, (json.dumps(manifest, indent=1) + "\n").encode())
        new.chmod(0o755)
        replace_folder(new, out / name)
        return manifest
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)
        raise


def replace_folder(new, final):
    """A folder with files cannot be renamed over, so an outdated one is first renamed to a name that the next run removes."""
    outdated = None
    if final.exists():
        outdated = tempfile.mkdtemp(prefix=f".{final.name}.new-", dir=final.parent)
        os.rename(final, outdated)
    os.rename(new, final)
    if outdated:
        shutil.rmtree(outdated)


@contextlib.contextmanager
def locked(path):
    """Holds an exclusive lock that ends with the process, however it ends."""
    with open(path, "a", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
