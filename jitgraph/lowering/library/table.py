"""The library's lowerings by the name that an op gives in its definition."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from jitgraph.lowering.library.argmax import argmax_steps
from jitgraph.lowering.library.candidates import log_uniform_steps
from jitgraph.lowering.library.convolution import (
    conv2d_input_gradient_steps,
    conv2d_steps,
)
from jitgraph.lowering.library.convolution_filter import conv2d_filter_gradient_steps
from jitgraph.lowering.library.depthwise import (
    depthwise_filter_gradient_steps,
    depthwise_input_gradient_steps,
    depthwise_steps,
)
from jitgraph.lowering.library.gather import gather_nd_steps, gather_steps
from jitgraph.lowering.library.matmul import matmul_steps
from jitgraph.lowering.library.pooling import (
    avg_pool_gradient_steps,
    avg_pool_steps,
    max_pool_gradient_steps,
    max_pool_steps,
)
from jitgraph.lowering.library.positions import first_positions_steps
from jitgraph.lowering.library.random import (
    advance_steps,
    permutation_steps,
    random_steps,
    seeded_steps,
)
from jitgraph.lowering.library.rejection import rejection_steps
from jitgraph.lowering.library.scan import scan_steps
from jitgraph.lowering.library.scatter import (
    put_rows_steps,
    scatter_into_zeros_steps,
    scatter_nd_steps,
    scatter_steps,
    segment_steps,
)
from jitgraph.lowering.library.topk import top_k_steps

_ROWS = ("update", "add", "sub", "mul", "div", "min", "max")
_DISTRIBUTIONS = ("uniform", "whole", "normal", "truncated")
_ELEMENTS = ("update", "add", "sub")

LOWERINGS: dict[str, Callable[..., list[Any]]] = {
    "argmax": partial(argmax_steps, sign=">"),
    "argmin": partial(argmax_steps, sign="<"),
    "avg_pool": avg_pool_steps,
    "avg_pool_gradient": avg_pool_gradient_steps,
    "conv2d": conv2d_steps,
    "conv2d_filter_gradient": conv2d_filter_gradient_steps,
    "conv2d_input_gradient": conv2d_input_gradient_steps,
    "cumprod": partial(scan_steps, sign="*"),
    "cumsum": partial(scan_steps, sign="+"),
    "first_positions": first_positions_steps,
    "depthwise": depthwise_steps,
    "depthwise_filter_gradient": depthwise_filter_gradient_steps,
    "depthwise_input_gradient": depthwise_input_gradient_steps,
    "gather": gather_steps,
    "gather_nd": gather_nd_steps,
    "matmul": matmul_steps,
    "max_pool": max_pool_steps,
    "max_pool_gradient": max_pool_gradient_steps,
    "put_rows": put_rows_steps,
    "random_gamma": partial(rejection_steps, kind="gamma"),
    "random_poisson": partial(rejection_steps, kind="poisson"),
    "random_advance": advance_steps,
    "log_uniform_candidates": log_uniform_steps,
    "random_permutation": permutation_steps,
    "random_seeded": seeded_steps,
    **{f"random_{k}": partial(random_steps, kind=k) for k in _DISTRIBUTIONS},
    "scatter_nd": scatter_into_zeros_steps,
    "segment_max": partial(segment_steps, kind="max"),
    "segment_min": partial(segment_steps, kind="min"),
    "segment_prod": partial(segment_steps, kind="mul"),
    "segment_sum": partial(segment_steps, kind="add"),
    "top_k": top_k_steps,
    **{f"scatter_{kind}": partial(scatter_steps, kind=kind) for kind in _ROWS},
    **{f"scatter_nd_{kind}": partial(scatter_nd_steps, kind=kind) for kind in _ELEMENTS},
}
