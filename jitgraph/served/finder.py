"""Serves `import tensorflow` and all that TensorFlow 1 scripts import below it, for one run.

In: the package jitgraph. Out: a finder among Python's, and modules named tensorflow... whose names
are jitgraph's. Nothing named tensorflow is installed, and nothing of it stays when the run ends.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from jitgraph.graph.logger import name_logger
from jitgraph.served.module_names import FOLDERS, NAMESPACES

ROOT = "tensorflow"
_REAL = ("python", "examples")
_FORWARDED = ("__all__", "__version__", "__git_version__", "__compiler_version__")


class ServedModule(ModuleType):
    """A module of TensorFlow's whose names are looked up in others.

    Args:
      name: its dotted name.
      sources: where they are looked up, from left to right.
    """

    def __init__(self, name: str, sources: Sequence[Any]) -> None:
        super().__init__(name, f"Serves {name} by jitgraph.")
        self._sources = tuple(sources)
        self.__path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("__") or name in _FORWARDED:
            for source in self.__dict__["_sources"]:
                found = getattr(source, name, self)
                if found is not self:
                    return found
        raise AttributeError(f"module '{self.__name__}' has no attribute '{name}'")

    def __dir__(self) -> list[str]:
        return sorted({*vars(self), *(name for source in self._sources for name in dir(source))})


class TensorFlowFinder(MetaPathFinder, Loader):
    """Finds `tensorflow` and what is below it.

    Args:
      package: what serves it: the package jitgraph.
      version: what tensorflow.__version__ says.
    """

    def __init__(self, package: ModuleType, version: str) -> None:
        self._package = package
        self._version = version

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Python asks it for each module that is imported; None for those that aren't served."""
        root, _, name = fullname.partition(".")
        if root != ROOT or not (name == "" or name in FOLDERS or self.sources(name)):
            return None
        return ModuleSpec(fullname, self, origin="jitgraph", is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """The module that `find_spec` promised."""
        name = spec.name.partition(".")[2]
        module = ServedModule(spec.name, [self._package] if not name else self.sources(name))
        if name in ("", "compat.v1"):
            module.__version__ = self._version  # type: ignore[attr-defined]
        if name == "compat.v1":
            return sys.modules[ROOT]
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Nothing is left to be done."""

    def sources(self, name: str) -> list[Any]:
        """Where the names of the module `tensorflow.<name>` are looked up; empty if nowhere."""
        if name == "compat.v1":
            return [self._package]
        short = name.removeprefix("compat.v1.")
        found = [_real_module(short)] if short.split(".")[0] in _REAL else []
        places = NAMESPACES.get(short, () if found and found[0] else (short,))
        found.extend(self._namespace(place) for place in places)
        return [source for source in found if source is not None]

    def _namespace(self, dotted: str) -> Any:
        if dotted.split(".")[0] in _REAL:
            return _real_module(dotted)
        found: Any = self._package
        for name in filter(None, dotted.split(".")):
            found = getattr(found, name, None)
        return found if isinstance(found, ModuleType) else None


def _real_module(dotted: str) -> ModuleType | None:
    name = f"jitgraph.{dotted}"
    try:
        return import_module(name) if find_spec(name) else None
    except ModuleNotFoundError:
        return None


@contextmanager
def serving_tensorflow(package: ModuleType, version: str) -> Iterator[None]:
    """A block in which `import tensorflow` gives jitgraph.

    Args:
      package: jitgraph.
      version: of TensorFlow, as scripts ask for it.
    """
    finder = TensorFlowFinder(package, version)
    hidden = {name: sys.modules.pop(name) for name in _loaded()}
    sys.meta_path.insert(0, finder)
    name_logger(ROOT)
    try:
        yield
    finally:
        name_logger("jitgraph")
        sys.meta_path.remove(finder)
        for name in _loaded():
            del sys.modules[name]
        sys.modules.update(hidden)


def _loaded() -> list[str]:
    return [name for name in sys.modules if name.partition(".")[0] == ROOT]
