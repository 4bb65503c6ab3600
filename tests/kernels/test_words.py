"""The word language means what Python means, for words."""

import ctypes

import numpy as np
import pytest

from jitgraph.kernels.cache import KernelCache, KernelSource
from jitgraph.kernels.compile import KernelCompileError
from jitgraph.kernels.words import WordSyntaxError, emit_words

PROGRAMS = {
    "arithmetic": "return (a + 3) * b - (a << 2) + (b >> 1) + (a & b) + (a | 8) + -a",
    "division": "return (a * a + 17) // (b * b + 1)",
    "comparison": "return (a < b) + 2 * (a <= b) + 4 * (a == b) + 8 * (a != b) + 16 * (not a > b)",
    "choice": "return a if a >= b else b - 1",
    "branches": """
    if a < 0:
        return -1
    elif a == 0:
        c = 5
    else:
        c = a
    return c + b""",
    "loops": """
    total = 0
    for i in range(10):
        step = 0
        while step < b:
            step += 1
            total += i * step
        if total > 500:
            return total
    return total + a""",
    "logic": """
    if a > 0 and b > 0 and bump(a) > 3:
        return 1
    if a < -5 or b < -5 or bump(b) == 1:
        return 2
    return min(a, b)""",
    "a loop's end is fixed when it begins": """
    n = b
    for i in range(n):
        n += 1
        a += i
    return a + n""",
}


def program(body):
    return f"""
LIMIT = -7

def bump(x):
    return x + 1

def kernel(a, b, c):
    {body.strip()}
"""


def compiled(text):
    source = KernelSource("test", text, options=(("language", "words"),), signature=("int64",) * 4)
    return ctypes.CFUNCTYPE(*[ctypes.c_int64] * 4)(KernelCache().native(source))


@pytest.mark.parametrize("name", PROGRAMS)
def test_as_python(name):
    text = program(PROGRAMS[name])
    scope = {}
    exec(text, scope)
    function = compiled(text)
    rng = np.random.default_rng(3)
    for a, b in [(0, 0), (1, -1), *rng.integers(-9, 9, (200, 2)).tolist()]:
        assert function(a, b, 0) == int(scope["kernel"](a, b, 0)), (a, b)


def test_memory_and_atomics():
    function = compiled("""
from jitgraph.kernels.word_primitives import (
    atomic_add, atomic_load, atomic_replace_if, atomic_store, load_int32, load_word, store_int32,
    store_word,
)

def kernel(at, b, c):
    store_word(at, 5)
    atomic_store(at + 8, load_word(at) + 1)
    old = atomic_add(at + 8, 10)
    swapped = atomic_replace_if(at + 16, 0, 7) + 2 * atomic_replace_if(at + 16, 0, 8)
    store_int32(at + 24, -3)
    return old + 100 * swapped + 1000 * atomic_load(at + 8) + load_int32(at + 24)
""")
    memory = np.zeros(4, np.int64)
    assert function(memory.ctypes.data, 0, 0) == 6 + 100 + 16000 - 3
    assert memory.tolist() == [5, 16, 7, 0xFFFFFFFD]


def test_numbers():
    function = compiled("""
from jitgraph.kernels.word_primitives import float32_bits, float64_bits

def kernel(a, b, c):
    return float32_bits(float64_bits(a)) if b else float64_bits(a)
""")
    assert function(-3, 0, 0) == int(np.array(-3.0).view(np.int64))
    assert function(-3, 1, 0) == int(np.array(-3.0, np.float32).view(np.uint32))


@pytest.mark.parametrize(
    "statement",
    ["x = [1]", "x = 1.5", "a.b = 1", "x = a / 2", "x = unknown", "x = unknown(1)", "del a",
     "x = a < b < c", "for i in range(1, 2):\n        x = i", "x = bump(x=1)"],
)  # fmt: skip
def test_what_is_not_in_the_language(statement):
    with pytest.raises(WordSyntaxError, match=r"line \d+: not in the word language"):
        emit_words(program(f"{statement}\n    return 0"), "test")


def test_a_wrong_source_is_a_compile_error():
    with pytest.raises(KernelCompileError, match="not in the word language"):
        compiled(program("return a / b"))
