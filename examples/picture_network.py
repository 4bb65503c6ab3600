"""A small network that tells classes of pictures, shared by own_pictures.py and recognise.py.

In: pictures of float32, standardised. Out: a score for each class. What was trained lies in one
folder: a checkpoint and the names of the classes.
"""

from __future__ import annotations

import sys
from pathlib import Path

import jitgraph as tf

SIDE = 64
CLASSES, CHECKPOINT = "classes.txt", "model.ckpt"


def decoded(contents: tf.Tensor) -> tf.Tensor:
    """The picture in a file's contents, [SIDE, SIDE, 3] of float32 in [0, 1]."""
    pixels = tf.image.decode_image(contents, channels=3, expand_animations=False)
    pixels.set_shape([None, None, 3])
    floats = tf.image.convert_image_dtype(pixels, tf.float32)
    return tf.image.resize_images(floats, [SIDE, SIDE], tf.image.ResizeMethod.AREA)


def scores(pictures: tf.Tensor, classes: int, is_training: bool | tf.Tensor = False) -> tf.Tensor:
    """A score for each class, [pictures, classes]."""
    hidden = pictures
    for filters in (16, 32, 64):
        hidden = tf.layers.conv2d(hidden, filters, 3, padding="same", activation=tf.nn.relu)
        hidden = tf.layers.max_pooling2d(hidden, 2, 2)
    hidden = tf.layers.dense(tf.layers.flatten(hidden), 64, tf.nn.relu)
    hidden = tf.layers.dropout(hidden, 0.4, training=is_training)
    return tf.layers.dense(hidden, classes)


def reason(error: Exception) -> str:
    """Why a picture can't be read, in a line."""
    message = getattr(error, "message", str(error)).splitlines()[0]
    return message.removeprefix("assertion failed: ").strip("[]")


def save_classes(folder: Path, names: list[str]) -> None:
    (folder / CLASSES).write_text("\n".join(names) + "\n", encoding="utf-8")


def load_classes(folder: Path) -> list[str]:
    """The classes of a model; ends the program where there is none."""
    try:
        return (folder / CLASSES).read_text(encoding="utf-8").splitlines()
    except OSError:
        sys.exit(f"there is no model in {folder}: train one with own_pictures.py")
