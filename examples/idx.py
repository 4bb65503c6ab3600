"""Reads and writes the IDX files that MNIST comes in (in: a path; out: a NumPy array of bytes)."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np

UNSIGNED_BYTE = 0x08
TRAIN = ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz")
TEST = ("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz")


def read_idx(path: Path) -> np.ndarray:
    """The array of unsigned bytes in the IDX file at `path`, gzipped or not."""
    raw = path.read_bytes()
    if raw[:2] == b"\x1f\x8b":
        raw = gzip.decompress(raw)
    if len(raw) < 4 or raw[:2] != b"\0\0" or raw[2] != UNSIGNED_BYTE:
        raise ValueError(f"{path} is not an IDX file of unsigned bytes")
    rank = raw[3]
    start = 4 + 4 * rank
    if len(raw) < start:
        raise ValueError(f"{path} ends inside its header: {len(raw)} bytes, expected {start}")
    shape = struct.unpack(f">{rank}I", raw[4:start])
    values = np.frombuffer(raw, np.uint8, offset=start)
    if values.size != np.prod(shape, dtype=np.int64):
        raise ValueError(f"{path} holds {values.size} values, its header promises {shape}")
    return values.reshape(shape)


def write_idx(path: Path, values: np.ndarray) -> None:
    """Writes unsigned bytes as a gzipped IDX file; equal arrays give equal files."""
    if values.dtype != np.uint8:
        raise ValueError(f"IDX files here hold uint8, got {values.dtype}")
    header = bytes([0, 0, UNSIGNED_BYTE, values.ndim]) + struct.pack(
        f">{values.ndim}I", *values.shape
    )
    path.write_bytes(gzip.compress(header + values.tobytes(), compresslevel=9, mtime=0))


def read_pair(directory: Path, names: tuple[str, str]) -> tuple[np.ndarray, np.ndarray]:
    """Images and labels of one of the pairs TRAIN and TEST, found in `directory`."""
    images, labels = (read_idx(find(directory, name)) for name in names)
    if images.ndim != 3 or labels.ndim != 1 or len(images) != len(labels):
        raise ValueError(
            f"{directory}: images {images.shape} and labels {labels.shape} do not belong together"
        )
    return images, labels


def find(directory: Path, name: str) -> Path:
    """The file `name` in `directory`, or the same one unpacked."""
    for candidate in (directory / name, directory / name.removesuffix(".gz")):
        if candidate.is_file():
            return candidate
    raise FileNotFoundError(f"{directory} has no {name} (nor its unpacked form)")
