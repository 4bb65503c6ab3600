"""tf.estimator's ready-made models: numbers and names as TensorFlow 1.15 has them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from canned_cases import trained

import jitgraph as tf

RECORDED = json.loads((Path(__file__).parent / "recorded_canned.json").read_text(encoding="utf-8"))
COLUMNS = [tf.feature_column.numeric_column("a")]


def test_numbers_and_names(tmp_path: Path) -> None:
    found = trained(tf, str(tmp_path))
    for got, wanted in zip(found, RECORDED, strict=True):
        assert got["variables"] == wanted["variables"]
        assert got["names"] == wanted["names"]
        assert got["metrics"] == pytest.approx(wanted["metrics"], rel=2e-3, abs=1e-5)
        for name, value in wanted["told"].items():
            assert got["told"][name] == pytest.approx(value, rel=2e-3, abs=1e-5), name


def test_what_does_not_fit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="n_classes must be > 2: 1"):
        tf.estimator.LinearClassifier(COLUMNS, n_classes=1)
    model = tf.estimator.DNNClassifier([2], COLUMNS, str(tmp_path), optimizer="Best")
    with pytest.raises(ValueError, match="Unsupported optimizer name: Best"):
        model.train(lambda: ({"a": tf.ones([4])}, tf.ones([4], tf.int32)), steps=1)
    with pytest.raises(ValueError, match="Invalid label_dimension 0"):
        tf.estimator.DNNRegressor([2], COLUMNS, label_dimension=0)
