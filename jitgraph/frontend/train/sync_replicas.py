"""SyncReplicasOptimizer, for the one replica that this process is.

In: another optimizer. Out: the same updates: with one replica there is nobody to wait for.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from jitgraph.errors import UnimplementedError
from jitgraph.frontend.monitored.session_hooks import SessionRunHook
from jitgraph.frontend.train.optimizer import Optimizer
from jitgraph.frontend.variable_collections import global_variables, report_uninitialized_variables
from jitgraph.frontend.variables import Variable
from jitgraph.graph import GraphKeys, Operation
from jitgraph.ops import state
from jitgraph.ops.identities import no_op


class SyncReplicasOptimizer(Optimizer):
    """Adds up the gradients of all replicas before it updates; here there is one.

    Args:
      opt: the optimizer that updates.
      replicas_to_aggregate, total_num_replicas: 1.
      variable_averages: an ExponentialMovingAverage that takes in the variables behind each step.
      variables_to_average: its variables.
      use_locking: accepted for compatibility.
      name: accepted for compatibility.

    Raises:
      UnimplementedError: there is more than one replica.

    Example:
      >>> train = tf.train.SyncReplicasOptimizer(tf.train.AdamOptimizer(), 1)
      >>> train.get_slot_names()
      []
    """

    def __init__(
        self,
        opt: Optimizer,
        replicas_to_aggregate: int,
        total_num_replicas: int | None = None,
        variable_averages: Any = None,
        variables_to_average: Any = None,
        use_locking: bool = False,
        name: str = "sync_replicas",
    ) -> None:
        if max(replicas_to_aggregate, total_num_replicas or 1) > 1:
            raise UnimplementedError(
                None,
                None,
                "SyncReplicasOptimizer: jitgraph runs in one process, so replicas_to_aggregate "
                f"and total_num_replicas must be 1, not {replicas_to_aggregate} and "
                f"{total_num_replicas}.",
            )
        super().__init__(use_locking, name)
        self._opt = opt
        self._averages, self._averaged = variable_averages, variables_to_average
        self._is_applied = False
        self.local_step_init_op: Any = None
        self.chief_init_op: Any = None
        self.ready_for_local_init_op: Any = None

    def compute_gradients(self, *args: Any, **kwargs: Any) -> Any:
        """The gradients that the other optimizer computes."""
        return self._opt.compute_gradients(*args, **kwargs)

    def apply_gradients(
        self, grads_and_vars: Iterable[Any], global_step: Any = None, name: str | None = None
    ) -> Operation:
        """The operation that updates the variables.

        Args:
          grads_and_vars: pairs of a gradient and a variable.
          global_step: the variable that counts the steps.
          name: the operation's name.

        Raises:
          ValueError: there are no variables, or no global step.
        """
        pairs = list(grads_and_vars)
        if not pairs:
            raise ValueError("Must supply at least one variable")
        if global_step is None:
            raise ValueError("Global step is required to check staleness")
        local = [GraphKeys.LOCAL_VARIABLES]
        kind = global_step.dtype.base_dtype
        title = "sync_rep_local_step"
        step = Variable(0, trainable=False, collections=local, dtype=kind, name=title)
        self.local_step_init_op = state.assign(step, global_step)
        self.chief_init_op = self.local_step_init_op
        self.ready_for_local_init_op = report_uninitialized_variables(global_variables())
        update = self._opt.apply_gradients(pairs, global_step, name)
        self._is_applied = True
        if self._averages is None:
            return update
        from jitgraph.graph import control_dependencies

        with control_dependencies([update]):
            averaged: Operation = self._averages.apply(self._averaged)
            return averaged

    def get_init_tokens_op(self, num_tokens: int = -1) -> Operation:
        """An operation that does nothing: one replica waits for no tokens.

        Raises:
          ValueError: no gradients are applied yet.
        """
        self._require_applied("get_init_tokens_op()")
        return no_op(name="no_op_tokens")

    def make_session_run_hook(self, is_chief: bool, num_tokens: int = -1) -> SessionRunHook:
        """A hook for monitored sessions, which sets the local step when a session begins.

        Raises:
          ValueError: no gradients are applied yet.
        """
        self._require_applied("make_session_run_hook()")
        return _LocalStepHook(self)

    def get_slot(self, *args: Any, **kwargs: Any) -> Any:
        """A slot of the other optimizer."""
        return self._opt.get_slot(*args, **kwargs)

    def get_slot_names(self, *args: Any, **kwargs: Any) -> list[str]:
        """The names of the other optimizer's slots."""
        return self._opt.get_slot_names(*args, **kwargs)

    def variables(self) -> list[Any]:
        """The variables of the other optimizer."""
        return self._opt.variables()

    def _require_applied(self, caller: str) -> None:
        if not self._is_applied:
            raise ValueError(f"{caller} should be called after apply_gradients().")


class _LocalStepHook(SessionRunHook):
    """Sets the local step to the global one when a session begins."""

    def __init__(self, optimizer: SyncReplicasOptimizer) -> None:
        self._optimizer = optimizer

    def after_create_session(self, session: Any, coord: Any) -> None:
        """Runs the assignment."""
        session.run(self._optimizer.local_step_init_op)
