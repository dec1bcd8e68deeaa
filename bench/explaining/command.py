# SPDX-License-Identifier: Apache-2.0
"""The command line of bench/explanations.py."""

import argparse
import json
import pathlib

from comparison.attune import ProgramError
from datasets.command import DONE, FAILED, INTERRUPTED, OUT, USAGE, VARIABLE, add_data_option, heed_termination
from datasets.errors import DataError

from . import audit, faithfulness, masking, timing, truth
from .bench import Bench, say
from .tasks import BABI, SST, TEXTS, WAIMAI

BUILD = OUT.parents[1]
PARTS = {"faithfulness": faithfulness, "audit": audit, "masking": masking, "truth": truth, "time": timing}
TASKS = {"faithfulness": TEXTS, "audit": TEXTS, "masking": TEXTS, "truth": (*BABI, SST), "time": (WAIMAI,)}


def main():
    arguments = parse()
    heed_termination()
    try:
        if arguments.markdown:
            print_kept(arguments)
        else:
            measure(arguments)
    except DataError as error:
        say(f"explanations.py: {error}")
        return USAGE
    except ProgramError as error:
        say(f"explanations.py: {error}")
        return FAILED
    except OSError as error:
        say(f"explanations.py: {error.filename or arguments.folder}: {error.strerror}")
        return FAILED
    except KeyboardInterrupt:
        say(f"explanations.py: interrupted; what was measured is kept in {arguments.folder}, and the same command goes on from there")
        return INTERRUPTED
    return DONE


def parse():
    parser = argparse.ArgumentParser(
        prog="bench/explanations.py",
        description="Measures the explanations of attune on real data and prints a table for each part, as Markdown. faithfulness: by "
                    "method, on models trained by default. audit: whether their attention explains them at all. masking: faithfulness "
                    "of models trained with and without --token-mask. truth: how well values point at supporting lines (bAbI) and at "
                    "words of the sentence's polarity (SST). time: beside predicting. Models and figures are kept: what was measured with the same program and data is not measured again.")
    add_data_option(parser)
    parser.add_argument("--only", default=list(PARTS), type=part_names, metavar="PART,..", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--rows", type=whole_from(2), default=200, metavar="N",
                        help="test rows of a set that are explained, evenly spread (200); of SST's words all are")
    parser.add_argument("--seeds", type=whole_from(1), default=3, metavar="K",
                        help="trainings for faithfulness and masking, with the seeds 1 to K (3)")
    parser.add_argument("--fresh", action="store_true", help="train and measure everything anew")
    parser.add_argument("--markdown", action="store_true", help="only print what was measured before")
    parser.add_argument("--attune", type=pathlib.Path, default=BUILD / "release/attune", metavar="FILE",
                        help="the program (build/release/attune)")
    parser.add_argument("--folder", type=pathlib.Path, default=BUILD / "bench/explanations", metavar="DIR",
                        help="where models and figures are kept (build/bench/explanations)")
    parser.add_argument("--prepared", type=pathlib.Path, default=OUT, metavar="DIR", help="where sets are prepared (build/bench/data)")
    return parser.parse_args()


def part_names(text):
    names = text.split(",")
    for name in names:
        if name not in PARTS:
            raise argparse.ArgumentTypeError(f"unknown part {name}; known: {', '.join(PARTS)}")
    return names


def whole_from(least):
    def parsed(word):
        if not word.isdecimal() or int(word) < least:
            raise argparse.ArgumentTypeError(f"expected a whole number from {least} on, found {word}")
        return int(word)

    return parsed


def measure(arguments):
    check_data(arguments)
    if not arguments.attune.is_file():
        raise DataError(f"{arguments.attune}: not built; run make build, or name the program with --attune")
    bench = Bench(arguments)
    for name in arguments.only:
        rows = PARTS[name].measure(bench)
        content = json.dumps({"program": bench.program, "rows": rows}, ensure_ascii=False) + "\n"
        kept_file(arguments, name).write_text(content, encoding="utf-8")
        print_part(name, rows)


def check_data(arguments):
    """That all is there, before the first training."""
    if arguments.data is None:
        raise DataError(f"no data folder: name it with --data DIR or {VARIABLE}=DIR; it holds a folder for each set "
                        "(bench/prepare --list)")
    for name in dict.fromkeys(task.data_set for part in arguments.only for task in TASKS[part]):
        if not (arguments.data / name).is_dir():
            raise DataError(f"{arguments.data / name}: no such folder; --data names the folder that holds {name}, or leave out the "
                            "parts that need it with --only")


def print_kept(arguments):
    for name in arguments.only:
        try:
            content = json.loads(kept_file(arguments, name).read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise DataError(f"{kept_file(arguments, name)}: {name} was not measured yet; run bench/explanations.py --data DIR") from None
        print_part(name, content["rows"])


def kept_file(arguments, name):
    return arguments.folder / f"{name}.json"


def print_part(name, rows):
    print(f"<!-- {name}: begin -->\n{PARTS[name].tables(rows)}\n<!-- {name}: end -->\n", flush=True)
