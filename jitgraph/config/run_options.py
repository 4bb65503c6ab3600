"""Stage config: tf.RunOptions and tf.RunMetadata, the messages that `run` takes.

In: what users set. Out: records; a run with FULL_TRACE fills the metadata it is given.
"""

from __future__ import annotations

from typing import ClassVar

from jitgraph.config.fields import (
    BOOL,
    INT32,
    INT64,
    STRING,
    Enum,
    Fields,
    Nested,
    Repeated,
)
from jitgraph.config.message import Message


class RunExperimental(Message):
    """Experimental options of a run: accepted."""

    FULL_NAME = "tensorflow.RunOptions.Experimental"
    FIELDS: ClassVar[Fields] = {"collective_graph_key": INT64, "use_run_handler_pool": BOOL}


class RunOptions(Message):
    """Options of one run: with `trace_level` FULL_TRACE it tells its steps; the rest is accepted.

    Example:
      >>> tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE)
      trace_level: FULL_TRACE
    """

    FULL_NAME = "tensorflow.RunOptions"
    NO_TRACE, SOFTWARE_TRACE, HARDWARE_TRACE, FULL_TRACE = 0, 1, 2, 3
    TraceLevel = Enum("TraceLevel", NO_TRACE=0, SOFTWARE_TRACE=1, HARDWARE_TRACE=2, FULL_TRACE=3)
    FIELDS: ClassVar[Fields] = {
        "trace_level": TraceLevel.field(),
        "timeout_in_ms": INT64,
        "inter_op_thread_pool": INT32,
        "output_partition_graphs": BOOL,
        "report_tensor_allocations_upon_oom": BOOL,
        "experimental": Nested(lambda: RunExperimental),
    }
    Experimental = RunExperimental


class NodeExecStats(Message):
    """When an op ran."""

    FULL_NAME = "tensorflow.NodeExecStats"
    FIELDS: ClassVar[Fields] = {
        "node_name": STRING,
        "all_start_micros": INT64,
        "op_start_rel_micros": INT64,
        "op_end_rel_micros": INT64,
        "all_end_rel_micros": INT64,
        "timeline_label": STRING,
        "scheduled_micros": INT64,
        "thread_id": INT64,
        "all_start_nanos": INT64,
        "op_start_rel_nanos": INT64,
        "op_end_rel_nanos": INT64,
        "all_end_rel_nanos": INT64,
        "scheduled_nanos": INT64,
    }


class DeviceStepStats(Message):
    """What ran on a device."""

    FULL_NAME = "tensorflow.DeviceStepStats"
    FIELDS: ClassVar[Fields] = {
        "device": STRING,
        "node_stats": Repeated(Nested(lambda: NodeExecStats)),
    }


class StepStats(Message):
    """What ran when."""

    FULL_NAME = "tensorflow.StepStats"
    FIELDS: ClassVar[Fields] = {"dev_stats": Repeated(Nested(lambda: DeviceStepStats))}


class RunMetadata(Message):
    """What a run with FULL_TRACE tells of itself: each step in `step_stats`."""

    FULL_NAME = "tensorflow.RunMetadata"
    FIELDS: ClassVar[Fields] = {"step_stats": Nested(lambda: StepStats)}
