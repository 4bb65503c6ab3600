"""The interpreter: what a Program means, on NumPy arrays, one instruction after the other.

In: a Program, arrays for its feeds and states. Out: the results, and the states' new contents.
Slow, and the definition: passes, fusion and kernels are tested against it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from jitgraph.ir.builder import BLOCKS
from jitgraph.ir.evaluate import run_reference
from jitgraph.ir.printer import print_instr
from jitgraph.ir.program import Host, Instr, Operand, Program, Value
from jitgraph.ir.sizes import Size, evaluate
from jitgraph.ir.trace import SymbolSource
from jitgraph.ops.internal import BRANCH

Sizes = Mapping[str, int]


def run_program(
    program: Program,
    feeds: Sequence[np.ndarray],
    states: Mapping[str, np.ndarray] | Sequence[np.ndarray] = (),
    symbols: Sequence[SymbolSource] = (),
) -> tuple[list[np.ndarray], dict[str, np.ndarray]]:
    """Runs a program by its ops' references.

    Args:
      program: the program.
      feeds: an array for each feed.
      states: contents of the variables, by name or in the program's order.
      symbols: where symbols come from (`Traced.symbols`); those not listed are taken from the
        dimensions of feeds.

    Returns:
      The results, and by name the new contents of each state that is updated.

    Raises:
      ValueError: a symbol is not told by the feeds; a guard does not hold; an array has a shape
        other than declared.

    Example:
      >>> results, updates = run_program(traced.program, [x], {"w": w}, traced.symbols)
    """
    sizes = bind_symbols(program, feeds, symbols)
    if not isinstance(states, Mapping):
        names = [state.name for state in program.states]
        states = dict(zip(names, states, strict=True)) if len(states) else {}
    env: dict[Value, np.ndarray] = {}
    for value, array in zip(program.feeds, feeds, strict=True):
        env[value] = _as_declared(value, array, sizes, "feed")
    for value in program.states:
        if value.name in states:
            env[value] = _as_declared(value, states[value.name], sizes, "state")
    for instr in program.instrs:
        outputs = run_instr(
            instr, [contents_of(given, env, sizes) for given in instr.inputs], sizes
        )
        env.update(zip(instr.outputs, outputs, strict=True))
    updates = {state.name: env[value] for state, value in program.updates}
    return [env[value] for value in program.results], updates


def bind_symbols(
    program: Program, feeds: Sequence[np.ndarray], symbols: Sequence[SymbolSource] = ()
) -> dict[str, int]:
    """The value of every symbol for these feeds.

    Raises:
      ValueError: a symbol is not told by the feeds, or a guard does not hold.
    """
    sizes = {source.name: source.value(feeds[source.feed]) for source in symbols}
    names = {str(symbol): name for name, symbol in program.scope.symbols.items()}
    for value, array in zip(program.feeds, feeds, strict=True):
        for dim, size in zip(value.type.dims, array.shape, strict=True):
            if isinstance(dim, Size) and str(dim) in names:
                sizes.setdefault(names[str(dim)], size)
    missing = [name for name in program.scope.symbols if name not in sizes]
    if missing:
        raise ValueError(f"the feeds don't tell {', '.join(missing)}")
    ordered = list(program.scope.symbols)
    if not program.scope.compile_guards(ordered)([sizes[name] for name in ordered]):
        guards = " and ".join(map(str, program.scope.guards))
        raise ValueError(f"the program holds only for {guards}, not for {sizes}")
    return sizes


def run_instr(instr: Instr, inputs: list[np.ndarray], sizes: Sizes) -> list[np.ndarray]:
    """The outputs of one instruction, checked to have the shapes declared."""
    if instr.definition.bodies:
        return _run_bodies(instr, inputs, sizes)
    attrs = {name: _concrete(value, sizes) for name, value in instr.attrs.items()}
    concrete = replace(instr, attrs=attrs)
    if BLOCKS in attrs:
        given, axes = inputs
        arrays = [_in_blocks(concrete, given, axes, attrs[BLOCKS])]
    else:
        arrays = run_reference(concrete, inputs)
    return [
        _as_declared(value, array, sizes, print_instr(instr))
        for value, array in zip(instr.outputs, arrays, strict=True)
    ]


def _run_bodies(instr: Instr, inputs: list[np.ndarray], sizes: Sizes) -> list[np.ndarray]:
    """What a branch or a loop gives."""
    if instr.definition is BRANCH:
        then, otherwise = instr.bodies
        return _run_body(then if inputs[0] else otherwise, inputs[1:], sizes)
    condition, body = instr.bodies
    given, count = list(inputs), len(instr.outputs)
    while _run_body(condition, given, sizes)[0]:
        given[:count] = _run_body(body, given, sizes)
    return given[:count]


def _run_body(body: Program, inputs: Sequence[np.ndarray], sizes: Sizes) -> list[np.ndarray]:
    env = dict(zip(body.feeds, inputs, strict=True))
    for instr in body.instrs:
        given = [contents_of(operand, env, sizes) for operand in instr.inputs]
        try:
            outputs = run_instr(instr, given, sizes)
        except (ValueError, IndexError) as error:
            if not hasattr(error, "origin"):
                error.origin = instr.origin  # type: ignore[union-attr]
            raise
        env.update(zip(instr.outputs, outputs, strict=True))
    return [env[value] for value in body.results]


def contents_of(given: Operand, env: Mapping[Value, np.ndarray], sizes: Sizes) -> np.ndarray:
    """The array of an operand: one that was computed, or what is known of it."""
    if isinstance(given, Host):
        items = np.empty(given.items.shape, given.dtype.as_numpy_dtype)
        flat = items.reshape(-1)
        for position, item in enumerate(given.items.reshape(-1)):
            flat[position] = _concrete(item, sizes)
        return items
    if given not in env:
        raise ValueError(f"state %{given.name} is read and has no contents")
    return env[given]


def _concrete(value: Any, sizes: Sizes) -> Any:
    """An attribute with each symbolic size replaced by its value."""
    if isinstance(value, Size):
        return evaluate(value, sizes)
    if isinstance(value, (tuple, list)):
        return type(value)(_concrete(item, sizes) for item in value)
    return value


def _in_blocks(instr: Instr, given: np.ndarray, axes: np.ndarray, blocks: int) -> np.ndarray:
    """Partial results of a reduction of leading axes: one for each of `blocks` parts in a row."""
    attrs = {name: value for name, value in instr.attrs.items() if name != BLOCKS}
    whole = replace(instr, attrs={**attrs, "keep_dims": False})
    reduced = {int(axis) % given.ndim for axis in axes.reshape(-1)}
    kept = tuple(size for axis, size in enumerate(given.shape) if axis not in reduced)
    rows = given.reshape(-1 if given.size else 0, *kept)
    parts = np.array_split(rows, blocks) if blocks else []
    found = [run_reference(whole, [part, np.zeros(1, np.int32)])[0] for part in parts]
    return np.array(found, instr.outputs[0].type.dtype.as_numpy_dtype).reshape(blocks, *kept)


def _as_declared(value: Value, array: Any, sizes: Sizes, text: str) -> np.ndarray:
    found = np.asarray(array, value.type.dtype.as_numpy_dtype)
    expected = tuple(_concrete(dim, sizes) for dim in value.type.dims)
    if found.shape != expected:
        raise ValueError(f"%{value.name} has shape {found.shape}, declared {expected}: {text}")
    return found
