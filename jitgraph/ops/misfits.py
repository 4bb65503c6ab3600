"""What a run says of shapes that don't fit, in the words of TensorFlow 1.15's kernels.

In: a query whose shapes and host values are plain ints, as they are in a run, and the op's name;
the shape rule has refused them. Out: the text, or None where the rule's own text says it best.
While a graph is built the shape rules speak; definitions name their function here as `misfit`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from jitgraph.ops.array_dims import dims_text, product
from jitgraph.ops.definition import ShapeQuery

Misfit = Callable[[ShapeQuery, str], str | None]


def _items(query: ShapeQuery, index: int) -> list[int]:
    return [int(item) for item in query.known_value(index).reshape(-1)]


def _text(query: ShapeQuery, index: int) -> str:
    return dims_text(query.known_dims(index))


def _is_outside(axis: int, rank: int) -> bool:
    return not -rank <= axis < rank


def matmul(query: ShapeQuery, name: str) -> str | None:
    """MatMul."""
    if any(len(query.known_dims(index)) != 2 for index in (0, 1)):
        return None
    return f"Matrix size-incompatible: In[0]: {_text(query, 0)}, In[1]: {_text(query, 1)}"


def batch_matmul(query: ShapeQuery, name: str) -> str | None:
    """BatchMatMulV2."""
    x, y = query.known_dims(0), query.known_dims(1)
    for index, dims in enumerate((x, y)):
        if len(dims) < 2:
            return f"In[{index}] ndims must be >= 2: {len(dims)}"
    texts = _text(query, 0), _text(query, 1)
    if not _broadcasts(x[:-2], y[:-2]):
        return f"In[0] and In[1] must have compatible batch dimensions: {texts[0]} vs. {texts[1]}"
    adj_x, adj_y = bool(query.attrs["adj_x"]), bool(query.attrs["adj_y"])
    inner, other = x[-2 if adj_x else -1], y[-1 if adj_y else -2]
    flags = f"{int(adj_x)} {int(adj_y)}"
    return f"In[0] mismatch In[1] shape: {inner} vs. {other}: {texts[0]} {texts[1]} {flags}"


def _broadcasts(left: Iterable[int], right: Iterable[int]) -> bool:
    pairs = zip(tuple(left)[::-1], tuple(right)[::-1], strict=False)
    return all(a == b or 1 in (a, b) for a, b in pairs)


def concat(query: ShapeQuery, name: str) -> str | None:
    """ConcatV2."""
    last = len(query.shapes) - 1
    axis, first = _items(query, last)[0], query.known_dims(0)
    if _is_outside(axis, len(first)):
        limits = f"[{-len(first)}, {len(first)})"
        return f"ConcatOp : Expected concatenating dimensions in the range {limits}, but got {axis}"
    axis %= len(first)
    for index in range(1, last):
        dims = query.known_dims(index)
        shapes = f"shape[0] = {dims_text(first)} vs. shape[{index}] = {dims_text(dims)}"
        if len(dims) != len(first):
            return f"ConcatOp : Ranks of all input tensors should match: {shapes}"
        if (*dims[:axis], *dims[axis + 1 :]) != (*first[:axis], *first[axis + 1 :]):
            return f"ConcatOp : Dimensions of inputs should match: {shapes}"
    return None


def pack(query: ShapeQuery, name: str) -> str | None:
    """Pack."""
    first, rank = query.known_dims(0), len(query.known_dims(0)) + 1
    if _is_outside(query.attrs["axis"], rank):
        return f"axis = {query.attrs['axis']} not in [{-rank}, {rank})"
    for index, dims in enumerate(query.shapes):
        if dims != first:
            shapes = f"values[0].shape = {dims_text(first)} != values[{index}].shape = "
            return f"Shapes of all inputs must match: {shapes}{_text(query, index)}"
    return None


def unpack(query: ShapeQuery, name: str) -> str | None:
    """Unpack."""
    axis, rank = query.attrs["axis"], len(query.known_dims(0))
    if _is_outside(axis, rank):
        return f"axis = {axis} not in [{-rank}, {rank})"
    wanted = f"Input shape axis {axis % rank} must equal {query.attrs['num']}"
    return f"{wanted}, got shape {_text(query, 0)}"


def split(query: ShapeQuery, name: str) -> str | None:
    """Split."""
    (axis,), dims = _items(query, 0), query.known_dims(1)
    if _is_outside(axis, len(dims)):
        return _split_axis(axis, len(dims))
    axis, count = axis % len(dims), query.attrs["num_split"]
    return (
        "Number of ways to split should evenly divide the split dimension, but got split_dim "
        f"{axis} (size = {dims[axis]}) and num_split {count}"
    )


def split_v(query: ShapeQuery, name: str) -> str | None:
    """SplitV."""
    (axis,), dims = _items(query, 2), query.known_dims(0)
    if _is_outside(axis, len(dims)):
        return _split_axis(axis, len(dims))
    sizes = _items(query, 1)
    if sizes.count(-1) > 1:
        return "There can only be one -1 in the input."
    return (
        "Determined shape must either match input shape along split_dim exactly if fully "
        "specified, or be less than the size of the input along split_dim if not fully specified.  "
        f"Got: {sum(size for size in sizes if size != -1)}"
    )


def _split_axis(axis: int, rank: int) -> str:
    return f"-input rank(-{rank}) <= split_dim < input rank ({rank}), but got {axis}"


def slice_block(query: ShapeQuery, name: str) -> str | None:
    """Slice."""
    dims, begin, size = query.known_dims(0), _items(query, 1), _items(query, 2)
    if {len(begin), len(size)} != {len(dims)}:
        return (
            f"Expected begin and size arguments to be 1-D tensors of size {len(dims)}, "
            f"but got shapes {_text(query, 1)} and {_text(query, 2)} instead."
        )
    for axis, (dim, start, given) in enumerate(zip(dims, begin, size, strict=True)):
        count = dim - start if given == -1 else given
        if dim == 0 and (start, count) != (0, 0):
            found = f"(got {start}) and size[{axis}] == 0 (got {count})"
            return f"Expected begin[{axis}] == 0 {found} when input.dim_size({axis}) == 0"
        if not 0 <= start <= dim:
            return f"Expected begin[{axis}] in [0, {dim}], but got {start}"
        if not 0 <= count <= dim - start:
            return f"Expected size[{axis}] in [0, {dim - start}], but got {count}"
    return None


def expand_dims(query: ShapeQuery, name: str) -> str | None:
    """ExpandDims."""
    rank = len(query.known_dims(0))
    return f"Tried to expand dim index {_items(query, 1)[0]} for tensor with {rank} dimensions."


def squeeze(query: ShapeQuery, name: str) -> str | None:
    """Squeeze."""
    rank = len(query.known_dims(0))
    outside = next((a for a in query.attrs["squeeze_dims"] if _is_outside(a, rank)), None)
    if outside is None:
        return None
    return f"Tried to squeeze dim index {outside} for tensor with {rank} dimensions."


def transpose(query: ShapeQuery, name: str) -> str | None:
    """Transpose and ConjugateTranspose."""
    rank, perm = len(query.known_dims(0)), _items(query, 1)
    if len(perm) != rank:
        length = f"transpose expects a vector of size {rank}"
        return f"{length}. But input(1) is a vector of size {len(perm)}"
    outside = next((axis for axis in perm if _is_outside(axis, rank)), None)
    return None if outside is None else f"{outside} is out of range [0 .. {rank})"


def reshape(query: ShapeQuery, name: str) -> str | None:
    """Reshape."""
    if len(query.known_dims(1)) != 1:
        return f"sizes input must be 1-D, not {_text(query, 1)}"
    wanted = _items(query, 1)
    holes = [axis for axis, size in enumerate(wanted) if size == -1]
    if len(holes) > 1:
        return f"Only one input size may be -1, not both {holes[0]} and {holes[1]}"
    negative = next((axis for axis, size in enumerate(wanted) if size < -1), None)
    if negative is not None:
        return f"Size {negative} must be non-negative, not {wanted[negative]}"
    given = f"Input to reshape is a tensor with {product(query.known_dims(0))} values, but the"
    count = product(size for size in wanted if size != -1)
    if not holes:
        return f"{given} requested shape has {count}"
    if count == 0:
        return (
            "reshape cannot infer the missing input size for an empty tensor unless all specified "
            "input sizes are non-zero"
        )
    return f"{given} requested shape requires a multiple of {count}"


def fill(query: ShapeQuery, name: str) -> str | None:
    """Fill, and random ops that are given a shape."""
    negative = next((size for size in _items(query, 0) if size < 0), None)
    return None if negative is None else f"Dimension {negative} must be >= 0"


def multinomial(query: ShapeQuery, name: str) -> str | None:
    """Multinomial."""
    if len(query.known_dims(0)) != 2:
        return f"logits should be a matrix, got shape {_text(query, 0)}"
    if query.known_dims(1):
        return f"num_samples should be a scalar, got shape {_text(query, 1)}"
    return f"num_samples should be nonnegative, got {_items(query, 1)[0]}"


def value_range(query: ShapeQuery, name: str) -> str | None:
    """Range."""
    delta = query.known_value(2).reshape(-1)[0]
    return f"Requires delta != 0: {delta}" if delta == 0 else None


def one_hot(query: ShapeQuery, name: str) -> str | None:
    """OneHot."""
    (depth,) = _items(query, 1)
    return f"depth must be non-negative, got: {depth}" if depth < 0 else None


def tile(query: ShapeQuery, name: str) -> str | None:
    """Tile."""
    rank, count = len(query.known_dims(0)), query.known_value(1).size
    if rank == count:
        return None
    wanted = f"Expected multiples argument to be a vector of length {rank}"
    return f"{wanted} but got length {count}"


def broadcast_to(query: ShapeQuery, name: str) -> str | None:
    """BroadcastTo."""
    rank, wanted = len(query.known_dims(0)), _items(query, 1)
    if rank > len(wanted):
        most = f"no greater than rank of output shape ({len(wanted)})"
        return f"Rank of input ({rank}) must be {most}."
    return f"Incompatible shapes: {_text(query, 0)} vs. {dims_text(tuple(wanted))}"


def pad(query: ShapeQuery, name: str) -> str | None:
    """Pad and PadV2."""
    if query.known_dims(1)[0] != len(query.known_dims(0)):
        shapes = f"{_text(query, 1)} {_text(query, 0)}"
        return f"The first dimension of paddings must be the rank of inputs{shapes}"
    pairs = query.known_value(1).reshape(-1, 2).tolist()
    bad = next((pair for pair in pairs if min(pair) < 0), None)
    return None if bad is None else f"Paddings must be non-negative: {bad[0]} {bad[1]}"


def mirror_pad(query: ShapeQuery, name: str) -> str | None:
    """MirrorPad."""
    dims, is_reflecting = query.known_dims(0), query.attrs["mode"] == "REFLECT"
    if query.known_dims(1)[0] != len(dims):
        shapes = f"{_text(query, 1)}, {_text(query, 0)}"
        return f"The first dimension of paddings must be the rank of inputs{shapes}"
    for dim, (before, after) in zip(dims, query.known_value(1).tolist(), strict=True):
        if min(before, after) < 0:
            return f"paddings must be non-negative: {before} {after}"
        if is_reflecting and max(before, after) >= dim:
            pair = f"{before}, {after} not less than {dim}"
            return f"paddings must be less than the dimension size: {pair}"
        if max(before, after) > dim:
            pair = f"{before}, {after} greater than {dim}"
            return f"paddings must be no greater than the dimension size: {pair}"
    return None


def reduction(query: ShapeQuery, name: str) -> str | None:
    """Sum, Mean and all others along axes."""
    rank = len(query.known_dims(0))
    outside = next((axis for axis in _items(query, 1) if _is_outside(axis, rank)), None)
    if outside is None:
        return None
    return f"Invalid reduction dimension ({outside} for input with {rank} dimension(s)"


def arg_extremum(query: ShapeQuery, name: str) -> str | None:
    """ArgMax and ArgMin."""
    (axis,), rank = _items(query, 1), len(query.known_dims(0))
    return f"Expected dimension in the range [{-rank}, {rank}), but got {axis}"


def top_k(query: ShapeQuery, name: str) -> str | None:
    """TopKV2."""
    (k,), dims = _items(query, 1), query.known_dims(0)
    if k < 0:
        return f"Need k >= 0, got {k}"
    if not dims:
        return f"input must be >= 1-D, got shape {dims_text(dims)}"
    return f"input must have at least k columns. Had {dims[-1]}, needed {k}"


def gather(query: ShapeQuery, name: str) -> str | None:
    """GatherV2."""
    (axis,), rank = _items(query, 2), len(query.known_dims(0))
    if not _is_outside(axis, rank):
        return None
    return f"Expected axis in the range [{-rank}, {rank}), but got {axis}"


def gather_nd(query: ShapeQuery, name: str) -> str | None:
    """GatherNd."""
    rank, indices = len(query.known_dims(0)), query.known_dims(1)
    if not indices or indices[-1] <= rank:
        return None
    saw = f"saw: {indices[-1]} vs. {rank}"
    return f"index innermost dimension length must be <= params rank; {saw}"


def scatter_nd(query: ShapeQuery, name: str) -> str | None:
    """ScatterNd."""
    indices, updates = query.known_dims(0), query.known_dims(1)
    if indices[:-1] == updates[: len(indices) - 1]:
        return None
    shapes = f"Indices shape: {_text(query, 0)}, updates shape:{_text(query, 1)}"
    return f"Outer dimensions of indices and update must match. {shapes}"


def scatter_rows(query: ShapeQuery, name: str) -> str | None:
    """ScatterUpdate, ScatterAdd and the like."""
    shapes = (
        f"updates.shape {_text(query, 2)}, indices.shape {_text(query, 1)}, "
        f"params.shape {_text(query, 0)}"
    )
    return (
        "Must have updates.shape = indices.shape + params.shape[1:] or updates.shape = [], "
        f"got {shapes}"
    )


def assign(query: ShapeQuery, name: str) -> str | None:
    """Assign."""
    shapes = f"lhs shape= {_text(query, 0)} rhs shape= {_text(query, 1)}"
    return f"Assign requires shapes of both tensors to match. {shapes}"


def assign_update(query: ShapeQuery, name: str) -> str | None:
    """AssignAdd and AssignSub."""
    return "Parameters and update must be the same size"


def same_shapes(kind: str) -> Misfit:
    """Ops of type `kind`, whose inputs must have one shape: AddN, Select."""

    def text(query: ShapeQuery, name: str) -> str | None:
        first = query.known_dims(0)
        for index, dims in enumerate(query.shapes):
            if dims != first:
                inputs = f"Input 0: {dims_text(first)} != input {index}: {_text(query, index)}"
                what = f"Inputs to operation {name} of type {kind}"
                return f"{what} must have the same size and shape.  {inputs}"
        return None

    return text


def bias_add(query: ShapeQuery, name: str) -> str | None:
    """BiasAdd."""
    dims, bias = query.known_dims(0), query.known_dims(1)
    if len(dims) < 2:
        return f"Input tensor must be at least 2D: {dims_text(dims)}"
    if len(bias) != 1:
        return f"Biases must be 1D: {dims_text(bias)}"
    shapes = f"{dims_text(bias)} vs. {dims_text(dims)}"
    return f"Must provide as many biases as the last dimension of the input tensor: {shapes}"


def softmax(query: ShapeQuery, name: str) -> str | None:
    """Softmax and LogSoftmax."""
    return f"logits must have >= 1 dimension, got {_text(query, 0)}"


def cross_entropy(query: ShapeQuery, name: str) -> str | None:
    """SoftmaxCrossEntropyWithLogits."""
    sizes = f"logits_size={_text(query, 0)} labels_size={_text(query, 1)}"
    return f"logits and labels must be broadcastable: {sizes}"


def sparse_cross_entropy(query: ShapeQuery, name: str) -> str | None:
    """SparseSoftmaxCrossEntropyWithLogits."""
    logits, labels = query.known_dims(0), query.known_dims(1)
    if len(logits) != 2:
        return f"logits must be 2-D, but got shape {dims_text(logits)}"
    if len(labels) != 1:
        return f"labels must be 1-D, but got shape {dims_text(labels)}"
    shapes = f"logits shape {dims_text(logits)} and labels shape {dims_text(labels)}"
    return f"logits and labels must have the same first dimension, got {shapes}"


def matrix_input(query: ShapeQuery, name: str) -> str | None:
    """MatrixDiagPart."""
    return f"input must be at least 2-dim, received shape: {_text(query, 0)}"
