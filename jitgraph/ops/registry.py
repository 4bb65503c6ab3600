"""Every op type by name. In: the family modules. Out: REGISTRY, what all stages look ops up in."""

from __future__ import annotations

from jitgraph.ops import (
    arithmetic,
    assembling,
    bitwise,
    casting,
    comparison,
    constants,
    diagonals,
    elementwise_complex,
    elementwise_extrema,
    filling,
    gathering,
    identities,
    initialized_value,
    internal,
    logical,
    masking,
    matrices,
    mirror_padding,
    packing,
    padding,
    placeholders,
    ranges,
    rearranging,
    repeating,
    reshaping,
    scatter,
    scattering,
    selection,
    shape_arithmetic,
    shapes_of,
    slicing,
    splitting,
    state,
    strided_slice_grad,
    strided_slicing,
    transposing,
)
from jitgraph.ops.definition import OpDef

FAMILIES = (
    arithmetic,
    assembling,
    bitwise,
    casting,
    comparison,
    constants,
    diagonals,
    elementwise_complex,
    elementwise_extrema,
    filling,
    gathering,
    identities,
    initialized_value,
    internal,
    logical,
    masking,
    matrices,
    mirror_padding,
    packing,
    padding,
    placeholders,
    ranges,
    rearranging,
    repeating,
    reshaping,
    scatter,
    scattering,
    selection,
    shape_arithmetic,
    shapes_of,
    slicing,
    splitting,
    state,
    strided_slice_grad,
    strided_slicing,
    transposing,
)

REGISTRY: dict[str, OpDef] = {
    definition.name: definition
    for family in FAMILIES
    for definition in vars(family).values()
    if isinstance(definition, OpDef)
}
