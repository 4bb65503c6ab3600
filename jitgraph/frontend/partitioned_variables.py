"""Stage frontend: variables kept in parts, and how to divide them (TensorFlow's partitioners).

In: a shape and numbers of parts for each axis; one axis at most is divided. Out: the parts'
places, and an object that stands for all of them, joined when it is used as a tensor.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from jitgraph.dtypes import DType, as_dtype
from jitgraph.frontend.variables import Variable
from jitgraph.graph import Tensor, control_dependencies, name_scope
from jitgraph.ops.assembling import concat
from jitgraph.ops.convert import register_tensor_conversion_function
from jitgraph.ops.identities import group, identity
from jitgraph.shapes import TensorShape, as_shape

Partitioner = Callable[..., Sequence[int]]


@dataclass(frozen=True)
class SaveSliceInfo:
    """Which part of a whole a variable is: `var_offset` and `var_shape` in `full_shape`."""

    full_name: str
    full_shape: list[int]
    var_offset: list[int]
    var_shape: list[int]


@dataclass(frozen=True)
class PartitionInfo:
    """What an initializer is told of the part it makes."""

    full_shape: list[int]
    var_offset: list[int]


@dataclass(frozen=True)
class Partitions:
    """A shape divided along one axis into `number` parts, as even as may be, larger ones first."""

    shape: list[int]
    axis: int
    number: int

    @staticmethod
    def of(shape: list[int], partitions: Sequence[int]) -> Partitions:
        """From a number of parts for each axis."""
        axis = next((axis for axis, count in enumerate(partitions) if count > 1), 0)
        return Partitions(shape, axis, partitions[axis])

    def place(self, index: int) -> tuple[list[int], list[int]]:
        """(offset, shape) of a part."""
        size, more = divmod(self.shape[self.axis], self.number)
        offset, shape = [0] * len(self.shape), list(self.shape)
        offset[self.axis] = index * size + min(index, more)
        shape[self.axis] = size + (index < more)
        return offset, shape

    def info(self, index: int) -> PartitionInfo:
        """What the initializer of a part is told."""
        return PartitionInfo(self.shape, self.place(index)[0])


def known_sizes(shape: TensorShape) -> list[int]:
    """The sizes of a shape that is fully defined.

    Raises:
      ValueError: it is not.
    """
    sizes = [size for size in shape.as_list() if size is not None]
    if len(sizes) != len(shape.as_list()):
        raise ValueError(f"a shape whose sizes are known is needed, not {shape}")
    return sizes


def checked_partitions(partitioner: Partitioner, shape: TensorShape, dtype: DType) -> list[int]:
    """What a partitioner says of a shape.

    Raises:
      ValueError: the shape isn't known or is (), or the answer is no way to divide it.
    """
    if not shape.is_fully_defined():
        raise ValueError(
            f"Shape of a new partitioned variable must be fully defined, but instead was {shape}."
        )
    if not shape.as_list():
        raise ValueError(f"A partitioned Variable must have rank at least 1, shape: {shape}")
    found = partitioner(shape=shape, dtype=dtype)
    if not isinstance(found, Sequence) or isinstance(found, str):
        raise ValueError(f"Partitioner must return a sequence, but saw: {found}")
    if len(found) != len(shape.as_list()):
        raise ValueError(
            "Partitioner returned a partition list that does not match the Variable's rank: "
            f"{found} vs. {shape}"
        )
    if any(count < 1 for count in found):
        raise ValueError(f"Partitioner returned zero partitions for some axes: {found}")
    if sum(count > 1 for count in found) > 1:
        raise ValueError(
            f"Can only slice a variable along one dimension: shape: {shape}, partitioning: {found}"
        )
    return list(found)


class PartitionedVariable:
    """A variable in parts, each of which is a `Variable`. As a tensor they are joined.

    Args:
      name: the name of the whole.
      shape, dtype: those of the whole.
      variable_list: the parts in order.
      partitions: the number of parts for each axis.
    """

    def __init__(
        self,
        name: str,
        shape: Any,
        dtype: DType,
        variable_list: Sequence[Variable],
        partitions: Sequence[int],
    ) -> None:
        self._name = name
        self._shape = as_shape(shape)
        self._dtype = dtype
        self._variable_list = list(variable_list)
        self._partitions = list(partitions)

    def __iter__(self) -> Iterator[Variable]:
        return iter(self._variable_list)

    def __len__(self) -> int:
        return len(self._variable_list)

    @property
    def name(self) -> str:
        """The name of the whole."""
        return self._name

    @property
    def dtype(self) -> DType:
        """The dtype."""
        return self._dtype

    @property
    def shape(self) -> TensorShape:
        """The shape of the whole."""
        return self._shape

    def get_shape(self) -> TensorShape:
        """The shape of the whole."""
        return self._shape

    def as_tensor(self) -> Tensor:
        """The whole as a tensor; control dependencies around it are ignored."""
        with control_dependencies(None):
            return self._joined()

    def _joined(self) -> Tensor:
        if len(self._variable_list) == 1:
            with name_scope(None):
                return identity(self._variable_list[0], name=self._name)
        axis = next((axis for axis, count in enumerate(self._partitions) if count > 1), 0)
        with name_scope(f"{self._name}/ConcatPartitions/"):
            joined = concat(self._variable_list, axis)
        with name_scope(None):
            return identity(joined, name=self._name)

    def assign(self, value: Any, use_locking: bool = False, name: str | None = None) -> Any:
        """An operation that replaces all parts.

        Args:
          value: the whole, or a list of parts.
        """
        parts = self._divided(value)
        return group(
            *(v.assign(part) for v, part in zip(self._variable_list, parts, strict=True)),
            name=name,
        )

    def _divided(self, value: Any) -> list[Any]:
        if isinstance(value, (list, tuple, PartitionedVariable)):
            return list(value)
        from jitgraph.ops.slicing import slice as slice_of

        parts = Partitions.of(known_sizes(self._shape), self._partitions)
        return [slice_of(value, *parts.place(index)) for index in range(parts.number)]

    def _get_variable_list(self) -> list[Variable]:
        return self._variable_list

    def _get_partitions(self) -> list[int]:
        return self._partitions


def _to_tensor(
    value: PartitionedVariable, dtype: Any = None, name: str | None = None, as_ref: bool = False
) -> Tensor:
    if dtype is not None and not dtype.is_compatible_with(value.dtype):
        raise ValueError(
            f"Incompatible type conversion requested to type '{dtype.name}' for variable of type "
            f"'{value.dtype.name}'"
        )
    if as_ref:
        raise NotImplementedError("PartitionedVariable doesn't support being used as a reference.")
    return value.as_tensor()


register_tensor_conversion_function(PartitionedVariable, _to_tensor)


def fixed_size_partitioner(num_shards: int, axis: int = 0) -> Partitioner:
    """Divides an axis into so many parts.

    Example:
      >>> with tf.variable_scope("emb", partitioner=tf.fixed_size_partitioner(4)):
      ...     table = tf.get_variable("table", [1000, 16])
    """

    def partitioner(shape: TensorShape, **_: Any) -> list[int]:
        found = [1] * len(known_sizes(shape))
        found[axis] = min(num_shards, known_sizes(shape)[axis])
        return found

    return partitioner


def variable_axis_size_partitioner(
    max_shard_bytes: int, axis: int = 0, bytes_per_string_element: int = 16,
    max_shards: int | None = None,
) -> Partitioner:  # fmt: skip
    """Divides an axis into parts of at most so many bytes.

    Raises:
      ValueError: a limit below one.
    """
    if max_shard_bytes < 1 or bytes_per_string_element < 1:
        raise ValueError(f"max_shard_bytes must be positive, but got: {max_shard_bytes}")
    if max_shards and max_shards < 1:
        raise ValueError(f"max_shards must be positive, but got: {max_shards}")

    def partitioner(shape: TensorShape, dtype: Any) -> list[int]:
        dims, kind = known_sizes(shape), as_dtype(dtype)
        item = bytes_per_string_element if kind.name == "string" else kind.size
        found = [1] * len(dims)
        one = item * math.prod(dims) / max(1, dims[axis])
        if max_shard_bytes < one:
            found[axis] = dims[axis]
        else:
            found[axis] = max(1, math.ceil(dims[axis] / math.floor(max_shard_bytes / one)))
        if max_shards:
            found[axis] = min(found[axis], max_shards)
        return found

    return partitioner


def min_max_variable_partitioner(
    max_partitions: int = 1, axis: int = 0, min_slice_size: int = 256 << 10,
    bytes_per_string_element: int = 16,
) -> Partitioner:  # fmt: skip
    """Divides an axis into parts of at least so many bytes, and at most so many parts."""

    def partitioner(shape: TensorShape, dtype: Any) -> list[int]:
        dims, kind = known_sizes(shape), as_dtype(dtype)
        item = bytes_per_string_element if kind.name == "string" else kind.size
        wanted = max(1, math.ceil(item * math.prod(dims) / min_slice_size))
        found = [1] * len(dims)
        found[axis] = max(1, min(dims[axis], max_partitions, wanted))
        return found

    return partitioner
