"""A step function over the steps of sequences, as a loop of the graph.

In: sequences, a step, states, a mask. Out: the last output, all outputs, the last states. Follows
TensorFlow 1.15: the same operations in the same order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.while_loop import while_loop
from jitgraph.graph import Tensor
from jitgraph.ops.constants import constant
from jitgraph.ops.filling import zeros_like
from jitgraph.ops.rearranging import reverse
from jitgraph.ops.repeating import tile
from jitgraph.ops.reshaping import expand_dims
from jitgraph.ops.selection import where
from jitgraph.ops.shapes_of import shape as shape_of
from jitgraph.ops.tensor_array import TensorArray
from jitgraph.ops.transposing import transpose

Step = Callable[[Any, Sequence[Any]], tuple[Any, Sequence[Any]]]


def run_steps(
    step: Step,
    inputs: Tensor,
    states: Sequence[Any],
    goes_back: bool = False,
    mask: Any = None,
    zeroes: bool = False,
) -> tuple[Any, Any, list[Any]]:
    """The outputs of a step function along axis 1.

    Args:
      step: of an input [batch, features] and states; gives an output and states.
      inputs: [batch, steps, features].
      states: the first ones.
      goes_back: whether the last step comes first.
      mask: [batch, steps], which steps count; the others keep the states.
      zeroes: whether the outputs of steps that don't count are zeros rather than the last ones.

    Returns:
      The last output, all outputs, the last states.
    """
    sizes = inputs.get_shape().as_list()
    inputs = _swapped(inputs)
    count: Any = shape_of(inputs)[0]
    if mask is not None:
        mask = _swapped(expand_dims(mask, -1))
    reads = TensorArray(inputs.dtype, count, tensor_array_name="input_ta_0")
    reads = reads.unstack(reverse(inputs, [0]) if goes_back else inputs)
    first, _ = step(inputs[0], tuple(states))
    writes = TensorArray(
        first.dtype, count, element_shape=first.get_shape(), tensor_array_name="output_ta_0"
    )
    time = constant(0, dtypes.int32, name="time")
    if mask is None:
        final = _loop(step, reads, writes, time, count, states)
        last_states = list(final[2:])
    else:
        final = _masked_loop(
            step, reads, writes, time, count, states, first, mask, goes_back, zeroes
        )
        last_states = list(final[3:])
    outputs = final[1].stack()
    last = outputs[-1]
    outputs = _swapped(outputs)
    known = first.get_shape().as_list()[1:]
    outputs.set_shape([sizes[0], sizes[1], *known])
    last.set_shape([sizes[0], *known])
    return last, outputs, last_states


def _swapped(tensor: Any) -> Any:
    rank = tensor.get_shape().ndims
    return transpose(tensor, [1, 0, *range(2, rank)])


def _kept_shapes(new: Sequence[Any], old: Sequence[Any]) -> list[Any]:
    for state, before in zip(new, old, strict=True):
        state.set_shape(before.get_shape())
    return list(new)


def _loop(step: Step, reads: Any, writes: Any, time: Any, count: Any, states: Sequence[Any]) -> Any:
    def body(time: Any, written: Any, *states: Any) -> Any:
        output, new = step(reads.read(time), states)
        new = _kept_shapes(new, states)
        written = written.write(time, output)
        return (time + 1, written, *new)

    return while_loop(
        lambda time, *_: time < count,
        body,
        (time, writes, *states),
        parallel_iterations=32,
        swap_memory=True,
    )


def _masked_loop(
    step: Step,
    reads: Any,
    writes: Any,
    time: Any,
    count: Any,
    states: Sequence[Any],
    first: Any,
    mask: Any,
    goes_back: bool,
    zeroes: bool,
) -> Any:
    if goes_back:
        mask = reverse(mask, [0])
    masks = TensorArray(dtypes.bool, count, tensor_array_name="mask_ta").unstack(mask)
    nothing = zeros_like(first)

    def body(time: Any, written: Any, before: Any, *states: Any) -> Any:
        given = reads.read(time)
        counts = masks.read(time)
        counts.set_shape([None, 1])
        output, new = step(given, states)
        output = where(_widened(counts, output), output, nothing if zeroes else before)
        new = _kept_shapes(new, states)
        wide = [_widened(counts, state) for state in states]
        triples = zip(wide, new, states, strict=True)
        new = [where(counts, state, before) for counts, state, before in triples]
        return (time + 1, written.write(time, output), output, *new)

    return while_loop(
        lambda time, *_: time < count,
        body,
        (time, writes, nothing, *states),
        parallel_iterations=32,
        swap_memory=True,
    )


def _widened(mask: Any, like: Any) -> Any:
    return tile(mask, [1, *like.get_shape().as_list()[1:]])
