"""What Keras keeps for each graph: names it gave, variables it made, its session, its phase.

In: the default graph. Out: unique names, the session whose variables have values, the placeholder
that says whether a run trains.
"""

from __future__ import annotations

import weakref
from collections import defaultdict
from typing import Any

from jitgraph.frontend.monitored.session_manager import new_session
from jitgraph.frontend.variable_collections import is_variable_initialized, variables_initializer
from jitgraph.graph import (
    Graph,
    Tensor,
    get_default_graph,
    get_default_session,
    name_scope,
    reset_default_graph,
)
from jitgraph.ops.placeholders import placeholder_with_default


class GraphState:
    """What Keras keeps for one graph."""

    def __init__(self) -> None:
        self.names: dict[str, int] = defaultdict(int)
        self.variables: list[Any] = []
        self.initialized: weakref.WeakKeyDictionary[Any, set[int]] = weakref.WeakKeyDictionary()
        self.phase: Any = None


_STATES: weakref.WeakKeyDictionary[Graph, GraphState] = weakref.WeakKeyDictionary()
_HELD: dict[str, Any] = {"session": None}


def graph_state(graph: Graph | None = None) -> GraphState:
    """What is kept for a graph, the default one if None."""
    graph = graph or get_default_graph()
    if graph not in _STATES:
        _STATES[graph] = GraphState()
    return _STATES[graph]


def unique_name(base: str, zero_based: bool = True) -> str:
    """`base`, `base_1` ... in the default graph; from `base_1` on if not `zero_based`."""
    names = graph_state().names
    number = names[base]
    names[base] += 1
    if not zero_based:
        return f"{base}_{number + 1}"
    return f"{base}_{number}" if number else base


def learning_phase() -> Any:
    """Whether a run trains: a placeholder that is False by default, or what was set."""
    state = graph_state()
    if state.phase is None:
        with name_scope(""):
            state.phase = placeholder_with_default(False, (), name="keras_learning_phase")
    return state.phase


def set_learning_phase(value: int | bool) -> None:
    """Sets it for all that is built from here on.

    Args:
      value: 0 or 1.

    Raises:
      ValueError: another value.
    """
    if value not in (0, 1):
        raise ValueError("Expected learning phase to be 0 or 1.")
    graph_state().phase = int(value)


def phase_placeholder(graph: Graph) -> Tensor | None:
    """The placeholder of the phase, if the graph has one."""
    phase = graph_state(graph).phase
    return phase if isinstance(phase, Tensor) else None


def get_session(graph: Graph | None = None) -> Any:
    """The default session, else Keras's own; its variables have their values.

    Args:
      graph: that of its session; the default one if None.
    """
    session = get_default_session()
    if session is None:
        graph = graph or get_default_graph()
        session = _HELD["session"]
        if session is None or session.graph is not graph or session._closed:
            session = _HELD["session"] = new_session("", graph, None)
    initialize_variables(session)
    return session


def set_session(session: Any) -> None:
    """Makes a session Keras's own.

    Args:
      session: a tf.Session.
    """
    _HELD["session"] = session


def clear_session() -> None:
    """Forgets the default graph and all that was made in it."""
    reset_default_graph()
    _HELD["session"] = None


def initialize_variables(session: Any) -> None:
    """Gives those variables of Keras that have no value yet their first one."""
    state = graph_state(session.graph)
    done = state.initialized.setdefault(session, set())
    waiting = [each for each in state.variables if id(each) not in done]
    if not waiting:
        return
    with session.graph.as_default():
        known = session.run([is_variable_initialized(each) for each in waiting])
        fresh = [each for each, is_known in zip(waiting, known, strict=True) if not is_known]
        if fresh:
            session.run(variables_initializer(fresh))
    done.update(map(id, waiting))
