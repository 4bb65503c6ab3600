"""Stage lowering, leaf: the element types that kernels load and store.

In: a dtype name. Out: how its elements lie in memory and which type a kernel computes in.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Element:
    """One dtype as kernels see it.

    `computed` names the type of a loaded value: float16 and bfloat16 are computed in float32.
    """

    name: str
    kind: str
    bits: int
    computed: str

    @property
    def minimum(self) -> int:
        """The least value of an integer element."""
        return -(1 << (self.bits - 1)) if self.kind == "int" else 0

    @property
    def maximum(self) -> int:
        """The greatest value of an integer element."""
        return (1 << (self.bits - 1 if self.kind == "int" else self.bits)) - 1


ELEMENTS = {
    element.name: element
    for element in (
        *(Element(f"int{bits}", "int", bits, f"int{bits}") for bits in (8, 16, 32, 64)),
        *(Element(f"uint{bits}", "uint", bits, f"uint{bits}") for bits in (8, 16, 32, 64)),
        Element("float16", "float", 16, "float32"),
        Element("bfloat16", "float", 16, "float32"),
        Element("float32", "float", 32, "float32"),
        Element("float64", "float", 64, "float64"),
        Element("bool", "bool", 8, "bool"),
        Element("complex64", "complex", 64, "complex64"),
        Element("complex128", "complex", 128, "complex128"),
    )
}
