"""Scripts as TensorFlow 1's tutorials and books have them, run unchanged by `jitgraph run`.

recorded.json holds what they print under TensorFlow 1.15.5, and the names of their graphs.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import jitgraph
from jitgraph.served.symbols import Symbols, used_symbols

HERE = Path(__file__).parent
DATA = HERE.parents[1] / "examples" / "data"
RECORDED = json.loads((HERE / "recorded.json").read_text(encoding="utf-8"))
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
RELATIVE, ABSOLUTE = 2e-3, 2e-4
"""Sums are added in another order, and trained on: the last digits printed may differ."""


def run(script: str, folder: Path) -> tuple[list[str], dict[str, Any]]:
    """What it prints, and what is known of its graph."""
    (folder / "MNIST_data").symlink_to(DATA)
    named = folder / "graph.json"
    line = [sys.executable, "-m", "jitgraph", "run", str(HERE / "observed_script.py"), str(named)]
    done = subprocess.run(
        [*line, str(HERE / "tf1" / script)], cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines(), json.loads(named.read_text(encoding="utf-8"))


def numbers(line: str) -> list[float]:
    return [float(text) for text in NUMBER.findall(line)]


def same_line(ours: str, theirs: str) -> bool:
    """Whether two lines have the same words and nearly the same numbers."""
    words = [re.sub(r"\s+", "", NUMBER.sub("#", line)) for line in (ours, theirs)]
    return words[0] == words[1] and numbers(ours) == pytest.approx(
        numbers(theirs), rel=RELATIVE, abs=ABSOLUTE, nan_ok=True
    )


def missing_symbols(script: str) -> list[str]:
    """What the script uses and jitgraph has not yet."""
    symbols = Symbols(jitgraph)
    uses = used_symbols((HERE / "tf1" / script).read_text(encoding="utf-8"), symbols)
    return sorted({use.symbol for use in uses if not symbols.has(use.symbol)})


@pytest.mark.parametrize("script", sorted(RECORDED))
def test_script(script: str, tmp_path: Path) -> None:
    if missing := missing_symbols(script):
        pytest.skip(f"not yet: {', '.join(missing)}")
    printed, graph = run(script, tmp_path)
    wanted = RECORDED[script]
    assert graph["variables"] == wanted["variables"]
    assert graph["operations"] == wanted["operations"]
    assert graph["digest"] == wanted["digest"], "names or types of operations differ"
    assert len(printed) == len(wanted["printed"])
    for ours, theirs in zip(printed, wanted["printed"], strict=True):
        assert same_line(ours, theirs), f"{ours!r} where TensorFlow printed {theirs!r}"


def test_all_scripts_are_recorded() -> None:
    assert {path.name for path in (HERE / "tf1").glob("*.py")} == set(RECORDED)
