"""Array ops while building: static shapes, dtypes, names, errors are TensorFlow 1.15.5's."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.ops.array_namespace import tf

CASES = json.loads((Path(__file__).parent / "array_results.json").read_text())["cases"]


@pytest.mark.parametrize(("code", "expected"), CASES)
def test_result_is_tensorflows(code, expected):
    with tf.Graph().as_default():
        try:
            found = str(eval(code, {"tf": tf, "np": np}))
        except (TypeError, ValueError) as error:
            found = f"{type(error).__name__} {error}"
    assert found.split("\n")[0].rstrip(".") == expected.split("\n")[0].rstrip(".")


def names(graph):
    operations = graph.get_operations()
    return [(op.name, op.type, [tensor.name for tensor in op.inputs]) for op in operations]


def test_indexing_makes_the_constants_of_a_strided_slice():
    with tf.Graph().as_default() as graph:
        tf.placeholder(tf.float32, [None, 2])[1:, 0]
    assert names(graph)[1:] == [
        ("strided_slice/stack", "Const", []),
        ("strided_slice/stack_1", "Const", []),
        ("strided_slice/stack_2", "Const", []),
        (
            "strided_slice",
            "StridedSlice",
            ["Placeholder:0", *(f"strided_slice/stack{end}:0" for end in ("", "_1", "_2"))],
        ),
    ]
    masks = {
        name: graph.get_operation_by_name("strided_slice").get_attr(name)
        for name in ("begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask")
    }
    assert list(masks.values()) == [0, 1, 0, 0, 2]


def test_lists_with_tensors_are_packed():
    with tf.Graph().as_default() as graph:
        tf.stack([[1, tf.placeholder(tf.int32, [])], [2, 3]])
    assert [name for name, _, _ in names(graph)] == [
        "Placeholder",
        "stack/0/0",
        "stack/0",
        "stack/1_1",
        "stack",
    ]


def test_group_and_tuple_wait_for_their_inputs():
    with tf.Graph().as_default() as graph:
        tf.tuple([tf.zeros([]), tf.ones([])])
    waiting = {
        op.name: [before.name for before in op.control_inputs] for op in graph.get_operations()
    }
    assert waiting == {
        "zeros": [],
        "ones": [],
        "tuple/group_deps": ["zeros", "ones"],
        "tuple/control_dependency": ["tuple/group_deps"],
        "tuple/control_dependency_1": ["tuple/group_deps"],
    }


def test_partly_known_contents_give_static_shapes():
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [None, 6])
        rows = tf.shape(x)[0]
        assert tf.reshape(x, [rows, 2, 3]).shape.as_list() == [None, 2, 3]
        assert tf.zeros([rows, 4]).shape.as_list() == [None, 4]
        target = tf.concat([tf.shape(x)[:1], [3, 2]], 0)
        assert tf.reshape(x, target).shape.as_list() == [None, 3, 2]


def test_a_tensor_is_not_a_mask_or_index_of_floats():
    with tf.Graph().as_default(), pytest.raises(TypeError, match="are valid indices, got"):
        tf.zeros([3])[tf.zeros([])]


def test_indexed_slices_need_a_dense_shape_to_become_a_tensor():
    with tf.Graph().as_default():
        slices = tf.IndexedSlices(tf.ones([2, 3]), tf.constant([0, 4]))
        with pytest.raises(ValueError, match="without dense_shape"):
            tf.convert_to_tensor(slices)
        dense = tf.IndexedSlices(slices.values, slices.indices, tf.constant([5, 3]))
        assert tf.convert_to_tensor(dense).shape.as_list() == [5, 3]


def test_no_op_has_no_outputs():
    with tf.Graph().as_default():
        assert tf.no_op("nothing").outputs == []
