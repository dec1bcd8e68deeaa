# SPDX-License-Identifier: Apache-2.0
"""Whether explanations point at what is known to matter: supporting lines of a story, words of a sentence's own polarity."""

from .gold import lines_of, pointing, summary_of, values_of, words_of
from .markdown import table
from .tables import one_of_each_stretch, read_table
from .tasks import SST

JOINS = {"sum": sum, "max": max}
NEUTRAL = 2  # of the labels 0 to 4 of SST's words and sentences


def measure(bench, tasks):
    return [row for task in tasks for row in measure_case(bench, task, *case_of(bench, task))]


def case_of(bench, task):
    """What is explained, and what tells the truth of it."""
    if task is SST:
        return bench.table(SST, "dev-words"), words_of_polarity
    return bench.sample(bench.table(task), bench.rows, one_of_each_stretch), supporting_lines


def measure_case(bench, task, table_path, truth_of):
    """A row for each method, and for each way to join the tokens of a unit."""
    model, methods = bench.model(task, 1), bench.methods(task, table_path)

    def explain():
        rows = read_table(table_path)
        explained = {method: bench.explainer.explain(model, table_path, "--method", method, "--honesty", "never").rows
                     for method in methods}
        return [{"set": task.name, **figures} for figures in figures_of(task, rows, explained, truth_of)]

    rows = bench.measured("truth", model, table_path, explain, methods)
    accuracy = bench.accuracy(task, model, bench.table(task))
    return [{**row, "accuracy": accuracy} for row in rows]


def figures_of(task, rows, explained, truth_of):
    for method, explanations in explained.items():
        for join in JOINS:
            pointings = []
            for row, explanation in zip(rows, explanations, strict=True):
                truth = truth_of(row, explanation["prediction"])
                if truth is None or not 0 < len(truth[1]) < len(truth[0]):
                    continue  # nothing to point at, or nowhere else to point
                tokens, values = tokens_of(explanation, method, task.column())
                pointings.append(pointing(values_of(truth[0], tokens, values, JOINS[join]), truth[1]))
            yield {"method": method, "join": join, **summary_of(pointings)}


def tokens_of(explanation, method, column):
    """The tokens of a column, with their values."""
    values = explanation["methods"][method]["values"]
    pairs = [(token, value) for token, value in zip(explanation["tokens"], values, strict=True) if token["input"] == [column]]
    return [token for token, _ in pairs], [value for _, value in pairs]


def supporting_lines(row, prediction):
    """(lines of the story, those that the answer follows from); None for a wrong answer."""
    if prediction != row["answer"]:
        return None
    return lines_of(row["context"]), {int(number) - 1 for number in row["supporting"].split()}


def words_of_polarity(row, prediction):
    """(words, those whose own label is on the sentence's side); None for a neutral sentence, and for a wrong answer."""
    side = int(row["sentiment"]) - NEUTRAL
    if side == 0 or prediction != str(int(side > 0)):
        return None
    labels = [int(label) - NEUTRAL for label in row["word_sentiments"].split()]
    return words_of(row["text"]), {place for place, label in enumerate(labels) if label * side > 0}


def tables(rows):
    """The ways to join tokens stand beside one another."""
    lines = {}
    for row in rows:
        random = f"{row['random']:.3f} ± {row['random_deviation']:.3f}"
        line = lines.setdefault((row["set"], row["method"]), [f"{row['accuracy']:.3f}", row["rows"], random])
        line.append(f"{row['precision']:.3f} ({(row['precision'] - row['random']) / row['random_deviation']:+.1f})")
    header = ("set", "method", "accuracy", "rows", "random", *(f"{join} (deviations above)" for join in JOINS))
    return table(header, [(*key, *line) for key, line in lines.items()])
