# SPDX-License-Identifier: Apache-2.0
"""The data sets that are known: each is a folder of this name with a README, and a function that prepares it."""

import dataclasses
from typing import Callable

from . import (babi_en_10k, cifar10_small, driving_style, drums_hydrogen, emoji_twemoji, etth1, fsdd, labelled_pictures,
               ml_latest_small, multi30k_en_de, occupancy, orl_faces, sst2, stocks_5yr, trec6, waimai_10k, wdbc)


@dataclasses.dataclass(frozen=True)
class DataSet:
    name: str
    what: str
    prepare: Callable


SETS = {entry.name: entry for entry in (
    DataSet("babi_en_10k", "questions about short stories, 7 tasks, with the sentences that answer them", babi_en_10k.prepare),
    DataSet("cifar10_small", "things, 10 kinds, colour pictures of 32 x 32", cifar10_small.prepare),
    DataSet("driving_style", "3 styles of driving by a phone's motion", driving_style.prepare),
    DataSet("drums_hydrogen", "6 drum instruments by sound, cut by maker", drums_hydrogen.prepare),
    DataSet("emoji_twemoji", "9 categories of emoji by picture, English and Chinese words", emoji_twemoji.prepare),
    DataSet("etth1", "hourly series of a transformer, 7 columns", etth1.prepare),
    DataSet("fashion_mnist_small", "clothes, 10 kinds, grey pictures of 28 x 28", labelled_pictures.prepare_fashion),
    DataSet("fsdd", "spoken digits by sound", fsdd.prepare),
    DataSet("ml_latest_small", "ratings of films by users; the next film", ml_latest_small.prepare),
    DataSet("mnist_small", "written digits, grey pictures of 28 x 28", labelled_pictures.prepare_mnist),
    DataSet("multi30k_en_de", "translation from English to German", multi30k_en_de.prepare),
    DataSet("occupancy", "a room occupied or not, by 5 sensors", occupancy.prepare),
    DataSet("orl_faces", "faces of 40 people, grey pictures of 92 x 112", orl_faces.prepare),
    DataSet("sst2", "sentiment of English sentences on films", sst2.prepare),
    DataSet("stocks_5yr", "daily prices of 12 shares", stocks_5yr.prepare),
    DataSet("trec6", "6 types of English questions", trec6.prepare),
    DataSet("waimai_10k", "sentiment of Chinese reviews", waimai_10k.prepare),
    DataSet("wdbc", "breast masses by 30 measures, 5 folds", wdbc.prepare),
)}
