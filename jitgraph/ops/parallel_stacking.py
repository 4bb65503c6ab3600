"""parallel_stack: tensors joined along a new first axis.

In: tensors of one static shape. Out: one tensor. TensorFlow starts to write it before the last
part is there; here every stack is assembled by one parallel kernel, so it is a concatenation.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.definition import ANY, REQUIRED, OpDef, Sample, ShapeQuery
from jitgraph.ops.packing import merged_part
from jitgraph.ops.reshaping import expand_dims
from jitgraph.shapes import TensorShape, as_shape


def _joined_shape(q: ShapeQuery) -> list[Dims | None]:
    shape = as_shape(q.attrs["shape"])
    if not shape.is_fully_defined():
        raise ValueError("shape attr must be fully defined.")
    found = tuple(shape.as_list())
    one: Dims | None = (1, *found[1:])
    for index in reversed(range(len(q.shapes))):
        one = merged_part(q.shapes[index], one, index)
    return [found]


def _samples(rng: np.random.Generator) -> Any:
    for kind in (np.float32, np.float64, np.int32, np.bool_):
        parts = [rng.uniform(-2, 2, (1, 2, 3)).astype(kind) for _ in range(3)]
        yield Sample((parts,), {"shape": TensorShape([3, 2, 3])})
    yield Sample(([np.ones(1, np.float32)],), {"shape": TensorShape([1])})


PARALLEL_CONCAT = OpDef(
    "ParallelConcat",
    "values: N*T -> output: T",
    _joined_shape,
    types={"T": ANY},
    attrs={"shape": REQUIRED},
    reference=lambda values, shape: np.concatenate(values, 0),
    decompose=lambda b, instr: [b.emit("ConcatV2", list(instr.inputs), b.scalar_host(0))],
    samples=_samples,
)


def parallel_stack(values: Any, name: str | None = "parallel_stack") -> Tensor:
    """Tensors joined along a new first axis; `tf.stack` for those of one static shape.

    Args:
      values: tensors of the same static shape and dtype.
      name: the ops' name scope.

    Raises:
      ValueError: a shape isn't fully known, or they differ.

    Example:
      >>> tf.parallel_stack([[1.0, 2.0], [3.0, 4.0]])
      <tf.Tensor 'parallel_stack/ParallelConcat:0' shape=(2, 2) dtype=float32>
    """
    with name_scope(name):
        first = convert_to_tensor(values[0])
        shape = TensorShape([len(values)]).concatenate(first.get_shape())
        parts = [expand_dims(value, 0) for value in values]
        return apply(PARALLEL_CONCAT, [parts], {"shape": shape})
