"""dynamic_partition, which deals rows to several tensors, and parallel_dynamic_stitch.

In: rows, and for each the number of the tensor it goes to (or the tensors, and where each of their
rows goes). Out: the tensors, whose sizes depend on data (or one tensor).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, merge_dims
from jitgraph.ops.definition import ANY, REQUIRED, OpDef, Sample, ShapeQuery
from jitgraph.ops.scattering import DYNAMIC_STITCH, dynamic_stitch


def _partitioned_shape(q: ShapeQuery) -> list[Dims | None]:
    data, partitions = q.shapes
    count = q.attrs["num_partitions"]
    if data is None or partitions is None:
        return [None] * count
    merge_dims(data[: len(partitions)], partitions)
    return [(None, *data[len(partitions) :])] * count


def _partitioned(data: Any, partitions: Any, num_partitions: int) -> tuple[np.ndarray, ...]:
    owners = np.asarray(partitions).reshape(-1)
    is_bad = (owners < 0) | (owners >= num_partitions)
    if is_bad.any():
        place = int(is_bad.argmax())
        raise ValueError(
            f"partitions{_index_text(place, np.shape(partitions))} = {owners[place]} is not in "
            f"[0, {num_partitions})"
        )
    rest = np.shape(data)[np.ndim(partitions) :]
    rows = np.reshape(data, (owners.size, *rest))
    places = (np.flatnonzero(owners == part) for part in range(num_partitions))
    return tuple(rows.take(found, axis=0) for found in places)


def _index_text(place: int, shape: tuple[int, ...]) -> str:
    index = [str(item) for item in np.unravel_index(place, shape)]
    return "[" + ",".join(index) + "]" if index else ""


def _partition_gradient(op: Any, *grads: Tensor) -> list[Any]:
    from jitgraph.ops.ranges import range as range_of
    from jitgraph.ops.reductions import reduce_prod
    from jitgraph.ops.reshaping import reshape
    from jitgraph.ops.shapes_of import shape as shape_of

    data, owners = op.inputs
    sizes = shape_of(owners)
    places = reshape(range_of(reduce_prod(sizes)), sizes)
    parts = dynamic_partition(places, owners, op.get_attr("num_partitions"))
    return [reshape(dynamic_stitch(parts, list(grads)), shape_of(data)), None]


def _partition_samples(rng: np.random.Generator) -> Any:
    owners = np.array([1, 0, 2, 1], np.int32)
    for kind in (np.float32, np.float64, np.int32):
        data = rng.uniform(-3, 3, (4, 2)).astype(kind)
        yield Sample((data, owners), {"num_partitions": 4})
    grid = np.array([[0, 1], [1, 1]], np.int32)
    yield Sample((rng.uniform(-3, 3, (2, 2)), grid), {"num_partitions": 2})


DYNAMIC_PARTITION = OpDef(
    "DynamicPartition",
    "data: T, partitions: int32 -> outputs: num_partitions*T",
    _partitioned_shape,
    types={"T": ANY},
    attrs={"num_partitions": REQUIRED},
    reference=_partitioned,
    gradient=_partition_gradient,
    samples=_partition_samples,
)

PARALLEL_DYNAMIC_STITCH = OpDef(
    "ParallelDynamicStitch",
    DYNAMIC_STITCH.signature,
    DYNAMIC_STITCH.shape,
    types={"T": ANY},
    reference=DYNAMIC_STITCH.reference,
    gradient=DYNAMIC_STITCH.gradient,
    samples=DYNAMIC_STITCH.samples,
)


def dynamic_partition(
    data: Any, partitions: Any, num_partitions: int, name: str | None = None
) -> list[Tensor]:
    """Deals the rows of a tensor to several tensors.

    Args:
      data: a tensor whose shape starts with that of `partitions`.
      partitions: int32, for each row the number of the tensor it goes to.
      num_partitions: how many tensors.
      name: the op's name.

    Returns:
      `num_partitions` tensors, in which the rows keep their order.

    Raises:
      InvalidArgumentError: when run, if a number isn't in [0, num_partitions).

    Example:
      >>> len(tf.dynamic_partition([1.0, 2.0, 3.0], [0, 1, 0], 2))
      2
    """
    attrs = {"num_partitions": num_partitions}
    parts: list[Tensor] = apply(DYNAMIC_PARTITION, [data, partitions], attrs, name)
    return parts


def parallel_dynamic_stitch(indices: Any, data: Any, name: str | None = None) -> Tensor:
    """`tf.dynamic_stitch` whose rows may be written in any order: of two that go to one place, any
    may win.

    Args:
      indices: a list of int32 tensors: where each row goes.
      data: a list of tensors.
      name: the op's name.

    Example:
      >>> tf.parallel_dynamic_stitch([[0, 2], [1]], [[1.0, 3.0], [2.0]])  # doctest: +SKIP
      <tf.Tensor 'ParallelDynamicStitch:0' shape=(3,) dtype=float32>
    """
    return apply(PARALLEL_DYNAMIC_STITCH, [list(indices), list(data)], name=name)
