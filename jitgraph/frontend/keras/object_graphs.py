"""The graph of objects in TensorFlow's checkpoints of models: which layer holds which value.

In: the keys of a checkpoint, `layer_with_weights-0/kernel/.ATTRIBUTES/VARIABLE_VALUE`, and the
variables' names. Out: the bytes of a TrackableObjectGraph (TensorFlow's
trackable_object_graph.proto), without which TensorFlow does not find the values.
"""

from __future__ import annotations

from collections.abc import Mapping

from jitgraph.checkpoint.varint import varint

KEY = "_CHECKPOINTABLE_OBJECT_GRAPH"


def object_graph(names: Mapping[str, str]) -> bytes:
    """The encoded graph: a root, its layers, their variables.

    Args:
      names: for each key the name of its variable.
    """
    layers: dict[str, list[tuple[str, str]]] = {}
    for key in names:
        layer, variable = key.split("/")[:2]
        layers.setdefault(layer, []).append((variable, key))
    nodes: list[bytes] = [b""]
    children = []
    for layer, variables in layers.items():
        place = len(nodes)
        children.append(_child(place, layer))
        first = place + 1
        nodes.append(b"".join(_child(first + n, each) for n, (each, _) in enumerate(variables)))
        nodes.extend(_attribute(names[key], key) for _, key in variables)
    nodes[0] = b"".join(children)
    return b"".join(_field(1, node) for node in nodes)


def _field(number: int, content: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(content)) + content


def _child(place: int, name: str) -> bytes:
    return _field(1, varint(1 << 3) + varint(place) + _field(2, name.encode()))


def _attribute(name: str, key: str) -> bytes:
    fields = ("VARIABLE_VALUE", name, key)
    return _field(2, b"".join(_field(n, each.encode()) for n, each in enumerate(fields, 1)))
