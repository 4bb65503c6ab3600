"""The digits that come with the demo: how many, how even, how large; and their file format."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
DATA = EXAMPLES / "data"


def load_example(name: str) -> ModuleType:
    """A module of the folder of examples, which is not a package."""
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


idx = load_example("idx")


@pytest.mark.parametrize(("names", "each"), [(idx.TRAIN, 1000), (idx.TEST, 200)])
def test_bundled_digits_are_balanced(names: tuple[str, str], each: int) -> None:
    images, labels = idx.read_pair(DATA, names)
    assert images.shape == (10 * each, 28, 28)
    assert np.bincount(labels).tolist() == [each] * 10


def test_bundled_digits_are_small() -> None:
    assert sum(path.stat().st_size for path in DATA.glob("*.gz")) < 3_000_000


@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 5), (2, 3, 4)])
def test_idx_round_trip(tmp_path: Path, shape: tuple[int, ...]) -> None:
    values = np.arange(np.prod(shape, dtype=int), dtype=np.uint8).reshape(shape)
    idx.write_idx(tmp_path / "a.gz", values)
    read = idx.read_idx(tmp_path / "a.gz")
    assert read.shape == shape
    np.testing.assert_array_equal(read, values)


@pytest.mark.parametrize(
    ("raw", "complaint"),
    [
        (b"", "not an IDX file"),
        (b"\x00\x00\x0d\x01\x00\x00\x00\x00", "not an IDX file of unsigned bytes"),
        (b"\x00\x00\x08\x03\x00\x00", "ends inside its header: 6 bytes, expected 16"),
        (b"\x00\x00\x08\x01\x00\x00\x00\x05abc", r"holds 3 values, its header promises \(5,\)"),
    ],
)
def test_broken_files_are_named(tmp_path: Path, raw: bytes, complaint: str) -> None:
    path = tmp_path / "broken"
    path.write_bytes(raw)
    with pytest.raises(ValueError, match=rf"broken.*{complaint}"):
        idx.read_idx(path)


def test_missing_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"has no train-images-idx3-ubyte\.gz"):
        idx.read_pair(tmp_path, idx.TRAIN)
