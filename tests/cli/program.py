# SPDX-License-Identifier: Apache-2.0
"""What every test of the program shares: running it, checking how it ended, and writing tables.

The program under test is named by the environment variable ATTUNE.
"""

import csv
import gzip
import io
import json
import os
import pathlib
import random
import re
import resource
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import unittest

DONE, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130
PROJECT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = PROJECT / "examples"

# Small and quick; what is tested here is the program, not how well it learns.
SMALL = ("--width", "16", "--epochs", "2", "--threads", "2")


def small_unless(given):
    """SMALL without the flags that are among `given`: the program takes a flag once."""
    pairs = zip(SMALL[::2], SMALL[1::2])
    return [word for pair in pairs if pair[0] not in given for word in pair]


# A crash, a bare exception or another language's trace never belongs into a message.
NOT_FOR_PEOPLE = re.compile(r"terminate called|Traceback|std::|what\(\)|internal error|Aborted|Segmentation|c10::|\[json")


class Result:
    """How one run ended."""

    def __init__(self, code, out, err):
        self.code, self.raw_out, self.raw_err = code, out, err
        self.out = out.decode("utf-8", "replace")
        self.err = err.decode("utf-8", "replace")

    @property
    def lines(self):
        return self.out.splitlines()

    @property
    def message(self):
        """The line of standard error that names the error, without the program's name."""
        found = [line for line in self.err.splitlines() if line.startswith("attune: ")]
        return found[-1].removeprefix("attune: ") if found else ""

    def json_lines(self):
        return [json.loads(line) for line in self.lines]

    def __str__(self):
        return f"exit code {self.code}\n--- standard output\n{self.out[-2000:]}\n--- standard error\n{self.err[-2000:]}"


class RunningProgram:
    """A run that has not ended: its standard error is read as it comes, its standard output on demand."""

    def __init__(self, command, folder, **options):
        self.process = subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, **options)
        self._errors, self._changed = [], threading.Condition()
        self._reader = threading.Thread(target=self._read_errors, daemon=True)
        self._reader.start()

    def _read_errors(self):
        for line in self.process.stderr:
            with self._changed:
                self._errors.append(line)
                self._changed.notify_all()
        with self._changed:
            self._errors.append(None)
            self._changed.notify_all()

    def wait_for_note(self, text, seconds=60, begins_after=""):
        """Returns when a line of standard error holds `text`, behind one that holds `begins_after`."""
        def lines():
            begins = (i for i, line in enumerate(self._errors) if line is None or begins_after.encode() in line)
            return self._errors[next(begins, len(self._errors)):]

        def seen():
            return any(line is None or text.encode() in line for line in lines())
        with self._changed:
            if self._changed.wait_for(seen, seconds) and not any(line is None for line in self._errors):
                return
            told = b"".join(line for line in self._errors if line).decode("utf-8", "replace")
        raise AssertionError(f"never said {text!r} on standard error, but:\n{told}")

    def ask(self, line):
        """Writes one line and reads the one that answers it."""
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().decode().rstrip("\n")

    def send(self, number):
        self.process.send_signal(number)

    def _signals(self, kind):
        """As the kernel tells, a bit for each."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        return int(re.search(rf"{kind}:\s*(\w+)", status)[1], 16)

    def catches(self, number):
        """Whether a signal of that number would meet a handler."""
        return bool(self._signals("SigCgt") >> (number - 1) & 1)

    def is_pending(self, number):
        """Whether a signal of that number was sent to the running program and has met nothing yet."""
        if self.process.poll() is not None:
            return False
        return bool((self._signals("SigPnd") | self._signals("ShdPnd")) >> (number - 1) & 1)

    def end(self, seconds=60):
        if not self.process.stdin.closed:
            self.process.stdin.close()
        out = self.process.stdout.read()
        code = self.process.wait(seconds)
        self._reader.join(seconds)
        self.process.stdout.close()
        self.process.stderr.close()
        return Result(code, out, b"".join(line for line in self._errors if line))

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


class ProgramTest(unittest.TestCase):
    """A test with a folder of its own, in which the program runs."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="attune-cli-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    # Running

    @staticmethod
    def program():
        path = os.environ.get("ATTUNE")
        if not path:
            raise AssertionError("the environment variable ATTUNE does not name the program to test")
        return path

    def attune(self, *arguments, stdin=b"", stdout=subprocess.PIPE, seconds=90, **options):
        """Runs the program in the test's folder until it ends."""
        command = [self.program(), *[a if isinstance(a, bytes) else str(a) for a in arguments]]
        stdin = stdin.encode() if isinstance(stdin, str) else stdin
        try:
            run = subprocess.run(command, cwd=self.folder, input=stdin, stdout=stdout, stderr=subprocess.PIPE,
                                 timeout=seconds, check=False, **options)
        except subprocess.TimeoutExpired as expired:
            raise AssertionError(f"attune {arguments} did not end within {seconds} s; it said\n{expired.stderr}") from None
        return Result(run.returncode, run.stdout or b"", run.stderr)

    def start(self, *arguments, **options):
        """Starts the program; it is killed with the test if it still runs then."""
        run = RunningProgram([self.program(), *map(str, arguments)], self.folder, **options)
        self.addCleanup(run.kill)
        return run

    def train(self, table="table.csv", *arguments, model="model.attune", output="label", **options):
        """A short training that must succeed."""
        result = self.attune("train", table, "--output", output, "-o", model, *small_unless(arguments), *arguments, **options)
        self.assert_code(DONE, result)
        self.assertTrue(self.path(model).is_file(), f"{model} was not written\n{result}")
        return result

    # Checking

    def assert_code(self, code, result):
        self.assertEqual(code, result.code, f"expected exit code {code}\n{result}")
        self.assertIsNone(NOT_FOR_PEOPLE.search(result.err), f"a message not made for people\n{result}")

    def assert_said(self, result, *patterns):
        for pattern in patterns:
            self.assertRegex(result.message, re.compile(pattern, re.IGNORECASE | re.DOTALL), f"\n{result}")

    def assert_failed(self, code, result, *patterns):
        self.assert_code(code, result)
        self.assertEqual("", result.out, f"results in spite of an error\n{result}")
        self.assertNotEqual("", result.message, f"no line of standard error says what is wrong\n{result}")
        self.assertLess(len(result.err), 20_000, "a message that nobody can read")
        self.assert_said(result, *patterns)

    def assert_refused(self, result, *patterns):
        """Input or usage was refused: exit code 2, no results, and a message that holds every pattern."""
        self.assert_failed(USAGE, result, *patterns)

    def assert_folder_holds(self, *names):
        """Nothing was left behind: neither half a model nor a temporary file nor a lock."""
        self.assertEqual(sorted(names), sorted(p.name for p in self.folder.iterdir()))

    def predictions(self, model, *arguments, **options):
        """Answers as JSON objects; they must come."""
        result = self.attune("predict", model, *arguments, "--json", **options)
        self.assert_code(DONE, result)
        answers = result.json_lines()
        self.assertTrue(answers, f"no answer\n{result}")
        return answers

    def info(self, model="model.attune"):
        result = self.attune("info", model, "--json")
        self.assert_code(DONE, result)
        return json.loads(result.out)

    # Files

    def path(self, name):
        return self.folder / name

    def write(self, name, content):
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def write_table(self, name="table.csv", rows=None, columns=("text", "label"), **options):
        return self.write(name, encode_table(name, reviews() if rows is None else rows, columns, **options))


# Tables

PRAISE = ("fine", "great", "lovely", "good", "很好", "喜欢")
BLAME = ("bad", "poor", "awful", "dull", "太差", "失望")
FILLING = ("the", "film", "a", "meal", "was", "book", "这个", "酒店")


def reviews(count=60, seed=1):
    """Rows (text, label): two classes by turns, each with words of its own; some Chinese among them."""
    draw = random.Random(seed)
    rows = []
    for i in range(count):
        words = draw.sample(PRAISE if i % 2 else BLAME, 2) + draw.sample(FILLING, 3)
        draw.shuffle(words)
        rows.append((" ".join(words), "pos" if i % 2 else "neg"))
    return rows


def measurements(count=60, seed=1):
    """Rows (width, height, colour, text, size, price): a class and a number that follow from the first two numbers."""
    draw = random.Random(seed)
    rows = []
    for _ in range(count):
        width, height = draw.uniform(0, 10), draw.uniform(0, 10)
        rows.append((f"{width:.3f}", f"{height:.3f}", draw.choice(("red", "green", "blue")),
                     f"a {draw.choice(FILLING)} {draw.choice(FILLING)} number {draw.randrange(1000)}",
                     "large" if width + height > 10 else "small", f"{3 * width - height:.3f}"))
    return rows


MEASURED = ("width", "height", "colour", "text", "size", "price")


def encode_table(name, rows, columns, encoding="utf-8", header=True):
    """A table's bytes in the format that the name's endings ask for: .csv, .tsv, .jsonl, each with .gz or without."""
    plain = name.removesuffix(".gz")
    text = io.StringIO(newline="")
    if plain.endswith(".jsonl"):
        for row in rows:
            text.write(json.dumps(dict(zip(columns, row)), ensure_ascii=False) + "\n")
    elif plain.endswith(".tsv"):
        for row in ([columns] if header else []) + list(rows):
            text.write("\t".join(row) + "\n")
    else:
        csv.writer(text, lineterminator="\n").writerows(([columns] if header else []) + list(rows))
    content = text.getvalue().encode(encoding)
    return gzip.compress(content, mtime=0) if name.endswith(".gz") else content


# Time and the machine

def wait_until(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("what was waited for did not happen")
        time.sleep(0.01)


def limit_file_size(size):
    """For preexec_fn: files may grow to `size` bytes; beyond that a write fails as on a full disk."""
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    return limit


def ignore_broken_pipes():
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
