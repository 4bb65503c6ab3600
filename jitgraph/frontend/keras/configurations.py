"""Layers and models as configurations: dicts that JSON can hold, and back.

In: a layer or model. Out: its class's name and the arguments by which it can be made again; or the
other way.
"""

from __future__ import annotations

import inspect
import json
from importlib import import_module
from typing import Any

_PLAIN = (str, int, float, bool, type(None))


def layer_config(layer: Any) -> dict[str, Any]:
    """The arguments of a layer, by name, and its name."""
    args, kwargs = layer._arguments
    names = _argument_names(type(layer))
    given = {**dict(zip(names, args, strict=False)), **kwargs}
    given.pop("weights", None)
    config = {"name": layer.name, "trainable": layer.trainable}
    if layer._batch_input_shape is not None and not {"input_shape", "input_dim"} & set(given):
        config["batch_input_shape"] = list(layer._batch_input_shape)
    return {**config, **{name: _plain(value) for name, value in given.items()}, **config}


def _argument_names(kind: type) -> list[str]:
    """The names of a class's positional arguments, of the first base that names them."""
    for base in kind.__mro__:
        if "__init__" not in vars(base):
            continue
        parameters = list(inspect.signature(base.__init__).parameters.values())[1:]  # type: ignore[misc]
        if all(each.kind is not inspect.Parameter.VAR_POSITIONAL for each in parameters):
            return [each.name for each in parameters]
        named = [each.name for each in parameters if each.kind is each.POSITIONAL_OR_KEYWORD]
        if named:
            rest = _argument_names(kind.__mro__[kind.__mro__.index(base) + 1])
            return [*named, *rest[len(named) :]]
    return []


def _plain(value: Any) -> Any:
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, type):
        return value.__name__
    if hasattr(value, "get_config"):
        config = {key: _plain(each) for key, each in value.get_config().items()}
        return {"class_name": _public_name(value), "config": config}
    if hasattr(value, "as_list"):
        return value.as_list()
    if callable(value) and hasattr(value, "__name__"):
        return value.__name__
    return value.item() if hasattr(value, "item") else value


def _public_name(value: Any) -> str:
    return "Layer" if type(value).__name__ == "KerasLayer" else type(value).__name__


def _class_named(name: str, custom: Any) -> Any:
    if custom and name in custom:
        return custom[name]
    layers = import_module("jitgraph.frontend.api.keras_layers")
    models = import_module("jitgraph.frontend.api.keras_models")
    for module in (models, layers):
        if hasattr(module, name):
            return getattr(module, name)
    raise ValueError(f"Unknown layer: {name}")


def layer_of(description: dict[str, Any], custom: Any = None) -> Any:
    """The layer of {"class_name": ..., "config": {...}}.

    Raises:
      ValueError: a class that is neither Keras's nor in `custom`.
    """
    name = description["class_name"]
    if name in ("Sequential", "Model"):
        return model_of(description, custom)
    kind = _class_named(name, custom)
    config = dict(description["config"])
    for key, value in config.items():
        if isinstance(value, dict) and key in ("layer", "cell"):
            config[key] = layer_of(value, custom)
    trainable = config.pop("trainable", True)
    made = kind.from_config(config)
    made.trainable = trainable
    return made


def model_config(model: Any) -> dict[str, Any]:
    """The architecture of a model."""
    from jitgraph.frontend.keras.sequential import Sequential

    if isinstance(model, Sequential):
        layers: list[Any] = [
            {"class_name": _public_name(each), "config": each.get_config()} for each in model.layers
        ]
        shape = model.inputs[0].get_shape().as_list() if model.is_connected else None
        if shape is not None and layers:
            layers[0]["config"].setdefault("batch_input_shape", shape)
        config: dict[str, Any] = {"name": model.name, "layers": layers}
    else:
        config = _functional_config(model)
    return {"class_name": type(model).__name__, "config": config, "backend": "tensorflow"}


def _functional_config(model: Any) -> dict[str, Any]:
    from jitgraph.frontend.keras.input_layer import InputLayer
    from jitgraph.frontend.structures import flatten

    if not model.is_connected:
        raise NotImplementedError("a model with a `call` of its own has no configuration")
    places: dict[int, list[Any]] = {}
    counts: dict[str, int] = {}
    layers: dict[str, dict[str, Any]] = {}
    for node in model._nodes:
        layer = node.layer
        number = counts.get(layer.name, 0)
        counts[layer.name] = number + 1
        for index, each in enumerate(flatten(node.outputs)):
            places[id(each)] = [layer.name, number, index]
        described = layers.setdefault(
            layer.name,
            {
                "name": layer.name,
                "class_name": _public_name(layer),
                "config": layer.get_config(),
                "inbound_nodes": [],
            },
        )
        if not isinstance(layer, InputLayer):
            found = [[*places[id(each)], {}] for each in node.inputs]
            described["inbound_nodes"].append(found)
    return {
        "name": model.name,
        "layers": list(layers.values()),
        "input_layers": [places[id(each)] for each in model.inputs],
        "output_layers": [places[id(each)] for each in model.outputs],
    }


def model_of(description: dict[str, Any], custom: Any = None) -> Any:
    """The model of an architecture.

    Raises:
      ValueError: a layer that is not known.
    """
    from jitgraph.frontend.keras.model import Model
    from jitgraph.frontend.keras.sequential import Sequential

    config = description["config"]
    if description["class_name"] == "Sequential":
        layers: list[Any] = [layer_of(each, custom) for each in config["layers"]]
        return Sequential(layers, name=config.get("name"))
    made: dict[tuple[str, int], Any] = {}
    for each in config["layers"]:
        layer = layer_of(each, custom)
        if not each["inbound_nodes"]:
            made[each["name"], 0] = layer.output
        for number, sources in enumerate(each["inbound_nodes"]):
            given = [_nth(made[name, at], index) for name, at, index, _ in sources]
            made[each["name"], number] = layer(given if len(given) > 1 else given[0])
    inputs, outputs = (
        [_nth(made[name, at], index) for name, at, index in config[key]]
        for key in ("input_layers", "output_layers")
    )
    one = lambda found: found[0] if len(found) == 1 else found  # noqa: E731
    return Model(one(inputs), one(outputs), name=config.get("name"))


def _nth(outputs: Any, index: int) -> Any:
    return outputs[index] if isinstance(outputs, (list, tuple)) else outputs


def model_from_json(json_string: str, custom_objects: Any = None) -> Any:
    """The model whose `to_json` gave a text.

    Args:
      json_string: the text.
      custom_objects: classes by name, beside Keras's own.
    """
    return model_of(json.loads(json_string), custom_objects)


def model_from_config(config: dict[str, Any], custom_objects: Any = None) -> Any:
    """The model of {"class_name": ..., "config": ...}."""
    return model_of(config, custom_objects)


def clone_model(model: Any, input_tensors: Any = None, clone_function: Any = None) -> Any:
    """A model of the same architecture, with variables of its own.

    Args:
      model: a Sequential or a Model.
      input_tensors, clone_function: not supported.
    """
    if input_tensors is not None or clone_function is not None:
        raise NotImplementedError("clone_model takes a model only")
    return model_of(model_config(model))
