"""Checkpoint files: what is written is read; what is damaged is told; TensorFlow's own are read."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from jitgraph import errors
from jitgraph.checkpoint import tensor_bundle
from jitgraph.checkpoint.string_table import read_table, write_table
from jitgraph.checkpoint.tensor_bundle import BundleReader, data_path, index_path, write_bundle

DTYPES = (
    *("float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16"),
    *("bool", "complex64", "complex128"),
)
RECORDED = Path(__file__).with_name("written_by_tensorflow.json")


def _tensors(seed: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    found = {f"dtypes/{name}": (9 * rng.normal(size=(3, 4))).astype(name) for name in DTYPES}
    found["bfloat16"] = rng.normal(size=5).astype(ml_dtypes.bfloat16)
    found["scalar"] = np.float32(2.5)
    found["empty"] = np.zeros((0, 3))
    found["words"] = np.array([[b"", b"abc"], ["é", b"\0\xff" * 300]], object)
    found["ends\xff"] = np.arange(3)
    return found


def _check(prefix: str, tensors: dict[str, np.ndarray]) -> None:
    reader = BundleReader(prefix)
    assert set(reader.entries) == set(tensors)
    for name, array in tensors.items():
        read = reader.read(name)
        assert read.shape == np.shape(array)
        if name == "words":
            assert read.tolist() == [[b"", b"abc"], ["é".encode(), b"\0\xff" * 300]]
        else:
            assert read.dtype == array.dtype
            assert read.tobytes() == array.tobytes()


def test_what_is_written_is_read(tmp_path) -> None:
    prefix = str(tmp_path / "model")
    write_bundle(prefix, _tensors(1))
    _check(prefix, _tensors(1))
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "model.data-00000-of-00001",
        "model.index",
    ]


def test_files_of_tensorflow_are_read_and_written_alike(tmp_path) -> None:
    """Indices byte for byte: `record_checkpoints.py` wrote the recorded ones."""
    for number, recorded in enumerate(json.loads(RECORDED.read_text())):
        index = base64.b64decode(recorded["index"])
        prefix = str(tmp_path / str(number))
        index_path(prefix).write_bytes(index)
        data_path(prefix).write_bytes(base64.b64decode(recorded["data"]))
        reader = BundleReader(prefix)
        tensors = {name: reader.read(name) for name in reader.entries}
        assert {
            name: [array.dtype.name, [str(item) for item in array.ravel().tolist()]]
            for name, array in tensors.items()
        } == recorded["tensors"]
        again = str(tmp_path / f"again{number}")
        write_bundle(again, tensors)
        assert index_path(again).read_bytes() == index
        assert data_path(again).read_bytes() == data_path(prefix).read_bytes()


def test_many_tensors_take_many_blocks() -> None:
    entries = [(f"variable/{n:06d}/weights".encode(), bytes([n % 251]) * 60) for n in range(20000)]
    table = write_table(entries)
    assert list(read_table(table)) == entries


def test_overwriting_keeps_the_old_checkpoint_until_the_new_one_is_whole(tmp_path, monkeypatch):
    prefix = str(tmp_path / "model")
    write_bundle(prefix, _tensors(1))
    replaced = tensor_bundle._replaced

    def killed_before_the_index(path, write):
        if path.suffix == ".index":
            raise KeyboardInterrupt
        replaced(path, write)

    monkeypatch.setattr(tensor_bundle, "_replaced", killed_before_the_index)
    with pytest.raises(KeyboardInterrupt):
        write_bundle(prefix, _tensors(2))
    _check(prefix, _tensors(1))
    monkeypatch.undo()
    sizes = []
    for seed in (3, 4, 5, 6):
        write_bundle(prefix, _tensors(seed))
        _check(prefix, _tensors(seed))
        sizes.append(data_path(prefix).stat().st_size)
    assert len(set(sizes)) == 1


def test_a_failed_write_leaves_nothing_behind(tmp_path, monkeypatch) -> None:
    prefix = str(tmp_path / "model")
    write_bundle(prefix, _tensors(1))

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tensor_bundle.os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_bundle(prefix, _tensors(2))
    assert len(list(tmp_path.iterdir())) == 2
    monkeypatch.undo()
    _check(prefix, _tensors(1))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.data())
def test_damaged_files_are_told_as_such(tmp_path_factory, data) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    prefix = str(folder / "model")
    tensors = _tensors(1)
    write_bundle(prefix, tensors)
    path = data.draw(st.sampled_from([index_path(prefix), data_path(prefix)]))
    content = bytearray(path.read_bytes())
    if data.draw(st.booleans()):
        del content[data.draw(st.integers(0, len(content) - 1)) :]
    else:
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    known = (errors.DataLossError, errors.NotFoundError)
    try:
        reader = BundleReader(prefix)
        found = {name: reader.read(name) for name in reader.entries}
    except (*known, errors.UnimplementedError):
        return
    for name, array in found.items():
        if name in tensors and name != "words":
            assert array.tobytes() == tensors[name].tobytes()


def test_no_checkpoint() -> None:
    with pytest.raises(errors.NotFoundError, match="Failed to find any matching files for none"):
        BundleReader("none")


def test_missing_tensors_and_files(tmp_path) -> None:
    prefix = str(tmp_path / "model")
    write_bundle(prefix, {"w": np.ones(3)})
    with pytest.raises(errors.NotFoundError, match="Key b not found in checkpoint"):
        BundleReader(prefix).read("b")
    data_path(prefix).unlink()
    with pytest.raises(errors.NotFoundError, match="No such file"):
        BundleReader(prefix).read("w")


@pytest.mark.parametrize("tensors", [{}, {"": np.ones(1)}, {"x": np.zeros(1, "datetime64[s]")}])
def test_what_a_checkpoint_can_not_hold(tmp_path, tensors) -> None:
    with pytest.raises(errors.InvalidArgumentError):
        write_bundle(str(tmp_path / "model"), tensors)
    assert not list(tmp_path.iterdir())
