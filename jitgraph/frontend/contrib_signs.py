"""Optimizers by the signs of gradient and mean, in tf.contrib.opt: AddSign, PowerSign.

See Bello et al., "Neural Optimizer Search with Reinforcement Learning", 2017.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

from jitgraph.frontend.train.optimizer import Optimizer
from jitgraph.frontend.variables import Variable
from jitgraph.graph import Operation, Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.casting import cast
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.definition import OpDef
from jitgraph.ops.training_dense import APPLY_ADD_SIGN, APPLY_POWER_SIGN


class _SignOptimizer(Optimizer):
    """What both have in common: a mean of gradients, and a factor that may fall with the steps."""

    def __init__(
        self,
        learning_rate: Any,
        beta: Any,
        sign_decay_fn: Callable[[Any], Any] | None,
        use_locking: bool,
        name: str,
    ) -> None:
        super().__init__(use_locking, name)
        self._lr = learning_rate
        self._beta = beta
        self._sign_decay_fn = sign_decay_fn

    def apply_gradients(
        self, grads_and_vars: Iterable[Any], global_step: Any = None, name: str | None = None
    ) -> Operation:
        """As `Optimizer.apply_gradients`; the steps counted tell the decay of signs."""
        if self._sign_decay_fn is not None:
            decay = self._sign_decay_fn(global_step)
            self._sign_decay_t = convert_to_tensor(decay, name="sign_decay")
        return super().apply_gradients(grads_and_vars, global_step, name)

    def _create_slots(self, var_list: list[Variable]) -> None:
        for variable in var_list:
            self._zeros_slot(variable, "m", self._name)

    def _prepare_with(self, number: Any, name: str) -> Tensor:
        self._lr_t = convert_to_tensor(self._lr, name="learning_rate")
        self._beta_t = convert_to_tensor(self._beta, name="beta")
        made = convert_to_tensor(number, name=name)
        if self._sign_decay_fn is None:
            self._sign_decay_t = convert_to_tensor(1.0, name="sign_decay")
        return made

    def _apply_sparse(self, grad: Any, var: Variable) -> Any:
        raise NotImplementedError(f"{self._name} takes no sparse gradients, as that of {var.name}.")

    def _applied(self, definition: OpDef, number: Tensor, grad: Tensor, var: Variable) -> Operation:
        given = [self._lr_t, number, self._sign_decay_t, self._beta_t]
        numbers = [cast(each, var.dtype.base_dtype) for each in given]
        attrs = {"use_locking": self._use_locking}
        inputs = [var, self.get_slot(var, "m"), *numbers, grad]
        updated: Tensor = apply(definition, inputs, attrs)
        return updated.op


class AddSignOptimizer(_SignOptimizer):
    """variable -= rate * (alpha + decay * sign(gradient) * sign(mean)) * gradient.

    Args:
      learning_rate: a number or a tensor.
      alpha: see above.
      beta: how much of the mean a step keeps.
      sign_decay_fn: a function of the steps counted that gives the decay; 1 if None.
      use_locking: accepted for compatibility.
      name: the name scope of the ops, and of the slots below each variable.

    Example:
      >>> v = tf.Variable(1.0)
      >>> tf.contrib.opt.AddSignOptimizer(0.1).minimize(v * v)
      <tf.Operation 'AddSignOptimizer' type=NoOp>
    """

    def __init__(
        self,
        learning_rate: Any = 0.1,
        alpha: Any = 1.0,
        beta: Any = 0.9,
        sign_decay_fn: Callable[[Any], Any] | None = None,
        use_locking: bool = False,
        name: str = "AddSignOptimizer",
    ) -> None:
        super().__init__(learning_rate, beta, sign_decay_fn, use_locking, name)
        self._alpha = alpha

    def _prepare(self) -> None:
        self._alpha_t = self._prepare_with(self._alpha, "alpha")

    def _apply_dense(self, grad: Tensor, var: Variable) -> Operation:
        return self._applied(APPLY_ADD_SIGN, self._alpha_t, grad, var)


class PowerSignOptimizer(_SignOptimizer):
    """variable -= rate * base^(decay * sign(gradient) * sign(mean)) * gradient.

    Args:
      learning_rate: a number or a tensor.
      base: see above.
      beta: how much of the mean a step keeps.
      sign_decay_fn: a function of the steps counted that gives the decay; 1 if None.
      use_locking: accepted for compatibility.
      name: the name scope of the ops, and of the slots below each variable.

    Example:
      >>> v = tf.Variable(1.0)
      >>> tf.contrib.opt.PowerSignOptimizer(0.1).minimize(v * v)
      <tf.Operation 'PowerSignOptimizer' type=NoOp>
    """

    def __init__(
        self,
        learning_rate: Any = 0.1,
        base: float = math.e,
        beta: Any = 0.9,
        sign_decay_fn: Callable[[Any], Any] | None = None,
        use_locking: bool = False,
        name: str = "PowerSignOptimizer",
    ) -> None:
        super().__init__(learning_rate, beta, sign_decay_fn, use_locking, name)
        self._logbase = math.log(base)

    def _prepare(self) -> None:
        self._logbase_t = self._prepare_with(self._logbase, "logbase")

    def _apply_dense(self, grad: Tensor, var: Variable) -> Operation:
        return self._applied(APPLY_POWER_SIGN, self._logbase_t, grad, var)
