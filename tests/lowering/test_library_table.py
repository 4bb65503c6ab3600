"""The table of the library's lowerings: every name leads to a function, every op to a name."""

from __future__ import annotations

from importlib import import_module

import pytest

from jitgraph.lowering.library.table import LOWERINGS
from jitgraph.ops.registry import REGISTRY


@pytest.mark.parametrize("name", LOWERINGS)
def test_a_name_leads_to_a_function(name: str) -> None:
    lowering = LOWERINGS[name]
    module = import_module(f"jitgraph.lowering.library.{lowering.module}")
    assert callable(getattr(module, lowering.function))


def test_ops_name_what_is_there() -> None:
    given = [op.library for op in REGISTRY.values() if op.library is not None]
    named = {
        name for each in given for name in ([each] if isinstance(each, str) else each.values())
    }
    assert named <= set(LOWERINGS)
