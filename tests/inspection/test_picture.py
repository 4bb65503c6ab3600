"""Pictures in the DOT language: well-formed, names escaped, scopes as clusters."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

import jitgraph as tf
from jitgraph.inspection.picture import GRAPHVIZ, svg

STRING = r'"(?:[^"\\]|\\.)*"'
WORD = rf"(?:{STRING}|[A-Za-z]\w*)"
SETTINGS = rf"(?: \[{WORD}={WORD}(?:, {WORD}={WORD})*\])?"
LINES = [
    r"digraph \{",
    r"node \[shape=box, fontname=\"sans-serif\", fontsize=10\];",
    rf"subgraph {STRING} \{{",
    rf"label={STRING}; color=gray;",
    rf"{STRING}{SETTINGS};",
    rf"{STRING} -> {STRING}{SETTINGS};",
    r"\}",
]


@pytest.fixture
def fetches():
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [None, 2], name="x")
        v = tf.Variable(tf.zeros([2]), name="v")
        with tf.name_scope("outer"), tf.name_scope("inner"):
            y = tf.identity(tf.tanh(x + v), name="y")
        with tf.control_dependencies([y]):
            write = tf.assign_add(v, [1.0, 2.0])
        yield y, write


def check(text: str) -> None:
    for line in text.splitlines():
        assert any(re.fullmatch(form, line.strip()) for form in LINES), line
    assert text.count("{") == text.count("}")


def test_a_graph(fetches) -> None:
    text = tf.graph_dot()
    check(text)
    assert 'subgraph "cluster_outer/inner" {' in text
    assert '"outer/inner/Tanh" -> "outer/inner/y"' in text
    assert '"outer/inner/y" -> "AssignAdd/value" [style=dashed];' in text
    assert "shape=cylinder" in text


def test_the_part_that_takes_part_and_the_program(fetches, tmp_path: Path) -> None:
    explained = tf.explain(list(fetches))
    check(explained.graph.dot())
    assert "Initializer" not in explained.graph.dot()
    check(explained.dot())
    check(explained.dot(after="prune_dead"))
    explained.save(tmp_path / "program.dot")
    assert (tmp_path / "program.dot").read_text() == explained.dot()
    with pytest.raises(ValueError, match="no pass is named"):
        explained.dot(after="nothing")


def test_svg_needs_graphviz(fetches, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    explained = tf.explain(fetches[0])
    if shutil.which("dot"):
        assert "<svg" in svg(explained.dot())
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RuntimeError, match=re.escape(GRAPHVIZ)):
        explained.save(tmp_path / "program.svg")


def test_names_are_quoted() -> None:
    with tf.Graph().as_default():
        tf.constant('a "name"\\', name="c")
        check(tf.graph_dot())
