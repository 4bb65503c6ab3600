"""Parity with TensorFlow: what is compared, how far apart is too far, what both sides say."""

from __future__ import annotations

import numpy as np
import pytest

import jitgraph as tf
from bench.parity.cases import compared_ops, parity_cases, public_ops, request
from bench.parity.comparison import distances, misfit, unless_flushed
from bench.parity.expectations import COMPARED_ELSEWHERE, DIFFERENCES
from bench.parity.messages import decode, encode
from bench.parity.programs import PROGRAMS
from bench.parity.report import Gaps, line, summary
from bench.parity.runner import Library, run_op
from bench.parity.verdict import judge
from jitgraph.ops.apply import create
from jitgraph.ops.registry import REGISTRY

ONE = np.ones(1, np.float32)
NEXT = np.nextafter(ONE, ONE * 2)


def replies(name, cases):
    def by_name(op, inputs, attrs):
        definition = REGISTRY[op]
        return create(definition, [inputs[arg.name] for arg in definition.inputs], attrs)

    return run_op(Library(tf, by_name), request(name, cases))


def test_distances_count_last_places() -> None:
    assert distances(NEXT, ONE).tolist() == [1.0]
    both = np.array([1e-3, 1e3], np.float32)
    off = np.nextafter(both, np.float32(2e3))
    assert distances(off, both)[0] < 1e-5
    assert distances(off, both, least=0.0).tolist() == [1.0, 1.0]


def test_distances_of_special_values() -> None:
    found = np.array([np.nan, np.inf, 0.0, 1.0, 1e-45], np.float32)
    wanted = np.array([np.nan, -np.inf, -0.0, np.nan, 0.0], np.float32)
    assert distances(found, wanted, least=0.0).tolist() == [0, np.inf, 0, np.inf, 0]
    assert distances(np.array([3]), np.array([4])).tolist() == [np.inf]


def test_flushed_inputs_tell_nothing() -> None:
    ours = np.array([-87.0, -87.0, -np.inf, 1.0], np.float32)
    theirs = np.array([-np.inf, 5.0, -np.inf, 1.0], np.float32)
    assert (unless_flushed(ours, theirs) > 0).tolist() == [False, True, False, False]


def test_misfits_are_told_by_shape_and_dtype() -> None:
    assert misfit(ONE, ONE) is None
    assert "shape (1,)" in str(misfit(ONE, ONE[0]))
    assert "dtype int32" in str(misfit(ONE.astype(np.int32), ONE))


@pytest.mark.parametrize("name", compared_ops())
def test_requests_survive_the_pipe(name: str) -> None:
    cases = parity_cases(name)
    assert cases
    sent = request(name, cases)
    assert encode(decode(encode(sent))) == encode(sent)


def test_every_difference_names_an_op_and_a_stage() -> None:
    for pattern in DIFFERENCES:
        name, stage, _, _ = pattern.split("/")
        assert name in public_ops()
        assert stage in ("value", "gradient")


def test_a_wrong_result_and_a_wrong_gradient_are_found() -> None:
    cases = [case for case in parity_cases("Square") if case.dtype == "float32"][:1]
    ours = replies("Square", cases)
    assert not judge(REGISTRY["Square"], cases, ours, ours).mismatches
    theirs = [{key: [array * 1.001 for array in found]} for key, found in ours[0].items()]
    worse = [{**theirs[0], **theirs[1]}]
    verdict = judge(REGISTRY["Square"], cases, ours, worse)
    assert [text.split()[0] for text in verdict.mismatches] == ["value", "gradient"]
    assert "DIFFERS" in line(verdict)
    assert "DIFFERS: Square" in summary([verdict], Gaps([], [], []), 1.0)


def test_a_missing_kernel_is_skipped_and_another_error_is_not() -> None:
    cases = parity_cases("Square")[:1]
    ours = replies("Square", cases)
    missing = [{"error": "InvalidArgumentError: No OpKernel was registered to support Op"}]
    failed = [{"error": "InvalidArgumentError: no"}]
    assert judge(REGISTRY["Square"], cases, ours, missing).skipped == 1
    assert len(judge(REGISTRY["Square"], cases, ours, failed).mismatches) == 1


def test_every_op_is_compared_somewhere() -> None:
    """An op without samples needs a program, or a reason in COMPARED_ELSEWHERE."""
    compared = {*compared_ops(), *COMPARED_ELSEWHERE}
    for program in PROGRAMS.values():
        with tf.Graph().as_default() as graph:
            assert program(tf)
        compared.update(op.type for op in graph.get_operations())
    assert set(public_ops()) <= compared
