"""tf.estimator: models trained, evaluated, asked, exported and started from others."""

from __future__ import annotations

import os

import numpy as np
import pytest

import jitgraph as tf

X = np.arange(8, dtype=np.float32).reshape(8, 1)
Y = 2 * X + 1
Spec = tf.estimator.EstimatorSpec
Mode = tf.estimator.ModeKeys


def linear_model(features, labels, mode, params):
    weight = tf.get_variable("w", [1, 1], initializer=tf.zeros_initializer())
    bias = tf.get_variable("b", [1], initializer=tf.zeros_initializer())
    predicted = tf.matmul(features["x"], weight) + bias
    if mode == Mode.PREDICT:
        return Spec(mode, predictions={"y": predicted, "x": features["x"]})
    loss = tf.reduce_mean(tf.square(predicted - labels))
    optimizer = tf.train.GradientDescentOptimizer(params["rate"])
    op = optimizer.minimize(loss, tf.train.get_global_step())
    metrics = {"mae": tf.metrics.mean_absolute_error(labels, predicted)}
    return Spec(mode, loss=loss, train_op=op, eval_metric_ops=metrics)


def dataset():
    return tf.data.Dataset.from_tensor_slices(({"x": X}, Y)).repeat(50).batch(8)


def rows(**options):
    return tf.estimator.inputs.numpy_input_fn({"x": X}, Y, shuffle=False, **options)


@pytest.fixture
def model(tmp_path):
    config = tf.estimator.RunConfig(save_checkpoints_steps=10, tf_random_seed=1)
    folder = str(tmp_path / "model")
    return tf.estimator.Estimator(linear_model, folder, config, {"rate": 0.02})


def test_training_goes_on_and_metrics_are_written(model) -> None:
    assert model.latest_checkpoint() is None
    assert model.train(dataset, steps=20) is model
    model.train(dataset, max_steps=30)
    model.train(dataset, max_steps=25)
    assert model.latest_checkpoint().endswith("model.ckpt-30")
    assert model.get_variable_names() == ["b", "global_step", "w"]
    assert model.get_variable_value("global_step") == 30
    found = model.evaluate(rows(batch_size=3), name="again")
    assert set(found) == {"mae", "loss", "global_step"}
    assert found["global_step"] == 30
    assert found["loss"] < 1.0
    assert len(os.listdir(model.eval_dir("again"))) == 1
    some = model.evaluate(rows(batch_size=2), steps=2)
    assert some["mae"] != found["mae"]


def test_training_ends_with_its_input(model) -> None:
    model.train(rows(batch_size=4, num_epochs=3))
    assert model.get_variable_value("global_step") == 6


def test_predictions_are_rows_or_batches(model) -> None:
    model.train(dataset, steps=5)
    ask = tf.estimator.inputs.numpy_input_fn({"x": X}, batch_size=5, shuffle=False)
    found = list(model.predict(ask))
    assert [item["x"][0] for item in found] == list(range(8))
    (first, second) = model.predict(ask, predict_keys=["y"], yield_single_examples=False)
    assert set(first) == {"y"}
    assert (first["y"].shape, second["y"].shape) == ((5, 1), (3, 1))
    with pytest.raises(ValueError, match="Expected to run at least one output from"):
        next(model.predict(ask, predict_keys=["z"]))


def test_an_exported_model_is_served(model, tmp_path) -> None:
    model.train(dataset, steps=5)
    (tmp_path / "words.txt").write_text("a")
    with tf.Graph().as_default():
        given = {"x": tf.placeholder(tf.float32, [None, 1], "x")}
    receive = tf.estimator.export.build_raw_serving_input_receiver_fn(given)
    folder = model.export_savedmodel(
        str(tmp_path / "out"), receive, {"words.txt": str(tmp_path / "words.txt")}
    )
    assert isinstance(folder, bytes)
    assert os.path.exists(os.path.join(folder, b"assets.extra", b"words.txt"))
    with tf.Session(graph=tf.Graph()) as session:
        loaded = tf.saved_model.loader.load(session, ["serve"], folder.decode())
        signature = loaded.signature_def["serving_default"]
        names = signature.inputs["x"].name, signature.outputs["y"].name
        value = session.run(names[1], {names[0]: [[3.0]]})
    expected = model.get_variable_value("w") * 3 + model.get_variable_value("b")
    np.testing.assert_allclose(value, expected, rtol=1e-6)
    with pytest.raises(ValueError, match="outside the model"):
        model.export_saved_model(
            str(tmp_path / "out"), receive, {"../../x": str(tmp_path / "words.txt")}
        )


def test_train_and_evaluate_exports_the_last_and_the_best(model, tmp_path) -> None:
    with tf.Graph().as_default():
        spec = {"x": tf.FixedLenFeature([1], tf.float32)}
    receive = tf.estimator.export.build_parsing_serving_input_receiver_fn(spec)
    exporters = [
        tf.estimator.FinalExporter("last", receive),
        tf.estimator.BestExporter("best", receive, exports_to_keep=1),
    ]
    train = tf.estimator.TrainSpec(dataset, max_steps=20)
    test = tf.estimator.EvalSpec(rows(), steps=None, exporters=exporters, throttle_secs=0)
    metrics, exports = tf.estimator.train_and_evaluate(model, train, test)
    assert metrics["global_step"] == 20
    assert all(exports)
    assert len(os.listdir(os.path.join(model.model_dir, "export", "best"))) == 1
    with pytest.raises(ValueError, match="must have unique names"):
        tf.estimator.EvalSpec(rows(), exporters=[exporters[0], exporters[0]])


def test_a_model_begins_with_another_ones_values(model, tmp_path) -> None:
    model.train(dataset, steps=5)
    other = tf.estimator.Estimator(
        linear_model, str(tmp_path / "b"), params={"rate": 0.0}, warm_start_from=model.model_dir
    )
    other.train(dataset, steps=1)
    assert other.get_variable_value("w") == model.get_variable_value("w")
    settings = tf.estimator.WarmStartSettings(
        model.model_dir, "w", var_name_to_prev_var_name={"w": "b", "z": "b"}
    )
    lost = tf.estimator.Estimator(
        linear_model, str(tmp_path / "c"), params={"rate": 0.0}, warm_start_from=settings
    )
    with pytest.raises(ValueError, match="Shape of variable w"):
        lost.train(dataset, steps=1)


def test_rows_move_to_where_their_words_are(tmp_path) -> None:
    (tmp_path / "old").write_text("a\nb\nc\n")
    (tmp_path / "new").write_text("c\nd\na\n")
    with tf.Graph().as_default(), tf.Session() as session:
        tf.Variable([[1.0], [2.0], [3.0]], name="words")
        session.run(tf.global_variables_initializer())
        path = tf.train.Saver().save(session, str(tmp_path / "kept"))
    info = tf.train.VocabInfo(
        str(tmp_path / "new"), 3, 1, str(tmp_path / "old"),
        backup_initializer=tf.constant_initializer(9.0),
    )  # fmt: skip
    with tf.Graph().as_default(), tf.Session() as session:
        now = tf.get_variable("words", [4, 1])
        tf.train.warm_start(path, var_name_to_vocab_info={"words": info})
        session.run(tf.global_variables_initializer())
        assert session.run(now).ravel().tolist() == [3.0, 9.0, 1.0, 9.0]


def _spec(mode=Mode.TRAIN, **given):
    with tf.Graph().as_default():
        return Spec(mode, **{key: make() for key, make in given.items()})


@pytest.mark.parametrize(
    ("given", "kind", "text"),
    [
        ({}, ValueError, "Missing train_op."),
        ({"train_op": tf.no_op}, ValueError, "Missing loss."),
        ({"train_op": lambda: 3}, TypeError, "train_op must be Operation or Tensor, given: 3"),
        (
            {"train_op": tf.no_op, "loss": lambda: tf.zeros([2])},
            ValueError,
            "Loss must be scalar, given:",
        ),
        ({"mode": lambda: Mode.PREDICT}, ValueError, "Missing predictions."),
        (
            {"train_op": tf.no_op, "loss": lambda: tf.zeros([]), "training_hooks": lambda: [1]},
            TypeError,
            "All hooks must be SessionRunHook instances, given: 1",
        ),
    ],
)
def test_what_a_spec_lacks(given, kind, text) -> None:
    given = dict(given)
    mode = given.pop("mode", lambda: Mode.TRAIN)()
    with pytest.raises(kind, match=text):
        _spec(mode, **given)


def test_what_input_functions_refuse() -> None:
    make = tf.estimator.inputs.numpy_input_fn
    with pytest.raises(ValueError, match="shuffle must be provided"):
        make(X)
    for x, y, text in (({}, None, "empty dict"), (X, Y[:3], "is mismatched")):
        with tf.Graph().as_default(), pytest.raises(ValueError, match=text):
            make(x, y, shuffle=False)()
    with tf.Graph().as_default(), pytest.raises(TypeError, match="x must be a dict or array"):
        make([1], shuffle=False)()


def test_shuffled_rows_are_all_there(model) -> None:
    with tf.Graph().as_default():
        make = tf.estimator.inputs.numpy_input_fn
        batch = make(X.ravel(), batch_size=3, num_epochs=2, shuffle=True)()
        found: list[float] = []
        with tf.train.MonitoredSession() as session:
            while not session.should_stop():
                found.extend(session.run(batch))
    assert sorted(found) == sorted([*range(8), *range(8)])


def test_run_config() -> None:
    config = tf.estimator.RunConfig(save_checkpoints_secs=5)
    assert (config.save_checkpoints_secs, config.save_checkpoints_steps) == (5, None)
    assert (config.is_chief, config.master, config.task_type) == (True, "", "worker")
    with pytest.raises(ValueError, match="cannot be both set"):
        tf.estimator.RunConfig(save_checkpoints_secs=5, save_checkpoints_steps=5)
    with pytest.raises(ValueError, match="Replacing master is not supported"):
        config.replace(master="x")
    with pytest.raises(NotImplementedError, match="one local task"):
        tf.estimator.RunConfig(train_distribute=object())


def test_listeners_and_hooks_are_checked(model) -> None:
    with pytest.raises(TypeError, match="Hooks must be a SessionRunHook, given: 1"):
        model.train(dataset, hooks=[1])
    with pytest.raises(TypeError, match="saving_listeners must be a list of"):
        model.train(dataset, saving_listeners=[1], steps=1)
    with pytest.raises(ValueError, match="Can not provide both steps and max_steps"):
        model.train(dataset, steps=1, max_steps=1)
    with pytest.raises(ValueError, match="must include features argument"):
        tf.estimator.Estimator(lambda x: x)
