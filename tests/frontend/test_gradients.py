"""tf.gradients: what it adds to the graph, in which order, and what it refuses."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

import jitgraph as tf


@pytest.fixture(autouse=True)
def graph() -> Iterator[tf.Graph]:
    with tf.Graph().as_default() as graph:
        yield graph


def names_from(prefix: str) -> list[str]:
    operations = tf.get_default_graph().get_operations()
    return [op.name for op in operations if op.name.startswith(prefix)]


def test_one_y_and_one_x_need_no_list() -> None:
    x = tf.placeholder(tf.float32, [2])
    (grad,) = tf.gradients(tf.sin(x), x)
    assert grad.name == "gradients/Sin_grad/mul:0"
    assert grad.shape.as_list() == [2]


def test_several_ys_are_summed() -> None:
    x = tf.placeholder(tf.float32, [2])
    (grad,) = tf.gradients([tf.sin(x), tf.cos(x)], [x])
    assert grad.op.type == "AddN"
    assert [t.op.name for t in grad.op.inputs] == [
        "gradients/Sin_grad/mul",
        "gradients/Cos_grad/mul",
    ]


def test_a_second_call_has_its_own_scope() -> None:
    x = tf.placeholder(tf.float32, [2])
    y = tf.sin(x)
    tf.gradients(y, x)
    assert tf.gradients(y, x)[0].name == "gradients_1/Sin_grad/mul:0"
    assert tf.gradients(y, x, name="back")[0].name == "back/Sin_grad/mul:0"


def test_y_is_x() -> None:
    x = tf.placeholder(tf.float32, [2])
    assert tf.gradients(x, x)[0].name == "gradients/Fill:0"


def test_the_shape_of_a_gradient_is_refined_by_its_tensor() -> None:
    x = tf.placeholder(tf.float32, [None, 3])
    y = tf.reshape(x, tf.placeholder(tf.int32, [2]))
    assert tf.gradients(y, x)[0].shape.as_list() == [None, 3]


def test_integers_carry_no_gradient() -> None:
    x = tf.placeholder(tf.float32, [2])
    y = tf.cast(tf.cast(x, tf.int32), tf.float32)
    assert tf.gradients(y * 2.0, x) == [None]
    assert tf.gradients(tf.argmax(x), x) == [None]


def test_inner_tensors_stop_the_walk() -> None:
    x = tf.placeholder(tf.float32, [2])
    inner = tf.sin(x)
    y = tf.exp(inner)
    (grad,) = tf.gradients(y, inner)
    assert grad.op.name == "gradients/Exp_grad/mul"
    assert names_from("gradients/Sin_grad") == []


def test_stop_gradients() -> None:
    x = tf.placeholder(tf.float32, [2])
    inner = tf.sin(x)
    assert tf.gradients(tf.exp(inner), x, stop_gradients=inner) == [None]


def test_unconnected_gradients() -> None:
    x = tf.placeholder(tf.float32, [2])
    y = tf.placeholder(tf.float32, [2])
    assert tf.gradients(y, x) == [None]
    assert tf.gradients(y, x, unconnected_gradients="none") == [None]
    (zeros,) = tf.gradients(y, x, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    assert zeros.name == "zeros_like:0"
    with pytest.raises(ValueError, match="Unknown value for unconnected_gradients: 'some'"):
        tf.gradients(y, x, unconnected_gradients="some")


def test_missing_output_gradients_are_zeros() -> None:
    x = tf.placeholder(tf.float32, [4])
    first, _ = tf.split(x, 2)
    tf.gradients(first, x)
    assert "gradients/zeros_like" in names_from("gradients/")


def test_aggregation_methods() -> None:
    x = tf.placeholder(tf.float32, [2])
    y = tf.sin(x) + tf.cos(x) + tf.exp(x)
    assert tf.gradients(y, x)[0].op.type == "AddN"
    tree = tf.AggregationMethod.EXPERIMENTAL_TREE
    (grad,) = tf.gradients(y, x, aggregation_method=tree)
    assert grad.name == "gradients_1/Placeholder_gradient_sum/AddN_1:0"
    accumulated = tf.AggregationMethod.EXPERIMENTAL_ACCUMULATE_N
    (grad,) = tf.gradients(y, x, aggregation_method=accumulated)
    assert grad.op.type == "AccumulateNV2"
    with pytest.raises(ValueError, match="Invalid aggregation_method specified 7"):
        tf.gradients(y, x, aggregation_method=7)


def test_rows_of_a_table_are_joined() -> None:
    table = tf.placeholder(tf.float32, [5, 2])
    rows = tf.reduce_sum(tf.gather(table, [0, 1])) + tf.reduce_sum(tf.gather(table, [2]))
    (grad,) = tf.gradients(rows, table)
    assert isinstance(grad, tf.IndexedSlices)
    assert grad.values.name == "gradients/concat:0"
    assert grad.indices.name == "gradients/concat_1:0"
    assert grad.values.shape.as_list() == [3, 2]


def test_rows_with_indices_of_two_dtypes_are_joined_as_int64() -> None:
    table = tf.placeholder(tf.float32, [5, 2])
    few, many = np.array([0], np.int32), np.array([1, 2], np.int64)
    rows = tf.reduce_sum(tf.gather(table, few)) + tf.reduce_sum(tf.gather(table, many))
    (grad,) = tf.gradients(rows, table)
    assert grad.indices.dtype == tf.int64


def test_rows_and_a_dense_gradient_are_added_densely() -> None:
    table = tf.placeholder(tf.float32, [5, 2])
    y = tf.reduce_sum(tf.gather(table, [0, 1])) + tf.reduce_sum(table)
    (grad,) = tf.gradients(y, table)
    assert grad.op.type == "AddN"
    assert sorted(t.op.type for t in grad.op.inputs) == ["Tile", "UnsortedSegmentSum"]


def test_grad_ys_may_be_rows() -> None:
    table = tf.placeholder(tf.float32, [5, 2])
    start = tf.IndexedSlices(tf.ones([1, 2]), tf.constant([3]), tf.constant([5, 2]))
    (grad,) = tf.gradients(tf.identity(table), table, grad_ys=[start])
    assert grad.values.name == "gradients/grad_ys_0_values:0"
    assert names_from("gradients/grad_ys") == [
        "gradients/grad_ys_0_indices",
        "gradients/grad_ys_0_values",
        "gradients/grad_ys_0_shape",
    ]


def test_colocation() -> None:
    x = tf.placeholder(tf.float32, [2], name="x")
    y = tf.sin(x, name="wave")
    (grad,) = tf.gradients(y, x, colocate_gradients_with_ops=True)
    assert b"loc:@wave" in grad.op.colocation_groups()


@pytest.mark.parametrize(
    ("make", "error", "text"),
    [
        (
            lambda x: tf.gradients(x, x, grad_ys=[1.0, 2.0]),
            ValueError,
            "Passed 2 grad_ys for 1 ys",
        ),
        (
            lambda x: tf.gradients(tf.complex(x, x), x),
            TypeError,
            "Gradients of complex tensors must set grad_ys (y.dtype = tf.complex64)",
        ),
        (
            lambda x: tf.gradients(tf.sin(x), x, grad_ys=[tf.constant([True, False])]),
            TypeError,
            "Gradient type bool generated for real or integer-valued tensor "
            'Tensor("Sin:0", shape=(2,), dtype=float32) with type float32 must be real or integer',
        ),
        (
            lambda x: tf.gradients(tf.complex(x, x), x, grad_ys=[tf.ones([2])]),
            TypeError,
            "Gradient type float32 generated for complex-valued tensor "
            'Tensor("Complex:0", shape=(2,), dtype=complex64) with type complex64 must be real',
        ),
        (
            lambda x: tf.gradients(tf.constant("a"), x, grad_ys=[tf.constant("b")]),
            TypeError,
            'Tensor Tensor("Const:0", shape=(), dtype=string) with type string must be numeric '
            "to obtain a default gradient",
        ),
    ],
)
def test_errors(make: object, error: type[Exception], text: str) -> None:
    x = tf.placeholder(tf.float32, [2])
    with pytest.raises(error) as caught:
        make(x)  # type: ignore[operator]
    assert str(caught.value) == text


def test_registered_gradient_by_override() -> None:
    name = "TripleInsteadOfCosine"

    @tf.RegisterGradient(name)
    def _triple(op: object, grad: object) -> object:
        return grad * 3.0  # type: ignore[operator]

    x = tf.placeholder(tf.float32, [2])
    with tf.get_default_graph().gradient_override_map({"Sin": name}):
        y = tf.sin(x)
    assert tf.gradients(y, x)[0].name == "gradients/Sin_grad/mul:0"
    assert tf.gradients(y, x)[0].op.inputs[1].op.type == "Const"
    assert tf.gradients(tf.sin(x), x)[0].op.inputs[1].op.type == "Cos"


def test_a_gradient_of_the_wrong_length_is_refused() -> None:
    @tf.RegisterGradient("TooManyGradients")
    def _wrong(op: object, grad: object) -> list[object]:
        return [grad, grad]

    x = tf.placeholder(tf.float32, [2])
    with tf.get_default_graph().gradient_override_map({"Sin": "TooManyGradients"}):
        y = tf.sin(x)
    with pytest.raises(ValueError, match="Num gradients 2 generated for op"):
        tf.gradients(y, x)


def test_a_gradient_of_another_shape_is_refused() -> None:
    @tf.RegisterGradient("AnotherShape")
    def _wrong(op: object, grad: object) -> object:
        return tf.zeros([3])

    x = tf.placeholder(tf.float32, [2])
    with tf.get_default_graph().gradient_override_map({"Sin": "AnotherShape"}):
        y = tf.sin(x)
    with pytest.raises(ValueError, match="Incompatible shapes between op input and calculated"):
        tf.gradients(y, x)


def test_a_gradient_can_be_registered_once() -> None:
    with pytest.raises(KeyError, match="Registering two gradient with name 'Sin'!"):
        tf.RegisterGradient("Sin")(lambda op, grad: grad)
    with pytest.raises(TypeError, match="op_type must be a string"):
        tf.RegisterGradient(3)


def test_unknown_gradients_raise_a_lookup_error() -> None:
    x = tf.placeholder(tf.float32, [2])
    with tf.get_default_graph().gradient_override_map({"Sin": "NowhereRegistered"}):
        y = tf.sin(x, name="wave")
    text = r"No gradient defined for operation 'wave' \(op type: Sin\)"
    with pytest.raises(LookupError, match=text):
        tf.gradients(y, x)


def test_ops_registered_as_not_differentiable_pass_nothing() -> None:
    tf.NotDifferentiable("NothingPasses")
    x = tf.placeholder(tf.float32, [2])
    with tf.get_default_graph().gradient_override_map({"Sin": "NothingPasses"}):
        y = tf.sin(x)
    assert tf.gradients(y, x) == [None]


def test_custom_gradient() -> None:
    @tf.custom_gradient
    def tripled(x: object) -> object:
        return tf.identity(x), lambda grad: grad * 3.0

    x = tf.placeholder(tf.float32, [2])
    y = tripled(x)
    (grad,) = tf.gradients(y, x)
    assert y.op.type == "IdentityN"
    assert grad.op.type == "Mul"
    assert grad.op.name == "gradients/IdentityN_grad/mul"


def test_second_order() -> None:
    x = tf.placeholder(tf.float32, [])
    first = tf.gradients(x * x * x, x)[0]
    second = tf.gradients(first, x)[0]
    assert second.op.type == "AddN"
    assert second.name.startswith("gradients_1/")
