"""The handwritten digits as the examples use them: loaded, scaled, in batches.

In: the four MNIST files of a folder (a sixth of them comes with the repository).
Out: rows of float32 in [0, 1] and labels.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from idx import TEST, TRAIN, read_pair

BUNDLED = Path(__file__).resolve().parent / "data"
CLASSES = 10
SIDE = 28


class Digits(NamedTuple):
    """Images as rows of float32 in [0, 1], and the digit that each one shows."""

    images: np.ndarray
    labels: np.ndarray


def load_digits(directory: Path, names: tuple[str, str]) -> Digits:
    """One of the pairs TRAIN and TEST, ready to be fed."""
    images, labels = read_pair(directory, names)
    rows = images.reshape(len(images), -1).astype(np.float32) / np.float32(255)
    return Digits(rows, labels.astype(np.int32))


def load_both(directory: Path) -> tuple[Digits, Digits]:
    """Digits to learn from and digits held out; ends the program where they can't be read."""
    try:
        data, held_out = load_digits(directory, TRAIN), load_digits(directory, TEST)
    except (OSError, ValueError) as problem:
        sys.exit(f"{Path(sys.argv[0]).stem}: {problem}")
    print(f"{len(data.labels):,} digits to learn from, {len(held_out.labels):,} held out")
    return data, held_out


def batches(digits: Digits, size: int, rng: np.random.Generator) -> Iterator[Digits]:
    """All digits once, in a new order; the last batch may be smaller."""
    order = rng.permutation(len(digits.labels))
    images, labels = digits.images[order], digits.labels[order]
    for start in range(0, len(order), size):
        yield Digits(images[start : start + size], labels[start : start + size])


def endless_batches(digits: Digits, size: int, rng: np.random.Generator) -> Iterator[Digits]:
    """Whole batches for ever, each pass over the digits in a new order."""
    while True:
        for batch in batches(digits, size, rng):
            if len(batch.labels) == size:
                yield batch


def one_hot(labels: np.ndarray) -> np.ndarray:
    """Labels as rows of float32 with a single one."""
    return np.eye(CLASSES, dtype=np.float32)[labels]


def add_data_option(parser: argparse.ArgumentParser) -> None:
    """The option that names another folder of digits."""
    parser.add_argument(
        "--data",
        type=Path,
        default=BUNDLED,
        help="folder of the four MNIST files (default: the bundled part)",
    )
