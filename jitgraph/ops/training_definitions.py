"""From a rule of an optimizer to op definitions: of whole variables, and of rows.

In: a signature as TensorFlow registers it, and a rule. Out: the OpDef: shapes checked as
TensorFlow does, the rule as its NumPy reference and as its decomposition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from jitgraph.ops.array_dims import Dims, merge_dims, require_rank
from jitgraph.ops.definition import (
    NUMBERS,
    OpDef,
    Sample,
    ShapeQuery,
    no_gradient,
)
from jitgraph.ops.training_arithmetic import OnArrays, OnTerms, Term

Rule = Callable[..., tuple[Any, ...]]

_GRADIENTS = ("grad", "delta")


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
    arguments = _arguments(signature)
    refs = [argument for argument, kind in arguments.items() if kind.startswith("Ref(")]

    def reference(*inputs: Any, use_locking: bool, **keywords: Any) -> Any:
        found = rule(OnArrays, **dict(zip(arguments, inputs, strict=True)), **keywords)
        return found if len(found) > 1 else found[0]

    def decompose(b: Any, instr: Any) -> list[Any]:
        terms = {n: Term(b, v) for n, v in zip(arguments, instr.inputs, strict=True)}
        keywords = {key: instr.attrs[key] for key in attrs or ()}
        found = rule(OnTerms, **terms, **keywords)
        return [_made(b, term.value, instr) for term in found]

    def shape(q: ShapeQuery) -> list[Dims | None]:
        return [_merged(q, arguments, refs)]

    def samples(rng: np.random.Generator) -> Iterable[Sample]:
        return _samples(rng, arguments, refs, attrs or {})

    return OpDef(
        name,
        f"{signature} -> out: Ref(T)",
        shape,
        types={"T": NUMBERS},
        attrs={"use_locking": False, **(attrs or {})},
        reference=reference,
        decompose=decompose,
        gradient=no_gradient,
        state="write",
        also_writes=tuple(range(1, len(refs))),
        samples=samples,
    )


def _arguments(signature: str) -> dict[str, str]:
    """Each argument's name and type, in order."""
    pairs = (part.split(":") for part in signature.split(","))
    return {name.strip(): kind.strip() for name, kind in pairs}


def _made(b: Any, value: Any, instr: Any) -> Any:
    """A value as an instruction made it: new contents are never the old ones themselves."""
    return b.emit("Identity", value) if value in instr.inputs else value


def _merged(q: ShapeQuery, arguments: Mapping[str, str], refs: list[str]) -> Dims | None:
    """The variable's shape: that of slots and gradient; all else is a scalar."""
    merged = q.shapes[0]
    for argument, dims in zip(arguments, q.shapes, strict=True):
        if argument in refs or argument in _GRADIENTS:
            merged = merge_dims(merged, dims)
        else:
            require_rank(dims, 0)
    return merged


def _samples(
    rng: np.random.Generator,
    arguments: Mapping[str, str],
    refs: list[str],
    attrs: Mapping[str, Any],
) -> Iterable[Sample]:
    for dtype, dims in ((np.float32, (2, 3)), (np.float64, (5,)), (np.float32, ())):
        inputs = tuple(_drawn(rng, n, k, refs, dtype, dims) for n, k in arguments.items())
        yield Sample(inputs)
        for key, default in attrs.items():
            yield Sample(inputs, {key: not default})
    empty = (_drawn(rng, n, k, refs, np.float32, (0, 2)) for n, k in arguments.items())
    yield Sample(tuple(empty))


def _drawn(
    rng: np.random.Generator, name: str, kind: str, refs: list[str], dtype: Any, dims: Any
) -> np.ndarray:
    """Slots above the squares of gradients; rates and powers between 0 and 1."""
    if kind == "int64":
        return np.array(3, np.int64)
    if name in _GRADIENTS or name == refs[0]:
        return np.asarray(rng.uniform(-2, 2, dims)).astype(dtype)
    if name in refs:
        return np.asarray(rng.uniform(0.5, 2, dims)).astype(dtype)
    if name == "lr_power":
        return np.array(-0.5, dtype)
    return np.asarray(rng.uniform(0.1, 0.9)).astype(dtype)
