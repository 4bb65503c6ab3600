"""Arrays as TensorProto and back, as TensorFlow writes constants.

In: an array, or a message. Out: the other. One element, and dtypes that have no plain bytes, go
into the field of their dtype; more elements are bytes, the least significant of each first.
https://github.com/tensorflow/tensorflow/blob/r1.15/tensorflow/core/framework/tensor.proto
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from jitgraph import dtypes, protos
from jitgraph.dtypes import DType
from jitgraph.errors import InvalidArgumentError

_FIELDS = {
    "float32": "float_val", "float64": "double_val", "int32": "int_val", "int16": "int_val",
    "int8": "int_val", "uint8": "int_val", "uint16": "int_val", "int64": "int64_val",
    "bool": "bool_val", "string": "string_val", "uint32": "uint32_val", "uint64": "uint64_val",
    "float16": "half_val", "bfloat16": "half_val", "complex64": "scomplex_val",
    "complex128": "dcomplex_val",
}  # fmt: skip
_BYTES = frozenset(
    ("float32", "float64", "int32", "uint8", "int16", "int8", "int64", "uint32", "uint64")
)
_BITS = ("float16", "bfloat16")
_MOST_ELEMENTS = 1 << 40


def tensor_proto(array: Any, dtype: DType) -> Any:
    """A TensorProto.

    Args:
      array: its contents; for strings an array of objects or of NumPy's strings.
      dtype: what it is of.
    """
    array = np.asarray(array)
    found = protos.TensorProto(dtype=dtype.as_datatype_enum)
    found.tensor_shape.CopyFrom(shape_proto(array.shape))
    if array.size > 1 and dtype.name in _BYTES:
        native = np.ascontiguousarray(array.astype(dtype.as_numpy_dtype, copy=False))
        found.tensor_content = native.astype(native.dtype.newbyteorder("<"), copy=False).tobytes()
    else:
        getattr(found, _FIELDS[dtype.name]).extend(_items(array, dtype))
    return found


def _items(array: np.ndarray, dtype: DType) -> list[Any]:
    if dtype == dtypes.string:
        items = array.ravel().tolist()
        return [item if isinstance(item, bytes) else str(item).encode() for item in items]
    native = array.astype(dtype.as_numpy_dtype).ravel()
    if dtype.name in _BITS:
        return [int(bits) for bits in native.view(np.uint16)]
    if dtype.is_complex:
        return [part for item in native.tolist() for part in (item.real, item.imag)]
    return list(native.tolist())


def tensor_array(found: Any) -> np.ndarray:
    """The array in a TensorProto; missing last elements equal the last one, or are zero.

    Raises:
      errors.InvalidArgumentError: it is of an unknown dtype, or its contents don't fit its shape.
    """
    try:
        dtype = dtypes.as_dtype(found.dtype)
        field = _FIELDS[dtype.name]
    except (TypeError, KeyError):
        raise _bad(f"a tensor of dtype number {found.dtype} can't be read") from None
    shape = tuple(dim.size for dim in found.tensor_shape.dim)
    if found.tensor_shape.unknown_rank or min(shape, default=0) < 0:
        raise _bad("a constant tensor's shape is not known")
    count = prod(shape)
    native = np.dtype(object if dtype == dtypes.string else dtype.as_numpy_dtype)
    if found.tensor_content:
        if dtype == dtypes.string or len(found.tensor_content) != count * native.itemsize:
            raise _bad(f"{len(found.tensor_content)} bytes for a {dtype.name} tensor of {shape}")
        little = native.newbyteorder("<")
        return np.frombuffer(found.tensor_content, little).astype(native).reshape(shape)
    items = list(getattr(found, field))
    if len(items) > count * (2 if dtype.is_complex else 1):
        raise _bad(f"{len(items)} elements for a tensor of shape {shape}")
    return _array_of(items, dtype, native, shape)


def _array_of(
    items: list[Any], dtype: DType, native: np.dtype, shape: tuple[int, ...]
) -> np.ndarray:
    if dtype.is_complex:
        items = [complex(*pair) for pair in zip(items[::2], items[1::2], strict=True)]
    if dtype == dtypes.string:
        values = np.empty(len(items), object)
        values[:] = items
        rest: Any = items[-1] if items else b""
    elif dtype.name in _BITS:
        values = np.array(items, np.uint16).view(native)
        rest = values[-1] if items else 0
    else:
        values = np.array(items).astype(native)
        rest = values[-1] if items else 0
    if prod(shape) > _MOST_ELEMENTS:
        raise _bad(f"a tensor of shape {shape} is too large")
    found = np.full(prod(shape), rest, native)
    found[: len(values)] = values
    return found.reshape(shape)


def shape_proto(dims: Sequence[int | None] | None) -> Any:
    """A TensorShapeProto; None is an unknown rank, a None in it an unknown dimension."""
    found = protos.TensorShapeProto()
    if dims is None:
        found.unknown_rank = True
        return found
    for size in dims:
        found.dim.add(size=-1 if size is None else int(size))
    return found


def shape_dims(found: Any) -> tuple[int | None, ...] | None:
    """The dimensions in a TensorShapeProto."""
    if found.unknown_rank:
        return None
    return tuple(None if dim.size < 0 else int(dim.size) for dim in found.dim)


def _bad(text: str) -> InvalidArgumentError:
    return InvalidArgumentError(None, None, text)
