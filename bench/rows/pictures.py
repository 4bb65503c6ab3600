"""Rows: pictures made smaller; JPEG files decoded, made smaller and batched through queues.

The files are the same for all sides: smooth scenes with edges, 400×300, as TensorFlow encodes them.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from bench.row import Fresh, Row, Work, times_faster

BATCH, ROWS_OF_SCREEN, COLUMNS_OF_SCREEN, SIDE = 8, 1080, 1920, 224
FILES, IN_BATCH, SMALL, THREADS = 1000, 50, 64, 2
TOTAL = "1,000 pictures"


def _resizing(method: str, dtype: Any) -> Callable[[Any], Work]:
    def resize(tf: Any) -> Work:
        random = np.random.RandomState(0)
        shape = (BATCH, ROWS_OF_SCREEN, COLUMNS_OF_SCREEN, 3)
        screens = random.randint(0, 256, shape).astype(dtype)
        images = tf.placeholder(tf.as_dtype(dtype), shape)
        chosen = getattr(tf.image.ResizeMethod, method)
        small = tf.image.resize_images(images, [SIDE, SIDE], chosen)
        session = tf.Session()

        def run() -> Any:
            return session.run(small, feed_dict={images: screens})

        return Work(run, lambda: [run()])

    return resize


def _queued(tf: Any) -> Fresh:
    """Seconds of 1,000 pictures, after as many that are not counted."""
    with tempfile.TemporaryDirectory() as folder:
        names = _files(tf, folder)
        batch = _batches(tf, names)
        with tf.Session() as session:
            session.run(tf.local_variables_initializer())
            coordinator = tf.train.Coordinator()
            threads = tf.train.start_queue_runners(session, coordinator)
            total, begin = 0.0, 0.0
            for number in range(2 * FILES // IN_BATCH):
                if number == FILES // IN_BATCH:
                    begin = time.perf_counter()
                total += float(np.abs(session.run(batch)).sum())
            seconds = time.perf_counter() - begin
            coordinator.request_stop()
            coordinator.join(threads)
    return Fresh({TOTAL: seconds}, [np.asarray(total)])


def _files(tf: Any, folder: str) -> list[str]:
    y, x = np.mgrid[:300, :400].astype(np.float64)
    names = []
    with tf.Graph().as_default(), tf.Session() as session:
        pixels = tf.placeholder(tf.uint8, [None, None, 3])
        encoded = tf.image.encode_jpeg(pixels, quality=90)
        for number in range(FILES):
            waves = [np.sin(x / (9 + k) + number) * np.cos(y / (7 + number % 5)) for k in range(3)]
            scene = np.stack(waves, axis=2) * 100 + 128
            scene[number % 200 : number % 200 + 40, 100:180] = (230, 30, 60)
            name = os.path.join(folder, f"{number}.jpg")
            with open(name, "wb") as file:
                file.write(session.run(encoded, {pixels: scene.astype(np.uint8)}))
            names.append(name)
    return names


def _batches(tf: Any, names: list[str]) -> Any:
    queue = tf.train.string_input_producer(names, num_epochs=2, shuffle=False)
    _, contents = tf.WholeFileReader().read(queue)
    picture = tf.image.decode_jpeg(contents, channels=3)
    small = tf.image.resize_images(picture, [SMALL, SMALL])
    mean, variance = tf.nn.moments(small, [0, 1, 2])
    standardized = (small - mean) / tf.maximum(tf.sqrt(variance), 1.0 / SMALL)
    return tf.train.batch([standardized], IN_BATCH, num_threads=THREADS, capacity=4 * IN_BATCH)


def _row(name: str, method: str, dtype: Any) -> Row:
    work = _resizing(method, dtype)
    kind = np.dtype(dtype).name
    return Row(
        name,
        f"{method.lower()} 1920x1080 to 224x224, batch 8, {kind}",
        {"jitgraph": work, "tensorflow": work},
        (times_faster("tensorflow", 1),),
        atol=1e-2,
    )


ROWS = (
    _row("resize", "BILINEAR", np.float32),
    _row("resize_uint8", "BILINEAR", np.uint8),
    _row("resize_cubic", "BICUBIC", np.float32),
    _row("resize_area", "AREA", np.float32),
    Row(
        "pictures",
        "1,000 JPEG files: decoded, resized, standardised, in batches, two threads",
        {"jitgraph": _queued, "tensorflow": _queued},
        (times_faster("tensorflow", 1, TOTAL),),
        fresh=True,
        warm_cache=True,
        rtol=1e-3,
        rounds=3,
    ),
)
