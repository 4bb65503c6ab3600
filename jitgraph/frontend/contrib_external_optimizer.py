"""Optimizers outside the graph: tf.contrib.opt.ScipyOptimizerInterface.

In: a loss, variables, constraints. Out: variables set to where another library finds the least
loss; each of its steps runs the graph for the loss and its gradient.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise
from math import prod
from typing import Any

import numpy as np

from jitgraph.frontend.gradients import gradients
from jitgraph.frontend.variable_collections import trainable_variables
from jitgraph.graph import Tensor, get_default_session
from jitgraph.ops.assembling import concat
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.filling import zeros_like
from jitgraph.ops.placeholders import placeholder
from jitgraph.ops.reshaping import reshape


class ExternalOptimizerInterface:
    """What optimizers outside the graph have in common; each defines `_minimize`.

    Args:
      loss: a scalar tensor.
      var_list: the variables; all trainable ones when None.
      equalities, inequalities: tensors that are to be 0, or not negative.
      var_to_bounds: for some variables the pair of their lower and upper bounds.
      optimizer_kwargs: handed on.
    """

    def __init__(
        self,
        loss: Any,
        var_list: Any = None,
        equalities: Sequence[Any] | None = None,
        inequalities: Sequence[Any] | None = None,
        var_to_bounds: dict[Any, Any] | None = None,
        **optimizer_kwargs: Any,
    ) -> None:
        self._loss = loss
        self._equalities, self._inequalities = equalities or [], inequalities or []
        self._vars = list(trainable_variables() if var_list is None else var_list)
        self._shapes = [tuple(var.get_shape().as_list()) for var in self._vars]
        self._packed_bounds = self._bounds(var_to_bounds)
        self._update_placeholders = [placeholder(var.dtype.base_dtype) for var in self._vars]
        self._var_updates = [
            var.assign(reshape(fed, shape))
            for var, fed, shape in zip(
                self._vars, self._update_placeholders, self._shapes, strict=True
            )
        ]
        self.optimizer_kwargs = optimizer_kwargs
        self._packed_var = _packed(self._vars)
        self._packed_loss_grad = self._gradient_of(loss)
        self._packed_equality_grads = [self._gradient_of(each) for each in self._equalities]
        self._packed_inequality_grads = [self._gradient_of(each) for each in self._inequalities]
        ends = accumulate((prod(shape) for shape in self._shapes), initial=0)
        self._packing_slices = [slice(*ends_of) for ends_of in pairwise(ends)]

    def _bounds(self, var_to_bounds: dict[Any, Any] | None) -> list[tuple[Any, Any]] | None:
        if var_to_bounds is None:
            return None
        found: list[tuple[Any, Any]] = []
        for var, shape in zip(self._vars, self._shapes, strict=True):
            low, high = var_to_bounds.get(var, (-np.inf, np.inf))
            sides = (np.broadcast_to(side, shape).ravel().tolist() for side in (low, high))
            found += zip(*sides, strict=True)
        return found

    def _gradient_of(self, tensor: Any) -> Tensor | None:
        found = gradients(tensor, self._vars)
        pairs = zip(self._vars, found, strict=True)
        return _packed([zeros_like(var) if grad is None else grad for var, grad in pairs])

    def minimize(
        self,
        session: Any = None,
        feed_dict: dict[Any, Any] | None = None,
        fetches: Sequence[Any] | None = None,
        step_callback: Callable[..., Any] | None = None,
        loss_callback: Callable[..., Any] | None = None,
        **run_kwargs: Any,
    ) -> None:
        """Sets the variables to where the loss is least.

        Args:
          session: the session; the default one when None.
          feed_dict: fed in every run.
          fetches: fetched in every run for `loss_callback`.
          step_callback: called with the packed variables after each step.
          loss_callback: called with what was fetched at each run of the loss.
          run_kwargs: further arguments of the last run, which sets the variables.
        """
        session = session or get_default_session()
        feeds, more = feed_dict or {}, list(fetches or [])

        def several(tensors: Sequence[Any]) -> list[Callable[..., Any]]:
            return [self._evaluation([each], session, feeds, more) for each in tensors]

        found = self._minimize(
            initial_val=session.run(self._packed_var),
            loss_grad_func=self._evaluation(
                [self._loss, self._packed_loss_grad], session, feeds, more, loss_callback
            ),
            equality_funcs=several(self._equalities),
            equality_grad_funcs=several(self._packed_equality_grads),
            inequality_funcs=several(self._inequalities),
            inequality_grad_funcs=several(self._packed_inequality_grads),
            packed_bounds=self._packed_bounds,
            step_callback=step_callback or (lambda xk: None),
            optimizer_kwargs=self.optimizer_kwargs,
        )
        values = [found[part] for part in self._packing_slices]
        updates = dict(zip(self._update_placeholders, values, strict=True))
        session.run(self._var_updates, feed_dict=updates, **run_kwargs)

    def _evaluation(
        self, tensors: list[Any], session: Any, feeds: Any, more: list[Any], callback: Any = None
    ) -> Callable[[Any], list[Any]]:
        def evaluate(x: Any) -> list[Any]:
            parts = zip(self._vars, self._packing_slices, self._shapes, strict=True)
            given = {var: x[part].reshape(shape) for var, part, shape in parts}
            fetched = session.run([*tensors, *more], feed_dict={**given, **feeds})
            if callback is not None:
                callback(*fetched[len(tensors) :])
            return list(fetched[: len(tensors)])

        return evaluate

    def _minimize(self, **given: Any) -> Any:
        raise NotImplementedError(
            "To use ExternalOptimizerInterface, subclass from it and implement the _minimize() "
            "method."
        )


class ScipyOptimizerInterface(ExternalOptimizerInterface):
    """Optimizes by `scipy.optimize.minimize`; SciPy must be installed.

    Args:
      loss, var_list, equalities, inequalities, var_to_bounds: as in `ExternalOptimizerInterface`.
      optimizer_kwargs: `method` ("L-BFGS-B" if left out), `options`, ...

    Example:
      >>> x = tf.Variable([7.0, 7.0])
      >>> best = tf.contrib.opt.ScipyOptimizerInterface(tf.reduce_sum(tf.square(x - 1.0)))
    """

    _DEFAULT_METHOD = "L-BFGS-B"

    def _minimize(self, **given: Any) -> Any:
        from jitgraph.frontend.api import logging

        try:
            from scipy.optimize import minimize
        except ImportError:
            raise ImportError("ScipyOptimizerInterface needs SciPy: pip install scipy") from None

        def loss_and_gradient(x: Any) -> tuple[Any, Any]:
            loss, gradient = given["loss_grad_func"](x)
            return np.float64(loss), np.asarray(gradient, np.float64)

        kwargs = dict(given["optimizer_kwargs"])
        method = kwargs.pop("method", self._DEFAULT_METHOD)
        own = {
            "jac": True,
            "callback": given["step_callback"],
            "method": method,
            "constraints": _constraints(given),
            "bounds": given["packed_bounds"],
        }
        _check_free(kwargs, own)
        result = minimize(loss_and_gradient, np.float64(given["initial_val"]), **own, **kwargs)
        logging.info(
            f"Optimization terminated with:\n  Message: {result.message}\n"
            f"  Objective function value: {result.fun:f}"
        )
        return result["x"]


def _constraints(given: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "type": kind,
            "fun": lambda x, value=value: np.float64(value(x)[0]),
            "jac": lambda x, slope=slope: np.float64(slope(x)[0]),
        }
        for kind, values, slopes in (
            ("eq", given["equality_funcs"], given["equality_grad_funcs"]),
            ("ineq", given["inequality_funcs"], given["inequality_grad_funcs"]),
        )
        for value, slope in zip(values, slopes, strict=True)
    ]


def _check_free(kwargs: dict[str, Any], own: dict[str, Any]) -> None:
    for name in own:
        if name in kwargs and name == "bounds":
            raise ValueError("Bounds must be set using the var_to_bounds argument")
        if name in kwargs:
            raise ValueError(
                f"Optimizer keyword arg '{name}' is set automatically and cannot be injected "
                "manually"
            )


def _packed(tensors: list[Any]) -> Tensor | None:
    """All elements in one vector."""
    if not tensors:
        return None
    flat = [reshape(convert_to_tensor(each), [-1]) for each in tensors]
    return flat[0] if len(flat) == 1 else concat(flat, 0)
