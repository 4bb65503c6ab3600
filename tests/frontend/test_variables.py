"""What a variable is before it is run: ops made, properties, conversions, errors, collections."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

import jitgraph as tf


@pytest.fixture(autouse=True)
def graph() -> Iterator[tf.Graph]:
    with tf.Graph().as_default() as graph:
        yield graph


def test_properties() -> None:
    v = tf.Variable([1.0, 2.0], name="v", trainable=False)
    assert v.name == "v:0"
    assert v.op.name == "v"
    assert v.op.type == "VariableV2"
    assert v.dtype.name == "float32_ref"
    assert v.shape.as_list() == [2]
    assert v.get_shape().as_list() == [2]
    assert v.graph is tf.get_default_graph()
    assert v.initializer.name == "v/Assign"
    assert v.initial_value.name == "v/initial_value:0"
    assert v.value().name == "v/read:0"
    assert v.device == ""
    assert v.trainable is False
    assert v.constraint is None
    assert repr(v) == "<tf.Variable 'v:0' shape=(2,) dtype=float32_ref>"


def test_read_value_is_a_new_op_each_time() -> None:
    v = tf.Variable(1.0)
    assert [v.read_value().name, v.read_value().name] == ["read:0", "read_1:0"]
    assert v.value() is v.value()


def test_conversion_gives_the_read_tensor() -> None:
    v = tf.Variable(1.0)
    assert tf.convert_to_tensor(v) is v.value()
    with pytest.raises(ValueError, match="Incompatible type conversion requested to type 'int32'"):
        tf.convert_to_tensor(v, dtype=tf.int32)


def test_is_a_graph_element() -> None:
    v = tf.Variable(1.0, name="v")
    graph = tf.get_default_graph()
    assert graph.as_graph_element(v).name == "v:0"
    assert graph.get_tensor_by_name("v:0") is graph.as_graph_element(v)


def test_every_operator() -> None:
    v = tf.Variable([4.0, 2.0])
    made = [v + 1, 1 + v, v - 1, 1 - v, v * 2, 2 * v, v / 2, 2 / v, v // 2, 2 // v, v % 3, 3 % v]
    made += [v**2, 2**v, -v, abs(v), v < 1, v <= 1, v > 1, v >= 1]
    names = "add add_1 sub sub_1 mul mul_1 truediv truediv_1 floordiv floordiv_1 mod mod_1"
    names += " pow pow_1 Neg Abs Less LessEqual Greater GreaterEqual"
    assert [t.op.name for t in made] == names.split()


def test_boolean_operators() -> None:
    v = tf.Variable([True, False])
    made = [v & True, True & v, v | False, v ^ v, ~v]
    names = ["and", "and_1", "or", "xor", "LogicalNot"]
    assert [t.op.name for t in made] == names


def test_numpy_arrays_leave_operators_to_the_variable() -> None:
    v = tf.Variable(np.ones(2, np.float32))
    assert (np.ones(2, np.float32) * v).op.type == "Mul"


def test_equality_is_identity() -> None:
    a, b = tf.Variable(1.0), tf.Variable(1.0)
    assert a == a
    assert a != b
    assert len({a, b}) == 2


def test_is_not_iterable() -> None:
    with pytest.raises(TypeError, match="'Variable' object is not iterable"):
        iter(tf.Variable([1.0]))


def test_dtype_argument_converts_the_initial_value() -> None:
    assert tf.Variable([1, 2], dtype=tf.float64).dtype.base_dtype == tf.float64


def test_shape_argument_wins() -> None:
    v = tf.Variable([1.0], shape=tf.TensorShape([None]))
    assert v.shape.as_list() == [None]


def test_initializer_is_outside_control_dependencies() -> None:
    with tf.control_dependencies([tf.no_op()]):
        v = tf.Variable(1.0)
    for op in (v.op, v.initializer, v.initial_value.op, v.value().op):
        assert op.control_inputs == []


def test_colocation() -> None:
    v = tf.Variable(lambda: tf.zeros([2]), name="v", dtype=tf.float32)
    assert v.value().op.colocation_groups() == [b"loc:@v"]
    assert v.initial_value.op.colocation_groups() == [b"loc:@v"]


def test_collections() -> None:
    a = tf.Variable(1.0)
    b = tf.Variable(1.0, trainable=False)
    c = tf.Variable(1.0, collections=[tf.GraphKeys.LOCAL_VARIABLES], trainable=False)
    d = tf.Variable(1.0, collections=(), trainable=False)
    assert tf.global_variables() == [a, b]
    assert tf.trainable_variables() == [a]
    assert tf.local_variables() == [c]
    assert d not in tf.global_variables() + tf.local_variables()


def test_collections_by_scope() -> None:
    with tf.name_scope("layer"):
        inner = tf.Variable(1.0, name="w")
    tf.Variable(1.0, name="w")
    assert tf.global_variables("layer/") == [inner]
    assert tf.trainable_variables(scope="layer") == [inner]


@pytest.mark.parametrize(
    ("make", "error", "text"),
    [
        (lambda: tf.Variable(), ValueError, "initial_value must be specified."),
        (
            lambda: tf.Variable(1.0, collections="mine"),
            ValueError,
            "collections argument to Variable constructor must be a list, tuple, or set. "
            "Got mine of type <class 'str'>",
        ),
        (
            lambda: tf.Variable(1.0, constraint=3),
            ValueError,
            "The `constraint` argument must be a callable.",
        ),
        (
            lambda: tf.Variable(tf.placeholder(tf.float32, [None])),
            ValueError,
            "initial_value must have a shape specified: "
            'Tensor("Placeholder:0", shape=(?,), dtype=float32)',
        ),
        (
            lambda: tf.Variable(1.0).scatter_add(3.0),
            TypeError,
            "sparse_delta is not IndexedSlices: 3.0",
        ),
        (
            lambda: tf.Variable(1.0).load(3.0),
            ValueError,
            "Either session argument should be provided or default session should be established",
        ),
    ],
)
def test_errors(make: object, error: type[Exception], text: str) -> None:
    with pytest.raises(error) as caught:
        make()  # type: ignore[operator]
    assert str(caught.value) == text


def test_a_variable_synchronised_on_read_is_not_trainable() -> None:
    v = tf.Variable(1.0, synchronization=tf.VariableSynchronization.ON_READ)
    assert not v.trainable
    assert tf.trainable_variables() == []


def test_initial_value_of_another_variable_is_guarded() -> None:
    a = tf.Variable([1.0, 2.0], name="a")
    b = tf.Variable(a * 2, name="b")
    assigned = b.initializer.inputs[1]
    assert assigned.op.name == "mul_b"
    assert b.initial_value.op.name == "mul"


def test_initial_value_of_no_variable_is_left_alone() -> None:
    v = tf.Variable(tf.ones([2]) * 3)
    assert v.initializer.inputs[1] is v.initial_value


def test_assign_returns_a_reference_or_the_operation() -> None:
    v = tf.Variable([1.0, 2.0], name="v")
    assert v.assign([1.0, 1.0]).dtype.name == "float32_ref"
    assert v.assign([1.0, 1.0], read_value=False).type == "Assign"
    assert v.assign_add([1.0, 1.0], read_value=False).type == "AssignAdd"
    assert v.assign_sub([1.0, 1.0], name="less").op.name == "less"


def test_assignment_to_an_assignment() -> None:
    v = tf.Variable(1.0)
    twice = tf.assign_add(tf.assign(v, 2.0), 1.0)
    assert twice.op.inputs[0].op.type == "Assign"


def test_assign_to_a_tensor_is_refused() -> None:
    with pytest.raises(AttributeError, match="assign"):
        tf.assign(tf.constant(1.0), 2.0)


def test_scatter_checks_shapes() -> None:
    v = tf.Variable(np.zeros((4, 2), np.float32))
    with pytest.raises(ValueError, match="Dimension 1 in both shapes must be equal"):
        tf.scatter_add(v, [0], [[1.0, 2.0, 3.0]])
    assert tf.scatter_add(v, [0], 1.0).shape.as_list() == [4, 2]


def test_set_shape_refines() -> None:
    v = tf.Variable([1.0, 2.0], validate_shape=False)
    assert v.shape.ndims is None
    v.set_shape([2])
    assert v.shape.as_list() == [2]
    assert v.value().shape.as_list() == [2]


def test_initializers_of_groups_of_variables() -> None:
    a = tf.Variable(1.0)
    b = tf.Variable(1.0, collections=[tf.GraphKeys.LOCAL_VARIABLES])
    assert tf.global_variables_initializer().control_inputs == [a.initializer]
    assert tf.local_variables_initializer().control_inputs == [b.initializer]
    assert tf.variables_initializer([]).control_inputs == []


def test_assert_variables_initialized_of_several() -> None:
    tf.Variable(1.0)
    tf.Variable([1.0])
    found = tf.assert_variables_initialized()
    assert found.op.type == "Pack"
    assert [t.op.type for t in found.op.inputs] == ["Rank", "Rank"]


def test_assert_variables_initialized_of_none() -> None:
    assert tf.assert_variables_initialized() is None
