"""Decay of weights apart from the gradient, in tf.contrib.opt: AdamW, MomentumW, any optimizer.

See Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2017.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from jitgraph.frontend.train.adam import AdamOptimizer
from jitgraph.frontend.train.momentum import MomentumOptimizer
from jitgraph.frontend.train.optimizer import Optimizer
from jitgraph.frontend.variables import Variable
from jitgraph.graph import Operation, Tensor, control_dependencies
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.gathering import gather
from jitgraph.ops.identities import no_op
from jitgraph.ops.indexed_slices import IndexedSlices
from jitgraph.ops.scatter import scatter_add


class DecoupledWeightDecayExtension(Optimizer):
    """The part that decays weights: to be inherited before an optimizer.

    Args:
      weight_decay: the part of a variable that a step takes away: a number, a tensor, or a function
        that gives one.
      kwargs: the arguments of the optimizer.
    """

    def __init__(self, weight_decay: Any, **kwargs: Any) -> None:
        self._decay_var_list: set[Any] | None = None
        self._weight_decay = weight_decay
        super().__init__(**kwargs)

    def minimize(
        self,
        loss: Tensor,
        global_step: Any = None,
        var_list: Any = None,
        gate_gradients: int = Optimizer.GATE_OP,
        aggregation_method: int | None = None,
        colocate_gradients_with_ops: bool = False,
        name: str | None = None,
        grad_loss: Tensor | None = None,
        decay_var_list: Iterable[Any] | None = None,
    ) -> Operation:
        """As `Optimizer.minimize`.

        Args:
          decay_var_list: the variables to decay; all if None. As in TensorFlow `apply_gradients`,
            which this calls, decays all again.
        """
        self._decay_var_list = set(decay_var_list) if decay_var_list else None
        return super().minimize(
            loss,
            global_step,
            var_list,
            gate_gradients,
            aggregation_method,
            colocate_gradients_with_ops,
            name,
            grad_loss,
        )

    def apply_gradients(
        self,
        grads_and_vars: Iterable[Any],
        global_step: Any = None,
        name: str | None = None,
        decay_var_list: Iterable[Any] | None = None,
    ) -> Operation:
        """As `Optimizer.apply_gradients`.

        Args:
          decay_var_list: the variables to decay; all if None.
        """
        self._decay_var_list = set(decay_var_list) if decay_var_list else None
        return super().apply_gradients(grads_and_vars, global_step, name)

    def _prepare(self) -> None:
        decay = self._call_if_callable(self._weight_decay)
        self._weight_decay_tensor = convert_to_tensor(decay, name="weight_decay")
        super()._prepare()

    def _decays(self, var: Any) -> bool:
        return not self._decay_var_list or var in self._decay_var_list

    def _apply_dense(self, grad: Tensor, var: Variable) -> Any:
        decayed = self._decayed(var) if self._decays(var) else no_op()
        with control_dependencies([decayed]):
            return super()._apply_dense(grad, var)

    def _decayed(self, var: Any) -> Any:
        return var.assign_sub(self._weight_decay * var, self._use_locking)

    def _apply_sparse(self, grad: IndexedSlices, var: Variable) -> Any:
        decayed = self._decayed_rows(var, grad.indices) if self._decays(var) else no_op()
        with control_dependencies([decayed]):
            return super()._apply_sparse(grad, var)

    def _decayed_rows(self, var: Any, indices: Tensor) -> Any:
        change = -self._weight_decay * gather(var, indices)
        return scatter_add(var, indices, change, self._use_locking)


def extend_with_decoupled_weight_decay(base_optimizer: type[Any]) -> type[Any]:
    """The class of an optimizer that decays weights besides; `weight_decay` is its first argument.

    Args:
      base_optimizer: a class of optimizers.

    Example:
      >>> MyAdam = tf.contrib.opt.extend_with_decoupled_weight_decay(tf.train.AdamOptimizer)
      >>> optimizer = MyAdam(weight_decay=0.001, learning_rate=0.01)
    """

    class OptimizerWithDecoupledWeightDecay(DecoupledWeightDecayExtension, base_optimizer):
        """The optimizer, with decay of weights."""

        def __init__(self, weight_decay: Any, *args: Any, **kwargs: Any) -> None:
            super().__init__(weight_decay, *args, **kwargs)

    return OptimizerWithDecoupledWeightDecay


class MomentumWOptimizer(DecoupledWeightDecayExtension, MomentumOptimizer):
    """Momentum with decay of weights.

    Args:
      weight_decay: the part of a variable that a step takes away.
      learning_rate, momentum, use_locking, name, use_nesterov: as those of
        `tf.train.MomentumOptimizer`.

    Example:
      >>> v = tf.Variable(1.0)
      >>> tf.contrib.opt.MomentumWOptimizer(0.01, 0.1, 0.9).minimize(v * v)
      <tf.Operation 'MomentumW' type=NoOp>
    """

    def __init__(
        self,
        weight_decay: Any,
        learning_rate: float | Tensor | Callable[[], Any],
        momentum: float | Tensor | Callable[[], Any],
        use_locking: bool = False,
        name: str = "MomentumW",
        use_nesterov: bool = False,
    ) -> None:
        super().__init__(
            weight_decay,
            learning_rate=learning_rate,
            momentum=momentum,
            use_locking=use_locking,
            name=name,
            use_nesterov=use_nesterov,
        )


class AdamWOptimizer(DecoupledWeightDecayExtension, AdamOptimizer):
    """Adam with decay of weights.

    Args:
      weight_decay: the part of a variable that a step takes away.
      learning_rate, beta1, beta2, epsilon, use_locking, name: as those of
        `tf.train.AdamOptimizer`.

    Example:
      >>> v = tf.Variable(1.0)
      >>> tf.contrib.opt.AdamWOptimizer(0.01, learning_rate=0.001).minimize(v * v)
      <tf.Operation 'AdamW' type=NoOp>
    """

    def __init__(
        self,
        weight_decay: Any,
        learning_rate: float | Tensor | Callable[[], Any] = 0.001,
        beta1: float | Tensor | Callable[[], Any] = 0.9,
        beta2: float | Tensor | Callable[[], Any] = 0.999,
        epsilon: float | Tensor | Callable[[], Any] = 1e-8,
        use_locking: bool = False,
        name: str = "AdamW",
    ) -> None:
        super().__init__(
            weight_decay,
            learning_rate=learning_rate,
            beta1=beta1,
            beta2=beta2,
            epsilon=epsilon,
            use_locking=use_locking,
            name=name,
        )
