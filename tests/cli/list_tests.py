# SPDX-License-Identifier: Apache-2.0
"""Prints every test of a folder (this one unless given) as MODULE.CLASS.METHOD, one a line, without importing anything.

CMake registers each of them with CTest. What Python would silently drop is an error here: a method or class that is
defined twice, and a file test_*.py without tests.
"""

import ast
import pathlib
import sys


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parent
    for path in sorted(folder.glob("test_*.py")):
        names = tests_of(path)
        if not names:
            sys.exit(f"{path}: holds no test")
        print("\n".join(names))


def tests_of(path):
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    refuse_doubles(path, [node.name for node in classes])
    names = []
    for node in classes:
        methods = [m.name for m in node.body if isinstance(m, ast.FunctionDef)]
        refuse_doubles(f"{path}, {node.name}", methods)
        names += [f"{path.stem}.{node.name}.{method}" for method in methods if method.startswith("test")]
    return names


def refuse_doubles(where, names):
    doubles = sorted({name for name in names if names.count(name) > 1})
    if doubles:
        sys.exit(f"{where}: defined twice: {', '.join(doubles)}")


if __name__ == "__main__":
    main()
