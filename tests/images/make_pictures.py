"""Makes the small pictures of this folder, one of each format and kind. It needs Pillow.

In: a seed. Out: files in pictures/, which are kept.
"""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
from PIL import Image

from jitgraph.ops.picture_png import encode_png

FOLDER = Path(__file__).parent / "pictures"


def scene(height: int, width: int) -> np.ndarray:
    """Soft colours with hard edges and some noise."""
    rng = np.random.default_rng(7)
    y, x = np.mgrid[:height, :width] / np.array([height, width]).reshape(2, 1, 1)
    waves = [np.sin(6 * x + 2 * y), np.cos(5 * y - x), np.sin(9 * x * y)]
    soft = np.stack(waves, axis=2) * 90 + 120 + rng.normal(0, 6, (height, width, 3))
    soft[height // 3 : height // 2, width // 4 : width // 2] = (250, 20, 60)
    return np.clip(soft, 0, 255).astype(np.uint8)


def save_jpegs() -> None:
    """Each way of sharing colours among pixels, and other kinds."""
    picture = Image.fromarray(scene(37, 51))
    kinds = {"444": 0, "422": 1, "420": 2}
    for name, subsampling in kinds.items():
        picture.save(FOLDER / f"{name}.jpg", quality=85, subsampling=subsampling)
    picture.save(FOLDER / "progressive.jpg", quality=90, progressive=True)
    picture.convert("L").save(FOLDER / "grey.jpg", quality=90)
    picture.convert("CMYK").save(FOLDER / "cmyk.jpg", quality=90)
    picture.crop((0, 0, 4, 5)).save(FOLDER / "tiny.jpg", quality=90)


def save_pngs() -> None:
    """Each number of channels and depth, palettes, and what is interlaced."""
    colours = scene(11, 14)
    picture = Image.fromarray(colours)
    picture.save(FOLDER / "rgb.png")
    picture.convert("L").save(FOLDER / "grey.png")
    picture.convert("1").save(FOLDER / "bits.png")
    palette = picture.quantize(9)
    palette.save(FOLDER / "palette.png")
    palette.save(FOLDER / "clear_palette.png", transparency=2)
    picture.save(FOLDER / "clear_rgb.png", transparency=tuple(int(v) for v in colours[4, 5]))
    alpha = np.linspace(0, 255, 11 * 14).reshape(11, 14, 1).astype(np.uint8)
    Image.fromarray(np.concatenate([colours, alpha], 2)).save(FOLDER / "rgba.png")
    Image.fromarray(np.concatenate([colours[..., :1], alpha], 2)).save(FOLDER / "la.png")
    rng = np.random.default_rng(3)
    for channels in (1, 2, 3, 4):
        deep = rng.integers(0, 1 << 16, (5, 6, channels)).astype(np.uint16)
        (FOLDER / f"deep{channels}.png").write_bytes(encode_png(deep))


def save_gifs() -> None:
    """One frame, and several of which two are laid over parts of the ones before."""
    frames = [Image.fromarray(scene(12, 16)).quantize(16)]
    frames[0].save(FOLDER / "still.gif")
    for k in (1, 2):
        changed = scene(12, 16)
        changed[k * 3 : k * 3 + 3, k * 4 : k * 4 + 3] = (255 * (k - 1), 200, 30)
        frames.append(Image.fromarray(changed).quantize(16))
    frames[0].save(FOLDER / "moving.gif", save_all=True, append_images=frames[1:], duration=50)


def save_bmps() -> None:
    """Three depths, and one that is stored downward."""
    picture = Image.fromarray(scene(5, 7))
    picture.save(FOLDER / "rgb.bmp")
    picture.convert("L").save(FOLDER / "grey.bmp")
    picture.convert("RGBA").save(FOLDER / "rgba.bmp")
    upward = bytearray((FOLDER / "rgb.bmp").read_bytes())
    struct.pack_into("<i", upward, 22, -5)
    (FOLDER / "downward.bmp").write_bytes(bytes(upward))


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    save_jpegs()
    save_pngs()
    save_gifs()
    save_bmps()
