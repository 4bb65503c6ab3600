"""Assert and Print: ops that fail a run, or tell what a tensor holds.

In: a condition or a tensor, and data to show. Out: for Assert nothing, a run in which the condition
is false fails with the data in its message; for Print the tensor itself.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from jitgraph.ops.definition import ANY, ASSERTION_FAILED, OpDef, Sample, no_gradient


def summarized(array: Any, most: int) -> str:
    """The first `most` elements (all for -1) as TensorFlow writes them."""
    array = np.asarray(array)
    limit = array.size if most < 0 else min(most, array.size)
    items = [_element_text(item) for item in array.reshape(-1)[:limit].tolist()]
    if array.ndim == 0:
        return " ".join(items)
    text = _Summary(array.shape, items).text(0)
    return text + "..." if array.size > limit else text


class _Summary:
    def __init__(self, dims: tuple[int, ...], items: Sequence[str]) -> None:
        self.dims = dims
        self.items = items
        self.position = 0

    def text(self, axis: int) -> str:
        """The elements from `position` on, along an axis and those inside it."""
        if self.position >= len(self.items):
            return ""
        if axis < len(self.dims) - 1:
            return "".join(self._bracketed(axis) for _ in range(self.dims[axis]))
        count = self.dims[axis]
        found = self.items[self.position : self.position + count]
        self.position += len(found)
        return " ".join(found) + ("..." if axis and len(found) < count else "")

    def _bracketed(self, axis: int) -> str:
        if self.position >= len(self.items):
            return ""
        return f"[{self.text(axis + 1)}]"


def _element_text(item: Any) -> str:
    if isinstance(item, bytes):
        return item.decode("utf-8", "backslashreplace")
    if isinstance(item, bool):
        return str(int(item))
    if isinstance(item, float):
        return f"{item:.6g}".replace("e+0", "e+").replace("e-0", "e-") if item == item else "nan"
    return str(item)


def _asserted(condition: Any, data: Sequence[Any], summarize: int) -> tuple[()]:
    if np.all(condition):
        return ()
    raise ValueError("assertion failed: " + " ".join(f"[{summarized(x, summarize)}]" for x in data))


def _checked(builder: Any, instr: Any) -> Sequence[Any]:
    builder.emit(ASSERTED, instr.inputs[0])
    return ()


def _no_samples(rng: np.random.Generator) -> Any:
    return ()


def _asserted_samples(rng: np.random.Generator) -> Any:
    yield Sample((np.bool_(True),))


ASSERT = OpDef(
    "Assert",
    "condition: bool, data: [T] ->",
    lambda q: [],
    types={"T": ANY},
    attrs={"summarize": 3},
    reference=_asserted,
    decompose=_checked,
    gradient=no_gradient,
    must_run=True,
    stateful=True,
    samples=_no_samples,
)

ASSERTED = OpDef(
    "Asserted",
    "condition: bool -> ok: bool",
    lambda q: [q.shapes[0]],
    reference=lambda condition: condition,
    scalar="condition",
    check=("not condition", ASSERTION_FAILED),
    gradient=no_gradient,
    must_run=True,
    internal=True,
    samples=_asserted_samples,
)
"""What runs of an Assert: the test alone. Its message is made when a run has failed."""


def _printed(
    input: Any, data: Sequence[Any], message: str, first_n: int, summarize: int
) -> np.ndarray:
    shown = "".join(f"[{summarized(each, summarize)}]" for each in data)
    text = message.decode() if isinstance(message, bytes) else message
    print(f"{text}{shown}", file=sys.stderr)
    return np.asarray(input)


PRINT = OpDef(
    "Print",
    "input: T, data: [U] -> output: T",
    lambda q: [q.shapes[0]],
    types={"T": ANY, "U": ANY},
    attrs={"message": "", "first_n": -1, "summarize": 3},
    reference=_printed,
    gradient=lambda op, grad: [grad] + [None] * (len(op.inputs) - 1),
    must_run=True,
    stateful=True,
    samples=_no_samples,
)
