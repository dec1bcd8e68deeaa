# SPDX-License-Identifier: Apache-2.0
"""The command line of bench/explanations."""

import argparse
import collections.abc
import dataclasses
import json
import pathlib

from comparison.attune import ProgramError
from datasets.command import DONE, FAILED, INTERRUPTED, OUT, USAGE, VARIABLE, add_data_option, heed_termination
from datasets.errors import DataError

from . import audit, faithfulness, masking, timing, truth
from .bench import Bench, say
from .tasks import BABI, SST, TEXTS, WAIMAI

BUILD = OUT.parents[1]


@dataclasses.dataclass(frozen=True)
class Part:
    """One of the things measured: rows of figures, the tables that show them, and what they should reach."""

    measure: collections.abc.Callable  # Bench, tasks -> rows
    tables: collections.abc.Callable  # rows -> Markdown
    tasks: tuple
    goals: collections.abc.Callable = lambda rows: ()  # rows -> Goals


PARTS = {"faithfulness": Part(faithfulness.measure, faithfulness.tables, TEXTS, faithfulness.goals),
         "audit": Part(audit.measure, audit.tables, TEXTS),
         "masking": Part(masking.measure, masking.tables, TEXTS),
         "truth": Part(truth.measure, truth.tables, (*BABI, SST)),
         "time": Part(timing.measure, timing.tables, (WAIMAI,), timing.goals)}


def main():
    arguments = parse()
    heed_termination()
    try:
        missed = print_kept(arguments) if arguments.markdown else measure(arguments)
    except DataError as error:
        say(f"explanations: {error}")
        return USAGE
    except ProgramError as error:
        say(f"explanations: {error}")
        return FAILED
    except OSError as error:
        say(f"explanations: {error.filename or arguments.folder}: {error.strerror}")
        return FAILED
    except KeyboardInterrupt:
        say(f"explanations: interrupted; what was measured is kept in {arguments.folder}, and the same command goes on from there")
        return INTERRUPTED
    return FAILED if missed else DONE

SETS = dict.fromkeys(task.name for part in PARTS.values() for task in part.tasks)


def parse():
    parser = argparse.ArgumentParser(
        prog="bench/explanations",
        description="Measures the explanations of attune on real data and prints a table for each part, as Markdown. faithfulness: by "
                    "method, on models trained by default. audit: whether their attention explains them at all. masking: faithfulness "
                    "of models trained with and without --token-mask. truth: how well values point at supporting lines (bAbI) and at "
                    "words of the sentence's polarity (SST). time: beside predicting. Models and figures are kept: what was trained and "
                    "measured with the same program and data is not done again. Ends with exit code 1 when a goal is missed.")
    add_data_option(parser)
    parser.add_argument("--only", default=list(PARTS), type=names_among(PARTS, "part"), metavar="PART,..",
                        help=f"of {', '.join(PARTS)}")
    parser.add_argument("--sets", default=list(SETS), type=names_among(SETS, "set"), metavar="SET,..",
                        help=f"of {', '.join(SETS)}; a part measures those of them that it knows")
    parser.add_argument("--rows", type=whole_from(2), default=200, metavar="N",
                        help="test rows of a set that are explained, evenly spread (200); of SST's words all are")
    parser.add_argument("--seeds", type=whole_from(1), default=3, metavar="K",
                        help="trainings for faithfulness and masking, with the seeds 1 to K (3)")
    parser.add_argument("--turns", type=whole_from(1), default=5, metavar="N",
                        help="how often each time is taken, of which the median counts (5)")
    parser.add_argument("--fresh", action="store_true", help="train and measure everything anew")
    parser.add_argument("--markdown", action="store_true", help="only print what was measured before")
    parser.add_argument("--attune", type=pathlib.Path, default=BUILD / "release/attune", metavar="FILE",
                        help="the program (build/release/attune)")
    parser.add_argument("--folder", type=pathlib.Path, default=BUILD / "bench/explanations", metavar="DIR",
                        help="where models and figures are kept (build/bench/explanations)")
    parser.add_argument("--prepared", type=pathlib.Path, default=OUT, metavar="DIR", help="where sets are prepared (build/bench/data)")
    return parser.parse_args()


def names_among(known, what):
    def parsed(text):
        names = text.split(",")
        for name in names:
            if name not in known:
                raise argparse.ArgumentTypeError(f"unknown {what} {name}; known: {', '.join(known)}")
        return names

    return parsed


def whole_from(least):
    def parsed(word):
        if not word.isdecimal() or int(word) < least:
            raise argparse.ArgumentTypeError(f"expected a whole number from {least} on, found {word}")
        return int(word)

    return parsed


def measure(arguments):
    """Whether a goal was missed."""
    chosen = chosen_tasks(arguments)
    check_data(arguments, chosen)
    if not arguments.attune.is_file():
        raise DataError(f"{arguments.attune}: not built; run make build, or name the program with --attune")
    bench, missed = Bench(arguments), False
    for name, tasks in chosen.items():
        rows = PARTS[name].measure(bench, tasks)
        content = json.dumps({"program": bench.program, "rows": rows}, ensure_ascii=False) + "\n"
        kept_file(arguments, name).write_text(content, encoding="utf-8")
        missed |= print_part(name, rows)
    return missed


def chosen_tasks(arguments):
    """Of each part what it measures; a part that knows none of the sets is passed over. @throws DataError when all are."""
    of_parts = {name: [task for task in PARTS[name].tasks if task.name in arguments.sets] for name in arguments.only}
    if not any(of_parts.values()):
        known = dict.fromkeys(task.name for name in arguments.only for task in PARTS[name].tasks)
        raise DataError(f"--sets {','.join(arguments.sets)}: {', '.join(arguments.only)} measures {', '.join(known)}; name one of them")
    return {name: tasks for name, tasks in of_parts.items() if tasks}


def check_data(arguments, chosen):
    """That all is there, before the first training."""
    if arguments.data is None:
        raise DataError(f"no data folder: name it with --data DIR or {VARIABLE}=DIR; it holds a folder for each set "
                        "(bench/prepare --list)")
    for name in dict.fromkeys(task.data_set for tasks in chosen.values() for task in tasks):
        if not (arguments.data / name).is_dir():
            raise DataError(f"{arguments.data / name}: no such folder; --data names the folder that holds {name}, or leave out the "
                            "parts that need it with --only")


def print_kept(arguments):
    missed = False
    for name in arguments.only:
        try:
            content = json.loads(kept_file(arguments, name).read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise DataError(f"{kept_file(arguments, name)}: {name} was not measured yet; run bench/explanations --data DIR") from None
        missed |= print_part(name, content["rows"])
    return missed


def kept_file(arguments, name):
    return arguments.folder / f"{name}.json"


def print_part(name, rows):
    """Whether it misses a goal."""
    part = PARTS[name]
    goals = list(part.goals(rows))
    content = "\n\n".join([part.tables(rows), *(["\n".join(map(str, goals))] if goals else [])])
    print(f"<!-- {name}: begin -->\n{content}\n<!-- {name}: end -->\n", flush=True)
    return not all(goal.met for goal in goals)
