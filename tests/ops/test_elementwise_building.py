"""Building elementwise ops: names, dtypes, static shapes and messages, as TensorFlow 1.15.5 has
them."""

import numpy as np
import pytest

from jitgraph.dtypes import as_dtype
from jitgraph.graph import Graph
from jitgraph.ops import (
    arithmetic,
    bitwise,
    casting,
    comparison,
    elementwise_complex,
    elementwise_division,
    elementwise_extrema,
    elementwise_powers,
    elementwise_sums,
    logical,
    operators,
    selection,
)
from jitgraph.ops.placeholders import placeholder
from jitgraph.ops.registry import REGISTRY

FAMILIES = (
    arithmetic, bitwise, casting, comparison, elementwise_complex, elementwise_division,
    elementwise_extrema, elementwise_powers, elementwise_sums, logical, operators, selection,
)  # fmt: skip
PUBLIC = {name: value for family in FAMILIES for name, value in vars(family).items()}


@pytest.fixture
def scope():
    with Graph().as_default():
        inputs = {
            "x": placeholder("float32", [2, 3], name="x"),
            "y": placeholder("float32", [4], name="y"),
            "k": placeholder("int32", [3], name="k"),
            "b": placeholder("bool", [2], name="b"),
        }
        yield {**PUBLIC, **inputs, "placeholder": placeholder, "np": np}


DIFFER = "Dimensions must be equal, but are 3 and 4 for "
NOT_ALLOWED = "Value passed to parameter 'x' has DataType"

ERRORS = [
    ("x + y", ValueError, DIFFER + "'add' (op: 'AddV2') with input shapes: [2,3], [4]."),
    ("maximum(x, y, name='m')", ValueError,
     DIFFER + "'m' (op: 'Maximum') with input shapes: [2,3], [4]."),
    ("x + k", TypeError,
     "Input 'y' of 'AddV2' Op has type int32 that does not match type float32 of argument 'x'."),
    ("k + x", TypeError,
     "Input 'y' of 'AddV2' Op has type float32 that does not match type int32 of argument 'x'."),
    ("k + 1.5", TypeError,
     "Input 'y' of 'AddV2' Op has type float32 that does not match type int32 of argument 'x'."),
    ("1.5 + k", TypeError, "Expected int32, got 1.5 of type 'float' instead."),
    ("add(k, 1.5)", TypeError,
     "Expected int32 passed to parameter 'y' of op 'Add', got 1.5 of type 'float' instead. "
     "Error: Expected int32, got 1.5 of type 'float' instead."),
    ("x * 'a'", TypeError,
     "Input 'y' of 'Mul' Op has type string that does not match type float32 of argument 'x'."),
    ("-b", TypeError,
     f"{NOT_ALLOWED} bool not in list of allowed values: bfloat16, float16, float32, float64, "
     "int32, int64, complex64, complex128"),
    ("~x", TypeError,
     "Input 'x' of 'LogicalNot' Op has type float32 that does not match expected type of bool."),
    ("b & 1", TypeError,
     "Input 'y' of 'LogicalAnd' Op has type int32 that does not match expected type of bool."),
    ("sqrt(k)", TypeError,
     f"{NOT_ALLOWED} int32 not in list of allowed values: bfloat16, float16, float32, float64, "
     "complex64, complex128"),
    ("x / k", TypeError, "x and y must have the same dtype, got tf.float32 != tf.int32"),
    ("divide(b, b, name='q')", TypeError, "Invalid dtype tf.bool in __truediv__"),
    ("left_shift(x, x)", TypeError,
     f"{NOT_ALLOWED} float32 not in list of allowed values: int8, int16, int32, int64, uint8, "
     "uint16, uint32, uint64"),
    ("add_n([x, y])", ValueError, "Shapes must be equal rank, but are 2 and 1\n\tFrom merging "
     "shape 0 with other shapes. for 'AddN' (op: 'AddN') with input shapes: [2,3], [4]."),
    ("add_n([x, k])", TypeError, "Tensors in list passed to 'inputs' of 'AddN' Op have types "
     "[float32, int32] that don't all match."),
    ("add_n([])", ValueError, "inputs must be a list of at least one Tensor/IndexedSlices with "
     "the same dtype and shape"),
    ("accumulate_n([x, k])", ValueError,
     "inputs must be a list of at least one Tensor with the same dtype and shape"),
    ("accumulate_n([x], shape=[9])", ValueError, "Shapes (9,) and (2, 3) are not compatible"),
    ("where(placeholder('bool', [3], name='c'), x, x)", ValueError,
     "Dimension 0 in both shapes must be equal, but are 3 and 2. Shapes are [3] and [2]. for "
     "'Select' (op: 'Select') with input shapes: [3], [2,3], [2,3]."),
    ("where(placeholder('bool', [2, 2], name='c'), x, x)", ValueError,
     "Dimension 1 in both shapes must be equal, but are 3 and 2. Shapes are [2,3] and [2,2]. for "
     "'Select' (op: 'Select') with input shapes: [2,2], [2,3], [2,3]."),
    ("where(b, x)", ValueError, "x and y must both be non-None or both be None."),
    ("complex(x, k)", TypeError, "real and imag have incorrect types: float32 int32"),
    ("conj(b)", TypeError, "Expected numeric or variant tensor, got dtype tf.bool"),
    ("scalar_mul(y, x)", ValueError, "Only scalar multiply works, got shape (4,)"),
    ("clip_by_value(k, [[1], [2]], 3)", ValueError, "Shapes (3,) and (2, 3) are not compatible"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "error", "message"), ERRORS, ids=[case[0] for case in ERRORS])
def test_messages_are_tensorflows(scope, code, error, message):
    with pytest.raises(error) as found:
        eval(code, scope)
    assert str(found.value) == message


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ([None, 1], [1, None], [None, None]),
        ([None, 1], [4, None], [4, None]),
        ([1, None], [4, None], [4, None]),
        ([None, 3], [3], [None, 3]),
        ([], [2], [2]),
        ([0], [1], [0]),
        ([2, 1], [5], [2, 5]),
        (None, [2], None),
    ],
)
def test_broadcast_static_shapes(left, right, expected):
    with Graph().as_default():
        total = placeholder("float32", left) + placeholder("float32", right)
    assert total.shape.ndims == (None if expected is None else len(expected))
    assert expected is None or total.shape.as_list() == expected


@pytest.mark.parametrize("code", ["x < 1", "x >= x", "equal(x, x)", "b & True", "where(b, b, b)"])
def test_results_are_bools(scope, code):
    assert eval(code, scope).dtype == as_dtype("bool")


@pytest.mark.parametrize(
    ("code", "dtype"),
    [
        ("k / k", "float64"),
        ("cast(k, 'int8') / cast(k, 'int8')", "float32"),
        ("k // 2", "int32"),
        ("complex(x, x)", "complex64"),
        ("abs(complex(x, x))", "float32"),
        ("population_count(k)", "uint8"),
        ("2 * x", "float32"),
        ("np.float32(2) * x", "float32"),
        ("np.ones(3) + x", "float32"),
    ],
)
def test_dtypes(scope, code, dtype):
    assert eval(code, scope).dtype == as_dtype(dtype)


def test_equality_operators_compare_identity(scope):
    assert scope["x"] == scope["x"]
    assert scope["x"] != scope["y"]


def test_real_tensors_have_no_parts(scope):
    x = scope["x"]
    assert elementwise_complex.real(x) is x
    assert elementwise_complex.conj(x) is x
    assert casting.cast(x, "float32") is x


def test_operands_with_operators_of_their_own_are_asked(scope):
    class Mine:
        def __radd__(self, other):
            return "mine"

    assert scope["x"] + Mine() == "mine"


@pytest.mark.parametrize("name", ["RealDiv", "FloorDiv", "FloorMod", "TruncateDiv"])
def test_only_integers_are_checked_for_zero_divisors(name):
    definition = REGISTRY[name]
    assert definition.check_for(as_dtype("int32")) == ("y == 0", 1)
    assert definition.check_for(as_dtype("float32")) is None
