"""Every op's gradient against finite differences of its reference; second order likewise."""

from __future__ import annotations

import numpy as np
import pytest

import jitgraph as tf
from jitgraph import dtypes
from jitgraph.ops.definition import Sample, no_gradient
from jitgraph.ops.registry import REGISTRY
from tests.ops.sweep import FULL, NAMES, PARTIAL, Case, build, cases, expected

STEP = 1e-5

LOSSES = (
    "SoftmaxCrossEntropyWithLogits",
    "SparseSoftmaxCrossEntropyWithLogits",
    "CTCLoss",
)
"""TensorFlow differentiates the first output alone; the second is for the gradient's own use."""

INT32_INDEX = ("ConcatV2", "Pad", "PadV2", "Slice")
"""TensorFlow's gradients of these mix int64 indices with int32 shapes, and fail."""

PREVENTED = "PreventGradient"
"""Its gradient is an error."""

SINGLE = "MaxPool3DGradGrad"
"""Its gradient, MaxPool3DGrad, is not for float64."""

SYMMETRIC = ("Cholesky", "SelfAdjointEigV2")
"""They read one triangle; their gradients are for both: see test_decompositions.py."""

DIFFERENTIABLE = [
    name
    for name in NAMES
    if REGISTRY[name].gradient not in (None, no_gradient)
    and name not in (PREVENTED, SINGLE, *SYMMETRIC)
]
SCALAR = [name for name in DIFFERENTIABLE if REGISTRY[name].scalar is not None]


def float64_cases(name):
    """The cases that have a float64 input; if there are none, those that can be made to."""
    found = [case for case in cases(name) if _tensorflow_differentiates(case)]
    own = [case for case in found if _float_positions(case)]
    return own or [case for case in map(_widened, found) if _float_positions(case)]


def _tensorflow_differentiates(case):
    inputs, name = case.sample.inputs, case.definition.name
    if name in INT32_INDEX:
        return all(np.asarray(item).dtype != np.int64 for g in inputs for item in _items(g))
    return name != LOSSES[0] or inputs[0].shape == inputs[1].shape


def _float_positions(case):
    return [
        (k, j)
        for k, given in enumerate(case.sample.inputs)
        for j, item in enumerate(_items(given))
        if np.asarray(item).dtype == np.float64 and np.asarray(item).size
    ]


def _items(given):
    return given if isinstance(given, (list, tuple)) else [given]


def _widened(case):
    def wide(item):
        array = np.asarray(item)
        return array.astype(np.float64) if array.dtype == np.float32 else array

    inputs = tuple(
        given
        if not _may_be_wide(case.definition, arg)
        else [wide(item) for item in given]
        if isinstance(given, (list, tuple))
        else wide(given)
        for arg, given in zip(case.definition.inputs, case.sample.inputs, strict=True)
    )
    return Case(case.definition, Sample(inputs, case.sample.attrs), case.index)


def _may_be_wide(definition, arg):
    return arg.dtype is None and dtypes.float64 in definition.type_attrs[arg.type_attr].allowed


def replaced(case, place, array):
    """The case's inputs with one of them replaced."""
    k, j = place
    inputs = list(case.sample.inputs)
    if isinstance(inputs[k], (list, tuple)):
        inputs[k] = [array if n == j else item for n, item in enumerate(inputs[k])]
    else:
        inputs[k] = array
    return tuple(inputs)


def differences(function, array):
    """The derivative of a number-valued function by central differences."""
    result = np.zeros_like(array)
    for index in np.ndindex(array.shape):
        ends = []
        for sign in (1, -1):
            moved = array.copy()
            moved[index] += sign * STEP
            ends.append(function(moved))
        result[index] = (ends[0] - ends[1]) / (2 * STEP)
    return result


def weights_of(case, outputs):
    """A random weight for each element of each output that is differentiated."""
    rng = np.random.default_rng(case.index)
    first_only = case.definition.name in LOSSES
    weights = []
    for number, (output, wanted) in enumerate(outputs):
        is_used = output.dtype.base_dtype == dtypes.float64 and not (first_only and number)
        weights.append(rng.uniform(0.5, 1.5, wanted.shape) if is_used else None)
    return weights


def gradients_of(case, known):
    """The case in the default graph: (place, placeholder, gradient) of each float64 input."""
    built = build(case, known)
    outputs = list(zip(built.op.outputs, expected(case, built.op), strict=True))
    weights = weights_of(case, outputs)
    ys = [y for (y, _), weight in zip(outputs, weights, strict=True) if weight is not None]
    flat = [(k, j) for k, given in enumerate(case.sample.inputs) for j in range(len(_items(given)))]
    wanted = _float_positions(case)
    xs = [
        (place, tensor)
        for place, tensor in zip(flat, built.op.inputs, strict=True)
        if place in wanted and tensor in built.feeds
    ]
    if not ys or not xs:
        return built, weights, []
    given = [tf.constant(weight) for weight in weights if weight is not None]
    found = tf.gradients(ys, [tensor for _, tensor in xs], grad_ys=given)
    triples = [
        (place, tensor, tf.convert_to_tensor(gradient))
        for (place, tensor), gradient in zip(xs, found, strict=True)
        if gradient is not None
    ]
    return built, weights, triples


@pytest.mark.parametrize("name", DIFFERENTIABLE)
def test_gradient_equals_finite_differences(name):
    problems = []
    with tf.Graph().as_default() as graph, tf.Session(graph=graph) as session:
        made = []
        for number, case in enumerate(float64_cases(name)):
            made.append((case, *gradients_of(case, PARTIAL if number % 2 else FULL)))
        feeds = {tensor: array for _, built, _, _ in made for tensor, array in built.feeds.items()}
        fetches = [[gradient for _, _, gradient in triples] for *_, triples in made]
        results = session.run(fetches, feeds) if any(fetches) else fetches
        for (case, built, weights, triples), found in zip(made, results, strict=True):
            for (place, tensor, _), gradient in zip(triples, found, strict=True):
                wanted = _numeric(case, built, weights, place, tensor)
                if not np.allclose(gradient, wanted, rtol=1e-5, atol=1e-6):
                    problems.append(f"{case}, input {place}: {gradient}, not {wanted}")
    assert not problems, "\n".join(problems)


def _numeric(case, built, weights, place, tensor):
    def total(array):
        outputs = expected(case, built.op, replaced(case, place, array))
        return sum(
            float(np.sum(output * weight))
            for output, weight in zip(outputs, weights, strict=True)
            if weight is not None
        )

    return differences(total, built.feeds[tensor])


@pytest.mark.parametrize("name", SCALAR)
def test_second_derivative_equals_finite_differences(name):
    case = next(iter(float64_cases(name)), None)
    if case is None:
        return
    with tf.Graph().as_default() as graph, tf.Session(graph=graph) as session:
        built, _, triples = gradients_of(case, FULL)
        firsts = [tf.reduce_sum(gradient) for _, _, gradient in triples]
        xs = [tensor for _, tensor, _ in triples]
        if not firsts:
            return
        seconds = [tf.gradients(first, xs) for first in firsts]
        rng = np.random.default_rng(0)
        for first, row in zip(firsts, seconds, strict=True):
            for x, second in zip(xs, row, strict=True):
                if second is None:
                    continue
                found = session.run(second, built.feeds)
                function = session.make_callable(first, list(built.feeds))
                direction = rng.uniform(-1, 1, built.feeds[x].shape)
                wanted = _along(function, built.feeds, x, direction)
                assert np.allclose(np.sum(found * direction), wanted, rtol=1e-4, atol=1e-5)


def _along(function, feeds, x, direction):
    """The derivative of `function` of all feeds, when `x` moves in a direction."""
    ends = [
        function(*(a + sign * STEP * direction if t is x else a for t, a in feeds.items()))
        for sign in (1, -1)
    ]
    return (ends[0] - ends[1]) / (2 * STEP)


@pytest.mark.parametrize("name", [n for n in NAMES if REGISTRY[n].gradient in (None, no_gradient)])
def test_op_without_gradient_says_so(name):
    for case in float64_cases(name):
        with tf.Graph().as_default():
            built = build(case)
            xs = [tensor for tensor in built.op.inputs if tensor in built.feeds]
            ys = [output for output in built.op.outputs if output.dtype.is_floating]
            if not (xs and ys):
                continue
            if REGISTRY[name].gradient is None:
                with pytest.raises(LookupError, match="No gradient defined for operation"):
                    tf.gradients(ys, xs)
            else:
                assert tf.gradients(ys, xs) == [None] * len(xs)


def test_prevented_gradient_is_an_error():
    with tf.Graph().as_default():
        built = build(float64_cases(PREVENTED)[0])
        with pytest.raises(LookupError, match="explicitly disabled"):
            tf.gradients(built.op.outputs, built.op.inputs)
