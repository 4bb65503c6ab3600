"""Pictures of digits in and out (rows of float32 in [0, 1]); needs Pillow."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
from mnist import SIDE

GLYPH = 20
"""Pixels of the larger side of a digit in MNIST: the rest of its 28 by 28 is margin."""


def save_grid(path: Path, images: np.ndarray, columns: int) -> None:
    """Writes images, one a row of the array, as a grid with so many columns."""
    rows = -(-len(images) // columns)
    grid = np.zeros((rows * SIDE, columns * SIDE), np.uint8)
    for place, image in enumerate(np.clip(images, 0, 1).reshape(-1, SIDE, SIDE)):
        top, left = place // columns * SIDE, place % columns * SIDE
        grid[top : top + SIDE, left : left + SIDE] = np.round(image * 255)
    pillow().fromarray(grid).save(path)
    print(f"picture in {path}")


def load_digit(path: Path) -> np.ndarray:
    """The digit in a picture as MNIST would hold it: white on black, 20 pixels tall, centred.

    Y. LeCun et al., "Gradient-based learning applied to document recognition", 1998, section III:
    digits are scaled to fit 20 by 20 pixels and placed by their centre of mass.
    """
    image = pillow()
    try:
        with image.open(path) as picture:
            flat = picture.convert("RGBA")
            paper = image.new("RGBA", flat.size, "white")
            grey = image.alpha_composite(paper, flat).convert("L")
    except OSError as problem:
        sys.exit(f"can't read the picture {path}: {problem}")
    ink = _ink(np.asarray(grey, np.float32) / 255)
    top, bottom = _ends(ink.max(1))
    left, right = _ends(ink.max(0))
    return _centred(_scaled(ink[top:bottom, left:right])).ravel()


def pillow() -> Any:
    """Pillow's Image module; ends the program with what to install where it is missing."""
    try:
        from PIL import Image
    except ImportError:
        sys.exit("pictures need Pillow: pip install 'jitgraph[image]'")
    return Image


def _ink(grey: np.ndarray) -> np.ndarray:
    """0 for paper, 1 for ink: the border tells which is which."""
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    ink = grey - np.median(border)
    ink = ink if ink.max() > -ink.min() else -ink
    if ink.max() < 0.1:
        sys.exit("the picture is of one colour: there is no digit in it")
    ink = np.clip(ink / ink.max(), 0, 1)
    return np.where(ink < 0.25, 0, ink)


def _ends(line: np.ndarray) -> tuple[int, int]:
    """Where the ink of a projection begins and ends."""
    places = np.flatnonzero(line)
    return int(places[0]), int(places[-1]) + 1


def _scaled(ink: np.ndarray) -> np.ndarray:
    """The digit with its larger side 20 pixels long."""
    image = pillow()
    scale = GLYPH / max(ink.shape)
    size = (max(1, round(ink.shape[1] * scale)), max(1, round(ink.shape[0] * scale)))
    small = image.fromarray(np.round(ink * 255).astype(np.uint8)).resize(size, image.BOX)
    values = np.asarray(small, np.float32)
    return values / values.max()


def _centred(digit: np.ndarray) -> np.ndarray:
    """A 28 by 28 image with the digit's centre of mass in its middle."""
    height, width = digit.shape
    weight = digit.sum()
    down = (digit.sum(1) @ np.arange(height)) / weight
    across = (digit.sum(0) @ np.arange(width)) / weight
    top = int(np.clip(round(SIDE / 2 - 0.5 - down), 0, SIDE - height))
    left = int(np.clip(round(SIDE / 2 - 0.5 - across), 0, SIDE - width))
    image = np.zeros((SIDE, SIDE), np.float32)
    image[top : top + height, left : left + width] = digit
    return image
