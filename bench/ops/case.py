"""A case and what it is fed. Imports NumPy alone: the peer's environment reads it, too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

Build = Callable[..., Any]


class Case(NamedTuple):
    """What is timed: `build(tf, *placeholders)`, fed these arrays."""

    name: str
    build: Build
    feeds: tuple[np.ndarray, ...]
    is_random: bool = False


def normal(*shape: int) -> np.ndarray:
    """Normal numbers, float32."""
    return np.random.RandomState(len(shape)).randn(*shape).astype(np.float32)


def whole(top: int, *shape: int) -> np.ndarray:
    """Whole numbers from 0 to below `top`, int32."""
    return np.random.RandomState(top).randint(0, top, shape).astype(np.int32)


def gradient_of(case: Case) -> Case:
    """The case of the gradients for all that is fed and floating."""

    def build(tf: Any, *given: Any) -> Any:
        found = tf.gradients(case.build(tf, *given), [t for t in given if t.dtype.is_floating])
        return [tf.convert_to_tensor(each) for each in found if each is not None]

    return case._replace(name=f"{case.name}, gradient", build=build)
