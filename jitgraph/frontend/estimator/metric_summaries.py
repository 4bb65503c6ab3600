"""Stage frontend: what an evaluation writes into its folder.

In: metrics by name. Out: a summary in an event file, a line in the log.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from jitgraph.frontend.api import logging
from jitgraph.frontend.summaries.file_writer import FileWriterCache


def write_metrics(folder: str, metrics: Mapping[str, Any], checkpoint: str | None) -> None:
    """Writes the metrics of a global step, and of which checkpoint they are.

    Args:
      folder: where; metrics: numbers by name, `global_step` among them.
      checkpoint: the checkpoint's path.
    """
    from jitgraph import protos

    step = metrics["global_step"]
    told = sorted((key, value) for key, value in metrics.items() if not isinstance(value, bytes))
    text = ", ".join(f"{key} = {value}" for key, value in told)
    logging.info("Saving dict for global step %d: %s", step, text)
    summary = protos.Summary()
    for key, value in metrics.items():
        if value is not None and key != "global_step":
            _add(summary, key, value)
    writer = FileWriterCache.get(folder)
    writer.add_summary(summary, step)
    if checkpoint:
        title = "checkpoint_path"
        logging.info("Saving '%s' summary for global step %d: %s", title, step, checkpoint)
        summary = protos.Summary()
        summary.value.add(tag=title, tensor=_tensor(np.array(checkpoint.encode(), object)))
        writer.add_summary(summary, step)
    writer.flush()


def _add(summary: Any, key: str, value: Any) -> None:
    if isinstance(value, (np.float32, float, np.int64, np.int32, int)):
        summary.value.add(tag=key, simple_value=float(value))
    elif isinstance(value, bytes):
        _add_summary(summary, key, value)
    elif isinstance(value, np.ndarray):
        summary.value.add(tag=key, node_name=key, tensor=_tensor(value))
        logging.info(
            "Summary for np.ndarray is not visible in Tensorboard by default. Consider using a "
            "Tensorboard plugin for visualization (see https://github.com/tensorflow/"
            "tensorboard-plugin-example/blob/master/README.md for more information)."
        )
    else:
        logging.warning(
            "Skipping summary for %s, must be a float, np.float32, np.int64, np.int32 or int or "
            "np.ndarray or a serialized string of Summary.",
            key,
        )


def _add_summary(summary: Any, key: str, content: bytes) -> None:
    from google.protobuf.message import DecodeError

    from jitgraph import protos

    try:
        found = protos.Summary.FromString(content)
    except DecodeError:
        logging.warning("Skipping summary for %s, cannot parse string to Summary.", key)
        return
    for number, item in enumerate(found.value):
        item.tag = f"{key}/{number}"
    summary.value.extend(found.value)


def _tensor(value: np.ndarray) -> Any:
    from jitgraph.dtypes import as_dtype, string
    from jitgraph.protos.tensors import tensor_proto

    return tensor_proto(value, string if value.dtype == object else as_dtype(value.dtype))
