"""What TensorFlow 1.15.5 did, as recorded in the JSON files of this folder, and its replay.

In: a file's name. Out: its cases as pytest parameters; `replay` runs a case's code with jitgraph.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

HERE = Path(__file__).parent


def load(name: str) -> Any:
    """The content of one recorded file."""
    return json.loads((HERE / f"{name}.json").read_text())


def parameters(prefix: str) -> list[Any]:
    """Every case of the files that start with `prefix`, its title as the test's name."""
    return [
        pytest.param(case, id=f"{path.stem.removeprefix(prefix)}-{case['title']}".lstrip("_-"))
        for path in sorted(HERE.glob(f"{prefix}*.json"))
        for case in load(path.stem)
    ]


def replay(code: str) -> tuple[Any, dict[str, Any]]:
    """Runs recorded code with jitgraph in a new graph; returns the graph and the code's names."""
    import jitgraph as tf

    scope = {"tf": tf, "np": np}
    with tf.Graph().as_default() as graph:
        exec(compile(code, "<recorded case>", "exec"), scope)
    return graph, scope
