"""link: lowered steps -> an instruction table, argument words, and what binding must fill in.

In: lowered steps and their storage. Out: a `Linked` program in which everything that does not
depend on sizes is fixed: kernel addresses, constants, which word is a pointer to what.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from jitgraph.ir.program import Host, Instr, Value
from jitgraph.ir.sizes import Size, compile_expressions
from jitgraph.kernels.blas import gemm_address, has_gemm, symbol_address
from jitgraph.kernels.c_math import routine_address
from jitgraph.kernels.cache import KernelCache
from jitgraph.kernels.compile import KernelSource
from jitgraph.lowering.access import Access, row_major
from jitgraph.lowering.assembly import copy_step
from jitgraph.lowering.fuse import COPY
from jitgraph.lowering.kernel_header import kernel_header
from jitgraph.lowering.lower import Lowered
from jitgraph.lowering.steps import (
    Address,
    BlasRoutine,
    HostStep,
    Immediate,
    JumpStep,
    KernelStep,
    Pointer,
    Routine,
    Service,
    Step,
)
from jitgraph.runtime import native
from jitgraph.runtime.segments import Segment, segments
from jitgraph.runtime.services import service_address
from jitgraph.runtime.storage import (
    CONSTANT,
    NEW_STATE,
    OBJECTS,
    Place,
    Storage,
    assign_storage,
    item_size,
)


@dataclass(frozen=True, slots=True)
class PointerWord:
    """Word `position` holds the address of byte `offset` of a place; `offset` numbers a size."""

    position: int
    place: Place
    offset: int
    is_fixed: bool


@dataclass(frozen=True, slots=True)
class ImmediateWord:
    """Word `position` holds size number `size`, as the bits of a number of `dtype`."""

    position: int
    size: int
    dtype: np.dtype


@dataclass(frozen=True, eq=False)
class Linked:
    """A program ready to be bound to sizes.

    Attributes:
      lowered, storage: what was linked.
      kernels: for each kernel step its machine code, in order; steps may share one.
      functions: for each row of the table the address of its kernel, 0 for a jump.
      words: all kernels' arguments behind each other; words that depend on sizes are zero.
      starts: for each row the position of its first word.
      size_words: (word position, number of a size) for plain size words.
      pointers, immediates: the other words to fill in.
      evaluate: all sizes, from the symbols' values; `source` is its text.
      counts, grains, slots, results: numbers of the sizes that give them (results: dims each).
      segments: what runs at one go (see `segments`).
    """

    lowered: Lowered
    storage: Storage
    steps: tuple[Step, ...]
    kernels: tuple[Any, ...]
    functions: tuple[int, ...]
    words: np.ndarray
    starts: tuple[int, ...]
    size_words: tuple[np.ndarray, np.ndarray]
    pointers: tuple[PointerWord, ...]
    immediates: tuple[ImmediateWord, ...]
    evaluate: Any
    source: str
    counts: tuple[int, ...]
    grains: tuple[int, ...]
    slots: tuple[int, ...]
    results: tuple[tuple[int, ...], ...]
    hosts: tuple[tuple[int, ...], ...]
    segments: tuple[Segment, ...]
    numbers: dict[Any, int]
    constant_arrays: tuple[np.ndarray, ...]
    constant_addresses: list[int]

    def size_value(self, size: Any, sizes: list[int]) -> int:
        """The value of a size that was numbered when linking."""
        if isinstance(size, Size):
            return sizes[self.numbers[size.structural_key()]]
        return int(size)


class _Sizes:
    """Numbers the sizes that must be evaluated when binding."""

    def __init__(self) -> None:
        self.expressions: list[Any] = []
        self.numbers: dict[Any, int] = {}

    def number(self, size: Any) -> int:
        key = size.structural_key() if isinstance(size, Size) else ("int", int(size))
        if key not in self.numbers:
            self.numbers[key] = len(self.expressions)
            self.expressions.append(size)
        return self.numbers[key]


def link(lowered: Lowered, symbols: tuple[str, ...], cache: KernelCache) -> Linked:
    """Gives every step its machine code and every word its meaning."""
    storage = assign_storage(lowered)
    steps = (*lowered.steps, *_state_copies(lowered, storage))
    kernel_steps = [step for step in steps if isinstance(step, KernelStep)]
    sources = [kernel_source(step) for step in kernel_steps]
    beside = native.sources() if native.are_needed(cache) else []
    kernels = tuple(cache.get_many([*sources, *beside])[: len(sources)])
    return _Linker(lowered, storage, steps, symbols, cache).linked(kernels)


def kernel_source(step: KernelStep) -> KernelSource:
    """What a step's kernel is compiled from; its header is only written if it comes to that."""
    code = step.code
    given = (("fastmath", code.fastmath), ("language", code.language))
    options = tuple(option for option in given if option[1])
    header = partial(kernel_header, step.instrs)
    return KernelSource(
        code.name, code.source, code.names, options, header=header, helpers=code.helpers
    )


def _state_copies(lowered: Lowered, storage: Storage) -> list[Step]:
    """Steps that copy new contents into variables whose old contents were needed to the end."""
    found: list[Step] = []
    for number, value in storage.copies:
        state = lowered.program.states[number]
        dims = value.type.dims
        source = Access(value, 0, row_major(dims))
        new = Value(f"{state.name}.new", value.type)
        storage.places[new] = Place(NEW_STATE, number)
        if value.type.dtype.name in OBJECTS:
            found.append(_object_copy(value, new))
            continue
        target = Access(new, 0, row_major(dims))
        instr = next(i for step in lowered.steps for i in _instrs(step) if value in i.outputs)
        found.append(copy_step(instr, source, target, dims))
    return found


def _object_copy(source: Value, target: Value) -> HostStep:
    instr = Instr(COPY, (source,), (target,), {"T": source.type.dtype})
    return HostStep(instr, (source,), (target,), "is what a variable becomes")


def _instrs(step: Step) -> tuple[Any, ...]:
    return (step.instr,) if isinstance(step, HostStep) else step.instrs


class _Linker:
    def __init__(
        self, lowered: Lowered, storage: Storage, steps: tuple[Step, ...],
        symbols: tuple[str, ...], cache: KernelCache,
    ) -> None:  # fmt: skip
        self.lowered = lowered
        self.storage = storage
        self.steps = steps
        self.symbols = symbols
        self.sizes = _Sizes()
        self.words: list[int] = []
        self.size_words: list[tuple[int, int]] = []
        self.pointers: list[PointerWord] = []
        self.immediates: list[ImmediateWord] = []

    def linked(self, kernels: tuple[Any, ...]) -> Linked:
        rows = [step for step in self.steps if not isinstance(step, HostStep)]
        starts = tuple(self._arguments(number, step) for number, step in enumerate(rows))
        number = self.sizes.number
        counts = tuple(number(s.by if isinstance(s, JumpStep) else s.count) for s in rows)
        grains = tuple(number(s.when if isinstance(s, JumpStep) else s.grain) for s in rows)
        codes = iter(kernels)
        functions = tuple(0 if isinstance(s, JumpStep) else next(codes).address for s in rows)
        slots = tuple(number(slot.size) for slot in self.storage.slots)
        results = tuple(
            tuple(number(dim) for dim in value.type.dims)
            for value in dict.fromkeys(self.lowered.results)
        )
        hosts = tuple(
            tuple(
                number(item) if isinstance(item, (int, Size)) else ~self._host_number(item)
                for item in self.lowered.fused.hosts[value].items.reshape(-1)
            )
            for value in self.storage.hosts
        )
        self._number_host_steps()
        arrays = tuple(_native_constant(array) for array in self.storage.constants)
        source, evaluate = compile_expressions(self.sizes.expressions, self.symbols)
        positions = np.array([p for p, _ in self.size_words], np.intp)
        numbers = np.array([n for _, n in self.size_words], np.intp)
        return Linked(
            self.lowered, self.storage, self.steps, kernels, functions,
            np.array(self.words, np.int64), starts,
            (positions, numbers), tuple(self.pointers), tuple(self.immediates), evaluate, source,
            counts, grains, slots, results, hosts, segments(self.steps), self.sizes.numbers,
            arrays, [array.ctypes.data for array in arrays],
        )  # fmt: skip

    def _number_host_steps(self) -> None:
        """Host steps read shapes and host operands: those sizes must be evaluated, too."""
        for step in self.steps:
            if isinstance(step, HostStep):
                for given in (*step.instr.inputs, *step.instr.outputs):
                    self._number_all(given)

    def _number_all(self, given: Any) -> None:
        if isinstance(given, Host):
            found = [item for item in given.items.reshape(-1) if isinstance(item, Size)]
        else:
            access = self.lowered.fused.access(given)
            dims = (*given.type.dims, *access.base.type.dims, access.offset, *access.strides)
            found = [size for size in dims if isinstance(size, Size)]
        for size in found:
            self.sizes.number(size)

    def _host_number(self, item: Any) -> int:
        raise TypeError(f"a host array may hold whole numbers only, not {item!r}")

    def _arguments(self, number: int, step: KernelStep | JumpStep) -> int:
        start = len(self.words)
        self.words.extend((0, (number + 1) << 8))
        for word in step.words:
            self._word(word)
        return start

    def _word(self, word: Any) -> None:
        position = len(self.words)
        if isinstance(word, Pointer):
            self._pointer(position, word)
        elif isinstance(word, Immediate):
            self._immediate(position, word)
        elif isinstance(word, Size):
            self.size_words.append((position, self.sizes.number(word)))
            self.words.append(0)
        elif isinstance(word, Service):
            self.words.append(service_address(word.name))
        elif isinstance(word, Address):
            dtype = np.dtype(word.dtype.as_numpy_dtype)
            self.words.append(gemm_address(dtype) if has_gemm(dtype) else 0)
        elif isinstance(word, BlasRoutine):
            self.words.append(symbol_address(word.name))
        elif isinstance(word, Routine):
            self.words.append(routine_address(word.name))
        else:
            self.words.append(int(word))

    def _pointer(self, position: int, word: Pointer) -> None:
        place = self.storage.places[word.value]
        offset = self.sizes.number(word.offset * item_size(word.value))
        self.pointers.append(PointerWord(position, place, offset, place.kind == CONSTANT))
        self.words.append(0)

    def _immediate(self, position: int, word: Immediate) -> None:
        dtype = np.dtype(word.dtype.as_numpy_dtype)
        if isinstance(word.number, Size) and not word.part:
            size = self.sizes.number(word.number)
            self.immediates.append(ImmediateWord(position, size, dtype))
            self.words.append(0)
            return
        number = 0 if isinstance(word.number, Size) else word.number
        self.words.append(word_of(number, dtype)[word.part])


def _native_constant(array: np.ndarray) -> np.ndarray:
    if array.dtype == object:
        return np.zeros(1)
    return np.ascontiguousarray(array)


def word_of(number: Any, dtype: np.dtype) -> list[int]:
    """The words that hold a number's bits: one, or two for complex128."""
    raw = np.asarray(number).astype(dtype).tobytes()
    padded = raw.ljust(-(-len(raw) // 8) * 8, b"\0")
    return [int(word) for word in np.frombuffer(padded, np.int64)]


def host_values(linked: Linked, value: Value, sizes: list[int]) -> np.ndarray:
    """A small array of sizes, as data."""
    index = linked.storage.hosts.index(value)
    items = [sizes[number] for number in linked.hosts[index]]
    dtype = value.type.dtype.as_numpy_dtype
    host = linked.lowered.fused.hosts[value]
    return np.array(items, dtype=dtype).reshape(host.items.shape)


def is_native(linked: Linked) -> bool:
    """Whether the whole program runs without returning to Python."""
    return not any(isinstance(step, HostStep) for step in linked.steps)
