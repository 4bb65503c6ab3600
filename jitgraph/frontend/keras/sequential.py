"""Sequential: a model of layers one after another. In: layers. Out: a Model."""

from __future__ import annotations

from typing import Any

from jitgraph.frontend.keras.input_layer import Input, InputLayer
from jitgraph.frontend.keras.layer import KerasLayer
from jitgraph.frontend.keras.model import Model
from jitgraph.graph import name_scope


class Sequential(Model):
    """Layers one after another.

    The model has its variables as soon as the first layer knows the shape of its inputs; else when
    it sees the first data.

    Args:
      layers: the layers.
      name: its name.

    Raises:
      TypeError: something that is no layer.

    Example:
      >>> model = tf.keras.Sequential([tf.keras.layers.Dense(2, input_shape=(4,))])
      >>> model.output_shape
      (None, 2)
    """

    def __init__(self, layers: Any = None, name: str | None = None) -> None:
        super().__init__(name=name)
        self._chain: list[KerasLayer] = []
        self.is_late = False
        for layer in layers or ():
            self.add(layer)

    @property
    def layers(self) -> list[KerasLayer]:
        """Its layers, without that of its inputs."""
        return [each for each in self._chain if not isinstance(each, InputLayer)]

    def _sublayers(self) -> Any:
        yield from self.layers

    def add(self, layer: Any) -> None:
        """Adds a layer.

        Args:
          layer: a layer, or a tensor of `tf.keras.Input` first.

        Raises:
          TypeError: something that is no layer.
        """
        history = getattr(layer, "_keras_history", None)
        if history is not None:
            layer = history.layer
        if not isinstance(layer, KerasLayer):
            raise TypeError(f"The added layer must be an instance of class Layer. Found: {layer}")
        if not self._chain:
            self._begin(layer)
            return
        self._chain.append(layer)
        if self.is_connected:
            outputs = layer(self._given_outputs)
            if isinstance(outputs, (list, tuple)):
                raise TypeError(
                    "All layers in a Sequential model should have a single output tensor. For "
                    "multi-output layers, use the functional API."
                )
            self._join(self._given_inputs, outputs)

    def _begin(self, layer: KerasLayer) -> None:
        if isinstance(layer, InputLayer):
            self._chain.append(layer)
            self._join(layer.output, layer.output)
            return
        first = layer._first_layer() if isinstance(layer, Sequential) else layer
        shape = first._batch_input_shape if first is not None else None
        self._chain.append(layer)
        if shape is not None:
            tensor = Input(batch_shape=shape, name=f"{layer.name}_input", dtype=_input_dtype(first))
            self._chain.insert(0, tensor._keras_history.layer)  # type: ignore[attr-defined]
            self._join(tensor, layer(tensor))

    def _first_layer(self) -> Any:
        return self._chain[0] if self._chain else None

    def _join(self, inputs: Any, outputs: Any) -> None:
        self._given_inputs, self._given_outputs = inputs, outputs
        self._graph = outputs.graph
        self.built = True

    def pop(self) -> None:
        """Takes the last layer away.

        Raises:
          TypeError: there is none.
        """
        if not self.layers:
            raise TypeError("There are no layers in the model.")
        self._chain.pop()
        if self.is_connected:
            last = self._chain[-1]
            self._join(self._given_inputs, last.output)

    def build(self, input_shape: Any = None) -> None:
        """Makes its variables, for inputs of a shape with the batch."""
        if not self.is_connected and input_shape is not None:
            self._connect_to(Input(batch_shape=tuple(map(_size, input_shape))), from_data=False)
        self.built = True

    def _connect_to(self, inputs: Any, from_data: bool = True) -> None:
        self.is_late = True
        with name_scope(self.name if from_data else ""):
            outputs = self.call(inputs)
        self._join(inputs, outputs)

    def call(self, inputs: Any, training: Any = None, mask: Any = None) -> Any:
        """What its layers make of inputs, one after another."""
        for layer in self.layers:
            arguments = {} if training is None else {"training": training}
            inputs = layer(inputs, **arguments)
        return inputs

    @property
    def weights(self) -> list[Any]:
        """All its variables, layer by layer."""
        found = [weight for layer in self.layers for weight in layer.weights]
        return list({id(weight): weight for weight in found}.values())

    variables = weights

    @property
    def output_names(self) -> list[str]:
        """The name of its last layer."""
        return [self.layers[-1].name]

    def predict_classes(self, x: Any, batch_size: int = 32, verbose: int = 0) -> Any:
        """The likeliest class of each example.

        Args:
          x, batch_size, verbose: as for `predict`.
        """
        found = self.predict(x, batch_size=batch_size, verbose=verbose)
        return found.argmax(axis=-1) if found.shape[-1] > 1 else (found > 0.5).astype("int32")

    def predict_proba(self, x: Any, batch_size: int = 32, verbose: int = 0) -> Any:
        """As `predict`."""
        return self.predict(x, batch_size, verbose)


def _size(given: Any) -> int | None:
    value = getattr(given, "value", given)
    return None if value is None else int(value)


def _input_dtype(layer: Any) -> Any:
    return layer.dtype or "float32"
