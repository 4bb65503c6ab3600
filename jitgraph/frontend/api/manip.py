"""tf.manip: moving elements."""

from __future__ import annotations

from jitgraph.ops.gathering import gather_nd
from jitgraph.ops.rearranging import reverse, roll
from jitgraph.ops.repeating import tile
from jitgraph.ops.reshaping import reshape
from jitgraph.ops.scattering import scatter_nd
from jitgraph.ops.space_batch import batch_to_space_nd, space_to_batch_nd

__all__ = [
    "batch_to_space_nd",
    "gather_nd",
    "reshape",
    "reverse",
    "roll",
    "scatter_nd",
    "space_to_batch_nd",
    "tile",
]
