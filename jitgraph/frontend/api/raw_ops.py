"""tf.raw_ops: every op by its type name, called with keywords: `tf.raw_ops.Add(x=1, y=2)`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jitgraph.ops.apply import apply
from jitgraph.ops.definition import OpDef
from jitgraph.ops.registry import REGISTRY


def __getattr__(name: str) -> Callable[..., Any]:
    definition = REGISTRY.get(name)
    if definition is None:
        raise AttributeError(f"module 'jitgraph.raw_ops' has no attribute '{name}'")
    return _function(definition)


def _function(definition: OpDef) -> Callable[..., Any]:
    inputs = [arg.name for arg in definition.inputs]
    known = {*inputs, *definition.attrs, *definition.type_attrs}

    def raw_op(*, name: str | None = None, **given: Any) -> Any:
        missing = [each for each in inputs if each not in given]
        unknown = sorted(set(given) - known)
        if missing or unknown:
            wrong = f"needs {', '.join(missing)}" if missing else f"has no {', '.join(unknown)}"
            raise TypeError(f"{definition.name} {wrong}: {definition.signature}")
        attrs = {key: value for key, value in given.items() if key not in inputs}
        return apply(definition, [given[each] for each in inputs], attrs, name)

    raw_op.__name__ = definition.name
    raw_op.__doc__ = f"{definition.name}: {definition.signature}"
    return raw_op
