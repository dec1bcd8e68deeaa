# SPDX-License-Identifier: Apache-2.0
"""What every part measures with: the program, prepared data, models that are trained once, and samples of tables."""

import statistics
import sys

from datasets.preparation import prepare

from .explainer import Explainer
from .kept import Kept, digest_of, digest_of_file
from .tables import read_table, spread, write_table


class Bench:
    def __init__(self, arguments):
        self.rows, self.seeds, self.turns = arguments.rows, range(1, arguments.seeds + 1), arguments.turns
        self.data, self.out = arguments.data, arguments.prepared
        self.explainer = Explainer(arguments.attune)
        self.program = digest_of_file(arguments.attune)
        self.models = Kept(arguments.folder / "models", arguments.fresh)
        self.figures = Kept(arguments.folder / "figures", arguments.fresh)
        self.samples = Kept(arguments.folder / "tables", fresh=True)  # made in no time

    def table(self, task, part="test"):
        """The path of a prepared table. @throws DataError where the data is missing or altered."""
        return prepare(task.data_set, self.data, self.out).folder / task.table(part)

    def sample(self, path, count, choose=spread):
        """A table of so many rows of another."""
        return self.samples.file(f"{path.parent.name}-{path.stem}-{choose.__name__}-{count}.csv",
                                 lambda new: write_table(new, choose(read_table(path), count)))

    def model(self, task, seed, flags=()):
        """Trained unless it is there: a model holds for the program, the content of its tables and the whole configuration."""
        train, validation = self.table(task, "train"), self.table(task, "validation")
        inputs = [word for spec in task.inputs for word in ("--input", spec)]
        training = [train, "--validation", validation, *inputs, "--output", task.output, "--seed", str(seed), "--no-baselines",
                    *task.flags, *flags]
        config = self.explainer.training_config(*training).replace(str(train.parent), "")  # wherever the tables lie
        origin = digest_of([self.program, digest_of_file(train), digest_of_file(validation), config])

        def make(path):
            say(f"training {task.name}, seed {seed} {' '.join(flags)}")
            self.explainer.train(*training, "-o", path)

        return self.models.file(f"{task.name}-{seed}-{origin}.attune", make)

    def measured(self, name, model, table, measure, *origin):
        """What `measure()` of this model and table returned, with this program."""
        everything = [name, self.program, digest_of_file(model), digest_of_file(table), *origin]

        def make():
            say(f"measuring {name} with {model.name}")
            return measure()

        return self.figures.figures(name.replace(" ", "-"), everything, make)

    def methods(self, task, table):
        """The names of the methods that explain every row of the table; the default one first."""
        model = self.model(task, 1)
        return self.measured("methods", model, table, lambda: self.explainer.methods(model, table))

    def default_method(self, task):
        model, table = self.model(task, 1), self.sample(self.table(task), self.rows)
        return self.measured("default method", model, table, lambda: self.explainer.default_method(model, table))

    def accuracy(self, task, model, table):
        """The share of the table's rows that the model answers right."""

        def measure():
            rights = [row[task.answer()] for row in read_table(table)]
            answers = self.explainer.predict(model, table)
            return sum(answer == right for answer, right in zip(answers, rights, strict=True)) / len(rights)

        return self.measured("accuracy", model, table, measure)

    def honesty(self, task, seed, method, flags=()):
        """The figures of `attune explain --honesty`, and what the values cost, over the sample of the test rows."""
        model, table = self.model(task, seed, flags), self.sample(self.table(task), self.rows)
        return self.measured(f"honesty of {method}", model, table, lambda: honesty_of(self.explainer.explain(
            model, table, "--method", method, "--honesty", "always", "--honesty-rows", 0), method))


def honesty_of(explained, method):
    """What the program says of a method, with means over the rows of what it does not sum up: passes, and gaps above 1 %."""
    values = [row["methods"][method] for row in explained.rows]
    shares = [value["completeness"]["share"] for value in values if "completeness" in value]
    return {**explained.honesty[method],
            "forward_passes": statistics.fmean(value["forward_passes"] for value in values),
            "backward_passes": statistics.fmean(value.get("backward_passes", 0) for value in values),
            "wide_gaps": sum(share > 0.01 for share in shares) if shares else None}


def say(text):
    print(text, file=sys.stderr, flush=True)
