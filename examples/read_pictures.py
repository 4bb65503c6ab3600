"""Pictures read in four ways, resized in three, and put on a contact sheet.

In: JPEG, PNG, GIF or BMP files; without any, three scenes that it draws. Out: a PNG file: a row for
each picture, with the nearest pixel, bilinear and area resizing side by side, and a crop of it.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np
from picture_network import reason

import jitgraph as tf

SIDE, GAP = 160, 4
WAYS = ("tf.gfile", "tf.read_file", "tf.WholeFileReader", "several at once")
METHODS = ("NEAREST_NEIGHBOR", "BILINEAR", "AREA")


def draw_scenes(folder: Path) -> list[str]:
    """Three files of waves, as JPEG and PNG."""
    y, x = np.mgrid[:240, :320]
    names = []
    for number, kind in enumerate(("jpg", "png", "jpg")):
        waves = [np.sin(x / (9 + 7 * k + number)) * np.cos(y / (11 + 3 * k)) for k in range(3)]
        pixels = (np.stack(waves, axis=2) * 120 + 128).astype(np.uint8)
        encode = tf.image.encode_png if kind == "png" else tf.image.encode_jpeg
        names.append(str(folder / f"scene{number}.{kind}"))
        with tf.Graph().as_default(), tf.Session() as session:
            session.run(tf.write_file(names[-1], encode(pixels)))
    return names


def by_gfile(names: list[str]) -> list[np.ndarray]:
    """The contents are read in Python and fed."""
    contents = tf.placeholder(tf.string, [])
    pixels = tf.image.decode_image(contents, channels=3, expand_animations=False)
    with tf.Session() as session:
        return [
            session.run(pixels, {contents: tf.gfile.GFile(name, "rb").read()}) for name in names
        ]


def by_read_file(names: list[str]) -> list[np.ndarray]:
    """The graph reads the file that it is told."""
    name = tf.placeholder(tf.string, [])
    pixels = tf.image.decode_image(tf.read_file(name), channels=3, expand_animations=False)
    with tf.Session() as session:
        return [session.run(pixels, {name: each}) for each in names]


def by_reader(names: list[str]) -> list[np.ndarray]:
    """A queue of names, filled by a thread, and a reader."""
    queue = tf.train.string_input_producer(names, num_epochs=1, shuffle=False)
    _, contents = tf.WholeFileReader().read(queue)
    pixels = tf.image.decode_image(contents, channels=3, expand_animations=False)
    found = []
    with tf.Session() as session:
        session.run(tf.local_variables_initializer())
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        try:
            while True:
                found.append(session.run(pixels))
        except tf.errors.OutOfRangeError:
            coordinator.request_stop()
        coordinator.join(threads)
    return found


def at_once(names: list[str]) -> list[np.ndarray]:
    """One run decodes them all."""
    pixels = [
        tf.image.decode_image(tf.read_file(name), channels=3, expand_animations=False)
        for name in names
    ]
    with tf.Session() as session:
        return session.run(pixels)


def sheet_row(pixels: np.ndarray) -> np.ndarray:
    """The picture resized in each way, and the middle of it, side by side."""
    with tf.Graph().as_default(), tf.Session() as session:
        image = tf.constant(pixels)
        small = [
            tf.image.resize_images(image, [SIDE, SIDE], getattr(tf.image.ResizeMethod, method))
            for method in METHODS
        ]
        box = [[0.3, 0.3, 0.7, 0.7]]
        middle = tf.image.crop_and_resize(
            tf.expand_dims(image, 0), box, box_indices=[0], crop_size=[SIDE, SIDE]
        )[0]
        tiles = [tf.cast(tile, tf.float32) for tile in (*small, middle)]
        padded = [tf.pad(tile, [[GAP, 0], [GAP, 0], [0, 0]]) for tile in tiles]
        return session.run(tf.cast(tf.concat(padded, axis=1) + 0.5, tf.uint8))


def main() -> None:
    """Reads, resizes, writes the sheet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", help="JPEG, PNG, GIF or BMP files")
    parser.add_argument("--picture", default="sheet.png", help="where the contact sheet goes")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        names = options.files or draw_scenes(Path(folder))
        ways = []
        for read in (by_gfile, by_read_file, by_reader, at_once):
            with tf.Graph().as_default():
                ways.append(read(names))
    for way, found in zip(WAYS, ways, strict=True):
        same = all(np.array_equal(a, b) for a, b in zip(found, ways[0], strict=True))
        print(f"{way}: {len(found)} pictures, {'the same' if same else 'OTHERS'}")
    sheet = np.concatenate([sheet_row(pixels) for pixels in ways[0]])
    with tf.Session() as session:
        session.run(tf.write_file(options.picture, tf.image.encode_png(sheet)))
    print(f"4 steps, contact sheet in {options.picture}")


if __name__ == "__main__":
    try:
        main()
    except tf.errors.OpError as error:
        sys.exit(f"read_pictures: {reason(error)}")
