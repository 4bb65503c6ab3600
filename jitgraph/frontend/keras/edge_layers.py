"""Zero padding and cropping. In: signals, images, volumes. Out: larger or smaller ones."""

from __future__ import annotations

from typing import Any, ClassVar

from jitgraph.frontend.keras.layer import KerasLayer
from jitgraph.frontend.layers.input_spec import InputSpec
from jitgraph.ops.padding import pad

Edges = tuple[tuple[int, int], ...]


class EdgeLayer(KerasLayer):
    """What padding and cropping share, for the rank of a subclass."""

    rank: ClassVar[int]
    argument: ClassVar[str]

    def __init__(self, edges: Any, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.edges = _edges_of(edges, self.rank, self.argument)
        self.data_format = data_format or "channels_last"
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def _first(self) -> int:
        return 2 if self.data_format == "channels_first" and self.rank > 1 else 1


class ZeroPadding(EdgeLayer):
    """Adds zeros at the edges."""

    argument = "padding"

    def call(self, inputs: Any) -> Any:
        """The inputs with zeros around."""
        paddings = [[0, 0]] * (self.rank + 2)
        first = self._first()
        paddings[first : first + self.rank] = [list(edge) for edge in self.edges]
        return pad(inputs, paddings)


class Cropping(EdgeLayer):
    """Takes the edges away."""

    argument = "cropping"

    def call(self, inputs: Any) -> Any:
        """The inputs without their edges."""
        parts = [slice(None)] * (self.rank + 2)
        first = self._first()
        parts[first : first + self.rank] = [
            slice(before, -after if after else None) for before, after in self.edges
        ]
        return inputs[tuple(parts)]


def _edges_of(given: Any, rank: int, name: str) -> Edges:
    if isinstance(given, int):
        return ((given, given),) * rank
    items = [given] if rank == 1 else list(given)
    if len(items) != rank:
        raise ValueError(f"`{name}` should have {rank} elements. Found: {given}")
    return tuple((each, each) if isinstance(each, int) else tuple(each) for each in items)


class ZeroPadding1D(ZeroPadding):
    """Zeros before and after signals.

    Args:
      padding: how many, one for both or a pair.
    """

    rank = 1

    def __init__(self, padding: Any = 1, **kwargs: Any) -> None:
        super().__init__(padding, **kwargs)


class ZeroPadding2D(ZeroPadding):
    """Zeros around images.

    Args:
      padding: how many: one for all, one for rows and columns, or ((top, bottom), (left, right)).
      data_format: "channels_last" or "channels_first".
    """

    rank = 2

    def __init__(
        self, padding: Any = (1, 1), data_format: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(padding, data_format, **kwargs)


class ZeroPadding3D(ZeroPadding):
    """Zeros around volumes. See `ZeroPadding2D`."""

    rank = 3

    def __init__(
        self, padding: Any = (1, 1, 1), data_format: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(padding, data_format, **kwargs)


class Cropping1D(Cropping):
    """Signals without their ends.

    Args:
      cropping: how many steps, one for both ends or a pair.
    """

    rank = 1

    def __init__(self, cropping: Any = (1, 1), **kwargs: Any) -> None:
        super().__init__(cropping, **kwargs)


class Cropping2D(Cropping):
    """Images without their edges. See `ZeroPadding2D` for the argument's forms."""

    rank = 2

    def __init__(
        self, cropping: Any = ((0, 0), (0, 0)), data_format: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(cropping, data_format, **kwargs)


class Cropping3D(Cropping):
    """Volumes without their edges. See `ZeroPadding2D` for the argument's forms."""

    rank = 3

    def __init__(
        self,
        cropping: Any = ((1, 1), (1, 1), (1, 1)),
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(cropping, data_format, **kwargs)
