"""Function entries: what the function cache holds, for people and programs to read.

In: the functions of a session. Out: a `FunctionEntry` for each, and a `CacheInfo` for all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jitgraph.function_cache import Function
from jitgraph.units import bytes_text, seconds_text


@dataclass(frozen=True)
class FedTensor:
    """What a function takes: a tensor's name, its dtype, the rank of what is fed."""

    name: str
    dtype: str
    rank: int

    def __str__(self) -> str:
        return f"{self.name} {self.dtype} of rank {self.rank}"


@dataclass(frozen=True)
class FunctionEntry:
    """One function of a session: a set of fetches and feeds, and what was compiled for it.

    Attributes:
      fetches, targets: names of the tensors it gives and of the operations it runs.
      feeds: what it takes.
      hits, misses: runs that found their program, and compilations.
      programs: compiled programs: more than one where sizes broke what was assumed of them, or
        where a run has parts because sizes become known on the way; each part is a run then.
      plans: sizes for which memory is laid out.
      kernels, shared_kernels: distinct kernels, and how many of them other functions use, too.
      seconds: what compiling took, by stage, all programs together.
      code_bytes: machine code. memory_bytes: what temporaries take.
    """

    fetches: tuple[str, ...]
    targets: tuple[str, ...]
    feeds: tuple[FedTensor, ...]
    hits: int
    misses: int
    programs: int
    plans: int
    kernels: int
    shared_kernels: int
    seconds: dict[str, float]
    code_bytes: int
    memory_bytes: int

    @property
    def signature(self) -> str:
        """Fetches and feeds in a line."""
        feeds = ", ".join(map(str, self.feeds))
        return f"({feeds}) -> {', '.join((*self.fetches, *self.targets))}"

    def __str__(self) -> str:
        shared = f", {self.shared_kernels} of them shared" if self.shared_kernels else ""
        return (
            f"{self.signature}\n"
            f"   hits {self.hits}, misses {self.misses}; programs {self.programs}, "
            f"plans {self.plans}; kernels {self.kernels}{shared}\n"
            f"   compiled in {seconds_text(sum(self.seconds.values()))}; "
            f"code {bytes_text(self.code_bytes)}, temporaries {bytes_text(self.memory_bytes)}"
        )


@dataclass(frozen=True)
class CacheInfo:
    """The function cache of a session, as `functools.lru_cache` tells of its own.

    Attributes:
      hits, misses: of all functions.
      maxsize, currsize: how many functions it keeps at the most, and now.
      entries: the functions, the most recently used ones last.
    """

    hits: int
    misses: int
    maxsize: int
    currsize: int
    entries: tuple[FunctionEntry, ...]

    def __str__(self) -> str:
        head = f"hits {self.hits}, misses {self.misses}; functions {self.currsize}"
        return "\n\n".join([f"{head} of at most {self.maxsize}", *map(str, self.entries)])


def cache_info(functions: Sequence[Function], most: int) -> CacheInfo:
    """What a session's cache holds."""
    entries = tuple(function_entries(functions))
    hits, misses = (sum(getattr(e, name) for e in entries) for name in ("hits", "misses"))
    return CacheInfo(hits, misses, most, len(entries), entries)


def function_entries(functions: Iterable[Function]) -> list[FunctionEntry]:
    """An entry for each function."""
    functions = list(functions)
    kernels = [_kernels(function) for function in functions]
    users = Counter(key for found in kernels for key in found)
    return [
        _entry(function, found, sum(users[key] > 1 for key in found))
        for function, found in zip(functions, kernels, strict=True)
    ]


def _kernels(function: Function) -> dict[str, int]:
    """Bytes of machine code by kernel."""
    linked = [each.compiled.linked for each in function.executables()]
    return {kernel.key: kernel.object_bytes for each in linked for kernel in each.kernels}


def _entry(function: Function, kernels: dict[str, int], shared: int) -> FunctionEntry:
    seconds: Counter[str] = Counter()
    programs = function.executables()
    misses = function.compilations + len(programs) - len(function.variants)
    for each in programs:
        seconds.update(each.compiled.seconds)
    bound = [b for each in programs for kept in [*each.plans.values()] for b in kept]
    return FunctionEntry(
        tuple(tensor.name for tensor in function.tensors),
        tuple(target.name for target in function.targets),
        tuple(
            FedTensor(feed.name, feed.dtype.base_dtype.name, rank)
            for feed, rank in zip(function.feeds, function.ranks, strict=True)
        ),
        max(0, function.runs - misses),
        misses,
        len(programs),
        sum(len(each.plans) for each in programs),
        len(kernels),
        shared,
        dict(seconds),
        sum(kernels.values()),
        sum(each.arena_bytes for each in bound),
    )
