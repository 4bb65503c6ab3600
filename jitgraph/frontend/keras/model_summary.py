"""A model's layers as a table. In: a model. Out: lines of text, as Keras prints them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from jitgraph.frontend.keras.input_layer import InputLayer
from jitgraph.frontend.keras.sequential import Sequential


def print_summary(
    model: Any, line_length: int | None, positions: Any, print_fn: Callable[[str], Any] | None
) -> None:
    """Prints the table.

    Args:
      model: a model that has its variables.
      line_length: the width; 65, or 98 for models that are no chain.
      positions: where columns end: shares of the width, or columns.
      print_fn: what prints a line; `print` if None.
    """
    show = print_fn or print
    is_chain = _is_chain(model)
    width = line_length or (65 if is_chain else 98)
    places = list(positions or ([0.45, 0.85, 1.0] if is_chain else [0.33, 0.55, 0.67, 1.0]))
    if places[-1] <= 1:
        places = [int(width * each) for each in places]
    head = ["Layer (type)", "Output Shape", "Param #"]
    show(f'Model: "{model.name}"')
    show("_" * width)
    show(_row(head if is_chain else [*head, "Connected to"], places))
    show("=" * width)
    layers = model.layers
    for number, layer in enumerate(layers):
        fields = [
            f"{layer.name} ({type(layer).__name__})",
            _shape_text(model, layer),
            layer_params(layer),
        ]
        if is_chain:
            show(_row(fields, places))
        else:
            sources = _sources(model, layer)
            show(_row([*fields, sources[0] if sources else ""], places))
            for each in sources[1:]:
                show(_row(["", "", "", each], places))
        show(("=" if number == len(layers) - 1 else "_") * width)
    trainable = _count(model.trainable_weights)
    rest = _count(model.non_trainable_weights)
    show(f"Total params: {trainable + rest:,}")
    show(f"Trainable params: {trainable:,}")
    show(f"Non-trainable params: {rest:,}")
    show("_" * width)


def layer_params(layer: Any) -> int:
    """How many numbers a layer holds; 0 before it has any."""
    return layer.count_params() if layer.built else 0


def _row(fields: list[Any], places: list[int]) -> str:
    line = ""
    for number, field in enumerate(fields):
        if number > 0:
            line = line[:-1] + " "
        line = (line + str(field))[: places[number]]
        line += " " * (places[number] - len(line))
    return line


def _count(weights: list[Any]) -> int:
    return sum(int(np.prod(each.get_shape().as_list())) for each in weights)


def _shape_text(model: Any, layer: Any) -> str:
    if getattr(model, "is_late", False):
        return "multiple"  # as TensorFlow says of models that data gave their shapes
    try:
        found = layer.output_shape
    except AttributeError:
        return "multiple"
    return str([found] if isinstance(layer, InputLayer) else found)


def _is_chain(model: Any) -> bool:
    if isinstance(model, Sequential) or not model.is_connected:
        return True
    counts: dict[int, int] = {}
    for node in model._nodes:
        if len(node.inputs) > 1:
            return False
        counts[id(node.layer)] = counts.get(id(node.layer), 0) + 1
        for each in node.inputs:
            counts[id(each)] = counts.get(id(each), 0) + 1
    return all(count == 1 for count in counts.values())


def _sources(model: Any, layer: Any) -> list[str]:
    found = []
    for node in model._nodes:
        if node.layer is layer:
            for each in node.inputs:
                history = getattr(each, "_keras_history", None)
                if history is not None:
                    number = history.layer.inbound_nodes.index(history)
                    found.append(f"{history.layer.name}[{number}][0]")
    return found
