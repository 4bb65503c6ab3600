"""Feeds: from what the user passes to arrays that native code can read.

In: the `feed_dict`. Out: the fed tensors and one C-contiguous array each, checked against the
tensor's dtype and shape; nothing has been run when this raises.
"""

from __future__ import annotations

from collections.abc import Sequence, Sized
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Graph, Tensor
from jitgraph.ops.sparse_tensor import SparseTensor, parts_of
from jitgraph.shapes import TensorShape


def feed_arrays(graph: Graph, feed_dict: Any) -> tuple[tuple[Tensor, ...], list[np.ndarray]]:
    """Resolves and checks feeds.

    Raises:
      TypeError: a key that is no tensor of this graph, or a value of a wrong type.
      ValueError: a value whose shape doesn't fit, or a tensor that may not be fed.
      OverflowError: a number in a list that its dtype can't hold.
    """
    found: dict[Tensor, np.ndarray] = {}
    for key, value in _flattened(feed_dict):
        tensor = _fed_tensor(graph, key)
        if _is_symbolic(value):
            raise _symbolic_value(value, key)
        if not graph.is_feedable(tensor):
            raise ValueError(f"Tensor {tensor} may not be fed.")
        found[tensor] = _array(tensor, key, value)
    return tuple(found), list(found.values())


def as_given(
    graph: Graph, feed_dict: Any, tensors: Sequence[Tensor], arrays: Sequence[np.ndarray]
) -> list[np.ndarray]:
    """What a fetch of each fed tensor gives: its array; strings as the user wrote them, text or
    bytes, where an op sees bytes."""
    if not any(array.dtype.hasobject for array in arrays):
        return list(arrays)
    given = {_fed_tensor(graph, key): value for key, value in _flattened(feed_dict)}
    return [
        np.asarray(given[tensor], object) if array.dtype.hasobject else array
        for tensor, array in zip(tensors, arrays, strict=True)
    ]


def _flattened(feed_dict: Any) -> list[tuple[Any, Any]]:
    if feed_dict is None:
        return []
    if not hasattr(feed_dict, "items"):
        if isinstance(feed_dict, Sized) and not len(feed_dict):
            return []
        raise TypeError(
            "feed_dict must be a dict of tensors and their values, got "
            f"{type(feed_dict).__name__}: input must be a dictionary"
        )
    return [pair for key, value in feed_dict.items() for pair in _pairs(key, value)]


def _pairs(key: Any, value: Any) -> list[tuple[Any, Any]]:
    """A key and its value; of a tuple of keys each with its part of the value."""
    if isinstance(key, SparseTensor):
        return list(zip(parts_of(key), value, strict=True))
    if not isinstance(key, tuple):
        return [(key, value)]
    parts = list(value) if isinstance(value, (list, tuple)) else [value]
    if len(parts) != len(key):
        raise ValueError(
            f"Could not flatten dictionary. Key had {len(key)} elements, but value had "
            f"{len(parts)} elements. Key: {list(key)}, value: {parts}."
        )
    return [pair for each in zip(key, parts, strict=True) for pair in _pairs(*each)]


def _is_symbolic(value: Any) -> bool:
    """Whether it is, or holds, what has no value before it is run."""
    if isinstance(value, (list, tuple)):
        return any(_is_symbolic(item) for item in value)
    return isinstance(value, Tensor) or hasattr(value, "_as_graph_element")


def _symbolic_value(value: Any, key: Any) -> TypeError:
    return TypeError(
        "The value of a feed cannot be a tf.Tensor object. Acceptable feed values include "
        "Python scalars, strings, lists, numpy ndarrays, or TensorHandles. For reference, "
        f"the tensor object was {value} which was passed to the feed with key {key}."
    )


def _fed_tensor(graph: Graph, key: Any) -> Tensor:
    try:
        return graph.as_graph_element(key, allow_operation=False)
    except (TypeError, ValueError, KeyError) as error:
        raise TypeError(f"Cannot interpret feed_dict key as Tensor: {error.args[0]}") from None


def _array(tensor: Tensor, key: Any, value: Any) -> np.ndarray:
    dtype = tensor.dtype.base_dtype
    wanted = np.dtype(dtype.as_numpy_dtype)
    is_plain_int = isinstance(value, int) and not isinstance(value, bool)
    if is_plain_int and dtype.is_integer and _wrapped(value, wanted) != value:
        raise TypeError(
            f"Type of feed value {value} with type {type(value)} is not compatible with Tensor "
            f"type {wanted.type}. Try explicitly setting the type of the feed tensor to a "
            f"larger type (e.g. int64)."
        )
    array = _converted(tensor, value, dtype, wanted)
    if not tensor.shape.is_compatible_with(TensorShape(array.shape)):
        raise ValueError(
            f"Cannot feed value of shape {array.shape!r} for Tensor {tensor.name!r}, which has "
            f"shape {str(tensor.shape)!r} (defined at {tensor.op.site})"
        )
    return array


def _wrapped(value: int, wanted: np.dtype) -> int:
    """What is left of an int in an integer type."""
    return int(wanted.type(np.asarray(value).astype(wanted)))


def _converted(tensor: Tensor, value: Any, dtype: Any, wanted: np.dtype) -> np.ndarray:
    if dtype == dtypes.string:
        return _strings(value)
    lost = _lost_part(value, dtype) if isinstance(value, np.ndarray) else None
    if lost is not None:
        raise TypeError(
            f"Cannot feed value of dtype {value.dtype} for Tensor {tensor.name!r} of dtype "
            f"{dtype.name} (defined at {tensor.op.site}): it would lose its {lost}"
        )
    try:
        array = np.asarray(value, dtype=wanted, order="C")
    except (TypeError, ValueError, OverflowError) as error:
        text = f"Cannot feed {type(value).__name__} for Tensor {tensor.name!r}: {error}"
        raise type(error)(f"{text} (defined at {tensor.op.site})") from None
    if not array.flags.aligned or array.dtype is not wanted:
        array = np.array(array, dtype=wanted, order="C", copy=True)
    return array


def _lost_part(value: np.ndarray, dtype: Any) -> str | None:
    if value.dtype.kind in "fc" and dtype.is_integer and not _are_held(value, dtype):
        return "fractions"
    return "imaginary parts" if value.dtype.kind == "c" and dtype.is_floating else None


def _are_held(value: np.ndarray, dtype: Any) -> bool:
    """Whether the integer dtype can hold these numbers."""
    with np.errstate(invalid="ignore"):
        return value.dtype.kind == "f" and bool(
            np.array_equal(value.astype(dtype.as_numpy_dtype), value)
        )


def _strings(value: Any) -> np.ndarray:
    array = np.asarray(value, dtype=object)
    if set(map(type, array.ravel().tolist())) == {bytes}:
        return array.copy("C")
    flat = [item.encode() if isinstance(item, str) else item for item in array.reshape(-1)]
    result = np.empty(len(flat), object)
    result[:] = flat
    return result.reshape(array.shape)
