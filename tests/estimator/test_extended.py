"""tf.estimator: trainings that end early, metrics added, what is wanted of Examples."""

from __future__ import annotations

import numpy as np
import pytest

import jitgraph as tf

X = np.arange(8, dtype=np.float32)
COLUMN = tf.feature_column.numeric_column("x")
STOPS = tf.estimator.experimental


def inputs(epochs=None):
    return tf.estimator.inputs.numpy_input_fn(
        {"x": X}, 2 * X, batch_size=4, num_epochs=epochs, shuffle=False
    )


@pytest.fixture
def model(tmp_path):
    config = tf.estimator.RunConfig(save_checkpoints_steps=5, model_dir=str(tmp_path))
    return tf.estimator.LinearRegressor([COLUMN], optimizer="Ftrl", config=config)


def ended(model, hook) -> int:
    """The step at which a training with evaluations ended."""
    train = tf.estimator.TrainSpec(inputs(), max_steps=20, hooks=[hook])
    test = tf.estimator.EvalSpec(inputs(1), steps=None, throttle_secs=0)
    tf.estimator.train_and_evaluate(model, train, test)
    return int(model.get_variable_value("global_step"))


def stopping(model, kind, *args, **options):
    make = getattr(STOPS, f"stop_if_{kind}_hook")
    return make(model, *args, run_every_secs=None, run_every_steps=5, **options)


@pytest.mark.parametrize(
    ("kind", "args", "options", "step"),
    [
        ("lower", ["loss", 1e9], {}, 6),
        ("higher", ["loss", 0.0], {"min_steps": 12}, 16),
        ("no_increase", ["average_loss", 10], {}, 16),
        ("no_decrease", ["average_loss", 10], {}, 20),
    ],
)
def test_trainings_end_early(model, kind, args, options, step) -> None:
    assert ended(model, stopping(model, kind, *args, **options)) == step


def test_a_function_ends_a_training(model) -> None:
    hook = STOPS.make_early_stopping_hook(model, lambda: True, run_every_secs=60)
    model.train(inputs(), hooks=[hook], steps=9)
    assert model.get_variable_value("global_step") == 1
    assert "signal_early_stopping/STOP" in model.get_variable_names()
    with pytest.raises(ValueError, match="Only one of `run_every_secs` and `run_every_steps`"):
        STOPS.make_early_stopping_hook(model, lambda: True, run_every_steps=1)
    with pytest.raises(TypeError, match="`estimator` must have type `tf"):
        STOPS.make_early_stopping_hook(None, lambda: True)
    with pytest.raises(TypeError, match="`should_stop_fn` must be callable"):
        STOPS.make_early_stopping_hook(model, 3)


def test_metrics_are_added(model) -> None:
    def more(labels, predictions):
        off = tf.metrics.mean_absolute_error(labels, predictions["predictions"][:, 0])
        return {"off": off}

    model.train(inputs(), steps=3)
    found = tf.estimator.add_metrics(model, more).evaluate(inputs(1))
    assert set(found) == {*model.evaluate(inputs(1)), "off"}
    assert found["off"] > 0
    with pytest.raises(ValueError, match=r"following not expected args: \['z'\]"):
        tf.estimator.add_metrics(model, lambda z: {})


def test_the_best_of_former_trainings_counts(model, tmp_path) -> None:
    model.train(inputs(), steps=5)
    model.evaluate(inputs(1))
    best = tf.estimator.BestExporter("best", lambda: None, "eval/*.tfevents.*")
    assert best.export(model, str(tmp_path), model.latest_checkpoint(), {"loss": 1e9}, True) is None


def test_what_is_wanted_of_examples() -> None:
    label = tf.FixedLenFeature((2,), tf.float32, None)
    found = tf.estimator.regressor_parse_example_spec([COLUMN], "y", label_dimension=2)
    assert found["y"] == label
    found = tf.estimator.classifier_parse_example_spec([COLUMN], "y", weight_column="w")
    assert found["y"].dtype == tf.int64
    assert found["w"] == tf.FixedLenFeature((1,), tf.float32, None)
    with pytest.raises(ValueError, match="label should not be used as feature"):
        tf.estimator.classifier_parse_example_spec([COLUMN], "x")
    with pytest.raises(ValueError, match="weight_column should not be used as feature"):
        tf.estimator.classifier_parse_example_spec([COLUMN], "y", weight_column="x")
    with pytest.raises(ValueError, match="weight_column should be an instance of"):
        tf.estimator.regressor_parse_example_spec([COLUMN], "y", weight_column=3)
