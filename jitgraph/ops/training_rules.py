"""The rules of optimizers: what variable and slots hold after a step.

In: an arithmetic, the old contents, hyperparameters and the gradient, named as TensorFlow's ops
name them. Out: the new contents of the references, in the order of the op's signature. The dense
ops apply a rule to whole variables, the sparse ones to rows.
"""

from __future__ import annotations

from typing import Any

from jitgraph.ops.training_arithmetic import Arithmetic


def momentum(
    a: Arithmetic, var: Any, accum: Any, lr: Any, grad: Any, momentum: Any, use_nesterov: bool
) -> tuple[Any, ...]:
    """accum = accum * momentum + grad;  var -= lr * accum."""
    moved = accum * momentum + grad
    if use_nesterov:
        return var - (grad * lr + moved * momentum * lr), moved
    return var - moved * lr, moved


def adam(
    a: Arithmetic, var: Any, m: Any, v: Any, beta1_power: Any, beta2_power: Any, lr: Any,
    beta1: Any, beta2: Any, epsilon: Any, grad: Any, use_nesterov: bool,
) -> tuple[Any, ...]:  # fmt: skip
    """m, v approach grad, grad^2;  var -= lr' * m / (sqrt(v) + epsilon)."""
    rate = lr * a.sqrt(1 - beta2_power) / (1 - beta1_power)
    first = m + (grad - m) * (1 - beta1)
    second = v + (grad * grad - v) * (1 - beta2)
    direction = grad * (1 - beta1) + beta1 * first if use_nesterov else first
    return var - direction * rate / (a.sqrt(second) + epsilon), first, second


def ada_max(
    a: Arithmetic, var: Any, m: Any, v: Any, beta1_power: Any, lr: Any, beta1: Any, beta2: Any,
    epsilon: Any, grad: Any,
) -> tuple[Any, ...]:  # fmt: skip
    """m approaches grad, v is the greatest |grad| so far, decaying;  var -= lr' * m / (v + eps)."""
    first = m + (grad - m) * (1 - beta1)
    greatest = a.maximum(beta2 * v, a.absolute(grad))
    return var - lr / (1 - beta1_power) * (first / (greatest + epsilon)), first, greatest


def add_sign(
    a: Arithmetic, var: Any, m: Any, lr: Any, alpha: Any, sign_decay: Any, beta: Any, grad: Any
) -> tuple[Any, ...]:
    """m approaches grad;  var -= lr * (alpha + decay * sign(grad) * sign(m)) * grad."""
    mean = m * beta + grad * (1 - beta)
    return var - lr * (alpha + sign_decay * a.sign(grad) * a.sign(mean)) * grad, mean


def power_sign(
    a: Arithmetic, var: Any, m: Any, lr: Any, logbase: Any, sign_decay: Any, beta: Any, grad: Any
) -> tuple[Any, ...]:
    """m approaches grad;  var -= lr * base^(decay * sign(grad) * sign(m)) * grad."""
    mean = m * beta + grad * (1 - beta)
    return var - lr * a.exp(logbase * sign_decay * a.sign(grad) * a.sign(mean)) * grad, mean


def rms_prop(
    a: Arithmetic, var: Any, ms: Any, mom: Any, lr: Any, rho: Any, momentum: Any, epsilon: Any,
    grad: Any,
) -> tuple[Any, ...]:  # fmt: skip
    """ms approaches grad^2;  mom = momentum * mom + lr * grad / sqrt(ms + epsilon);  var -= mom."""
    squares = ms + (grad * grad - ms) * (1 - rho)
    moved = mom * momentum + grad * lr / a.sqrt(squares + epsilon)
    return var - moved, squares, moved


def centered_rms_prop(
    a: Arithmetic, var: Any, mg: Any, ms: Any, mom: Any, lr: Any, rho: Any, momentum: Any,
    epsilon: Any, grad: Any,
) -> tuple[Any, ...]:  # fmt: skip
    """As rms_prop, by the variance of the gradient instead of its square."""
    squares = ms + (grad * grad - ms) * (1 - rho)
    mean = mg + (grad - mg) * (1 - rho)
    moved = mom * momentum + grad * lr / a.sqrt(squares - mean * mean + epsilon)
    return var - moved, mean, squares, moved


def adadelta(
    a: Arithmetic, var: Any, accum: Any, accum_update: Any, lr: Any, rho: Any, epsilon: Any,
    grad: Any,
) -> tuple[Any, ...]:  # fmt: skip
    """var -= lr * update, the update as large as earlier ones beside earlier gradients."""
    squares = accum * rho + grad * grad * (1 - rho)
    update = a.sqrt(accum_update + epsilon) * a.rsqrt(squares + epsilon) * grad
    return var - update * lr, squares, accum_update * rho + update * update * (1 - rho)


def adagrad(
    a: Arithmetic, var: Any, accum: Any, lr: Any, grad: Any, update_slots: bool
) -> tuple[Any, ...]:
    """accum += grad^2;  var -= lr * grad / sqrt(accum)."""
    squares = accum + grad * grad if update_slots else accum
    return var - grad * lr * a.rsqrt(squares), squares


def adagrad_da(
    a: Arithmetic, var: Any, gradient_accumulator: Any, gradient_squared_accumulator: Any,
    grad: Any, lr: Any, l1: Any, l2: Any, global_step: Any,
) -> tuple[Any, ...]:  # fmt: skip
    """Dual averaging: var from the sums of all gradients and of their squares."""
    step = a.as_type_of(global_step, grad)
    total = gradient_accumulator + grad
    squares = gradient_squared_accumulator + grad * grad
    shrunk = a.sign(total) * a.positive(a.absolute(total) - l1 * step)
    return -(shrunk * lr) / (l2 * step * lr + a.sqrt(squares)), total, squares


def ftrl(
    a: Arithmetic, var: Any, accum: Any, linear: Any, grad: Any, lr: Any, l1: Any, l2: Any,
    lr_power: Any,
) -> tuple[Any, ...]:  # fmt: skip
    """Follow the regularized leader."""
    return _ftrl(a, (var, accum, linear), (grad, grad), lr, (l1, l2), lr_power)


def ftrl_v2(
    a: Arithmetic, var: Any, accum: Any, linear: Any, grad: Any, lr: Any, l1: Any, l2: Any,
    l2_shrinkage: Any, lr_power: Any,
) -> tuple[Any, ...]:  # fmt: skip
    """Follow the regularized leader; the gradient of a further penalty enters `linear` alone."""
    shrinking = grad + 2 * l2_shrinkage * var
    return _ftrl(a, (var, accum, linear), (grad, shrinking), lr, (l1, l2), lr_power)


def _ftrl(
    a: Arithmetic, held: tuple[Any, Any, Any], grads: tuple[Any, Any], lr: Any,
    penalties: tuple[Any, Any], lr_power: Any,
) -> tuple[Any, ...]:  # fmt: skip
    var, accum, linear = held
    grad, linear_grad = grads
    l1, l2 = penalties
    squares = accum + grad * grad
    weight = a.power(squares, -lr_power)
    moved = linear + (linear_grad - (weight - a.power(accum, -lr_power)) / lr * var)
    shrunk = (l1 * a.sign(moved) - moved) / (weight / lr + 2 * l2)
    return a.where_above(a.absolute(moved), l1, shrunk), squares, moved


def proximal_gradient_descent(
    a: Arithmetic, var: Any, alpha: Any, l1: Any, l2: Any, delta: Any
) -> tuple[Any, ...]:
    """var -= alpha * delta, then towards zero by both penalties."""
    return (_proximal(a, var - alpha * delta, alpha, l1, l2),)


def proximal_adagrad(
    a: Arithmetic, var: Any, accum: Any, lr: Any, l1: Any, l2: Any, grad: Any
) -> tuple[Any, ...]:
    """As adagrad, then towards zero by both penalties."""
    squares = accum + grad * grad
    rate = lr * a.rsqrt(squares)
    return _proximal(a, var - grad * rate, rate, l1, l2), squares


def _proximal(a: Arithmetic, moved: Any, rate: Any, l1: Any, l2: Any) -> Any:
    return a.sign(moved) * a.positive(a.absolute(moved) - rate * l1) / (1 + l2 * rate)
