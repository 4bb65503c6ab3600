"""Runs one instruction by its op's reference on NumPy arrays.

In: an instruction and its inputs as arrays. Out: its outputs, coerced to the declared dtypes.
Constant folding, the interpreter and host steps all compute through this one function.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph.ir.program import Instr
from jitgraph.ops.partial_value import group_inputs


def run_reference(instr: Instr, inputs: list[Any], function: Any = None) -> list[np.ndarray]:
    """The outputs of an instruction by its op's reference, or another function that is as good."""
    grouped = group_inputs(instr.definition, instr.attrs, inputs)
    reference: Any = function or instr.definition.reference
    if reference is None:
        raise NotImplementedError(f"{instr.name} has no reference")
    with np.errstate(all="ignore"):
        result = reference(*grouped, **instr.keywords())
    single = len(instr.outputs) == 1
    outputs = [result] if single and not _is_single(result) else list(result)
    return [
        np.asarray(array, value.type.dtype.as_numpy_dtype)
        for array, value in zip(outputs, instr.outputs, strict=True)
    ]


def _is_single(result: Any) -> bool:
    """Whether a reference of one output gave it as a sequence of one."""
    return isinstance(result, tuple) and len(result) == 1
