"""tf.contrib.slim.model_analyzer: how large a graph's tensors and variables are, in print.

In: a graph, variables. Out: sizes in elements and bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from jitgraph.graph import Graph


def tensor_description(var: Any) -> str:
    """The dtype and sizes of a tensor: `(float32 1x8x8x1024)`.

    Args:
      var: a tensor or variable.

    Example:
      >>> tf.contrib.slim.model_analyzer.tensor_description(tf.zeros([2, 3]))
      '(float32 2x3)'
    """
    return f"({var.dtype.name} {'x'.join(map(str, var.get_shape()))})"


def analyze_ops(graph: Graph, print_info: bool = False) -> int:
    """How many elements all outputs of a graph's operations have together.

    Args:
      graph: the graph.
      print_info: whether a line is printed for each operation.

    Example:
      >>> graph = tf.Graph()
      >>> with graph.as_default():
      ...     ones = tf.ones([2, 3])
      >>> tf.contrib.slim.model_analyzer.analyze_ops(graph)
      6
    """
    if print_info:
        _head("Operations: name -> (type shapes) [size]")
    total = 0
    for op in graph.get_operations():
        size = sum(output.get_shape().num_elements() or 0 for output in op.outputs)
        if print_info:
            parts = [tensor_description(each) for each in op.outputs if each.get_shape()]
            print(op.name, "\t->", ", ".join(parts), f"[{size}]")
        total += size
    return total


def analyze_vars(variables: Iterable[Any], print_info: bool = False) -> tuple[int, int]:
    """How many elements and bytes variables have.

    Args:
      variables: such as `tf.trainable_variables()`.
      print_info: whether a line is printed for each, and the sums.

    Example:
      >>> tf.contrib.slim.model_analyzer.analyze_vars([tf.Variable(tf.zeros([2, 3]))])
      (6, 24)
    """
    if print_info:
        _head("Variables: name (type shape) [size]")
    total, total_bytes = 0, 0
    for variable in variables:
        size = variable.get_shape().num_elements() or 0
        held = size * variable.dtype.size
        total, total_bytes = total + size, total_bytes + held
        if print_info:
            print(variable.name, tensor_description(variable), f"[{size}, bytes: {held}]")
    if print_info:
        print(f"Total size of variables: {total}")
        print(f"Total bytes of variables: {total_bytes}")
    return total, total_bytes


def _head(title: str) -> None:
    print("---------", title, "---------", sep="\n")
