# SPDX-License-Identifier: Apache-2.0
"""The command line of bench/prepare."""

import argparse
import difflib
import os
import pathlib
import re
import signal
import sys

from .catalogue import SETS
from .errors import DataError
from .preparation import prepare

DONE, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130  # exit codes, those of attune
OUT = pathlib.Path(__file__).resolve().parents[2] / "build/bench/data"
VARIABLE = "ATTUNE_BENCH_DATA"


def main():
    arguments = parse()
    if arguments.list:
        print("\n".join(f"{entry.name}\t{entry.what}" for entry in SETS.values()))
        return DONE
    heed_termination()
    try:
        names = chosen_sets(arguments.sets, arguments.data)
        return prepare_all(names, arguments)
    except DataError as error:
        print(f"prepare: {error}", file=sys.stderr)
        return USAGE
    except OSError as error:
        print(f"prepare: {error.filename or arguments.out}: {error.strerror}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("prepare: interrupted; the sets named above are whole", file=sys.stderr)
        return INTERRUPTED


def parse():
    parser = argparse.ArgumentParser(
        prog="bench/prepare",
        description="Turns public data sets into tables (and PNG, JPEG, WAV files) that attune reads, as their READMEs say. "
                    "Prints a line for each: name, folder, tables with their rows.")
    parser.add_argument("sets", nargs="*", metavar="SET", help="which, with blanks or commas between; none: all that are there")
    add_data_option(parser)
    parser.add_argument("--out", type=pathlib.Path, default=OUT, metavar="DIR",
                        help="where to, a folder for each set (build/bench/data)")
    parser.add_argument("--list", action="store_true", help="print what sets there are")
    return parser.parse_args()


def add_data_option(parser):
    parser.add_argument("--data", type=pathlib.Path, default=os.environ.get(VARIABLE) or None, metavar="DIR",
                        help=f"folder that holds a folder for each set; else the environment variable {VARIABLE} names it")


def heed_termination():
    """SIGTERM ends a run as Ctrl-C does: what is half made is removed."""
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))


def chosen_sets(words, data):
    """The sets that `words` name (each one or more, with commas between); with none, those with a folder in `data`.

    @throws DataError for a name that is not known, and when `data` is not given or holds no set.
    """
    names = re.findall(r"[^\s,]+", " ".join(words))
    for name in names:
        if name not in SETS:
            nearest = difflib.get_close_matches(name, SETS, 1)
            raise DataError(f"unknown set {name}; " + (f"did you mean {nearest[0]}?" if nearest else f"known: {', '.join(SETS)}"))
    if data is None:
        raise DataError(f"no data folder: name it with --data DIR, {VARIABLE}=DIR or make bench-quality DATA=DIR; "
                        "it holds a folder for each set (bench/prepare --list)")
    if not data.is_dir():
        raise DataError(f"{data}: no such folder; --data names the folder that holds a folder for each set")
    return names or sets_in(data)


def sets_in(data):
    there = [name for name in SETS if (data / name).is_dir()]
    if not there:
        raise DataError(f"{data}: holds none of the sets, which are folders called {', '.join(SETS)}")
    missing = [name for name in SETS if name not in there]
    if missing:
        print(f"not in {data}, passed over: {', '.join(missing)}", file=sys.stderr)
    return there


def prepare_all(names, arguments):
    """A set that cannot be prepared does not keep the others from it."""
    code = DONE
    for name in dict.fromkeys(names):
        try:
            prepared = prepare(name, arguments.data, arguments.out)
        except DataError as error:
            print(f"prepare: {error}", file=sys.stderr)
            code = USAGE
            continue
        if not prepared.is_new:
            print(f"{name}: already prepared from the same files", file=sys.stderr)
        rows = ", ".join(f"{table} {count}" for table, count in prepared.tables.items())
        print(f"{name}\t{prepared.folder}\t{rows}", flush=True)
    return code
