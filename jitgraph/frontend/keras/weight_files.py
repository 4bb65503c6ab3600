"""Weights of models in files: TensorFlow's checkpoints, and HDF5 where h5py is installed.

In: a model and a path. Out: the file; or the model with its values.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from jitgraph.checkpoint.tensor_bundle import BundleReader, checkpoint_exists, write_bundle
from jitgraph.errors import NotFoundError
from jitgraph.frontend.keras.graph_state import get_session
from jitgraph.frontend.keras.input_layer import InputLayer
from jitgraph.frontend.keras.object_graphs import KEY as OBJECT_GRAPH, object_graph

_H5 = (".h5", ".keras", ".hdf5")
_VALUE = "/.ATTRIBUTES/VARIABLE_VALUE"


def is_h5(path: str, save_format: str | None = None) -> bool:
    """Whether a file is HDF5, by its format or its name.

    Raises:
      ValueError: an unknown format.
    """
    if save_format is None:
        return path.endswith(_H5)
    if save_format in ("h5", "hdf5", "keras"):
        return True
    if save_format not in ("tf", "tensorflow"):
        raise ValueError(f'Unknown format "{save_format}". Was expecting one of {{"tf", "h5"}}.')
    return False


def save_weights(model: Any, path: str, save_format: str | None = None) -> None:
    """Writes a model's weights.

    Raises:
      ImportError: an HDF5 file without h5py.
    """
    if is_h5(path, save_format):
        with _h5py().File(path, "w") as file:
            _write_h5(file, model)
        return
    weights = _keys(model)
    session = get_session(model.own_graph)
    values = session.run(list(weights.values()))
    graph = object_graph({key: weight.op.name for key, weight in weights.items()})
    held = dict(zip(weights, values, strict=True))
    write_bundle(path, {**held, OBJECT_GRAPH: np.array(graph, object)})
    name = Path(path).name
    text = f'model_checkpoint_path: "{name}"\nall_model_checkpoint_paths: "{name}"\n'
    (Path(path).parent / "checkpoint").write_text(text, encoding="utf-8")


def load_weights(model: Any, path: str, by_name: bool = False) -> None:
    """Reads a model's weights.

    Raises:
      NotFoundError: there is no such file.
      ValueError: weights of other shapes, or of another number.
      ImportError: an HDF5 file without h5py.
    """
    if is_h5(path):
        with _h5py().File(path, "r") as file:
            _read_h5(file.get("model_weights", file), model, by_name)
        return
    if not checkpoint_exists(path):
        raise NotFoundError(
            None,
            None,
            f"Unsuccessful TensorSliceReader constructor: Failed to find any matching files for "
            f"{path}",
        )
    reader = BundleReader(path)
    session = get_session(model.own_graph)
    for key, variable in _keys(model).items():
        variable.load(_fitting(reader.read(key), variable, key), session)


def _fitting(value: np.ndarray, variable: Any, name: str) -> np.ndarray:
    shape = tuple(variable.get_shape().as_list())
    if value.shape != shape:
        raise ValueError(
            f"Tensor's shape {value.shape} is not compatible with supplied shape {shape} ({name})"
        )
    return value


def _keys(model: Any) -> dict[str, Any]:
    """The variables by the names that TensorFlow's checkpoints of objects give them."""
    layers = [each for each in model.layers if not isinstance(each, InputLayer) and each.weights]
    found = {}
    for number, layer in enumerate(layers):
        for weight in layer.weights:
            own = weight.op.name.split("/")[-1]
            key = f"layer_with_weights-{number}/{own}{_VALUE}"
            if key in found:
                key = f"layer_with_weights-{number}/{weight.op.name.replace('/', '.')}{_VALUE}"
            found[key] = weight
    return found


def _h5py() -> Any:
    try:
        import h5py  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        raise ImportError(
            "`save_weights` and `load_weights` of HDF5 files require h5py: install it, or use a "
            "path that does not end in .h5 for TensorFlow's format."
        ) from None
    return h5py


def _write_h5(group: Any, model: Any) -> None:
    session = get_session(model.own_graph)
    layers = list(model.layers)
    group.attrs["layer_names"] = [each.name.encode() for each in layers]
    group.attrs["backend"] = b"tensorflow"
    group.attrs["keras_version"] = b"2.2.4-tf"
    for layer in layers:
        own = group.create_group(layer.name)
        own.attrs["weight_names"] = [weight.name.encode() for weight in layer.weights]
        for weight in layer.weights:
            own[weight.name] = session.run(weight)


def _read_h5(group: Any, model: Any, by_name: bool) -> None:
    names = [_text(each) for each in group.attrs["layer_names"]]
    held = [each for each in names if len(group[each].attrs["weight_names"])]
    own = [each for each in model.layers if each.weights]
    if by_name:
        layers = {each.name: each for each in own}
        pairs = [(layers[name], name) for name in held if name in layers]
    elif len(held) != len(own):
        raise ValueError(
            f"You are trying to load a weight file containing {len(held)} layers into a model with "
            f"{len(own)} layers."
        )
    else:
        pairs = list(zip(own, held, strict=True))
    session = get_session(model.own_graph)
    for layer, name in pairs:
        stored = [group[name][_text(each)] for each in group[name].attrs["weight_names"]]
        if len(stored) != len(layer.weights):
            raise ValueError(
                f'Layer "{layer.name}" expects {len(layer.weights)} weights, but the saved weights '
                f"have {len(stored)} elements."
            )
        for weight, value in zip(layer.weights, stored, strict=True):
            weight.load(_fitting(np.asarray(value), weight, weight.name), session)


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def save_model(model: Any, filepath: Any, overwrite: bool = True, **_: Any) -> None:
    """Writes a model, its architecture and its weights, to an HDF5 file.

    Args:
      model: a Sequential or a functional Model.
      filepath: a name that ends in .h5.
      overwrite: whether a file that is there is replaced.

    Raises:
      ImportError: h5py is missing.
      NotImplementedError: another format.
    """
    from jitgraph.frontend.keras.configurations import model_config

    if not is_h5(str(filepath)):
        raise NotImplementedError(
            "Models are saved whole as HDF5 files only: give a name that ends in .h5, or use "
            "`save_weights`."
        )
    if Path(filepath).exists() and not overwrite:
        raise FileExistsError(f"{filepath} is there already, and `overwrite` is False.")
    with _h5py().File(str(filepath), "w") as file:
        file.attrs["model_config"] = json.dumps(model_config(model)).encode()
        file.attrs["backend"] = b"tensorflow"
        file.attrs["keras_version"] = b"2.2.4-tf"
        _write_h5(file.create_group("model_weights"), model)


def load_model(filepath: Any, custom_objects: Any = None, compile: bool = True) -> Any:
    """The model of an HDF5 file; it is not compiled.

    Args:
      filepath: the file.
      custom_objects: classes by name, beside Keras's own.
      compile: accepted for compatibility.

    Raises:
      ImportError: h5py is missing.
      ValueError: the file holds no model.
    """
    from jitgraph.frontend.keras.configurations import model_of

    with _h5py().File(str(filepath), "r") as file:
        if "model_config" not in file.attrs:
            raise ValueError("No model found in config file.")
        model = model_of(json.loads(_text(file.attrs["model_config"])), custom_objects)
        _read_h5(file["model_weights"], model, False)
    return model
