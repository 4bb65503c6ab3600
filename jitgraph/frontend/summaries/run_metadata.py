"""RunMetadata as TensorFlow's protocol buffer.

In: the record that a run with FULL_TRACE fills. Out: a message (extra `io`) of the same fields.
"""

from __future__ import annotations

from typing import Any

from jitgraph import protos
from jitgraph.config.message import Message


def run_metadata_proto(run_metadata: Any) -> Any:
    """The message; what is a message already is given back."""
    if not isinstance(run_metadata, Message):
        return run_metadata
    return _filled(protos.message_class("RunMetadata")(), run_metadata)


def _filled(target: Any, record: Message) -> Any:
    for name in record.FIELDS:
        value = getattr(record, name)
        if isinstance(value, Message):
            if record.HasField(name):
                _filled(getattr(target, name), value)
        elif isinstance(value, (int, str, float)):
            setattr(target, name, value)
        else:
            for item in value:
                _filled(getattr(target, name).add(), item)
    return target
