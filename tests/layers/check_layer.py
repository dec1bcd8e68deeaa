# SPDX-License-Identifier: Apache-2.0
"""Checks what one layer can include: python3 check_layer.py LAYER LAYERS.TSV PROJECT COMPILER

LAYERS.TSV has a line per layer, lowest first: its name, the layers it uses, the include folders its target is compiled with.
For every other layer: each of its headers is found when the layer may use it, and does not compile when it may not.
"""
import pathlib
import re
import subprocess
import sys
import typing

QUOTED_INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)


class Layer(typing.NamedTuple):
    uses: list[str]
    include_folders: list[str]


def main() -> None:
    name, table, project, compiler = sys.argv[1:]
    layers = read_layers(pathlib.Path(table))
    project = pathlib.Path(project)
    errors = upward_uses(name, layers)
    pairs = 0
    for other in layers:
        headers = sorted(h.relative_to(project / "include") for h in (project / "include/attune" / other).rglob("*.hpp"))
        if other == name or not headers:
            continue
        pairs += 1
        if other in closure(name, layers):
            errors += unseen_headers(name, other, headers, layers, compiler)
        else:
            errors += seen_headers(name, other, headers, layers, compiler)
    if len(layers) > 1 and pairs == 0:
        errors.append(f"{name}: no other layer has a header, so nothing was tested")
    errors += foreign_private_headers(project, name)
    if errors:
        sys.exit("\n".join(errors))
    print(f"{name}: {pairs} other layers tested; may use: {', '.join(sorted(closure(name, layers))) or 'none'}")


def read_layers(table: pathlib.Path) -> dict[str, Layer]:
    """In the table's order: lowest first."""
    rows = (line.split("\t") for line in table.read_text().splitlines())
    return {name: Layer([u for u in uses.split(";") if u], [f for f in folders.split(";") if f]) for name, uses, folders in rows}


def upward_uses(name: str, layers: dict[str, Layer]) -> list[str]:
    order = list(layers)
    return [f"{name} uses {used}, which is not a layer below it (lowest first: {', '.join(order)})"
            for used in layers[name].uses if used not in order[:order.index(name)]]


def closure(name: str, layers: dict[str, Layer]) -> set[str]:
    found: set[str] = set()
    waiting = list(layers[name].uses)
    while waiting:
        used = waiting.pop()
        if used not in found:
            found.add(used)
            waiting += layers[used].uses
    return found


def unseen_headers(name, other, headers, layers, compiler) -> list[str]:
    """Asks for all in one go, and only whether they are there: what they include in turn is compiled with the layer."""
    source = "".join(f'#if !__has_include("{h}")\n#error {h}\n#endif\n' for h in headers)
    result = preprocess(source, layers[name], compiler)
    return [] if result.returncode == 0 else [f"{name} may use {other}, but does not find its headers:\n{result.stderr}"]


def seen_headers(name, other, headers, layers, compiler) -> list[str]:
    source = "".join(f'#if __has_include("{h}")\n#error {h}\n#endif\n' for h in headers)
    result = preprocess(source, layers[name], compiler)
    errors = [] if result.returncode == 0 else [f"{name} may not use {other}, but finds its headers:\n{result.stderr}"]
    result = preprocess(f'#include "{headers[0]}"\n', layers[name], compiler)
    if result.returncode == 0 or f"{headers[0]}: No such file" not in result.stderr:
        errors.append(f'{name} may not use {other}, but #include "{headers[0]}" gave exit code {result.returncode}:\n{result.stderr}')
    return errors


def preprocess(source: str, layer: Layer, compiler: str) -> subprocess.CompletedProcess:
    folders = [f"-I{folder}" for folder in layer.include_folders]
    return subprocess.run([compiler, "-E", "-x", "c++", "-std=c++20", *folders, "-o", "/dev/null", "-"], input=source,
                          capture_output=True, text=True, timeout=50, env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"})


def foreign_private_headers(project: pathlib.Path, name: str) -> list[str]:
    """A quoted include is of a public header, or of a private one in the layer's own folder."""
    errors = []
    own = (project / "src" / name).resolve()
    for file in sorted([*own.rglob("*.cpp"), *own.rglob("*.hpp")]):
        for include in QUOTED_INCLUDE.findall(file.read_text(encoding="utf-8")):
            candidates = [(folder / include).resolve() for folder in (file.parent, own)]
            if not include.startswith("attune/") and not any(c.is_file() and c.is_relative_to(own) for c in candidates):
                errors.append(f'{file.relative_to(project)}: #include "{include}" is no header of the layer {name}')
    public = project / "include/attune" / name
    for file in sorted(public.rglob("*.hpp")):
        errors += [f'{file.relative_to(project)}: #include "{include}"; a public header includes "attune/.." only'
                   for include in QUOTED_INCLUDE.findall(file.read_text(encoding="utf-8")) if not include.startswith("attune/")]
    return errors


if __name__ == "__main__":
    main()
