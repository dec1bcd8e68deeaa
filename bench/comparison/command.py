# SPDX-License-Identifier: Apache-2.0
"""The command line of bench/quality."""

import argparse
import pathlib
import shlex
import sys

from datasets.command import DONE, FAILED, INTERRUPTED, OUT, USAGE, add_data_option, chosen_sets, heed_termination
from datasets.errors import DataError
from datasets.preparation import prepare

from .attune import Attune, ProgramError
from .figures import row_of
from .limits import missed_limits
from .measures import MEASURES, NOT_YET
from .report import as_markdown, as_text
from .results import Results, ResultsError, of_current_measures, read_results
from .trial import run_trial

BUILD = OUT.parents[1]


def main():
    arguments = parse()
    heed_termination()
    try:
        return print_kept(arguments.results) if arguments.markdown else measure(arguments)
    except (DataError, ResultsError) as error:
        say(f"quality: {error}")
        return USAGE
    except OSError as error:
        say(f"quality: {error.filename or arguments.results}: {error.strerror}")
        return FAILED
    except KeyboardInterrupt:
        say(f"quality: interrupted; what was measured is kept in {arguments.results}, and the same command goes on from there")
        return INTERRUPTED


def say(text):
    print(text, file=sys.stderr, flush=True)


def parse():
    parser = argparse.ArgumentParser(
        prog="bench/quality",
        description="Trains attune with its defaults on real data sets, each with several seeds, and prints a table of its scores "
                    "beside those of baselines and published ones. What was measured before is not measured again.")
    add_data_option(parser)
    parser.add_argument("--sets", default="", metavar="SET,..",
                        help="which data sets; none: all that are there (bench/prepare --list)")
    parser.add_argument("--seeds", type=positive, default=5, metavar="N", help="trainings of each, with the seeds 1 to N (5)")
    parser.add_argument("--fresh", action="store_true", help="measure everything anew")
    parser.add_argument("--markdown", action="store_true", help="only print what was measured before, as Markdown")
    parser.add_argument("--flags", default="", metavar="FLAGS", type=shlex.split,
                        help="further flags of every training, to see what they bring: --flags='--blocks 0'")
    parser.add_argument("--input-options", default="", metavar="OPTIONS",
                        help="further options of every input, as --input takes them: --input-options ngrams=no; choose --sets whose "
                             "inputs have them")
    parser.add_argument("--attune", type=pathlib.Path, default=BUILD / "release/attune", metavar="FILE",
                        help="the program (build/release/attune)")
    parser.add_argument("--results", type=pathlib.Path, default=BUILD / "bench/quality.json", metavar="FILE",
                        help="where rows are written (build/bench/quality.json)")
    parser.add_argument("--prepared", type=pathlib.Path, default=OUT, metavar="DIR",
                        help="where sets are prepared (build/bench/data)")
    return parser.parse_args()


def positive(word):
    number = int(word)
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1 on, found {word}")
    return number


def print_kept(path):
    kept = read_results(path)
    if kept is None:
        raise DataError(f"{path}: nothing was measured yet; run make bench-quality DATA=DIR")
    rows = current(path, kept["rows"])
    print(as_markdown(rows, kept["not_measured"]))
    return DONE


def current(path, rows):
    """The rows of today's measures; that there are others is said."""
    kept = of_current_measures(rows)
    if len(kept) < len(rows):
        say(f"{path}: {len(rows) - len(kept)} rows are left out: what is read or predicted for them was changed since")
    return kept


def measure(arguments):
    names = chosen_sets([arguments.sets], arguments.data)
    if not arguments.attune.is_file():
        raise DataError(f"{arguments.attune}: not built; run make build, or name the program with --attune")
    arguments.results.parent.mkdir(parents=True, exist_ok=True)
    attune = Attune(arguments.attune, arguments.flags, arguments.input_options)
    results = Results(arguments.results, attune)
    with results.locked():
        if not arguments.fresh:
            load(results)
        run = Run(arguments, attune, results)
        run.measure_sets(names)
        results.write()
    print(as_text(results.rows, results.not_measured))
    if not (arguments.flags or arguments.input_options):
        run.check_limits()
    return FAILED if FAILED in run.failures else max(run.failures, default=DONE)


def load(results):
    aside = results.load()
    if aside:
        say(f"{results.path} was measured with another program, other flags or other input options, or written by an earlier bench/quality; it is now "
            f"{aside}")
    results.rows = current(results.path, results.rows)


class Run:
    """Measures whatever the results do not hold yet. What fails is said and does not keep the rest from being measured."""

    def __init__(self, arguments, attune, results):
        self.arguments, self.attune, self.results = arguments, attune, results
        self.failures = set()  # exit codes

    def measure_sets(self, names):
        self.results.not_measured = [{"set": entry.name, "reason": entry.reason} for entry in NOT_YET]
        for name in names:
            measures = [measured for measured in MEASURES if measured.data_set == name]
            prepared = self._prepare(name) if measures else None
            for measured in measures if prepared else ():
                self._measure_seeds(measured, prepared)

    def _prepare(self, name):
        try:
            return prepare(name, self.arguments.data, self.arguments.prepared)
        except DataError as error:
            self._fail(USAGE, error)
            self.results.not_measured.append({"set": name, "reason": str(error)})
            return None

    def _measure_seeds(self, measured, prepared):
        dropped = self.results.drop_other_data(measured.names(), prepared.digest)
        if dropped:
            say(f"{measured.data_set}: {dropped} rows of {', '.join(measured.names())} are dropped: they were measured on other data")
        for seed in range(1, self.arguments.seeds + 1):
            if not self.results.holds(measured.names(), measured.metrics, seed):
                try:
                    self._measure(measured, prepared, seed)
                except ProgramError as error:
                    self._fail(FAILED, error)

    def _measure(self, measured, prepared, seed):
        evaluations, seconds = run_trial(self.attune, measured, prepared.folder, seed, self.results.path.parent)
        rows = [row_of(name, metric, evaluations[name]) for name in measured.names() for metric in measured.metrics]
        origin = {"data": prepared.digest, "measure": measured.digest()}
        self.results.add([{**row, "seed": seed, "seconds": round(seconds, 2), **origin} for row in rows])
        for row in rows:
            say(f"{row['set']}, seed {seed}: {row['metric']} {row['value']:.4f}, trained in {seconds:.0f} s")

    def check_limits(self):
        """Of the defaults: limits are theirs alone."""
        for missed in missed_limits(self.results.rows):
            self._fail(FAILED, missed)

    def _fail(self, code, error):
        self.failures.add(code)
        say(f"quality: {error}")
