"""The command: `python -m bench.parity --peer PYTHON [--only OP]`."""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

import jitgraph
from bench.parity.cases import compared_ops, parity_cases, public_ops, request
from bench.parity.comparison import distances, misfit
from bench.parity.expectations import ARITHMETIC, COMPARED_ELSEWHERE, DIFFERENCES
from bench.parity.peer import Peer, PeerError
from bench.parity.programs import PROGRAMS
from bench.parity.report import HEADER, Gaps, line, summary
from bench.parity.runner import Library, described, run_op
from bench.parity.verdict import Verdict, judge
from jitgraph.ops.apply import create
from jitgraph.ops.registry import REGISTRY


def main() -> int:
    """Compares what is asked for; returns 1 if anything differs that isn't meant to."""
    options = _options()
    warnings.simplefilter("ignore", RuntimeWarning)
    started = time.perf_counter()
    with Peer(options.peer) as peer:
        shared = peer.ask({"names": public_ops()})
        verdicts = []
        print(HEADER, flush=True)
        for verdict in _verdicts(peer, options.only, shared):
            verdicts.append(verdict)
            print(line(verdict), flush=True)
    gaps = Gaps([], [], []) if options.only else _gaps(verdicts, shared)
    print(summary(verdicts, gaps, time.perf_counter() - started))
    return int(bool(gaps.untested) or any(verdict.mismatches for verdict in verdicts))


def _verdicts(peer: Peer, only: list[str] | None, shared: list[str]) -> Iterator[Verdict]:
    if only:
        yield from (
            _compare_program(peer, name) if name in PROGRAMS else _compare_op(peer, name)
            for name in only
        )
        return
    yield from (_compare_op(peer, name) for name in compared_ops() if name in shared)
    yield from (_compare_program(peer, name) for name in PROGRAMS)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.parity", description=__doc__)
    parser.add_argument(
        "--peer",
        required=True,
        type=lambda text: str(Path(text).absolute()),
        metavar="PYTHON",
        help="the Python of an environment that has TensorFlow",
    )
    parser.add_argument(
        "--only", action="append", choices=[*compared_ops(), *PROGRAMS], metavar="OP"
    )
    return parser.parse_args()


def _jitgraph_op(op: str, inputs: dict[str, Any], attrs: dict[str, Any]) -> Any:
    definition = REGISTRY[op]
    return create(definition, [inputs[arg.name] for arg in definition.inputs], attrs)


def _compare_op(peer: Peer, name: str) -> Verdict:
    cases = parity_cases(name)
    wanted = request(name, cases)
    peer.send(wanted)
    ours = run_op(Library(jitgraph, _jitgraph_op), wanted)
    try:
        return judge(REGISTRY[name], cases, ours, peer.receive())
    except PeerError as error:
        return Verdict(name, {name}, mismatches=[f"TensorFlow's process ended: {error}"])


def _compare_program(peer: Peer, name: str) -> Verdict:
    verdict = Verdict(f"[{name}]")
    peer.send({"program": name})
    try:
        with jitgraph.Graph().as_default() as graph:
            ours = PROGRAMS[name](jitgraph)
        verdict.op_types = {op.type for op in graph.get_operations()}
        theirs = peer.receive()
    except Exception as error:
        verdict.mismatches.append(described(error))
        return verdict
    if isinstance(theirs, dict):
        verdict.mismatches.append(f"TensorFlow: {theirs['error']}")
        return verdict
    verdict.values = len(theirs)
    for number, (found, wanted) in enumerate(zip(map(np.asarray, ours), theirs, strict=True)):
        problem = misfit(found, wanted)
        worst = 0.0 if problem else float(distances(found, wanted).max(initial=0.0))
        verdict.worst = max(verdict.worst, worst)
        if problem or worst > ARITHMETIC:
            verdict.mismatches.append(f"result {number}: {problem or _farthest(found, wanted)}")
    return verdict


def _farthest(found: np.ndarray, wanted: np.ndarray) -> str:
    place = np.unravel_index(np.argmax(distances(found, wanted)), found.shape)
    position = [int(number) for number in place]
    return f"{found[place]}, not {wanted[place]}, at {position}"


def _gaps(verdicts: list[Verdict], shared: list[str]) -> Gaps:
    met = {pattern for verdict in verdicts for pattern in verdict.met}
    tested = {op_type for verdict in verdicts for op_type in verdict.op_types}
    return Gaps(
        absent=[name for name in public_ops() if name not in shared],
        untested=[name for name in shared if name not in tested | COMPARED_ELSEWHERE.keys()],
        stale=[pattern for pattern in DIFFERENCES if pattern not in met],
    )


if __name__ == "__main__":
    sys.exit(main())
