"""Row: the same ten fetches run in turn by a session that has compiled ten sets of fetches, and by
one that has compiled 10,000: what a hit in the function cache costs does not depend on its size."""

from __future__ import annotations

from typing import Any

import numpy as np

from bench.row import Goal, Row, Work, least

FEW, MANY = 10, 10_000
X = np.linspace(-1.0, 1.0, 8, dtype=np.float32)


def _live(tf: Any, count: int) -> Work:
    x = tf.placeholder(tf.float32, [8])
    fetches = [x * 2.0 + float(number) for number in range(count)]
    session = tf.Session()
    for fetch in fetches:
        session.run(fetch, {x: X})
    feeds = {x: X}

    def run() -> None:
        for fetch in fetches[:FEW]:
            session.run(fetch, feeds)

    return Work(run, lambda: session.run(fetches[:FEW], feeds))


def many(tf: Any) -> Work:
    """10,000 signatures are live."""
    return _live(tf, MANY)


def few(_: Any) -> Work:
    """Ten are."""
    import jitgraph

    return _live(jitgraph, FEW)


ROWS = (
    Row(
        "signatures",
        f"{FEW} runs, one of each of {FEW} fetches, while {MANY:,} signatures are live, or {FEW}",
        {"jitgraph": many, "few": few},
        (
            Goal(
                "as fast as with few (within 10 %)",
                lambda figures: least(figures, "jitgraph") <= 1.1 * least(figures, "few"),
            ),
        ),
    ),
)
