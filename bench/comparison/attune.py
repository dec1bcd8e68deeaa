# SPDX-License-Identifier: Apache-2.0
"""Runs the program that is measured."""

import hashlib
import json
import shlex
import subprocess
import time

from .figures import figure


class ProgramError(Exception):
    """The program failed; the message holds the whole command and the end of what it said."""


class Attune:
    def __init__(self, path, flags=(), input_options=""):
        """`flags` are added to every training and `input_options` to every input of it, for comparing something else than the
        defaults."""
        self.path, self.flags, self.input_options = path, tuple(flags), input_options
        self.digest = hashlib.sha256(path.read_bytes()).hexdigest()

    def train(self, measure, part, folder, seed, model):
        """Trains `model` on the tables in `folder`; returns the seconds it took."""
        validation = ("--validation", folder / part.validation) if part.validation else ()
        options = f":{self.input_options}" if self.input_options else ""
        inputs = [word for spec in measure.inputs for word in ("--input", spec + options)]
        begin = time.monotonic()
        run(self._command("train", folder / part.train, *validation, *inputs, "--output", measure.output, "-o", model,
                          "--seed", seed, *self.flags))
        return time.monotonic() - begin

    def evaluate(self, model, table, measure):
        """What the program measures of the model's one output, the metrics of `measure` among it, also those of baselines."""
        command = self._command("evaluate", model, table, "--json")
        ended = run(command)
        try:
            scores = json.loads(ended.stdout.split("\n", 1)[0])
        except json.JSONDecodeError:
            raise ProgramError(f"{shlex.join(command)}\nshould print a JSON object, but printed\n{ended.stdout[:500]}") from None
        lacking = [metric for metric in measure.metrics if figure(scores, metric) is None]
        if lacking:
            raise ProgramError(f"{shlex.join(command)}\ngives no {', '.join(lacking)}, only {', '.join(scores)}")
        uncompared = [metric for metric in measure.baseline_metrics()
                      if all(figure(baseline, metric) is None for baseline in scores.get("baselines", ()))]
        if uncompared:
            raise ProgramError(f"{shlex.join(command)}\ngives no baseline with {', '.join(uncompared)}, and said\n{said_by(ended)}")
        return scores

    def _command(self, *arguments):
        return [str(self.path), *map(str, arguments)]


def run(command):
    """Runs a command to its end.

    @throws ProgramError when it fails.
    """
    process = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", check=False)
    if process.returncode != 0:
        raise ProgramError(f"{shlex.join(command)}\nended with exit code {process.returncode} and said\n{said_by(process)}")
    return process


def said_by(process):
    return process.stderr[-2000:].strip()
