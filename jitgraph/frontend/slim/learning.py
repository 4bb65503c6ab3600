"""tf.contrib.slim.learning: the training operation and the training loop of TF-Slim.

In: a loss and an optimizer; a training operation and a folder. Out: the last loss.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from jitgraph import errors
from jitgraph.frontend.contrib_training.train_op import (
    USE_GLOBAL_STEP,
    Pairs,
    clip_gradient_norms,
    create_train_op as plain_train_op,
    multiply_gradients,
    summarized,
)
from jitgraph.frontend.lookup.tables import tables_initializer
from jitgraph.frontend.monitored.supervisor import Supervisor
from jitgraph.frontend.summaries.functions import merge_all
from jitgraph.frontend.train.global_step import get_or_create_global_step, global_step as step_of
from jitgraph.frontend.train.optimizer import Optimizer
from jitgraph.frontend.train.saver import Saver
from jitgraph.frontend.train.sync_replicas import SyncReplicasOptimizer
from jitgraph.frontend.variable_collections import (
    global_variables_initializer,
    local_variables_initializer,
    report_uninitialized_variables,
)
from jitgraph.graph import Graph, Tensor, control_dependencies, get_default_graph, name_scope
from jitgraph.graph.logger import get_logger
from jitgraph.ops.comparison import equal, greater_equal
from jitgraph.ops.constants import constant
from jitgraph.ops.elementwise_remainders import mod
from jitgraph.ops.identities import group

__all__ = [
    "add_gradients_summaries",
    "clip_gradient_norms",
    "create_train_op",
    "multiply_gradients",
    "train",
    "train_step",
]

_DEFAULT = 0


def create_train_op(
    total_loss: Tensor,
    optimizer: Optimizer,
    global_step: Any = USE_GLOBAL_STEP,
    update_ops: Any = None,
    variables_to_train: Sequence[Any] | None = None,
    clip_gradient_norm: float = 0,
    summarize_gradients: bool = False,
    gate_gradients: int = Optimizer.GATE_OP,
    aggregation_method: Any = None,
    colocate_gradients_with_ops: bool = False,
    gradient_multipliers: Mapping[Any, Any] | None = None,
    check_numerics: bool = True,
) -> Tensor:
    """A tensor that makes one step of training and is the loss.

    Args:
      clip_gradient_norm: the largest norm of each gradient; 0 for any.
      gradient_multipliers: factors by variable, or by the name of its operation.
      total_loss, optimizer, global_step, update_ops, variables_to_train, summarize_gradients,
        gate_gradients, aggregation_method, colocate_gradients_with_ops, check_numerics: see
        `tf.contrib.training.create_train_op`.

    Example:
      >>> w = tf.get_variable("w", [3])
      >>> optimizer = tf.train.GradientDescentOptimizer(0.1)
      >>> step = tf.contrib.slim.learning.create_train_op(tf.reduce_sum(w * w), optimizer)
    """

    def transformed(grads: Pairs) -> Pairs:
        if gradient_multipliers:
            with name_scope("multiply_grads"):
                grads = multiply_gradients(grads, gradient_multipliers)
        if clip_gradient_norm > 0:
            with name_scope("clip_grads"):
                grads = clip_gradient_norms(grads, clip_gradient_norm)
        return grads

    return plain_train_op(
        total_loss,
        optimizer,
        global_step,
        update_ops,
        variables_to_train,
        transformed,
        summarize_gradients,
        gate_gradients,
        aggregation_method,
        colocate_gradients_with_ops,
        check_numerics,
    )


def add_gradients_summaries(grads_and_vars: Pairs) -> list[Tensor]:
    """A histogram and the norm of each gradient, as summaries.

    Args:
      grads_and_vars: pairs of gradients and variables.
    """
    return summarized(grads_and_vars, "/gradient")


def train_step(
    sess: Any, train_op: Any, global_step: Any, train_step_kwargs: Mapping[str, Any]
) -> tuple[Any, Any]:
    """One step of training.

    Args:
      sess: the session; train_op: the training operation; global_step: the step variable.
      train_step_kwargs: tensors that tell what else to do: "should_stop", "should_log".

    Returns:
      The loss, and whether training ends.
    """
    start = time.time()
    loss, step = sess.run([train_op, global_step])
    took = time.time() - start
    if "should_log" in train_step_kwargs and sess.run(train_step_kwargs["should_log"]):
        get_logger().info("global step %d: loss = %.4f (%.3f sec/step)", step, loss, took)
    stop = train_step_kwargs.get("should_stop")
    return loss, False if stop is None else sess.run(stop)


def train(
    train_op: Any,
    logdir: str | None,
    train_step_fn: Callable[..., Any] = train_step,
    train_step_kwargs: Any = _DEFAULT,
    log_every_n_steps: int = 1,
    graph: Graph | None = None,
    master: str = "",
    is_chief: bool = True,
    global_step: Any = None,
    number_of_steps: int | None = None,
    init_op: Any = _DEFAULT,
    init_feed_dict: Any = None,
    local_init_op: Any = _DEFAULT,
    init_fn: Callable[[Any], Any] | None = None,
    ready_op: Any = _DEFAULT,
    summary_op: Any = _DEFAULT,
    save_summaries_secs: float = 600,
    summary_writer: Any = _DEFAULT,
    startup_delay_steps: int = 0,
    saver: Saver | None = None,
    save_interval_secs: float = 600,
    sync_optimizer: Any = None,
    session_config: Any = None,
    session_wrapper: Callable[[Any], Any] | None = None,
    trace_every_n_steps: int | None = None,
    ignore_live_threads: bool = False,
) -> Any:
    """Trains until a number of steps is reached, or the input ends.

    Args:
      train_op: what `create_train_op` gives.
      logdir: the folder of checkpoints and summaries; nothing is saved when None.
      train_step_fn: makes a step, as `train_step` does; train_step_kwargs: what it is given.
      log_every_n_steps: how often the log tells the loss.
      graph: the graph; the default one when None.
      master: the target, empty; is_chief: whether this process saves.
      global_step: the variable that counts steps; the graph's own when None.
      number_of_steps: the step at which it ends; without end when None.
      init_op, init_feed_dict, local_init_op, init_fn, ready_op, summary_op, save_summaries_secs,
        summary_writer, saver: see `tf.train.Supervisor`.
      startup_delay_steps: how many steps one that is no chief waits for.
      save_interval_secs: the seconds between two checkpoints.
      sync_optimizer: a SyncReplicasOptimizer; it gives what it wraps for one replica.
      session_config: a ConfigProto; session_wrapper: makes another session of the session.
      trace_every_n_steps: not supported.
      ignore_live_threads: whether threads may go on at the end.

    Returns:
      The last loss.

    Raises:
      ValueError: no training operation, no folder for what is to be written, no positive number
        of steps.
      NotImplementedError: traces are asked for.

    Example:
      >>> w = tf.get_variable("w", [3])
      >>> optimizer = tf.train.GradientDescentOptimizer(0.1)
      >>> step = tf.contrib.slim.learning.create_train_op(tf.reduce_sum(w * w), optimizer)
      >>> loss = tf.contrib.slim.learning.train(step, None, number_of_steps=3)
    """
    _check(train_op, logdir, summary_op, saver, number_of_steps)
    if trace_every_n_steps is not None:
        raise NotImplementedError(
            "slim.learning.train writes no traces: give it a train_step_fn that runs with "
            "tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE) and makes a timeline of them"
        )
    if sync_optimizer is not None and startup_delay_steps > 0:
        raise ValueError("startup_delay_steps must be zero when sync_optimizer is supplied.")
    graph = graph or get_default_graph()
    with graph.as_default():
        if global_step is None:
            global_step = get_or_create_global_step()
        saver = saver or Saver()
        with name_scope("init_ops"):
            init_op = _or(init_op, global_variables_initializer)
            ready_op = _or(ready_op, report_uninitialized_variables)
            local_init_op = _or(local_init_op, _local_init)
            local_init_op = _synchronised(sync_optimizer, local_init_op)
        summary_op = _or(summary_op, merge_all)
        if _is_default(train_step_kwargs):
            with name_scope("train_step"):
                train_step_kwargs = _told(global_step, number_of_steps, log_every_n_steps)
    sv = Supervisor(
        graph=graph,
        is_chief=is_chief,
        logdir=logdir,
        init_op=init_op,
        init_feed_dict=init_feed_dict,
        local_init_op=local_init_op,
        ready_for_local_init_op=None,
        ready_op=ready_op,
        summary_op=summary_op,
        summary_writer=Supervisor.USE_DEFAULT if _is_default(summary_writer) else summary_writer,
        global_step=global_step,
        saver=saver,
        save_summaries_secs=save_summaries_secs,
        save_model_secs=save_interval_secs,
        init_fn=init_fn,
    )
    if summary_writer is not None:
        train_step_kwargs["summary_writer"] = sv.summary_writer
    loss = None
    with sv.managed_session(master, session_config, start_standard_services=False) as session:
        get_logger().info("Starting Session.")
        if session_wrapper is not None:
            session = session_wrapper(session)
        if is_chief and logdir:
            sv.start_standard_services(session)
        elif not is_chief and startup_delay_steps > 0:
            _wait_for(session, global_step, min(startup_delay_steps, number_of_steps or 1 << 62))
        threads = sv.start_queue_runners(session)
        get_logger().info("Starting Queues.")
        try:
            while not sv.should_stop():
                loss, should_stop = train_step_fn(session, train_op, global_step, train_step_kwargs)
                if should_stop:
                    get_logger().info("Stopping Training.")
                    sv.request_stop()
                    break
        except errors.OutOfRangeError as error:
            get_logger().info("Caught OutOfRangeError. Stopping Training. %s", error)
        if logdir and sv.is_chief:
            get_logger().info("Finished training! Saving model to disk.")
            sv.saver.save(session, sv.save_path, global_step=sv.global_step)
            sv.stop(threads, close_summary_writer=True, ignore_live_threads=ignore_live_threads)
    return loss


def _check(train_op: Any, logdir: Any, summary_op: Any, saver: Any, steps: int | None) -> None:
    if train_op is None:
        raise ValueError("train_op cannot be None.")
    given = {
        "summary_op": not _is_default(summary_op),
        "saver": saver is not None,
    }
    for name, is_given in given.items():
        if logdir is None and is_given:
            raise ValueError(f"Cannot provide {name} because logdir=None")
    if steps is not None and steps <= 0:
        raise ValueError("`number_of_steps` must be either None or a positive number.")


def _is_default(given: Any) -> bool:
    return isinstance(given, int) and given == _DEFAULT


def _or(given: Any, make: Callable[[], Any]) -> Any:
    return make() if _is_default(given) else given


def _local_init() -> Any:
    return group(local_variables_initializer(), tables_initializer())


def _synchronised(given: Any, local_init_op: Any) -> Any:
    """The local initialiser with what optimizers of several replicas want."""
    if given is None:
        return local_init_op
    optimizers = list(given) if isinstance(given, (list, tuple)) else [given]
    if not all(isinstance(each, SyncReplicasOptimizer) for each in optimizers):
        raise ValueError("`sync_optimizer` must be a tf.train.SyncReplicasOptimizer.")
    with control_dependencies([] if local_init_op is None else [local_init_op]):
        return group(*(each.chief_init_op for each in optimizers))


def _told(global_step: Any, number_of_steps: int | None, log_every: int) -> dict[str, Any]:
    """The tensors that tell what else a step does."""
    has_end = bool(number_of_steps)
    stop = greater_equal(global_step, number_of_steps) if has_end else constant(False)
    found: dict[str, Any] = {"should_stop": stop}
    if log_every > 0:
        found["should_log"] = equal(mod(global_step, log_every), 0)
    return found


def _wait_for(session: Any, global_step: Any, step: int) -> None:
    while step_of(session, global_step) < step:
        time.sleep(1.0)
