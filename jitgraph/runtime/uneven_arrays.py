"""Stage runtime: tensor arrays and stacks whose elements differ in shape, as lists.

In: an operation on such an array, the values of its inputs, the arrays of the run. Out: the values
of its outputs; the arrays are changed. Other arrays are rows of one buffer, which programs use.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from jitgraph.graph import Tensor
from jitgraph.ir.array_keys import ArrayKey
from jitgraph.ir.needs import Need, NeedsRun
from jitgraph.runtime.failures import bad_data


class Uneven(list[Any]):
    """The elements of an array or a stack, None for what was not written; `adds`: an array of
    gradients, to which writes add."""

    adds = False


def made_handles(need: Need) -> dict[Tensor, ArrayKey]:
    """The handle that an operation makes which gives an array of gradients."""
    if not isinstance(need, NeedsRun) or need.op.definition.array != "grad":
        return {}
    return {need.op._outputs[0]: _key(need).gradients(need.op._attrs["source"])}


def use_array(need: NeedsRun, values: dict[Tensor, Any], states: dict[Any, Any]) -> None:
    """Does one operation; adds its outputs to `values`."""
    op, key = need.op, _key(need)
    held = states.get(key, Uneven())
    if not isinstance(held, Uneven):
        held = Uneven(held)
    held.adds = bool(key.source)
    states[key] = held
    outputs = op._outputs
    if op.definition.array == "grad":
        zeros = Uneven(None if each is None else np.zeros_like(each) for each in held)
        states.setdefault(key.gradients(op._attrs["source"]), zeros)
        outputs = outputs[1:]
    given = [values[tensor] for tensor in op._inputs[1:]]
    try:
        results = _DOES[op.definition.array](held, given)
    except (IndexError, ValueError, TypeError) as error:
        raise bad_data(op, f"TensorArray {key.name}: {error}") from None
    values.update(zip(outputs, results, strict=True))


def _key(need: Any) -> ArrayKey:
    found: ArrayKey = need.progress.aliases[need.op._inputs[0]]
    return found


def _put(held: Uneven, index: int, value: np.ndarray) -> None:
    if index < 0:
        raise IndexError(f"Tried to write to index {index}")
    held.extend([None] * (index + 1 - len(held)))
    is_new = held[index] is None or not held.adds
    held[index] = value if is_new else held[index] + value


def _write(held: Uneven, given: Sequence[Any]) -> list[Any]:
    index, value, flow = given
    _put(held, int(index), value)
    return [flow]


def _scatter(held: Uneven, given: Sequence[Any]) -> list[Any]:
    indices, value, flow = given
    for index, row in zip(indices, value, strict=True):
        _put(held, int(index), row)
    return [flow]


def _split(held: Uneven, given: Sequence[Any]) -> list[Any]:
    value, lengths, flow = given
    for index, piece in enumerate(np.split(value, np.cumsum(lengths)[:-1])):
        _put(held, index, piece)
    return [flow]


def _element(held: Uneven, index: int) -> np.ndarray:
    if not 0 <= index < len(held) or held[index] is None:
        raise IndexError(f"Could not read index {index}: it was not written")
    found: np.ndarray = held[index]
    return found


def _read(held: Uneven, given: Sequence[Any]) -> list[Any]:
    return [_element(held, int(given[0]))]


def _gather(held: Uneven, given: Sequence[Any]) -> list[Any]:
    return [np.stack([_element(held, int(index)) for index in given[0]])]


def _concat(held: Uneven, given: Sequence[Any]) -> list[Any]:
    rows = [_element(held, index) for index in range(len(held))]
    return [np.concatenate(rows), np.array([len(row) for row in rows], np.int64)]


def _push(held: Uneven, given: Sequence[Any]) -> list[Any]:
    held.append(given[0])
    return [given[0]]


_DOES: Mapping[str, Callable[[Uneven, Sequence[Any]], list[Any]]] = {
    "write": _write,
    "scatter": _scatter,
    "split": _split,
    "read": _read,
    "gather": _gather,
    "concat": _concat,
    "size": lambda held, given: [np.int32(len(held))],
    "grad": lambda held, given: [given[0]],
    "push": _push,
    "pop": lambda held, given: [held.pop()],
}
