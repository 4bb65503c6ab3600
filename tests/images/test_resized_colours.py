"""Pictures of three channels are resized as each channel by itself, to the last row and column."""

from __future__ import annotations

import numpy as np
import pytest

import jitgraph as tf

SIZES = [((1, 1), (3, 5)), ((2, 3), (2, 3)), ((7, 2), (3, 9)), ((5, 8), (11, 4)), ((9, 6), (4, 1))]


@pytest.mark.parametrize("method", [0, 2])
@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_three_channels(method: int, dtype: type) -> None:
    random = np.random.RandomState(1)
    with tf.Graph().as_default(), tf.Session() as session:
        for size, wanted in SIZES:
            pixels = random.randint(0, 256, (2, *size, 3)).astype(dtype)
            for aligned in (False, True):
                image = tf.placeholder(dtype, [2, *size, 3])
                each = [
                    tf.image.resize_images(image[..., k : k + 1], wanted, method, aligned)
                    for k in range(3)
                ]
                whole = tf.image.resize_images(image, wanted, method, aligned)
                got, *parts = session.run([whole, *each], {image: pixels})
                np.testing.assert_allclose(got, np.concatenate(parts, 3), rtol=1e-5, atol=1e-4)
