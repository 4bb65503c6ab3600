"""The op sweep: what every registered op is tested with, without a line of test of its own.

In: the registry. Out: for each op its cases (sample inputs and attributes), its graph built from
placeholders, what its reference gives, and the comparison within the dtype's precision.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

import jitgraph as tf
from jitgraph import dtypes
from jitgraph.graph import Operation, Tensor
from jitgraph.ops.apply import create
from jitgraph.ops.constants import constant
from jitgraph.ops.definition import OpDef, Sample
from jitgraph.ops.placeholders import placeholder
from jitgraph.ops.registry import REGISTRY
from jitgraph.ops.state import variable_op_v2

FULL, PARTIAL, UNKNOWN = "all sizes known", "rank known", "nothing known"

NAMES = sorted(
    name
    for name, definition in REGISTRY.items()
    if definition.reference is not None
    and definition.state in (None, "write")
    and (definition.samples is not None or definition.inputs)
)
"""The ops that compute something: all but placeholders, constants, variables, no_op."""

_SHAPES = {
    1: (((3, 4),), ((),), ((0, 2),), ((5,),)),
    2: (((3, 4), (3, 4)), ((3, 4), (4,)), ((), (2, 3)), ((2, 1), (1, 3)), ((0, 2), (2,))),
    3: (((3, 4),) * 3, ((3, 1), (4,), ())),
}
_DTYPES_OF_ALL_SHAPES = ("float32", "float64", "int32", "bool")
_EPSILON = {"float16": 2.0**-10, "bfloat16": 2.0**-7}
_ULPS = 32


@dataclass(frozen=True)
class Case:
    """One op with one sample."""

    definition: OpDef
    sample: Sample
    index: int

    def __str__(self) -> str:
        inputs = ", ".join(map(_described, self.sample.inputs))
        return f"{self.definition.name} #{self.index} ({inputs}) {self.sample.attrs or ''}"


def _described(given: Any) -> str:
    if isinstance(given, (list, tuple)):
        return f"[{', '.join(map(_described, given))}]"
    array = np.asarray(given)
    return f"{array.dtype}{list(array.shape)}"


def cases(name: str) -> list[Case]:
    """The cases of an op: its own samples, or the elementwise ones over dtypes and domain."""
    definition = REGISTRY[name]
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    found = definition.samples(rng) if definition.samples else _elementwise(definition, rng)
    return [Case(definition, sample, index) for index, sample in enumerate(found)]


def _elementwise(definition: OpDef, rng: np.random.Generator) -> Iterator[Sample]:
    first = definition.inputs[0]
    allowed = definition.type_attrs[first.type_attr].allowed if first.type_attr else (first.dtype,)
    for dtype in allowed:
        if dtype == dtypes.string or dtype in definition.no_kernel:
            continue
        shapes = _SHAPES[len(definition.inputs)]
        for dims in shapes if dtype.name in _DTYPES_OF_ALL_SHAPES else shapes[:1]:
            if len(set(dims)) == 1 or not _needs_equal_shapes(definition):
                drawn = (_drawn(definition, rng, k, d, dtype) for k, d in enumerate(dims))
                yield Sample(tuple(drawn))


def _needs_equal_shapes(definition: OpDef) -> bool:
    with tf.Graph().as_default():
        dtype = definition.type_attrs["T"].allowed[0] if definition.type_attrs else dtypes.bool
        inputs = [placeholder(dtype, dims) for dims in ((3, 4), (4,), ())]
        try:
            create(definition, inputs[: len(definition.inputs)])
        except ValueError:
            return True
        return False


def _drawn(definition: OpDef, rng: Any, index: int, dims: Any, dtype: Any) -> np.ndarray:
    domain = definition.domain
    low, high = domain[index] if isinstance(domain[0], tuple) else domain
    if dtype.is_bool:
        return rng.random(dims) < 0.5
    if dtype.is_integer:
        low = max(low, 0) if dtype.is_unsigned else low
        return rng.integers(int(np.ceil(low)), int(high) + 1, dims).astype(dtype.as_numpy_dtype)
    values = rng.uniform(low, high, dims)
    if dtype.is_complex:
        values = values + 1j * rng.uniform(low, high, dims)
    return np.asarray(values).astype(dtype.as_numpy_dtype)


@dataclass(frozen=True)
class Built:
    """A case in a graph: the op, what to feed, and the assignments that must be run before."""

    op: Operation
    feeds: dict[Tensor, np.ndarray]
    initializers: list[Operation]


def build(case: Case, known: str = FULL) -> Built:
    """Adds the op to the default graph, its inputs placeholders of which `known` is known."""
    definition = case.definition
    feeds: dict[Tensor, np.ndarray] = {}
    initializers: list[Operation] = []
    total = sum(len(g) if isinstance(g, (list, tuple)) else 1 for g in case.sample.inputs)
    position = 0
    inputs: list[Any] = []
    for arg, given in zip(definition.inputs, case.sample.inputs, strict=True):
        items = given if isinstance(given, (list, tuple)) else [given]
        tensors = []
        for item in items:
            array = np.asarray(item)
            is_host = position in definition.host or position - total in definition.host
            if arg.is_ref:
                tensors.append(_variable(array, initializers))
            elif is_host and known != UNKNOWN:
                tensors.append(constant(array, dtypes.as_dtype(array.dtype)))
            else:
                tensors.append(_fed(array, known, feeds))
            position += 1
        inputs.append(tensors if isinstance(given, (list, tuple)) else tensors[0])
    return Built(create(definition, inputs, dict(case.sample.attrs)), feeds, initializers)


def _fed(array: np.ndarray, known: str, feeds: dict[Tensor, np.ndarray]) -> Tensor:
    shape = {FULL: array.shape, PARTIAL: (None,) * array.ndim, UNKNOWN: None}[known]
    tensor = placeholder(dtypes.as_dtype(array.dtype), shape)
    feeds[tensor] = array
    return tensor


def _variable(array: np.ndarray, initializers: list[Operation]) -> Tensor:
    ref = variable_op_v2(array.shape, dtypes.as_dtype(array.dtype))
    initializers.append(create(REGISTRY["Assign"], [ref, constant(array, ref.dtype.base_dtype)]))
    return ref


def expected(case: Case, op: Operation, inputs: Any = None) -> list[np.ndarray]:
    """What the reference gives, in the declared dtypes."""
    definition = case.definition
    given = case.sample.inputs if inputs is None else inputs
    keywords = {name: op._attrs[name] for name in definition.attrs if name in op._attrs}
    arrays = [
        [np.asarray(item) for item in value]
        if isinstance(value, (list, tuple))
        else np.asarray(value)
        for value in given
    ]
    with np.errstate(all="ignore"):
        result = definition.reference(*arrays, **keywords)
    several = len(observed(op)) != 1 or (isinstance(result, (list, tuple)) and len(result) == 1)
    results = list(result) if several else [result]
    return [
        np.asarray(found).astype(output.dtype.base_dtype.as_numpy_dtype)
        for found, output in zip(results, observed(op), strict=True)
    ]


def observed(op: Operation) -> list[Tensor]:
    """What an op gives: its outputs, and the other references that it writes."""
    definition: Any = op.definition
    return [*op.outputs, *(op.inputs[index] for index in definition.also_writes)]


def difference(found: Any, wanted: np.ndarray, dtype: Any) -> str | None:
    """How a result differs from what is wanted by more than its dtype's precision, or None."""
    found = np.asarray(found, object if isinstance(found, bytes) else None)
    if found.shape != wanted.shape:
        return f"shape {found.shape}, not {wanted.shape}"
    if found.dtype != wanted.dtype:
        return f"dtype {found.dtype}, not {wanted.dtype}"
    if not (dtype.is_floating or dtype.is_complex):
        same = np.array_equal(found, wanted)
        return None if same else f"{found.tolist()}, not {wanted.tolist()}"
    kind = np.complex128 if dtype.is_complex else np.float64
    left, right = found.astype(kind), wanted.astype(kind)
    epsilon = _EPSILON.get(dtype.name) or np.finfo(wanted.dtype).eps
    finite = np.abs(right[np.isfinite(right)])
    absolute = epsilon * max(1.0, float(finite.max(initial=0.0))) * 8
    if np.allclose(left, right, rtol=_ULPS * epsilon, atol=absolute, equal_nan=True):
        return None
    return f"{found.tolist()}, not {wanted.tolist()}"
