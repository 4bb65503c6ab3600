"""shapes: TensorShape and Dimension, possibly only partly known. A leaf module."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jitgraph.dtypes import DType

RawDims = tuple[int | None, ...] | None


class Dimension:
    """One dimension of a shape: an int, or unknown (value None)."""

    __slots__ = ("_value",)

    def __init__(self, value: Any) -> None:
        self._value: int | None = _size(value)

    @property
    def value(self) -> int | None:
        """The size, None if unknown."""
        return self._value

    def __repr__(self) -> str:
        return f"Dimension({self._value!r})"

    def __str__(self) -> str:
        return "?" if self._value is None else str(self._value)

    def __int__(self) -> Any:
        return self._value

    def __index__(self) -> Any:
        return self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __eq__(self, other: Any) -> Any:
        other = _other(other)
        if other is NotImplemented:
            return NotImplemented
        if self._value is None or other is None:
            return None
        return self._value == other

    def __ne__(self, other: Any) -> Any:
        equal = self.__eq__(other)
        return equal if equal is None or equal is NotImplemented else not equal

    def is_compatible_with(self, other: Any) -> bool:
        """Whether both could be the same size."""
        value = as_dimension(other).value
        return self._value is None or value is None or self._value == value

    def assert_is_compatible_with(self, other: Any) -> None:
        if not self.is_compatible_with(other):
            raise ValueError(f"Dimensions {self} and {as_dimension(other)} are not compatible")

    def merge_with(self, other: Any) -> Dimension:
        """The more definite of the two; they must be compatible."""
        other = as_dimension(other)
        self.assert_is_compatible_with(other)
        return other if self._value is None else self

    def _combine(self, other: Any, operation: Any) -> Any:
        value = _other(other)
        if value is NotImplemented:
            return NotImplemented
        if self._value is None or value is None:
            return Dimension(None)
        return Dimension(operation(self._value, value))

    def _compare(self, other: Any, operation: Any) -> Any:
        value = _other(other)
        if value is NotImplemented:
            return NotImplemented
        return None if self._value is None or value is None else operation(self._value, value)

    def __add__(self, other: Any) -> Any:
        return self._combine(other, lambda a, b: a + b)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        return self._combine(other, lambda a, b: a - b)

    def __rsub__(self, other: Any) -> Any:
        return self._combine(other, lambda a, b: b - a)

    def __mul__(self, other: Any) -> Any:
        return self._combine(other, lambda a, b: a * b)

    __rmul__ = __mul__

    def __floordiv__(self, other: Any) -> Any:
        return self._combine(other, lambda a, b: a // b)

    def __rfloordiv__(self, other: Any) -> Any:
        return self._combine(other, lambda a, b: b // a)

    def __truediv__(self, other: Any) -> Any:
        raise _true_division("Dimension", type(other).__name__)

    def __rtruediv__(self, other: Any) -> Any:
        raise _true_division(type(other).__name__, "Dimension")

    def __mod__(self, other: Any) -> Any:
        return self._combine(other, lambda a, b: a % b)

    def __rmod__(self, other: Any) -> Any:
        return self._combine(other, lambda a, b: b % a)

    def __lt__(self, other: Any) -> Any:
        return self._compare(other, lambda a, b: a < b)

    def __le__(self, other: Any) -> Any:
        return self._compare(other, lambda a, b: a <= b)

    def __gt__(self, other: Any) -> Any:
        return self._compare(other, lambda a, b: a > b)

    def __ge__(self, other: Any) -> Any:
        return self._compare(other, lambda a, b: a >= b)


def _true_division(left: str, right: str) -> TypeError:
    return TypeError(
        f"unsupported operand type(s) for /: '{left}' and '{right}', please use // instead"
    )


def _size(value: Any) -> int | None:
    if value is None or (type(value) is int and value >= 0):
        return value
    if isinstance(value, Dimension):
        return value._value
    number = _as_int(value)
    if number != value and not isinstance(value, (str, bytes)):
        raise ValueError(f"Ambiguous dimension: {value}")
    if number < 0:
        raise ValueError(f"Dimension {number} must be >= 0")
    return number


def _as_int(value: Any) -> int:
    if not isinstance(value, DType):
        try:
            return int(value)
        except TypeError:
            pass
    raise TypeError(f"Cannot convert {value} to Dimension")


def _other(other: Any) -> Any:
    if other is None or type(other) is int:
        return other
    try:
        return _size(other)
    except (TypeError, ValueError):
        return NotImplemented


def as_dimension(value: Any) -> Dimension:
    """A Dimension of an int, None or Dimension."""
    return value if isinstance(value, Dimension) else Dimension(value)


class TensorShape:
    """A shape: unknown rank, known rank with unknown dimensions, or fully known."""

    __slots__ = ("_dims",)

    def __init__(self, dims: Any) -> None:
        self._dims: RawDims
        if dims is None or isinstance(dims, TensorShape):
            self._dims = None if dims is None else dims._dims
        else:
            self._dims = _raw(dims)

    @classmethod
    def _of(cls, dims: RawDims) -> TensorShape:
        """Of dims that are known to be a tuple of int and None, or None."""
        shape = cls.__new__(cls)
        shape._dims = dims
        return shape

    @property
    def dims(self) -> list[Dimension] | None:
        """The dimensions as a list, None for unknown rank."""
        return None if self._dims is None else [Dimension(d) for d in self._dims]

    @property
    def ndims(self) -> int | None:
        """The rank, None if unknown."""
        return None if self._dims is None else len(self._dims)

    rank = ndims

    def __repr__(self) -> str:
        if self._dims is None:
            return "TensorShape(None)"
        return f"TensorShape([{', '.join(f'Dimension({d})' for d in self._dims)}])"

    def __str__(self) -> str:
        if self._dims is None:
            return "<unknown>"
        texts = ["?" if d is None else str(d) for d in self._dims]
        return f"({texts[0]},)" if len(texts) == 1 else f"({', '.join(texts)})"

    def __len__(self) -> int:
        if self._dims is None:
            raise ValueError("Cannot take the length of shape with unknown rank.")
        return len(self._dims)

    def __bool__(self) -> bool:
        return self._dims is not None

    def __iter__(self) -> Iterator[Dimension]:
        if self._dims is None:
            raise ValueError("Cannot iterate over a shape with unknown rank.")
        return iter([Dimension(d) for d in self._dims])

    def __getitem__(self, key: Any) -> Any:
        if self._dims is not None:
            if isinstance(key, slice):
                return TensorShape(self._dims[key])
            return Dimension(self._dims[key])
        if not isinstance(key, slice):
            return Dimension(None)
        start, stop = key.start or 0, key.stop
        if key.step is not None:
            raise ValueError("Steps are not yet handled")
        if stop is None or start < 0 or stop < 0:
            return TensorShape(None)
        return TensorShape([None] * max(0, stop - start))

    def num_elements(self) -> int | None:
        """The number of elements, None if not fully known."""
        if self._dims is None or None in self._dims:
            return None
        total = 1
        for dim in self._dims:
            total *= dim  # type: ignore[operator]
        return total

    def merge_with(self, other: Any) -> TensorShape:
        """What is known by either; they must be compatible."""
        other = as_shape(other)
        if self._dims is None:
            return other
        if other._dims is None:
            return self
        try:
            self.assert_same_rank(other)
            pairs = zip(self._dims, other._dims, strict=True)
            return TensorShape([Dimension(a).merge_with(b) for a, b in pairs])
        except ValueError:
            raise ValueError(f"Shapes {self} and {other} are not compatible") from None

    def concatenate(self, other: Any) -> TensorShape:
        """The dimensions of both, one behind the other."""
        other = as_shape(other)
        if self._dims is None or other._dims is None:
            return TensorShape(None)
        return TensorShape(self._dims + other._dims)

    def assert_same_rank(self, other: Any) -> None:
        other = as_shape(other)
        if self.ndims is not None and other.ndims is not None and self.ndims != other.ndims:
            raise ValueError(f"Shapes {self} and {other} must have the same rank")

    def assert_has_rank(self, rank: int) -> None:
        if self.ndims not in (None, rank):
            raise ValueError(f"Shape {self} must have rank {rank}")

    def with_rank(self, rank: int) -> TensorShape:
        """This shape, known to have `rank` dimensions."""
        try:
            return self.merge_with(unknown_shape(ndims=rank))
        except ValueError:
            raise ValueError(f"Shape {self} must have rank {rank}") from None

    def with_rank_at_least(self, rank: int) -> TensorShape:
        """This shape, if it may have at least `rank` dimensions."""
        if self.ndims is not None and self.ndims < rank:
            raise ValueError(f"Shape {self} must have rank at least {rank}")
        return self

    def with_rank_at_most(self, rank: int) -> TensorShape:
        """This shape, if it may have at most `rank` dimensions."""
        if self.ndims is not None and self.ndims > rank:
            raise ValueError(f"Shape {self} must have rank at most {rank}")
        return self

    def is_compatible_with(self, other: Any) -> bool:
        """Whether some fully known shape fits both."""
        other = as_shape(other)
        if self._dims is None or other._dims is None:
            return True
        if len(self._dims) != len(other._dims):
            return False
        pairs = zip(self._dims, other._dims, strict=True)
        return all(a is None or b is None or a == b for a, b in pairs)

    def assert_is_compatible_with(self, other: Any) -> None:
        if not self.is_compatible_with(other):
            raise ValueError(f"Shapes {self} and {other} are incompatible")

    def most_specific_compatible_shape(self, other: Any) -> TensorShape:
        """What is known of every shape that fits both."""
        other = as_shape(other)
        if self._dims is None or other._dims is None or self.ndims != other.ndims:
            return TensorShape(None)
        pairs = zip(self._dims, other._dims, strict=True)
        return TensorShape([a if a == b else None for a, b in pairs])

    def is_fully_defined(self) -> bool:
        """Whether rank and all dimensions are known."""
        return self._dims is not None and None not in self._dims

    def assert_is_fully_defined(self) -> None:
        if not self.is_fully_defined():
            raise ValueError(f"Shape {self} is not fully defined")

    def as_list(self) -> list[int | None]:
        """The dimensions as ints and None."""
        if self._dims is None:
            raise ValueError("as_list() is not defined on an unknown TensorShape.")
        return list(self._dims)

    def __eq__(self, other: Any) -> bool:
        """Whether both are known to be the same: an unknown dimension equals no other."""
        try:
            other = as_shape(other)
        except (TypeError, ValueError):
            return NotImplemented
        if self._dims is other._dims:
            return True
        return self._dims == other._dims and None not in (self._dims or ())

    def __ne__(self, other: Any) -> bool:
        try:
            other = as_shape(other)
        except (TypeError, ValueError):
            return NotImplemented
        if self._dims is None or other._dims is None:
            raise ValueError("The inequality of unknown TensorShapes is undefined.")
        return not self == other

    def __hash__(self) -> int:
        return hash(self._dims)

    def __reduce__(self) -> Any:
        return TensorShape, (self._dims,)


def _raw(dims: Any) -> RawDims:
    if isinstance(dims, (str, bytes)):
        raise TypeError(
            "A string has ambiguous TensorShape, please wrap in a list or convert to an int: "
            f"{dims!s}"
        )
    try:
        items = iter(dims)
    except TypeError:
        return (_size(dims),)
    return tuple([_size(item) for item in items])


def as_shape(shape: Any) -> TensorShape:
    """A TensorShape of a TensorShape, list of sizes, or None."""
    return shape if type(shape) is TensorShape else TensorShape(shape)


def unknown_shape(ndims: int | None = None) -> TensorShape:
    """A shape of which at most the rank is known."""
    return TensorShape(None) if ndims is None else TensorShape([None] * ndims)


def scalar() -> TensorShape:
    """The shape of a scalar."""
    return TensorShape(())


def dimension_value(dimension: Any) -> Any:
    """The int or None of a Dimension; anything else as it is."""
    return dimension._value if isinstance(dimension, Dimension) else dimension


def dimension_at_index(shape: TensorShape, index: int) -> Dimension:
    """The Dimension of a shape at a position; unknown where the rank is unknown."""
    return Dimension(None) if shape._dims is None else Dimension(shape._dims[index])
