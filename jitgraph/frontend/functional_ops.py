"""tf.map_fn, tf.scan, tf.foldl, tf.foldr: a function applied along the first axis, by a loop.

In: a function, tensors. Out: what the function made of their slices, by the ops that TensorFlow
1.15 makes: tensor arrays read and written in a while_loop.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.structures import assert_same_structure, flatten, is_nested, pack_like
from jitgraph.frontend.while_loop import while_loop
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.constants import constant
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.shapes_of import shape as shape_of
from jitgraph.ops.sparse_tensor import SparseTensor
from jitgraph.ops.tensor_array import TensorArray
from jitgraph.shapes import TensorShape


def map_fn(
    fn: Callable[..., Any],
    elems: Any,
    dtype: Any = None,
    parallel_iterations: int | None = None,
    back_prop: bool = True,
    swap_memory: bool = False,
    infer_shape: bool = True,
    name: str | None = None,
) -> Any:
    """`fn` of each slice of `elems` along the first axis, in one tensor.

    Args:
      fn: a function of a slice, or of slices nested as `elems` is.
      elems: a tensor, or a nested structure of tensors of equal first dimension.
      dtype: what `fn` returns, nested as that is; as `elems` where None.
      parallel_iterations, swap_memory: accepted.
      back_prop: whether gradients go through it.
      infer_shape: whether all results must have the same shape.
      name: the name scope.

    Raises:
      TypeError: `fn` can't be called, what it returns is nested otherwise, or `elems` is sparse.
      ValueError: `elems` has no axis, or `fn` returns another number of tensors.

    Example:
      >>> tf.Session().run(tf.map_fn(lambda x: x * x, tf.constant([1, 2, 3])))
      array([1, 4, 9], dtype=int32)
    """
    if not callable(fn):
        raise TypeError("fn must be callable.")
    if isinstance(elems, SparseTensor):
        raise TypeError(
            "To perform a map on the values of a sparse tensor use either  "
            "SparseTensor(input.indices, fn(input.values), input.dense_shape) or  "
            "SparseTensor(input.indices, map_fn(fn, input.values), input.dense_shape)"
        )
    with name_scope(name, "map", flatten(elems)):
        given = [convert_to_tensor(each, name="elem") for each in flatten(elems)]
        dtype = _packed(elems, [each.dtype for each in given]) if dtype is None else dtype
        _check_axes(given)
        number = _static_length(given[0]) or shape_of(given[0])[0]
        inputs = _unstacked(given, number)
        counter = constant(0)
        outputs = [
            TensorArray(kind, size=number, dynamic_size=False, infer_shape=infer_shape)
            for kind in flatten(dtype)
        ]

        def step(i: Tensor, arrays: Any) -> Any:
            made = fn(_packed(elems, [each.read(i) for each in inputs]))
            assert_same_structure(dtype, made)
            pairs = zip(arrays, flatten(made), strict=True)
            written = [array.write(i, value) for array, value in pairs]
            return i + 1, written

        _, found = while_loop(
            lambda i, _: i < number, step, (counter, outputs),
            parallel_iterations=parallel_iterations or 10, back_prop=back_prop,
            swap_memory=swap_memory, maximum_iterations=number,
        )  # fmt: skip
        return _packed(dtype, _stacked(found, given))


def scan(
    fn: Callable[..., Any],
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    infer_shape: bool = True,
    reverse: bool = False,
    name: str | None = None,
) -> Any:
    """All values on the way of folding `fn` over the slices of `elems`, in one tensor.

    Args:
      fn: a function (value so far, slice) -> next value.
      elems: a tensor, or a nested structure of tensors of equal first dimension.
      initializer: the first value, nested as `fn` returns it; the first slice where None.
      parallel_iterations, swap_memory: accepted.
      back_prop: whether gradients go through it.
      infer_shape: whether all values must have the same shape.
      reverse: whether to begin with the last slice.
      name: the name scope.

    Raises:
      TypeError: `fn` can't be called, or what it returns is nested otherwise.
      ValueError: `fn` returns another number of tensors.

    Example:
      >>> tf.Session().run(tf.scan(lambda a, x: a + x, tf.constant([1, 2, 3])))
      array([1, 3, 6], dtype=int32)
    """
    if not callable(fn):
        raise TypeError("fn must be callable.")
    like = elems if initializer is None else initializer
    with name_scope(name, "scan", flatten(elems)):
        given = [convert_to_tensor(each, name="elem") for each in flatten(elems)]
        length = _static_length(given[0])
        number = shape_of(given[0])[0] if length is None else length
        inputs = [
            TensorArray(
                each.dtype, size=number, dynamic_size=False, element_shape=each.get_shape()[1:],
                infer_shape=True,
            )
            for each in given
        ]  # fmt: skip
        inputs = [array.unstack(each) for array, each in zip(inputs, given, strict=True)]
        if initializer is None:
            values = [array.read(number - 1 if reverse else 0) for array in inputs]
        else:
            values = [convert_to_tensor(each) for each in flatten(initializer)]
        done = 1 if initializer is None else 0
        outputs = [
            TensorArray(
                each.dtype, size=number, element_shape=each.get_shape() if infer_shape else None,
                dynamic_size=False, infer_shape=infer_shape,
            )
            for each in values
        ]  # fmt: skip
        if initializer is None:
            first = number - 1 if reverse else 0
            pairs = zip(outputs, values, strict=True)
            outputs = [array.write(first, value) for array, value in pairs]

        def step(i: Any, values: Any, arrays: Any) -> Any:
            slices = _packed(elems, [array.read(i) for array in inputs])
            made = fn(_packed(like, values), slices)
            assert_same_structure(like, made)
            new = flatten(made)
            written = [array.write(i, value) for array, value in zip(arrays, new, strict=True)]
            return (i - 1 if reverse else i + 1), new, written

        start = number - 1 - done if reverse else done
        _, _, found = while_loop(
            (lambda i, _1, _2: i >= 0) if reverse else (lambda i, _1, _2: i < number),
            step, (start, values, outputs), parallel_iterations=parallel_iterations,
            back_prop=back_prop, swap_memory=swap_memory, maximum_iterations=number,
        )  # fmt: skip
        return _packed(like, _stacked(found, given))


def foldl(
    fn: Callable[..., Any],
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    name: str | None = None,
) -> Any:
    """`fn` folded over the slices of `elems` along the first axis, the first slice first.

    Args:
      fn: a function (value so far, slice) -> next value.
      elems: a tensor, or a nested structure of tensors of equal first dimension.
      initializer: the first value; the first slice where None.
      parallel_iterations, swap_memory: accepted.
      back_prop: whether gradients go through it.
      name: the name scope.

    Raises:
      TypeError: `fn` can't be called.

    Example:
      >>> tf.Session().run(tf.foldl(lambda a, x: a + x, tf.constant([1, 2, 3])))
      6
    """
    if not callable(fn):
        raise TypeError("fn must be callable.")
    with name_scope(name, "foldl", [elems]):
        number, arrays = _folded(elems)
        if initializer is None:
            value = _packed(elems, [array.read(0) for array in arrays])
            start = constant(1)
        else:
            start, value = constant(0), initializer

        def step(i: Tensor, value: Any) -> Any:
            slices = _packed(elems, [array.read(i) for array in arrays])
            made = fn(value, slices)
            return [i + 1, made]

        _, result = while_loop(
            lambda i, _: i < number, step, [start, value],
            parallel_iterations=parallel_iterations, back_prop=back_prop,
            swap_memory=swap_memory, maximum_iterations=number,
        )  # fmt: skip
        return result


def foldr(
    fn: Callable[..., Any],
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    name: str | None = None,
) -> Any:
    """As `foldl`, the last slice first.

    Args:
      fn: a function (value so far, slice) -> next value.
      elems: a tensor, or a nested structure of tensors of equal first dimension.
      initializer: the first value; the last slice where None.
      parallel_iterations, swap_memory: accepted.
      back_prop: whether gradients go through it.
      name: the name scope.

    Raises:
      TypeError: `fn` can't be called.

    Example:
      >>> tf.Session().run(tf.foldr(lambda a, x: a - x, tf.constant([1, 2, 3])))
      0
    """
    if not callable(fn):
        raise TypeError("fn must be callable.")
    with name_scope(name, "foldr", [elems]):
        number, arrays = _folded(elems)
        if initializer is None:
            start = number - 1
            value = _packed(elems, [array.read(start) for array in arrays])
        else:
            start, value = number, initializer

        def step(i: Tensor, value: Any) -> Any:
            i = i - 1
            slices = _packed(elems, [array.read(i) for array in arrays])
            return [i, fn(value, slices)]

        _, result = while_loop(
            lambda i, _: i > 0, step, [start, value],
            parallel_iterations=parallel_iterations, back_prop=back_prop,
            swap_memory=swap_memory, maximum_iterations=number,
        )  # fmt: skip
        return result


def _folded(elems: Any) -> tuple[Any, list[TensorArray]]:
    """How many slices there are, and arrays of them."""
    given = [convert_to_tensor(each, name="elem") for each in flatten(elems)]
    number = _static_length(given[0]) or shape_of(given[0])[0]
    arrays = []
    for each in flatten(elems):
        kind = each.dtype if hasattr(each, "dtype") else convert_to_tensor(each).dtype
        array = TensorArray(
            dtypes.as_dtype(kind), size=number, dynamic_size=False, infer_shape=True
        )
        arrays.append(array.unstack(each))
    return number, arrays


def _unstacked(given: Sequence[Tensor], number: Any) -> list[TensorArray]:
    arrays = [
        TensorArray(each.dtype, size=number, dynamic_size=False, infer_shape=True)
        for each in given
    ]  # fmt: skip
    return [array.unstack(each) for array, each in zip(arrays, given, strict=True)]


def _stacked(arrays: Sequence[TensorArray], given: Sequence[Tensor]) -> list[Tensor]:
    """The arrays' elements in one tensor each, as many as there are slices."""
    results = [array.stack() for array in arrays]
    length = TensorShape([_static_length(given[0])])
    for each in given[1:]:
        length = length.merge_with(TensorShape([_static_length(each)]))
    for result in results:
        result.set_shape(length.concatenate(result.get_shape()[1:]))
    return results


def _static_length(tensor: Tensor) -> int | None:
    dims = tensor.get_shape()._dims
    return None if dims is None else dims[0]


def _check_axes(given: Sequence[Tensor]) -> None:
    if given[0].get_shape().ndims != 0:
        return
    if len(given) == 1:
        raise ValueError("elems must be a 1+ dimensional Tensor, not a scalar")
    raise ValueError("elements in elems must be 1+ dimensional Tensors, not scalars")


def _packed(structure: Any, leaves: Sequence[Any]) -> Any:
    return pack_like(structure, leaves) if is_nested(structure) else leaves[0]
