"""What format a picture is in: is_jpeg, by its first bytes.

In: the contents of a file. Out: whether they begin as a format does.
"""

from __future__ import annotations

from typing import Any

from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.comparison import equal
from jitgraph.ops.string_parts import substr


def is_jpeg(contents: Any, name: str | None = None) -> Tensor:
    """Whether something begins as a JPEG picture does.

    Args:
      contents: a string.
      name: a name for the operation.

    Returns:
      A boolean; what is no picture at all may begin so, too.

    Example:
      >>> tf.Session().run(tf.image.is_jpeg(b"GIF89a"))
      False
    """
    with name_scope(name, "is_jpeg"):
        return equal(substr(contents, 0, 3), b"\xff\xd8\xff", name=name)


def is_png(contents: Any, name: str | None = None) -> Tensor:
    """Whether something begins as a PNG picture does."""
    with name_scope(name, "is_png"):
        return equal(substr(contents, 0, 3), b"\211PN", name=name)
