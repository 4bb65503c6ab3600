"""Every part of jitgraph imports only itself, earlier stages and the leaves."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LEAVES = (
    "dtypes",
    "shapes",
    "errors",
    "settings",
    "config",
    "units",
    "protos",
    "checkpoint",
    "lazy_names",
)
STAGES = (
    "graph",
    "ops",
    "frontend",
    "ir",
    "passes",
    "lowering",
    "kernels",
    "runtime",
    "debug_output",
    "compiler",
    "feeding",
    "fetching",
    "executable",
    "host_calls",
    "staged",
    "causes",
    "function_cache",
    "function_entry",
    "compilations",
    "graph_functions",
    "execution",
    "tracing",
    "session",
    "inspection",
    "testing",
    "python",
    "examples",
    "served",
    "cli",
    "__main__",
)
READ_FRONTEND = ("session", "inspection", "testing", "python", "examples", "served", "cli")
ENTRY = "__init__"


def allowed_imports(part: str) -> set[str]:
    """The parts that `part` may import."""
    if part == ENTRY:
        return {*LEAVES, *STAGES}
    if part in LEAVES:
        return set(LEAVES)
    earlier = {*LEAVES, *STAGES[: STAGES.index(part) + 1]}
    if part not in ("frontend", *READ_FRONTEND):
        earlier.discard("frontend")
    return earlier


def part_of(module: str) -> str:
    """The part of jitgraph that a dotted module name belongs to."""
    return [*module.split("."), ENTRY][1]


def source_files() -> Iterator[tuple[str, Path]]:
    """(dotted module name, file) of every source file."""
    for prefix, folder in (("jitgraph", ROOT / "jitgraph"), ("jitgraph.passes", ROOT / "passes")):
        for path in sorted(folder.rglob("*.py")):
            inner = path.relative_to(folder).with_suffix("").parts
            yield ".".join((prefix, *(name for name in inner if name != ENTRY))), path


def imported_modules(module: str, path: Path) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of each module of jitgraph that a file imports, anywhere in it."""
    package = module.split(".") if path.stem == ENTRY else module.split(".")[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            parent = ".".join([*base, *filter(None, [node.module])])
            yield from ((node.lineno, f"{parent}.{alias.name}") for alias in node.names)


def known_parts() -> set[str]:
    return {ENTRY, *LEAVES, *STAGES}


SOURCES = dict(source_files())


@pytest.mark.parametrize("module", SOURCES)
def test_imports_point_to_earlier_stages(module: str) -> None:
    part, path = part_of(module), SOURCES[module]
    assert part in known_parts(), f"{path}: give '{part}' a place among LEAVES or STAGES"
    allowed = allowed_imports(part)
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for line, name in imported_modules(module, path)
        if name.startswith("jitgraph.") and part_of(name) in known_parts() - allowed
    ]
    assert not wrong, f"'{part}' may import {sorted(allowed)}:\n" + "\n".join(wrong)


@pytest.mark.parametrize("module", [name for name in SOURCES if part_of(name) != ENTRY])
def test_parts_do_not_import_the_public_surface(module: str) -> None:
    wrong = [
        line
        for line, name in imported_modules(module, SOURCES[module])
        if name == "jitgraph"
        or (name.startswith("jitgraph.") and part_of(name) not in known_parts())
    ]
    assert not wrong, f"{SOURCES[module]} imports from the package's __init__, lines {wrong}"


def test_importing_jitgraph_leaves_numba_alone() -> None:
    probe = "import sys, jitgraph; sys.exit('numba' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr or "import jitgraph imported numba"
