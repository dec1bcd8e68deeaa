# SPDX-License-Identifier: Apache-2.0
"""Every command of the documents runs.

In each document the code blocks are read in order. A block without a language, or of the language sh, bash or console, is
run when its first line begins with `$ attune` or `attune `: each such line is a command, which may go on after a backslash
or carry a comment after #; in blocks with `$` the other lines are output. Other blocks are not commands. A block that shows
a command without running it is of the language `text`. All blocks of a document run in one folder, a copy of the project's
examples with reviews.csv, reviews-test.csv and new.csv (a part of the reviews) beside them, and cc.zh.300.vec.gz (vectors of
their characters, of 3 numbers each). A command must end with exit
code 0, unless a comment at its end says `# exit code N`.
"""

import csv
import gzip
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import tempfile
import unittest

from program import EXAMPLES, NOT_FOR_PEOPLE, PROJECT, ProgramTest

COMMAND = re.compile(r"^(\$ )?(attune .*)")
LANGUAGES_THAT_RUN = ("", "sh", "bash", "console")


def commands_of(text):
    """[(line number, command)] of a Markdown document, in order."""
    commands, lines = [], text.splitlines()
    block, language, begun = None, "", 0
    for number, line in enumerate(lines, 1):
        fence = re.match(r"^\s*(`{3,}|~{3,})\s*(\S*)", line)
        if fence and block is None:
            block, language, begun = [], fence.group(2), number
        elif fence and block is not None:
            if language in LANGUAGES_THAT_RUN:
                commands += commands_of_block(block, begun + 1)
            block = None
        elif block is not None:
            block.append(line)
    return commands


def commands_of_block(block, first_line):
    started = next((COMMAND.match(line) for line in block if line.strip()), None)
    if started is None:
        return []
    prompt = started.group(1) or ""
    commands, at = [], 0
    while at < len(block):
        line, number = block[at], first_line + at
        at += 1
        if not line.startswith(prompt + "attune "):
            continue
        command = line.removeprefix(prompt)
        while command.endswith("\\") and at < len(block):
            command = command[:-1] + block[at].strip()
            at += 1
        commands.append((number, command))
    return commands


def expected_code(command):
    said = re.search(r"#\s*exit code (\d+)\s*$", command)
    return int(said.group(1)) if said else 0


class DocumentsTest(ProgramTest):
    def setUp(self):
        super().setUp()
        shutil.copytree(EXAMPLES, self.path("examples"))
        with gzip.open(EXAMPLES / "reviews" / "reviews-train.csv.gz", "rt", encoding="utf-8", newline="") as file:
            header, *rows = list(csv.reader(file))[:901]
        for name, part in (("reviews.csv", rows[:400]), ("reviews-test.csv", rows[400:600]), ("new.csv", rows[600:650])):
            with open(self.path(name), "w", encoding="utf-8", newline="") as file:
                csv.writer(file, lineterminator="\n").writerows([header, *part])
        characters = sorted({character for text, _ in rows[:50] for character in text if "\u4e00" <= character <= "\u9fff"})
        lines = [f"{character} {at % 7} {at % 5} 1\n" for at, character in enumerate(characters)]
        self.write("cc.zh.300.vec.gz", gzip.compress("".join([f"{len(lines)} 3\n", *lines]).encode()))
        programs = pathlib.Path(tempfile.mkdtemp(prefix="attune-programs-"))
        self.addCleanup(shutil.rmtree, programs, ignore_errors=True)
        (programs / "attune").symlink_to(self.program())
        self.environment = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"}

    def run_document(self, path):
        commands = commands_of(path.read_text(encoding="utf-8"))
        for number, command in commands:
            where = f"{path.relative_to(PROJECT)}, line {number}: {command}"
            with self.subTest(where):
                run = subprocess.run(["bash", "-c", command], cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL,
                                     capture_output=True, timeout=300, check=False)
                told = f"{where}\n{run.stdout.decode('utf-8', 'replace')[-1000:]}{run.stderr.decode('utf-8', 'replace')[-1500:]}"
                self.assertEqual(expected_code(command), run.returncode, told)
                self.assertIsNone(NOT_FOR_PEOPLE.search(run.stderr.decode("utf-8", "replace")), told)
        return len(commands)

    def run_documents(self, paths):
        paths = sorted(paths)
        self.assertTrue(paths, "no such document")
        count = sum(self.run_document(path) for path in paths)
        if count == 0:
            raise unittest.SkipTest(f"no command in {', '.join(p.name for p in paths)}")

    def test_readme(self):
        self.run_documents(PROJECT.glob("README.md"))

    def test_pages(self):
        self.run_documents((PROJECT / "docs").glob("**/*.md"))

    def test_pages_of_examples(self):
        self.run_documents(EXAMPLES.glob("**/*.md"))

    def test_contributing(self):
        self.run_documents(PROJECT.glob("CONTRIBUTING.md"))

    def test_footers_of_help(self):
        """The examples that --help ends with."""
        for verb in ("train", "evaluate", "predict", "explain", "report", "info", "allocate"):
            lines = self.attune(verb, "--help").lines
            examples = [line.strip() for line in lines if line.startswith("  attune ")]
            self.assertTrue(examples, f"{verb} --help shows no example")
            for command in examples:
                run = subprocess.run(["bash", "-c", command], cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL,
                                     capture_output=True, timeout=300, check=False)
                self.assertEqual(0, run.returncode, f"{verb} --help: {command}\n{run.stderr.decode('utf-8', 'replace')}")


class ReaderOfDocumentsTest(unittest.TestCase):
    """A reader that overlooks commands would let every document pass."""

    def test_commands_are_found(self):
        text = ("# T\n```\n$ attune train a.csv \\\n    --output b\nmodel b\n$ attune info b\nattune is output here\n```\n"
                "```sh\nattune predict m  # exit code 2\n```\n```text\nattune not run\n```\n```toml\nattune = 1\n```\n"
                "```\nreviews/\n  attune train tree\n```\n")
        self.assertEqual([(3, "attune train a.csv --output b"), (6, "attune info b"), (10, "attune predict m  # exit code 2")],
                         commands_of(text))
        self.assertEqual([0, 0, 2], [expected_code(command) for _, command in commands_of(text)])

    def test_commands_can_be_read_by_a_shell(self):
        for path in [*PROJECT.glob("*.md"), *(PROJECT / "docs").glob("**/*.md")]:
            for number, command in commands_of(path.read_text(encoding="utf-8")):
                with self.subTest(f"{path.name}, line {number}"):
                    self.assertEqual("attune", shlex.split(command, comments=True)[0])
