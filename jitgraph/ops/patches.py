"""Patches of images: tf.extract_image_patches.

In: images, channels last, and windows. Out: for each window all that it sees, side by side in the
depth: an image for each element of a window, joined.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, chosen_argument, multiply_dims, require_rank
from jitgraph.ops.definition import REALS, REQUIRED, OpDef, Sample, ShapeQuery
from jitgraph.ops.depthwise_definitions import DEPTHWISE_BACKPROP_INPUT
from jitgraph.ops.window_attributes import PADDINGS, chosen_text, numbers
from jitgraph.ops.window_geometry import SAME, VALID, Sliding, sliding, window_count
from jitgraph.ops.window_taps import Taps, emit_padded, emit_tap, taps_of

_ATTRS = {"ksizes": REQUIRED, "strides": REQUIRED, "rates": REQUIRED, "padding": REQUIRED}
_SPACE = (1, 2)


def _patch_dims(images: Dims, attrs: Mapping[str, Any]) -> Dims:
    ksizes, strides, rates = attrs["ksizes"], attrs["strides"], attrs["rates"]
    for name in ("ksizes", "strides", "rates"):
        if len(attrs[name]) != 4:
            raise ValueError(
                f"ExtractImagePatches requires the {name} attribute to contain 4 values, but got: "
                f"{len(attrs[name])}"
            )
        if attrs[name][0] != 1 or attrs[name][3] != 1:
            raise ValueError(f"Only support {name} across space.")
    space = (
        window_count(images[k], ksizes[k], strides[k], rates[k], attrs["padding"]) for k in _SPACE
    )
    return (images[0], *space, multiply_dims(images[3], ksizes[1] * ksizes[2]))


def _shape(q: ShapeQuery) -> list[Dims | None]:
    require_rank(q.shapes[0], 4)
    return [_patch_dims(q.shapes[0] or (None,) * 4, q.attrs)]


def _windows(sizes: Any, attrs: Mapping[str, Any]) -> Sliding:
    window, strides, rates = (
        [attrs[name][k] for k in _SPACE] for name in ("ksizes", "strides", "rates")
    )
    return sliding([sizes[k] for k in _SPACE], window, strides, rates, attrs["padding"])


def _patches(images: np.ndarray, **attrs: Any) -> np.ndarray:
    windows = _windows(images.shape, attrs)
    padded = windows.padded(images)
    return np.concatenate([padded[where] for _, where in windows.taps()], axis=-1)


def _taps(attrs: Mapping[str, Any], images: Dims, made: Dims) -> Taps:
    given = {
        "strides": attrs["strides"],
        "dilations": attrs["rates"],
        "padding": attrs["padding"],
        "data_format": "NHWC",
    }
    return taps_of(given, images, made, attrs["ksizes"][1:3])


def _decompose(b: Any, instr: Any) -> list[Any]:
    images = instr.inputs[0]
    taps = _taps(instr.attrs, images.type.dims, instr.outputs[0].type.dims)
    padded = emit_padded(b, images, taps)
    parts = [emit_tap(b, padded, taps, tap) for tap in taps.each()]
    return [parts[0] if len(parts) == 1 else b.emit("ConcatV2", parts, b.scalar_host(3))]


def _gradient(op: Any, grad: Tensor) -> list[Tensor]:
    """Patches are a depthwise convolution with a filter for each element of a window."""
    from jitgraph.ops.packing import stack
    from jitgraph.ops.repeating import tile
    from jitgraph.ops.reshaping import reshape
    from jitgraph.ops.shapes_of import shape
    from jitgraph.ops.transposing import transpose

    rows, columns = op.get_attr("ksizes")[1:3]
    taps = rows * columns
    sizes, made = shape(op.inputs[0]), shape(op.outputs[0])
    one = np.eye(taps).reshape(rows, columns, 1, taps).astype(grad.dtype.as_numpy_dtype)
    filter = tile(one, stack([1, 1, sizes[3], 1]))
    by_tap = reshape(grad, stack([made[0], made[1], made[2], taps, sizes[3]]))
    by_channel = reshape(transpose(by_tap, [0, 1, 2, 4, 3]), made)
    attrs = {
        "strides": op.get_attr("strides"),
        "padding": op.get_attr("padding"),
        "dilations": op.get_attr("rates"),
    }
    return [apply(DEPTHWISE_BACKPROP_INPUT, [sizes, filter, by_channel], attrs)]


def _geometries() -> Iterator[tuple[tuple[int, ...], dict[str, Any]]]:
    """(shape of the images, attributes)."""
    yield (2, 5, 4, 3), _geometry((3, 2), (1, 1), (1, 1), SAME)
    yield (1, 7, 6, 2), _geometry((2, 2), (2, 3), (2, 1), VALID)
    yield (1, 6, 7, 1), _geometry((2, 3), (2, 2), (1, 2), SAME)
    yield (1, 4, 4, 2), _geometry((1, 1), (2, 2), (1, 1), VALID)


def _geometry(ksizes: Any, strides: Any, rates: Any, padding: str) -> dict[str, Any]:
    named = {"ksizes": ksizes, "strides": strides, "rates": rates}
    return {**{name: (1, *each, 1) for name, each in named.items()}, "padding": padding}


def _cases(rng: np.random.Generator) -> Iterator[tuple[np.ndarray, dict[str, Any]]]:
    for index, (dims, attrs) in enumerate(_geometries()):
        kinds = (dtypes.float32, dtypes.float64, dtypes.int32, dtypes.uint8, dtypes.float16)
        for dtype in kinds if index == 0 else kinds[:2]:
            yield rng.integers(0, 9, dims).astype(dtype.as_numpy_dtype), attrs


def _samples(rng: np.random.Generator) -> Iterator[Sample]:
    for images, attrs in _cases(rng):
        yield Sample((images,), attrs)


EXTRACT_IMAGE_PATCHES = OpDef(
    "ExtractImagePatches",
    "images: T -> patches: T",
    _shape,
    types={"T": REALS},
    attrs=_ATTRS,
    reference=_patches,
    decompose=_decompose,
    gradient=_gradient,
    samples=_samples,
)


def extract_image_patches(
    images: Any,
    ksizes: Any = None,
    strides: Any = None,
    rates: Any = None,
    padding: Any = None,
    name: str | None = None,
    sizes: Any = None,
) -> Tensor:
    """Patches of images, each laid out in the depth.

    Args:
      images: of shape [batch, rows, columns, depth].
      ksizes: the size of a patch, four numbers, the first and last of them 1.
      strides: from one patch to the next, likewise.
      rates: from one element of a patch to the next, likewise.
      padding: "SAME" or "VALID".
      name: the op's name.
      sizes: another name of `ksizes`.

    Returns:
      A tensor [batch, patches down, patches across, rows x columns of a patch x depth].

    Raises:
      ValueError: patches that don't fit.

    Example:
      >>> x = tf.zeros([1, 8, 8, 3])
      >>> tf.extract_image_patches(x, [1, 2, 2, 1], [1, 2, 2, 1], [1, 1, 1, 1], "VALID")
      <tf.Tensor 'ExtractImagePatches:0' shape=(1, 4, 4, 12) dtype=float32>
    """
    ksizes = chosen_argument("sizes", sizes, "ksizes", ksizes)
    function, op = "extract_image_patches", "ExtractImagePatches"
    attrs = {
        "ksizes": numbers("ksizes", ksizes, function, op, 4),
        "strides": numbers("strides", strides, function, op, 4),
        "rates": numbers("rates", rates, function, op, 4),
        "padding": chosen_text(op, "padding", padding, PADDINGS),
    }
    return apply(EXTRACT_IMAGE_PATCHES, [images], attrs, name)


def extract_patches(
    images: Any, sizes: Any, strides: Any, rates: Any, padding: str, name: str | None = None
) -> Tensor:
    """As `tf.extract_image_patches`, with TensorFlow 2's names of its arguments."""
    return extract_image_patches(images, sizes, strides, rates, padding, name)
