#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Figures of the whole program: accuracy with the defaults, tables of a million rows, one text.

bench/program.py [--data DIR] [--only accuracy,allocate,large,start]   needs build/release/attune (make build)
Rows go to build/bench/program.json too.
"""
import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from comparison.attune import Attune, ProgramError
from comparison.limits import LIMITS
from comparison.measures import MEASURES
from comparison.trial import run_trial
from datasets.command import OUT, VARIABLE, add_data_option
from datasets.errors import DataError
from datasets.preparation import prepare

ROOT = Path(__file__).resolve().parent.parent
ATTUNE = ROOT / "build/release/attune"
ACCURACY_SETS = ("waimai_10k", "wdbc")
TWO_CORES = ("--threads", "2")  # which the limits of seconds are of


@dataclass
class Run:
    output: str
    seconds: float
    peak_bytes: int


def attune(*arguments):
    """Runs the program to its end."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        start = time.monotonic()
        process = subprocess.Popen([ATTUNE, *map(str, arguments)], stdout=output, stderr=errors, text=True)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if process.returncode != 0:
            sys.exit(f"attune {' '.join(map(str, arguments))} ended with {process.returncode}: {errors.read()[-2000:]}")
        return Run(output.read(), seconds, usage.ru_maxrss * 1024)


def accuracy(arguments, folder):
    """Real data, prepared and measured as bench/quality does, with one seed."""
    for name in ACCURACY_SETS:
        if arguments.data is None or not (arguments.data / name).is_dir():
            print(f"skipped: {name}; --data or {VARIABLE} names the folder that holds it", file=sys.stderr)
            continue
        measure = next(m for m in MEASURES if m.data_set == name)
        evaluations, seconds = run_trial(Attune(ATTUNE), measure, prepare(name, arguments.data, OUT).folder, 1, folder)
        row, = measure.names()
        scores = [scores["accuracy"] for scores in evaluations[row]]
        yield {"name": f"{row}, defaults", "accuracy": sum(scores) / len(scores), "train_seconds": seconds, **LIMITS[row]}


def write_texts(path, rows):
    """Texts of 3 to 12 words; those with the word "good" are labelled yes."""
    draw = random.Random(1)
    words = [f"word{i}" for i in range(5000)]
    with open(path, "w", encoding="utf-8") as file:
        file.write("text,label\n")
        for _ in range(rows):
            text = [draw.choice(words) for _ in range(draw.randint(3, 12))]
            label = draw.choice(("yes", "no"))
            if label == "yes":
                text[draw.randrange(len(text))] = "good"
            file.write(" ".join(text) + f",{label}\n")
    return path


def large(_, folder):
    million = write_texts(folder / "million.csv", 1_000_000)
    yield {"name": "open and profile 1,000,000 rows", "seconds": attune("info", million).seconds, "at_most_seconds": 15}
    run = attune("train", million, "--output", "label", "-o", folder / "million.attune", "--epochs", "1", "--batch-size", "256",
                 *TWO_CORES)
    yield {"name": "train 1,000,000 rows, one epoch", "seconds": run.seconds, "peak_bytes": run.peak_bytes, "at_most_bytes": 3 * 10**9}
    run = predicted(folder / "million.attune", million, 1_000_000)
    yield {"name": "predict 1,000,000 rows", "seconds": run.seconds, "peak_bytes": run.peak_bytes, "at_most_bytes": 10**9}
    run = predicted(folder / "million.attune", write_texts(folder / "texts.csv", 100_000), 100_000)
    yield {"name": "predict 100,000 short texts", "seconds": run.seconds, "peak_bytes": run.peak_bytes, "at_most_seconds": 60}


def predicted(model, table, rows):
    run = attune("predict", model, table, *TWO_CORES)
    lines = run.output.count("\n")
    if lines != rows:
        sys.exit(f"{rows} rows were to be predicted, and {lines} were")
    return run


def write_items(path, groups):
    """Readings of one quantity by five sensors that err by 1, 2 .. 5: a row each, a group per quantity."""
    draw = random.Random(1)
    with open(path, "w", encoding="utf-8") as file:
        file.write("group,sensor,reading,target\n")
        for group in range(groups):
            quantity = draw.gauss(0, 5)
            file.writelines(f"{group},s{sensor},{draw.gauss(quantity, sensor):.4f},{quantity:.4f}\n" for sensor in range(1, 6))
    return path


def allocate(_, folder):
    items, weights = write_items(folder / "items.csv", 200_000), folder / "weights.csv"
    run = attune("allocate", items, "--features", "sensor:category", "--values", "reading", "--epochs", "12", "--patience", "0",
                 "--weights", weights)
    with open(weights, encoding="utf-8") as file:
        lines = sum(1 for _ in file)
    if lines != 1_000_001:
        sys.exit(f"weights of 1,000,000 items were to be written, and {lines - 1} were")
    yield {"name": "allocate among 1,000,000 items, 12 epochs", "seconds": run.seconds, "peak_bytes": run.peak_bytes,
           "at_most_seconds": 15, "at_most_bytes": 10**9}


def start(_, folder):
    attune("train", ROOT / "examples/reviews/reviews-train.csv.gz", "--output", "label", "-o", folder / "reviews.attune",
           "--epochs", "1")
    seconds = sorted(attune("predict", folder / "reviews.attune", "房间干净，早餐丰富。").seconds for _ in range(9))
    yield {"name": "predict one text, start to exit", "seconds": seconds[4], "slowest": seconds[-1], "at_most_seconds": 0.6}


def is_met(row):
    """Whether every figure keeps its limit: `at_least` bounds accuracy, `at_most_x` bounds the figure that ends in x."""
    figures = {"seconds": row.get("train_seconds", row.get("seconds")), "bytes": row.get("peak_bytes")}
    within = [figures[name.removeprefix("at_most_")] <= limit for name, limit in row.items() if name.startswith("at_most_")]
    assert within or "at_least" in row, f"{row['name']}: no limit is given"
    return all(within) and row.get("accuracy", 1) >= row.get("at_least", 0)


BENCHMARKS = {"accuracy": accuracy, "allocate": allocate, "large": large, "start": start}


def benchmark_names(text):
    """--only's parts, each of them known, so that no mistyped one is found after the others took their minutes."""
    names = text.split(",")
    for name in names:
        if name not in BENCHMARKS:
            raise argparse.ArgumentTypeError(f"unknown benchmark {name}; known: {', '.join(BENCHMARKS)}")
    return names


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_data_option(parser)
    parser.add_argument("--only", default=list(BENCHMARKS), type=benchmark_names, help="which, with commas between")
    arguments = parser.parse_args()
    if not ATTUNE.exists():
        sys.exit(f"{ATTUNE} is not built; run make build")
    rows = []
    for name in arguments.only:
        with tempfile.TemporaryDirectory() as folder:
            try:
                for row in BENCHMARKS[name](arguments, Path(folder)):
                    row["met"] = is_met(row)
                    rows.append(row)
                    print(json.dumps(row), flush=True)
            except (DataError, ProgramError) as error:
                sys.exit(str(error))
    results = ROOT / "build/bench/program.json"
    results.parent.mkdir(parents=True, exist_ok=True)
    results.write_text(json.dumps(rows, indent=1) + "\n")
    missed = [row["name"] for row in rows if not row["met"]]
    if missed:
        sys.exit(f"missed: {', '.join(missed)}")


if __name__ == "__main__":
    main()
