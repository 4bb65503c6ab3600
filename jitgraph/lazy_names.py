"""Names that are imported when they are first asked for: a script pays for what it uses. A leaf.

In: the text of a module or stub, whose `from jitgraph... import ...` lines list the names and where
each comes from. Out: a module's `__getattr__` and `__dir__`.

    if TYPE_CHECKING:
        from jitgraph.ops.activations import relu, softplus

    __getattr__, __dir__ = lazily(__name__, __file__)
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

_IMPORT = re.compile(r"^ *from (jitgraph\S*) import (?:\(([^)]*)\)|(.+))$", re.MULTILINE)
_OWN = "jitgraph.lazy_names"

Places = dict[str, tuple[str, str]]


def named_in(text: str) -> Places:
    """For each name that the text imports (module, name in it)."""
    found = {}
    for module, several, one in _IMPORT.findall(text):
        for item in (several or one).split(","):
            name, _, public = item.strip().partition(" as ")
            if name and module != _OWN:
                found[public or name] = (module, name)
    return found


def imported(place: tuple[str, str]) -> Any:
    """What a module has under a name; a module of a package if that is the name."""
    module, name = place
    try:
        return getattr(import_module(module), name)
    except AttributeError:
        return import_module(f"{module}.{name}")


def lazily(module: str, file: str) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """`__getattr__` and `__dir__` of a module that imports nothing before it is asked for it.

    Args:
      module: its name.
      file: its file, read for the names.
    """
    places: Places = {}

    def known() -> Places:
        if not places:
            places.update(named_in(Path(file).read_text(encoding="utf-8")))
        return places

    def get(name: str) -> Any:
        if name.startswith("__") or name not in known():
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        found = imported(known()[name])
        setattr(sys.modules[module], name, found)
        return found

    def names() -> list[str]:
        return sorted({*vars(sys.modules[module]), *known()})

    return get, names
