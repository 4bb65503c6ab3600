"""The cases of `bench.ops` can be built; a small one runs as its worker runs it."""

from __future__ import annotations

import numpy as np
import pytest

import jitgraph as tf
from bench.ops.__main__ import Found
from bench.ops.cases import CASES
from bench.ops.models import MODELS
from bench.ops.pictures import PICTURES
from bench.ops.wider import WIDER
from bench.ops.worker import _listed, _runner


@pytest.mark.parametrize("name", [*CASES, *MODELS])
def test_a_case_is_a_graph(name: str) -> None:
    case = (CASES | MODELS)[name]
    with tf.Graph().as_default():
        given = [tf.placeholder(array.dtype, array.shape) for array in case.feeds]
        assert _listed(case.build(tf, *given))


def test_wider_cases_are_graphs() -> None:
    for case in (*WIDER.values(), *PICTURES.values()):
        with tf.Graph().as_default():
            given = [tf.placeholder(array.dtype, array.shape) for array in case.feeds]
            assert _listed(case.build(tf, *given)), case.name


def test_a_model_is_run_as_often_as_asked() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        run = _runner(tf, session, MODELS["Q network, Adam"])
        losses = [_listed(run())[0] for _ in range(20)]
    assert np.all(np.isfinite(losses))
    assert losses[-1] < losses[0]


def test_ratios_tell_how_many_times_as_fast() -> None:
    assert Found("case", own=1.0, peer=3.0, agrees=True).ratio == 3.0
