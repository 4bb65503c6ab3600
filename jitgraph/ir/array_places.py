"""Which elements of tensor arrays were written and read, as far as that is known before a run.

In: operations on arrays in order, with indices that are constants, outside loops and branches. Out:
TensorFlow's errors for elements that are written twice, read before they are written, or read
again after they were cleared. What happens in loops and branches is not followed.
"""

from __future__ import annotations

from collections.abc import Iterable

from jitgraph import errors
from jitgraph.graph import Operation
from jitgraph.ir.array_keys import ArrayKey

_WRITTEN, _READ, _CLEARED = "written", "read", "cleared"


class Places:
    """What was done with each element."""

    def __init__(self) -> None:
        self._of: dict[ArrayKey, dict[int, str] | None] = {}

    def forget(self, key: ArrayKey) -> None:
        """From now on nothing is known of an array."""
        self._of[key] = None

    def write(self, op: Operation, key: ArrayKey, indices: Iterable[int]) -> None:
        """Notes that elements are written.

        Raises:
          errors.InvalidArgumentError: one was written or read before.
        """
        places = self._of.setdefault(key, {})
        if places is None:
            return
        for index in indices:
            before = places.get(index)
            if before is not None:
                what = "written to" if before == _WRITTEN else "read"
                raise _refused(
                    op,
                    f"TensorArray {key.name}: Could not write to TensorArray index {index} "
                    f"because it has already been {what}.",
                )
            places[index] = _WRITTEN

    def read(self, op: Operation, key: ArrayKey, indices: Iterable[int]) -> None:
        """Notes that elements are read.

        Raises:
          errors.InvalidArgumentError: one was not written, or is gone.
        """
        places = self._of.setdefault(key, {})
        if places is None:
            return
        clears = key.maker._attrs["clear_after_read"]
        declared = key.maker._attrs["element_shape"].is_fully_defined()
        for index in dict.fromkeys(indices):
            before = places.get(index)
            if before == _CLEARED:
                raise _refused(
                    op,
                    f"TensorArray {key.name}: Could not read index {index} twice because it was "
                    "cleared after a previous read (perhaps try setting clear_after_read = "
                    "false?).",
                )
            if before is None and not declared:
                raise unwritten(op, key, f"index {index}")
            places[index] = _CLEARED if clears else _READ


def unwritten(op: Operation, key: ArrayKey, which: str) -> errors.InvalidArgumentError:
    """The error of a read of an element that was not written."""
    return _refused(
        op,
        f"TensorArray {key.name}: Could not read from TensorArray {which}.  Furthermore, the "
        "element shape is not fully defined: <unknown>.  It is possible you are working with a "
        "resizeable TensorArray and stop_gradients is not allowing the gradients to be written.  "
        "If you set the full element_shape property on the forward TensorArray, the proper "
        "all-zeros tensor will be returned instead of incurring this error.",
    )


def _refused(op: Operation, text: str) -> errors.InvalidArgumentError:
    return errors.InvalidArgumentError(None, op, errors.message_with_origin(text, op))
