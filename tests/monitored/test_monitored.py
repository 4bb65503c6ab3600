"""Monitored sessions, their hooks, Supervisor, Coordinator, and clusters of one task."""

from __future__ import annotations

import threading

import numpy as np
import pytest

import jitgraph as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as found:
        yield found


def _training():
    step = tf.train.get_or_create_global_step()
    w = tf.Variable(3.0, name="w")
    loss = tf.square(w)
    tf.summary.scalar("loss", loss)
    return tf.train.GradientDescentOptimizer(0.1).minimize(loss, step), loss


class _Noting(tf.train.SessionRunHook):
    def __init__(self, loss) -> None:
        self.loss, self.notes = loss, []

    def begin(self) -> None:
        self.notes.append("begin")

    def after_create_session(self, session, coord) -> None:
        self.notes.append("created")

    def before_run(self, run_context):
        return tf.train.SessionRunArgs({"loss": self.loss})

    def after_run(self, run_context, run_values) -> None:
        assert run_context.original_args.feed_dict is None
        self.notes.append(round(float(run_values.results["loss"]), 2))

    def end(self, session) -> None:
        self.notes.append("end")


def test_hooks_are_called_and_training_goes_on_from_a_checkpoint(tmp_path) -> None:
    folder, losses = str(tmp_path), []
    for last in (3, 5):
        with tf.Graph().as_default() as graph:
            op, loss = _training()
            hook = _Noting(loss)
            hooks = [hook, tf.train.StopAtStepHook(last_step=last)]
            with tf.train.MonitoredTrainingSession(
                checkpoint_dir=folder, hooks=hooks, save_checkpoint_steps=2,
                save_summaries_steps=1,
            ) as session:  # fmt: skip
                assert graph.finalized
                while not session.should_stop():
                    losses.append(session.run([op, loss])[1])
            assert not graph.finalized
            assert hook.notes[:2] == ["begin", "created"]
            assert hook.notes[-1] == "end"
            assert len(hook.notes) == (6 if last == 3 else 5)
    np.testing.assert_allclose(losses, [9 * 0.64**n for n in range(5)], rtol=1e-5)
    assert tf.train.latest_checkpoint(folder).endswith("model.ckpt-5")
    (events, *_) = sorted(tmp_path.glob("events*"))
    found = tf.train.summary_iterator(str(events))
    tags = {value.tag for event in found for value in event.summary.value}
    assert "loss" in tags
    assert (tmp_path / "graph.pbtxt").exists()


def test_logging_and_nan(caplog) -> None:
    x = tf.placeholder(tf.float32, [], name="x")
    lines = []
    hooks = [
        tf.train.LoggingTensorHook(["x:0"], every_n_iter=2, formatter=lambda v: lines.append(v)),
        tf.train.NanTensorHook(x, fail_on_nan_loss=False),
    ]
    with tf.train.SingularMonitoredSession(hooks=hooks) as session:
        for number in range(4):
            session.run(x, {x: number})
        assert not session.should_stop()
        session.run(x, {x: np.nan})
        assert session.should_stop()
        with pytest.raises(RuntimeError, match="Run called even after should_stop"):
            session.run(x, {x: 1})
    assert [next(iter(line.values())) for line in lines[:2]] == [0, 2]
    strict = tf.train.NanTensorHook(x)
    session = tf.train.MonitoredSession(hooks=[strict])
    with pytest.raises(tf.train.NanLossDuringTrainingError, match="NaN loss"):
        session.run(x, {x: np.nan})
    session.close()
    with pytest.raises(RuntimeError, match="already closed"):
        session.close()


def test_feeds_final_ops_and_step_functions() -> None:
    x, total = tf.placeholder(tf.float32, []), tf.Variable(0.0)
    add = total.assign_add(x)
    final = tf.train.FinalOpsHook(total * 10)
    with tf.train.MonitoredSession(hooks=[tf.train.FeedFnHook(lambda: {x: 2.0}), final]) as session:
        assert session.run(add) == 2
        with pytest.raises(RuntimeError, match="fed by a SessionRunHook and user"):
            session.run(add, {x: 1})
        assert session.run_step_fn(lambda step_context: step_context.run_with_hooks(add)) == 4
        with pytest.raises(ValueError, match="step_context"):
            session.run_step_fn(lambda other: other)
    assert final.final_ops_values == 40


def test_queues_end_a_monitored_session() -> None:
    row = tf.train.range_input_producer(7, num_epochs=1, shuffle=False).dequeue()
    batch, found = tf.train.batch([row], 2), []
    with tf.train.MonitoredSession() as session:
        while not session.should_stop():
            found.extend(session.run(batch))
    assert found == [0, 1, 2, 3, 4, 5]


def test_an_error_of_the_loop_is_raised_and_hooks_do_not_end() -> None:
    hook = _Noting(tf.constant(1.0))
    with pytest.raises(KeyError, match="mine"), tf.train.MonitoredSession(hooks=[hook]):
        raise KeyError("mine")
    assert "end" not in hook.notes


def test_after_a_task_went_away_the_session_is_made_anew() -> None:
    x = tf.constant(1)
    fails = [tf.errors.AbortedError(None, None, "gone")]
    hook = _Noting(tf.constant(1.0))

    class Failing(tf.train.SessionRunHook):
        def after_run(self, run_context, run_values) -> None:
            if fails:
                raise fails.pop()

    with tf.train.MonitoredSession(hooks=[hook, Failing()]) as session:
        assert session.run(x) == 1
    assert hook.notes.count("created") == 2


def test_scaffold_and_its_functions() -> None:
    w = tf.get_variable("w", initializer=1.0)
    calls = []
    scaffold = tf.train.Scaffold(init_fn=lambda s, sess: calls.append((s, sess.run(w))))
    with tf.train.SingularMonitoredSession(scaffold=scaffold) as session:
        assert session.raw_session().run(w) == 1
    assert calls == [(scaffold, 1)]
    assert tf.train.Scaffold(copy_from_scaffold=scaffold).init_op is scaffold.init_op
    with pytest.raises(TypeError, match="not a Scaffold"):
        tf.train.Scaffold(copy_from_scaffold=3)


def test_a_model_that_is_not_ready_is_told() -> None:
    tf.get_variable("w", initializer=1.0)
    manager = tf.train.SessionManager(ready_op=tf.report_uninitialized_variables())
    with pytest.raises(RuntimeError, match="Variables not initialized: w"):
        manager.prepare_session("", init_op=tf.no_op())
    with pytest.raises(RuntimeError, match="no init_op or init_fn"):
        manager.prepare_session("")
    with pytest.raises(tf.errors.DeadlineExceededError, match="not ready after waiting 1 secs"):
        manager.wait_for_session("", max_wait_secs=1)


def test_supervisor(tmp_path) -> None:
    for expected in (3, 6):
        with tf.Graph().as_default():
            step = tf.train.get_or_create_global_step()
            add = tf.assign_add(step, 1)
            supervisor = tf.train.Supervisor(logdir=str(tmp_path), save_model_secs=0)
            with supervisor.managed_session() as session:
                values = [session.run(add) for _ in range(3)]
                supervisor.saver.save(session, supervisor.save_path, global_step=step)
            assert supervisor.should_stop()
            assert values[-1] == expected
    assert tf.train.latest_checkpoint(str(tmp_path)).endswith("model.ckpt-6")
    with tf.Graph().as_default():
        tf.constant(1)
        supervisor = tf.train.Supervisor(summary_op=None)
        with pytest.raises(KeyError, match="mine"), supervisor.managed_session():
            raise KeyError("mine")


def test_timers() -> None:
    timer = tf.train.SecondOrStepTimer(every_steps=3)
    due = []
    for step in range(8):
        if timer.should_trigger_for_step(step):
            due.append(step)
            timer.update_last_triggered_step(step)
    assert due == [0, 3, 6]
    with pytest.raises(ValueError, match="Either every_secs or every_steps"):
        tf.train.SecondOrStepTimer()
    for wrong in (
        lambda: tf.train.StopAtStepHook(),
        lambda: tf.train.LoggingTensorHook([]),
        lambda: tf.train.SummarySaverHook(save_steps=1),
        lambda: tf.train.StepCounterHook(None),
    ):
        with pytest.raises(ValueError, match=r"must be|should be"):
            wrong()
    with pytest.raises(RuntimeError, match="Global step should be created"):
        tf.train.StopAtStepHook(last_step=3).begin()


def test_a_coordinator_hands_on_what_a_thread_raised() -> None:
    coord = tf.train.Coordinator()

    def fail() -> None:
        with coord.stop_on_exception():
            raise KeyError("mine")

    threads = [threading.Thread(target=fail), threading.Thread(target=coord.wait_for_stop)]
    for thread in threads:
        thread.start()
    with pytest.raises(KeyError, match="mine"):
        coord.join(threads)
    assert coord.joined
    assert coord.should_stop()
    coord.clear_stop()
    assert not coord.should_stop()
    coord.request_stop(tf.errors.OutOfRangeError(None, None, "the end"))
    coord.join([])
    stuck = threading.Event()
    thread = threading.Thread(target=stuck.wait, name="stuck", daemon=True)
    thread.start()
    with pytest.raises(RuntimeError, match="threads still running: stuck"):
        coord.join([thread], stop_grace_period_secs=0.05)
    coord.join([thread], stop_grace_period_secs=0, ignore_live_threads=True)
    stuck.set()
    rounds = []
    other = tf.train.Coordinator()

    def count() -> None:
        rounds.append(1)
        if len(rounds) == 3:
            other.request_stop()

    tf.train.LooperThread.loop(other, None, count)
    other.join()
    assert len(rounds) == 3


def test_clusters_of_one_task() -> None:
    cluster = tf.train.ClusterSpec({"ps": ["a:1", "b:1"], "worker": {1: "c:1"}})
    assert cluster.as_dict() == {"ps": ["a:1", "b:1"], "worker": {1: "c:1"}}
    assert (cluster.num_tasks("ps"), cluster.task_indices("worker")) == (2, [1])
    assert cluster.job_tasks("worker") == [None, "c:1"]
    with pytest.raises(ValueError, match="No such job"):
        cluster.num_tasks("chief")
    with pytest.raises(tf.errors.UnimplementedError, match="one process"):
        tf.train.Server(cluster, "ps", 0)
    server = tf.train.Server.create_local_server()
    with tf.Session(server.target) as session:
        assert session.run(tf.constant(1)) == 1
    assert tf.train.replica_device_setter() is None
