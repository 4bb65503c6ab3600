"""tf.image: pictures: their files, sizes, colours, boxes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jitgraph.lazy_names import lazily

if TYPE_CHECKING:
    from jitgraph.frontend.image_boxes import (
        combined_non_max_suppression,
        draw_bounding_boxes,
        non_max_suppression,
        non_max_suppression_overlaps,
        non_max_suppression_padded,
        non_max_suppression_with_scores,
        sample_distorted_bounding_box,
    )
    from jitgraph.frontend.image_colour_changes import (
        adjust_contrast,
        adjust_gamma,
        adjust_hue,
        adjust_jpeg_quality,
        adjust_saturation,
        random_contrast,
        random_hue,
        random_jpeg_quality,
        random_saturation,
    )
    from jitgraph.frontend.image_colour_spaces import (
        hsv_to_rgb,
        rgb_to_hsv,
        rgb_to_yiq,
        rgb_to_yuv,
        yiq_to_rgb,
        yuv_to_rgb,
    )
    from jitgraph.frontend.image_colours import (
        adjust_brightness,
        grayscale_to_rgb,
        per_image_standardization,
        random_brightness,
        rgb_to_grayscale,
        total_variation,
    )
    from jitgraph.frontend.image_formats import decode_image, is_jpeg
    from jitgraph.frontend.image_frames import (
        central_crop,
        crop_to_bounding_box,
        flip_left_right,
        flip_up_down,
        pad_to_bounding_box,
        random_flip_left_right,
        random_flip_up_down,
        resize_image_with_crop_or_pad,
        resize_image_with_crop_or_pad as resize_with_crop_or_pad,
        rot90,
        transpose_image,
        transpose_image as transpose,
    )
    from jitgraph.frontend.image_padding import resize_image_with_pad
    from jitgraph.frontend.image_quality import (
        image_gradients,
        psnr,
        sobel_edges,
        ssim,
        ssim_multiscale,
    )
    from jitgraph.frontend.random_crop import random_crop
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
    from jitgraph.ops.patches import extract_image_patches, extract_patches

__getattr__, __dir__ = lazily(__name__, __file__)

__all__ = [
    "ResizeMethod",
    "adjust_brightness",
    "adjust_contrast",
    "adjust_gamma",
    "adjust_hue",
    "adjust_jpeg_quality",
    "adjust_saturation",
    "central_crop",
    "combined_non_max_suppression",
    "convert_image_dtype",
    "crop_and_resize",
    "crop_to_bounding_box",
    "decode_and_crop_jpeg",
    "decode_bmp",
    "decode_gif",
    "decode_image",
    "decode_jpeg",
    "decode_png",
    "draw_bounding_boxes",
    "encode_jpeg",
    "encode_png",
    "extract_glimpse",
    "extract_image_patches",
    "extract_jpeg_shape",
    "extract_patches",
    "flip_left_right",
    "flip_up_down",
    "grayscale_to_rgb",
    "hsv_to_rgb",
    "image_gradients",
    "is_jpeg",
    "non_max_suppression",
    "non_max_suppression_overlaps",
    "non_max_suppression_padded",
    "non_max_suppression_with_scores",
    "pad_to_bounding_box",
    "per_image_standardization",
    "psnr",
    "random_brightness",
    "random_contrast",
    "random_crop",
    "random_flip_left_right",
    "random_flip_up_down",
    "random_hue",
    "random_jpeg_quality",
    "random_saturation",
    "resize",
    "resize_area",
    "resize_bicubic",
    "resize_bilinear",
    "resize_image_with_crop_or_pad",
    "resize_image_with_pad",
    "resize_images",
    "resize_nearest_neighbor",
    "resize_with_crop_or_pad",
    "rgb_to_grayscale",
    "rgb_to_hsv",
    "rgb_to_yiq",
    "rgb_to_yuv",
    "rot90",
    "sample_distorted_bounding_box",
    "sobel_edges",
    "ssim",
    "ssim_multiscale",
    "total_variation",
    "transpose",
    "transpose_image",
    "yiq_to_rgb",
    "yuv_to_rgb",
]
