"""tf.image: pictures: their files, sizes, colours, boxes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jitgraph.lazy_names import lazily

if TYPE_CHECKING:
    from jitgraph.frontend.image_formats import decode_image, is_jpeg
    from jitgraph.ops.image_crops import crop_and_resize
    from jitgraph.ops.image_decoding import (
        decode_and_crop_jpeg,
        decode_bmp,
        decode_gif,
        decode_jpeg,
        decode_png,
        extract_jpeg_shape,
    )
    from jitgraph.ops.image_dtypes import convert_image_dtype
    from jitgraph.ops.image_encoding import encode_jpeg, encode_png
    from jitgraph.ops.image_glimpses import extract_glimpse
    from jitgraph.ops.image_resizing import (
        resize_area,
        resize_bicubic,
        resize_bilinear,
        resize_nearest_neighbor,
    )
    from jitgraph.ops.image_sizes import ResizeMethod, resize_images, resize_images as resize

__getattr__, __dir__ = lazily(__name__, __file__)

__all__ = [
    "ResizeMethod",
    "convert_image_dtype",
    "crop_and_resize",
    "decode_and_crop_jpeg",
    "decode_bmp",
    "decode_gif",
    "decode_image",
    "decode_jpeg",
    "decode_png",
    "encode_jpeg",
    "encode_png",
    "extract_glimpse",
    "extract_jpeg_shape",
    "is_jpeg",
    "resize",
    "resize_area",
    "resize_bicubic",
    "resize_bilinear",
    "resize_images",
    "resize_nearest_neighbor",
]
