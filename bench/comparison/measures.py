# SPDX-License-Identifier: Apache-2.0
"""What is measured: which columns of which prepared tables are read and predicted. Nothing else differs from attune's defaults."""

import dataclasses
import hashlib
import json

from datasets.wdbc import FOLDS

# By type of the output: the metrics that attune gives of its baselines too, as far as they are measured here.
BASELINE_METRICS = {"category": ("accuracy",), "number": ("root_mean_squared_error",)}


@dataclasses.dataclass(frozen=True)
class Part:
    """One training and the tables it is scored on; `tests` names a measured row for each table."""

    train: str
    tests: dict
    validation: str = ""  # empty: attune takes validation rows from the training rows, as it does by default


@dataclasses.dataclass(frozen=True)
class Measure:
    """A task on one data set. Of several parts (folds) the mean is reported, so each must have the same names in `tests`."""

    data_set: str
    inputs: tuple
    output: str
    parts: tuple
    metrics: tuple = ("accuracy",)  # as `attune evaluate --json` names them

    def names(self):
        return tuple(self.parts[0].tests)

    def baseline_metrics(self):
        """Those of the metrics that an evaluation must give of a baseline."""
        return tuple(metric for metric in self.metrics if metric in BASELINE_METRICS.get(self.output.rpartition(":")[2], ()))

    def digest(self):
        """Of all that a row follows from: what is read, predicted and scored. Not of the metrics: a row is of one of them."""
        read = {key: value for key, value in dataclasses.asdict(self).items() if key != "metrics"}
        return hashlib.sha256(json.dumps(read).encode()).hexdigest()


@dataclasses.dataclass(frozen=True)
class NotYet:
    """A task that attune cannot do, and what it lacks."""

    name: str
    data_set: str
    reason: str


def official(name, validation="validation.csv", prefix=""):
    """The part of a set with the usual three tables."""
    return (Part(f"{prefix}train.csv", {name: f"{prefix}test.csv"}, validation and prefix + validation),)


def room(name):
    return (Part("train.csv", {f"{name}, datatest": "test.csv", f"{name}, datatest2": "test2.csv"}, "validation.csv"),)


ROOM_WITHOUT_LIGHT = "Temperature,Humidity,CO2,HumidityRatio"
BABI_TASKS = ("qa1", "qa2", "qa4", "qa5", "qa6", "qa15", "qa16")

MEASURES = (
    Measure("trec6", ("text:text",), "label:category", official("trec6")),
    Measure("sst2", ("text:text",), "label:category", official("sst2")),
    Measure("waimai_10k", ("review:text",), "label:category", official("waimai_10k")),
    Measure("emoji_twemoji", ("en_label:text",), "category:category", official("emoji_twemoji, en_label")),
    Measure("emoji_twemoji", ("zh_label:text",), "category:category", official("emoji_twemoji, zh_label")),
    Measure("wdbc", ("mean_*,error_*,worst_*:numbers",), "diagnosis:category",
            tuple(Part(f"fold-{fold}-train.csv", {"wdbc, 5 folds": f"fold-{fold}-test.csv"}) for fold in range(FOLDS))),
    Measure("occupancy", (f"{ROOM_WITHOUT_LIGHT}:numbers",), "Occupancy:category", room("occupancy without Light")),
    Measure("occupancy", (f"{ROOM_WITHOUT_LIGHT},Light:numbers",), "Occupancy:category", room("occupancy")),
    Measure("driving_style", ("Acc?,Gyro?:numbers",), "Class:category", official("driving_style, rows"),
            metrics=("accuracy", "macro_f1")),
    Measure("driving_style", ("Acc*,Gyro*:numbers",), "Class:category", official("driving_style, windows", prefix="windows-"),
            metrics=("accuracy", "macro_f1")),
    Measure("ml_latest_small", ("userId,movieId:category",), "rating:number", official("ml_latest_small, ratings", validation=""),
            metrics=("root_mean_squared_error", "mean_absolute_error")),
    *(Measure("babi_en_10k", ("context:text", "question:text"), "answer:category",
              official(f"babi_en_10k, {task}", prefix=f"{task}-")) for task in BABI_TASKS),
)

NOT_YET = (
    *(NotYet(name, name, "needs the image type") for name in ("mnist_small", "fashion_mnist_small", "cifar10_small", "orl_faces")),
    NotYet("emoji_twemoji, pictures", "emoji_twemoji", "needs the image type"),
    *(NotYet(name, name, "needs the audio type") for name in ("fsdd", "drums_hydrogen")),
    *(NotYet(name, name, "needs the series type") for name in ("etth1", "stocks_5yr")),
    NotYet("ml_latest_small, next film", "ml_latest_small", "needs the item type"),
    NotYet("multi30k_en_de", "multi30k_en_de", "needs text as an output"),
)
