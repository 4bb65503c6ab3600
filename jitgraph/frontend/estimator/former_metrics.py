"""Stage frontend: the metrics of former evaluations, from their files.

In: a folder of summaries. Out: metrics by name, in the order in which they were written.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator

from jitgraph.frontend.summaries.event_file import summary_iterator

_FILES = "*.tfevents.*"
Metrics = dict[str, float]


def written_metrics(pattern: str) -> Iterator[tuple[int, Metrics]]:
    """The global step and the metrics of each summary in some files.

    Args:
      pattern: of the files' paths.
    """
    for path in sorted(glob.glob(pattern)):
        for event in summary_iterator(path):
            found = {
                value.tag: value.simple_value
                for value in event.summary.value
                if value.HasField("simple_value")
            }
            if found:
                yield event.step, found


def read_eval_metrics(eval_dir: str) -> dict[int, Metrics]:
    """The metrics of all evaluations of a folder, by global step, earliest first.

    Args:
      eval_dir: the folder; it may be missing.
    """
    found: dict[int, Metrics] = {}
    for step, metrics in written_metrics(os.path.join(glob.escape(eval_dir), _FILES)):
        found.setdefault(step, {}).update(metrics)
    return dict(sorted(found.items()))
