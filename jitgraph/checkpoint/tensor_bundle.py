"""A checkpoint: tensors by name in two files.

In: arrays by name, or a prefix. Out: files that TensorFlow reads; or the arrays in files that it
wrote. Files appear whole or not at all: a process that is killed leaves the checkpoint before.
https://github.com/tensorflow/tensorflow/blob/r1.15/tensorflow/core/util/tensor_bundle/tensor_bundle.h
"""

from __future__ import annotations

import os
import secrets
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from jitgraph import dtypes, protos
from jitgraph.checkpoint.checksum import crc32c, masked
from jitgraph.checkpoint.string_table import read_table, write_table
from jitgraph.checkpoint.varint import read_varint, varint
from jitgraph.dtypes import DType
from jitgraph.errors import DataLossError, InvalidArgumentError, NotFoundError, UnimplementedError

HEADER = b""
VERSION = 1
_UINT32_MAX = 0xFFFFFFFF


@dataclass(frozen=True)
class Entry:
    """Where a tensor is: `size` bytes from `offset` of file number `shard`."""

    dtype: DType
    shape: tuple[int, ...]
    shard: int
    offset: int
    size: int
    crc: int
    is_sliced: bool


def index_path(prefix: str) -> Path:
    """The file that tells where the tensors are."""
    return Path(f"{prefix}.index")


def data_path(prefix: str, shard: int = 0, shards: int = 1) -> Path:
    """A file with tensors."""
    return Path(f"{prefix}.data-{shard:05d}-of-{shards:05d}")


def checkpoint_exists(prefix: str) -> bool:
    """Whether there is a checkpoint of that prefix."""
    return index_path(prefix).is_file()


class BundleReader:
    """The tensors of a checkpoint.

    Args:
      prefix: the path without `.index`.

    Raises:
      errors.NotFoundError: there is no such checkpoint.
      errors.DataLossError: the index is truncated or corrupt.
    """

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        try:
            file = index_path(prefix).read_bytes()
        except FileNotFoundError:
            text = (
                f"Unsuccessful TensorSliceReader constructor: Failed to find any matching files "
                f"for {prefix}"
            )
            raise NotFoundError(None, None, text) from None
        except OSError as error:
            text = f"Failed to read {index_path(prefix)}: {error}"
            raise InvalidArgumentError(None, None, text) from None
        self.shards, self.entries = _read_index(prefix, file)

    def read(self, name: str) -> np.ndarray:
        """The tensor `name`; strings as an array of bytes objects.

        Raises:
          errors.NotFoundError: there is none of that name, or its file is missing.
          errors.DataLossError: its bytes are not those that were written.
        """
        entry = self.entries.get(name)
        if entry is None:
            raise NotFoundError(None, None, f"Key {name} not found in checkpoint")
        if entry.is_sliced:
            text = f"{name} is kept in slices (a partitioned variable), which are not read"
            raise UnimplementedError(None, None, text)
        data = self._bytes(name, entry)
        if entry.dtype == dtypes.string:
            return _read_strings(name, data, entry)
        if masked(crc32c(data)) != entry.crc:
            raise _mismatch(name, self.prefix)
        dtype = np.dtype(entry.dtype.as_numpy_dtype)
        if len(data) != prod(entry.shape) * dtype.itemsize:
            raise DataLossError(None, None, f"{name}: {entry.size} bytes for {entry.shape}")
        return np.frombuffer(data, dtype).reshape(entry.shape).copy()

    def _bytes(self, name: str, entry: Entry) -> bytes:
        path = data_path(self.prefix, entry.shard, self.shards)
        try:
            with path.open("rb") as file:
                if os.fstat(file.fileno()).st_size < entry.offset + entry.size:
                    text = f"{path} is truncated: it ends inside tensor {name}"
                    raise DataLossError(None, None, text)
                file.seek(entry.offset)
                return file.read(entry.size)
        except FileNotFoundError:
            raise NotFoundError(None, None, f"{path}; No such file or directory") from None


def _read_index(prefix: str, file: bytes) -> tuple[int, dict[str, Entry]]:
    table = dict(read_table(file))
    header = _parsed(protos.BundleHeaderProto, table.pop(HEADER, b""), prefix)
    if header.endianness:
        text = f"{prefix} was written on a machine of the other byte order"
        raise UnimplementedError(None, None, text)
    entries = {}
    for key, value in table.items():
        name = key.decode("utf-8", "surrogateescape")
        if not key.startswith(b"\0"):
            entries[name] = _entry(_parsed(protos.BundleEntryProto, value, prefix), name)
    return max(1, header.num_shards), entries


def _parsed(message: Any, data: bytes, prefix: str) -> Any:
    found = message()
    try:
        found.ParseFromString(data)
    except Exception as error:
        raise DataLossError(None, None, f"{prefix}.index: {error}") from None
    return found


def _entry(found: Any, name: str) -> Entry:
    try:
        dtype = dtypes.as_dtype(found.dtype)
    except TypeError:
        raise DataLossError(None, None, f"{name} is of unknown dtype {found.dtype}") from None
    shape = tuple(dim.size for dim in found.shape.dim)
    if min((*shape, found.offset, found.size), default=0) < 0:
        raise DataLossError(None, None, f"{name} has a negative size")
    return Entry(
        dtype, shape, found.shard_id, found.offset, found.size, found.crc32c, bool(found.slices)
    )


def _read_strings(name: str, data: bytes, entry: Entry) -> np.ndarray:
    """The lengths, their checksum, the strings."""
    count = prod(entry.shape)
    if count > entry.size:
        raise DataLossError(None, None, f"{name}: {entry.size} bytes for {entry.shape}")
    lengths, place, crc = [], 0, 0
    for _ in range(count):
        length, place = read_varint(data, place)
        lengths.append(length)
        crc = crc32c(_length_bytes(length), crc)
    stored = data[place : place + 4]
    place += 4
    if stored != struct.pack("<I", masked(crc)) or place + sum(lengths) != len(data):
        raise _mismatch(name, "")
    crc = crc32c(data[place:], crc32c(stored, crc))
    if masked(crc) != entry.crc:
        raise _mismatch(name, "")
    found = np.empty(count, object)
    for number, length in enumerate(lengths):
        found[number] = data[place : place + length]
        place += length
    return found.reshape(entry.shape)


def _mismatch(name: str, prefix: str) -> DataLossError:
    where = f" in {prefix}" if prefix else ""
    return DataLossError(None, None, f"Checksum does not match: tensor {name}{where} is corrupt")


def _length_bytes(length: int) -> bytes:
    return struct.pack("<I" if length <= _UINT32_MAX else "<Q", length)


def write_bundle(prefix: str, tensors: Mapping[str, np.ndarray]) -> None:
    """Writes a checkpoint.

    Args:
      prefix: the path without `.index`; its folder must exist.
      tensors: arrays by name; arrays of objects hold bytes or text.

    Raises:
      errors.InvalidArgumentError: no name, or an array of a dtype that checkpoints can't hold.
      OSError: the files can't be written; what was there before is still there.

    When a checkpoint of this prefix is there, the new data file holds its tensors too, where its
    index expects them, until the new index is in place: one of the two is always whole.
    """
    names = sorted(tensors, key=lambda name: name.encode("utf-8", "surrogateescape"))
    if not names or not all(names):
        raise InvalidArgumentError(None, None, "a checkpoint has tensors, and each has a name")
    encoded = {name: _encoded(name, tensors[name]) for name in names}
    total = sum(len(data) for data, *_ in encoded.values())
    start, end = _live_bytes(prefix)
    offset = 0 if total <= start else end
    header = protos.BundleHeaderProto(num_shards=1)
    header.version.producer = VERSION
    table = [(HEADER, header.SerializeToString())]
    place = offset
    for name, (data, dtype, shape, crc) in encoded.items():
        found = protos.BundleEntryProto(
            dtype=dtype.as_datatype_enum, offset=place, size=len(data), crc32c=crc
        )
        found.shape.SetInParent()
        for size in shape:
            found.shape.dim.add(size=size)
        table.append((name.encode("utf-8", "surrogateescape"), found.SerializeToString()))
        place += len(data)

    def write_data(file: BinaryIO) -> None:
        if end:
            with data_path(prefix).open("rb") as before:
                before.seek(start)
                file.seek(start)
                file.write(before.read(end - start))
        file.seek(offset)
        for data, *_ in encoded.values():
            file.write(data)

    _replaced(data_path(prefix), write_data)
    _replaced(index_path(prefix), lambda file: file.write(write_table(table)))


def _live_bytes(prefix: str) -> tuple[int, int]:
    """Where the tensors of a checkpoint that is there begin and end in its data file."""
    try:
        reader = BundleReader(prefix)
        size = data_path(prefix).stat().st_size
    except (NotFoundError, DataLossError, InvalidArgumentError, UnimplementedError, OSError):
        return 0, 0
    entries = list(reader.entries.values())
    end = max((entry.offset + entry.size for entry in entries), default=0)
    if reader.shards != 1 or end > size or not end:
        return 0, 0
    return min(entry.offset for entry in entries), end


def _replaced(path: Path, write: Callable[[BinaryIO], Any]) -> None:
    """Writes a file beside the one that is there, then takes its place."""
    temporary = path.with_name(f"{path.name}.tempstate{secrets.token_hex(8)}")
    try:
        with temporary.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _encoded(name: str, array: Any) -> tuple[bytes, DType, tuple[int, ...], int]:
    """(bytes, dtype, shape, checksum as stored)."""
    array = np.asarray(array)
    if array.dtype.kind in "OSU":
        data, crc = _encoded_strings(array)
        return data, dtypes.string, array.shape, masked(crc)
    try:
        dtype = dtypes.as_dtype(array.dtype)
    except TypeError as error:
        raise InvalidArgumentError(None, None, f"{name}: {error}") from None
    little = array.astype(array.dtype.newbyteorder("<"), copy=False)
    data = np.ascontiguousarray(little).tobytes()
    return data, dtype, array.shape, masked(crc32c(data))


def _encoded_strings(array: np.ndarray) -> tuple[bytes, int]:
    strings = [item if isinstance(item, bytes) else str(item).encode() for item in array.ravel()]
    crc = 0
    for item in strings:
        crc = crc32c(_length_bytes(len(item)), crc)
    checksum = struct.pack("<I", masked(crc))
    text = b"".join(strings)
    data = b"".join(varint(len(item)) for item in strings) + checksum + text
    return data, crc32c(text, crc32c(checksum, crc))
