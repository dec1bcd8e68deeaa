# SPDX-License-Identifier: Apache-2.0
"""Every command of the documents runs.

In each document the code blocks are read in order. A block without a language, or of the language sh, bash or console, is
run when its first line begins with `$ attune` or `attune `: each such line is a command, which may go on after a backslash
or carry a comment after #; in blocks with `$` the other lines are output. Other blocks are not commands. A block that shows
a command without running it is of the language `text`. All blocks of a document run in one folder, a copy of the project's
examples with reviews.csv, reviews-test.csv and new.csv (a part of the reviews) beside them, and cc.zh.300.vec.gz (vectors of
their characters, of 3 numbers each). A command must end with exit
code 0, unless a comment at its end says `# exit code N`.

A block of the language `output` is all that one of the commands of the block before it prints on standard output. Words are
compared one by one, whatever blanks stand between them; numbers may differ a little (`tolerance_of`). A line `...` stands
for lines that are left out, or for none.
"""

import csv
import gzip
import math
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


def blocks_of(text):
    """[(line number of its first line, language, its lines)] of the code blocks of a Markdown document, in order."""
    blocks, block = [], None
    for number, line in enumerate(text.splitlines(), 1):
        fence = re.match(r"^\s*(`{3,}|~{3,})\s*(\S*)", line)
        if fence and block is None:
            block = (number + 1, fence.group(2), [])
        elif fence:
            blocks.append(block)
            block = None
        elif block is not None:
            block[2].append(line)
    return blocks


def commands_of(text):
    """[(line number, command)] of a Markdown document, in order."""
    return [command for commands, _ in commands_and_outputs(text) for command in commands]


def commands_and_outputs(text):
    """[([(line number, command)], [(line number, lines)])] of a document: commands that stand in one block, and the blocks of
    output behind it."""
    found = []
    for first_line, language, lines in blocks_of(text):
        if language == "output":
            if not found:
                raise AssertionError(f"line {first_line}: output, and no command before it")
            found[-1][1].append((first_line, lines))
        elif language in LANGUAGES_THAT_RUN and (commands := commands_of_block(lines, first_line)):
            found.append((commands, []))
    return found


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


def tolerance_of(command):
    """How far a number may be from the printed one, as a share of it. allocate computes in double and in one order; what a
    trained network answers depends on the kind of processor."""
    return 1e-5 if command.startswith("attune allocate") else 0.02


def is_same_word(expected, found, tolerance):
    if expected == found:
        return True
    try:
        return math.isclose(float(expected), float(found), rel_tol=tolerance)
    except ValueError:
        return False


def is_output(expected, found, tolerance):
    """Whether the lines of a block of output are those that were printed."""
    if not expected:
        return not found
    if expected[0].strip() == "...":
        return any(is_output(expected[1:], found[at:], tolerance) for at in range(len(found) + 1))
    if not found:
        return False
    words = expected[0].split(), found[0].split()
    return (len(words[0]) == len(words[1]) and all(is_same_word(*pair, tolerance) for pair in zip(*words))
            and is_output(expected[1:], found[1:], tolerance))


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
        count = 0
        for commands, outputs in commands_and_outputs(path.read_text(encoding="utf-8")):
            printed = [(command, self.run_command(path, number, command)) for number, command in commands]
            count += len(commands)
            for number, lines in outputs:
                with self.subTest(f"{path.relative_to(PROJECT)}, line {number}: output"):
                    self.assertTrue(any(is_output(lines, out.splitlines(), tolerance_of(command)) for command, out in printed),
                                    "none of the commands before it prints\n" + "\n".join(lines) + "\nbut\n"
                                    + "\n".join(f"$ {command}\n{out[:3000]}" for command, out in printed))
        return count

    def run_command(self, path, number, command):
        """What a command prints on standard output."""
        where = f"{path.relative_to(PROJECT)}, line {number}: {command}"
        with self.subTest(where):
            run = subprocess.run(["bash", "-c", command], cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL,
                                 capture_output=True, timeout=600, check=False)
            told = f"{where}\n{run.stdout.decode('utf-8', 'replace')[-1000:]}{run.stderr.decode('utf-8', 'replace')[-1500:]}"
            self.assertEqual(expected_code(command), run.returncode, told)
            self.assertIsNone(NOT_FOR_PEOPLE.search(run.stderr.decode("utf-8", "replace")), told)
            return run.stdout.decode("utf-8", "replace")
        return ""

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
                                     capture_output=True, timeout=600, check=False)
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

    def test_outputs_belong_to_the_commands_before_them(self):
        text = "```\n$ attune info a\n$ attune info b\n```\nText.\n```output\nx 1\n```\n```\nattune info c\n```\n```text\ny\n```\n"
        self.assertEqual([([(2, "attune info a"), (3, "attune info b")], [(7, ["x 1"])]), ([(10, "attune info c")], [])],
                         commands_and_outputs(text))
        with self.assertRaisesRegex(AssertionError, "line 2: output, and no command before it"):
            commands_and_outputs("```output\nx\n```\n")

    def test_output_is_compared_word_by_word(self):
        printed = ["a  1.0000", "", "b 200 x", "end"]
        for same in (["a 1.00001", "", "b 200 x", "end"], ["...", "b 199.999 x", "end"], ["a 1", "..."], ["...", "", "...", "end"],
                     [*printed, "..."], ["..."]):
            self.assertTrue(is_output(same, printed, 1e-4), same)
        for other in (["a 1.001", "", "b 200 x", "end"], ["a 1", "", "b 200 x"], ["b 200 x", "end"], ["...", "b 200 y", "end"],
                      ["a", "..."], ["...", "b 200 x"], [*printed, "more"], []):
            self.assertFalse(is_output(other, printed, 1e-4), other)

    def test_documents_show_outputs(self):
        """Those that are to be held to the program are not lost with a fence."""
        for path, least in (("README.md", 2), ("docs/allocation.md", 1)):
            outputs = [out for _, outputs in commands_and_outputs((PROJECT / path).read_text(encoding="utf-8")) for out in outputs]
            self.assertLessEqual(least, len(outputs), path)
