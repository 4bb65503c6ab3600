"""Kullback-Leibler divergences: functions registered for pairs of distributions.

In: two distributions. Out: how much the second says less of the first, in nats.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jitgraph.graph import Tensor, control_dependencies, name_scope

_REGISTERED: dict[tuple[type, type], Callable[..., Any]] = {}


class RegisterKL:
    """Registers a function as the divergence of two classes of distributions.

    Args:
      dist_cls_a, dist_cls_b: the classes.

    Raises:
      TypeError: what it decorates isn't callable.
      ValueError: a function is registered for the two already.

    Example:
      >>> @tf.distributions.RegisterKL(MyNormal, MyNormal)
      ... def divergence(a, b, name=None): ...
    """

    def __init__(self, dist_cls_a: type, dist_cls_b: type) -> None:
        self._key = (dist_cls_a, dist_cls_b)

    def __call__(self, kl_fn: Callable[..., Any]) -> Callable[..., Any]:
        if not callable(kl_fn):
            raise TypeError(f"kl_fn must be callable, received: {kl_fn}")
        if self._key in _REGISTERED:
            first, second = (kind.__name__ for kind in self._key)
            raise ValueError(f"KL({first} || {second}) has already been registered to: {kl_fn}")
        _REGISTERED[self._key] = kl_fn
        return kl_fn


def _nearest(first: type, second: type) -> Callable[..., Any] | None:
    """The function of the nearest two classes that these are derived from."""
    pairs = [
        (far_a + far_b, number, _REGISTERED[a, b])
        for far_a, a in enumerate(first.__mro__)
        for far_b, b in enumerate(second.__mro__)
        for number in (far_a,)
        if (a, b) in _REGISTERED
    ]
    return min(pairs, key=lambda pair: pair[:2])[2] if pairs else None


def kl_divergence(
    distribution_a: Any, distribution_b: Any, allow_nan_stats: bool = True, name: str | None = None
) -> Tensor:
    """The Kullback-Leibler divergence of two distributions.

    Args:
      distribution_a, distribution_b: the distributions.
      allow_nan_stats: whether it may be NaN; else that fails the run.
      name: the ops' name scope.

    Raises:
      NotImplementedError: none is registered for their classes.

    Example:
      >>> a, b = tf.distributions.Normal(0.0, 1.0), tf.distributions.Normal(1.0, 1.0)
      >>> tf.distributions.kl_divergence(a, b).dtype
      tf.float32
    """
    from jitgraph.frontend.assertions import Assert
    from jitgraph.ops.elementwise_rounding import is_nan
    from jitgraph.ops.identities import identity
    from jitgraph.ops.logical import logical_not
    from jitgraph.ops.reductions import reduce_any

    first, second = type(distribution_a), type(distribution_b)
    found = _nearest(first, second)
    if found is None:
        raise NotImplementedError(
            "No KL(distribution_a || distribution_b) registered for distribution_a type "
            f"{first.__name__} and distribution_b type {second.__name__}"
        )
    with name_scope("KullbackLeibler"):
        divergence = found(distribution_a, distribution_b, name=name)
        if allow_nan_stats:
            return divergence  # type: ignore[no-any-return]
        divergence = identity(divergence, name="kl")
        said = (
            f"KL calculation between {distribution_a.name} and {distribution_b.name} returned "
            "NaN values (and was called with allow_nan_stats=False). Values:"
        )
        is_number = logical_not(reduce_any(is_nan(divergence)))
        with control_dependencies([Assert(is_number, [said, divergence])]):
            return identity(divergence, name="checked_kl")


def cross_entropy(ref: Any, other: Any, allow_nan_stats: bool = True, name: Any = None) -> Tensor:
    """The cross entropy of two distributions: the first one's entropy and the divergence.

    Args:
      ref, other: the distributions.
      allow_nan_stats, name: as in `kl_divergence`.
    """
    with name_scope(name, "cross_entropy"):
        entropy = ref.entropy()
        found: Tensor = entropy + kl_divergence(ref, other, allow_nan_stats=allow_nan_stats)
        return found
