"""A traced run as a picture: Chrome's trace format, which chrome://tracing and Perfetto draw.

In: tf.RunMetadata's step_stats. Out: JSON text.
https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU is the format.
"""

from __future__ import annotations

import json
import re
from typing import Any

_LABEL = re.compile(r"(?P<name>.*) = (?P<kernel>.*)\((?P<inputs>.*)\)(?P<figures>.*)")


class Timeline:
    """Draws the steps of traced runs.

    Args:
      step_stats: the `step_stats` of a tf.RunMetadata.
      graph: accepted, as in TensorFlow.

    Example:
      >>> metadata = tf.RunMetadata()
      >>> options = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE)
      >>> sess.run(y, options=options, run_metadata=metadata)
      >>> text = Timeline(metadata.step_stats).generate_chrome_trace_format()
      >>> open("timeline.json", "w").write(text)
    """

    def __init__(self, step_stats: Any, graph: Any = None) -> None:
        self._step_stats = step_stats

    def generate_chrome_trace_format(
        self, show_dataflow: bool = True, show_memory: bool = False
    ) -> str:
        """The trace as JSON text: a process for each device, an event for each step.

        Args:
          show_dataflow, show_memory: accepted; each event names what it reads, and its bytes.
        """
        events: list[dict[str, Any]] = []
        for number, device in enumerate(self._step_stats.dev_stats):
            events.append(_process(number, f"{device.device} Compute"))
            events.extend(_event(node, number) for node in device.node_stats)
        return json.dumps({"traceEvents": events}, indent=1, ensure_ascii=False)


def _process(number: int, name: str) -> dict[str, Any]:
    return {"name": "process_name", "ph": "M", "pid": number, "args": {"name": name}}


def _event(node: Any, process: int) -> dict[str, Any]:
    found = _LABEL.match(node.timeline_label)
    kernel = found["kernel"] if found else "unknown"
    arguments = {"name": node.node_name, "op": kernel}
    for number, name in enumerate(filter(None, (found["inputs"] if found else "").split(", "))):
        arguments[f"input{number}"] = name
    if found and found["figures"].strip():
        arguments["figures"] = found["figures"].strip()
    return {
        "ph": "X",
        "cat": "Op",
        "name": kernel,
        "pid": process,
        "tid": node.thread_id,
        "ts": node.all_start_nanos / 1000 or node.all_start_micros,
        "dur": node.all_end_rel_nanos / 1000 or node.all_end_rel_micros,
        "args": arguments,
    }
