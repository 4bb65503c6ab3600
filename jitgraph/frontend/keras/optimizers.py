"""tf.keras.optimizers: how a step changes variables, with rates that may be set between steps.

In: a loss and variables. Out: operations that change them. Rates and the like are variables, too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from jitgraph import dtypes
from jitgraph.frontend.api import math
from jitgraph.frontend.gradients import gradients
from jitgraph.frontend.keras.graph_state import get_session, graph_state
from jitgraph.frontend.keras.identifiers import resolved
from jitgraph.frontend.keras.variables import KerasVariable
from jitgraph.frontend.train.optimizer import Optimizer as GraphOptimizer
from jitgraph.graph import Operation, Tensor, control_dependencies, name_scope
from jitgraph.ops import state
from jitgraph.ops.apply import apply
from jitgraph.ops.casting import cast
from jitgraph.ops.constants import constant
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.elementwise_extrema import clip_by_value
from jitgraph.ops.filling import ones, zeros
from jitgraph.ops.identities import group
from jitgraph.ops.norms import clip_by_norm
from jitgraph.ops.training_dense import APPLY_ADAM

_EXTRA = ("clipnorm", "clipvalue", "lr", "decay")


class Optimizer:
    """The base: rates as variables, slots, clipping.

    Args:
      name: the name scope of its variables.
      kwargs: `clipnorm`, `clipvalue`, `decay` (of the rate by 1 / (1 + decay * steps)), and `lr`
        for `learning_rate`.

    Raises:
      TypeError: another argument.
      ValueError: a negative one.
    """

    slots: ClassVar[tuple[str, ...]] = ()
    hypers: ClassVar[tuple[str, ...]] = ("decay", "learning_rate")

    def __init__(self, name: str, learning_rate: Any = 0.01, **kwargs: Any) -> None:
        for key, value in kwargs.items():
            if key not in _EXTRA:
                raise TypeError(f"Unexpected keyword argument passed to optimizer: {key}")
            if value is not None and value < 0:
                raise ValueError(f"Expected {key} >= 0, received: {value}")
        self._name = name
        self._decays = bool(kwargs.get("decay"))
        self.clipnorm = kwargs.get("clipnorm")
        self.clipvalue = kwargs.get("clipvalue")
        self._given: dict[str, Any] = {
            "learning_rate": kwargs.get("lr", learning_rate),
            "decay": kwargs.get("decay", 0.0) or 0.0,
        }
        self._made: dict[str, Any] = {}
        self._slots: dict[tuple[int, str], Any] = {}
        self._weights: list[Any] = []

    # Rates

    def _set_hyper(self, name: str, value: Any) -> None:
        self._given[name] = value

    def _hyper(self, name: str) -> Any:
        if name not in self._made:
            value = self._given[name]
            if isinstance(value, Tensor):
                return value
            self._made[name] = self._variable(name, np.float32(value))
        return self._made[name]

    def __getattr__(self, name: str) -> Any:
        given = self.__dict__.get("_given", {})
        name = "learning_rate" if name == "lr" else name
        if name in given:
            return self._hyper(name)
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __setattr__(self, name: str, value: Any) -> None:
        given = self.__dict__.get("_given", {})
        name = "learning_rate" if name == "lr" else name
        if name not in given:
            super().__setattr__(name, value)
        elif name in self._made:
            self._made[name].load(np.float32(value), get_session(self._made[name].graph))
        else:
            given[name] = value

    @property
    def iterations(self) -> Any:
        """How many steps were made: a variable."""
        if "iter" not in self._made:
            self._made["iter"] = self._variable("iter", np.int64(0))
            self._weights.insert(0, self._made["iter"])
        return self._made["iter"]

    @property
    def weights(self) -> list[Any]:
        """Its variables: the steps, and what it keeps for each variable."""
        return list(self._weights)

    def get_weights(self) -> list[Any]:
        """The values of `weights`."""
        return list(get_session().run(self._weights)) if self._weights else []

    def set_weights(self, weights: Any) -> None:
        """Gives `weights` values.

        Raises:
          ValueError: another number of arrays.
        """
        if len(weights) != len(self._weights):
            raise ValueError(
                f"You called `set_weights(weights)` on optimizer {self._name} with a  weight list "
                f"of length {len(weights)}, but the optimizer was expecting {len(self._weights)} "
                f"weights. Provided weights: {str(weights)[:50]}..."
            )
        session = get_session()
        for variable, value in zip(self._weights, weights, strict=True):
            variable.load(np.asarray(value), session)

    def get_config(self) -> dict[str, Any]:
        """The arguments by which it can be made again."""
        values = {
            name: get_session().run(self._made[name]).item() if name in self._made else given
            for name, given in self._given.items()
        }
        extra = {"clipnorm": self.clipnorm, "clipvalue": self.clipvalue}
        kept = {name: value for name, value in extra.items() if value is not None}
        return {"name": self._name, **values, **kept}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """The optimizer of a configuration."""
        return cls(**config)

    def _variable(self, name: str, value: Any, shape: Any = None) -> Any:
        made = KerasVariable(value, trainable=False, name=name)
        graph_state(made.graph).variables.append(made)
        return made

    # Steps

    def get_slot(self, var: Any, slot_name: str) -> Any:
        """What it keeps for a variable under a name."""
        return self._slots[id(var), slot_name]

    def _slot_initial(self, slot: str, var: Any) -> Callable[[], Any]:
        return lambda: zeros(var.get_shape().as_list(), var.dtype.base_dtype)

    def _create_slots(self, variables: list[Any]) -> None:
        for slot in self.slots:
            for var in variables:
                initial = self._slot_initial(slot, var)
                made = self._variable(f"{var.op.name}/{slot}", initial)
                self._slots[id(var), slot] = made
                self._weights.append(made)

    def get_gradients(self, loss: Any, params: list[Any]) -> list[Any]:
        """The gradients of a loss, clipped.

        Raises:
          ValueError: a variable that the loss does not depend on.
        """
        with name_scope(f"{self._name}/gradients"):
            found = gradients(loss, [each._ref() for each in params])
            for gradient, param in zip(found, params, strict=True):
                if gradient is None:
                    raise ValueError(
                        f"Variable {param} has `None` for gradient. Please make sure that all of "
                        "your ops have a gradient defined (i.e. are differentiable). Common ops "
                        "without gradient: K.argmax, K.round, K.eval."
                    )
            return [self._clipped(convert_to_tensor(each)) for each in found]

    def _clipped(self, gradient: Any) -> Any:
        if self.clipnorm:
            gradient = clip_by_norm(gradient, self.clipnorm)
        if self.clipvalue:
            gradient = clip_by_value(gradient, -self.clipvalue, self.clipvalue)
        return gradient

    def get_updates(self, loss: Any, params: list[Any]) -> list[Operation]:
        """The operations of one step.

        Args:
          loss: a scalar tensor.
          params: the variables to change.
        """
        found = self.get_gradients(loss, params)
        return [self.apply_gradients(list(zip(found, params, strict=True)))]

    def minimize(self, loss: Any, var_list: Any, grad_loss: Any = None, name: Any = None) -> Any:
        """The operation of one step."""
        return group(*self.get_updates(loss, list(var_list)))

    def apply_gradients(self, grads_and_vars: Any, name: str | None = None) -> Operation:
        """The operation that changes variables by gradients, and counts."""
        pairs = list(grads_and_vars)
        with name_scope(name or self._name):
            steps = self.iterations
            for hyper in self.hypers:
                self._hyper(hyper)
            self._create_slots([var for _, var in pairs])
            numbers = self._numbers(cast(steps, dtypes.float32))
            updates = []
            for gradient, var in pairs:
                with name_scope("update"):
                    updates.append(self._constrained(self._update(gradient, var, numbers), var))
            with control_dependencies(updates):
                return state.assign_add(steps, constant(1, dtypes.int64)).op

    @staticmethod
    def _constrained(update: Operation, var: Any) -> Operation:
        if var.constraint is None:
            return update
        with control_dependencies([update]):
            return var.assign(var.constraint(var)).op  # type: ignore[no-any-return]

    def _numbers(self, steps: Any) -> dict[str, Any]:
        """The tensors that all updates share."""
        rate: Any = convert_to_tensor(self._hyper("learning_rate"))
        if self._decays:
            rate = rate / (1.0 + convert_to_tensor(self._hyper("decay")) * steps)
        return {"rate": rate}

    def _update(self, gradient: Any, var: Any, numbers: dict[str, Any]) -> Operation:
        raise NotImplementedError


def _assigned(variable: Any, value: Any) -> Operation:
    return state.assign(variable, value).op


class SGD(Optimizer):
    """var -= rate * gradient, or by a velocity.

    Args:
      learning_rate: the rate.
      momentum: the share of the velocity that a step keeps.
      nesterov: whether to look ahead.
    """

    hypers = ("decay", "learning_rate", "momentum")

    def __init__(
        self,
        learning_rate: Any = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        name: str = "SGD",
        **kwargs: Any,
    ) -> None:
        super().__init__(name, learning_rate, **kwargs)
        if not 0 <= momentum <= 1:
            raise ValueError("`momentum` must be between [0, 1].")
        self._set_hyper("momentum", momentum)
        self._moves = momentum > 0
        self.nesterov = nesterov
        self.slots = ("momentum",) if self._moves else ()  # type: ignore[misc]

    def _update(self, gradient: Any, var: Any, numbers: dict[str, Any]) -> Operation:
        change = numbers["rate"] * gradient
        if not self._moves:
            return state.assign_sub(var, change).op
        momentum, slot = convert_to_tensor(self._hyper("momentum")), self.get_slot(var, "momentum")
        velocity = momentum * slot - change
        step = momentum * velocity - change if self.nesterov else velocity
        return group(state.assign_add(var, step), _assigned(slot, velocity))


class RMSprop(Optimizer):
    """var -= rate * gradient / (sqrt(rms) + epsilon), rms the mean of the gradient's square.

    Args:
      learning_rate: the rate.
      rho: the share of the mean that a step keeps.
      momentum: the share of the velocity that a step keeps.
      epsilon: keeps the divisor from zero.
      centered: whether the gradient's mean is taken from it.
    """

    hypers = ("decay", "learning_rate", "momentum", "rho")

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float = 1e-7,
        centered: bool = False,
        name: str = "RMSprop",
        **kwargs: Any,
    ) -> None:
        super().__init__(name, learning_rate, **kwargs)
        self._set_hyper("rho", rho)
        self._set_hyper("momentum", momentum)
        self._moves = momentum > 0
        self.epsilon = epsilon
        self.centered = centered
        moved = ("momentum",) if self._moves else ()
        self.slots = ("rms", *moved, *(("mg",) if centered else ()))  # type: ignore[misc]

    def _update(self, gradient: Any, var: Any, numbers: dict[str, Any]) -> Operation:
        rho: Any = convert_to_tensor(self._hyper("rho"))
        slot = self.get_slot(var, "rms")
        rms = rho * slot + (1.0 - rho) * math.square(gradient)
        updates, divisor = [_assigned(slot, rms)], rms
        if self.centered:
            mean = rho * self.get_slot(var, "mg") + (1.0 - rho) * gradient
            updates.append(_assigned(self.get_slot(var, "mg"), mean))
            divisor = rms - math.square(mean)
        if not self._moves:
            step = numbers["rate"] * gradient / (math.sqrt(divisor) + self.epsilon)
            return group(*updates, state.assign_sub(var, step))
        velocity_slot = self.get_slot(var, "momentum")
        change = numbers["rate"] * gradient / math.sqrt(divisor + self.epsilon)
        velocity = convert_to_tensor(self._hyper("momentum")) * velocity_slot + change
        return group(*updates, _assigned(velocity_slot, velocity), state.assign_sub(var, velocity))


class Adam(Optimizer):
    """By the means of the gradient and of its square. See `tf.train.AdamOptimizer`.

    Args:
      learning_rate: the rate.
      beta_1, beta_2: the shares of the means that a step keeps.
      epsilon: keeps the divisor from zero.
      amsgrad: whether the largest mean of the square counts.
    """

    hypers = ("beta_1", "beta_2", "decay", "learning_rate")

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        name: str = "Adam",
        **kwargs: Any,
    ) -> None:
        super().__init__(name, learning_rate, **kwargs)
        self._set_hyper("beta_1", beta_1)
        self._set_hyper("beta_2", beta_2)
        self.epsilon = epsilon or 1e-7
        self.amsgrad = amsgrad
        self.slots = ("m", "v", "vhat") if amsgrad else ("m", "v")  # type: ignore[misc]

    def _numbers(self, steps: Any) -> dict[str, Any]:
        betas = [convert_to_tensor(self._hyper(name)) for name in ("beta_1", "beta_2")]
        powers = [math.pow(beta, steps + 1.0) for beta in betas]
        return {**super()._numbers(steps), "betas": betas, "powers": powers}

    def _update(self, gradient: Any, var: Any, numbers: dict[str, Any]) -> Operation:
        if self.amsgrad:
            return self._largest(gradient, var, numbers)
        slots = [self.get_slot(var, "m"), self.get_slot(var, "v")]
        epsilon = constant(self.epsilon, dtypes.float32)
        given = [*numbers["powers"], numbers["rate"], *numbers["betas"], epsilon]
        made: Tensor = apply(APPLY_ADAM, [var, *slots, *given, gradient], {})
        return made.op

    def _largest(self, gradient: Any, var: Any, numbers: dict[str, Any]) -> Operation:
        (beta_1, beta_2), (power_1, power_2) = numbers["betas"], numbers["powers"]
        m, v, most = (self.get_slot(var, name) for name in self.slots)
        mean = beta_1 * m + (1.0 - beta_1) * gradient
        squares = beta_2 * v + (1.0 - beta_2) * math.square(gradient)
        largest = math.maximum(most.value(), squares)
        rate = numbers["rate"] * math.sqrt(1.0 - power_2) / (1.0 - power_1)
        step = rate * mean / (math.sqrt(largest) + self.epsilon)
        kept = [_assigned(m, mean), _assigned(v, squares), _assigned(most, largest)]
        return group(*kept, state.assign_sub(var, step))


class Adamax(Optimizer):
    """Adam with the largest gradient in the place of the root of the mean square.

    Args:
      learning_rate, beta_1, beta_2, epsilon: as Adam's.
    """

    hypers = ("beta_1", "beta_2", "decay", "learning_rate")
    slots = ("m", "v")

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        name: str = "Adamax",
        **kwargs: Any,
    ) -> None:
        super().__init__(name, learning_rate, **kwargs)
        self._set_hyper("beta_1", beta_1)
        self._set_hyper("beta_2", beta_2)
        self.epsilon = epsilon or 1e-7

    def _numbers(self, steps: Any) -> dict[str, Any]:
        betas = [convert_to_tensor(self._hyper(name)) for name in ("beta_1", "beta_2")]
        power = math.pow(betas[0], steps + 1.0)
        return {**super()._numbers(steps), "betas": betas, "power": power}

    def _update(self, gradient: Any, var: Any, numbers: dict[str, Any]) -> Operation:
        beta_1, beta_2 = numbers["betas"]
        m, v = self.get_slot(var, "m"), self.get_slot(var, "v")
        mean = beta_1 * m + (1.0 - beta_1) * gradient
        largest = math.maximum(beta_2 * v, math.abs(gradient))
        rate = numbers["rate"] / (1.0 - numbers["power"])
        step = rate * mean / (largest + self.epsilon)
        return group(_assigned(m, mean), _assigned(v, largest), state.assign_sub(var, step))


class Adagrad(Optimizer):
    """var -= rate * gradient / (sqrt(sum of squares) + epsilon).

    Args:
      learning_rate: the rate.
      initial_accumulator_value: what the sum starts from.
      epsilon: keeps the divisor from zero.
    """

    slots = ("accumulator",)

    def __init__(
        self,
        learning_rate: Any = 0.001,
        initial_accumulator_value: float = 0.1,
        epsilon: float = 1e-7,
        name: str = "Adagrad",
        **kwargs: Any,
    ) -> None:
        if initial_accumulator_value < 0.0:
            raise ValueError(
                f"initial_accumulator_value must be non-negative: {initial_accumulator_value}"
            )
        super().__init__(name, learning_rate, **kwargs)
        self._initial = initial_accumulator_value
        self.epsilon = epsilon or 1e-7

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """The optimizer of a configuration; the sum starts from zero where it does not say."""
        return cls(**{"initial_accumulator_value": 0.0, **config})

    def _slot_initial(self, slot: str, var: Any) -> Callable[[], Any]:
        sizes = var.get_shape().as_list()
        return lambda: ones(sizes, var.dtype.base_dtype) * self._initial

    def _update(self, gradient: Any, var: Any, numbers: dict[str, Any]) -> Operation:
        slot = self.get_slot(var, "accumulator")
        total = slot + math.square(gradient)
        step = numbers["rate"] * gradient / (math.sqrt(total) + self.epsilon)
        return group(_assigned(slot, total), state.assign_sub(var, step))


class Adadelta(Optimizer):
    """By the means of the squares of gradients and of steps.

    Args:
      learning_rate: the rate.
      rho: the share of the means that a step keeps.
      epsilon: keeps the divisor from zero.
    """

    hypers = ("decay", "learning_rate", "rho")
    slots = ("accum_grad", "accum_var")

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.95,
        epsilon: float = 1e-7,
        name: str = "Adadelta",
        **kwargs: Any,
    ) -> None:
        super().__init__(name, learning_rate, **kwargs)
        self._set_hyper("rho", rho)
        self.epsilon = epsilon or 1e-7

    def _update(self, gradient: Any, var: Any, numbers: dict[str, Any]) -> Operation:
        rho: Any = convert_to_tensor(self._hyper("rho"))
        grads, steps = (self.get_slot(var, name) for name in self.slots)
        squares = rho * grads + (1.0 - rho) * math.square(gradient)
        step = math.sqrt(steps + self.epsilon) / math.sqrt(squares + self.epsilon) * gradient
        moved = rho * steps + (1.0 - rho) * math.square(step)
        kept = [_assigned(grads, squares), _assigned(steps, moved)]
        return group(*kept, state.assign_sub(var, numbers["rate"] * step))


class TFOptimizer:
    """An optimizer of tf.train in the place of one of Keras's.

    Args:
      optimizer: a `tf.train.Optimizer`.
    """

    def __init__(self, optimizer: GraphOptimizer) -> None:
        self.optimizer = optimizer
        self.weights: list[Any] = []

    def get_updates(self, loss: Any, params: list[Any]) -> list[Operation]:
        """The operations of one step."""
        before = {id(each) for each in self._all_variables()}
        step = self.optimizer.minimize(loss, var_list=params)
        made = [each for each in self._all_variables() if id(each) not in before]
        graph_state(loss.graph).variables.extend(made)
        self.weights = made
        return [step]

    @staticmethod
    def _all_variables() -> list[Any]:
        from jitgraph.frontend.variable_collections import global_variables

        return list(global_variables())


_KINDS: tuple[Any, ...] = (SGD, RMSprop, Adam, Adamax, Adagrad, Adadelta)


def _maker(kind: Any) -> Callable[..., Any]:
    return lambda **config: kind.from_config(config)


_NAMED: dict[str, Callable[..., Any]] = {kind.__name__.lower(): _maker(kind) for kind in _KINDS}


def get(identifier: Any) -> Any:
    """An optimizer, from itself or its word.

    Args:
      identifier: "adam", a `tf.keras.optimizers.Optimizer` or a `tf.train.Optimizer`.

    Raises:
      ValueError: an unknown word, or something else.
    """
    if isinstance(identifier, (Optimizer, TFOptimizer)):
        return identifier
    if isinstance(identifier, GraphOptimizer):
        return TFOptimizer(identifier)
    if isinstance(identifier, dict):
        named = {"class_name": str(identifier["class_name"]).lower()}
        return resolved({**identifier, **named}, _NAMED, "optimizer")
    if not isinstance(identifier, str):
        raise ValueError(f"Could not interpret optimizer identifier: {identifier}")
    return resolved(identifier.lower(), _NAMED, "optimizer")
