"""The README shows what `explain` really prints for its session."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

import jitgraph as tf
from jitgraph.passes.pipeline import PIPELINE

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
SESSION = re.findall(r"^```python\n(.*?)^```", README, re.M | re.S)[0]
SHOWN = re.findall(r"^```\n(graph .*?)^```", README, re.M | re.S)[0]


def test_passes_shown_are_those_of_the_pipeline() -> None:
    shown = re.findall(r"^(\w+)\S* +\d+ +(?:->|=) ", SHOWN, re.M)
    assert shown == [each.__name__ for each in PIPELINE], "print explain for the README again"


def test_head_shown_is_that_of_the_session() -> None:
    scope = {"np": np, "tf": tf}
    exec(SESSION.partition("with tf.Session")[0], scope)
    feeds = {scope["x"]: scope["data"], scope["y"]: scope["data"] @ [1, -2, 3]}
    printed = str(tf.explain(scope["train"], feeds)).splitlines()
    wanted = ("graph ", "sizes ", "holds if ")
    assert [line for line in printed if line.startswith(wanted)] == [
        line for line in SHOWN.splitlines() if line.startswith(wanted)
    ]
