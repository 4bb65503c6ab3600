"""tf.contrib.tpu's Estimator where there is no TPU."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import jitgraph as tf

tpu = tf.contrib.tpu
ROWS = np.linspace(-1, 1, 24).reshape(12, 2).astype(np.float32)


def _input_fn(params: dict[str, Any]) -> tf.data.Dataset:
    rows = tf.data.Dataset.from_tensor_slices((ROWS, ROWS.sum(1, keepdims=True)))
    return rows.map(lambda x, y: ({"x": x}, y)).batch(params["batch_size"], drop_remainder=True)


def _model_fn(features: Any, labels: Any, mode: str, params: dict[str, Any]) -> Any:
    assert params["use_tpu"] is False
    predicted = tf.layers.dense(features["x"], 1, name="out")
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tpu.TPUEstimatorSpec(mode, predictions={"y": predicted, "n": predicted * 0 + 1})
    loss = tf.losses.mean_squared_error(labels, predicted)
    if mode == tf.estimator.ModeKeys.EVAL:

        def metrics(labels: Any, predicted: Any) -> dict[str, Any]:
            return {"error": tf.metrics.mean_absolute_error(labels, predicted)}

        given = {"labels": labels, "predicted": predicted}
        return tpu.TPUEstimatorSpec(mode, loss=loss, eval_metrics=(metrics, given))
    optimizer = tpu.CrossShardOptimizer(tf.train.GradientDescentOptimizer(params["rate"]))
    step = optimizer.minimize(loss, tf.train.get_global_step())
    seen = tf.get_variable("seen", initializer=0, trainable=False)
    call = (lambda count: seen.assign_add(count), [tf.constant(params["batch_size"])])
    return tpu.TPUEstimatorSpec(mode, loss=loss, train_op=step, host_call=call)


def _estimator(folder: Path, **kwargs: Any) -> Any:
    config = tpu.RunConfig(
        model_dir=str(folder), tf_random_seed=1, tpu_config=tpu.TPUConfig(iterations_per_loop=10)
    )
    sizes = {"train_batch_size": 4, "eval_batch_size": 6, "predict_batch_size": 3}
    return tpu.TPUEstimator(
        _model_fn, config=config, params={"rate": 0.3}, use_tpu=False, **{**sizes, **kwargs}
    )


def test_training_evaluating_asking(tmp_path: Path) -> None:
    estimator = _estimator(tmp_path)
    before = estimator.train(lambda params: _input_fn(params).repeat(), max_steps=1)
    first = before.evaluate(_input_fn)
    estimator.train(lambda params: _input_fn(params).repeat(), max_steps=60)
    found = estimator.evaluate(_input_fn, steps=2)
    assert found["global_step"] == 60
    assert found["loss"] < 1e-3 < first["loss"]
    assert found["error"] < 0.05
    assert estimator.get_variable_value("seen") == 240
    rows = list(estimator.predict(_input_fn))
    assert len(rows) == 12
    np.testing.assert_allclose([row["y"][0] for row in rows], ROWS.sum(1), atol=0.1)


def test_plain_specs_are_taken(tmp_path: Path) -> None:
    def model_fn(features: Any, labels: Any, mode: str, params: Any) -> Any:
        return tf.estimator.EstimatorSpec(mode, predictions=features["x"] * params["batch_size"])

    config = tpu.RunConfig(model_dir=str(tmp_path))
    found = tpu.TPUEstimator(model_fn, config=config, use_tpu=False, predict_batch_size=3)
    np.testing.assert_allclose(np.stack(list(found.predict(_input_fn))), ROWS * 3)


def test_config() -> None:
    config = tpu.RunConfig(save_checkpoints_steps=7)
    assert config.tpu_config == tpu.TPUConfig()
    other = config.replace(tpu_config=tpu.TPUConfig(num_shards=8), save_summary_steps=3)
    assert (other.tpu_config.num_shards, other.save_checkpoints_steps) == (8, 7)
    kinds = tpu.InputPipelineConfig
    assert tpu.TPUConfig(per_host_input_for_training=False)[3] == kinds.PER_SHARD_V1


def test_careless_use(tmp_path: Path) -> None:
    with pytest.raises(NotImplementedError, match="use_tpu=False"):
        tpu.TPUEstimator(_model_fn, config=tpu.RunConfig(), train_batch_size=4)
    with pytest.raises(NotImplementedError, match="There is no TPU here"):
        tf.contrib.cluster_resolver.TPUClusterResolver("name")
    with pytest.raises(ValueError, match="must be provided with type"):
        tpu.TPUEstimator(_model_fn, config=tf.estimator.RunConfig(), use_tpu=False)
    with pytest.raises(ValueError, match="are reserved keys"):
        tpu.TPUEstimator(_model_fn, config=tpu.RunConfig(), params={"batch_size": 3}, use_tpu=False)
    with pytest.raises(ValueError, match="does not include params argument"):
        _estimator(tmp_path).train(lambda: _input_fn({"batch_size": 2}), steps=1)
    with pytest.raises(ValueError, match=r"num_cores_per_replica must be 1, 2"):
        tpu.TPUConfig(num_cores_per_replica=3)
    with pytest.raises(ValueError, match="eval_metrics should have two elements"):
        tpu.TPUEstimatorSpec("eval", eval_metrics=(len,))
    with pytest.raises(TypeError, match="must be SessionRunHook instances"):
        tpu.TPUEstimatorSpec("eval", training_hooks=[1])
