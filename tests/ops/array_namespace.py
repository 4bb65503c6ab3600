"""The public array functions under one name, for tests that run recorded code."""

from types import FunctionType, SimpleNamespace

from jitgraph import dtypes
from jitgraph.graph import Graph
from jitgraph.ops import (
    assembling,
    constants,
    convert,
    diagonals,
    filling,
    gathering,
    identities,
    indexed_slices,
    indexing,
    masking,
    matrices,
    operators,
    packing,
    padding,
    placeholders,
    ranges,
    rearranging,
    repeating,
    reshaping,
    scattering,
    shape_arithmetic,
    shapes_of,
    slicing,
    splitting,
    strided_slicing,
    transposing,
)
from jitgraph.shapes import TensorShape

_MODULES = (
    *(assembling, constants, convert, diagonals, filling, gathering, identities, indexing),
    *(masking, matrices, packing, padding, placeholders, ranges, rearranging, repeating),
    *(reshaping, scattering, shape_arithmetic, shapes_of, slicing, splitting, strided_slicing),
    transposing,
)

assert operators, "hangs the Python operators on Tensor"

tf = SimpleNamespace(
    Graph=Graph,
    IndexedSlices=indexed_slices.IndexedSlices,
    TensorShape=TensorShape,
    **{name: dtypes.as_dtype(name) for name in "bool complex64 float32 float64 int32".split()},
    int64=dtypes.int64,
    string=dtypes.string,
)
for _module in _MODULES:
    for _name, _value in vars(_module).items():
        is_own = isinstance(_value, FunctionType) and _value.__module__ == _module.__name__
        if is_own and not _name.startswith("_"):
            setattr(tf, _name, _value)
tf.where = masking.where_true
