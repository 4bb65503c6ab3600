"""From a rule of an optimizer to op definitions: of whole variables, and of rows.

In: a signature as TensorFlow registers it, and a rule. Out: the OpDef: shapes checked as
TensorFlow does, the rule as its NumPy reference and as its decomposition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from jitgraph.ops.array_dims import Dims, merge_dim, merge_dims, require_rank
from jitgraph.ops.definition import (
    INDEX,
    NUMBERS,
    OpDef,
    Sample,
    ShapeQuery,
    no_gradient,
)
from jitgraph.ops.row_updates import PUT_ROWS
from jitgraph.ops.training_arithmetic import OnArrays, OnTerms, Term

Rule = Callable[..., tuple[Any, ...]]

_GRADIENTS = ("grad", "delta")


@dataclass(frozen=True)
class _Update:
    """A rule with the arguments of its op: their names and types, in order."""

    rule: Rule
    arguments: Mapping[str, str]
    attrs: Mapping[str, Any]
    refs: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        refs = (name for name, kind in self.arguments.items() if kind.startswith("Ref("))
        object.__setattr__(self, "refs", tuple(refs))

    def named(self, inputs: Iterable[Any]) -> dict[str, Any]:
        return dict(zip(self.arguments, inputs, strict=True))


def dense_update(
    name: str, signature: str, rule: Rule, attrs: Mapping[str, Any] | None = None
) -> OpDef:
    """The op that applies a rule to whole variables.

    Args:
      name: the op's name.
      signature: its signature.
      rule: the rule.
      attrs: attributes of the rule, with their defaults.
    """
    update = _Update(rule, _arguments(signature), attrs or {})

    def reference(*inputs: Any, use_locking: bool, **keywords: Any) -> Any:
        return _one_or_more(rule(OnArrays, **update.named(inputs), **keywords))

    def decompose(b: Any, instr: Any) -> list[Any]:
        terms = update.named(Term(b, value) for value in instr.inputs)
        keywords = {key: instr.attrs[key] for key in update.attrs}
        found = rule(OnTerms, **terms, **keywords)
        return [_made(b, term.value, instr) for term in found]

    return _definition(name, signature, update, _dense_shape, reference, decompose)


def sparse_update(
    name: str, signature: str, rule: Rule, attrs: Mapping[str, Any] | None = None
) -> OpDef:
    """The op that applies a rule to the rows that `indices` name, each at most once.

    Args: as those of `dense_update`.
    """
    update = _Update(rule, _arguments(signature), attrs or {})

    def reference(*inputs: Any, use_locking: bool, **keywords: Any) -> Any:
        named = update.named(inputs)
        indices = named.pop("indices")
        contents = [named[ref] for ref in update.refs]
        _require_rows(indices, len(contents[0]))
        named.update((ref, named[ref][indices]) for ref in update.refs)
        rows = rule(OnArrays, **named, **keywords)
        return _one_or_more(
            [_with_rows(*each, indices) for each in zip(contents, rows, strict=True)]
        )

    def decompose(b: Any, instr: Any) -> list[Any]:
        named = update.named(instr.inputs)
        indices = named.pop("indices")
        contents = [named[ref] for ref in update.refs]
        named.update((ref, _rows_of(b, named[ref], indices)) for ref in update.refs)
        terms = {key: Term(b, value) for key, value in named.items()}
        rows = rule(OnTerms, **terms, **{key: instr.attrs[key] for key in update.attrs})
        return [
            b.emit(PUT_ROWS, old, indices, new.value)
            for old, new in zip(contents, rows, strict=True)
        ]

    return _definition(name, signature, update, _sparse_shape, reference, decompose)


def _definition(
    name: str,
    signature: str,
    update: _Update,
    shape: Callable[[ShapeQuery, _Update], Dims | None],
    reference: Callable[..., Any],
    decompose: Callable[[Any, Any], list[Any]],
) -> OpDef:
    types = {"T": NUMBERS}
    return OpDef(
        name,
        f"{signature} -> out: Ref(T)",
        lambda q: [shape(q, update)],
        types={**types, "Tindices": INDEX} if "indices" in update.arguments else types,
        attrs={"use_locking": False, **update.attrs},
        reference=reference,
        decompose=decompose,
        gradient=no_gradient,
        state="write",
        also_writes=tuple(range(1, len(update.refs))),
        samples=lambda rng: _samples(rng, update),
    )


def _arguments(signature: str) -> dict[str, str]:
    """Each argument's name and type, in order."""
    pairs = (part.split(":") for part in signature.split(","))
    return {name.strip(): kind.strip() for name, kind in pairs}


def _one_or_more(found: Any) -> Any:
    return tuple(found) if len(found) > 1 else found[0]


def _made(b: Any, value: Any, instr: Any) -> Any:
    """A value as an instruction made it: new contents are never the old ones themselves."""
    return b.emit("Identity", value) if value in instr.inputs else value


# -- rows ------------------------------------------------------------------------------------


def _rows_of(b: Any, contents: Any, indices: Any) -> Any:
    return b.emit("GatherV2", contents, indices, b.scalar_host(0))


def _with_rows(contents: np.ndarray, rows: np.ndarray, indices: np.ndarray) -> np.ndarray:
    result = np.array(contents)
    result[indices] = rows
    return result


def _require_rows(indices: np.ndarray, count: int) -> None:
    for place, index in enumerate(indices):
        if not 0 <= index < count:
            raise IndexError(f"Index {index} at offset {place} in indices is out of range")


# -- shapes ----------------------------------------------------------------------------------


def _dense_shape(q: ShapeQuery, update: _Update) -> Dims | None:
    """The variable's shape: that of slots and gradient; all else is a scalar."""
    merged = q.shapes[0]
    for argument, dims in zip(update.arguments, q.shapes, strict=True):
        if argument in update.refs or argument in _GRADIENTS:
            merged = merge_dims(merged, dims)
        else:
            require_rank(dims, 0)
    return merged


def _sparse_shape(q: ShapeQuery, update: _Update) -> Dims | None:
    """The variable's shape: that of slots; the gradient has a row for each index."""
    merged = q.shapes[0]
    for argument, dims in zip(update.arguments, q.shapes, strict=True):
        if argument in update.refs:
            merged = merge_dims(merged, dims)
        elif argument != "indices" and argument not in _GRADIENTS:
            require_rank(dims, 0)
    shapes = update.named(q.shapes)
    grad, indices = shapes["grad"], shapes["indices"]
    require_rank(indices, 1)
    if grad is None:
        return merged
    if indices is not None and grad:
        merge_dim(indices[0], grad[0])
    return merge_dims(merged, (None, *grad[1:]))


# -- samples ---------------------------------------------------------------------------------

_KINDS: tuple[tuple[Any, tuple[int, ...]], ...] = (
    (np.float32, (4, 3)),
    (np.float64, (5,)),
    (np.float32, (0, 2)),
)


def _samples(rng: np.random.Generator, update: _Update) -> Iterable[Sample]:
    for dtype, dims in _KINDS:
        inputs = tuple(_drawn(rng, update, name, dtype, dims) for name in update.arguments)
        yield Sample(inputs)
        for key, default in update.attrs.items():
            yield Sample(inputs, {key: not default})


def _drawn(
    rng: np.random.Generator, update: _Update, name: str, dtype: Any, dims: tuple[int, ...]
) -> np.ndarray:
    """Slots above the squares of gradients; rates and powers between 0 and 1."""
    rows = np.arange(dims[0])[1::2][::-1]
    if name == "indices":
        return rows.astype(np.int32 if dtype == np.float32 else np.int64)
    if update.arguments[name] == "int64":
        return np.array(3, np.int64)
    if name in _GRADIENTS:
        shape = (len(rows), *dims[1:]) if "indices" in update.arguments else dims
        return rng.uniform(-2, 2, shape).astype(dtype)
    if name in update.refs:
        low = -2 if name == update.refs[0] else 0.5
        return rng.uniform(low, 2, dims).astype(dtype)
    number = -0.5 if name == "lr_power" else rng.uniform(0.1, 0.9)
    return np.array(number, dtype)
