"""TensorFlow 1's programming model on a small compiler: `import jitgraph as tf`.

The public names, re-exported; nothing is computed here, and Numba is not imported. The compiler and
the runtime are imported when the first session is made.
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any

from jitgraph import dtypes, errors
from jitgraph.dtypes import (
    DType,
    as_dtype,
    bfloat16,
    bool,
    complex64,
    complex128,
    double,
    float16,
    float32,
    float64,
    half,
    int8,
    int16,
    int32,
    int64,
    resource,
    string,
    uint8,
    uint16,
    uint32,
    uint64,
)
from jitgraph.errors import OpError
from jitgraph.frontend.api import (
    bitwise,
    compat,
    contrib,
    debugging,
    initializers,
    layers,
    linalg,
    logging,
    losses,
    manip,
    math,
    metrics,
    nn,
    random,
    raw_ops,
    sparse,
    train,
)
from jitgraph.frontend.assertions import Assert, Print
from jitgraph.frontend.check_ops import (
    assert_equal,
    assert_greater,
    assert_greater_equal,
    assert_integer,
    assert_less,
    assert_less_equal,
    assert_near,
    assert_negative,
    assert_non_negative,
    assert_non_positive,
    assert_none_equal,
    assert_positive,
    assert_proper_iterable,
    assert_rank,
    assert_rank_at_least,
    assert_rank_in,
    assert_same_float_dtype,
    assert_scalar,
    assert_type,
    is_non_decreasing,
    is_numeric_tensor,
    is_strictly_increasing,
)
from jitgraph.frontend.control_flow import case, cond
from jitgraph.frontend.custom_gradients import custom_gradient
from jitgraph.frontend.eager_switches import (
    disable_control_flow_v2,
    disable_eager_execution,
    disable_resource_variables,
    disable_tensor_equality,
    disable_v2_behavior,
    disable_v2_tensorshape,
    enable_eager_execution,
    enable_v2_behavior,
    executing_eagerly,
)
from jitgraph.frontend.gradient_registry import NoGradient, NotDifferentiable, RegisterGradient
from jitgraph.frontend.gradient_sums import AggregationMethod
from jitgraph.frontend.gradients import UnconnectedGradients, gradients
from jitgraph.frontend.hessians import hessians
from jitgraph.frontend.initializers import (
    constant_initializer,
    glorot_normal_initializer,
    glorot_uniform_initializer,
    ones_initializer,
    orthogonal_initializer,
    random_normal_initializer,
    random_uniform_initializer,
    truncated_normal_initializer,
    uniform_unit_scaling_initializer,
    variance_scaling_initializer,
    zeros_initializer,
)
from jitgraph.frontend.metrics.classes import confusion_matrix
from jitgraph.frontend.partitioned_variables import (
    fixed_size_partitioner,
    min_max_variable_partitioner,
    variable_axis_size_partitioner,
)
from jitgraph.frontend.random_crop import random_crop
from jitgraph.frontend.template import make_template
from jitgraph.frontend.variable_collections import (
    all_variables,
    assert_variables_initialized,
    global_variables,
    global_variables_initializer,
    initialize_all_variables,
    initialize_local_variables,
    initialize_variables,
    local_variables,
    local_variables_initializer,
    model_variables,
    moving_average_variables,
    report_uninitialized_variables,
    trainable_variables,
    variables_initializer,
)
from jitgraph.frontend.variable_kinds import VariableAggregation, VariableSynchronization
from jitgraph.frontend.variable_scope import (
    AUTO_REUSE,
    VariableScope,
    get_variable_scope,
    no_regularizer,
)
from jitgraph.frontend.variable_sharing import (
    get_local_variable,
    get_variable,
    variable_op_scope,
    variable_scope,
)
from jitgraph.frontend.variables import Variable
from jitgraph.frontend.while_loop import while_loop
from jitgraph.graph import (
    DeviceSpec,
    Graph,
    GraphKeys,
    NodeDef,
    Operation,
    Tensor,
    add_to_collection,
    add_to_collections,
    colocate_with,
    container,
    control_dependencies,
    device,
    get_all_collection_keys,
    get_collection,
    get_collection_ref,
    get_default_graph,
    get_default_session,
    name_scope,
    op_scope,
    reset_default_graph,
    set_random_seed,
)
from jitgraph.ops.arguments import arg_max, arg_min, argmax, argmin
from jitgraph.ops.arithmetic import (
    add,
    multiply,
    negative,
    scalar_mul,
    square,
    squared_difference,
    subtract,
)
from jitgraph.ops.assembling import concat
from jitgraph.ops.atrous import required_space_to_batch_paddings
from jitgraph.ops.band_parts import matrix_band_part
from jitgraph.ops.casting import (
    bitcast,
    cast,
    saturate_cast,
    to_bfloat16,
    to_complex64,
    to_complex128,
    to_double,
    to_float,
    to_int32,
    to_int64,
)
from jitgraph.ops.comparison import equal, greater, greater_equal, less, less_equal, not_equal
from jitgraph.ops.constants import constant
from jitgraph.ops.convert import convert_to_tensor, register_tensor_conversion_function
from jitgraph.ops.counting import count_up_to
from jitgraph.ops.diagonals import matrix_diag, matrix_diag_part, matrix_set_diag
from jitgraph.ops.einsum import einsum
from jitgraph.ops.elementwise_complex import angle, complex, conj, imag, real
from jitgraph.ops.elementwise_division import (
    div,
    div_no_nan,
    divide,
    floor_div,
    floordiv,
    realdiv,
    truediv,
    truncatediv,
)
from jitgraph.ops.elementwise_exponential import exp, expm1, log, log1p, log_sigmoid, sigmoid
from jitgraph.ops.elementwise_extrema import clip_by_value, maximum, minimum
from jitgraph.ops.elementwise_powers import pow, reciprocal, rsqrt, sqrt
from jitgraph.ops.elementwise_remainders import floormod, mod, truncatemod
from jitgraph.ops.elementwise_rounding import (
    abs,
    ceil,
    floor,
    is_finite,
    is_inf,
    is_nan,
    rint,
    round,
    sign,
)
from jitgraph.ops.elementwise_special import digamma, erf, erfc, lgamma, polygamma
from jitgraph.ops.elementwise_sums import accumulate_n, add_n
from jitgraph.ops.elementwise_trigonometric import (
    acos,
    acosh,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    cos,
    cosh,
    sin,
    sinh,
    tan,
    tanh,
)
from jitgraph.ops.factorization import qr
from jitgraph.ops.filling import fill, ones, ones_like, zeros, zeros_like
from jitgraph.ops.gathering import gather, gather_nd
from jitgraph.ops.identities import group, identity, identity_n, no_op, stop_gradient, tuple
from jitgraph.ops.indexed_slices import IndexedSlices, convert_to_tensor_or_indexed_slices
from jitgraph.ops.indexing import newaxis
from jitgraph.ops.logical import logical_and, logical_not, logical_or, logical_xor
from jitgraph.ops.masking import boolean_mask, one_hot, sequence_mask
from jitgraph.ops.matmul import matmul
from jitgraph.ops.matrices import diag, diag_part, eye, trace
from jitgraph.ops.norms import (
    clip_by_average_norm,
    clip_by_global_norm,
    clip_by_norm,
    global_norm,
    norm,
)
from jitgraph.ops.numerics import (
    add_check_numerics_ops,
    check_numerics,
    verify_tensor_all_finite,
)
from jitgraph.ops.packing import stack, unstack
from jitgraph.ops.padding import pad
from jitgraph.ops.parallel_stacking import parallel_stack
from jitgraph.ops.partial_value import constant_value as get_static_value
from jitgraph.ops.partitioning import dynamic_partition
from jitgraph.ops.patches import extract_image_patches
from jitgraph.ops.placeholders import placeholder, placeholder_with_default
from jitgraph.ops.random_numbers import random_normal, random_uniform, truncated_normal
from jitgraph.ops.random_samples import multinomial, random_gamma, random_poisson, random_shuffle
from jitgraph.ops.random_seed import get_seed
from jitgraph.ops.ranges import lin_space, linspace, meshgrid, range
from jitgraph.ops.rearranging import reverse, reverse_sequence, reverse_v2, roll
from jitgraph.ops.reductions import (
    count_nonzero,
    reduce_all,
    reduce_any,
    reduce_logsumexp,
    reduce_max,
    reduce_mean,
    reduce_min,
    reduce_prod,
    reduce_sum,
)
from jitgraph.ops.repeating import broadcast_to, tile
from jitgraph.ops.reshaping import expand_dims, reshape, squeeze
from jitgraph.ops.scans import cumprod, cumsum
from jitgraph.ops.scatter import (
    scatter_add,
    scatter_div,
    scatter_max,
    scatter_min,
    scatter_mul,
    scatter_nd_add,
    scatter_nd_sub,
    scatter_nd_update,
    scatter_sub,
    scatter_update,
)
from jitgraph.ops.scattering import dynamic_stitch, scatter_nd, unsorted_segment_sum
from jitgraph.ops.segments import (
    segment_max,
    segment_mean,
    segment_min,
    segment_prod,
    segment_sum,
)
from jitgraph.ops.selection import where, where_v2
from jitgraph.ops.set_operations import setdiff1d
from jitgraph.ops.shape_arithmetic import (
    broadcast_dynamic_shape,
    broadcast_static_shape,
    invert_permutation,
)
from jitgraph.ops.shapes_of import rank, shape, shape_n, size
from jitgraph.ops.slicing import slice
from jitgraph.ops.sorting import argsort, sort
from jitgraph.ops.space_batch import (
    batch_to_space,
    batch_to_space_nd,
    space_to_batch,
    space_to_batch_nd,
)
from jitgraph.ops.space_depth import depth_to_space, space_to_depth
from jitgraph.ops.sparse_ordering import sparse_reorder, sparse_retain, sparse_transpose
from jitgraph.ops.sparse_products import sparse_tensor_dense_matmul
from jitgraph.ops.sparse_reductions import sparse_reduce_sum
from jitgraph.ops.sparse_segments import (
    sparse_segment_mean,
    sparse_segment_sqrt_n,
    sparse_segment_sum,
)
from jitgraph.ops.sparse_tensor import (
    SparseTensor,
    SparseTensorValue,
    convert_to_tensor_or_sparse_tensor,
    sparse_placeholder,
    sparse_tensor_to_dense,
)
from jitgraph.ops.sparse_to_dense import sparse_to_dense
from jitgraph.ops.splitting import split
from jitgraph.ops.state import assign, assign_add, assign_sub, is_variable_initialized
from jitgraph.ops.strided_slicing import strided_slice
from jitgraph.ops.tensor_products import tensordot
from jitgraph.ops.tensor_scattering import (
    tensor_scatter_add,
    tensor_scatter_add as tensor_scatter_nd_add,
    tensor_scatter_sub,
    tensor_scatter_sub as tensor_scatter_nd_sub,
    tensor_scatter_update,
    tensor_scatter_update as tensor_scatter_nd_update,
)
from jitgraph.ops.transposing import matrix_transpose, transpose
from jitgraph.ops.triangular import matrix_triangular_solve
from jitgraph.ops.unique import unique, unique_with_counts
from jitgraph.ops.unsorted_segments import (
    unsorted_segment_max,
    unsorted_segment_mean,
    unsorted_segment_min,
    unsorted_segment_prod,
    unsorted_segment_sqrt_n,
)
from jitgraph.shapes import Dimension, TensorShape, dimension_at_index, dimension_value

if TYPE_CHECKING:
    from jitgraph.config import (
        ConfigProto,
        GPUOptions,
        GraphOptions,
        OptimizerOptions,
        RunMetadata,
        RunOptions,
    )
    from jitgraph.frontend import graph_util
    from jitgraph.frontend.graph_import import import_graph_def
    from jitgraph.inspection import cache
    from jitgraph.inspection.explain import explain
    from jitgraph.session import InteractiveSession, Session

__version__ = "0.1.0"
VERSION = "1.15.5"
compat.v1 = sys.modules[__name__]

_LATE = {
    "ConfigProto": "jitgraph.config",
    "GPUOptions": "jitgraph.config",
    "GraphOptions": "jitgraph.config",
    "InteractiveSession": "jitgraph.session",
    "OptimizerOptions": "jitgraph.config",
    "RunMetadata": "jitgraph.config",
    "RunOptions": "jitgraph.config",
    "Session": "jitgraph.session",
    "explain": "jitgraph.inspection.explain",
    "import_graph_def": "jitgraph.frontend.graph_import",
}
_LATE_MODULES = {
    "cache": "jitgraph.inspection.cache",
    "graph_util": "jitgraph.frontend.graph_util",
}
_MESSAGES = frozenset(
    "AttrValue Event GraphDef HistogramProto LogMessage MetaGraphDef NameAttrList NodeDef "
    "SessionLog Summary SummaryMetadata TensorInfo".split()
)
"""Protocol buffers, which need the extra `io`: not among the names that `import *` takes."""


def __getattr__(name: str) -> Any:
    found: Any
    if name in _LATE_MODULES:
        found = importlib.import_module(_LATE_MODULES[name])
    elif name in _LATE:
        found = getattr(importlib.import_module(_LATE[name]), name)
    elif name in _MESSAGES:
        found = getattr(importlib.import_module("jitgraph.protos"), name)
    else:
        raise AttributeError(f"module 'jitgraph' has no attribute '{name}'")
    globals()[name] = found
    return found


__all__ = [
    "AUTO_REUSE",
    "VERSION",
    "AggregationMethod",
    "Assert",
    "ConfigProto",
    "DType",
    "DeviceSpec",
    "Dimension",
    "GPUOptions",
    "Graph",
    "GraphKeys",
    "GraphOptions",
    "IndexedSlices",
    "InteractiveSession",
    "NoGradient",
    "NodeDef",
    "NotDifferentiable",
    "OpError",
    "Operation",
    "OptimizerOptions",
    "Print",
    "RegisterGradient",
    "RunMetadata",
    "RunOptions",
    "Session",
    "SparseTensor",
    "SparseTensorValue",
    "Tensor",
    "TensorShape",
    "UnconnectedGradients",
    "Variable",
    "VariableAggregation",
    "VariableScope",
    "VariableSynchronization",
    "__version__",
    "abs",
    "accumulate_n",
    "acos",
    "acosh",
    "add",
    "add_check_numerics_ops",
    "add_n",
    "add_to_collection",
    "add_to_collections",
    "all_variables",
    "angle",
    "arg_max",
    "arg_min",
    "argmax",
    "argmin",
    "argsort",
    "as_dtype",
    "asin",
    "asinh",
    "assert_equal",
    "assert_greater",
    "assert_greater_equal",
    "assert_integer",
    "assert_less",
    "assert_less_equal",
    "assert_near",
    "assert_negative",
    "assert_non_negative",
    "assert_non_positive",
    "assert_none_equal",
    "assert_positive",
    "assert_proper_iterable",
    "assert_rank",
    "assert_rank_at_least",
    "assert_rank_in",
    "assert_same_float_dtype",
    "assert_scalar",
    "assert_type",
    "assert_variables_initialized",
    "assign",
    "assign_add",
    "assign_sub",
    "atan",
    "atan2",
    "atanh",
    "batch_to_space",
    "batch_to_space_nd",
    "bfloat16",
    "bitcast",
    "bitwise",
    "bool",
    "boolean_mask",
    "broadcast_dynamic_shape",
    "broadcast_static_shape",
    "broadcast_to",
    "cache",
    "case",
    "cast",
    "ceil",
    "check_numerics",
    "clip_by_average_norm",
    "clip_by_global_norm",
    "clip_by_norm",
    "clip_by_value",
    "colocate_with",
    "compat",
    "complex",
    "complex64",
    "complex128",
    "concat",
    "cond",
    "confusion_matrix",
    "conj",
    "constant",
    "constant_initializer",
    "container",
    "contrib",
    "control_dependencies",
    "convert_to_tensor",
    "convert_to_tensor_or_indexed_slices",
    "convert_to_tensor_or_sparse_tensor",
    "cos",
    "cosh",
    "count_nonzero",
    "count_up_to",
    "cumprod",
    "cumsum",
    "custom_gradient",
    "debugging",
    "depth_to_space",
    "device",
    "diag",
    "diag_part",
    "digamma",
    "dimension_at_index",
    "dimension_value",
    "disable_control_flow_v2",
    "disable_eager_execution",
    "disable_resource_variables",
    "disable_tensor_equality",
    "disable_v2_behavior",
    "disable_v2_tensorshape",
    "div",
    "div_no_nan",
    "divide",
    "double",
    "dtypes",
    "dynamic_partition",
    "dynamic_stitch",
    "einsum",
    "enable_eager_execution",
    "enable_v2_behavior",
    "equal",
    "erf",
    "erfc",
    "errors",
    "executing_eagerly",
    "exp",
    "expand_dims",
    "explain",
    "expm1",
    "extract_image_patches",
    "eye",
    "fill",
    "fixed_size_partitioner",
    "float16",
    "float32",
    "float64",
    "floor",
    "floor_div",
    "floordiv",
    "floormod",
    "gather",
    "gather_nd",
    "get_all_collection_keys",
    "get_collection",
    "get_collection_ref",
    "get_default_graph",
    "get_default_session",
    "get_local_variable",
    "get_seed",
    "get_static_value",
    "get_variable",
    "get_variable_scope",
    "global_norm",
    "global_variables",
    "global_variables_initializer",
    "glorot_normal_initializer",
    "glorot_uniform_initializer",
    "gradients",
    "graph_util",
    "greater",
    "greater_equal",
    "group",
    "half",
    "hessians",
    "identity",
    "identity_n",
    "imag",
    "import_graph_def",
    "initialize_all_variables",
    "initialize_local_variables",
    "initialize_variables",
    "initializers",
    "int8",
    "int16",
    "int32",
    "int64",
    "invert_permutation",
    "is_finite",
    "is_inf",
    "is_nan",
    "is_non_decreasing",
    "is_numeric_tensor",
    "is_strictly_increasing",
    "is_variable_initialized",
    "layers",
    "less",
    "less_equal",
    "lgamma",
    "lin_space",
    "linalg",
    "linspace",
    "local_variables",
    "local_variables_initializer",
    "log",
    "log1p",
    "log_sigmoid",
    "logging",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "losses",
    "make_template",
    "manip",
    "math",
    "matmul",
    "matrix_band_part",
    "matrix_diag",
    "matrix_diag_part",
    "matrix_set_diag",
    "matrix_transpose",
    "matrix_triangular_solve",
    "maximum",
    "meshgrid",
    "metrics",
    "min_max_variable_partitioner",
    "minimum",
    "mod",
    "model_variables",
    "moving_average_variables",
    "multinomial",
    "multiply",
    "name_scope",
    "negative",
    "newaxis",
    "nn",
    "no_op",
    "no_regularizer",
    "norm",
    "not_equal",
    "one_hot",
    "ones",
    "ones_initializer",
    "ones_like",
    "op_scope",
    "orthogonal_initializer",
    "pad",
    "parallel_stack",
    "placeholder",
    "placeholder_with_default",
    "polygamma",
    "pow",
    "qr",
    "random",
    "random_crop",
    "random_gamma",
    "random_normal",
    "random_normal_initializer",
    "random_poisson",
    "random_shuffle",
    "random_uniform",
    "random_uniform_initializer",
    "range",
    "rank",
    "raw_ops",
    "real",
    "realdiv",
    "reciprocal",
    "reduce_all",
    "reduce_any",
    "reduce_logsumexp",
    "reduce_max",
    "reduce_mean",
    "reduce_min",
    "reduce_prod",
    "reduce_sum",
    "register_tensor_conversion_function",
    "report_uninitialized_variables",
    "required_space_to_batch_paddings",
    "reset_default_graph",
    "reshape",
    "resource",
    "reverse",
    "reverse_sequence",
    "reverse_v2",
    "rint",
    "roll",
    "round",
    "rsqrt",
    "saturate_cast",
    "scalar_mul",
    "scatter_add",
    "scatter_div",
    "scatter_max",
    "scatter_min",
    "scatter_mul",
    "scatter_nd",
    "scatter_nd_add",
    "scatter_nd_sub",
    "scatter_nd_update",
    "scatter_sub",
    "scatter_update",
    "segment_max",
    "segment_mean",
    "segment_min",
    "segment_prod",
    "segment_sum",
    "sequence_mask",
    "set_random_seed",
    "setdiff1d",
    "shape",
    "shape_n",
    "sigmoid",
    "sign",
    "sin",
    "sinh",
    "size",
    "slice",
    "sort",
    "space_to_batch",
    "space_to_batch_nd",
    "space_to_depth",
    "sparse",
    "sparse_placeholder",
    "sparse_reduce_sum",
    "sparse_reorder",
    "sparse_retain",
    "sparse_segment_mean",
    "sparse_segment_sqrt_n",
    "sparse_segment_sum",
    "sparse_tensor_dense_matmul",
    "sparse_tensor_to_dense",
    "sparse_to_dense",
    "sparse_transpose",
    "split",
    "sqrt",
    "square",
    "squared_difference",
    "squeeze",
    "stack",
    "stop_gradient",
    "strided_slice",
    "string",
    "subtract",
    "tan",
    "tanh",
    "tensor_scatter_add",
    "tensor_scatter_nd_add",
    "tensor_scatter_nd_sub",
    "tensor_scatter_nd_update",
    "tensor_scatter_sub",
    "tensor_scatter_update",
    "tensordot",
    "tile",
    "to_bfloat16",
    "to_complex64",
    "to_complex128",
    "to_double",
    "to_float",
    "to_int32",
    "to_int64",
    "trace",
    "train",
    "trainable_variables",
    "transpose",
    "truediv",
    "truncated_normal",
    "truncated_normal_initializer",
    "truncatediv",
    "truncatemod",
    "tuple",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "uniform_unit_scaling_initializer",
    "unique",
    "unique_with_counts",
    "unsorted_segment_max",
    "unsorted_segment_mean",
    "unsorted_segment_min",
    "unsorted_segment_prod",
    "unsorted_segment_sqrt_n",
    "unsorted_segment_sum",
    "unstack",
    "variable_axis_size_partitioner",
    "variable_op_scope",
    "variable_scope",
    "variables_initializer",
    "variance_scaling_initializer",
    "verify_tensor_all_finite",
    "where",
    "where_v2",
    "while_loop",
    "zeros",
    "zeros_initializer",
    "zeros_like",
]
