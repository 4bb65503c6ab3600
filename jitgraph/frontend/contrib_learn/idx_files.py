"""The files that MNIST comes in: http://yann.lecun.com/exdb/mnist/ tells their format.

In: folders. Out: arrays. Nothing is downloaded.
"""

from __future__ import annotations

import gzip
import os
import struct
from pathlib import Path
from typing import Any

import numpy as np

FILES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)
FOLDER_VARIABLE = "JITGRAPH_MNIST_DIR"
IMAGES, LABELS = 2051, 2049


def found_file(folder: str, name: str) -> Path:
    """The file of a name in a folder, packed or not, or in the folder that the variable names.

    Raises:
      FileNotFoundError: it is in neither; says which files are missing, and what to do.
    """
    for place in filter(None, (folder, os.environ.get(FOLDER_VARIABLE))):
        for path in (Path(place) / f"{name}.gz", Path(place) / name):
            if path.is_file():
                return path
    wanted = "\n".join(f"  {each}.gz" for each in FILES)
    raise FileNotFoundError(
        f"MNIST is not in {Path(folder).resolve()}: {name}.gz is missing. Nothing is downloaded: "
        f"put these files there (packed, or unpacked without .gz), or set {FOLDER_VARIABLE} to the "
        f"folder that has them:\n{wanted}"
    )


def read_images(path: Path) -> Any:
    """Pictures, [count, rows, columns, 1] of uint8.

    Raises:
      ValueError: the file holds none.
    """
    content = _content(path)
    magic, count, rows, columns = struct.unpack(">IIII", content[:16].ljust(16, b"\0"))
    if magic != IMAGES:
        raise ValueError(f"Invalid magic number {magic} in MNIST image file: {path}")
    pixels = np.frombuffer(content, np.uint8, offset=16)
    _check_length(path, pixels, count * rows * columns)
    return pixels.reshape(count, rows, columns, 1)


def read_labels(path: Path) -> Any:
    """Labels, [count] of uint8.

    Raises:
      ValueError: the file holds none.
    """
    content = _content(path)
    magic, count = struct.unpack(">II", content[:8].ljust(8, b"\0"))
    if magic != LABELS:
        raise ValueError(f"Invalid magic number {magic} in MNIST label file: {path}")
    labels = np.frombuffer(content, np.uint8, offset=8)
    _check_length(path, labels, count)
    return labels


def _content(path: Path) -> bytes:
    raw = path.read_bytes()
    return gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw


def _check_length(path: Path, found: Any, wanted: int) -> None:
    if found.size != wanted:
        raise ValueError(f"{path} has {found.size} bytes of data where its head says {wanted}")
