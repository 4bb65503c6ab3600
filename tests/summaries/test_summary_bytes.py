"""Summaries are TensorFlow 1.15.5's: byte for byte, pictures by their pixels."""

from __future__ import annotations

import base64
import io
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import jitgraph as tf
from tests.summaries.summary_cases import summaries

RECORDED = json.loads(Path(__file__).with_name("recorded.json").read_text())


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
    got, wanted = (
        tf.Summary.FromString(base64.b64decode(each[title])) for each in (found(), RECORDED)
    )
    assert len(got.value) == len(wanted.value)
    for mine, theirs in zip(got.value, wanted.value, strict=True):
        np.testing.assert_array_equal(_pixels(mine.image), _pixels(theirs.image))
        for value in (mine, theirs):
            value.image.ClearField("encoded_image_string")
        assert mine == theirs


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


def _pixels(image: Any) -> np.ndarray:
    pictures = pytest.importorskip("PIL.Image")
    with pictures.open(io.BytesIO(image.encoded_image_string)) as picture:
        return np.asarray(picture)
