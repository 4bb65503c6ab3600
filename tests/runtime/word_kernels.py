"""Kernels for the tests of the runtime, over int64 elements, compiled in milliseconds."""

import numpy as np

from jitgraph.kernels.cache import KernelSource, default_cache
from jitgraph.runtime import native

DOUBLE = """
from jitgraph.kernels.word_primitives import load_word, store_word

def kernel(args, lo, hi):
    source = load_word(args + 16)
    target = load_word(args + 24)
    i = lo
    while i < hi:
        store_word(target + 8 * i, 2 * load_word(source + 8 * i))
        i += 1
"""

COUNT_VISITS = """
from jitgraph.kernels.word_primitives import atomic_add, load_word

def kernel(args, lo, hi):
    i = lo
    while i < hi:
        atomic_add(load_word(args + 16) + 8 * i, 1)
        i += 1
    atomic_add(load_word(args + 24), 1)
"""

FAIL = """
from jitgraph.kernels.word_primitives import load_word, store_word

def kernel(args, lo, hi):
    store_word(load_word(args), load_word(args + 8) | 2)
"""


def address(text: str) -> int:
    source = KernelSource(
        "test",
        text,
        names=("words", "word_primitives"),
        options=(("language", "words"),),
        signature=("int64", "int64", "int64", "int64"),
        helpers=native.__name__,
    )
    return default_cache().native(source)


def words(*values: int) -> np.ndarray:
    return np.array(values, np.int64)
