"""Columns of features: their values and errors, as TensorFlow 1.15 gives them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import jitgraph as tf

numeric = tf.feature_column.numeric_column


def layer(features: dict[str, Any], columns: Any) -> Any:
    with tf.Graph().as_default(), tf.Session() as session:
        return session.run(tf.feature_column.input_layer(features, columns)).tolist()


def test_columns_stand_side_by_side_in_the_order_of_their_names() -> None:
    features = {"a": [1, 2], "b": [[3.0, 4.0], [5.0, 6.0]]}
    halved = numeric("b", 2, normalizer_fn=lambda x: x / 2)
    assert layer(features, [halved, numeric("a")]) == [[1.0, 1.5, 2.0], [2.0, 2.5, 3.0]]
    assert layer({"m": [[[1, 2], [3, 4]]]}, numeric("m", [2, 2])) == [[1.0, 2.0, 3.0, 4.0]]


def test_defaults_are_for_examples_without_the_feature() -> None:
    columns = [numeric("x", 2, default_value=1.5), numeric("n", dtype=tf.int64)]
    example = tf.train.Example()
    example.features.feature["n"].int64_list.value.append(7)
    with tf.Graph().as_default(), tf.Session() as session:
        wanted = tf.feature_column.make_parse_example_spec(columns)
        features = tf.parse_example([example.SerializeToString()], wanted)
        found = session.run(tf.feature_column.input_layer(features, columns))
    assert found.tolist() == [[7.0, 1.5, 1.5]]


@pytest.mark.parametrize(
    ("call", "kind", "text"),
    [
        (lambda: numeric("a", 0), ValueError, "must be greater than 0"),
        (lambda: numeric("a", [1.5]), TypeError, "must be integer"),
        (lambda: numeric("a", dtype=tf.string), ValueError, "convertible to float"),
        (lambda: numeric("a", 2, default_value=[1.0]), ValueError, "equal to given shape"),
        (lambda: numeric("a", default_value=1.5, dtype=tf.int32), TypeError, "compatible"),
        (lambda: numeric("a", normalizer_fn=3), TypeError, "must be a callable"),
        (lambda: layer({"a": [1]}, [numeric("b")]), ValueError, "Feature b is not in"),
        (lambda: layer({"a": [1]}, []), ValueError, "must not be empty"),
        (lambda: layer({"a": [1]}, [numeric("a")] * 2), ValueError, "Duplicate feature column"),
        (lambda: layer({"a": 1}, numeric("a")), ValueError, "cannot have rank 0"),
    ],
)
def test_wrong_columns(call: Callable[[], Any], kind: type[Exception], text: str) -> None:
    with pytest.raises(kind, match=text):
        call()
