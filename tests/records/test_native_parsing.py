"""Examples taken apart by native code: as by the op's reference, whatever the bytes are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import jitgraph as tf
from jitgraph import dtypes
from jitgraph.errors import InvalidArgumentError
from jitgraph.ops.example_definitions import PARSE_EXAMPLE
from jitgraph.runtime.example_parsing import parse_examples

VALUES = {
    "float_list": st.lists(st.floats(width=32, allow_nan=False), max_size=5),
    "int64_list": st.lists(st.integers(-(2**63), 2**63 - 1), max_size=5),
    "bytes_list": st.lists(st.binary(max_size=200), max_size=3),
}
FEATURES = st.dictionaries(
    st.sampled_from(["a", "bb", "ccc", "other"]),
    st.sampled_from(sorted(VALUES)).flatmap(lambda k: st.tuples(st.just(k), VALUES[k])),
)


def serialized(features: dict[str, Any]) -> bytes:
    found = tf.train.Example()
    for key, (kind, values) in features.items():
        getattr(found.features.feature[key], kind).value.extend(values)
    return found.SerializeToString()


def strings(*texts: bytes) -> list[np.ndarray]:
    return [np.array(text, object) for text in texts]


def arguments(texts: list[bytes], dims: int | None = 2) -> tuple[Any, ...]:
    batch = np.array([*texts, None], object)[:-1]
    defaults = [np.zeros(0, np.float32), np.array([5, 6])]
    sparse_types, shapes = (dtypes.string, dtypes.int64), ([dims], [None])
    keys = strings(b"ccc", b"other"), strings(b"a", b"bb")
    return (batch, np.zeros(0, object), *keys, defaults, sparse_types, shapes)


def outcome(given_arguments: tuple[Any, ...]) -> Any:
    try:
        return PARSE_EXAMPLE.reference(*given_arguments)
    except InvalidArgumentError:
        return None


def check(given_arguments: tuple[Any, ...]) -> None:
    """What native code gives is what the reference gives; where it gives nothing it may differ."""
    found = parse_examples(*given_arguments)
    if found is None:
        return
    for got, want in zip(found, outcome(given_arguments), strict=True):
        assert got.dtype == want.dtype
        assert got.shape == want.shape
        assert got.tolist() == want.tolist()


@given(st.lists(FEATURES, min_size=1, max_size=4), st.sampled_from([2, None]))
@settings(max_examples=150, deadline=None)
def test_examples_are_as_by_the_reference(rows: list[dict[str, Any]], dims: int | None) -> None:
    check(arguments([serialized(each) for each in rows], dims))


@given(st.lists(st.binary(max_size=30), min_size=1, max_size=3))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_left_or_read_as_by_the_reference(texts: list[bytes]) -> None:
    check(arguments(texts))


@given(FEATURES, st.data())
@settings(max_examples=150, deadline=None)
def test_damaged_examples_too(features: dict[str, Any], data: st.DataObject) -> None:
    text = bytearray(serialized(features))
    for _ in range(data.draw(st.integers(1, 3))):
        if text:
            text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(text)))
    check(arguments([bytes(text)]))
    check(arguments([bytes(text[:cut])]))


def test_usual_examples_are_read_natively() -> None:
    row = {"a": ("float_list", [1.5, 2.5]), "ccc": ("bytes_list", [b"x", b""])}
    dims, indices = 2, [[0, 0], [0, 1], [1, 0], [1, 1]]
    found = parse_examples(*arguments([serialized(row)] * 2, dims))
    assert found is not None
    assert found[0].tolist() == indices
    assert found[6].tolist() == [[1.5, 2.5]] * 2


def test_runs_use_it_and_errors_are_those_of_the_reference() -> None:
    texts = tf.placeholder(tf.string, [None])
    parsed = tf.parse_example(texts, {"a": tf.FixedLenFeature([2], tf.float32)})
    row = serialized({"a": ("float_list", [1.0, 2.0])})
    with tf.Session() as session:
        assert session.run(parsed["a"], {texts: [row] * 3}).tolist() == [[1.0, 2.0]] * 3
        with pytest.raises(InvalidArgumentError, match="Could not parse example"):
            session.run(parsed["a"], {texts: [row, b"\x0a\xff"]})
