"""Stage runtime: what computes an op on the host: its reference, or something faster.

In: an op's definition. Out: a function of the same arguments.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any

from jitgraph.ops.definition import OpDef

_FASTER = {"parse_examples": "jitgraph.runtime.example_parsing"}
"""The module that has the function of this name; it gives None for what it leaves to others."""


@cache
def host_function(definition: OpDef) -> Callable[..., Any]:
    """What computes an op."""
    reference: Any = definition.reference
    if definition.faster is None:
        return reference  # type: ignore[no-any-return]
    faster = getattr(import_module(_FASTER[definition.faster]), definition.faster)

    def computed(*inputs: Any, **attrs: Any) -> Any:
        found = faster(*inputs, **attrs)
        return reference(*inputs, **attrs) if found is None else found

    return computed
