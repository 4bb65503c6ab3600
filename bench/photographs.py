"""Every image op on photographs: `python -m bench.photographs FOLDER --peer PYTHON`.

In: a folder of JPEG and PNG files, the Python of TensorFlow's environment. Out: for each case the
greatest difference over all pictures, beside what is allowed: 1e-5 of the range of the values; one
level of 255 where a JPEG file is decoded, or numbers are rounded to levels.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

TOLERANCE, LEVEL = 1e-5, 1.0
METHODS = ("BILINEAR", "NEAREST_NEIGHBOR", "BICUBIC", "AREA")
LEAST_CERTAIN = {"ssim(": 2e-3, "ssim_multiscale(": 1e-3}
"""On 13 photographs of scikit-image, TensorFlow's are up to 1.5e-3 and 5.8e-4 away from the same
in float64, jitgraph's up to 6e-5 and 1.5e-5."""
LEAST_SIDE = 180

ROUNDED = (
    "jpeg",
    "grayscale(u",
    "contrast(u",
    "hue(u",
    "saturation(u",
    "gamma(u",
    "brightness(u",
    "(u, 'uint",
)

EXPRESSIONS = (
    "i.convert_image_dtype(u, tf.float32)",
    "i.convert_image_dtype(f, tf.uint8, saturate=True)",
    "i.convert_image_dtype(f, tf.uint16)",
    "tf.io.decode_png(i.encode_png(u), 3)",
    "i.decode_image(i.encode_png(u))",
    "i.decode_jpeg(i.encode_jpeg(u, quality=90))",
    "i.decode_jpeg(i.encode_jpeg(u), ratio=2)",
    "i.adjust_jpeg_quality(f, 50)",
    "i.resize_image_with_crop_or_pad(u, 200, 900)",
    "i.resize_image_with_pad(f, 250, 130)",
    "i.central_crop(u, 0.6)",
    "i.crop_to_bounding_box(u, 20, 30, 100, 120)",
    "i.pad_to_bounding_box(u, 5, 7, tf.shape(u)[0] + 9, tf.shape(u)[1] + 10)",
    "i.crop_and_resize(f[None], [[0.1, 0.2, 0.7, 0.9], [0.8, 0.9, -0.2, 1.2]], [0, 0], [64, 50])",
    "i.crop_and_resize(f[None], [[0.3, 0.2, 0.7, 0.9]], [0], [80, 90], 'nearest')",
    "i.extract_glimpse(f[None], [60, 80], [[0.2, -0.3]])",
    "i.flip_left_right(u)",
    "i.flip_up_down(f)",
    "i.rot90(u, 3)",
    "i.transpose_image(f)",
    "i.random_flip_left_right(u, seed=3)",
    "i.random_flip_up_down(u, seed=4)",
    "tf.random_crop(u, [90, 110, 3], seed=5)",
    "i.adjust_brightness(u, 0.2)",
    "i.adjust_brightness(f, -0.3)",
    "i.random_brightness(f, 0.4, seed=6)",
    "i.adjust_contrast(u, 1.7)",
    "i.adjust_contrast(f, 0.4)",
    "i.random_contrast(f, 0.3, 1.8, seed=7)",
    "i.adjust_hue(u, 0.15)",
    "i.adjust_hue(f, -0.4)",
    "i.random_hue(f, 0.3, seed=8)",
    "i.adjust_saturation(u, 0.4)",
    "i.adjust_saturation(f, 2.5)",
    "i.random_saturation(f, 0.3, 1.8, seed=9)",
    "i.adjust_gamma(u, 0.6)",
    "i.adjust_gamma(f, 2.2, 0.9)",
    "i.rgb_to_grayscale(u)",
    "i.rgb_to_grayscale(f)",
    "i.grayscale_to_rgb(i.rgb_to_grayscale(f))",
    "i.rgb_to_hsv(f)",
    "i.hsv_to_rgb(i.rgb_to_hsv(f))",
    "i.rgb_to_yuv(f)",
    "i.yuv_to_rgb(i.rgb_to_yuv(f))",
    "i.rgb_to_yiq(f)",
    "i.yiq_to_rgb(i.rgb_to_yiq(f))",
    "i.per_image_standardization(f)",
    "i.total_variation(f) / tf.cast(tf.size(f), tf.float32)",
    "i.psnr(u, i.flip_left_right(u), 255)",
    "i.ssim(f, i.adjust_gamma(f, 1.3), 1.0)",
    "i.ssim_multiscale(f, i.adjust_gamma(f, 1.3), 1.0)",
    "i.sobel_edges(f[None])",
    "i.image_gradients(f[None])[0]",
    "i.image_gradients(f[None])[1]",
    "i.draw_bounding_boxes(f[None], [[[0.1, 0.2, 0.6, 0.7], [0.3, 0.0, 1.1, 0.5]]])",
    "i.sample_distorted_bounding_box(tf.shape(u), [[[0.1, 0.1, 0.8, 0.9]]], seed=2)[2]",
    "tf.extract_image_patches(f[None], [1, 9, 9, 1], [1, 20, 30, 1], [1, 2, 2, 1], 'VALID')",
    "tf.nn.avg_pool(f[None], [1, 5, 5, 1], [1, 3, 3, 1], 'SAME')",
)


def cases() -> Iterator[tuple[str, str]]:
    """(title, expression) of a picture as bytes `u`, as floats `f`; `i` is tf.image."""
    yield "decoded", "u"
    for expression in EXPRESSIONS:
        yield (
            expression.replace("i.", "", 1) if expression.startswith("i.") else expression,
            expression,
        )
    for method in METHODS:
        for size in ((113, 97), (700, 801)):
            for aligned in (False, True):
                arguments = f"{size}, i.ResizeMethod.{method}, {aligned}"
                for of in "uf":
                    title = f"resize_images({of}, {size}, {method}, {aligned})"
                    yield title, f"i.resize_images({of}, {arguments})"


def results(tf: Any, path: Path) -> Iterator[tuple[str, np.ndarray]]:
    """What the ops make of one picture, whose sides are at least LEAST_SIDE."""
    with tf.Graph().as_default(), tf.Session() as session:
        tf.set_random_seed(1)
        decode = tf.image.decode_jpeg if path.suffix == ".jpg" else tf.image.decode_png
        pixels = session.run(decode(path.read_bytes(), channels=3))
    for title, expression in cases():
        with tf.Graph().as_default(), tf.Session() as session:
            tf.set_random_seed(1)
            u = tf.constant(pixels)
            f = tf.image.convert_image_dtype(u, tf.float32)
            found = eval(expression, {"tf": tf, "i": tf.image, "u": u, "f": f})
            yield title, np.asarray(session.run(found))


def pictures(folder: Path) -> list[Path]:
    """The photographs of a folder; ends the program where there is none."""
    found = sorted(path for path in folder.glob("*") if path.suffix in (".jpg", ".png"))
    if not found:
        sys.exit(f"no .jpg or .png files in {folder}")
    return found


def refuse_small(paths: list[Path]) -> None:
    """Ends the program where a picture is too small for an op."""
    from PIL import Image

    for path in paths:
        with Image.open(path) as picture:
            if min(picture.size) < LEAST_SIDE:
                sys.exit(f"{path} is too small: its sides must be {LEAST_SIDE} pixels at least")


def write_results(tf: Any, folder: Path, to: Path) -> None:
    """A file for each picture, with an array for each case."""
    for path in pictures(folder):
        np.savez(to / f"{path.name}.npz", *[array for _, array in results(tf, path)])


def distance(ours: np.ndarray, theirs: np.ndarray, title: str) -> tuple[float, float]:
    """The greatest difference, of the range of the values; and what is allowed."""
    if ours.shape != theirs.shape or ours.dtype != theirs.dtype:
        return float("inf"), TOLERANCE
    ours, theirs = ours.astype(np.float64), theirs.astype(np.float64)
    greatest = float(np.max(np.abs(ours - theirs), initial=0))
    if title == "decoded" or any(part in title for part in ROUNDED):
        scale = 255.0 if theirs.max(initial=0) <= 1 else 1.0
        return greatest * scale, LEVEL
    allowed = next((each for name, each in LEAST_CERTAIN.items() if name in title), TOLERANCE)
    return greatest / max(1.0, float(np.max(np.abs(theirs), initial=0))), allowed


def main() -> int:
    """Prints the table; 1 if a difference is too great."""
    parser = argparse.ArgumentParser(prog="python -m bench.photographs", description=__doc__)
    parser.add_argument("folder", type=Path, help="JPEG and PNG files")
    parser.add_argument(
        "--peer", default=sys.executable, help="the Python of TensorFlow's environment"
    )
    parser.add_argument("--results", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.results:
        import tensorflow.compat.v1 as tensorflow

        tensorflow.disable_v2_behavior()
        write_results(tensorflow, options.folder, options.results)
        return 0
    import jitgraph

    refuse_small(pictures(options.folder))
    with tempfile.TemporaryDirectory() as ours, tempfile.TemporaryDirectory() as theirs:
        command = [options.peer, "-m", "bench.photographs", options.folder, "--results", theirs]
        quiet = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
        subprocess.run(command, check=True, env=quiet)
        write_results(jitgraph, options.folder, Path(ours))
        return _report(options.folder, Path(ours), Path(theirs))


def _report(folder: Path, ours: Path, theirs: Path) -> int:
    worst: dict[str, tuple[float, float, str]] = {}
    for path in pictures(folder):
        mine, other = (np.load(each / f"{path.name}.npz") for each in (ours, theirs))
        for number, (title, _) in enumerate(cases()):
            name = f"arr_{number}"
            found, allowed = distance(mine[name], other[name], title)
            if title not in worst or found > worst[title][0]:
                worst[title] = (found, allowed, path.name)
    bad = 0
    for title, (found, allowed, name) in worst.items():
        is_bad = found > allowed
        bad += is_bad
        print(f"{title[:76]:76}  {found:9.2g}  of {allowed:g}  {name if is_bad else ''}")
    print(f"{len(worst)} cases, {len(pictures(folder))} pictures, {bad} differ")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
