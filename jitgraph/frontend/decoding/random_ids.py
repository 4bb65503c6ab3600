"""Ids drawn by chance, for helpers of decoders.

In: scores. Out: samples. The ops are TensorFlow's, in its order, so that numbers agree.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jitgraph import dtypes
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.assembling import concat
from jitgraph.ops.casting import cast
from jitgraph.ops.comparison import equal
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.padding import pad
from jitgraph.ops.random_samples import multinomial
from jitgraph.ops.reductions import reduce_prod
from jitgraph.ops.reshaping import reshape
from jitgraph.ops.shapes_of import rank, shape as shape_of
from jitgraph.ops.transposing import transpose


def categorical_sample(logits: Any, dtype: Any = dtypes.int32, seed: int | None = None) -> Tensor:
    """One class for each row of scores, drawn by their softmax.

    Args:
      logits: of shape [..., classes].
      dtype: that of the ids.
      seed: see `tf.set_random_seed`.
    """
    logits = convert_to_tensor(logits, name="logits")
    classes = shape_of(logits)[-1]
    rows = shape_of(logits)[:-1]

    def draw(count: Any) -> Tensor:
        flat = logits if logits.get_shape().ndims == 2 else reshape(logits, [-1, classes])
        wide = dtypes.int64 if logits.dtype.size > 4 else dtypes.int32
        drawn = multinomial(flat, count, seed=seed, output_dtype=wide)
        drawn = reshape(transpose(drawn), concat([[count], rows], 0))
        return cast(drawn, dtype)  # type: ignore[no-any-return]

    return _of_shape(draw, ())


def _of_shape(draw: Callable[[Any], Tensor], shape: Any) -> Tensor:
    """Samples of a shape; `draw` gives so many."""
    with name_scope(None, "call_sampler", values=[shape]):
        shape = convert_to_tensor(shape, dtype=dtypes.int32, name="sample_shape")
        padding = cast(equal(rank(shape), 0), dtypes.int32)
        wanted = pad(shape_of(shape), paddings=[[padding, 0]], constant_values=1)
        shape = reshape(shape, wanted)
        drawn = draw(reduce_prod(shape))
        return reshape(drawn, concat([shape, shape_of(drawn)[1:]], 0))
