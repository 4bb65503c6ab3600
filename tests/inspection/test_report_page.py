"""The report page: whole, well-formed, safe, the same for whatever names users choose."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

import jitgraph as tf
from jitgraph.inspection.report import page
from jitgraph.inspection.report.markup import VOID, tag


class Checker(HTMLParser):
    """Finds tags that are not balanced, ids that are not unique, and collects text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.texts: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open
        assert len(set(self.ids)) == len(self.ids)
        assert {link.removeprefix("#") for link in self.links} <= set(self.ids)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        found = dict(attrs)
        self.tags.add(tag)
        self.ids += [found["id"]] if "id" in found else []
        self.links += [found["href"]] if "href" in found else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        return "".join(self.texts)


@pytest.fixture(scope="module")
def explained():
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [None, 8], name="x")
        with tf.name_scope("tower"), tf.name_scope("inner"):
            y = tf.layers.dense(x, 4, tf.nn.relu) + 0.0
        loss = tf.reduce_mean(tf.square(tf.layers.dense(y, 3)), name="loss")
        train = tf.train.AdamOptimizer().minimize(loss)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            return tf.explain([loss, train], {x: np.zeros((5, 8))}, session)


def test_the_page_is_whole_and_needs_nothing_else(explained, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    explained.save(path)
    text = path.read_text("utf-8")
    found = Checker(text)
    assert text.startswith("<!DOCTYPE html>")
    assert not re.search(r"(https?:)?//[a-z]|@import|url\(", text.split("</style>")[0])
    assert not found.tags & {"script", "link", "img", "iframe"}
    assert found.ids == ["graph", "passes", "steps", "memory", "kernels"]
    for each in ("tower", "inner", "prune_dead", "def kernel(args, lo, hi):", "ended because"):
        assert each in found.text
    assert "y = tf.layers.dense(x, 4, tf.nn.relu) + 0.0" in found.text
    assert "← x, dense/kernel/read" in found.text
    assert {"svg", "rect", "details", "summary", "table"} <= found.tags


def test_changes_are_marked(explained, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    explained.save(path)
    text = path.read_text("utf-8")
    for kind in ("old", "new", "changed", "gap"):
        assert f'<tr class="{kind}">' in text


def test_names_are_never_markup() -> None:
    assert tag("p", "<b>&", title='"<x>') == '<p title="&quot;&lt;x&gt;">&lt;b&gt;&amp;</p>'
    assert tag("td", tag("b", "<"), colspan=2, open=True, class_=None) == (
        '<td colspan="2" open><b>&lt;</b></td>'
    )


def test_a_user_s_line_that_looks_like_markup_is_text(tmp_path: Path) -> None:
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [None])
        y = tf.tanh(x, name="less") * float(len("</pre><script>alert(1)</script>"))
        tf.explain(y, {x: [1.0]}).save(tmp_path / "report.html")
    found = Checker((tmp_path / "report.html").read_text("utf-8"))
    assert "script" not in found.tags
    assert "</pre><script>alert(1)</script>" in found.text


def test_a_large_graph_makes_a_small_page(tmp_path: Path) -> None:
    with tf.Graph().as_default():
        y = x = tf.placeholder(tf.float32, [4])
        for _ in range(2000):
            y = tf.sin(y)
        tf.explain(y, {x: np.zeros(4)}).save(tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text("utf-8")
    Checker(text)
    assert len(text) < 2_000_000


def test_a_notebook_shows_a_fragment(explained) -> None:
    found = Checker(explained._repr_html_())
    assert not found.tags & {"html", "head", "body", "script"}
    assert not found.ids


def test_several_explanations_on_one_page(explained) -> None:
    found = Checker(page.pages([("first", explained), ("second", explained)]))
    assert found.text.count("Program, pass by pass") == 2


def test_a_page_has_a_most_of_explanations(explained, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "MOST_EXPLAINED", 2)
    found = Checker(page.pages([("one", explained)] * 5))
    assert found.text.count("Program, pass by pass") == 2
    assert "and 3 compilations more" in found.text


def test_texts_and_other_endings(explained, tmp_path: Path) -> None:
    explained.save(tmp_path / "report.txt")
    text = (tmp_path / "report.txt").read_text("utf-8")
    assert str(explained.plan) in text
    assert "== after merge_equal" in text
    with pytest.raises(ValueError, match=r"saved as .*\.dot or \.svg, got '.*report\.pdf'"):
        explained.save(tmp_path / "report.pdf")
    assert not (tmp_path / "report.pdf").exists()
