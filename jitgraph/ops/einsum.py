"""einsum: sums of products written as an equation, "ij,jk->ik".

In: an equation and tensors. Out: transposes, reshapes, products and sums, as TensorFlow 1.15
composes them: the operands are taken from left to right, two at a time.
"""

from __future__ import annotations

import re
import string
from collections.abc import Sequence
from typing import Any, NamedTuple

from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.convert import convert_to_tensor


class Labelled(NamedTuple):
    """A tensor and a letter for each of its axes."""

    tensor: Tensor
    labels: str


def einsum(equation: str, *inputs: Any, **kwargs: Any) -> Tensor:
    """The sum of products that an equation describes.

    Args:
      equation: a letter for each axis of each input, and for those of the output: "ij,jk->ik".
        Axes that the output lacks are summed over. "..." stands for any further axes.
      *inputs: the tensors.
      name: the name scope of its ops.

    Raises:
      ValueError: an equation that can't be read, or that doesn't fit the inputs.

    Example:
      >>> tf.einsum("ij,jk->ik", tf.ones([2, 3]), tf.ones([3, 4]))
      <tf.Tensor 'einsum/MatMul:0' shape=(2, 4) dtype=float32>
    """
    name = kwargs.pop("name", None)
    if kwargs:
        unknown = ", ".join(sorted(kwargs))
        raise TypeError(f"invalid keyword arguments for this function: {unknown}")
    with name_scope(name, "einsum", [equation, *inputs]):
        tensors = [convert_to_tensor(given) for given in inputs]
        ranks = [None if t._dims is None else len(t._dims) for t in tensors]
        labels, output = parse_equation(equation, ranks)
        if _is_trace(labels, equation):
            from jitgraph.ops.matrices import trace

            return trace(tensors[0])
        _check_repeats(labels)
        operands = [Labelled(t, axes) for t, axes in zip(tensors, labels, strict=True)]
        if _sums_over_three(labels, output):
            result = _multiplied_out(operands, output)
        else:
            result = _contracted(operands, output)
        return _arranged(_summed(result, output), output, equation)


def parse_equation(equation: str, ranks: Sequence[int | None]) -> tuple[list[str], str]:
    """The letters of each input's axes and of the output's, ellipses resolved.

    Raises:
      ValueError: the equation can't be read, or doesn't fit the number or ranks of the inputs.
    """
    text = equation.replace(" ", "")
    match = re.match("^([a-zA-Z,.]+)(->[a-zA-Z.]*)?$", text)
    if not match:
        raise ValueError(f"Indices have incorrect format: {text}")
    labels = match.group(1).split(",")
    output = match.group(2)[2:] if match.group(2) else None
    if len(ranks) != len(labels):
        raise ValueError(
            f'Got {len(ranks)} arguments for equation "{text}", expecting {len(labels)}'
        )
    labels, shared = _without_ellipses(labels, ranks)
    if output is not None:
        output = output.replace("...", shared)
    if any("." in item for item in (*labels, output or "")):
        raise ValueError('period "." found outside of ellipsis')
    return labels, _implied_output(labels, shared) if output is None else output


def _without_ellipses(labels: list[str], ranks: Sequence[int | None]) -> tuple[list[str], str]:
    """Gives the axes of "..." letters of their own, the same from the end in every input."""
    used = "".join(labels)
    unused = "".join(letter for letter in string.ascii_letters if letter not in used)
    shared, resolved = "", []
    for item, rank in zip(labels, ranks, strict=True):
        letters = _ellipsis_letters(item, rank, unused) if "..." in item else ""
        shared = max(shared, letters, key=len)
        resolved.append(item.replace("...", letters))
    return resolved, shared


def _ellipsis_letters(item: str, rank: int | None, unused: str) -> str:
    if item.count("...") > 1:
        raise ValueError("Unable to resolve ellipsis. Excess number found.")
    if rank is None:
        raise ValueError("Unable to statically infer ellipsis axes.")
    count = rank - len(item.replace("...", ""))
    if count < 0:
        raise ValueError("Ellipses lengths do not match.")
    if len(unused) < count:
        raise ValueError("Unable to resolve ellipsis, too many distinct labels.")
    return unused[len(unused) - count :]


def _implied_output(labels: list[str], shared: str) -> str:
    """Without "->", the output has the letters that occur once, in alphabetical order."""
    everything = "".join(labels)
    once = (a for a in set(everything) - set(shared) if everything.count(a) == 1)
    return shared + "".join(sorted(once))


def _is_trace(labels: list[str], equation: str) -> bool:
    item = labels[0]
    is_mirrored = item == item[::-1] and any(item.count(a) == 2 for a in item)
    return len(labels) == 1 and is_mirrored and "->" not in equation


def _check_repeats(labels: list[str]) -> None:
    for item in labels:
        if len(set(item)) != len(item):
            raise ValueError(f"Subscript not supported: an axis appears more than once: {item}")


def _sums_over_three(labels: list[str], output: str) -> bool:
    """Whether an axis of more than two inputs is summed over: pairs don't suffice then."""
    return any(sum(a in item for item in labels) > 2 for a in set("".join(labels)) - set(output))


def _contracted(operands: list[Labelled], output: str) -> Labelled:
    result = operands[0]
    for operand in operands[1:]:
        summed = set(result.labels) & set(operand.labels) - set(output)
        result = _product(result, operand, summed)
    return result


def _product(left: Labelled, right: Labelled, summed: set[str]) -> Labelled:
    """The product of two operands, summed over the axes `summed`, which both have."""
    for position, operand in enumerate((left, right)):
        rank = len(operand.tensor.shape)
        if rank != len(operand.labels):
            raise ValueError(
                f"Tensor t{position} of rank {rank} does not match einsum reduction of length "
                f"{len(operand.labels)}"
            )
    kept = set(left.labels) & set(right.labels) - summed
    left = _permuted(left, _order(left.labels, kept, set(left.labels) - kept - summed))
    right = _permuted(right, _order(right.labels, kept, summed))
    if not summed:
        return _outer_product(left, right, len(kept))
    return _matrix_product(left, right, len(kept), len(summed))


def _order(labels: str, kept: set[str], early: set[str]) -> str:
    """The common axes first, then `early`, then the rest; each group by letter."""
    return "".join(sorted(labels, key=lambda a: (-1 if a in kept else a not in early, a)))


def _permuted(operand: Labelled, labels: str) -> Labelled:
    from jitgraph.ops.transposing import transpose

    order = [operand.labels.index(a) for a in labels]
    if order == list(range(len(order))):
        return operand
    return Labelled(transpose(operand.tensor, perm=order), labels)


def _outer_product(left: Labelled, right: Labelled, kept: int) -> Labelled:
    from jitgraph.ops.arithmetic import multiply
    from jitgraph.ops.reshaping import expand_dims

    a, b = left.tensor, right.tensor
    for _ in right.labels[kept:]:
        a = expand_dims(a, -1)
    for _ in left.labels[kept:]:
        b = expand_dims(b, kept)
    return Labelled(multiply(a, b), left.labels + right.labels[kept:])


def _matrix_product(left: Labelled, right: Labelled, kept: int, summed: int) -> Labelled:
    from jitgraph.ops.matmul import matmul

    sizes_a = _sizes(left.tensor)
    inner_from = len(sizes_a) - summed
    rows, inner = _total(sizes_a[kept:inner_from]), _total(sizes_a[inner_from:])
    a = _reshaped(left.tensor, [*sizes_a[:kept], rows, inner])
    sizes_b = _sizes(right.tensor)
    columns = _total(sizes_b[kept + summed :])
    b = _reshaped(right.tensor, [*sizes_b[:kept], inner, columns])
    product = _reshaped(matmul(a, b), sizes_a[:inner_from] + sizes_b[kept + summed :])
    return Labelled(product, left.labels[:inner_from] + right.labels[kept + summed :])


def _sizes(tensor: Tensor) -> list[Any]:
    """The shape, a number or a scalar tensor for each axis."""
    from jitgraph.ops.shapes_of import shape

    known = list(tensor._dims or ())
    if None not in known:
        return known
    sizes = shape(tensor)
    return [sizes[axis] if dim is None else dim for axis, dim in enumerate(known)]


def _total(sizes: list[Any]) -> Any:
    total: Any = 1
    for size in sizes:
        total = total * size
    return total


def _reshaped(tensor: Tensor, sizes: list[Any]) -> Tensor:
    from jitgraph.ops.reshaping import reshape

    known = list(tensor._dims or ())
    is_static = not any(isinstance(size, Tensor) for size in sizes)
    if is_static and tensor._dims is not None and known == sizes:
        return tensor
    return reshape(tensor, sizes)


def _summed(operand: Labelled, output: str) -> Labelled:
    from jitgraph.ops.reductions import reduce_sum

    axes = [axis for axis, a in enumerate(operand.labels) if a not in output]
    if not axes:
        return operand
    labels = "".join(a for a in operand.labels if a in output)
    return Labelled(reduce_sum(operand.tensor, axis=axes), labels)


def _arranged(operand: Labelled, output: str, equation: str) -> Tensor:
    if sorted(operand.labels) != sorted(output):
        raise ValueError(f"Invalid equation: {equation}")
    return _permuted(operand, output).tensor


def _multiplied_out(operands: list[Labelled], output: str) -> Labelled:
    """All operands spread over every axis and multiplied; the sums come last."""
    from jitgraph.ops.arithmetic import multiply

    letters = "".join(sorted(set("".join(item.labels for item in operands)) - set(output)))
    everything = output + letters
    result: Tensor | None = None
    for operand in operands:
        spread = _spread(operand, everything)
        result = spread if result is None else multiply(result, spread)
    assert result is not None
    return Labelled(result, everything)


def _spread(operand: Labelled, everything: str) -> Tensor:
    """`operand` with an axis for every letter, of size 1 where it has none."""
    from jitgraph.ops.reshaping import expand_dims

    own = "".join(a for a in everything if a in operand.labels)
    tensor = _permuted(operand, own).tensor
    for axis, a in enumerate(everything):
        if a not in operand.labels:
            tensor = expand_dims(tensor, axis)
    return tensor
