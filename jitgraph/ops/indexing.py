"""`tensor[...]`: Python's indexing turned into a strided slice.

In: what stands between the brackets. Out: the ops TensorFlow makes for it.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.apply import apply
from jitgraph.ops.assembling import stack
from jitgraph.ops.constants import constant
from jitgraph.ops.strided_slicing import strided_slice
from jitgraph.shapes import Dimension

newaxis = None

_WANTED = (
    "Only integers, slices (`:`), ellipsis (`...`), tf.newaxis (`None`) and scalar "
    "tf.int32/tf.int64 tensors are valid indices"
)


class _Spec:
    """begin, end, strides and masks, filled entry by entry."""

    def __init__(self) -> None:
        self.begin: list[Any] = []
        self.end: list[Any] = []
        self.strides: list[Any] = []
        self.masks = dict.fromkeys(
            ("begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask"), 0
        )

    def add(self, begin: Any, end: Any, stride: Any, *masks: str) -> None:
        for mask in masks:
            self.masks[mask] |= 1 << len(self.begin)
        self.begin.append(begin)
        self.end.append(end)
        self.strides.append(stride)


def slice_helper(tensor: Tensor, slice_spec: Any, var: Any = None) -> Tensor:
    """`tensor[slice_spec]`.

    Args:
      tensor: the tensor indexed.
      slice_spec: an index, slice, Ellipsis, None, scalar tensor, boolean mask, or a tuple of them.
      var: the variable whose value `tensor` is.

    Raises:
      TypeError: something that can't be an index.
      ValueError: an index out of range.

    Example:
      >>> tf.zeros([3, 4])[1:, 0]
      <tf.Tensor 'strided_slice:0' shape=(2,) dtype=float32>
    """
    if _is_mask(slice_spec):
        from jitgraph.ops.masking import boolean_mask

        return boolean_mask(tensor, slice_spec)
    entries = slice_spec if isinstance(slice_spec, (list, tuple)) else [slice_spec]
    spec = _Spec()
    for entry in entries:
        _add_entry(spec, entry)
    parts = [tensor, *spec.begin, *spec.end, *spec.strides]
    with name_scope(None, "strided_slice", parts) as scope:
        begin, end, strides = _packed(spec)
        return strided_slice(tensor, begin, end, strides, **spec.masks, var=var, name=scope)


def _is_mask(spec: Any) -> bool:
    if isinstance(spec, (Tensor, np.ndarray)):
        return spec.dtype == (dtypes.bool if isinstance(spec, Tensor) else np.bool_)
    return isinstance(spec, bool)


def _add_entry(spec: _Spec, entry: Any) -> None:
    if isinstance(entry, slice):
        _add_slice(spec, entry)
    elif entry is Ellipsis:
        spec.add(0, 0, 1, "ellipsis_mask")
    elif entry is newaxis:
        spec.add(0, 0, 1, "new_axis_mask")
    else:
        _check_index(entry)
        spec.add(entry, entry + 1, 1, "shrink_axis_mask")


def _add_slice(spec: _Spec, entry: slice) -> None:
    masks = []
    for value, mask in ((entry.start, "begin_mask"), (entry.stop, "end_mask")):
        if _is_open(value):
            masks.append(mask)
        else:
            _check_index(value)
    if entry.step is not None:
        _check_index(entry.step)
    begin = 0 if _is_open(entry.start) else entry.start
    end = 0 if _is_open(entry.stop) else entry.stop
    spec.add(begin, end, 1 if entry.step is None else entry.step, *masks)


def _is_open(bound: Any) -> bool:
    if bound is None:
        return True
    return not isinstance(bound, Tensor) and bound == sys.maxsize


def _check_index(index: Any) -> None:
    if isinstance(index, (int, Dimension)):
        return
    dtype = getattr(index, "dtype", None)
    if dtype is None or _base(dtype) not in (dtypes.int32, dtypes.int64) or _is_vector(index):
        raise TypeError(f"{_WANTED}, got {index!r}")


def _base(dtype: Any) -> Any:
    try:
        return dtypes.as_dtype(dtype).base_dtype
    except TypeError:
        return None


def _is_vector(index: Any) -> bool:
    if isinstance(index, Tensor):
        return index._dims is not None and len(index._dims) == 1
    return len(index.shape) == 1


def _packed(spec: _Spec) -> list[Tensor]:
    if not spec.begin:
        empty = constant([], dtype=dtypes.int32)
        return [empty, empty, empty]
    vectors = [stack(spec.begin), stack(spec.end), stack(spec.strides)]
    if all(vector.dtype != dtypes.int64 for vector in vectors):
        return vectors
    return [_as_int64(vector) for vector in vectors]


def _as_int64(vector: Tensor) -> Tensor:
    from jitgraph.ops.registry import REGISTRY

    if vector.dtype == dtypes.int64:
        return vector
    return apply(REGISTRY["Cast"], [vector], {"DstT": dtypes.int64})


Tensor._override_operator("__getitem__", slice_helper)
