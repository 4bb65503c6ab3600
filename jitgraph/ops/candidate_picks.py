"""The log-uniform candidate sampler in native code: classes are picked by one kernel, and how often
they are expected is arithmetic that fuses.

In: an instruction of the sampler. Out: simpler instructions.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.ops import candidate_streams as streams
from jitgraph.ops.array_dims import Dims
from jitgraph.ops.definition import REQUIRED, OpDef, Sample, ShapeQuery, no_gradient
from jitgraph.ops.random_streams import state_samples


def _pick_shape(q: ShapeQuery) -> list[Dims | None]:
    return [(q.attrs["num_sampled"],), ()]


def _pick(state: Any, num_sampled: int, unique: bool, range_max: int) -> tuple[np.ndarray, ...]:
    drawn = streams.log_uniform(state, num_sampled, range_max)
    found = streams.picked(drawn, num_sampled, unique)
    return found.classes.astype(np.int64), np.asarray(found.tries, np.int64)


def _pick_samples(rng: np.random.Generator) -> Any:
    for state in state_samples():
        for unique, count, classes in ((True, 5, 12), (False, 40, 9), (True, 90, 100)):
            attrs = {"num_sampled": count, "unique": unique, "range_max": classes}
            yield Sample((state,), attrs)


LOG_UNIFORM_PICK = OpDef(
    "PhiloxLogUniformPick",
    "state: int64 -> sampled_candidates: int64, tries: int64",
    _pick_shape,
    attrs={"num_sampled": REQUIRED, "unique": REQUIRED, "range_max": REQUIRED},
    reference=_pick,
    library="log_uniform_candidates",
    gradient=no_gradient,
    samples=_pick_samples,
    internal=True,
)
"""Classes as `LogUniformCandidateSampler` picks them, and how many draws that took."""

_MOST_COMPARED = 1024
"""More different classes are picked on the host, by sorting."""


def decompose_log_uniform(b: Any, instr: Any) -> list[Any] | None:
    """The log-uniform sampler as a pick and the arithmetic of expected counts; None where it is
    left to the host, which also says what is wrong."""
    state, classes = instr.inputs
    attrs = {name: instr.attrs[name] for name in LOG_UNIFORM_PICK.attrs}
    count, most = attrs["num_sampled"], attrs["range_max"]
    if attrs["unique"] and count > min(most, _MOST_COMPARED):
        return None
    if classes.type.dims[1] != instr.attrs["num_true"]:
        return None
    picked, tries = b.emit(LOG_UNIFORM_PICK, state, **attrs)
    return [picked, *(_emit_expected(b, x, tries, count, most) for x in (classes, picked))]


def _emit_expected(b: Any, classes: Any, tries: Any, count: int, most: int) -> Any:
    """`expected_count` of `log_uniform_probability`, as instructions."""
    single, double = dtypes.float32, dtypes.float64
    number = b.emit("Cast", classes, DstT=double)
    above = [b.emit("AddV2", number, b.constant(step, double)) for step in (2, 1)]
    share = b.emit("Log", b.emit("RealDiv", *above))
    chance = b.emit("RealDiv", share, b.constant(np.log1p(most), double))
    chance = b.emit("Cast", chance, DstT=single)
    none = b.emit("Log1p", b.emit("Neg", chance))
    none = b.emit("Mul", none, b.emit("Cast", tries, DstT=single))
    some = b.emit("Neg", b.emit("Expm1", none))
    is_direct = b.emit("Equal", tries, b.constant(count, dtypes.int64))
    direct = b.emit("Mul", chance, b.constant(count, single))
    return b.emit("SelectV2", is_direct, direct, some)
