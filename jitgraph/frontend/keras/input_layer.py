"""Inputs of models: placeholders that know they are. In: a shape. Out: a tensor."""

from __future__ import annotations

from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.keras.graph_state import unique_name
from jitgraph.frontend.keras.layer import KerasLayer, Node
from jitgraph.graph import Tensor
from jitgraph.ops.placeholders import placeholder


class InputLayer(KerasLayer):
    """A placeholder as the first layer of a model.

    Args:
      input_shape: the shape of an example.
      batch_size: the number of examples; any if None.
      dtype: float32 if None.
      input_tensor: a tensor to take instead of a placeholder.
      name: its name.
    """

    def __init__(
        self,
        input_shape: Any = None,
        batch_size: int | None = None,
        dtype: Any = None,
        input_tensor: Any = None,
        sparse: bool = False,
        name: str | None = None,
        batch_input_shape: Any = None,
        **kwargs: Any,
    ) -> None:
        if sparse:
            raise NotImplementedError("sparse inputs of models are not supported")
        kind = dtypes.as_dtype(dtype or dtypes.float32)
        shape = batch_input_shape
        if shape is None:
            own = [input_shape] if isinstance(input_shape, int) else list(input_shape or ())
            shape = (batch_size, *own)
        super().__init__(name=name or unique_name("input", False), dtype=kind.name, **kwargs)
        if input_tensor is None:
            input_tensor = placeholder(kind, shape, name=self.name)
        self._batch_input_shape = tuple(input_tensor.get_shape().as_list())
        self.built = True
        node = Node(self, [], {}, input_tensor)
        input_tensor._keras_history = node
        self._inbound_nodes.append(node)

    @property
    def input(self) -> Any:
        """The placeholder."""
        return self.output


def Input(
    shape: Any = None,
    batch_size: int | None = None,
    name: str | None = None,
    dtype: Any = None,
    sparse: bool = False,
    tensor: Any = None,
    **kwargs: Any,
) -> Tensor:
    """A tensor to make a model of.

    Args:
      shape: the shape of an example.
      batch_size: the number of examples; any if None.
      name: the placeholder's name.
      dtype: float32 if None.
      tensor: a tensor to take instead of a placeholder.

    Raises:
      ValueError: neither a shape nor a tensor.

    Example:
      >>> tf.keras.Input((784,), name="pixels")
      <tf.Tensor 'pixels:0' shape=(?, 784) dtype=float32>
    """
    whole = kwargs.pop("batch_shape", None)
    if shape is None and tensor is None and whole is None:
        raise ValueError(
            "Please provide to Input either a `shape` or a `tensor` argument. Note that `shape` "
            "does not include the batch dimension."
        )
    layer = InputLayer(
        shape, batch_size, dtype, tensor, sparse, name, batch_input_shape=whole, **kwargs
    )
    return layer.output  # type: ignore[no-any-return]
