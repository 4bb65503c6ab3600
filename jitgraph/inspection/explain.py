"""Stage inspection: `explain`, what the compiler makes of a graph.

In: fetches and feeds, as for `Session.run`. Out: an `Explanation`; nothing is run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from jitgraph import errors
from jitgraph.compiler import Compiled, compile_fetches
from jitgraph.feeding import feed_arrays
from jitgraph.fetching import fetched
from jitgraph.graph import (
    Graph,
    Operation,
    Tensor,
    get_default_graph,
    get_default_session,
)
from jitgraph.inspection.explanation import Explanation
from jitgraph.inspection.feed_hints import (
    ASSUMED_SIZES,
    assumed_hint,
    given_hints,
    missing_placeholders,
)
from jitgraph.inspection.graph_part import graph_part
from jitgraph.ir.needs import NeedsLoop, NeedsRun, NeedsValue
from jitgraph.ir.trace import FeedHint, StateDims
from jitgraph.kernels.cache import default_cache

Fetches = Sequence[Tensor | Operation]


def explain(fetches: Any, feed_dict: Any = None, session: Any = None) -> Explanation:
    """Compiles what the fetches need, without running it, and tells what became of the graph.

    Args:
      fetches: as for `Session.run`: tensors, operations, variables, names, nested.
      feed_dict: as for `Session.run`; only shapes matter, and integers that shapes depend on. For
        a placeholder that is not fed a shape is made up where its own leaves it open.
      session: whose variables tell their shapes; the default session if there is one.

    Returns:
      An `Explanation`: print it, or its parts `.graph`, `.program`, `.after("fold_constants")`,
      `.regions`, `.kernels`, `.sources`, `.plan`, `.timings`.

    Raises:
      TypeError, ValueError: a fetch or feed is not of this graph, or doesn't fit.
      errors.InvalidArgumentError: shapes don't fit; a shape can't be made up.
      errors.FailedPreconditionError: a variable's shape isn't known.

    Example:
      >>> print(tf.explain(loss, {x: np.zeros((64, 3), np.float32)}))
    """
    session = session or get_default_session()
    graph = _graph_of(fetches, session)
    if session is not None and session.graph is not graph:
        session = None
    structure = fetched(graph, fetches)
    given = given_hints(*feed_arrays(graph, feed_dict))
    wanted: Fetches = (*structure.tensors, *structure.targets)
    variables = {} if session is None else dict(session._engine.variables)
    known = frozenset(kernel.key for kernel in default_cache().kernels())

    def state_dims(variable: Operation) -> tuple[int, ...] | None:
        array = variables.get(variable)
        return None if array is None else array.shape

    compiled, hints = _compiled(wanted, given, state_dims)
    _check_variables(compiled, state_dims)
    fed = {hint.tensor: hint for hint in hints}
    return Explanation(
        graph_part(wanted, fed, len(graph.get_operations())),
        compiled,
        _symbols(compiled, hints),
        {hint.tensor.op.name: hint.shape for hint in hints[len(given) :]},
        known,
    )


def _compiled(
    wanted: Fetches, given: list[FeedHint], state_dims: StateDims
) -> tuple[Compiled, list[FeedHint]]:
    """The compiled program, and the hints by which it was compiled."""
    missing = missing_placeholders(wanted, given)
    for size in ASSUMED_SIZES:
        hints = [*given, *(assumed_hint(placeholder, size) for placeholder in missing)]
        try:
            return _compiled_for(wanted, hints, state_dims), hints
        except errors.InvalidArgumentError as error:
            if not missing:
                raise
            failure = error
    names = ", ".join(tensor.name for tensor in missing)
    text = f"{failure.message}\nexplain made up shapes for {names}: feed them in feed_dict"
    raise errors.InvalidArgumentError(None, failure.op, text)


def _compiled_for(wanted: Fetches, hints: list[FeedHint], state_dims: StateDims) -> Compiled:
    fed = {hint.tensor for hint in hints}
    fetches = [fetch for fetch in wanted if fetch not in fed]
    try:
        return compile_fetches(fetches, hints, state_dims)
    except NeedsValue as need:
        text = f"a size depends on the value of {need.tensor.name}, which only a run can tell"
        op, name = need.tensor.op, need.tensor.name
    except NeedsRun as need:
        op, name = need.op, need.op.outputs[0].name
        text = f"the size of {name} depends on data, which only a run can tell"
    except NeedsLoop as need:
        names = [f"{tensor.name}" for tensor in need.node._outputs]
        text = f"sizes change from iteration to iteration of the loop {need.node.context.name}"
        text = f"{text}: feed {' and '.join(names)} in feed_dict"
        raise errors.FailedPreconditionError(None, None, text) from None
    text = errors.message_with_origin(f"{text}: feed {name} in feed_dict", op)
    raise errors.FailedPreconditionError(None, op, text)


def _check_variables(compiled: Compiled, state_dims: StateDims) -> None:
    """Refuses programs that read a variable of which nobody knows the shape."""
    read = {value for step in compiled.linked.steps for value in step.reads}
    for variable, state in zip(compiled.variables, compiled.optimised.states, strict=True):
        definition: Any = variable.definition
        is_open = not definition.draw and not variable.outputs[0].shape.is_fully_defined()
        if state in read and is_open and state_dims(variable) is None:
            text = f"the shape of {variable.name} isn't known before a session has initialised it"
            text = errors.message_with_origin(text, variable)
            raise errors.FailedPreconditionError(None, variable, text)


def _symbols(compiled: Compiled, hints: Sequence[FeedHint]) -> dict[str, int]:
    return {
        source.name: source.value(hints[source.feed].array) for source in compiled.traced.symbols
    }


def _graph_of(fetches: Any, session: Any) -> Graph:
    """The graph of the first fetch that knows its graph; names are of the session's."""
    for fetch in _leaves(fetches):
        graph = getattr(fetch, "graph", None)
        if isinstance(graph, Graph):
            return graph
    return get_default_graph() if session is None else session.graph


def _leaves(fetches: Any) -> Iterator[Any]:
    if isinstance(fetches, dict):
        fetches = fetches.values()
    elif not isinstance(fetches, (list, tuple)):
        yield fetches
        return
    items: Iterable[Any] = fetches
    for item in items:
        yield from _leaves(item)
