"""The library's lowerings by the name that an op gives in its definition.

In: a name. Out: the function that gives the steps; its module is imported when it is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, NamedTuple


class Lowering(NamedTuple):
    """A function of a module of this folder, and arguments that it gets by name."""

    module: str
    function: str
    arguments: dict[str, Any]

    def __call__(self, instr: Any, fused: Any) -> list[Any]:
        """The steps of an instruction."""
        module = import_module(f"jitgraph.lowering.library.{self.module}")
        steps: list[Any] = getattr(module, self.function)(instr, fused, **self.arguments)
        return steps


def _by(module: str, function: str, **arguments: Any) -> Lowering:
    return Lowering(module, function, arguments)


_ROWS = ("update", "add", "sub", "mul", "div", "min", "max")
_DISTRIBUTIONS = ("uniform", "whole", "normal", "truncated")
_RESIZES = ("nearest", "bilinear", "bicubic")
_ELEMENTS = ("update", "add", "sub")

LOWERINGS: dict[str, Lowering] = {
    "argmax": _by("argmax", "argmax_steps", sign=">"),
    "argmin": _by("argmax", "argmax_steps", sign="<"),
    "avg_pool": _by("pooling", "avg_pool_steps"),
    "avg_pool_gradient": _by("pooling", "avg_pool_gradient_steps"),
    "cholesky": _by("linear_algebra", "cholesky_steps"),
    "conv2d": _by("convolution", "conv2d_steps"),
    "conv2d_filter_gradient": _by("convolution_filter", "conv2d_filter_gradient_steps"),
    "conv2d_input_gradient": _by("convolution", "conv2d_input_gradient_steps"),
    "crop_and_resize": _by("crops", "crop_and_resize_steps"),
    "crop_and_resize_to_boxes": _by("crops", "crop_and_resize_to_boxes_steps"),
    "crop_and_resize_to_image": _by("crops", "crop_and_resize_to_image_steps"),
    "cumprod": _by("scan", "scan_steps", sign="*"),
    "cumsum": _by("scan", "scan_steps", sign="+"),
    "first_positions": _by("positions", "first_positions_steps"),
    "depthwise": _by("depthwise", "depthwise_steps"),
    "depthwise_filter_gradient": _by("depthwise", "depthwise_filter_gradient_steps"),
    "depthwise_input_gradient": _by("depthwise", "depthwise_input_gradient_steps"),
    "gather": _by("gather", "gather_steps"),
    "gather_nd": _by("gather", "gather_nd_steps"),
    "jpeg_colours": _by("colours", "jpeg_colours_steps"),
    "matmul": _by("matmul", "matmul_steps"),
    "matrix_determinant": _by("linear_algebra", "determinant_steps"),
    "matrix_inverse": _by("linear_algebra", "inverse_steps"),
    "matrix_solve": _by("linear_algebra", "solve_steps"),
    "max_pool": _by("pooling", "max_pool_steps"),
    "max_pool_gradient": _by("pooling", "max_pool_gradient_steps"),
    "put_rows": _by("scatter", "put_rows_steps"),
    "random_gamma": _by("rejection", "rejection_steps", kind="gamma"),
    "random_poisson": _by("rejection", "rejection_steps", kind="poisson"),
    "random_advance": _by("random", "advance_steps"),
    "log_uniform_candidates": _by("candidates", "log_uniform_steps"),
    "random_permutation": _by("random", "permutation_steps"),
    "random_seeded": _by("random", "seeded_steps"),
    **{f"random_{k}": _by("random", "random_steps", kind=k) for k in _DISTRIBUTIONS},
    "resize_area": _by("resize", "resize_area_steps"),
    **{f"resize_{k}": _by("resize", "resize_steps", method=k) for k in _RESIZES},
    **{f"resize_{k}_gradient": _by("resize", "resize_gradient_steps", method=k) for k in _RESIZES},
    "rising_segments_max": _by("segments", "rising_segments_steps", kind="max"),
    "rising_segments_min": _by("segments", "rising_segments_steps", kind="min"),
    "rising_segments_prod": _by("segments", "rising_segments_steps", kind="mul"),
    "rising_segments_sum": _by("segments", "rising_segments_steps", kind="add"),
    "taken_segments_sum": _by("segments", "taken_segments_steps"),
    "scatter_nd": _by("scatter", "scatter_into_zeros_steps"),
    "segment_max": _by("scatter", "segment_steps", kind="max"),
    "segment_min": _by("scatter", "segment_steps", kind="min"),
    "segment_prod": _by("scatter", "segment_steps", kind="mul"),
    "segment_sum": _by("scatter", "segment_steps", kind="add"),
    "top_k": _by("topk", "top_k_steps"),
    "triangular_solve": _by("linear_algebra", "triangular_solve_steps"),
    **{f"scatter_{kind}": _by("scatter", "scatter_steps", kind=kind) for kind in _ROWS},
    **{f"scatter_nd_{kind}": _by("scatter", "scatter_nd_steps", kind=kind) for kind in _ELEMENTS},
}
