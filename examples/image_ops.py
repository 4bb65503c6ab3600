"""A contact sheet of what tf.image does to a picture, op by op.

In: a JPEG, PNG, GIF or BMP file; without one, a landscape that it draws. Out: a PNG file, a tile
for each op with its name below.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from command_line import Progress
from picture_network import reason
from pictures import pillow

import jitgraph as tf

SIDE, LABEL, GAP, COLUMNS = 128, 14, 6, 8
LEAST_SIDE, WORKING_SIDE = 160, 320
BOXES = [[0.15, 0.1, 0.55, 0.5], [0.4, 0.45, 0.95, 0.9]]

Image = tf.Tensor
Change = Callable[[Image], Image]


def drawn_landscape() -> np.ndarray:
    """Sky, sun, hills and a house, [240, 320, 3] of uint8."""
    y, x = np.mgrid[:240, :320] / 240
    sky = np.stack([0.35 + 0.5 * y, 0.55 + 0.35 * y, 0.95 - 0.1 * y], axis=2)
    sky[(x - 1.05) ** 2 + (y - 0.22) ** 2 < 0.01] = (1.0, 0.9, 0.35)
    hills = ((0.55, 3.0, 0.4, (0.35, 0.5, 0.55)), (0.68, 5.0, 1.3, (0.2, 0.5, 0.25)))
    for height, waves, start, colour in hills:
        edge = height - 0.08 * np.sin(waves * x + start)
        shade = 0.75 + 0.5 * (y - edge)
        sky = np.where((y > edge)[..., None], np.array(colour) * shade[..., None], sky)
    sky[150:205, 70:130] = (0.75, 0.25, 0.2)
    for row in range(30):
        sky[120 + row, 100 - 35 * row // 30 : 100 + 35 * row // 30] = (0.35, 0.15, 0.12)
    sky[165:185, 80:95] = sky[165:185, 105:120] = (0.95, 0.9, 0.6)
    grain = np.random.RandomState(0).normal(0, 0.015, sky.shape)
    return np.round(np.clip(sky + grain, 0, 1) * 255).astype(np.uint8)


def of_sizes() -> Iterator[tuple[str, Change]]:
    """Ops that change the size or take a part."""
    for method in ("BILINEAR", "NEAREST_NEIGHBOR", "BICUBIC", "AREA"):
        way = getattr(tf.image.ResizeMethod, method)
        yield (
            f"{method.lower()[:8]} 24x24",
            lambda image, way=way: tf.image.resize_images(image, [24, 24], way),
        )
    yield "resize_with_pad", lambda x: tf.image.resize_image_with_pad(x, 100, 200)
    yield "crop_or_pad", lambda x: tf.image.resize_image_with_crop_or_pad(x, 160, 400)
    yield "central_crop", lambda x: tf.image.central_crop(x, 0.5)
    yield "crop_to_box", lambda x: tf.image.crop_to_bounding_box(x, 20, 30, 90, 120)
    yield "pad_to_box", lambda x: tf.image.pad_to_bounding_box(x, 60, 40, 400, 400)
    yield (
        "crop_and_resize",
        lambda x: tf.image.crop_and_resize(
            x[None], [BOXES[0]], box_indices=[0], crop_size=[90, 90]
        )[0],
    )
    yield (
        "extract_glimpse",
        lambda x: tf.image.extract_glimpse(x[None], [120, 120], [[0.5, -0.6]])[0],
    )
    yield "random_crop", lambda x: tf.random_crop(x, [120, 120, 3], seed=2)
    yield "distorted part", distorted_part
    yield "flip_left_right", tf.image.flip_left_right
    yield "flip_up_down", tf.image.flip_up_down
    yield "rot90", tf.image.rot90
    yield "transpose_image", tf.image.transpose_image
    yield "random_flip l/r", lambda x: tf.image.random_flip_left_right(x, seed=3)
    yield "random_flip u/d", lambda x: tf.image.random_flip_up_down(x, seed=4)


def distorted_part(image: Image) -> Image:
    """A part by chance, as Inception was trained on."""
    begin, size, _ = tf.image.sample_distorted_bounding_box(
        tf.shape(image), [BOXES], seed=5, min_object_covered=0.5
    )
    return tf.reshape(tf.slice(image, begin, size), tf.concat([size[:2], [3]], 0))


def of_colours() -> Iterator[tuple[str, Change]]:
    """Ops that change colours."""
    i = tf.image
    yield "brightness 0.25", lambda x: i.adjust_brightness(x, 0.25)
    yield "random_brightness", lambda x: i.random_brightness(x, 0.4, seed=1)
    yield "contrast 2", lambda x: i.adjust_contrast(x, 2.0)
    yield "random_contrast", lambda x: i.random_contrast(x, 0.2, 0.6, seed=1)
    yield "hue 0.3", lambda x: i.adjust_hue(x, 0.3)
    yield "random_hue", lambda x: i.random_hue(x, 0.5, seed=1)
    yield "saturation 3", lambda x: i.adjust_saturation(x, 3.0)
    yield "saturation 0.2", lambda x: i.adjust_saturation(x, 0.2)
    yield "random_saturation", lambda x: i.random_saturation(x, 2, 4, seed=1)
    yield "gamma 0.4", lambda x: i.adjust_gamma(x, 0.4)
    yield "gamma 2.5", lambda x: i.adjust_gamma(x, 2.5)
    yield "rgb_to_grayscale", i.rgb_to_grayscale
    yield "rgb_to_hsv", i.rgb_to_hsv
    yield "hsv_to_rgb", lambda x: i.hsv_to_rgb(i.rgb_to_hsv(x) * [1.0, 1.0, 0.6])
    yield "rgb_to_yuv", lambda x: tf.add(i.rgb_to_yuv(x), [0.0, 0.5, 0.5])
    yield "rgb_to_yiq", lambda x: tf.add(i.rgb_to_yiq(x), [0.0, 0.5, 0.5])
    yield "yuv_to_rgb", lambda x: i.yuv_to_rgb(i.rgb_to_yuv(x))
    yield "yiq_to_rgb", lambda x: i.yiq_to_rgb(i.rgb_to_yiq(x))
    yield "standardization", lambda x: i.per_image_standardization(x) / 4 + 0.5
    yield "jpeg_quality 5", lambda x: i.adjust_jpeg_quality(x, 5)
    yield "random_jpeg", lambda x: i.random_jpeg_quality(x, 2, 20, seed=1)
    yield "encode_png", lambda x: as_floats(i.decode_png(i.encode_png(as_bytes(x))))
    yield "encode_jpeg", lambda x: as_floats(i.decode_jpeg(i.encode_jpeg(as_bytes(x))))
    yield "decode ratio 8", lambda x: as_floats(i.decode_jpeg(i.encode_jpeg(as_bytes(x)), ratio=8))


def of_neighbours() -> Iterator[tuple[str, Change]]:
    """Ops that look at more than one pixel, or draw."""
    yield "sobel_edges", lambda x: tf.abs(tf.image.sobel_edges(x[None])[0, ..., 0])
    yield "image_gradients", lambda x: tf.abs(tf.image.image_gradients(x[None])[1][0]) * 4
    yield "draw_boxes", lambda x: tf.image.draw_bounding_boxes(thumbnail(x)[None], [BOXES])[0]
    yield "non_max_suppress.", suppressed
    yield "extract_patches", patches
    yield "avg_pool 9", lambda x: tf.nn.avg_pool(x[None], [1, 9, 9, 1], [1, 9, 9, 1], "SAME")[0]
    yield "max_pool 5", lambda x: tf.nn.max_pool(x[None], [1, 5, 5, 1], [1, 1, 1, 1], "SAME")[0]
    yield (
        "dilation2d",
        lambda x: tf.nn.dilation2d(
            x[None], tf.zeros([5, 5, 3]), [1, 1, 1, 1], [1, 1, 1, 1], "SAME"
        )[0],
    )


def suppressed(image: Image) -> Image:
    """The best of boxes that overlap, drawn."""
    shifts = np.linspace(0, 0.12, 5)[:, None] * [1, 1, 1, 1]
    boxes = tf.constant(np.concatenate([np.array(box) + shifts for box in BOXES]), tf.float32)
    kept = tf.image.non_max_suppression(boxes, np.linspace(1, 0.1, 10), 3, 0.4)
    return tf.image.draw_bounding_boxes(thumbnail(image)[None], tf.gather(boxes, kept)[None])[0]


def thumbnail(image: Image) -> Image:
    """The picture no larger than its tile, so that thin lines stay."""
    height, width = image.shape.as_list()[:2]
    scale = SIDE / max(height, width)
    size = [int(height * scale), int(width * scale)]
    return tf.image.resize_images(image, size, tf.image.ResizeMethod.AREA)


def patches(image: Image) -> Image:
    """Patches of the picture, put beside each other with every second one left out."""
    small = tf.image.resize_images(image, [128, 128])[None]
    found = tf.extract_image_patches(small, [1, 16, 16, 1], [1, 32, 32, 1], [1] * 4, "VALID")
    rows = tf.reshape(found, [4, 4, 16, 16, 3])
    return tf.reshape(tf.transpose(rows, [0, 2, 1, 3, 4]), [64, 64, 3])


def as_bytes(image: Image) -> Image:
    return tf.image.convert_image_dtype(image, tf.uint8, saturate=True)


def as_floats(image: Image) -> Image:
    return tf.image.convert_image_dtype(image, tf.float32)


def tile(image: Image) -> Image:
    """The picture as bytes, of one size."""
    image.set_shape([None, None, image.shape[2] if image.shape.ndims == 3 else None])
    colours = tf.image.grayscale_to_rgb(image) if image.shape[2] == 1 else image
    nearest = tf.image.ResizeMethod.NEAREST_NEIGHBOR
    return as_bytes(tf.image.resize_image_with_pad(colours, SIDE, SIDE, nearest))


def changed(pixels: np.ndarray, change: Change) -> np.ndarray:
    """The tile of one change, by a graph of its own."""
    with tf.Graph().as_default(), tf.Session() as session:
        return session.run(tile(change(as_floats(tf.constant(pixels)))))


def sheet(tiles: list[np.ndarray], names: list[str]) -> np.ndarray:
    """Tiles in rows, with their names below."""
    from PIL import ImageDraw

    rows = -(-len(tiles) // COLUMNS)
    height, width = rows * (SIDE + LABEL + GAP) + GAP, COLUMNS * (SIDE + GAP) + GAP
    page = pillow().fromarray(np.full((height, width, 3), 24, np.uint8))
    draw = ImageDraw.Draw(page)
    for number, (pixels, name) in enumerate(zip(tiles, names, strict=True)):
        left = GAP + number % COLUMNS * (SIDE + GAP)
        top = GAP + number // COLUMNS * (SIDE + LABEL + GAP)
        page.paste(pillow().fromarray(pixels), (left, top))
        draw.text((left + 2, top + SIDE + 1), name, fill=(230, 230, 230))
    return np.asarray(page)


def scene(name: str | None) -> np.ndarray:
    """The picture, not larger than need be; ends the program if it can't be read."""
    if name is None:
        return drawn_landscape()
    with tf.Graph().as_default(), tf.Session() as session:
        contents = tf.read_file(name)
        pixels = tf.image.decode_image(contents, channels=3, expand_animations=False)
        try:
            found = session.run(pixels)
        except tf.errors.OpError as error:
            sys.exit(f"can't read the picture {name}: {reason(error)}")
    scale = max(1.0, max(found.shape[:2]) / WORKING_SIDE)
    size = [max(int(side / scale), 1) for side in found.shape[:2]]
    with tf.Graph().as_default(), tf.Session() as session:
        area = tf.image.ResizeMethod.AREA
        sides = [max(side, LEAST_SIDE) for side in size]
        return session.run(as_bytes(tf.image.resize_images(as_floats(found), sides, area)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("picture", nargs="?", help="JPEG, PNG, GIF or BMP (default: it draws one)")
    parser.add_argument("--sheet", type=Path, default="image_ops.png", help="where the sheet goes")
    options = parser.parse_args()
    if options.sheet.is_dir():
        sys.exit(f"the sheet can't be written: {options.sheet} is a folder")
    pillow()
    pixels = scene(options.picture)
    changes = [("the picture", tf.identity), *of_sizes(), *of_colours(), *of_neighbours()]
    progress = Progress("sheet", len(changes))
    tiles = []
    for number, (_, change) in enumerate(changes, 1):
        tiles.append(changed(pixels, change))
        progress.show(number)
    names = [name for name, _ in changes]
    with tf.Session() as session:
        png = tf.image.encode_png(sheet(tiles, names))
        try:
            session.run(tf.write_file(str(options.sheet), png))
        except tf.errors.OpError as error:
            sys.exit(f"the sheet can't be written: {reason(error)}")
    progress.finish(f"{len(tiles)} tiles in {options.sheet}")
    with tf.Session() as session:
        image = as_floats(tf.constant(pixels))
        worse = tf.image.adjust_jpeg_quality(image, 5)
        found = session.run([tf.image.ssim(image, worse, 1.0), tf.image.psnr(image, worse, 1.0)])
        print("JPEG of quality 5: SSIM {:.3f}, PSNR {:.1f} dB".format(*found))


if __name__ == "__main__":
    main()
