"""What Keras lets users name: initializers, regularizers, constraints and activations by words.

In: a word, a configuration, a function or an object. Out: the function or object.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Named = Mapping[str, Callable[..., Any]]


def resolved(given: Any, named: Named, kind: str, makes: bool = True) -> Any:
    """What an identifier means; None for None.

    Args:
      given: a word of `named`, a dict with `class_name` and `config`, or anything callable.
      named: what the words mean.
      kind: what it is, for the error.
      makes: whether what a word means is called to make the object.

    Raises:
      ValueError: an unknown word, or something else.
    """
    if given is None or callable(given):
        return given
    if isinstance(given, dict) and "class_name" in given:
        return _looked_up(given["class_name"], named, kind)(**given.get("config", {}))
    if not isinstance(given, str):
        raise ValueError(f"Could not interpret {kind} identifier: {given}")
    found = _looked_up(given, named, kind)
    return found() if makes else found


def _looked_up(word: str, named: Named, kind: str) -> Callable[..., Any]:
    if word not in named:
        raise ValueError(f"Unknown {kind}: {word}")
    return named[word]
