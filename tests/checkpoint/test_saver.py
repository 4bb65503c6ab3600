"""tf.train.Saver: what is saved is restored, in another graph and session too; bad input."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

import jitgraph as tf


def _variables():
    w = tf.Variable(np.arange(6, dtype=np.float32).reshape(2, 3), name="w")
    b = tf.Variable([1.5, 2.5], name="b")
    step = tf.Variable(0, trainable=False, name="step")
    return w, b, step


def test_saved_values_are_restored_elsewhere(tmp_path) -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        w, _, step = _variables()
        session.run(tf.global_variables_initializer())
        session.run([w.assign(w * 2), step.assign(7)])
        path = tf.train.Saver().save(session, str(tmp_path / "model"), global_step=step)
    assert path == str(tmp_path / "model-7")
    assert tf.train.latest_checkpoint(str(tmp_path)) == path
    with tf.Graph().as_default(), tf.Session() as session:
        w, b, step = _variables()
        tf.train.Saver().restore(session, path)
        assert session.run(w).tolist() == [[0, 2, 4], [6, 8, 10]]
        assert session.run([b, step])[1] == 7


def test_names_in_the_checkpoint_may_be_chosen(tmp_path) -> None:
    prefix = str(tmp_path / "model")
    with tf.Graph().as_default(), tf.Session() as session:
        w, b, _ = _variables()
        session.run(tf.global_variables_initializer())
        tf.train.Saver({"weights": w, "bias": b}).save(session, prefix, write_meta_graph=False)
        tf.train.Saver([b]).save(session, f"{prefix}2")
    assert tf.train.list_variables(prefix) == [("bias", [2]), ("weights", [2, 3])]
    assert tf.train.load_variable(prefix, "bias").tolist() == [1.5, 2.5]
    reader = tf.train.NewCheckpointReader(f"{prefix}2")
    assert reader.get_variable_to_shape_map() == {"b": [2]}
    assert reader.get_variable_to_dtype_map() == {"b": tf.float32}
    assert reader.has_tensor("b")
    assert not reader.has_tensor("w")


def test_a_training_run_goes_on_from_its_meta_graph(tmp_path) -> None:
    def loss_after(session, step, loss, feed):
        session.run(step, feed)
        return session.run(loss, feed)

    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 3], name="x")
        w = tf.Variable(np.ones((3, 2), np.float32), name="w")
        loss = tf.reduce_sum(tf.square(tf.matmul(x, w)), name="loss")
        step = tf.train.AdamOptimizer(0.1).minimize(loss)
        tf.add_to_collection("train_op", step)
        feed = {"x:0": np.ones((1, 3))}
        session.run(tf.global_variables_initializer())
        loss_after(session, step, loss, feed)
        path = tf.train.Saver().save(session, str(tmp_path / "model"))
        expected = loss_after(session, step, loss, feed)
    with tf.Graph().as_default(), tf.Session() as session:
        saver = tf.train.import_meta_graph(f"{path}.meta")
        saver.restore(session, path)
        step, _ = tf.get_collection("train_op")
        names = sorted(v.name for v in tf.global_variables())
        assert names == ["beta1_power:0", "beta2_power:0", "w/Adam:0", "w/Adam_1:0", "w:0"]
        assert [v.name for v in tf.trainable_variables()] == ["w:0"]
        assert tf.trainable_variables()[0] in tf.global_variables()
        assert loss_after(session, step, "loss:0", feed) == expected
        assert saver.save(session, str(tmp_path / "again")) == str(tmp_path / "again")


def test_old_checkpoints_are_deleted(tmp_path) -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        _variables()
        session.run(tf.global_variables_initializer())
        saver = tf.train.Saver(max_to_keep=2)
        for step in range(5):
            saver.save(session, str(tmp_path / "model"), global_step=step)
        assert saver.last_checkpoints == [str(tmp_path / f"model-{n}") for n in (3, 4)]
        kept = sorted(path.name for path in tmp_path.glob("*.index"))
        assert kept == ["model-3.index", "model-4.index"]
        assert sorted(path.name for path in tmp_path.glob("*.meta")) == [
            "model-3.meta",
            "model-4.meta",
        ]
        state = tf.train.get_checkpoint_state(str(tmp_path))
        assert list(state.all_model_checkpoint_paths) == saver.last_checkpoints
        all_of_them = tf.train.Saver(max_to_keep=None)
        for step in range(10, 17):
            all_of_them.save(session, str(tmp_path / "other"), global_step=step)
        assert len(list(tmp_path.glob("other-*.index"))) == 7


def test_restoring_refuses_what_does_not_fit_and_changes_nothing(tmp_path) -> None:
    prefix = str(tmp_path / "model")
    with tf.Graph().as_default(), tf.Session() as session:
        tf.Variable(np.zeros(3, np.float32), name="w")
        tf.Variable(np.float32(5), name="b")
        session.run(tf.global_variables_initializer())
        tf.train.Saver().save(session, prefix)
    with tf.Graph().as_default(), tf.Session() as session:
        w = tf.Variable(np.ones(2, np.float32), name="w")
        b = tf.Variable(np.float32(1), name="b")
        session.run(tf.global_variables_initializer())
        with pytest.raises(tf.errors.InvalidArgumentError, match="Assign requires shapes of both"):
            tf.train.Saver().restore(session, prefix)
        assert session.run(w).tolist() == [1, 1]
        assert session.run(b) == 1
    with tf.Graph().as_default(), tf.Session() as session:
        tf.Variable(np.zeros(3, np.int32), name="w")
        with pytest.raises(tf.errors.InvalidArgumentError, match="expected dtype int32"):
            tf.train.Saver().restore(session, prefix)
    with tf.Graph().as_default(), tf.Session() as session:
        b = tf.Variable(np.float32(1), name="b")
        tf.Variable(0.0, name="nowhere")
        tf.Variable(0.0, name="missing")
        session.run(tf.global_variables_initializer())
        with pytest.raises(tf.errors.NotFoundError) as caught:
            tf.train.Saver().restore(session, prefix)
        assert "Key missing not found in checkpoint (nor nowhere)" in str(caught.value)
        assert "test_saver.py" in str(caught.value)
        assert session.run(b) == 1


def test_a_truncated_checkpoint(tmp_path) -> None:
    prefix = str(tmp_path / "model")
    with tf.Graph().as_default(), tf.Session() as session:
        w, _, _ = _variables()
        session.run(tf.global_variables_initializer())
        saver = tf.train.Saver()
        saver.save(session, prefix)
        session.run(w.assign(w + 1))
        data = tmp_path / "model.data-00000-of-00001"
        data.write_bytes(data.read_bytes()[:-3])
        with pytest.raises(tf.errors.DataLossError, match="truncated"):
            saver.restore(session, prefix)
        assert session.run(w)[0, 0] == 1
        index = tmp_path / "model.index"
        index.write_bytes(index.read_bytes()[:20])
        with pytest.raises(tf.errors.DataLossError, match="too short"):
            saver.restore(session, prefix)


def test_arguments_are_checked(tmp_path) -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        with pytest.raises(ValueError, match="No variables to save"):
            tf.train.Saver()
        assert tf.train.Saver(allow_empty=True).save(session, str(tmp_path / "x")) is None
        w, b, _ = _variables()
        saver = tf.train.Saver()
        prefix = str(tmp_path / "model")
        with pytest.raises(tf.errors.FailedPreconditionError, match="uninitialized value"):
            saver.save(session, prefix)
        assert not list(tmp_path.iterdir())
        with pytest.raises(TypeError, match="Variable to save is not a Variable"):
            tf.train.Saver([w + 1])
        with pytest.raises(TypeError, match="should be passed in a dict or a list"):
            tf.train.Saver("w")
        with pytest.raises(ValueError, match="At least two variables have the same name: w"):
            tf.train.Saver([w, b, w])
        with pytest.raises(TypeError, match="'sess' must be a Session"):
            saver.save("session", prefix)
        with pytest.raises(ValueError, match=r"Parent directory of .* doesn't exist"):
            saver.save(session, str(tmp_path / "none" / "model"))
        with pytest.raises(ValueError, match="collides with 'save_path'"):
            saver.save(session, str(tmp_path / "checkpoint"))
        with pytest.raises(ValueError, match="must not contain path components"):
            saver.save(session, prefix, latest_filename="a/b")
        with pytest.raises(ValueError, match="when it is None"):
            saver.restore(session, None)
        with pytest.raises(ValueError, match="not a valid checkpoint"):
            saver.restore(session, prefix)
        later = tf.train.Saver(defer_build=True)
        with pytest.raises(RuntimeError, match="build"):
            later.save(session, prefix)
        later.build()
        session.run(tf.global_variables_initializer())
        assert later.save(session, prefix) == prefix


def test_relative_paths_and_what_leads_out_of_the_folder(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    os.makedirs("model")
    with tf.Graph().as_default(), tf.Session() as session:
        _variables()
        session.run(tf.global_variables_initializer())
        tf.train.Saver().save(session, "model/mlp", global_step=1)
    assert 'model_checkpoint_path: "mlp-1"' in Path("model/checkpoint").read_text()
    assert tf.train.latest_checkpoint("model") == "model/mlp-1"
    Path("model/checkpoint").write_text('model_checkpoint_path: "../../etc/passwd"')
    with pytest.raises(tf.errors.InvalidArgumentError, match="outside of that folder"):
        tf.train.latest_checkpoint("model")
    Path("model/checkpoint").write_text("nonsense")
    assert tf.train.latest_checkpoint("model") is None
    assert tf.train.latest_checkpoint("nowhere") is None


def test_variables_start_from_a_checkpoint(tmp_path) -> None:
    prefix = str(tmp_path / "model")
    with tf.Graph().as_default(), tf.Session() as session:
        with tf.name_scope("old"):
            tf.Variable(np.full(3, 4.0, np.float32), name="w")
        session.run(tf.global_variables_initializer())
        tf.train.Saver().save(session, prefix)
    with tf.Graph().as_default(), tf.Session() as session:
        with tf.name_scope("new"):
            w = tf.Variable(np.zeros(3, np.float32), name="w")
        tf.train.init_from_checkpoint(prefix, {"old/": "new/"})
        session.run(tf.global_variables_initializer())
        session.run(w.initializer)
        assert session.run(w).tolist() == [4, 4, 4]
        with pytest.raises(ValueError, match="is not found in"):
            tf.train.init_from_checkpoint(prefix, {"nothing": w})
