"""Random graphs of elementwise ops, reductions, movement and products, for hypothesis to draw.

In: hypothesis' `draw`. Out: a `RandomGraph`: placeholders of partly unknown shapes, the arrays to
feed (twice, with other sizes the second time), and tensors to fetch. Values stay small, and
nothing depends on a comparison of computed floats, so that rounding can't grow.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from hypothesis import strategies as st

import jitgraph as tf

Draw = Callable[[Any], Any]
NAMED_DIMS = ("a", "b", "c")
FIRST = st.sampled_from((2, 3, 1, 4, 5))
SECOND = st.sampled_from((2, 3, 1, 4, 0, 6))
MOST_ELEMENTS = 600
MOST_RANK = 4


@dataclass
class RandomGraph:
    """A graph with what to feed and fetch.

    Attributes:
      graph: the graph.
      feeds: for each of two runs an array for each placeholder.
      fetches: the tensors to compute.
      updates: assignments to run.
    """

    graph: Any
    feeds: list[dict[Any, np.ndarray]]
    fetches: list[Any]
    updates: list[Any] = field(default_factory=list)
    initial: list[tuple[Any, np.ndarray]] = field(default_factory=list)


@st.composite
def random_graphs(draw: Draw, most_steps: int = 10) -> RandomGraph:
    """Graphs of up to `most_steps` random steps over one to three placeholders."""
    with tf.Graph().as_default() as graph:
        made = _Maker(draw)
        for _ in range(draw(st.integers(1, 3))):
            made.add_placeholder()
        if draw(st.booleans()):
            made.add_variable()
        for _ in range(draw(st.integers(most_steps // 2, most_steps))):
            draw(st.sampled_from(STEPS))(made)
        ends = [tensor for tensor in made.tensors if not tensor.consumers()]
        others = draw(st.lists(st.sampled_from(made.tensors[::-1]), max_size=2))
        fetches = [*ends[-3:], *others] or made.tensors[-1:]
        updates = made.updates()
    return RandomGraph(graph, made.feeds, fetches, updates, made.initial)


class _Maker:
    """The tensors made so far; `shapes` are those of the first run."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        self.tensors: list[Any] = []
        self.shapes: dict[Any, tuple[int, ...]] = {}
        self.feeds: list[dict[Any, np.ndarray]] = [{}, {}]
        self.initial: list[tuple[Any, np.ndarray]] = []
        self.variables: list[Any] = []
        self.sizes = [{name: draw(sizes) for name in NAMED_DIMS} for sizes in (FIRST, SECOND)]
        self.rng = np.random.default_rng(draw(st.integers(0, 1000)))

    def add_placeholder(self) -> None:
        dims = self.draw(st.lists(st.sampled_from((*NAMED_DIMS, 1, 2, 3, 4)), max_size=3))
        static = [dim if isinstance(dim, int) else None for dim in dims]
        dtype = self.draw(st.sampled_from((tf.float64, tf.float64, tf.int32)))
        tensor = tf.placeholder(dtype, static)
        for feeds, sizes in zip(self.feeds, self.sizes, strict=True):
            shape = [sizes.get(dim, dim) for dim in dims]
            feeds[tensor] = self.array(shape, dtype)
        self.add(tensor, self.feeds[0][tensor].shape)

    def add_variable(self) -> None:
        shape = tuple(self.draw(st.lists(st.sampled_from((2, 3, 1, 4)), max_size=3)))
        contents = self.array(shape, tf.float64)
        variable = tf.Variable(contents, dtype=tf.float64)
        self.initial.append((variable, contents))
        self.variables.append(variable)
        self.add(variable.value(), shape)

    def array(self, shape: Any, dtype: Any) -> np.ndarray:
        if dtype == tf.int32:
            return self.rng.integers(-4, 5, shape).astype(np.int32)
        return self.rng.uniform(-1, 1, shape)

    def updates(self) -> list[Any]:
        """For each variable perhaps an assignment of a tensor of its shape."""
        found = []
        for variable in self.variables:
            shape = tuple(variable.shape.as_list())
            fits = [
                t for t in self.tensors
                if self.shapes[t] == shape and t.dtype == tf.float64
                and t.shape.is_compatible_with(shape)
            ]  # fmt: skip
            if fits and self.draw(st.booleans()):
                change = self.draw(st.sampled_from(fits[::-1]))
                write = self.draw(st.sampled_from((tf.assign, tf.assign_add)))
                found.append(write(variable, change))
        return found

    def add(self, tensor: Any, shape: Any) -> None:
        shape = tuple(int(size) for size in shape)
        if np.prod(shape) <= MOST_ELEMENTS and len(shape) <= MOST_RANK:
            self.tensors.append(tensor)
            self.shapes[tensor] = shape

    def any(self, condition: Callable[[Any], bool] = lambda tensor: True) -> Any:
        """A tensor of which the condition holds, or None; young ones are drawn more often."""
        fits = [tensor for tensor in self.tensors if condition(tensor)][::-1]
        return self.draw(st.sampled_from(fits[:3] * 2 + fits)) if fits else None

    def rank(self, tensor: Any) -> int:
        return len(self.shapes[tensor])

    def float(self) -> Any:
        tensor = self.any()
        if tensor.dtype == tf.float64:
            return tensor
        found = tf.cast(tensor, tf.float64) / 4
        self.shapes[found] = self.shapes[tensor]
        return found

    def is_matrix(self, tensor: Any) -> bool:
        return self.rank(tensor) == 2 and tensor.dtype == tf.float64

    def axis(self, tensor: Any) -> int:
        return self.draw(st.integers(0, self.rank(tensor) - 1))


def _unary(m: _Maker) -> None:
    x = m.float()
    functions = (
        tf.tanh, tf.sin, tf.negative, tf.abs, tf.square, tf.nn.relu, tf.sigmoid, tf.identity,
        lambda v: v * 1.0, lambda v: 2.0 - v, lambda v: v / 4.0, lambda v: tf.exp(-tf.abs(v)),
        lambda v: tf.pow(v, 2.0), tf.stop_gradient,
    )  # fmt: skip
    m.add(m.draw(st.sampled_from(functions))(x), m.shapes[x])


def _filled(m: _Maker) -> None:
    x = m.float()
    functions = (
        tf.ones_like, tf.zeros_like, lambda v: tf.fill(tf.shape(v), tf.constant(0.5, tf.float64)),
        lambda v: tf.broadcast_to(tf.constant(0.25, tf.float64), tf.shape(v)),
        lambda v: tf.cast(tf.fill(tf.shape(v), tf.size(v)), tf.float64) / 64.0,
    )  # fmt: skip
    m.add(m.draw(st.sampled_from(functions))(x), m.shapes[x])


def _unary_int(m: _Maker) -> None:
    x = m.any(lambda t: t.dtype == tf.int32)
    if x is not None:
        functions = (tf.negative, tf.abs, tf.square, lambda v: v // 3, lambda v: v % 3 - 1)
        m.add(m.draw(st.sampled_from(functions))(x), m.shapes[x])


def _binary(m: _Maker) -> None:
    x = m.any()
    y = m.any(lambda t: t.dtype == x.dtype and _broadcasts(m.shapes[x], m.shapes[t]))
    functions = [tf.add, tf.subtract, tf.maximum, tf.minimum, lambda v, w: v + w]
    if x.dtype == tf.float64:
        functions += [lambda v, w: tf.tanh(v) * w, lambda v, w: v / (1.5 + w * w)]
    chosen = m.draw(st.sampled_from(functions))
    if m.draw(st.booleans()):
        x, y = y, x
    m.add(chosen(x, y), np.broadcast_shapes(m.shapes[x], m.shapes[y]))


def _broadcasts(left: tuple[int, ...], right: tuple[int, ...]) -> bool:
    pairs = zip(left[::-1], right[::-1], strict=False)
    return all(a == b or 1 in (a, b) for a, b in pairs)


def _reduce(m: _Maker) -> None:
    x = m.float()
    axes = m.draw(st.lists(st.integers(0, max(0, m.rank(x) - 1)), unique=True, max_size=m.rank(x)))
    keep = m.draw(st.booleans())
    functions = (
        tf.reduce_sum, tf.reduce_max, tf.reduce_mean, tf.reduce_min,
        lambda v, a, keepdims: tf.reduce_prod(tf.tanh(v), a, keepdims=keepdims),
    )  # fmt: skip
    found = m.draw(st.sampled_from(functions))(x, axes, keepdims=keep)
    m.add(found, np.sum(np.zeros(m.shapes[x]), tuple(axes), keepdims=keep).shape)


def _softmax(m: _Maker) -> None:
    x = m.float()
    if m.rank(x):
        functions = (tf.nn.softmax, tf.nn.log_softmax)
        axis = m.axis(x)
        m.add(m.draw(st.sampled_from(functions))(x, axis), m.shapes[x])


def _normalise(m: _Maker) -> None:
    x = m.float()
    if m.rank(x):
        axis = m.axis(x)
        mean = tf.reduce_mean(x, axis, keepdims=True)
        spread = tf.reduce_sum(tf.square(x - mean), axis, keepdims=True)
        m.add((x - mean) / tf.sqrt(spread + 0.5), m.shapes[x])


def _transpose(m: _Maker) -> None:
    x = m.any()
    order = m.draw(st.permutations(range(m.rank(x))))
    m.add(tf.transpose(x, order), [m.shapes[x][axis] for axis in order])


def _reshape(m: _Maker) -> None:
    x = m.any(lambda t: m.rank(t) > 0)
    if x is None:
        return
    shape = m.shapes[x]
    axis = m.axis(x)
    dims = tf.shape(x)
    kind = m.draw(st.sampled_from(("flat", "insert", "merge", "back")))
    if kind == "flat":
        m.add(tf.reshape(x, [-1]), [np.prod(shape)])
    elif kind == "insert":
        m.add(tf.expand_dims(x, axis), [*shape[:axis], 1, *shape[axis:]])
    elif kind == "merge" and axis + 1 < len(shape):
        target = tf.concat([dims[:axis], [-1], dims[axis + 2 :]], 0)
        merged = [*shape[:axis], shape[axis] * shape[axis + 1], *shape[axis + 2 :]]
        m.add(tf.reshape(x, target), merged)
    elif kind == "back":
        rest = int(np.prod(shape)) // max(1, shape[axis])
        m.add(tf.reshape(x, [dims[axis], -1]), [shape[axis], rest])


def _squeeze(m: _Maker) -> None:
    x = m.any(lambda t: 1 in t.shape.as_list())
    if x is not None:
        axis = x.shape.as_list().index(1)
        shape = m.shapes[x]
        m.add(tf.squeeze(x, [axis]), [*shape[:axis], *shape[axis + 1 :]])


def _slice(m: _Maker) -> None:
    x = m.any(lambda t: m.rank(t) > 0)
    if x is None:
        return
    axis = m.axis(x)
    bound = st.one_of(st.none(), st.integers(-4, 4))
    step = m.draw(st.sampled_from((None, 1, 2, -1, -2)))
    cut = slice(m.draw(bound), m.draw(bound), step)
    if m.draw(st.integers(0, 3)) == 0:
        cut = m.draw(st.sampled_from((0, -1)))
    found = np.zeros(m.shapes[x])[(slice(None),) * axis + (cut,)]
    if found.size:
        m.add(x[(slice(None),) * axis + (cut,)], found.shape)


def _reverse(m: _Maker) -> None:
    x = m.any(lambda t: m.rank(t) > 0)
    if x is not None:
        m.add(tf.reverse(x, [m.axis(x)]), m.shapes[x])


def _concat(m: _Maker) -> None:
    x = m.any(lambda t: m.rank(t) > 0)
    if x is None:
        return
    axis = m.axis(x)
    y = m.any(lambda t: t.dtype == x.dtype and _joins(m.shapes[x], m.shapes[t], axis))
    shape = list(m.shapes[x])
    shape[axis] += m.shapes[y][axis]
    m.add(tf.concat([x, y], axis), shape)


def _joins(left: tuple[int, ...], right: tuple[int, ...], axis: int) -> bool:
    return len(left) == len(right) and all(
        a == b for position, (a, b) in enumerate(zip(left, right, strict=True)) if position != axis
    )


def _stack(m: _Maker) -> None:
    x = m.any()
    y = m.any(lambda t: t.dtype == x.dtype and m.shapes[t] == m.shapes[x])
    axis = m.draw(st.integers(0, m.rank(x)))
    shape = m.shapes[x]
    m.add(tf.stack([x, y], axis), [*shape[:axis], 2, *shape[axis:]])


def _tile(m: _Maker) -> None:
    x = m.any()
    counts = m.draw(st.lists(st.integers(1, 2), min_size=m.rank(x), max_size=m.rank(x)))
    m.add(tf.tile(x, counts), np.multiply(m.shapes[x], counts) if counts else ())


def _pad(m: _Maker) -> None:
    x = m.float()
    if m.rank(x):
        widths = [[m.draw(st.integers(0, 2)), m.draw(st.integers(0, 1))] for _ in m.shapes[x]]
        m.add(tf.pad(x, widths), np.add(m.shapes[x], np.sum(widths, 1)))


def _matmul(m: _Maker) -> None:
    x = m.any(lambda t: m.is_matrix(t))
    if x is None:
        return
    rows, inner = m.shapes[x]
    y = m.any(lambda t: m.is_matrix(t) and inner in m.shapes[t])
    if y is None or m.draw(st.booleans()):
        y, inner = x, rows
        x = tf.transpose(x)
        rows = m.shapes[y][1]
    turned = m.shapes[y][0] != inner
    columns = m.shapes[y][0] if turned else m.shapes[y][1]
    if turned and m.draw(st.booleans()):
        y, turned = tf.transpose(y), False
    m.add(tf.matmul(x, y, transpose_b=turned) / 4.0, [rows, columns])


def _stacks_matmul(m: _Maker) -> None:
    x = m.any(lambda t: m.rank(t) == 3 and t.dtype == tf.float64)
    if x is not None:
        batch, rows, columns = m.shapes[x]
        if m.draw(st.booleans()):
            m.add(tf.matmul(x, tf.transpose(x, [0, 2, 1])) / 4.0, [batch, rows, rows])
        else:
            m.add(tf.matmul(x, x, transpose_a=True) / 4.0, [batch, columns, columns])


def _select(m: _Maker) -> None:
    mask = m.any(lambda t: t.dtype == tf.int32)
    x = m.float()
    if mask is not None and m.shapes[mask] == m.shapes[x]:
        y = m.any(lambda t: t.dtype == tf.float64 and m.shapes[t] == m.shapes[x])
        m.add(tf.where(mask > 0, x, x * 0.5 if y is None else y), m.shapes[x])


def _cumsum(m: _Maker) -> None:
    x = m.float()
    if m.rank(x):
        m.add(tf.cumsum(x, m.axis(x)), m.shapes[x])


def _gather(m: _Maker) -> None:
    x = m.any(lambda t: m.rank(t) > 0)
    if x is not None:
        axis = m.axis(x)
        found = tf.gather(x, tf.constant([0, 0]), axis=axis)
        m.add(found, [*m.shapes[x][:axis], 2, *m.shapes[x][axis + 1 :]])


def _gradient(m: _Maker) -> None:
    y = m.float()
    x = m.any(lambda t: t.dtype == tf.float64)
    if x is not None:
        (found,) = tf.gradients(tf.reduce_sum(tf.tanh(y)), [x])
        if found is not None and isinstance(found, tf.Tensor):
            m.add(tf.tanh(found), m.shapes[x])


STEPS = (
    _unary, _binary, _reduce, _transpose, _reshape, _slice, _concat,
    *(_unary, _binary, _reduce) * 4, _normalise, _softmax, _filled,
    _unary_int, _softmax, _normalise, _squeeze, _reverse, _stack, _tile, _pad, _matmul,
    _stacks_matmul, _select, _cumsum, _gather, _gradient,
)  # fmt: skip
