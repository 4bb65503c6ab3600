"""tf.image: pictures: their files, sizes, colours, boxes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jitgraph.lazy_names import lazily

if TYPE_CHECKING:
    from jitgraph.ops.image_formats import is_jpeg

__getattr__, __dir__ = lazily(__name__, __file__)

__all__ = [
    "is_jpeg",
]
