"""What the graph promises beyond TensorFlow: sites, mutation counts, threads, cheap building."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from small_ops import add, constant, identity, make, no_op, placeholder

from jitgraph import dtypes
from jitgraph.errors import InvalidArgumentError, message_with_origin
from jitgraph.graph import (
    Graph,
    Tensor,
    control_dependencies,
    default_session_stack,
    device,
    get_default_graph,
    get_default_session,
    name_scope,
)

HERE = Path(__file__)


@pytest.fixture(autouse=True)
def graph():
    with Graph().as_default() as graph:
        yield graph


class FakeSession:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    def run(self, fetches, feed_dict):
        return fetches, feed_dict


def here(offset: int = 0) -> str:
    return f"{HERE.name}:{sys._getframe(1).f_lineno + offset}"


def test_the_site_is_the_nearest_line_outside_the_package(graph):
    def build():
        return graph.create_op("NoOp", (), (), (), "a", {}), here()

    op, site = build()
    assert op.site == site
    assert op.traceback[0][0] == str(HERE)
    assert op.traceback[0][2:] == (
        "build",
        'return graph.create_op("NoOp", (), (), (), "a", {}), here()',
    )


def test_frames_of_the_package_are_passed_over(graph):
    found = {}
    code = compile("op = graph.create_op('NoOp', (), (), (), 'a', {})", graph_file(), "exec")
    exec(code, {"graph": graph}, found)
    assert found["op"].site == here(-1)


def graph_file() -> str:
    return sys.modules[Graph.__module__].__file__.replace("graph.py", "not_there.py")


def test_an_error_names_the_op_and_its_line():
    op = no_op("a")
    text = message_with_origin("bad", op)
    assert text == f"bad\n\t [[node a (defined at {op.site})]]"
    assert message_with_origin("bad", None) == "bad"


def test_errors_keep_what_failed():
    op = no_op("a")
    error = InvalidArgumentError(op.node_def, op, "bad")
    assert (error.op, error.node_def, error.message) == (op, op.node_def, "bad")


def test_the_node_def_tells_the_inputs_and_the_device():
    a, b = constant(1, "a"), no_op("b")
    with control_dependencies([b]), device("/cpu:0"):
        c = identity(a, "c")
    node = c.op.node_def
    assert (node.name, node.op, node.device) == ("c", "Identity", "/device:CPU:0")
    assert node.input == ("a", "^b")
    assert 'input: "^b"' in str(c.op)


def test_mutations_count_changes_of_existing_ops_only(graph):
    x, a = placeholder(dtypes.float32, [None], "x"), no_op("a")
    assert graph._mutations == 0
    x.set_shape([None])
    assert graph._mutations == 0
    x.set_shape([2])
    assert graph._mutations == 1
    x.op._add_control_input(a)
    assert graph._mutations == 2
    x.op._add_control_input(a)
    assert graph._mutations == 2
    x.op._set_attr("_mark", 1)
    assert graph._mutations == 3
    assert x.op.get_attr("_mark") == 1


def test_a_failed_creation_leaves_no_op(graph):
    constant(1, "a")
    for name in ("b c", "a/"):
        with pytest.raises(ValueError, match=r"not a valid node name|Duplicate node name"):
            constant(1, name)
    graph.finalize()
    with pytest.raises(RuntimeError, match="finalized"):
        constant(1, "c")
    assert [op.name for op in graph.get_operations()] == ["a"]


def test_a_control_input_of_another_graph_is_refused():
    a = no_op("a")
    with Graph().as_default():
        b = no_op("b")
    with pytest.raises(ValueError, match="same graph"):
        b._add_control_input(a)


def test_attr_scopes_fill_what_is_open(graph):
    with graph._attr_scope({"a": 1, "b": lambda op: op.name, "dtype": 3}):
        with graph._attr_scope({"a": None}):
            inner = constant(1, "inner")
        outer = constant(1, "outer")
    assert inner.op._attrs == {"b": "inner", "dtype": dtypes.int32}
    assert outer.op._attrs == {"a": 1, "b": "outer", "dtype": dtypes.int32}


def test_a_container_goes_into_the_attribute_of_that_name(graph):
    with graph.container("mine"):
        ops = [make("V", (), [], "v", container=given) for given in ("", "yours")]
        other = constant(1)
    assert [op.get_attr("container") for op in ops] == ["mine", "yours"]
    assert "container" not in other.op._attrs


def test_blocks_end_where_they_fail(graph):
    with (
        pytest.raises(KeyError),
        name_scope("a"),
        control_dependencies([no_op()]),
        device("/gpu:0"),
    ):
        raise KeyError
    op = no_op("after")
    assert (op.name, op.control_inputs, op.device) == ("after", [], "")


def test_default_graphs_nest():
    a, b = Graph().as_default(), Graph().as_default()
    a.__enter__()
    b.__enter__()
    with pytest.raises(AssertionError, match="Nesting violated for default stack of"):
        a.__exit__(None, None, None)
    b.__exit__(None, None, None)
    a.__exit__(None, None, None)


def test_sessions_end_in_the_reverse_order(graph):
    one, two = FakeSession(graph), FakeSession(graph)
    with default_session_stack.pushed(one) as first, default_session_stack.pushed(two):
        assert get_default_session() is two
        with pytest.raises(AssertionError, match="Nesting violated for default stack"):
            default_session_stack.pushed(first).__exit__(None, None, None)
    assert get_default_session() is None


def test_blocks_that_do_not_nest_may_end_in_any_order(graph):
    one, two = FakeSession(graph), FakeSession(graph)
    first, second = default_session_stack.pushed(one), default_session_stack.pushed(two)
    first.enforce_nesting = second.enforce_nesting = False
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert get_default_session() is two
    second.__exit__(None, None, None)
    assert get_default_session() is None


def test_eval_and_run_use_the_given_or_the_default_session(graph):
    x, op = constant(1), no_op()
    session = FakeSession(graph)
    assert x.eval({"a": 1}, session) == (x, {"a": 1})
    with default_session_stack.pushed(session):
        assert x.eval() == (x, None)
        assert op.run() is None


@pytest.mark.parametrize("is_default", [False, True])
def test_sessions_of_another_graph_are_refused(is_default):
    x, op = constant(1), no_op()
    other = FakeSession(Graph())
    if not is_default:
        with pytest.raises(ValueError, match="Cannot use the given session to evaluate tensor"):
            x.eval(session=other)
        with pytest.raises(ValueError, match="Cannot use the given session to execute operation"):
            op.run(session=other)
        return
    with default_session_stack.pushed(other):
        with pytest.raises(ValueError, match="Cannot use the default session to evaluate tensor"):
            x.eval()
        with pytest.raises(ValueError, match="Cannot use the default session to execute operation"):
            op.run()


def test_scopes_belong_to_their_thread(graph):
    found = []

    def build():
        found.append(get_default_graph() is graph)
        with graph.as_default():
            found.append(no_op("b"))

    with name_scope("s"), control_dependencies([no_op("a")]), device("/gpu:0"):
        thread = threading.Thread(target=build)
        thread.start()
        thread.join()
    is_same, op = found
    assert not is_same
    assert (op.name, op.control_inputs, op.device) == ("b", [], "")


def test_threads_may_build_one_graph(graph):
    shared = constant(1, "shared")

    def build():
        with graph.as_default():
            for _ in range(200):
                add(shared, shared, "x")

    threads = [threading.Thread(target=build) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ops = graph.get_operations()
    assert len({op.name for op in ops}) == len(ops) == 801
    assert [op._id for op in ops] == list(range(1, 802))
    assert len(shared.consumers()) == 1600


def test_a_tensor_with_a_known_first_dimension_is_iterable(monkeypatch):
    monkeypatch.setattr(Tensor, "__getitem__", lambda self, key: (self, key), raising=False)
    x = constant([1, 2], "x")
    assert list(x) == [(x, 0), (x, 1)]


@pytest.mark.parametrize("dims", [None, [], [None, 2]])
def test_other_tensors_are_not(dims):
    with pytest.raises(TypeError, match=r"iterating over `tf\.Tensor` is not allowed"):
        iter(placeholder(dtypes.float32, dims))


def test_a_tensor_is_no_array():
    with pytest.raises(NotImplementedError, match=r"symbolic Tensor \(x:0\) to a numpy"):
        np.array(constant(1, "x"))


def test_operators_are_hung_on_the_class(monkeypatch):
    monkeypatch.setattr(Tensor, "__matmul__", None, raising=False)
    Tensor._override_operator("__matmul__", lambda x, y: ("matmul", x, y))
    x = constant(1)
    assert x @ 3 == ("matmul", x, 3)


def test_a_long_chain_of_equal_names_is_built_in_linear_time(graph):
    for _ in range(3000):
        no_op("x")
    assert graph.get_operations()[-1].name == "x_2999"


def test_importing_the_graph_loads_no_compiler():
    code = "import jitgraph.graph, sys; assert not {'numba', 'llvmlite'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=HERE.parents[2])
