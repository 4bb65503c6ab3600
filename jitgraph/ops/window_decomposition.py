"""What the library's kernels of windows don't take, or not well: channels that come first, groups
of channels, windows as large as the image.

In: an instruction (of convolution or pooling) and the roles of its operands. Out: transposes to
"NHWC" around the same op, or a part for each group of channels, put together. These are the
`decompose` rules of the ops; None where the instruction is fit for the library.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

from jitgraph.ops.depthwise_forms import as_padded, input_gradient_as_convolution
from jitgraph.ops.shifted_sums import as_shifted_sum
from jitgraph.ops.window_geometry import SAME, VALID, channels_back, channels_last

IMAGE, SIZES, FILTER, FILTER_SIZES, GRADIENT = (
    "image",
    "image sizes",
    "filter",
    "filter sizes",
    "gradient",
)
_EXCHANGED = (0, 2, 1, 3)
_FOUR = ("strides", "dilations", "ksize")
Rule = Callable[[Any, Any], Sequence[Any] | None]


def fit_for_library(*roles: str, makes: str = IMAGE) -> Rule:
    """The rule for an op whose operands play `roles` and whose result is an image or a filter."""

    def rule(b: Any, instr: Any) -> list[Any] | None:
        if instr.attrs["data_format"].index("C") == 1:
            return with_channels_last(b, instr, roles, makes)
        if FILTER not in roles and makes != FILTER:
            return None
        if roles == (IMAGE, FILTER):
            found = as_shifted_sum(b, instr)
            if found is not None:
                return found
        rules = (_by_groups, _with_rows_as_depth, _with_axes_exchanged)
        return next(filter(None, (each(b, instr, roles, makes) for each in rules)), None)

    return rule


def channels_to_the_end(*roles: str, makes: str = IMAGE) -> Rule:
    """The rule for ops of depthwise convolution."""

    def rule(b: Any, instr: Any) -> list[Any] | None:
        if instr.attrs["data_format"].index("C") == 1:
            return with_channels_last(b, instr, roles, makes)
        if roles == (IMAGE, FILTER):
            return as_shifted_sum(b, instr) or as_padded(b, instr)
        return input_gradient_as_convolution(b, instr) if roles[0] == SIZES else None

    return rule


def _attrs(instr: Any) -> dict[str, Any]:
    return {name: instr.attrs[name] for name in instr.definition.attrs}


def with_channels_last(b: Any, instr: Any, roles: Sequence[str], makes: str) -> list[Any]:
    """op(x, NCHW) = turned(op(turned(x), NHWC))."""
    data_format = instr.attrs["data_format"]
    order = channels_last(data_format)
    inputs = [_turned(b, *each, order) for each in zip(instr.inputs, roles, strict=True)]
    found = b.emit(instr.definition.name, *inputs, **_attrs_of_last(_attrs(instr), order))
    if makes != IMAGE:
        return [found]
    return [b.emit("Transpose", found, b.sizes(channels_back(data_format)))]


def _turned(b: Any, operand: Any, role: str, order: Sequence[int]) -> Any:
    if role in (IMAGE, GRADIENT):
        return b.emit("Transpose", operand, b.sizes(order))
    if role == SIZES:
        return b.sizes([b.host(operand)[axis] for axis in order])
    return operand


def _attrs_of_last(attrs: dict[str, Any], order: Sequence[int]) -> dict[str, Any]:
    turned = {
        name: tuple(value[axis] for axis in order) if name in _FOUR else value
        for name, value in attrs.items()
    }
    pads = attrs.get("explicit_paddings") or ()
    if pads:
        turned["explicit_paddings"] = tuple(
            pads[2 * axis + end] for axis in order for end in (0, 1)
        )
    letters = attrs["data_format"]
    return {**turned, "data_format": "".join(letters[axis] for axis in order)}


def _by_groups(b: Any, instr: Any, roles: Sequence[str], makes: str) -> list[Any] | None:
    """conv(x, w) = concat of conv(channels of x for group k, filters of w for group k)."""
    image, filter = _dims_of(b, instr, roles, makes)
    depth, filter_depth, filters = image[-1], filter[-2], filter[-1]
    if depth is filter_depth or depth == filter_depth:
        return None
    groups = specialised(depth // filter_depth)
    parts = []
    for group in range(groups):
        channels = (group * filter_depth, filter_depth)
        chosen = (group * (filters // groups), filters // groups)
        inputs = [
            _of_group(b, *each, channels, chosen) for each in zip(instr.inputs, roles, strict=True)
        ]
        parts.append(b.emit(instr.definition.name, *inputs, **_attrs(instr)))
    rank = len(instr.outputs[0].type.dims)
    return [b.emit("ConcatV2", parts, b.scalar_host(rank - 1))]


def _with_rows_as_depth(b: Any, instr: Any, roles: Sequence[str], makes: str) -> list[Any] | None:
    """Windows that see whole rows: a row, or a whole image, is the depth of one position.

    Nothing moves in memory. No tap of such a window lies beyond an edge, which for the gradient
    to the image most taps would.
    """
    image, filter = _dims_of(b, instr, roles, makes)
    sees_rows, sees_images = (_sees_whole(instr.attrs, axis, image, filter) for axis in (2, 1))
    if not (sees_rows and isinstance(image[3], int)):
        return None
    if image[2] == 1 and not (sees_images and image[1] > 1):
        return None
    kept = 1 if sees_images else 2
    inputs = [_with_depth(b, *each, kept) for each in zip(instr.inputs, roles, strict=True)]
    found = b.emit(instr.definition.name, *inputs, **_attrs_of_columns(_attrs(instr), kept))
    return [b.emit("Reshape", found, b.sizes(instr.outputs[0].type.dims))]


def _with_axes_exchanged(b: Any, instr: Any, roles: Sequence[str], makes: str) -> list[Any] | None:
    """The gradient to images of which windows see whole columns: as if these were rows."""
    image, filter = _dims_of(b, instr, roles, makes)
    if SIZES not in roles or not _sees_whole(instr.attrs, 1, image, filter) or image[1] == 1:
        return None
    attrs = _attrs_of_last(_attrs(instr), _EXCHANGED) | {"data_format": "NHWC"}
    inputs = [_exchanged(b, *each) for each in zip(instr.inputs, roles, strict=True)]
    found = b.emit(instr.definition.name, *inputs, **attrs)
    return [b.emit("Transpose", found, b.sizes(_EXCHANGED))]


def _exchanged(b: Any, operand: Any, role: str) -> Any:
    if role == FILTER:
        return b.emit("Transpose", operand, b.sizes((1, 0, 2, 3)))
    return _turned(b, operand, role, _EXCHANGED)


def _sees_whole(attrs: Any, axis: int, image: Any, filter: Any) -> bool:
    """Whether there is one window along an axis, as long as the image, without padding."""
    size, window = image[axis], filter[axis - 1]
    if not isinstance(size, int) or not isinstance(window, int) or size != window:
        return False
    if attrs["dilations"][axis] != 1:
        return False
    if attrs["padding"] in (SAME, SAME.encode()):
        return bool(attrs["strides"][axis] >= size)
    pads = attrs.get("explicit_paddings") or (0,) * 8
    return not any(pads[2 * axis : 2 * axis + 2])


def _with_depth(b: Any, operand: Any, role: str, kept: int) -> Any:
    if role == GRADIENT:
        return operand
    is_vector = role in (SIZES, FILTER_SIZES)
    dims = list(b.host(operand)) if is_vector else list(operand.type.dims)
    first = kept if role in (IMAGE, SIZES) else kept - 1
    last = 4 if role in (IMAGE, SIZES) else 3
    depth = prod(int(dim) for dim in dims[first:last])
    sizes = b.sizes([*dims[:first], *([1] * (last - first - 1)), depth, *dims[last:]])
    return sizes if is_vector else b.emit("Reshape", operand, sizes)


def _attrs_of_columns(attrs: dict[str, Any], kept: int) -> dict[str, Any]:
    """The attributes of windows of one column, or of one element."""
    if kept == 1:
        return attrs | {"strides": (1, 1, 1, 1), "padding": VALID, "explicit_paddings": ()}
    return attrs | {"strides": (1, attrs["strides"][1], 1, 1)}


def specialised(count: Any) -> int:
    """A count as a plain int: the program is specialised to what it is now."""
    now = count if isinstance(count, int) else count.hint
    assert count == now
    return int(now)


def _dims_of(b: Any, instr: Any, roles: Sequence[str], makes: str) -> tuple[Any, Any]:
    """The shapes of the image and of the filter, whichever of operands and result they are."""
    dims = {makes: instr.outputs[0].type.dims}
    for operand, role in zip(instr.inputs, roles, strict=True):
        if role in (IMAGE, FILTER):
            dims[role] = operand.type.dims
    return dims[IMAGE], dims[FILTER]


def _of_group(
    b: Any, operand: Any, role: str, channels: tuple[Any, Any], filters: tuple[Any, Any]
) -> Any:
    """What one group sees of an operand; `channels` and `filters` are (begin, size)."""
    if role in (SIZES, FILTER_SIZES):
        sizes = list(b.host(operand))
        sizes[-1] = channels[1] if role == SIZES else filters[1]
        return b.sizes(sizes)
    begin, size = channels if role == IMAGE else filters
    dims = operand.type.dims
    starts = [0] * (len(dims) - 1)
    return b.emit("Slice", operand, b.sizes([*starts, begin]), b.sizes([*dims[:-1], size]))
