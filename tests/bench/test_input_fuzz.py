"""Readers of data, given damaged data: an error that TensorFlow raises, or a value; no more."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

import jitgraph as tf
from bench.fuzz_readers import READERS, Reader, masked_crc32c
from bench.input_fuzz import fuzz
from jitgraph.checkpoint.records import read_records

CASES = 60


@pytest.mark.parametrize("reader", READERS, ids=lambda each: each.name)
def test_damage_is_refused_or_read(reader: Reader, tmp_path: Path) -> None:
    found = fuzz(reader, CASES, tmp_path, seed=3)
    assert sum(found.values()) == CASES
    assert not [outcome for outcome in found if outcome.isupper()]


def test_a_length_without_end_asks_for_no_memory() -> None:
    class File(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            assert size is not None
            assert 0 < size <= 1 << 24
            return super().read(size)

    head = (1 << 62).to_bytes(8, "little")
    file = File(head + masked_crc32c(head) + b"and no more")
    with pytest.raises(tf.errors.DataLossError, match="truncated record at 0 of name"):
        list(read_records(file, 1 << 63, "name"))
