"""TensorFlow's protocol buffers, made from the `.proto` files of this folder. A leaf.

In: a message's name. Out: its class, as `protoc` would have made it, in a descriptor pool of its
own, so that TensorFlow's may live in the same process. Needs the package `protobuf` (extra `io`).
https://protobuf.dev/reference/protobuf/proto3-spec/ is the language of the files.

Example:
  >>> from jitgraph import protos
  >>> protos.GraphDef().node.add(name="x", op="NoOp")
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jitgraph.errors import missing_extra

FILES = ("graph", "saving", "data")
PACKAGE = "tensorflow"


def __getattr__(name: str) -> Any:
    if name.startswith("_"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        found = message_class(name)
    except KeyError:
        raise AttributeError(f"there is no message {name!r}") from None
    globals()[name] = found
    return found


@cache
def message_class(name: str) -> Any:
    """The class of a message, inner ones as `AttrValue.ListValue`.

    Raises:
      ImportError: the package `protobuf` is missing; says how to install it.
      KeyError: there is no such message.
    """
    try:
        from google.protobuf import message_factory
    except ImportError as error:
        raise missing_extra("protobuf", "io", "TensorFlow's file formats") from error
    descriptor = _pool().FindMessageTypeByName(f"{PACKAGE}.{name}")
    return message_factory.GetMessageClass(descriptor)


@cache
def _pool() -> Any:
    """A pool that holds all files."""
    from google.protobuf import descriptor_pool

    from jitgraph.protos.proto_file import file_descriptor

    pool = descriptor_pool.DescriptorPool()
    before: list[str] = []
    for name in FILES:
        text = Path(__file__).with_name(f"{name}.proto").read_text(encoding="utf-8")
        pool.Add(file_descriptor(f"{name}.proto", text, before))
        before.append(f"{name}.proto")
    return pool
