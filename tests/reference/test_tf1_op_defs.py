"""Every op definition has the signature and attributes that TensorFlow 1.15.5 registers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from recorded import HERE, load

from jitgraph.ops.registry import REGISTRY

OP_DEFS = load("op_defs")
NOT_OURS = {"qint8", "quint8", "qint16", "quint16", "qint32", "resource", "variant"}
USED = {
    op[1]
    for path in sorted(HERE.glob("names_*.json"))
    for case in load(path.stem)
    for op in case["ops"]
}

DEFINED = pytest.mark.parametrize("name", sorted(set(OP_DEFS) & set(REGISTRY)))


def attrs_of(name: str, *, types: bool) -> dict[str, dict[str, Any]]:
    derived = {arg.get("number_attr") for arg in OP_DEFS[name]["inputs"]}
    kinds = ("type", "list(type)")
    return {
        attr["name"]: attr
        for attr in OP_DEFS[name]["attrs"]
        if (attr["type"] in kinds) == types and attr["name"] not in derived
    }


def recorded_arg(arg: dict[str, Any]) -> tuple[Any, ...]:
    type_attr = arg.get("type_attr") or arg.get("type_list_attr")
    return (
        arg["name"],
        type_attr.lower() if type_attr else None,
        arg.get("type"),
        bool(arg.get("number_attr")),
        arg.get("is_ref", False),
        "type_list_attr" in arg,
    )


def defined_arg(arg: Any) -> tuple[Any, ...]:
    return (
        arg.name,
        arg.type_attr.lower() if arg.type_attr else None,
        arg.dtype.name if arg.dtype else None,
        bool(arg.number_attr),
        arg.is_ref,
        arg.is_type_list,
    )


@pytest.mark.parametrize("name", sorted(USED))
def test_needed_ops_are_defined(name: str) -> None:
    assert name in REGISTRY


def test_every_definition_is_a_tensorflow_op() -> None:
    users = {name for name, definition in REGISTRY.items() if not definition.internal}
    assert sorted(users - set(OP_DEFS)) == []


@DEFINED
def test_inputs_and_outputs(name: str) -> None:
    definition = REGISTRY[name]
    for side in ("inputs", "outputs"):
        got = [defined_arg(arg) for arg in getattr(definition, side)]
        assert got == [recorded_arg(arg) for arg in OP_DEFS[name][side]]


@DEFINED
def test_type_attributes(name: str) -> None:
    got = {key.lower(): attr for key, attr in REGISTRY[name].type_attrs.items()}
    for key, want in attrs_of(name, types=True).items():
        assert key.lower() in got
        allowed = set(want.get("allowed", ())) - NOT_OURS
        if allowed:
            assert {dtype.name for dtype in got[key.lower()].allowed} == allowed, key
        default = got[key.lower()].default
        told = default.name if default else None
        if "default" in want and want["type"].startswith("list"):
            told = plain(REGISTRY[name].attrs[key])
        assert told == want.get("default"), key


@DEFINED
def test_other_attributes(name: str) -> None:
    definition = REGISTRY[name]
    types = {key.lower() for key in definition.type_attrs}
    got = {key: value for key, value in definition.attrs.items() if key.lower() not in types}
    want = attrs_of(name, types=False)
    assert sorted(got) == sorted(want)
    for key, attr in want.items():
        if "default" in attr:
            assert plain(got[key]) == attr["default"], key


def plain(default: Any) -> Any:
    """A default as JSON has it: tuples as lists, shapes as lists of sizes, dtypes as names."""
    if isinstance(default, np.ndarray):
        return "tensor"
    if hasattr(default, "as_list"):
        return None if default.ndims is None else default.as_list()
    if isinstance(default, tuple):
        return list(default)
    return getattr(default, "name", default)
