"""The compilations of this process: each with what made it necessary, what it took, what it gave.

In: what a session compiled. Out: `Compilation`s, the latest `MOST` of them, for `jitgraph.cache`.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

MOST = 1000
"""So many compilations are remembered."""


@dataclass(frozen=True)
class Compilation:
    """One compilation.

    Attributes:
      number: 1 for the first one of this process.
      when: seconds since the epoch.
      fetches, feeds: names of what was asked for and what was fed.
      ranks: the rank of each feed.
      cause: what made it necessary.
      seconds: by stage.
      kernels: distinct kernels of the program.
      compiled, from_disk, shared: where they came from: newly compiled, read from disk, or held
        by this process already.
      missed: why kernels were compiled, with the number of them.
    """

    number: int
    when: float
    fetches: tuple[str, ...]
    feeds: tuple[str, ...]
    ranks: tuple[int, ...]
    cause: str
    seconds: dict[str, float]
    kernels: int
    compiled: int
    from_disk: int
    shared: int
    missed: dict[str, int]

    def __str__(self) -> str:
        total = sum(self.seconds.values())
        feeds = ", ".join(self.feeds) or "nothing"
        missed = f" ({', '.join(self.missed)})" if self.missed else ""
        return (
            f"{self.number}. {', '.join(self.fetches)} (fed {feeds}): {self.cause}\n"
            f"   {total:.3f} s; kernels: {self.compiled} compiled{missed}, "
            f"{self.from_disk} from disk, {self.shared} held already"
        )


_lock = threading.Lock()
_log: deque[Compilation] = deque(maxlen=MOST)
_seen: set[str] = set()
_count = 0


Observer = Callable[[Any, Any, Sequence[int]], None]
_observers: list[Observer] = []


@contextmanager
def observed(observer: Observer) -> Iterator[None]:
    """A block in which an observer is given each `Function`, the `Compiled` made for it, and the
    values of its symbols."""
    _observers.append(observer)
    try:
        yield
    finally:
        _observers.remove(observer)


def note_compilation(function: Any, compiled: Any, values: Sequence[int], cause: str) -> None:
    """Remembers a compilation.

    Args:
      function: the `Function` it was made for.
      compiled: the `Compiled`.
      values: of its symbols.
      cause: what made it necessary.
    """
    global _count
    kernels = {kernel.key: kernel for kernel in compiled.linked.kernels}
    names = tuple(each.name for each in (*function.tensors, *function.targets))
    with _lock:
        _count += 1
        new = [kernel for key, kernel in kernels.items() if key not in _seen]
        _seen.update(kernels)
        missed = Counter(kernel.missed for kernel in new if kernel.missed)
        made = missed.total()
        noted = Compilation(
            _count, time.time(), names, tuple(feed.name for feed in function.feeds),
            function.ranks, cause, dict(compiled.seconds), len(kernels), made, len(new) - made,
            len(kernels) - len(new), dict(missed),
        )  # fmt: skip
        _log.append(noted)
    for observer in _observers:
        observer(function, compiled, values)


def compilations() -> list[Compilation]:
    """The compilations of this process, the oldest first, at most `MOST`."""
    with _lock:
        return list(_log)


def forget_compilations() -> None:
    """Empties the log."""
    with _lock:
        _log.clear()
