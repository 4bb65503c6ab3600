"""The gradients of tensor arrays, as TensorFlow 1.15 makes them.

In: an operation on an array and the gradient of what it gives, or of its flow. Out: an operation on
the array of gradients, which belongs to the array and to one call of `tf.gradients`.
"""

from __future__ import annotations

from typing import Any


def read(op: Any, grad: Any) -> list[Any]:
    """The gradient of an element is added to that array's element."""
    array = _gradient_array(op, grad, op.inputs[2], op.get_attr("dtype"))
    return [None, None, array.write(op.inputs[1], grad).flow]


def write(op: Any, flow: Any) -> list[Any]:
    """The gradient of what was written stands in that array."""
    array = _gradient_array(op, flow, flow, op.get_attr("T"))
    return [None, None, array.read(op.inputs[1]), flow]


def gather(op: Any, grad: Any) -> list[Any]:
    """As `read`, of several elements."""
    array = _gradient_array(op, grad, op.inputs[2], op.get_attr("dtype"))
    return [None, None, array.scatter(op.inputs[1], grad).flow]


def scatter(op: Any, flow: Any) -> list[Any]:
    """As `write`, of several elements."""
    array = _gradient_array(op, flow, flow, op.get_attr("T"))
    return [None, None, array.gather(op.inputs[1]), flow]


def concat(op: Any, grad: Any, _: Any) -> list[Any]:
    """The gradient is cut into those of the elements."""
    array = _gradient_array(op, grad, op.inputs[1], op.get_attr("dtype"))
    return [None, array.split(grad, lengths=op.outputs[1]).flow]


def split(op: Any, flow: Any) -> list[Any]:
    """The gradients of the elements, one behind the other."""
    array = _gradient_array(op, flow, flow, op.get_attr("T"))
    return [None, array.concat(), None, flow]


def _gradient_array(op: Any, given: Any, flow: Any, dtype: Any) -> Any:
    from jitgraph.ops.tensor_array import TensorArray

    array = TensorArray(
        dtype=dtype, handle=op.inputs[0], flow=flow, colocate_with_first_write_call=False
    )
    return array.grad(source=gradient_source(given), flow=flow)


def gradient_source(given: Any) -> str:
    """The name scope of the call of `tf.gradients` that made a gradient.

    Args:
      given: a tensor or IndexedSlices.

    Raises:
      ValueError: it was not made by such a call.
    """
    parts = given.name.split("/")
    found = [number for number, part in enumerate(parts) if part.startswith("gradients")]
    if not found:
        raise ValueError(
            "Expected op/tensor name to start with gradients (excluding scope)"
            f", got: {given.name}. This means that a tf.gradients op with this op in its "
            "dependency path has a custom name that does not start with 'gradients'. Please make "
            "sure all calls to tf.gradients that have non-empty 'name' arguments use names that "
            "start with 'gradients'."
        )
    return "/".join(parts[: found[-1] + 1])
