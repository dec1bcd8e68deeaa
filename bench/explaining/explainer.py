# SPDX-License-Identifier: Apache-2.0
"""Runs the program, and reads what it prints of explanations."""

import dataclasses
import json
import shlex
import time

from comparison.attune import ProgramError, run


@dataclasses.dataclass
class Explained:
    """What explain prints: an object a row, and figures of how far each method may be believed by its name."""

    rows: list
    honesty: dict


def read_explained(text):
    """@throws ValueError, KeyError when it is not what explain prints."""
    explained = Explained([], {})
    for line in text.splitlines():
        content = json.loads(line)
        if "honesty" in content:
            explained.honesty[content["honesty"]["method"]] = content["honesty"]
        else:
            explained.rows.append({key: content[key] for key in ("prediction", "tokens", "methods")})
    return explained


class Explainer:
    def __init__(self, path):
        self.path = path

    def train(self, *arguments):
        run(self._command("train", *arguments))

    def training_config(self, *arguments):
        """All that a training with these arguments follows from but its tables' content, defaults of the program too."""
        return run(self._command("train", *arguments, "--dump-config")).stdout

    def predict(self, model, table):
        """The answers to the rows of a table."""
        return [line.split("\t")[0] for line in run(self._command("predict", model, table)).stdout.splitlines()]

    def explain(self, model, table, *flags, rows=0):
        """Explains so many rows of a table, 0 for all."""
        command = self._command("explain", model, table, "--rows", rows, "--json", *flags)
        ended = run(command)
        try:
            return read_explained(ended.stdout)
        except (ValueError, KeyError) as error:
            raise ProgramError(f"{shlex.join(command)}\nshould print explanations as JSON: {error}") from None

    def audit(self, model, table, rows):
        """What explain --audit says of the model's attention; the model is trained anew on the tables that it names."""
        command = self._command("explain", model, table, "--audit", "--audit-rows", rows, "--rows", 1, "--honesty", "never", "--json")
        ended = run(command)
        try:
            return json.loads(ended.stdout.splitlines()[-1])["audit"]
        except (IndexError, ValueError, KeyError) as error:
            raise ProgramError(f"{shlex.join(command)}\nshould print an audit as JSON: {error}") from None

    def methods(self, model, table):
        """The names of those that explain every row of the table; the default one first."""
        return list(self.explain(model, table, "--method", "all", "--honesty", "never").rows[0]["methods"])

    def default_method(self, model, table):
        """Its name: that which explains when none is asked for."""
        method, = self.explain(model, table, "--honesty", "never", rows=1).rows[0]["methods"]
        return method

    def seconds(self, *arguments):
        """That a command takes, start to exit."""
        begin = time.monotonic()
        run(self._command(*arguments))
        return time.monotonic() - begin

    def _command(self, *arguments):
        return [str(self.path), *map(str, arguments)]
