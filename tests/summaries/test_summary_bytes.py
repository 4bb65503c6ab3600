"""Summaries are TensorFlow 1.15.5's: byte for byte, pictures by their pixels."""

from __future__ import annotations

import base64
import io
import json
import struct
import zlib
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import jitgraph as tf
from tests.summaries.summary_cases import summaries

RECORDED = json.loads(Path(__file__).with_name("recorded.json").read_text())["summaries"]


@cache
def found() -> dict[str, str]:
    return summaries(tf)


@pytest.mark.parametrize("title", [title for title in RECORDED if "picture" not in title])
def test_bytes_are_tensorflows(title: str) -> None:
    got, wanted = (base64.b64decode(each[title]) for each in (found(), RECORDED))
    assert tf.Summary.FromString(got) == tf.Summary.FromString(wanted)
    assert got == wanted


@pytest.mark.parametrize("title", [title for title in RECORDED if "picture" in title])
def test_pictures_have_tensorflows_pixels(title: str) -> None:
    found_one = tf.Summary.FromString(base64.b64decode(found()[title]))
    for value in found_one.value:
        value.image.encoded_image_string = _pixels(value.image.encoded_image_string)
    assert found_one == tf.Summary.FromString(base64.b64decode(RECORDED[title]))


def _pixels(content: bytes) -> bytes:
    """The bytes of a PNG file whose rows are not filtered."""
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    place, parts = 8, {}
    while place < len(content):
        (length,) = struct.unpack_from(">I", content, place)
        kind, data = content[place + 4 : place + 8], content[place + 8 : place + 8 + length]
        (checksum,) = struct.unpack_from(">I", content, place + 8 + length)
        assert checksum == zlib.crc32(kind + data)
        parts[kind] = data
        place += length + 12
    width, height, bits, colours = struct.unpack_from(">IIBB", parts[b"IHDR"])
    assert (bits, place) == (8, len(content))
    rows = np.frombuffer(zlib.decompress(parts[b"IDAT"]), np.uint8).reshape(height, -1)
    assert rows.shape[1] == 1 + width * {0: 1, 2: 3, 6: 4}[colours]
    assert not rows[:, 0].any()
    return rows[:, 1:].tobytes()


def test_other_programs_read_the_pictures() -> None:
    pictures = pytest.importorskip("PIL.Image")
    (value, *_) = tf.Summary.FromString(base64.b64decode(found()["picture of bytes"])).value
    with pictures.open(io.BytesIO(value.image.encoded_image_string)) as picture:
        assert np.asarray(picture).tobytes() == _pixels(value.image.encoded_image_string)


def test_buckets_are_those_of_a_search_through_the_limits() -> None:
    limits = 1e-12 * np.cumprod(np.full(700, 1.1)) / 1.1
    edges = np.concatenate([np.nextafter(limits, 0), limits, np.nextafter(limits, np.inf), [1e300]])
    numbers = np.concatenate([edges, -edges, np.zeros(3), [5e-324, -5e-324]])
    with tf.Session() as session:
        (value,) = tf.Summary.FromString(
            session.run(tf.summary.histogram("edges", tf.constant(numbers)))
        ).value
    ends = np.array(value.histo.bucket_limit)
    places = np.minimum(np.searchsorted(ends, numbers, side="right"), len(ends) - 1)
    assert value.histo.bucket == np.bincount(places, minlength=len(ends)).tolist()
    assert value.histo.num == len(numbers)
