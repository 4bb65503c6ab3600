"""tf.contrib.slim and tf.contrib.training: loops, checkpoints, what a careless user is told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import jitgraph as tf

slim = tf.contrib.slim


def _step(**kwargs: object) -> tf.Tensor:
    w = tf.get_variable("w", [3], initializer=tf.ones_initializer())
    optimizer = tf.train.GradientDescentOptimizer(0.1)
    return slim.learning.create_train_op(tf.reduce_sum(w * w), optimizer, **kwargs)


def test_training_and_evaluating(tmp_path: Path) -> None:
    folder = str(tmp_path)
    with tf.Graph().as_default():
        loss = slim.learning.train(_step(), folder, number_of_steps=4, summary_op=None)
        np.testing.assert_allclose(loss, 3 * 0.8**6, rtol=1e-6)
    found = tf.train.latest_checkpoint(folder)
    assert found == f"{folder}/model.ckpt-4"
    with tf.Graph().as_default():
        step = tf.train.get_or_create_global_step()
        w = tf.get_variable("w", [3])
        value, update = slim.metrics.streaming_mean(w)
        final = slim.evaluation.evaluation_loop(
            "", folder, folder, num_evals=3, eval_op=update, final_op=[value, step],
            max_number_of_evaluations=1,
        )  # fmt: skip
        np.testing.assert_allclose(final[0], 0.8**4, rtol=1e-6)
        assert final[1] == 4


def test_training_goes_on_from_its_checkpoint(tmp_path: Path) -> None:
    for steps in (2, 5):
        with tf.Graph().as_default():
            loss = slim.learning.train(_step(), str(tmp_path), number_of_steps=steps)
    np.testing.assert_allclose(loss, 3 * 0.8**8, rtol=1e-6)


def test_input_that_ends_ends_the_training() -> None:
    with tf.Graph().as_default():
        rows = tf.train.limit_epochs(tf.constant([[1.0], [2.0]]), 3)
        w = tf.get_variable("w", [1])
        optimizer = tf.train.GradientDescentOptimizer(0.1)
        step = tf.contrib.training.create_train_op(tf.reduce_sum(w * rows), optimizer)
        slim.learning.train(step, None, number_of_steps=100)


def test_contrib_training_loop(tmp_path: Path) -> None:
    with tf.Graph().as_default():
        hooks = [tf.train.StopAtStepHook(num_steps=3)]
        loss = tf.contrib.training.train(_step(), str(tmp_path), hooks=hooks)
        np.testing.assert_allclose(loss, 3 * 0.8**4, rtol=1e-6)


def test_part_of_a_checkpoint(tmp_path: Path) -> None:
    path = str(tmp_path / "model")
    with tf.Graph().as_default(), tf.Session() as session:
        tf.get_variable("a", initializer=[1.0, 2.0])
        tf.get_variable("b", initializer=[3.0])
        session.run(tf.global_variables_initializer())
        tf.train.Saver().save(session, path)
    with tf.Graph().as_default(), tf.Session() as session:
        a, c = tf.get_variable("a", [2]), tf.get_variable("c", initializer=[7.0])
        session.run(tf.global_variables_initializer())
        slim.assign_from_checkpoint_fn(path, [a, c], ignore_missing_vars=True)(session)
        assert session.run(a).tolist() == [1, 2]
        assert session.run(c).tolist() == [7]
        assign, feed = slim.assign_from_checkpoint(path, {"b": c})
        session.run(assign, feed)
        assert session.run(c).tolist() == [3]
        with pytest.raises(ValueError, match=r"Checkpoint is missing variable \[c\]"):
            slim.assign_from_checkpoint(path, [c])
        with pytest.raises(ValueError, match="Total size of new array must be unchanged for b"):
            slim.assign_from_checkpoint(path, {"b": a})
        assert slim.assign_from_checkpoint_fn(path, {"d": c}, ignore_missing_vars=True) is None
        with pytest.raises(ValueError, match="var_list cannot be empty"):
            slim.assign_from_checkpoint_fn(path, [])


def test_a_checkpoint_that_does_not_come(tmp_path: Path) -> None:
    found = tf.contrib.training.checkpoints_iterator(str(tmp_path), timeout=0)
    assert list(found) == []
    asked = []
    waiting = tf.contrib.training.checkpoints_iterator(
        str(tmp_path), timeout=0, timeout_fn=lambda: bool(asked.append(1)) or len(asked) == 2
    )
    assert list(waiting) == []
    assert len(asked) == 2


def test_careless_use() -> None:
    with tf.Graph().as_default():
        with pytest.raises(ValueError, match="train_op cannot be None"):
            slim.learning.train(None, None)
        step = _step()
        with pytest.raises(ValueError, match="Cannot provide saver because logdir=None"):
            slim.learning.train(step, None, saver=tf.train.Saver())
        with pytest.raises(ValueError, match="None or a positive number"):
            slim.learning.train(step, None, number_of_steps=0)
        with pytest.raises(NotImplementedError, match="writes no traces"):
            slim.learning.train(step, "x", trace_every_n_steps=2)
        with pytest.raises(ValueError, match="logdir cannot be None"):
            tf.contrib.training.train(step, None)
        with pytest.raises(ValueError, match="must be a list"):
            slim.learning.multiply_gradients((), {"w": 1.0})
        w = tf.global_variables()[0]
        with pytest.raises(ValueError, match="Requested multiple of `None` gradient"):
            slim.learning.multiply_gradients([(None, w)], {"w": 2.0})
        with pytest.raises(TypeError, match="include is provided but is not a list"):
            slim.get_variables_to_restore("w")
        with pytest.raises(ValueError, match="Couldn't find variable x"):
            slim.get_unique_variable("x")
        with pytest.raises(ValueError, match="wasn't found"):
            slim.assign_from_values({"x": np.ones(2)})


def test_a_loss_that_is_no_number_fails() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        w = tf.get_variable("w", initializer=-1.0)
        optimizer = tf.train.GradientDescentOptimizer(0.1)
        step = slim.learning.create_train_op(tf.log(w), optimizer)
        session.run(tf.global_variables_initializer())
        with pytest.raises(tf.errors.InvalidArgumentError, match="LossTensor is inf or nan"):
            session.run(step)


def test_sizes_in_print(capsys: pytest.CaptureFixture[str]) -> None:
    with tf.Graph().as_default() as graph:
        tf.get_variable("w", [2, 3])
        tf.placeholder(tf.float32, [None], name="x")
        slim.model_analyzer.analyze_vars(tf.global_variables(), print_info=True)
        slim.model_analyzer.analyze_ops(graph, print_info=True)
    text = capsys.readouterr().out
    assert "w:0 (float32_ref 2x3) [6, bytes: 24]\nTotal size of variables: 6" in text
    assert "x \t-> (float32 ?) [0]" in text
