"""What an op on the host leaves to a kernel: the last part of its work, on arrays.

In: a pure op, arrays, attributes. Out: what a reference may give instead of an array; a run
computes it natively, of any sizes with one kernel.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from jitgraph.ops.definition import OpDef


@dataclass(frozen=True)
class Deferred:
    """An array that is yet to be computed.

    Attributes:
      definition: the op that computes it, of one output.
      inputs: the arrays that it takes.
      attrs: the op's attributes.
    """

    definition: OpDef
    inputs: tuple[np.ndarray, ...]
    attrs: Mapping[str, Any]

    @property
    def key(self) -> tuple[Any, ...]:
        """What one program serves: all sizes, not all dtypes, ranks and attributes."""
        kinds = tuple((each.dtype, each.ndim) for each in self.inputs)
        return self.definition, kinds, tuple(sorted(self.attrs.items()))

    def computed(self) -> np.ndarray:
        """The array, by the op's reference."""
        reference: Any = self.definition.reference
        return np.asarray(reference(*self.inputs, **self.attrs))
