"""Random programs that write variables leave what the same writes on NumPy arrays leave.

Writes of all kinds follow each other: whole variables, rows, rows of a merged gradient; what they
write is made of other variables. Each write waits for the one before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

import jitgraph as tf

ROWS, WIDTH = 5, 3
HALF = np.float32(0.5)


@dataclass
class Program:
    """Variables and tensors, each with the array it should be."""

    random: np.random.Generator
    variables: list[Any] = field(default_factory=list)
    arrays: list[np.ndarray] = field(default_factory=list)
    tensors: list[tuple[Any, np.ndarray]] = field(default_factory=list)
    written: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.indices = tf.placeholder(tf.int32, [None])
        self.fed = self.random.integers(0, ROWS, 4).astype(np.int32)
        constant = self._drawn()
        self.tensors.append((tf.constant(constant), constant))
        for _ in range(3):
            self.arrays.append(self._drawn())
            self.variables.append(tf.Variable(self.arrays[-1]))

    def _drawn(self) -> np.ndarray:
        return self.random.integers(-3, 4, (ROWS, WIDTH)).astype(np.float32)

    def value(self) -> tuple[Any, np.ndarray]:
        """Something to write: a tensor, a variable's contents, or both combined."""
        tensor, array = self.tensors[self.random.integers(len(self.tensors))]
        place = int(self.random.integers(len(self.variables)))
        contents = self.variables[place]._ref() * 1.0
        kind = self.random.integers(3)
        if kind == 0:
            return tensor, array
        if kind == 1:
            return contents, self.arrays[place].copy()
        return tensor * 0.5 + contents, array * HALF + self.arrays[place]

    def step(self) -> None:
        """One more write, or one more tensor."""
        place = int(self.random.integers(len(self.variables)))
        with tf.control_dependencies(self.written[-1:]):
            write = STEPS[self.random.integers(len(STEPS))]
            made = write(self, self.variables[place]._ref(), self.arrays[place].copy())
        if made is not None:
            self.written.append(made[0].op)
            self.arrays[place] = made[1]


def assign(program: Program, ref: Any, array: np.ndarray) -> Any:
    tensor, value = program.value()
    return tf.assign(ref, tensor), value.copy()


def add(program: Program, ref: Any, array: np.ndarray) -> Any:
    tensor, value = program.value()
    return tf.assign_add(ref, tensor * 0.5), array + value * HALF


def replace_rows(program: Program, ref: Any, array: np.ndarray) -> Any:
    tensor, value = program.value()
    array[[0, 2]] = value[[1, 3]]
    return tf.scatter_update(ref, [0, 2], tf.gather(tensor, [1, 3])), array


def add_to_rows(program: Program, ref: Any, array: np.ndarray) -> Any:
    tensor, value = program.value()
    np.add.at(array, program.fed, value[program.fed])
    return tf.scatter_add(ref, program.indices, tf.gather(tensor, program.indices)), array


def decay_and_add_to_rows(program: Program, ref: Any, array: np.ndarray) -> Any:
    tensor, value = program.value()
    array *= HALF
    np.add.at(array, [1, 1, 4], value[:3])
    with tf.control_dependencies([tf.assign(ref, ref * 0.5)]):
        return tf.scatter_add(ref, [1, 1, 4], tf.gather(tensor, [0, 1, 2])), array


def subtract_merged_rows(program: Program, ref: Any, array: np.ndarray) -> Any:
    tensor, value = program.value()
    unique, places = tf.unique(program.indices)
    rows = tf.gather(tensor, program.indices)
    sums = tf.unsorted_segment_sum(rows, places, tf.shape(unique)[0])
    total = np.zeros_like(value)
    np.add.at(total, program.fed, value[program.fed])
    named = np.unique(program.fed)
    array[named] -= total[named] * HALF + array[named] * HALF
    return tf.scatter_sub(ref, unique, sums * 0.5 + tf.gather(ref, unique) * 0.5), array


def keep(program: Program, ref: Any, array: np.ndarray) -> None:
    tensor, value = program.value()
    program.tensors.append((tensor * 2.0 - 1.0, value * 2 - 1))


STEPS: tuple[Callable[[Program, Any, np.ndarray], Any], ...] = (
    assign,
    add,
    replace_rows,
    add_to_rows,
    decay_and_add_to_rows,
    subtract_merged_rows,
    keep,
)


@pytest.mark.parametrize("seed", range(30))
def test_variables_are_left_as_numpy_leaves_them(seed: int) -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        program = Program(np.random.default_rng(seed))
        for _ in range(program.random.integers(3, 10)):
            program.step()
        session.run(tf.global_variables_initializer())
        tensors = [tensor for tensor, _ in program.tensors]
        found, _ = session.run([tensors, program.written], {program.indices: program.fed})
        for array, (_, wanted) in zip(found, program.tensors, strict=True):
            np.testing.assert_allclose(array, wanted, rtol=1e-5, atol=1e-5)
        for array, wanted in zip(session.run(program.variables), program.arrays, strict=True):
            np.testing.assert_allclose(array, wanted, rtol=1e-5, atol=1e-5)
