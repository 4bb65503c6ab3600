"""tf.test: test cases, gradients checked, and what the machine has."""

from __future__ import annotations

import sys
import unittest
from typing import Any
from unittest import mock

from jitgraph.testing.gradient_checker import compute_gradient, compute_gradient_error
from jitgraph.testing.places import temporary_folder as get_temp_dir, test_src_dir_path
from jitgraph.testing.test_case import TestCase

__all__ = [
    "TensorFlowTestCase",
    "TestCase",
    "assert_equal_graph_def",
    "compute_gradient",
    "compute_gradient_error",
    "get_temp_dir",
    "gpu_device_name",
    "is_built_with_cuda",
    "is_built_with_gpu_support",
    "is_built_with_rocm",
    "is_gpu_available",
    "main",
    "mock",
    "test_src_dir_path",
]

TensorFlowTestCase = TestCase


def main(argv: Any = None) -> None:
    """Runs the tests of the script, and ends the process with their status.

    Args:
      argv: the command line; that of the process when None.
    """
    from jitgraph.frontend.api.flags import FLAGS

    line = list(sys.argv if argv is None else argv)
    unittest.main(argv=FLAGS(line, known_only=True))


def is_gpu_available(cuda_only: bool = False, min_cuda_compute_capability: Any = None) -> bool:
    """Whether ops can run on a GPU: never yet.

    Args:
      cuda_only: not used.
      min_cuda_compute_capability: not used.
    """
    return False


def gpu_device_name() -> str:
    """The name of a GPU, "" as there is none."""
    return ""


def is_built_with_cuda() -> bool:
    """Whether kernels for CUDA are there: no."""
    return False


def is_built_with_gpu_support() -> bool:
    """Whether kernels for GPUs are there: no."""
    return False


def is_built_with_rocm() -> bool:
    """Whether kernels for ROCm are there: no."""
    return False


def assert_equal_graph_def(actual: Any, expected: Any, checkpoint_v2: bool = False) -> None:
    """Two GraphDefs have the same nodes, in any order.

    Args:
      actual, expected: the GraphDefs.
      checkpoint_v2: not used.

    Raises:
      AssertionError: a node differs; tells which.
    """
    found, wanted = ({node.name: node for node in each.node} for each in (actual, expected))
    if found.keys() != wanted.keys():
        raise AssertionError(f"nodes of one alone: {sorted(found.keys() ^ wanted.keys())}")
    for name, node in wanted.items():
        if found[name] != node:
            raise AssertionError(f"node {name} differs:\n{found[name]}\nexpected:\n{node}")
