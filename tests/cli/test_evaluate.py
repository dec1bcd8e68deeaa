# SPDX-License-Identifier: Apache-2.0
"""The page that evaluate prints, and what it warns of."""

from program import DONE, ProgramTest, reviews


class PageTest(ProgramTest):
    def page(self, table="test.csv", model="model.attune"):
        result = self.attune("evaluate", model, table)
        self.assert_code(DONE, result)
        return result

    def test_labels_and_columns_with_line_ends_stay_on_one_line(self):
        names = {"pos": "very\ngood", "neg": "rather\tbad\r\nindeed"}
        rows = [(text, names[label]) for text, label in reviews()]
        self.write_table(rows=rows, columns=("text", "the\nlabel"))
        summary = self.train(output="the\nlabel").lines
        self.assertRegex(summary[1], "^the label:  accuracy")
        page = self.page("table.csv").lines
        self.assertEqual("the label, 60 rows", page[0])
        for shown in ("very good", "rather bad  indeed"):
            self.assertEqual(2, sum(line.endswith("  " + shown) for line in page), page)
        answers = {line.split("\t")[0] for line in self.attune("predict", "model.attune", "table.csv").lines}
        self.assertLessEqual(answers, {"very good", "rather bad  indeed"})
