"""The page: all sections of an explanation in one HTML document.

In: explanations. Out: HTML that needs nothing else: no network, no script, no other file.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from typing import TYPE_CHECKING

from jitgraph.inspection.listing import counted
from jitgraph.inspection.report.graph_section import graph_section
from jitgraph.inspection.report.kernel_section import kernel_section
from jitgraph.inspection.report.markup import Markup, folded, tag
from jitgraph.inspection.report.pass_section import pass_section
from jitgraph.inspection.report.plan_section import plan_section
from jitgraph.inspection.report.step_section import step_section

if TYPE_CHECKING:
    from jitgraph.inspection.explanation import Explanation

SECTIONS = (graph_section, pass_section, step_section, plan_section, kernel_section)
MOST_EXPLAINED = 40
"""So many compilations are shown on one page."""

TITLE = "What jitgraph made of a graph"


def page(explained: Explanation, title: str = TITLE) -> str:
    """The whole document."""
    links = [
        tag("a", name, href=f"#{name.lower()}")
        for name in ("Graph", "Passes", "Steps", "Memory", "Kernels")
    ]
    body = tag("main", tag("h1", title), tag("nav", *links), *_parts(explained), class_="jitgraph")
    return _document(title, body)


def fragment(explained: Explanation) -> str:
    """What a notebook shows: the summary, the sections folded away."""
    text = folded("stage by stage", *_sections(explained))
    shown = tag("div", _style(), tag("pre", str(explained)), text, class_="jitgraph")
    return _without_places(shown)


def pages(explained: Sequence[tuple[str, Explanation]], title: str = TITLE) -> str:
    """One document about several explanations, each with a title of its own."""
    shown = explained[:MOST_EXPLAINED]
    parts = [
        folded(tag("strong", name), *_parts(each), is_open=len(explained) == 1)
        for name, each in shown
    ]
    if len(shown) < len(explained):
        more = f"and {counted(len(explained) - len(shown), 'compilation')} more"
        parts.append(tag("p", more, class_="more"))
    text = _document(title, tag("main", tag("h1", title), *parts, class_="jitgraph"))
    return text if len(explained) == 1 else _without_places(text)


def _parts(explained: Explanation) -> list[Markup]:
    return [tag("pre", str(explained)), *_sections(explained)]


def _sections(explained: Explanation) -> list[Markup]:
    graph, *others = SECTIONS
    return [graph(explained.graph), *(section(explained) for section in others)]


def _without_places(text: str) -> str:
    """Several explanations have the same sections: they are found by opening them."""
    for name in ("graph", "passes", "steps", "memory", "kernels"):
        text = text.replace(f' id="{name}"', "")
    return text


def _style() -> Markup:
    return tag(
        "style", Markup(files("jitgraph.inspection.report").joinpath("page.css").read_text())
    )


def _document(title: str, body: Markup) -> str:
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", title),
        _style(),
    )
    return f"<!DOCTYPE html>\n{tag('html', head, tag('body', body), lang='en')}\n"
