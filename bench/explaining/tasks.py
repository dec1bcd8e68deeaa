# SPDX-License-Identifier: Apache-2.0
"""What is trained and explained: columns of prepared tables."""

import dataclasses

# bAbI's questions are about what was told last, which the defaults cannot know: they give texts no positions, and one block
# cannot look for the person of the question and for the last of the sentences that it finds. And explanations of a model that
# does not know the answer prove nothing.
BABI_FLAGS = ("--positions", "learned", "--convolution", "11", "--blocks", "2", "--no-linear", "--dropout", "0", "--token-mask", "0.05",
              "--unknown-rate", "0", "--label-smoothing", "0", "--epochs", "12", "--batch-size", "32", "--learning-rate", "0.002",
              "--patience", "0")


@dataclasses.dataclass(frozen=True)
class Task:
    name: str
    data_set: str
    inputs: tuple
    output: str
    flags: tuple = ()  # of every training of it
    prefix: str = ""  # of the names of its tables
    join: str = " "  # between the words of its text; empty where characters are its units

    def table(self, part):
        return f"{self.prefix}{part}.csv"

    def column(self):
        """Of the text, or of the first of several."""
        return self.inputs[0].partition(":")[0]

    def answer(self):
        return self.output.partition(":")[0]


def babi(task):
    return Task(task, "babi_en_10k", ("context:text:ngrams=no", "question:text:ngrams=no"), "answer:category", BABI_FLAGS, f"{task}-")


WAIMAI = Task("waimai_10k", "waimai_10k", ("review:text",), "label:category", join="")
TREC = Task("trec6", "trec6", ("text:text",), "label:category")
SST = Task("sst2", "sst2", ("text:text",), "label:category")
TEXTS = (WAIMAI, TREC, SST)
BABI = (babi("qa1"), babi("qa4"), babi("qa2"))
