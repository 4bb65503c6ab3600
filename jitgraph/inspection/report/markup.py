"""HTML elements: text is escaped where it enters, so that no name of a user's can be markup.

In: texts and elements. Out: elements.
"""

from __future__ import annotations

import html
from collections.abc import Iterable

VOID = frozenset(("br", "col", "meta"))


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def escaped(text: object) -> Markup:
    """The text as HTML; HTML stays what it is."""
    return text if isinstance(text, Markup) else Markup(html.escape(str(text)))


def tag(name: str, /, *children: object, **attributes: object) -> Markup:
    """An element.

    Args:
      name: such as "td".
      children: texts, which are escaped, and elements.
      attributes: `class_` is written `class`, `_` in other names `-`; True is an attribute without
        a value, None is left out.
    """
    words = [name]
    for key, value in attributes.items():
        attribute = key.rstrip("_").replace("_", "-")
        if value is True:
            words.append(attribute)
        elif value is not None:
            words.append(f'{attribute}="{html.escape(str(value))}"')
    start = f"<{' '.join(words)}>"
    return Markup(start if name in VOID else f"{start}{joined(children)}</{name}>")


def joined(parts: Iterable[object], between: str = "") -> Markup:
    """Elements and texts behind each other."""
    return Markup(between.join(escaped(part) for part in parts))


def folded(summary: object, *children: object, is_open: bool = False) -> Markup:
    """A part that opens and closes, by mouse or keyboard."""
    return tag("details", tag("summary", summary), *children, open=is_open or None)


def rows(lines: Iterable[Iterable[object]], head: Iterable[object] = ()) -> Markup:
    """A table."""
    titles = tag("tr", *(tag("th", title) for title in head)) if head else ""
    body = [tag("tr", *(tag("td", cell) for cell in line)) for line in lines]
    return tag("table", titles, *body)
