"""What tf.image does to colours and edges: eight pictures of 224x224, fed anew for each run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from bench.ops.case import Case

BYTES = np.random.RandomState(8).randint(0, 256, (8, 224, 224, 3)).astype(np.uint8)
FLOATS = BYTES.astype(np.float32) / np.float32(255)
OTHERS = (FLOATS + np.random.RandomState(9).rand(*FLOATS.shape).astype(np.float32)) / 2

CHANGES: dict[str, Callable[[Any, Any], Any]] = {
    "adjust_brightness": lambda image, x: image.adjust_brightness(x, 0.2),
    "adjust_contrast": lambda image, x: image.adjust_contrast(x, 0.7),
    "adjust_gamma": lambda image, x: image.adjust_gamma(x, 2.2),
    "adjust_hue": lambda image, x: image.adjust_hue(x, 0.1),
    "adjust_saturation": lambda image, x: image.adjust_saturation(x, 1.5),
    "rgb_to_hsv": lambda image, x: image.rgb_to_hsv(x),
    "hsv_to_rgb": lambda image, x: image.hsv_to_rgb(x),
    "rgb_to_yuv": lambda image, x: image.rgb_to_yuv(x),
    "rgb_to_grayscale": lambda image, x: image.rgb_to_grayscale(x),
    "per_image_standardization": lambda image, x: image.per_image_standardization(x),
    "total_variation": lambda image, x: image.total_variation(x),
    "sobel_edges": lambda image, x: image.sobel_edges(x),
}

DISTORTED = ("adjust_contrast", "adjust_hue", "adjust_saturation")


def _distorted(tf: Any, x: Any) -> Any:
    """What scripts do to a picture before it is learned from."""
    x = tf.image.adjust_brightness(tf.image.convert_image_dtype(x, tf.float32), 0.1)
    x = tf.image.adjust_saturation(tf.image.adjust_hue(x, 0.1), 1.5)
    x = tf.clip_by_value(tf.image.adjust_contrast(x, 0.7), 0.0, 1.0)
    return tf.image.per_image_standardization(x)


def _drawn(tf: Any, x: Any) -> Any:
    x = tf.image.random_brightness(x, 32 / 255)
    x = tf.image.random_saturation(tf.image.random_hue(x, 0.2), 0.5, 1.5)
    return tf.clip_by_value(tf.image.random_contrast(x, 0.5, 1.5), 0.0, 1.0)


def _cases() -> Iterator[Case]:
    for name, change in CHANGES.items():
        yield Case(name, lambda tf, x, change=change: change(tf.image, x), (FLOATS,))
    for name in DISTORTED:
        yield Case(f"{name} of one", lambda tf, x, n=name: CHANGES[n](tf.image, x), (FLOATS[0],))
        yield Case(
            f"{name} of bytes",
            lambda tf, x, n=name: tf.reduce_mean(tf.to_float(CHANGES[n](tf.image, x)), [1, 2]),
            (BYTES,),
        )
    yield Case("distorted", _distorted, (BYTES,))
    yield Case("distorted, one", _distorted, (BYTES[0],))
    yield Case("distorted by chance", _drawn, (FLOATS,), True)
    yield Case("distorted by chance, one", _drawn, (FLOATS[0],), True)
    for name in ("psnr", "ssim", "ssim_multiscale"):
        yield Case(name, lambda tf, x, y, n=name: getattr(tf.image, n)(x, y, 1.0), (FLOATS, OTHERS))
    yield Case(
        "ssim, gradient",
        lambda tf, x, y: tf.gradients(tf.image.ssim(x, y, 1.0), [x])[0],
        (FLOATS, OTHERS),
    )
    yield Case(
        "resize_image_with_pad",
        lambda tf, x: tf.image.resize_image_with_pad(x, 160, 200),
        (FLOATS,),
    )


PICTURES = {case.name: case for case in _cases()}
"""By name."""
