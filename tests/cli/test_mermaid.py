# SPDX-License-Identifier: Apache-2.0
"""attune info --mermaid: flow diagrams of a model and of a mechanism."""

import re

from program import MEASURED, ProgramTest, measurements

NODE = re.compile(r'  n(\d+)(?:\[".*"\]|\[/".*"/\]|\{\{".*"\}\}|\(\[".*"\]\))')
EDGE = re.compile(r'  n(\d+) -->(?:\|".*"\|)? n(\d+)')


class MermaidTest(ProgramTest):
    def check_flow(self, result):
        """Every line is a node or an edge between nodes that there are."""
        self.assert_code(0, result)
        self.assertEqual("flowchart TD", result.lines[0])
        self.assertRegex(result.lines[1], "^  accTitle: ")
        nodes = [m[1] for m in map(NODE.fullmatch, result.lines[2:]) if m]
        edges = [m.groups() for m in map(EDGE.fullmatch, result.lines[2:]) if m]
        self.assertEqual(len(result.lines) - 2, len(nodes) + len(edges), result)
        self.assertEqual([str(i) for i in range(len(nodes))], nodes)
        for start, end in edges:
            self.assertLess(int(start), int(end))
            self.assertIn(end, nodes)

    def test_a_model(self):
        self.write_table("table.csv", measurements(), MEASURED)
        self.train("table.csv", "--input", "width,height:numbers", "--input", 'text:text', "--blocks", "2", "--mechanism", "additive",
                   "--pool", "attention", output="size")
        result = self.attune("info", "model.attune", "--mermaid")
        self.check_flow(result)
        for part in ("accTitle: model.attune", "width, height (numbers)<br/>2 numbers", "text (text)<br/>ids, ",
                     "blocks 0 to 1, one after another<br/>additive, ", "a learned query attends", "→ 2 classes", "size (category)"):
            self.assertIn(part, result.out)

    def test_a_column_cannot_break_a_label(self):
        self.write_table("table.csv", columns=('te"]; end', "label"))
        self.train("table.csv")
        result = self.attune("info", "model.attune", "--mermaid")
        self.check_flow(result)
        self.assertIn("te#34;]#59; end (text)", result.out)

    def known_names(self, *arguments):
        """Those that a refusal of another one lists."""
        self.write_table()
        result = self.attune(*arguments, "none-of-them")
        self.assert_refused(result, r"none-of-them.*\(known: ")
        return re.search(r"\(known: (.*)\)", result.message)[1].split(", ")

    def test_every_mechanism(self):
        """The layer that draws has a list of its own; it holds what networks take."""
        names = self.known_names("info", "--mermaid-mechanism")
        self.assertEqual(self.known_names("train", "table.csv", "--output", "label", "--mechanism"), names)
        for mechanism in names:
            with self.subTest(mechanism):
                result = self.attune("info", "--mermaid-mechanism", mechanism)
                self.check_flow(result)
                self.assertIn("softmax over", result.out)

    def test_what_does_not_go_together(self):
        self.write_table()
        self.assert_refused(self.attune("info", "--mermaid-mechanism", "adition"), r'unknown mechanism "adition"', "additive")
        self.assert_refused(self.attune("info", "table.csv", "--mermaid"), r"--mermaid: is for models, and table\.csv is none")
        self.assert_refused(self.attune("info", "--mermaid"), r"MODEL\|DATA")
        self.assert_refused(self.attune("info", "table.csv", "--mermaid", "--json"), "--mermaid", "--json")
        self.assert_refused(self.attune("info", "table.csv", "--mermaid-mechanism", "dot"), "--mermaid-mechanism")
