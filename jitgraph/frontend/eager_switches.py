"""The switches between TensorFlow 1's and 2's behaviour: here there is only TensorFlow 1's.

In: calls that programs for both make. Out: nothing; asking for eager execution is an error.
"""

from __future__ import annotations


def executing_eagerly() -> bool:
    """Whether ops run at once when called: never."""
    return False


def enable_eager_execution(*_: object, **__: object) -> None:
    """Raises: programs are graphs here.

    Raises:
      ValueError: always.
    """
    raise ValueError("Eager execution is not supported: build a graph and run it in a session.")


def enable_v2_behavior() -> None:
    """Raises: only the behaviour of TensorFlow 1 is there.

    Raises:
      ValueError: always.
    """
    raise ValueError("TensorFlow 2 behavior is not supported: build a graph and run it.")


def disable_eager_execution() -> None:
    """Does nothing: ops never run at once."""


def disable_v2_behavior() -> None:
    """Does nothing: the behaviour is TensorFlow 1's."""


def disable_v2_tensorshape() -> None:
    """Does nothing: `TensorShape` holds `Dimension`s."""


def disable_tensor_equality() -> None:
    """Does nothing: tensors are compared by identity."""


def disable_resource_variables() -> None:
    """Does nothing: variables are references."""


def disable_control_flow_v2() -> None:
    """Does nothing: control flow is TensorFlow 1's."""
