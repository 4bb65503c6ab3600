"""Sources become machine code that needs nothing of Numba's run-time."""

import ctypes

import numpy as np
import pytest
from calls import apply
from kernel_sources import elementwise

from jitgraph.kernels.cache import KernelCache, KernelSource, resolve_names
from jitgraph.kernels.compile import (
    CompileRequest,
    KernelCompileError,
    compile_sources,
    python_function,
)
from jitgraph.kernels.loader import (
    UnlinkableCode,
    check_linkable,
    process_loader,
    undefined_symbols,
)
from jitgraph.kernels.machine import vector_width


@pytest.fixture(scope="module")
def memory():
    return KernelCache()


X = np.linspace(-3, 3, 1000, dtype=np.float32)


def test_computes(memory):
    kernel = memory.get(elementwise("x[i] * np.float32(2) + np.float32(1)"))
    np.testing.assert_allclose(apply(kernel, X), X * 2 + 1, rtol=1e-6)


def test_jitted_helpers_are_linked_in(memory):
    kernel = memory.get(elementwise("twice(x[i])"))
    np.testing.assert_array_equal(apply(kernel, X), X + X)


@pytest.mark.parametrize("function", ["tan", "lgamma"])
def test_libm_functions_resolve(memory, function):
    kernel = memory.get(elementwise(f"math.{function}(x[i] + np.float32(4))"))
    expected = [getattr(__import__("math"), function)(float(v)) for v in X + np.float32(4)]
    np.testing.assert_allclose(apply(kernel, X), expected, rtol=2e-4, atol=1e-5)


def test_loops_are_vectorised(memory):
    kernel = memory.get(elementwise("x[i] * x[i]"))
    assert kernel.vector_width() >= 128
    assert "fmul" in kernel.llvm_ir()


def test_scalar_code_has_no_vector_width():
    assert vector_width("\tvmulss\t%xmm0, %xmm1, %xmm0\n\tretq") == 0


def test_other_signatures(memory):
    source = KernelSource(
        "add", "def kernel(a, b):\n    return a + b\n", signature=("intp", "intp", "intp")
    )
    prototype = ctypes.CFUNCTYPE(ctypes.c_ssize_t, ctypes.c_ssize_t, ctypes.c_ssize_t)
    assert prototype(memory.native(source))(40, 2) == 42


def test_pointer_signature(memory):
    source = KernelSource(
        "poke",
        "def kernel(p, v):\n    p[1] = v\n    return p[0]\n",
        signature=("float64", "float64*", "float64"),
    )
    values = np.array([1.5, 2.5])
    prototype = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_void_p, ctypes.c_double)
    assert prototype(memory.native(source))(values.ctypes.data, 9.0) == 1.5
    assert values[1] == 9.0


def test_nan_and_infinity_survive(memory):
    kernel = memory.get(elementwise("x[i] - x[i]"))
    x = np.array([np.inf, np.nan, 1.0], np.float32)
    np.testing.assert_array_equal(apply(kernel, x), [np.nan, np.nan, 0.0])


def test_a_source_that_raises_is_refused(memory):
    source = """
def kernel(args, lo, hi):
    if hi < lo:
        raise ValueError("backwards")
    args[0] = lo
"""
    with pytest.raises(KernelCompileError, match="a path of it raises an exception"):
        memory.get(KernelSource("raises", source))


def test_a_source_that_allocates_is_refused(memory):
    source = "def kernel(args, lo, hi):\n    args[0] = np.arange(hi).sum()\n"
    with pytest.raises(KernelCompileError, match="kernel allocates"):
        memory.get(KernelSource("allocates", source))


def test_a_source_that_cannot_be_typed_shows_itself(memory):
    source = "def kernel(args, lo, hi):\n    args[0] = 'text' + lo\n"
    with pytest.raises(KernelCompileError, match="args\\[0\\] = 'text'"):
        memory.get(KernelSource("ill_typed", source, header="%1 = add"))


def test_source_runs_as_plain_python():
    source = KernelSource("plain", "def kernel(args, lo, hi):\n    args[0] = hi - lo\n")
    args = [0]
    python_function(source, {})(args, 2, 7)
    assert args == [5]


def test_tracebacks_show_generated_lines():
    source = KernelSource("wrong", "def kernel(args, lo, hi):\n    return args[99]\n", header="one")
    with pytest.raises(IndexError) as caught:
        python_function(source, {}, "wrong.py")([], 0, 0)
    entry = caught.traceback[-1]
    assert str(entry.statement).strip() == "return args[99]"


def test_missing_symbols_are_found_before_loading():
    import llvmlite.binding as llvm

    from jitgraph.kernels.machine import make_target_machine

    module = llvm.parse_assembly(
        "declare void @no_such_function()\n"
        "define void @f() {\n  call void @no_such_function()\n  ret void\n}\n"
    )
    code = make_target_machine().emit_object(module)
    if not code.startswith(b"\x7fELF"):
        pytest.skip("symbols are read from ELF objects only")
    assert undefined_symbols(code) == ["no_such_function"]
    with pytest.raises(UnlinkableCode, match="no_such_function"):
        check_linkable("f", code)


def test_code_without_its_function_is_found_before_loading(memory):
    import llvmlite.binding as llvm

    from jitgraph.kernels.machine import make_target_machine

    code = make_target_machine().emit_object(
        llvm.parse_assembly("define void @f() {\n  ret void\n}\n")
    )
    check_linkable("f", code)
    with pytest.raises(UnlinkableCode, match="g is not in its object file"):
        process_loader().load([("g", code)])
    with pytest.raises(UnlinkableCode, match="is no object file"):
        check_linkable("f", b"\x7fELF\x02\x01" + b"\xff" * 90)


def test_many_are_compiled_in_order_and_each_is_kept_once():
    sources = [
        elementwise(f"x[i] * np.float32({n})") if n % 3 else words_source(n) for n in range(9)
    ]
    kept = []
    requests = [
        CompileRequest(source, f"kernel_{n}", resolve_names(source), "")
        for n, source in enumerate(sources)
    ]
    done = compile_sources(iter(requests), lambda request, made: kept.append(request.symbol))
    assert sorted(kept) == [request.symbol for request in requests]
    for request, made in zip(requests, done, strict=True):
        check_linkable(request.symbol, made.made.code)


def test_an_error_among_many_is_raised():
    broken = KernelSource("broken", "def kernel(args, lo, hi):\n    nowhere()\n")
    sources = [words_source(1), broken, words_source(2)]
    requests = (CompileRequest(source, "kernel_x", {}) for source in sources)
    with pytest.raises(KernelCompileError, match="nowhere"):
        compile_sources(requests)


def words_source(number):
    body = f"def kernel(args, lo, hi):\n    return lo + {number}\n"
    return KernelSource(f"plus_{number}", body, (), (("language", "words"),))
