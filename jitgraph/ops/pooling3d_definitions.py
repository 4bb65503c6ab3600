"""The definitions of pooling in three dimensions, and of its gradients.

In: volumes (NDHWC or NCDHW) and windows. Out: the greatest element or the mean of each window, by
the pooling of images: first within planes, then across them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor
from jitgraph.ops import pooling_references as references, window_misfits
from jitgraph.ops.apply import apply
from jitgraph.ops.definition import REALS, REQUIRED, OpDef
from jitgraph.ops.elementwise_definition import widened
from jitgraph.ops.pooling_decomposition import (
    choose_by_maximum_of_volumes,
    differentiate_maxima,
    differentiate_means,
    pool_volumes,
)
from jitgraph.ops.pooling_definitions import (
    FLOATS,
    attrs_of,
    avg_pool_grad_shape,
    avg_pool_shape,
    max_pool_grad_grad_shape,
    max_pool_grad_shape,
    max_pool_shape,
    pooling_samples,
    zeros_of,
)
from jitgraph.ops.window_geometry import SAME, VALID

MOST_SINGLE = (dtypes.float16, dtypes.bfloat16, dtypes.float32)

_ATTRS = {"ksize": REQUIRED, "strides": REQUIRED, "padding": REQUIRED, "data_format": "NDHWC"}


def _max_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    return [apply(MAX_POOL3D_GRAD, [op.inputs[0], op.outputs[0], grad], attrs_of(op))]


def _max_grad_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    volume, pooled = op.inputs[:2]
    nothing = zeros_of(volume), zeros_of(pooled)
    return [*nothing, apply(MAX_POOL3D_GRAD_GRAD, [volume, pooled, grad], attrs_of(op))]


def _max_grad_grad_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    volume, pooled = op.inputs[:2]
    nothing = zeros_of(volume), zeros_of(pooled)
    return [*nothing, apply(MAX_POOL3D_GRAD, [volume, pooled, grad], attrs_of(op))]


def _avg_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    from jitgraph.ops.shapes_of import shape

    return [apply(AVG_POOL3D_GRAD, [shape(op.inputs[0]), grad], attrs_of(op))]


def _avg_grad_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    from jitgraph.ops.identities import stop_gradient

    return [stop_gradient(op.inputs[0]), apply(AVG_POOL3D, [grad], attrs_of(op))]


def _geometries() -> Iterator[tuple[tuple[int, ...], dict[str, Any]]]:
    """(shape of the volume, attributes)."""
    yield (
        (1, 4, 4, 6, 2),
        {"ksize": (1, 2, 2, 2, 1), "strides": (1, 2, 2, 2, 1), "padding": VALID},
    )
    yield (
        (2, 3, 5, 4, 2),
        {"ksize": (1, 2, 3, 3, 1), "strides": (1, 1, 2, 3, 1), "padding": SAME},
    )
    yield (
        (1, 2, 3, 4, 3),
        {
            "ksize": (1, 1, 2, 2, 2), "strides": (1, 1, 1, 2, 1), "padding": SAME,
            "data_format": "NCDHW",
        },
    )  # fmt: skip


def _samples(kind: Any, allowed: Any) -> Any:
    return pooling_samples(kind, allowed, _geometries, [dtypes.float32])


MAX_POOL3D = OpDef(
    "MaxPool3D",
    "input: T -> output: T",
    max_pool_shape,
    types={"T": MOST_SINGLE},
    attrs=_ATTRS,
    misfit=window_misfits.pool,
    reference=widened(references.max_pool),
    decompose=pool_volumes("MaxPool"),
    gradient=_max_gradient,
    samples=_samples(lambda volume, *_: (volume,), MOST_SINGLE),
)

MAX_POOL3D_GRAD = OpDef(
    "MaxPool3DGrad",
    "orig_input: TInput, orig_output: TInput, grad: T -> output: T",
    max_pool_grad_shape,
    types={"T": (MOST_SINGLE, dtypes.float32), "TInput": (MOST_SINGLE, dtypes.float32)},
    attrs=_ATTRS,
    reference=widened(references.max_pool_grad),
    decompose=differentiate_maxima,
    gradient=_max_grad_gradient,
    samples=_samples(lambda volume, pooled, grad, _: (volume, pooled, grad), MOST_SINGLE),
)

MAX_POOL3D_GRAD_GRAD = OpDef(
    "MaxPool3DGradGrad",
    "orig_input: T, orig_output: T, grad: T -> output: T",
    max_pool_grad_grad_shape,
    types={"T": REALS},
    attrs=_ATTRS,
    reference=widened(references.max_pool_grad_grad),
    decompose=choose_by_maximum_of_volumes,
    gradient=_max_grad_grad_gradient,
    samples=_samples(lambda volume, pooled, _, other: (volume, pooled, other), MOST_SINGLE),
)

AVG_POOL3D = OpDef(
    "AvgPool3D",
    "input: T -> output: T",
    avg_pool_shape,
    types={"T": FLOATS},
    attrs=_ATTRS,
    misfit=window_misfits.pool,
    reference=widened(references.avg_pool),
    decompose=pool_volumes("AvgPool"),
    gradient=_avg_gradient,
    samples=_samples(lambda volume, *_: (volume,), FLOATS),
)

AVG_POOL3D_GRAD = OpDef(
    "AvgPool3DGrad",
    "orig_input_shape: int32, grad: T -> output: T",
    avg_pool_grad_shape,
    types={"T": FLOATS},
    attrs=_ATTRS,
    reference=widened(references.avg_pool_grad),
    decompose=differentiate_means,
    host=(0,),
    gradient=_avg_grad_gradient,
    samples=_samples(
        lambda volume, pooled, grad, _: (np.array(volume.shape, np.int32), grad), FLOATS
    ),
)
