"""tf.Assert and tf.Print.

In: conditions, tensors and data to show. Out: ops as TensorFlow 1.15 makes them: an Assert whose
data is not only strings and int32 stands in a `cond`, so that it looks at its data only on failure.
"""

from __future__ import annotations

from typing import Any

from jitgraph import dtypes
from jitgraph.graph import Operation, Tensor, name_scope
from jitgraph.ops.apply import apply
from jitgraph.ops.assertions import ASSERT, PRINT
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.identities import no_op


def Assert(
    condition: Any, data: Any, summarize: int | None = None, name: str | None = None
) -> Operation:
    """An operation that fails the run when `condition` is false.

    Args:
      condition: a bool tensor.
      data: a list of tensors that the message shows.
      summarize: how many elements of each it shows; 3 when None.
      name: the ops' name scope.

    Returns:
      The operation: make others depend on it with `tf.control_dependencies`.

    Raises:
      InvalidArgumentError: when run, if the condition is false.

    Example:
      >>> x = tf.constant([1.0, 2.0])
      >>> check = tf.Assert(tf.reduce_max(x) < 10.0, [x])
      >>> with tf.control_dependencies([check]):
      ...     y = tf.identity(x)
    """
    with name_scope(name, "Assert", [condition, data]):
        tensors = [convert_to_tensor(each) for each in data]
        if all(tensor.dtype in (dtypes.string, dtypes.int32) for tensor in tensors):
            return _assert(condition, data, summarize)
        condition = convert_to_tensor(condition, name="Condition")
        from jitgraph.frontend.control_flow import cond

        def fail() -> Operation:
            return _assert(condition, data, summarize)

        guarded: Tensor = cond(condition, no_op, fail, name="AssertGuard")
        return guarded.op


def _assert(condition: Any, data: Any, summarize: int | None) -> Operation:
    attrs = {"summarize": 3 if summarize is None else summarize}
    op: Operation = apply(ASSERT, [condition, data], attrs, "Assert")
    return op


def Print(
    input_: Any,
    data: Any,
    message: str | None = None,
    first_n: int | None = None,
    summarize: int | None = None,
    name: str | None = None,
) -> Tensor:
    """The tensor itself; each time it is computed, `data` is written to the standard error.

    Args:
      input_: a tensor.
      data: a list of tensors to show.
      message: what is written first.
      first_n: accepted; every time is shown.
      summarize: how many elements of each are shown; 3 when None.
      name: the op's name.

    Example:
      >>> x = tf.Print(tf.constant(2.0), [tf.constant([1, 2])], "x: ")
    """
    attrs = {
        "message": message or "",
        "first_n": -1 if first_n is None else first_n,
        "summarize": 3 if summarize is None else summarize,
    }
    result: Tensor = apply(PRINT, [input_, data], attrs, name)
    return result
