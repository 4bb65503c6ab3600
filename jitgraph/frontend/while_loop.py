"""tf.while_loop: repeats a part of a graph while a condition holds.

In: functions of the loop variables, and their first values. Out: their values behind the loop.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jitgraph.frontend.structures import assert_same_structure, flatten, parts_of
from jitgraph.frontend.while_context import WhileContext
from jitgraph.graph import GraphKeys, add_to_collection, get_default_graph, name_scope
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.shapes import TensorShape


def while_loop(
    cond: Callable[..., Any],
    body: Callable[..., Any],
    loop_vars: Any,
    shape_invariants: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    name: str | None = None,
    maximum_iterations: Any = None,
    return_same_structure: bool = False,
) -> Any:
    """Repeats `body` while `cond` holds.

    Args:
      cond: a function of the loop variables that returns a bool tensor of rank 0.
      body: a function of the loop variables that returns their next values, nested as they are.
      loop_vars: a list or tuple of tensors, arrays, or nested structures of them.
      shape_invariants: for each loop variable the shape that it has in all iterations; its first
        shape where None.
      parallel_iterations, back_prop, swap_memory: accepted.
      name: the name scope.
      maximum_iterations: stop after so many iterations, even if `cond` still holds.
      return_same_structure: give a list also where there is one loop variable.

    Returns:
      The loop variables behind the loop, nested as they were; a single one by itself.

    Raises:
      TypeError: `cond` or `body` can't be called, or the structures differ in type.
      ValueError: there is no loop variable, `body` returns another structure, or a shape changes.

    Example:
      >>> i, total = tf.while_loop(lambda i, t: i < 5, lambda i, t: (i + 1, t + i), [0, 0])
      >>> tf.Session().run(total)
      10
    """
    if not callable(cond):
        raise TypeError("cond must be callable.")
    if not callable(body):
        raise TypeError("body must be callable.")
    if parallel_iterations < 1:
        raise TypeError("parallel_iterations must be a positive integer.")
    with name_scope(name, "while", flatten(loop_vars)):
        if not loop_vars:
            raise ValueError("No loop variables provided")
        keeps_structure = return_same_structure
        counted = maximum_iterations is not None
        if counted:
            cond, body, loop_vars, maximum_iterations = _counted(
                cond, body, loop_vars, maximum_iterations, return_same_structure
            )
            shape_invariants = shape_invariants and (TensorShape([]), shape_invariants)
        invariants = _flat_invariants(loop_vars, shape_invariants)
        context = WhileContext(maximum_iterations, parallel_iterations, back_prop, swap_memory)
        get_default_graph()._has_loops = True
        if context.outer_context is None:
            add_to_collection(GraphKeys.WHILE_CONTEXT, context)
        result = context.build(cond, body, loop_vars, invariants, keeps_structure)
        return result[1] if counted else result


def _counted(
    cond: Callable[..., Any], body: Callable[..., Any], loop_vars: Any, most: Any, keeps: bool
) -> tuple[Any, Any, Any, Any]:
    """The loop with a variable in front that counts its iterations."""
    from jitgraph.ops.constants import constant
    from jitgraph.ops.logical import logical_and

    most = convert_to_tensor(most, name="maximum_iterations")
    if most.shape.ndims != 0:
        raise ValueError(f"maximum_iterations must be a scalar, saw shape: {most.shape}")
    counter = constant(0, dtype=most.dtype, name="iteration_counter")
    if len(loop_vars) == 1 and not keeps:
        return (
            lambda i, value: logical_and(i < most, cond(value)),
            lambda i, value: (i + 1, body(value)),
            (counter, loop_vars[0]),
            most,
        )
    return (
        lambda i, values: logical_and(i < most, cond(*values)),
        lambda i, values: (i + 1, body(*values)),
        (counter, loop_vars),
        most,
    )


def _flat_invariants(loop_vars: Any, invariants: Any) -> list[TensorShape] | None:
    """For each leaf its invariant; None where none are given.

    Raises:
      TypeError, ValueError: they are not nested as the loop variables are.
    """
    if invariants is None:
        return None
    found: list[Any] = []
    _pair(loop_vars, invariants, found)
    return found


def _pair(loop_vars: Any, invariants: Any, found: list[Any]) -> None:
    parts = parts_of(loop_vars)
    if parts is None or isinstance(invariants, TensorShape):
        if not isinstance(invariants, TensorShape):
            raise ValueError("`shapes` must be a (possibly nested) list of shapes.")
        found.extend([invariants] * (1 if parts is None else len(parts)))
        return
    given = parts_of(invariants)
    if given is None or len(given) != len(parts):
        assert_same_structure(loop_vars, invariants)
        return
    for part, invariant in zip(parts, given, strict=True):
        _pair(part, invariant, found)
