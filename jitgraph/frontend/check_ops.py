"""Stage frontend: tf.assert_*: conditions that a run must meet, checked at once where they can be.

In: tensors. Out: operations that fail the run; make others depend on them by
`tf.control_dependencies`. What is known while the graph is built raises then.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from jitgraph import dtypes, errors
from jitgraph.dtypes import DType
from jitgraph.frontend.assertions import Assert
from jitgraph.frontend.control_flow import cond
from jitgraph.graph import Operation, Tensor, name_scope
from jitgraph.ops.comparison import (
    equal,
    greater,
    greater_equal,
    less,
    less_equal,
    not_equal,
)
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.elementwise_rounding import abs as absolute
from jitgraph.ops.identities import no_op, with_dependencies
from jitgraph.ops.logical import logical_or
from jitgraph.ops.partial_value import constant_value
from jitgraph.ops.reductions import reduce_all
from jitgraph.ops.reshaping import reshape
from jitgraph.ops.shapes_of import rank as rank_of, shape, size
from jitgraph.ops.strided_slicing import strided_slice


def _compared(
    sign: str,
    name: str,
    compare: Callable[[Any, Any], Tensor],
    known: Callable[[Any, Any], Any],
) -> Callable[..., Operation]:
    """The function that asserts `x sign y`."""

    def function(
        x: Any,
        y: Any,
        data: Sequence[Any] | None = None,
        summarize: int | None = None,
        message: str | None = None,
        name: str | None = None,
    ) -> Operation:
        with name_scope(name, title, [x, y, data]):
            x, y = convert_to_tensor(x, name="x"), convert_to_tensor(y, name="y")
            if data is None:
                text = f"Condition x {sign} y did not hold element-wise:"
                data = [text, f"x ({x.name}) = ", x, f"y ({y.name}) = ", y]
            if message is not None:
                data = [message, *data]
            condition = reduce_all(compare(x, y))
            values = constant_value(x), constant_value(y)
            if all(value is not None for value in values) and not np.all(known(*values)):
                raise errors.InvalidArgumentError(None, None, "\n".join(map(_known_text, data)))
            return Assert(condition, data, summarize=summarize)

    title = name
    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"""Fails the run where `x {sign} y` does not hold for each pair of elements.

    Args:
      x, y: tensors of shapes that broadcast.
      data: what the message shows; both tensors if None.
      summarize: so many elements of each at most.
      message: what the message begins with.
      name: the ops' name scope.

    Returns:
      The operation that checks.

    Raises:
      errors.InvalidArgumentError: it is known already not to hold.

    Example:
      >>> with tf.control_dependencies([tf.{name}(x, y)]):
      ...     z = tf.identity(x)
    """
    return function


def _known_text(item: Any) -> str:
    value = constant_value(item) if isinstance(item, Tensor) else item
    return str(item if value is None else value)


_assert_equal = _compared("==", "assert_equal", equal, np.equal)


def assert_equal(
    x: Any,
    y: Any,
    data: Sequence[Any] | None = None,
    summarize: int | None = None,
    message: str | None = None,
    name: str | None = None,
) -> Operation:
    """Fails the run where `x == y` does not hold; arguments as for `assert_less`."""
    with name_scope(name, "assert_equal", [x, y, data]):
        if x is y:
            return no_op()
    return _assert_equal(x, y, data, summarize, message, name)


assert_none_equal = _compared("!=", "assert_none_equal", not_equal, np.not_equal)
assert_less = _compared("<", "assert_less", less, np.less)
assert_less_equal = _compared("<=", "assert_less_equal", less_equal, np.less_equal)
assert_greater = _compared(">", "assert_greater", greater, np.greater)
assert_greater_equal = _compared(">=", "assert_greater_equal", greater_equal, np.greater_equal)


def _signed(
    sign: str,
    name: str,
    check: Callable[[Tensor, Tensor, Any, Any], Operation],
    joins: bool = False,
) -> Callable[..., Operation]:
    """The function that asserts `x sign 0`; `joins`: two texts of its message are one."""

    def function(
        x: Any,
        data: Sequence[Any] | None = None,
        summarize: int | None = None,
        message: str | None = None,
        name: str | None = None,
    ) -> Operation:
        with name_scope(name, title, [x, data]):
            x = convert_to_tensor(x, name="x")
            if data is None:
                texts = [f"Condition x {sign} 0 did not hold element-wise:", f"x ({x.name}) = "]
                data = [message or "", *(["".join(texts)] if joins else texts), x]
            zero = convert_to_tensor(0, dtype=x.dtype)
            return check(x, zero, data, summarize)

    title = name
    function.__name__ = function.__qualname__ = name
    function.__doc__ = (
        f"Fails the run where `x {sign} 0` does not hold; arguments as for `assert_less`."
    )
    return function


assert_negative = _signed(
    "<", "assert_negative", lambda x, zero, data, most: assert_less(x, zero, data, most)
)
assert_positive = _signed(
    ">", "assert_positive", lambda x, zero, data, most: assert_less(zero, x, data, most)
)
assert_non_negative = _signed(
    ">=", "assert_non_negative", lambda x, zero, data, most: assert_less_equal(zero, x, data, most)
)
assert_non_positive = _signed(
    "<=",
    "assert_non_positive",
    lambda x, zero, data, most: assert_less_equal(x, zero, data, most),
    joins=True,
)


def assert_near(
    x: Any,
    y: Any,
    rtol: Any = None,
    atol: Any = None,
    data: Sequence[Any] | None = None,
    summarize: int | None = None,
    message: str | None = None,
    name: str | None = None,
) -> Operation:
    """Fails the run where |x - y| < atol + rtol·|y| does not hold.

    Args:
      x, y: float tensors.
      rtol, atol: tolerances; ten times the dtype's epsilon if None.
      data, summarize, message, name: as for `assert_less`.
    """
    with name_scope(name, "assert_near", [x, y, rtol, atol, data]):
        x = convert_to_tensor(x, name="x")
        y = convert_to_tensor(y, name="y", dtype=x.dtype)
        small = 10 * np.finfo(x.dtype.as_numpy_dtype).eps
        rtol = convert_to_tensor(small if rtol is None else rtol, name="rtol", dtype=x.dtype)
        atol = convert_to_tensor(small if atol is None else atol, name="atol", dtype=x.dtype)
        if data is None:
            text = f"x and y not equal to tolerance rtol = {rtol}, atol = {atol}"
            data = [message or "", text, f"x ({x.name}) = ", x, f"y ({y.name}) = ", y]
        tolerance = atol + rtol * absolute(y)
        distance = absolute(x - y)
        return Assert(reduce_all(less(distance, tolerance)), data, summarize=summarize)


# Ranks


def assert_rank(
    x: Any,
    rank: Any,
    data: Sequence[Any] | None = None,
    summarize: int | None = None,
    message: str | None = None,
    name: str | None = None,
) -> Operation:
    """Fails the run where `x` is of another rank.

    Args:
      x: a tensor; rank: an int32 scalar.
      data, summarize, message, name: as for `assert_less`.

    Raises:
      ValueError: its rank is known to be another one, or `rank` is no scalar.
    """
    return _rank_checked("assert_rank", "", equal, x, rank, data, summarize, message, name)


def assert_rank_at_least(
    x: Any,
    rank: Any,
    data: Sequence[Any] | None = None,
    summarize: int | None = None,
    message: str | None = None,
    name: str | None = None,
) -> Operation:
    """Fails the run where `x` is of a smaller rank; arguments as for `assert_rank`."""
    return _rank_checked(
        "assert_rank_at_least", " at least", greater_equal, x, rank, data, summarize, message, name
    )


def _rank_checked(
    title: str, words: str, compare: Any, x: Any, rank: Any, data: Any, summarize: Any,
    message: str | None, name: str | None,
) -> Operation:  # fmt: skip
    with name_scope(name, title, (x, rank, *(data or []))):
        x, rank = convert_to_tensor(x, name="x"), convert_to_tensor(rank, name="rank")
        message = message or ""
        if data is None:
            text = f"Tensor {x.name} must have rank{words}"
            data = [message, text, rank, "Received shape: ", shape(x)]
        assert_type(rank, dtypes.int32)
        wanted, found = _scalar_value(rank), x.get_shape().ndims
        if wanted is not None and found is not None:
            fits = found >= wanted if words else found == wanted
            if not fits:
                raise ValueError(
                    f"{message}.  Tensor {x.name} must have rank{words} {wanted}.  Received rank "
                    f"{found}, shape {x.get_shape()}"
                )
            return no_op(name="static_checks_determined_all_ok")
        condition = compare(rank_of(x), rank)
        return Assert(_with_scalar(condition, rank, wanted), data, summarize=summarize)


def assert_rank_in(
    x: Any,
    ranks: Sequence[Any],
    data: Sequence[Any] | None = None,
    summarize: int | None = None,
    message: str | None = None,
    name: str | None = None,
) -> Operation:
    """Fails the run where the rank of `x` is none of some; other arguments as for `assert_rank`."""
    with name_scope(name, "assert_rank_in", (x, *ranks, *(data or []))):
        x = convert_to_tensor(x, name="x")
        given = tuple([convert_to_tensor(rank, name="rank") for rank in ranks])
        message = message or ""
        if data is None:
            text = f"Tensor {x.name} must have rank in"
            data = [message, text, *given, "Received shape: ", shape(x)]
        for rank in given:
            assert_type(rank, dtypes.int32)
        wanted, found = [_scalar_value(rank) for rank in given], x.get_shape().ndims
        if None not in wanted and found is not None:
            if found not in wanted:
                raise ValueError(
                    f"{message}.  Tensor {x.name} must have rank in {tuple(wanted)}.  Received "
                    f"rank {found}, shape {x.get_shape()}"
                )
            return no_op(name="static_checks_determined_all_ok")
        condition = _is_one_of(rank_of(x), given)
        for rank, known in zip(given, wanted, strict=True):
            condition = _with_scalar(condition, rank, known)
        return Assert(condition, data, summarize=summarize)


def _is_one_of(found: Tensor, given: Sequence[Tensor]) -> Tensor:
    if not given:
        return convert_to_tensor(False)
    result = equal(given[0], found)
    for rank in given[1:]:
        result = logical_or(result, equal(rank, found))
    return result


def _scalar_value(rank: Tensor) -> int | None:
    value = constant_value(rank)
    if value is None:
        return None
    if value.ndim:
        raise ValueError("Rank must be a scalar.")
    return int(value)


def _with_scalar(condition: Tensor, rank: Tensor, known: int | None) -> Tensor:
    if known is not None:
        return condition
    shown = ["Rank must be a scalar. Received rank: ", rank]
    checked: Tensor = with_dependencies([assert_rank(rank, 0, data=shown)], condition)
    return checked


# Types


def assert_type(
    tensor: Any, tf_type: DType, message: str | None = None, name: str | None = None
) -> Operation:
    """Raises TypeError for a tensor of another dtype; gives an operation that does nothing."""
    with name_scope(name, "assert_type", [tensor]):
        tensor = convert_to_tensor(tensor, name="tensor")
        if tensor.dtype != tf_type:
            text = f"{message or ''}  {tensor.name} must be of type {tf_type}"
            raise TypeError(text)
        return no_op("statically_determined_correct_type")


def assert_integer(x: Any, message: str | None = None, name: str | None = None) -> Operation:
    """Raises TypeError for a tensor that is not of whole numbers."""
    with name_scope(name, "assert_integer", [x]):
        x = convert_to_tensor(x, name="x")
        if not x.dtype.is_integer:
            raise TypeError(
                f'{message or ""}  Expected "x" to be integer type.  Found: {x.name} of dtype '
                f"{x.dtype}"
            )
        return no_op("statically_determined_was_integer")


def assert_scalar(tensor: Any, name: str | None = None, message: str | None = None) -> Tensor:
    """The tensor; raises ValueError for one that is no scalar, or of unknown rank."""
    with name_scope(name, "assert_scalar", [tensor]) as scope:
        tensor = convert_to_tensor(tensor, name=scope)
        dims = tensor.get_shape()
        if dims.ndims != 0:
            raise ValueError(
                f"{message or ''}Expected scalar shape for {tensor.name}, saw shape: {dims}."
            )
        return tensor


def assert_proper_iterable(values: Any) -> None:
    """Raises TypeError for what is no list of things: tensors, arrays and text among them."""
    if isinstance(values, (Tensor, np.ndarray, str, bytes)):
        raise TypeError(
            f'Expected argument "values" to be a "proper" iterable.  Found: {type(values)}'
        )
    if not hasattr(values, "__iter__"):
        raise TypeError(f'Expected argument "values" to be iterable.  Found: {type(values)}')


def assert_same_float_dtype(
    tensors: Sequence[Any] | None = None, dtype: DType | None = None
) -> DType:
    """The float dtype that all tensors have; float32 where there are none.

    Raises:
      ValueError: they differ, or it is no float dtype.
    """
    first: Any = None
    for tensor in tensors or ():
        if tensor is None:
            continue
        found = tensor.dtype.base_dtype
        if dtype is None:
            dtype, first = found, tensor
        elif dtype != found:
            like = f" as {first.name}" if first is not None else ""
            raise ValueError(
                f"{tensor.name}, type={found}, must be of the same type ({dtype}){like}."
            )
    if dtype is None:
        return dtypes.float32
    if not dtype.is_floating:
        raise ValueError(f"Expected floating point type, got {dtype}.")
    return dtype


def is_numeric_tensor(tensor: Any) -> bool:
    """Whether it is a tensor of numbers."""
    if not isinstance(tensor, Tensor):
        return False
    kind = tensor.dtype.base_dtype
    return kind.is_floating or kind.is_integer or kind.is_complex


def is_non_decreasing(x: Any, name: str | None = None) -> Tensor:
    """Whether each element is at least the one before it, in rows: a bool scalar."""
    with name_scope(name, "is_non_decreasing", [x]):
        steps = _steps(x)
        return reduce_all(less_equal(convert_to_tensor(0, dtype=steps.dtype), steps))


def is_strictly_increasing(x: Any, name: str | None = None) -> Tensor:
    """Whether each element is more than the one before it, in rows: a bool scalar."""
    with name_scope(name, "is_strictly_increasing", [x]):
        steps = _steps(x)
        return reduce_all(less(convert_to_tensor(0, dtype=steps.dtype), steps))


def _steps(x: Any) -> Tensor:
    x = reshape(x, [-1])
    if not is_numeric_tensor(x):
        raise TypeError(f"Expected x to be numeric, instead found: {x}")
    is_short = less(size(x), 2)
    last = shape(x) - 1
    return cond(
        is_short,
        lambda: convert_to_tensor([], dtype=x.dtype),
        lambda: strided_slice(x, [1], [1] + last) - strided_slice(x, [0], last),  # noqa: RUF005
    )
