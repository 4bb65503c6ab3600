"""The global step: a variable that counts training steps.

In: a graph, the default one if None. Out: its step variable, found or made.
"""

from __future__ import annotations

from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.variable_kinds import VariableAggregation
from jitgraph.frontend.variables import Variable
from jitgraph.graph import Graph, GraphKeys, Tensor, get_default_graph
from jitgraph.ops.filling import zeros


def global_step(sess: Any, global_step_tensor: Any) -> int:
    """The number of steps as an int.

    Args:
      sess: a session.
      global_step_tensor: the step variable or tensor.
    """
    return int(sess.run(global_step_tensor))


def get_global_step(graph: Graph | None = None) -> Any:
    """The step variable of a graph; None if there is none, or more than one.

    Args:
      graph: the graph; the default one if None.

    Raises:
      TypeError: what is called "global_step" can't be one.
    """
    graph = graph or get_default_graph()
    found = graph.get_collection(GraphKeys.GLOBAL_STEP)
    if len(found) > 1:
        return None
    if not found:
        try:
            found = [graph.get_tensor_by_name("global_step:0")]
        except KeyError:
            return None
    assert_global_step(found[0])
    return found[0]


def create_global_step(graph: Graph | None = None) -> Variable:
    """Makes the step variable of a graph.

    Args:
      graph: the graph; the default one if None.

    Raises:
      ValueError: there is one already.

    Example:
      >>> tf.train.create_global_step()
      <tf.Variable 'global_step:0' shape=() dtype=int64_ref>
    """
    graph = graph or get_default_graph()
    if get_global_step(graph) is not None:
        raise ValueError('"global_step" already exists.')
    with graph.as_default(), graph.name_scope(None):
        return Variable(
            lambda: zeros([], dtypes.int64),
            trainable=False,
            collections=[GraphKeys.GLOBAL_VARIABLES, GraphKeys.GLOBAL_STEP],
            name=GraphKeys.GLOBAL_STEP,
            dtype=dtypes.int64,
            aggregation=VariableAggregation.ONLY_FIRST_REPLICA,
        )


def get_or_create_global_step(graph: Graph | None = None) -> Any:
    """The step variable of a graph, made if there is none.

    Args:
      graph: the graph; the default one if None.
    """
    graph = graph or get_default_graph()
    found = get_global_step(graph)
    return create_global_step(graph) if found is None else found


def assert_global_step(global_step_tensor: Any) -> None:
    """Checks that a tensor or variable can count steps.

    Args:
      global_step_tensor: what to check.

    Raises:
      TypeError: it is neither tensor nor variable, or no integer, or no scalar.
    """
    if not isinstance(global_step_tensor, (Variable, Tensor)):
        raise TypeError(
            f'Existing "global_step" must be a Variable or Tensor: {global_step_tensor}.'
        )
    if not global_step_tensor.dtype.base_dtype.is_integer:
        raise TypeError(
            f'Existing "global_step" does not have integer type: {global_step_tensor.dtype}'
        )
    shape = global_step_tensor.get_shape()
    if shape.ndims != 0 and shape.is_fully_defined():
        raise TypeError(f'Existing "global_step" is not scalar: {shape}')
