"""The library's lowerings by the name that an op gives in its definition."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jitgraph.lowering.library.matmul import matmul_steps

LOWERINGS: dict[str, Callable[..., list[Any]]] = {
    "matmul": matmul_steps,
}
