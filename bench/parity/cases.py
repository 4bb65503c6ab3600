"""What each op is compared on: the sweep's samples, and special values for elementwise ops.

In: the registry, the sweep's samples. Out: cases as requests, with the kind of each: "sample",
"special" (nan, infinities, zeros), "extreme" (largest and least normal numbers), "denormal".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from ml_dtypes import finfo

from bench.parity.messages import CaseRequest, Item, OpRequest
from jitgraph.dtypes import DType
from jitgraph.ops.definition import OpDef, Sample
from jitgraph.ops.registry import REGISTRY
from jitgraph.shapes import TensorShape
from tests.ops.sweep import NAMES, cases

SPECIAL_TYPES = "float16 bfloat16 float32 float64 int8 int32 int64 uint8 bool".split()
DENORMAL_TYPES = ("float32", "float64")
DIFFERENTIATED = {"SparseSoftmaxCrossEntropyWithLogits": 1}
"""Of TensorFlow 1.15's outputs only these have gradients; later ones have more."""

_WITHOUT_GRADIENT = ("extreme", "denormal")
"""Formulas that are equal on paper overflow at different ends."""

_ONE = (np.nan, np.inf, -np.inf, -0.0, 0.0, 1.0, -1.0, 0.5, -0.5, 2.5, -3.5, 30.0, -30.0)
_SEVERAL = (np.nan, np.inf, -np.inf, -0.0, 0.0, 1.0, -1.0, 2.5, -3.5)


class ParityCase(NamedTuple):
    """One case with its kind, and the first input's dtype by name."""

    kind: str
    dtype: str
    request: CaseRequest
    text: str


def public_ops() -> list[str]:
    """The ops that TensorFlow may have too: all but the compiler's own."""
    return sorted(name for name, definition in REGISTRY.items() if not definition.internal)


def compared_ops() -> list[str]:
    """Those of them that have samples; the others need a program."""
    named = [name for name in NAMES if not REGISTRY[name].internal]
    return [name for name in named if cases(name)]


def request(name: str, found: list[ParityCase]) -> OpRequest:
    """The message that asks for these cases of an op."""
    arguments = [arg.name for arg in REGISTRY[name].inputs]
    return OpRequest(name, arguments, [case.request for case in found])


def parity_cases(name: str) -> list[ParityCase]:
    """All cases of an op."""
    definition = REGISTRY[name]
    samples = [case.sample for case in cases(name)]
    found = [("sample", sample) for sample in samples]
    if _is_elementwise(definition, samples):
        found += _special_samples(definition, samples)
    return [_case(definition, kind, sample) for kind, sample in found]


def _case(definition: OpDef, kind: str, sample: Sample) -> ParityCase:
    total = sum(len(given) if _is_list(given) else 1 for given in sample.inputs)
    position, inputs = 0, []
    for arg, given in zip(definition.inputs, sample.inputs, strict=True):
        items = []
        for each in given if _is_list(given) else [given]:
            is_host = position in definition.host or position - total in definition.host
            role = "variable" if arg.is_ref else "constant" if is_host else "feed"
            items.append(Item(role, np.asarray(each)))
            position += 1
        inputs.append(items if _is_list(given) else items[0])
    attrs = {key: _attribute(value) for key, value in sample.attrs.items()}
    first = np.asarray(_first(inputs)).dtype.name
    differentiated = 0 if kind in _WITHOUT_GRADIENT else DIFFERENTIATED.get(definition.name)
    wanted = CaseRequest(inputs, attrs, differentiated)
    return ParityCase(kind, first, wanted, _text(inputs, attrs))


def _first(inputs: list[Any]) -> Any:
    flat = [item for given in inputs for item in (given if isinstance(given, list) else [given])]
    return flat[0].array if flat else 0.0


def _text(inputs: list[Any], attrs: dict[str, Any]) -> str:
    arrays = [
        f"[{', '.join(_kind(item) for item in given)}]" if isinstance(given, list) else _kind(given)
        for given in inputs
    ]
    keywords = [f"{key}={value}" for key, value in attrs.items()]
    return ", ".join(arrays + keywords)


def _kind(item: Item) -> str:
    return f"{item.array.dtype.name}{list(item.array.shape)}"


def _is_list(given: Any) -> bool:
    return isinstance(given, (list, tuple))


def _attribute(value: Any) -> Any:
    if isinstance(value, DType):
        return {"dtype": value.name}
    if isinstance(value, TensorShape):
        return {"shape": value.as_list()}
    if isinstance(value, (list, tuple)):
        return tuple(_attribute(each) for each in value)
    return value


def _is_elementwise(definition: OpDef, samples: list[Sample]) -> bool:
    is_plain = not definition.host and definition.state is None and 1 <= len(definition.inputs) <= 3
    has_lists = any(_is_list(given) for sample in samples for given in sample.inputs)
    return definition.scalar is not None and is_plain and not has_lists


def _special_samples(definition: OpDef, samples: list[Sample]) -> Iterator[tuple[str, Sample]]:
    """One of each combination of input dtypes and attributes that the samples have."""
    seen = set()
    for sample in samples:
        types = tuple(np.asarray(given).dtype for given in sample.inputs)
        key = (types, repr(sample.attrs))
        if key in seen or not all(dtype.name in SPECIAL_TYPES for dtype in types):
            continue
        seen.add(key)
        target = sample.attrs.get("DstT")
        if types[0].kind not in "iub" and target is not None and target.is_integer:
            yield "special", Sample((_castable(types[0], target),), sample.attrs)
            continue
        yield "special", Sample(_special_grid(definition, types), sample.attrs)
        if types[0].kind not in "iub":
            values = [_extreme_values(dtype) for dtype in types]
            yield "extreme", Sample(_grid(values), sample.attrs)
        if types[0].name in DENORMAL_TYPES:
            yield "denormal", Sample(_denormal_grid(types), sample.attrs)


def _special_grid(definition: OpDef, types: tuple[Any, ...]) -> tuple[np.ndarray, ...]:
    grid = _grid([_special_values(dtype, len(types)) for dtype in types])
    if len(grid) == 2 and types[1].kind in "iu" and definition.check is not None:
        overflows = (grid[1] == -1) & (grid[0] == np.iinfo(types[0]).min)
        grid = tuple(values[(grid[1] != 0) & ~overflows] for values in grid)
    return grid


def _special_values(dtype: Any, count: int) -> np.ndarray:
    if dtype.kind == "b":
        return np.array([True, False])
    if dtype.kind in "iu":
        ends = np.iinfo(dtype)
        wanted = {ends.min, ends.min + 1, 0, 1, 2, 7, ends.max - 1, ends.max}
        return np.array(sorted(wanted | ({-1, -3} if ends.min else set())), dtype)
    return np.array(_ONE if count == 1 else _SEVERAL).astype(dtype)


def _castable(dtype: Any, target: DType) -> np.ndarray:
    """What an integer can hold: C++ leaves it open what else becomes."""
    values = _special_values(dtype, 1)
    with np.errstate(invalid="ignore"):
        whole = np.trunc(values.astype(np.float64))
    return values[(whole >= target.min) & (whole <= target.max)]


def _extreme_values(dtype: Any) -> np.ndarray:
    if dtype.kind in "iub":
        return _special_values(dtype, 3)
    ends = finfo(dtype)
    values = [ends.max, ends.min, ends.smallest_normal, -ends.smallest_normal, 1.0, -2.0, 0.0]
    return np.array([*map(float, values), np.inf, np.nan]).astype(dtype)


def _denormal_grid(types: tuple[Any, ...]) -> tuple[np.ndarray, ...]:
    """Denormal inputs, then the same with zeros in their place, as TensorFlow may see them."""
    values = [_denormal_values(dtype) for dtype in types]
    grid = _grid(values)
    flushed = [_flushed(each) for each in grid]
    return tuple(np.concatenate(pair) for pair in zip(grid, flushed, strict=True))


def _denormal_values(dtype: Any) -> np.ndarray:
    if dtype.kind != "f":
        return _special_values(dtype, 3)[:4]
    least, normal = np.finfo(dtype).smallest_subnormal, np.finfo(dtype).smallest_normal
    return np.array([least, -least, normal / 4, -normal / 2, 1.0, -2.0, 0.0], dtype)


def _flushed(values: np.ndarray) -> np.ndarray:
    if values.dtype.kind != "f":
        return values
    is_denormal = np.abs(values) < np.finfo(values.dtype).smallest_normal
    return np.where(is_denormal, np.copysign(0, values), values).astype(values.dtype)


def _grid(values: list[np.ndarray]) -> tuple[np.ndarray, ...]:
    return tuple(each.ravel() for each in np.meshgrid(*values, indexing="ij"))
