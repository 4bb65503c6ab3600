"""One step of a batch of sequences that end at different times.

In: the time, the sequences' lengths, the state and a function that calls the cell. Out: the output
and state, in which sequences that have ended give zeros and keep their states.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from jitgraph.frontend.control_flow import cond
from jitgraph.frontend.structures import assert_same_structure, flatten, pack_like
from jitgraph.graph import Tensor, colocate_with
from jitgraph.ops.selection import where
from jitgraph.ops.tensor_array import TensorArray


@dataclass(frozen=True)
class Lengths:
    """The lengths of a batch's sequences, with the least and the greatest of them."""

    each: Tensor
    least: Any
    greatest: Any


def step_within_lengths(
    time: Any,
    lengths: Lengths,
    zero_output: Any,
    state: Any,
    call_cell: Callable[[], Any],
    is_always_called: bool = False,
) -> tuple[Any, Any]:
    """The output and the next state of a step.

    Args:
      time: the step's number, an int or a scalar tensor.
      lengths: those of the sequences.
      zero_output: what a sequence that has ended gives.
      state: the state before the step.
      call_cell: a function that gives the cell's output and next state.
      is_always_called: whether the cell is called even after the last sequence's end.
    """
    zeros, olds = flatten(zero_output), flatten(state)
    has_ended = time >= lengths.each

    def select(old: Any, new: Any) -> Any:
        if isinstance(old, TensorArray) or old.get_shape().ndims == 0:
            return new
        with colocate_with(new):
            return where(has_ended, old, new)

    def called() -> list[Any]:
        new_output, new_state = call_cell()
        assert_same_structure(zero_output, new_output)
        assert_same_structure(state, new_state)
        return [*flatten(new_output), *flatten(new_state)]

    def selected(news: list[Any]) -> list[Any]:
        return [select(old, new) for old, new in zip([*zeros, *olds], news, strict=True)]

    def called_if_needed() -> Any:
        news = called()
        return cond(time < lengths.least, lambda: news, lambda: selected(news))

    if is_always_called:
        found = selected(called())
    else:
        found = cond(time >= lengths.greatest, lambda: [*zeros, *olds], called_if_needed)
    for old, new in zip([*zeros, *olds], found, strict=True):
        if not isinstance(new, TensorArray):
            new.set_shape(old.get_shape())
    outputs, states = found[: len(zeros)], found[len(zeros) :]
    return pack_like(zero_output, outputs), pack_like(state, states)
