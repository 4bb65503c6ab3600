"""Tensor arrays and stacks as parts of a run's state: what stands for their contents.

In: the operation that makes an array. Out: keys, used where variables are told by their operations.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jitgraph import dtypes
from jitgraph.dtypes import DType
from jitgraph.graph import Operation

TOP = "top"


@dataclass(frozen=True)
class ArrayKey:
    """Stands for the contents of an array [size, *element], or for what belongs to it.

    Attributes:
      maker: the operation that makes it.
      source: for an array of gradients which, empty for the array itself.
      gradient_of: the array whose gradients it holds.
      part: "" for the contents; "top": how many elements of a stack's contents are in use.
    """

    maker: Operation
    source: str = ""
    part: str = ""
    gradient_of: ArrayKey | None = None

    @property
    def _id(self) -> int:
        return self.maker._id

    @property
    def name(self) -> str:
        """Unique among all keys and variables of a graph."""
        return "/".join(filter(None, (self.maker.name, self.source, self.part)))

    @property
    def _name(self) -> str:
        return self.name

    @property
    def definition(self) -> Any:
        """The maker's."""
        return self.maker.definition

    @property
    def dtype(self) -> DType:
        """The elements' dtype."""
        if self.part == TOP:
            return dtypes.int32
        name = "elem_type" if self.is_stack else "dtype"
        found: DType = self.maker._attrs[name]
        return found.base_dtype

    @property
    def is_stack(self) -> bool:
        """Whether it is a stack's."""
        return bool(self.definition.array == "stack")

    @property
    def top(self) -> ArrayKey:
        """What stands for the number of a stack's elements."""
        return ArrayKey(self.maker, self.source, TOP)

    @property
    def base(self) -> ArrayKey:
        """For an array of gradients the array that they belong to."""
        return self.gradient_of or self

    def gradients(self, source: str) -> ArrayKey:
        """What stands for the array of gradients of that source."""
        name = f"{self.source}/{source}" if self.source else source
        return ArrayKey(self.maker, name, gradient_of=self)


def touched_keys(op: Operation, owner: dict[Any, Any]) -> tuple[set[Any], set[Any]]:
    """(used, written) keys of an operation on an array; notes whom a handle belongs to.

    Args:
      op: an operation whose definition says what it does with an array.
      owner: for each handle known its key; gets what the operation makes.
    """
    definition: Any = op.definition
    does = definition.array
    if does in ("make", "stack"):
        owner[op._outputs[0]] = ArrayKey(op)
        return set(), set()
    key = owner.get(op._inputs[0])
    if key is None:
        return set(), set()
    if does == "grad":
        owner[op._outputs[0]] = key.gradients(op._attrs["source"])
        return {key, owner[op._outputs[0]]}, set()
    if does in ("push", "pop") and key.dtype is dtypes.resource:
        if does == "push" and op._inputs[1] in owner:
            owner[key] = owner[op._inputs[1]]
        elif does == "pop" and key in owner:
            owner[op._outputs[0]] = owner[key]
        return set(), set()
    if does in ("push", "pop"):
        return {key, key.top}, {key, key.top}
    return {key}, {key} if does in ("write", "scatter", "split") else set()
