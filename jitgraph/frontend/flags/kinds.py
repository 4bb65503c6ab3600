"""How a flag's text becomes a value: texts, numbers, truth, choices, lists. Out: a Kind each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jitgraph.frontend.flags.flag import Kind

TRUE = ("true", "t", "1")
FALSE = ("false", "f", "0")


def _truth(argument: Any) -> bool:
    if isinstance(argument, str):
        if argument.lower() in TRUE:
            return True
        if argument.lower() in FALSE:
            return False
    elif argument in (0, 1):
        return bool(argument)
    raise ValueError("Non-boolean argument to boolean flag", argument)


def _text(argument: Any) -> str:
    if not isinstance(argument, str):
        raise TypeError(f"flag value must be a string, found {type(argument)}")
    return argument


TEXT = Kind(_text, "")
TRUTH = Kind(_truth, "")


def integer(lower: int | None, upper: int | None) -> Kind:
    """Whole numbers between two bounds, of which each may be None."""
    words = _bounded("an integer", "integer", lower, upper)

    def parse(argument: Any) -> int:
        if isinstance(argument, bool) or not isinstance(argument, int | str):
            raise TypeError(f"Expect argument to be a string or int, found {type(argument)}")
        if isinstance(argument, str) and argument[:2].lower() in ("0x", "0o"):
            return _inside(int(argument, 0), lower, upper, words)
        return _inside(int(argument), lower, upper, words)

    return Kind(parse, words, str, lambda value: _inside(value, lower, upper, words))


def number(lower: float | None, upper: float | None) -> Kind:
    """Numbers between two bounds, of which each may be None."""
    words = _bounded("a number", "number", lower, upper)

    def parse(argument: Any) -> float:
        if isinstance(argument, bool) or not isinstance(argument, int | float | str):
            raise TypeError(
                f"Expect argument to be a string, int, or float, found {type(argument)}"
            )
        return _inside(float(argument), lower, upper, words)

    return Kind(parse, words, repr, lambda value: _inside(value, lower, upper, words))


def _inside(value: Any, lower: Any, upper: Any, words: str) -> Any:
    if (lower is not None and value < lower) or (upper is not None and value > upper):
        raise ValueError(f"{value} is not {words}")
    return value


def _bounded(plain: str, noun: str, lower: Any, upper: Any) -> str:
    if lower is not None and upper is not None:
        return f"{plain} in the range [{lower}, {upper}]"
    if noun == "integer" and (lower, upper) in ((1, None), (None, -1), (0, None), (None, 0)):
        return {
            (1, None): "a positive integer",
            (None, -1): "a negative integer",
            (0, None): "a non-negative integer",
            (None, 0): "a non-positive integer",
        }[lower, upper]
    if noun == "number" and (lower, upper) in ((0, None), (None, 0)):
        return "a non-negative number" if upper is None else "a non-positive number"
    if upper is not None:
        return f"{plain} <= {upper}"
    return plain if lower is None else f"{plain} >= {lower}"


def choice(values: Sequence[str], case_sensitive: bool = True) -> Kind:
    """One of some texts."""
    spelled = {value if case_sensitive else value.lower(): value for value in values}

    def parse(argument: Any) -> str:
        found = spelled.get(argument if case_sensitive else str(argument).lower())
        if found is None:
            raise ValueError(f"value should be one of <{'|'.join(values)}>")
        return found

    return Kind(parse, "")


def comma_list(argument: Any) -> list[str]:
    """Texts between commas."""
    if isinstance(argument, list | tuple):
        return list(argument)
    return [part.strip() for part in argument.split(",")] if argument else []


def space_list(argument: Any) -> list[str]:
    """Texts between spaces."""
    return list(argument) if isinstance(argument, list | tuple) else argument.split()


COMMA_LIST = Kind(comma_list, "a comma separated list", ",".join)
SPACE_LIST = Kind(space_list, "a whitespace separated list", " ".join)
