"""Model: layers between inputs and outputs, one layer itself; what can be trained.

In: inputs and outputs that layers connect (or a subclass with a `call`). Out: an object that can
be called, compiled, fitted, evaluated and asked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jitgraph.frontend.keras.graph_state import unique_name
from jitgraph.frontend.keras.input_layer import InputLayer
from jitgraph.frontend.keras.layer import KerasLayer, Node
from jitgraph.frontend.keras.training import Trained
from jitgraph.frontend.layers.layer import _snake_case
from jitgraph.frontend.structures import flatten
from jitgraph.graph import Tensor, get_default_graph


class Model(Trained, KerasLayer):
    """Layers from inputs to outputs.

    Args:
      inputs: a tensor of `tf.keras.Input`, or a list of them.
      outputs: what layers made of them.
      name: its name.

    Raises:
      ValueError: outputs that need other inputs.

    Example:
      >>> x = tf.keras.Input((4,))
      >>> model = tf.keras.Model(x, tf.keras.layers.Dense(2)(x))
      >>> model.count_params()
      10
    """

    def __init__(
        self, inputs: Any = None, outputs: Any = None, name: str | None = None, **kwargs: Any
    ) -> None:
        KerasLayer.__init__(self, name=name, **kwargs)
        self._given_inputs: Any = None
        self._given_outputs: Any = None
        self._nodes: list[Node] = []
        self._layers: list[KerasLayer] = []
        self._reset_training()
        if inputs is not None:
            self._connect(inputs, outputs)

    def _set_name(self, name: Any) -> None:
        self._name = self._base_name = name or unique_name(_snake_case(type(self)))

    def _connect(self, inputs: Any, outputs: Any) -> None:
        self._given_inputs, self._given_outputs = inputs, outputs
        self._graph = flatten(outputs)[0].graph
        self._nodes = nodes_between(list(flatten(inputs)), list(flatten(outputs)))
        self._layers = _by_depth(self._nodes, list(flatten(outputs)))
        self.built = True

    # What it has

    def _sublayers(self) -> Any:
        yield from self._layers or super()._sublayers()

    @property
    def layers(self) -> list[KerasLayer]:
        """Its layers, those of the inputs first."""
        return list(self._layers or super()._sublayers())

    @property
    def is_connected(self) -> bool:
        """Whether it knows its inputs and outputs."""
        return self._given_outputs is not None

    @property
    def inputs(self) -> list[Any]:
        """Its input tensors."""
        return list(flatten(self._given_inputs)) if self.is_connected else []

    @property
    def outputs(self) -> list[Any]:
        """Its output tensors."""
        return list(flatten(self._given_outputs)) if self.is_connected else []

    @property
    def input(self) -> Any:
        """Its input tensor, or the list of them."""
        return self._given_inputs

    @property
    def output(self) -> Any:
        """Its output tensor, or the list of them."""
        return self._given_outputs

    @property
    def input_names(self) -> list[str]:
        """The names of its inputs' layers."""
        return [_owner(each, f"input_{n + 1}") for n, each in enumerate(self.inputs)]

    @property
    def output_names(self) -> list[str]:
        """The names of its outputs' layers; one that is there twice gets a number."""
        names: list[str] = []
        for number, each in enumerate(self.outputs):
            name = _owner(each, f"output_{number + 1}")
            names.append(f"{name}_{names.count(name)}" if name in names else name)
        return names

    def get_layer(self, name: str | None = None, index: int | None = None) -> KerasLayer:
        """A layer, by its name or its place.

        Raises:
          ValueError: there is no such layer.
        """
        if index is not None:
            if len(self.layers) <= index:
                raise ValueError(
                    f"Was asked to retrieve layer at index {index} but model only has "
                    f"{len(self.layers)} layers."
                )
            return self.layers[index]
        if not name:
            raise ValueError("Provide either a layer name or layer index.")
        for layer in self.layers:
            if layer.name == name:
                return layer
        raise ValueError(f"No such layer: {name}")

    @property
    def trainable_weights(self) -> list[Any]:
        """The variables that optimizers change."""
        return KerasLayer.trainable_weights.fget(self)  # type: ignore[attr-defined, no-any-return]

    @property
    def weights(self) -> list[Any]:
        """All its variables, layer by layer."""
        if not self._layers:
            return self.trainable_weights + self.non_trainable_weights
        found = [weight for layer in self._layers for weight in layer.weights]
        return list({id(weight): weight for weight in found}.values())

    variables = weights

    # Calls

    def call(self, inputs: Any, training: Any = None, mask: Any = None) -> Any:
        """What its layers make of inputs."""
        if not self.is_connected:
            raise NotImplementedError(
                "When subclassing the `Model` class, you should implement a `call` method."
            )
        made = dict(zip(map(id, self.inputs), flatten(inputs), strict=True))
        for node in self._nodes:
            if all(id(each) in made for each in flatten(node.outputs)):
                continue
            given = _replaced(node.given, made)
            arguments = dict(node.arguments)
            if training is not None:
                arguments["training"] = training
            outputs = node.layer(given, **arguments)
            made.update(zip(map(id, flatten(node.outputs)), flatten(outputs), strict=True))
        return _replaced(self._given_outputs, made)

    def build(self, input_shape: Any) -> None:
        """Marks it as built: its layers are built when they are called."""
        self.built = True

    def summary(
        self,
        line_length: int | None = None,
        positions: Any = None,
        print_fn: Callable[[str], Any] | None = None,
    ) -> None:
        """Prints its layers, their outputs' shapes and the number of their parameters.

        Args:
          line_length: the width; 65, or 98 for models that are no chain.
          positions: where columns end: shares of the width, or columns.
          print_fn: what prints a line; `print` if None.

        Raises:
          ValueError: the model has no variables yet.
        """
        from jitgraph.frontend.keras.model_summary import print_summary

        if not self.built:
            raise ValueError(
                "This model has not yet been built. Build the model first by calling `build()` or "
                "calling `fit()` with some data, or specify an `input_shape` argument in the first "
                "layer(s) for automatic build."
            )
        print_summary(self, line_length, positions, print_fn)

    def save_weights(self, filepath: Any, overwrite: bool = True, save_format: Any = None) -> None:
        """Writes its variables. See `tf.keras.Model.load_weights`.

        Args:
          filepath: a prefix for TensorFlow's format; a name that ends in .h5 takes h5py.
          overwrite: accepted for compatibility.
          save_format: "tf" or "h5"; by the name if None.
        """
        from jitgraph.frontend.keras.weight_files import save_weights

        save_weights(self, str(filepath), save_format)

    def save(self, filepath: Any, overwrite: bool = True, **kwargs: Any) -> None:
        """Writes the model. See `tf.keras.models.save_model`."""
        from jitgraph.frontend.keras.weight_files import save_model

        save_model(self, filepath, overwrite, **kwargs)

    def load_weights(self, filepath: Any, by_name: bool = False) -> Any:
        """Reads its variables.

        Args:
          filepath: as for `save_weights`.
          by_name: for h5: whether layers are found by their names rather than their order.

        Raises:
          NotFoundError: there is no such file.
          ValueError: the file is of another model.
        """
        from jitgraph.frontend.keras.weight_files import load_weights

        return load_weights(self, str(filepath), by_name)

    def to_json(self, **options: Any) -> str:
        """Its architecture as text. See `tf.keras.models.model_from_json`."""
        import json

        from jitgraph.frontend.keras.configurations import model_config

        return json.dumps(model_config(self), **options)

    def get_config(self) -> dict[str, Any]:
        """Its architecture."""
        from jitgraph.frontend.keras.configurations import model_config

        return model_config(self)["config"]  # type: ignore[no-any-return]

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """The model of an architecture."""
        from jitgraph.frontend.keras.configurations import model_of

        return model_of({"class_name": cls.__name__, "config": config}, custom_objects)

    @property
    def own_graph(self) -> Any:
        """The graph it is in."""
        return self._graph if self.is_connected else get_default_graph()


def _owner(tensor: Tensor, default: str) -> str:
    node = getattr(tensor, "_keras_history", None)
    return node.layer.name if node is not None else default


def _replaced(tensors: Any, made: dict[int, Any]) -> Any:
    if isinstance(tensors, (list, tuple)):
        return type(tensors)(_replaced(each, made) for each in tensors)
    return made.get(id(tensors), tensors)


def nodes_between(inputs: list[Any], outputs: list[Any]) -> list[Node]:
    """The calls of layers that make the outputs of the inputs, each after those it needs.

    Raises:
      ValueError: an output that is made of no input.
    """
    found: dict[int, Node] = {}
    ended = {id(each) for each in inputs}
    for each in inputs:
        if getattr(each, "_keras_history", None) is None:
            InputLayer(input_tensor=each)

    def visit(tensor: Any) -> None:
        node = getattr(tensor, "_keras_history", None)
        if node is None:
            for source in _sources_of(tensor):
                visit(source)
            return
        if id(node) in found:
            return
        if id(tensor) not in ended:
            if isinstance(node.layer, InputLayer):
                raise ValueError(
                    f"Graph disconnected: cannot obtain value for tensor {tensor} at layer "
                    f'"{node.layer.name}". The following previous layers were accessed without '
                    f"issue: {[each.layer.name for each in found.values()]}"
                )
            for source in node.inputs:
                visit(source)
        found[id(node)] = node

    for each in outputs:
        if not isinstance(each, Tensor):
            raise ValueError(
                "Output tensors to a Model must be the output of a TensorFlow `Layer` (thus "
                f"holding past layer metadata). Found: {each}"
            )
        visit(each)
    for each in inputs:
        visit(each)
    return list(found.values())


def _sources_of(tensor: Tensor) -> list[Tensor]:
    """The tensors made by layers that operations between layers take."""
    found, waiting, seen = [], [tensor.op], set()
    while waiting:
        op = waiting.pop()
        if id(op) in seen:
            continue
        seen.add(id(op))
        for each in op.inputs:
            if getattr(each, "_keras_history", None) is not None:
                found.append(each)
            else:
                waiting.append(each.op)
    return found


def _by_depth(nodes: list[Node], outputs: list[Any]) -> list[KerasLayer]:
    """The layers, the deepest below the outputs first."""
    made_by = {id(each): node for node in nodes for each in flatten(node.outputs)}
    depths: dict[int, int] = {}
    for node in reversed(nodes):
        depth = depths.setdefault(id(node), 0)
        for each in _input_tensors(node, made_by):
            source = made_by[id(each)]
            depths[id(source)] = max(depths.get(id(source), 0), depth + 1)
    depth_of: dict[int, int] = {}
    for node in nodes:
        key = id(node.layer)
        depth_of[key] = max(depth_of.get(key, 0), depths[id(node)])
    seen = _from_outputs(outputs, made_by)
    return sorted(seen, key=lambda layer: -depth_of[id(layer)])


def _from_outputs(outputs: list[Any], made_by: dict[int, Node]) -> list[KerasLayer]:
    """The layers in the order in which they are met on the way from the outputs."""
    found: dict[int, KerasLayer] = {}
    visited: set[int] = set()
    waiting = [made_by[id(each)] for each in reversed(outputs) if id(each) in made_by]
    while waiting:
        node = waiting.pop()
        if id(node) in visited:
            continue
        visited.add(id(node))
        found.setdefault(id(node.layer), node.layer)
        sources = [made_by[id(each)] for each in _input_tensors(node, made_by)]
        waiting.extend(reversed(sources))
    return list(found.values())


def _input_tensors(node: Node, made_by: dict[int, Node]) -> list[Any]:
    direct = [each for each in node.inputs if id(each) in made_by]
    raw = [each for each in node.inputs if id(each) not in made_by]
    between = [source for each in raw for source in _sources_of(each) if id(source) in made_by]
    return direct + between
