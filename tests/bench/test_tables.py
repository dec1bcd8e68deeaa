# SPDX-License-Identifier: Apache-2.0
"""Sets of texts, numbers, series and ratings become the tables their READMEs define. All rows here are made up."""

import math
import statistics

from bench_test import BenchTest, column, packed, rows_of


class TrecTest(BenchTest):
    def questions(self, count, test="HUM:desc Who ?\n"):
        lines = [f"NUM:n{i} Question {i} ?\n" for i in range(count)]
        return {"train_5500.label": "".join(lines).encode("iso-8859-1"), "TREC_10.label": test.encode("iso-8859-1")}

    def test_every_tenth_training_row_validates(self):
        folder = self.prepared("trec6", self.questions(32))
        self.assertEqual([f"Question {i} ?" for i in (1, 11, 21, 31)], column(folder / "validation.csv", "text"))
        self.assertEqual([f"Question {i} ?" for i in range(32) if i % 10 != 1], column(folder / "train.csv", "text"))
        self.assertEqual({"text": "Who ?", "label": "HUM", "fine": "desc"}, rows_of(folder / "test.csv")[0])

    def test_bytes_of_iso_8859_1(self):
        """0x85 ends a line for Python's splitlines, 0xE9 is no UTF-8, and a colon or comma may stand anywhere."""
        odd = 'LOC:other Caf\xe9 \x85 "of" Orl\xe9ans , : where ?\n'
        folder = self.prepared("trec6", self.questions(12, odd))
        self.assertEqual(['Caf\xe9 \x85 "of" Orl\xe9ans , : where ?'], column(folder / "test.csv", "text"))

    def test_other_lines_are_refused(self):
        self.assert_refused("trec6", self.questions(12, "no label here\n"), r'TREC_10.label, line 1: expected "COARSE:fine question"')


class SentimentTest(BenchTest):
    def test_sst2(self):
        trees = "(3 (2 It) (4 (3 (2 's) (4 fine)) (2 .)))\n(0 (1 Bad) (2 -LRB-))\n"
        folder = self.prepared("sst2", {"train.tsv": 'a "good" film\t1\nno , no\t0\n', "dev.tsv": "fine\t1\n", "test.tsv": "dull\t0\n",
                                        "trees_dev.txt": trees})
        self.assertEqual([{"text": 'a "good" film', "label": "1"}, {"text": "no , no", "label": "0"}], rows_of(folder / "train.csv"))
        self.assertEqual(["fine"], column(folder / "validation.csv", "text"))
        self.assertEqual(["dull"], column(folder / "test.csv", "text"))
        self.assertEqual([{"text": "It 's fine .", "sentiment": "3", "word_sentiments": "2 2 4 2"},
                          {"text": "Bad -LRB-", "sentiment": "0", "word_sentiments": "1 2"}], rows_of(folder / "dev-words.csv"))

    def test_sst2_of_another_form(self):
        files = {"train.tsv": "one cell\n", "dev.tsv": "fine\t1\n", "test.tsv": "dull\t0\n", "trees_dev.txt": "(3 fine)\n"}
        self.assert_refused("sst2", files, "train.tsv, row at line 1: expected 2 cells, found 1")

    def test_waimai(self):
        """Rows with commas and quotes are rows, not lines, when they are counted."""
        reviews = "".join(f'{i % 2},"好{i}, ""很""\n好"\r\n' for i in range(23))
        folder = self.prepared("waimai_10k", {"waimai_10k.csv": "label,review\n" + reviews})
        numbers = {part: [int("".join(filter(str.isdigit, text))) for text in column(folder / f"{part}.csv", "review")]
                   for part in ("train", "validation", "test")}
        self.assertEqual({"test": [0, 10, 20], "validation": [1, 11, 21], "train": [i for i in range(23) if i % 10 > 1]}, numbers)
        self.assertEqual('好0, "很"\n好', rows_of(folder / "test.csv")[0]["review"])

    def test_another_header_is_refused(self):
        self.assert_refused("waimai_10k", {"waimai_10k.csv": "review,label\ngood,1\n"},
                            "expected the header label,review, found review,label")

    def test_other_bytes_are_refused(self):
        self.assert_refused("waimai_10k", {"waimai_10k.csv": b"label,review\n1,\xff\n"}, "waimai_10k.csv: expected utf-8, but byte 15")


class StoriesTest(BenchTest):
    QUIET = {f"{task}_{part}.txt.gz": packed("1 A.\n2 Q? \tyes\t1\n") for task in ("qa1", "qa6") for part in ("train", "valid", "test")}

    def test_what_was_told_before_and_what_supports(self):
        story = ("1 Mary went home.\n2 John ran.\n3 Where is Mary? \thome\t1\n4 Mary left.\n5 Is John in? \tno\t2 4\n"
                 "1 Ann sat.\n2 Who sat? \tAnn\t1\n")
        folder = self.prepared("babi_en_10k", self.QUIET | {"qa1_valid.txt.gz": packed(story)})
        self.assertEqual([
            {"context": "Mary went home.\nJohn ran.", "question": "Where is Mary?", "answer": "home", "supporting": "1"},
            {"context": "Mary went home.\nJohn ran.\nMary left.", "question": "Is John in?", "answer": "no", "supporting": "2 3"},
            {"context": "Ann sat.", "question": "Who sat?", "answer": "Ann", "supporting": "1"}],
            rows_of(folder / "qa1-validation.csv"))
        self.assertEqual(6, len(list(folder.glob("qa*.csv"))))

    def test_a_line_without_number_is_refused(self):
        self.assert_refused("babi_en_10k", self.QUIET | {"qa6_test.txt.gz": packed("A.\n")}, r"qa6_test.txt.gz, line 1: expected \"ID")

    def test_what_is_no_gzip_is_refused(self):
        self.assert_refused("babi_en_10k", self.QUIET | {"qa6_test.txt.gz": "1 A.\n"}, "qa6_test.txt.gz: expected a gzip file")
        self.assertFalse(list(self.out.glob(".*new*")))


class TranslationTest(BenchTest):
    def files(self, german):
        files = {f"{name}.{language}.gz": packed("one\ntwo\n") for name in ("train", "val", "test_2016_flickr") for language in ("en", "de")}
        return files | {"val.de.gz": packed(german)}

    def test_lines_are_paired(self):
        """U+2028 is no end of a line, and a last line may lack its end."""
        folder = self.prepared("multi30k_en_de", self.files("ein\u2028s\nzwei, ja"))
        self.assertEqual([{"en": "one", "de": "ein\u2028s"}, {"en": "two", "de": "zwei, ja"}], rows_of(folder / "validation.csv"))
        self.assertEqual([2, 2], [len(rows_of(folder / f"{part}.csv")) for part in ("train", "test")])

    def test_a_lost_line_is_found(self):
        self.assert_refused("multi30k_en_de", self.files("eins\n"), "found 1 and 2")


class MeasurementsTest(BenchTest):
    def test_wdbc_folds(self):
        lines = [f"{9000 + i},{'MB'[i % 2]},{','.join(str(i + k / 100) for k in range(30))}" for i in range(13)]
        folder = self.prepared("wdbc", {"wdbc.data": "\n".join(lines) + "\n"})
        for fold in range(5):
            test = column(folder / f"fold-{fold}-test.csv", "mean_radius")
            train = column(folder / f"fold-{fold}-train.csv", "mean_radius")
            self.assertEqual([f"{i}.0" for i in range(13) if i % 5 == fold], test)
            self.assertEqual([f"{i}.0" for i in range(13) if i % 5 != fold], train)
        row = rows_of(folder / "fold-1-test.csv")[0]
        self.assertEqual(("B", "1.29", 31), (row["diagnosis"], row["worst_fractal_dimension"], len(row)))

    def test_occupancy(self):
        header = '"date","Temperature","Humidity","Light","CO2","HumidityRatio","Occupancy"\n'
        training = "".join(f'"{i}","2015-02-04 {i:02}:30:00",{20 + i},30,400,700,0.004,{i % 2}\n' for i in range(11))
        without_quotes = '"7",2015-02-11 14:48:00,21.5,31.1,437.3,1029.6,0.005,1\n'
        folder = self.prepared("occupancy", {"datatraining.txt.gz": packed(header + training),
                                             "datatest.txt.gz": packed(header + training.split("\n", 1)[0] + "\n"),
                                             "datatest2.txt.gz": packed(header + without_quotes)})
        self.assertEqual([str(20 + i) for i in range(9)], column(folder / "train.csv", "Temperature"))
        self.assertEqual(["29", "30"], column(folder / "validation.csv", "Temperature"))
        self.assertEqual([{"date": "2015-02-11 14:48:00", "hour": "14.80", "Temperature": "21.5", "Humidity": "31.1", "Light": "437.3",
                           "CO2": "1029.6", "HumidityRatio": "0.005", "Occupancy": "1"}], rows_of(folder / "test2.csv"))

    def test_occupancy_of_another_width(self):
        table = packed('"date","Temperature","Humidity","Light","CO2","HumidityRatio","Occupancy"\n2015-02-11 14:48:00,1,2,3,4,5,1\n')
        files = dict.fromkeys(("datatraining.txt.gz", "datatest.txt.gz", "datatest2.txt.gz"), table)
        self.assert_refused("occupancy", files, "row at line 2: expected 8 cells, found 7")


class DrivingTest(BenchTest):
    HEADER = "AccX,AccY,AccZ,GyroX,GyroY,GyroZ,Class,Timestamp\r\n"

    def recording(self, *stretches):
        """Rows of (length, class, first second), two a second; AccX counts the rows, AccY is its square."""
        lines, at = [self.HEADER], 0
        for length, kind, second in stretches:
            for i in range(length):
                lines.append(f"{at},{at * at},0,0,0,1,{kind},{second + i // 2}\r\n")
                at += 1
        return packed("".join(lines))

    def test_stretches_validation_and_windows(self):
        folder = self.prepared("driving_style", {
            "train_motion_data.csv.gz": self.recording((50, "SLOW", 100), (10, "SLOW", 400), (100, "NORMAL", 405)),
            "test_motion_data.csv.gz": self.recording((60, "SLOW", 100), (40, "NORMAL", 130), (39, "NORMAL", 90))})
        train, validation = rows_of(folder / "train.csv"), rows_of(folder / "validation.csv")
        self.assertEqual([40, 8, 80], [sum(row["stretch"] == str(k) for row in train) for k in range(3)])
        self.assertEqual([*range(40, 50), 58, 59, *range(140, 160)], [int(row["AccX"]) for row in validation])
        self.assertNotIn("Timestamp", train[0])
        self.assertEqual(["SLOW", "SLOW", "NORMAL"], column(folder / "windows-test.csv", "Class"))
        self.assertEqual(["SLOW", "NORMAL", "NORMAL", "NORMAL"], column(folder / "windows-train.csv", "Class"))
        values = [i * i for i in range(20, 60)]  # of AccY in the second window
        window = rows_of(folder / "windows-test.csv")[1]
        expected = {"mean": statistics.mean(values), "deviation": statistics.pstdev(values), "least": 400, "greatest": 59 * 59,
                    "mean_step": (59 * 59 - 400) / 39}
        for figure, value in expected.items():
            self.assertAlmostEqual(value, float(window[f"AccY_{figure}"]), delta=1e-5 * value, msg=figure)
        self.assertEqual(("1", "0"), (window["GyroZ_mean"], window["GyroZ_mean_step"]))


class SeriesTest(BenchTest):
    def test_etth1(self):
        names = ("HUFL", "HULL", "MUFL", "MULL", "LUFL", "LULL", "OT")
        values = [[math.sin(i * (k + 1)) * (k + 2) + i / 5000 for k in range(7)] for i in range(17_420)]
        lines = [f"hour {i},{','.join(map(repr, row))}" for i, row in enumerate(values)]
        folder = self.prepared("etth1", {"ETTh1.csv.gz": packed("\n".join([f"date,{','.join(names)}", *lines]) + "\n")})
        parts = {part: rows_of(folder / f"{part}.csv") for part in ("train", "validation", "test")}
        self.assertEqual([8640, 2880, 2880], list(map(len, parts.values())))
        self.assertEqual(["hour 0", "hour 8640", "hour 11520"], [rows[0]["date"] for rows in parts.values()])
        self.assertEqual("hour 14399", parts["test"][-1]["date"])
        scale = {row["column"]: (float(row["mean"]), float(row["deviation"])) for row in rows_of(folder / "scale.csv")}
        for k, name in enumerate(names):
            scaled = [float(row[name]) for row in parts["train"]]
            self.assertAlmostEqual(0, sum(scaled) / 8640, places=9)
            self.assertAlmostEqual(1, sum(value * value for value in scaled) / 8640, places=9)
            mean, deviation = scale[name]
            self.assertAlmostEqual(values[14_399][k], float(parts["test"][-1][name]) * deviation + mean, places=9)

    def test_stocks_are_cut_by_time_share_by_share(self):
        header = "date,open,high,low,close,volume,Name\n"
        files = {f"{share}_data.csv": header + "\n".join(f"2013-01-{day:02},1,2,0,{day},9,{share}" for day in days)
                 for share, days in (("B", range(1, 21)), ("A", range(10, 0, -1)))}
        folder = self.prepared("stocks_5yr", files)
        cut = {part: [(row["Name"], int(row["close"])) for row in rows_of(folder / f"{part}.csv")]
               for part in ("train", "validation", "test")}
        self.assertEqual([("A", i) for i in range(1, 8)] + [("B", i) for i in range(1, 15)], cut["train"])
        self.assertEqual([("A", 8), ("B", 15), ("B", 16)], cut["validation"])
        self.assertEqual([("A", 9), ("A", 10), *(("B", i) for i in range(17, 21))], cut["test"])


class RatingsTest(BenchTest):
    def test_both_splits(self):
        """Times and films come out of order, and as numbers 9 comes before 10; films of the same second are told by number."""
        ratings = [(10, 7, "4.0", 50), (9, 8, "3.5", 20), (9, 70, "1.0", 10), (9, 9, "2.0", 10), (10, 8, "5.0", 60), (10, 9, "0.5", 70),
                   (9, 7, "4.5", 30), *((11, 7 + i, "3.0", 100 + i) for i in range(3))]
        folder = self.prepared("ml_latest_small", {
            "movies.csv.gz": packed('movieId,title,genres\r\n' + "".join(f'{i},"Film {i}, The (1999)",Drama|War\r\n' for i in (7, 8, 9, 70))),
            "ratings.csv.gz": packed("userId,movieId,rating,timestamp\r\n" + "".join(",".join(map(str, row)) + "\r\n" for row in ratings))})
        self.assertEqual([{"userId": "9", "movieId": "9", "rating": "2.0", "timestamp": "10", "title": "Film 9, The (1999)",
                           "genres": "Drama|War"}], rows_of(folder / "test.csv"))
        self.assertEqual(["70", "8", "7", "7", "8", "9", "7", "8", "9"], column(folder / "train.csv", "movieId"))
        films = {part: [(row["userId"], row["movieId"]) for row in rows_of(folder / f"next-{part}.csv")]
                 for part in ("train", "validation", "test")}
        self.assertEqual([("9", "9"), ("9", "70"), ("10", "7"), ("11", "7")], films["train"])
        self.assertEqual([("9", "8"), ("10", "8"), ("11", "8")], films["validation"])
        self.assertEqual([("9", "7"), ("10", "9"), ("11", "9")], films["test"])
