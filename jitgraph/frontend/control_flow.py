"""tf.cond and tf.case: which part of a graph runs is decided while it runs.

In: a predicate and functions that build the branches. Out: the results of the branch that runs, as
TensorFlow 1.15 builds them: Switch ops feed a branch, Merge ops take what it made.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.cond_context import CondContext
from jitgraph.frontend.structures import assert_same_structure, flatten, pack_like
from jitgraph.graph import GraphKeys, Tensor, add_to_collection, control_dependencies, name_scope
from jitgraph.graph.logger import get_logger
from jitgraph.ops.control_flow import merge, switch
from jitgraph.ops.identities import identity

Branch = Callable[[], Any]


def cond(
    pred: Any,
    true_fn: Branch | None = None,
    false_fn: Branch | None = None,
    strict: bool = False,
    name: str | None = None,
    fn1: Branch | None = None,
    fn2: Branch | None = None,
) -> Any:
    """The result of `true_fn()` where `pred` holds, else of `false_fn()`.

    Operations made inside a function run only when its branch does; what the functions use from
    outside is computed in any case.

    Args:
      pred: a bool tensor of rank 0.
      true_fn, false_fn: functions without arguments that return tensors, or the same nested
        structures of tensors.
      strict: keep a list or tuple of one tensor.
      name: the name scope.
      fn1, fn2: old names of `true_fn` and `false_fn`.

    Raises:
      TypeError: a function is missing or can't be called, `pred` is a Python bool, or the
        structures differ in type.
      ValueError: a function returns nothing, or the structures or dtypes differ.

    Example:
      >>> x = tf.constant(2.0)
      >>> y = tf.cond(x > 1.0, lambda: x * 10.0, lambda: x)
      >>> tf.Session().run(y)
      20.0
    """
    true_fn = _chosen(true_fn, fn1, "true_fn", "fn1")
    false_fn = _chosen(false_fn, fn2, "false_fn", "fn2")
    for function, what in ((true_fn, "true_fn"), (false_fn, "false_fn")):
        if not callable(function):
            raise TypeError(f"{what} must be callable.")
    with name_scope(name, "cond", [pred]):
        if isinstance(pred, bool):
            raise TypeError("pred must not be a Python bool")
        off, on = switch(pred, pred)
        pivots = identity(on, name="switch_t"), identity(off, name="switch_f")
        pred = identity(pred, name="pred_id")
        for tensor in (off, on, *pivots, pred):
            tensor.graph.prevent_fetching(tensor.op)
        true, true_context = _branch(pred, pivots[0], 1, true_fn, "true_fn")
        false, false_context = _branch(pred, pivots[1], 0, false_fn, "false_fn")
        structure, leaves = _merged(true, false, strict)
        if true_context.outer_context is None:
            add_to_collection(GraphKeys.COND_CONTEXT, true_context)
            add_to_collection(GraphKeys.COND_CONTEXT, false_context)
        result = pack_like(structure, leaves)
        return result if strict else _unpacked(result)


def _chosen(given: Any, old: Any, name: str, old_name: str) -> Any:
    if old is not None and given is not None:
        raise TypeError(f"cond(): {name} and {old_name} may not be set simultaneously.")
    if old is None and given is None:
        raise TypeError(f"cond(): {name} argument required")
    return given if old is None else old


def _branch(
    pred: Tensor, pivot: Tensor, number: int, function: Any, what: str
) -> tuple[tuple[Any, Any], CondContext]:
    context = CondContext(pred, pivot, number)
    context.enter()
    try:
        returned, result = context.build(function)
        if returned is None:
            raise ValueError(f"{what} must have a return value.")
        context.note_results(flatten(result))
    finally:
        context.exit()
    return (returned, result), context


def _merged(true: tuple[Any, Any], false: tuple[Any, Any], strict: bool) -> tuple[Any, list[Any]]:
    """The structure that the branches return, and the tensors of whichever runs."""
    structure = true[0] if strict else _unpacked(true[0])
    other = false[0] if strict else _unpacked(false[0])
    try:
        assert_same_structure(structure, other)
    except TypeError as error:
        raise TypeError(f"Incompatible return types of true_fn and false_fn: {error}") from None
    except ValueError as error:
        raise ValueError(f"Incompatible return values of true_fn and false_fn: {error}") from None
    if not true[1]:
        raise ValueError("true_fn and false_fn must return at least one result.")
    pairs = list(zip(flatten(true[1]), flatten(false[1]), strict=True))
    for on, off in pairs:
        if on.dtype.base_dtype != off.dtype.base_dtype:
            raise ValueError(
                "Outputs of true_fn and false_fn must have the same type: "
                f"{on.dtype.name}, {off.dtype.name}"
            )
    return structure, [merge([off, on])[0] for on, off in pairs]


def _unpacked(result: Any) -> Any:
    """The one item of a list or tuple, if it has one."""
    is_sequence = isinstance(result, (list, tuple)) and not hasattr(result, "_fields")
    return result[0] if is_sequence and len(result) == 1 else result


def smart_cond(
    pred: Any,
    true_fn: Branch | None = None,
    false_fn: Branch | None = None,
    name: str | None = None,
) -> Any:
    """`cond`, or the branch itself where the predicate is known while building.

    Args:
      pred: a bool, 0, 1 or a bool tensor.
      true_fn, false_fn: functions without arguments.
      name: the name scope.

    Raises:
      TypeError: a function can't be called, or `pred` is none of these.

    Example:
      >>> smart_cond(True, lambda: tf.constant(1.0), lambda: tf.constant(2.0))
      <tf.Tensor 'Const:0' shape=() dtype=float32>
    """
    for function, what in ((true_fn, "`true_fn`"), (false_fn, "`false_fn`")):
        if not callable(function):
            raise TypeError(f"{what} must be callable.")
    known = smart_constant_value(pred)
    if known is None:
        return cond(pred, true_fn=true_fn, false_fn=false_fn, name=name)
    function = true_fn if known else false_fn
    return function()  # type: ignore[misc]


def smart_constant_value(pred: Any) -> bool | None:
    """The value of a predicate where it is known while building.

    Args:
      pred: a bool, 0, 1 or a tensor.

    Raises:
      TypeError: it is none of these.
    """
    if isinstance(pred, (bool, int)) and pred in (0, 1):
        return bool(pred)
    if not isinstance(pred, Tensor):
        raise TypeError(
            f"`pred` must be a Tensor, or a Python bool, or 1 or 0. Found instead: {type(pred)}"
        )
    from jitgraph.ops.partial_value import constant_value

    found = constant_value(pred)
    return None if found is None else bool(found)


def case(
    pred_fn_pairs: Any,
    default: Branch | None = None,
    exclusive: bool = False,
    strict: bool = False,
    name: str = "case",
) -> Any:
    """The result of the function that belongs to the first predicate that holds.

    Args:
      pred_fn_pairs: a list of (bool tensor of rank 0, function without arguments), or a dict of
        them.
      default: the function for when none holds; without it one must.
      exclusive: fail the run when more than one predicate holds.
      strict: keep a list or tuple of one tensor.
      name: the name scope.

    Raises:
      TypeError: the pairs are no list or dict, or something in them is not as said.

    Example:
      >>> x = tf.constant(3)
      >>> y = tf.case([(x < 2, lambda: x), (x < 5, lambda: x * 10)], default=lambda: x * 100)
      >>> tf.Session().run(y)
      30
    """
    predicates: Sequence[Tensor]
    actions: Sequence[Branch]
    predicates, actions = _checked_pairs(pred_fn_pairs, exclusive, name)
    with name_scope(name, "case", [predicates]):
        if default is None:
            default, predicates, actions = _default_action(predicates, actions)
        function = default
        for predicate, action in reversed(list(zip(predicates, actions, strict=True))):
            function = partial(cond, predicate, action, function, strict)
        if not exclusive:
            return function()
        check = _at_most(predicates, 1, "Input error: exclusive=True")
        with control_dependencies([check]):
            return function()


def _checked_pairs(
    pairs: Any, exclusive: bool, name: str
) -> tuple[tuple[Tensor, ...], tuple[Branch, ...]]:
    if not isinstance(pairs, (list, tuple, dict)):
        raise TypeError("fns must be a list, tuple, or dict")
    if isinstance(pairs, OrderedDict):
        pairs = list(pairs.items())
    elif isinstance(pairs, dict):
        pairs = sorted(pairs.items(), key=lambda item: item[0].name)
        if not exclusive:
            get_logger().warning(
                "%s: An unordered dictionary of predicate/fn pairs was provided, but "
                "exclusive=False. The order of conditional tests is deterministic but not "
                "guaranteed.", name,
            )  # fmt: skip
    for pair in pairs:
        _check_pair(pair)
    predicates, actions = zip(*pairs, strict=True)
    return predicates, actions


def _check_pair(pair: Any) -> None:
    if not isinstance(pair, tuple) or len(pair) != 2:
        raise TypeError("Each entry in pred_fn_pairs must be a 2-tuple")
    pred, function = pair
    if not isinstance(pred, Tensor):
        raise TypeError(f"pred must be a Tensor, got: {pred}")
    if pred.dtype != dtypes.bool:
        raise TypeError(f"pred must be Tensor of type bool: {pred.name}")
    if not callable(function):
        raise TypeError(f"fn for pred {pred.name} must be callable.")


def _default_action(
    predicates: Sequence[Tensor], actions: Sequence[Branch]
) -> tuple[Branch, Sequence[Tensor], Sequence[Branch]]:
    """The last action as default, checked to be the one that is meant."""
    from jitgraph.frontend.assertions import Assert
    from jitgraph.ops.packing import stack

    last = len(predicates) - 1
    others = predicates[:last]

    def action() -> Any:
        message = (
            f"Implementation error: selected default action #{last} was called, but some of other "
            "predicates are True: "
        )
        none = (
            "Input error: None of conditions evaluated as True:",
            stack(predicates, name="preds_c"),
        )
        checks = [_at_most(others, 0, message), Assert(predicates[last], data=none)]
        with control_dependencies(checks):
            return actions[last]()

    return action, others, actions[:last]


def _at_most(predicates: Sequence[Tensor], most: int, message: str) -> Any:
    """An Assert that at most so many predicates hold."""
    from jitgraph.frontend.assertions import Assert
    from jitgraph.ops.casting import cast
    from jitgraph.ops.comparison import less_equal
    from jitgraph.ops.constants import constant
    from jitgraph.ops.packing import stack
    from jitgraph.ops.reductions import reduce_sum

    together = stack(predicates, name="preds_c")
    count = reduce_sum(cast(together, dtypes.int32), name="num_true_conds")
    condition = less_equal(count, constant(most, name="n_true_conds"))
    names = ", ".join(predicate.name for predicate in predicates)
    data = [f"{message}: more than {most} conditions ({names}) evaluated as True:", together]
    return Assert(condition, data=data, summarize=len(predicates))
