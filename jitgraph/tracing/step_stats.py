"""A traced run as TensorFlow's messages: tf.RunMetadata's step_stats.

In: `StepCost`s. Out: a StepStats with a node for each step of the run; the last op that a kernel
computes gives the node its name, the label tells the kernel, what it reads and how fast it was.
"""

from __future__ import annotations

from collections.abc import Sequence

from jitgraph.config import RunMetadata
from jitgraph.config.run_options import NodeExecStats
from jitgraph.tracing.step_costs import StepCost
from jitgraph.units import bytes_text

DEVICE = "/job:localhost/replica:0/task:0/device:CPU:0"
ARITHMETIC_BOUND = 8
"""A step with more operations for each byte is told in GFLOP/s, another one in GB/s."""


def fill_metadata(metadata: RunMetadata, costs: Sequence[StepCost], began: float) -> None:
    """Adds the steps of one run to the metadata.

    Args:
      costs: the steps; began: when the run began, in seconds since the epoch.
    """
    stats = metadata.step_stats.dev_stats
    device = stats[0] if len(stats) else stats.add(device=DEVICE)
    for cost in costs:
        _fill_node(device.node_stats.add(), cost, began)


def _fill_node(node: NodeExecStats, cost: StepCost, began: float) -> None:
    start = began + cost.start
    node.node_name = cost.ops[-1] if cost.ops else cost.kernel
    node.timeline_label = label_of(cost)
    node.scheduled_micros = node.all_start_micros = int(start * 1e6)
    node.all_start_nanos = node.scheduled_nanos = int(start * 1e9)
    node.op_end_rel_micros = node.all_end_rel_micros = round(cost.seconds * 1e6)
    node.op_end_rel_nanos = node.all_end_rel_nanos = round(cost.seconds * 1e9)


def label_of(cost: StepCost) -> str:
    """`loss = mul_sub_mean(x, y) 1.2 MB, 31 GB/s`."""
    name = cost.ops[-1] if cost.ops else cost.kernel
    return (
        f"{name} = {cost.kernel}({', '.join(cost.inputs)}) {bytes_text(cost.bytes)}, {speed(cost)}"
    )


def speed(cost: StepCost) -> str:
    """What limits such a step: `31.0 GB/s` or `95.2 GFLOP/s`."""
    if cost.flops > ARITHMETIC_BOUND * cost.bytes:
        return f"{cost.rate / 1e9:.1f} GFLOP/s"
    return f"{cost.bandwidth / 1e9:.1f} GB/s"
