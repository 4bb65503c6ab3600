"""What functions on pictures ask of them: rank 3 or 4, no empty axis, numbers in range.

In: pictures, conditions. Out: the sizes of pictures; ValueError where what is known says so, checks
in the graph where it is not.
"""

from __future__ import annotations

from typing import Any

from jitgraph.frontend.assertions import Assert
from jitgraph.frontend.check_ops import assert_greater_equal, assert_positive
from jitgraph.graph import Operation, Tensor
from jitgraph.ops.identities import with_dependencies
from jitgraph.ops.packing import unstack
from jitgraph.ops.reshaping import expand_dims
from jitgraph.ops.shapes_of import rank, shape

_EMPTY = "all dims of 'image.shape' must be > 0."
_FLAT = "'image' must be at least three-dimensional."
_RANKS = "'image' must have either 3 or 4 dimensions."


def checks_of_picture(image: Tensor) -> list[Operation]:
    """The checks that a picture needs: none where its shape is known.

    Raises:
      ValueError: its shape is known to be wrong.
    """
    dims = image._dims
    if dims is not None and len(dims) < 3:
        raise ValueError(_FLAT)
    if dims is not None and 0 in dims:
        raise ValueError(f"all dims of 'image.shape' must be > 0: {image.shape}")
    if image.shape.is_fully_defined():
        return []
    return [
        assert_positive(shape(image), [_EMPTY]),
        assert_greater_equal(rank(image), 3, message=_FLAT),
    ]


def checked_picture(image: Tensor) -> Tensor:
    """The picture, behind its checks."""
    found: Tensor = with_dependencies(checks_of_picture(image), image)
    return found


def require(condition: Any, text: str) -> list[Operation]:
    """A check of a condition that only a run knows.

    Raises:
      ValueError: the condition is known, and false.
    """
    if isinstance(condition, Tensor):
        return [Assert(condition, [text])]
    if not condition:
        raise ValueError(text)
    return []


def is_one_picture(image: Tensor) -> bool:
    """Whether it is one picture; a rank that nobody knows is taken for one.

    Raises:
      ValueError: it is neither one nor several.
    """
    dims = image._dims
    if dims is not None and len(dims) not in (3, 4):
        raise ValueError(_RANKS)
    return dims is None or len(dims) == 3


def several_pictures(image: Tensor) -> tuple[Tensor, bool]:
    """Pictures of rank 4, and whether it was only one."""
    is_one = is_one_picture(image)
    if not is_one:
        return image, False
    found = expand_dims(image, 0)
    if image._dims is None:
        found.set_shape([None] * 4)
    return found, True


def sizes_of(image: Tensor) -> list[Any]:
    """Its sizes: numbers where they are known, else tensors."""
    if image.shape.is_fully_defined():
        return list(image._dims or ())
    dims = image._dims or (None,) * 4
    found = unstack(shape(image), len(dims))
    return [known if known is not None else size for known, size in zip(dims, found, strict=True)]
