"""Stage frontend: graphs with their collections and their saver, as TensorFlow's MetaGraphDef.

In: the default graph. Out: a protocol buffer, or a file; and back. Collections of operations,
tensors, variables, numbers and strings are kept; others are left out with a warning.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from jitgraph import protos
from jitgraph.frontend.api import logging
from jitgraph.frontend.graph_import import import_graph_def
from jitgraph.frontend.graph_util import write_whole
from jitgraph.frontend.variables import Variable
from jitgraph.graph import Graph, GraphKeys, Operation, Tensor, get_default_graph
from jitgraph.protos.message_files import message_bytes

VERSION = "1.15.5"
MOST_BYTES = 1 << 31

_serialized: dict[str, Callable[[bytes, str | None], Any]] = {}
"""How objects of a collection are made from bytes, where they are not variables."""


def register_proto_function(
    collection_name: str, proto_type: Any = None, to_proto: Any = None, from_proto: Any = None
) -> None:
    """Tells how the objects of a collection become protocol buffers, and back.

    Args:
      collection_name: the collection.
      proto_type: the message's class; to_proto: accepted, objects have a method of this name.
      from_proto: a function of the message that gives the object.
    """
    if from_proto is None or proto_type is None:
        raise ValueError("proto_type and from_proto must be given")
    if collection_name in _serialized:
        raise KeyError(f"{collection_name} is registered already")

    def made(content: bytes, scope: str | None) -> Any:
        message = proto_type()
        message.ParseFromString(content)
        return from_proto(message, import_scope=scope)

    _serialized[collection_name] = made


def export_meta_graph(
    filename: str | None = None,
    meta_info_def: Any = None,
    graph_def: Any = None,
    saver_def: Any = None,
    collection_list: Sequence[str] | None = None,
    as_text: bool = False,
    graph: Graph | None = None,
    export_scope: str | None = None,
    clear_devices: bool = False,
    clear_extraneous_savers: bool = False,
    strip_default_attrs: bool = False,
    save_debug_info: bool = False,
    **kwargs: Any,
) -> Any:
    """A graph with its collections, and how to save its variables.

    Args:
      filename: a file to write it to.
      meta_info_def, graph_def, saver_def: parts that are known; `graph_def` is the graph's if None.
      collection_list: names of the collections to keep; all if None.
      as_text: whether the file has text.
      graph: the graph, the default one if None.
      clear_devices: whether to leave out where operations are placed.
      export_scope, clear_extraneous_savers, strip_default_attrs, save_debug_info: accepted.

    Returns:
      A MetaGraphDef.

    Example:
      >>> tf.train.export_meta_graph("/tmp/model.meta")
    """
    graph = graph or get_default_graph()
    found = protos.MetaGraphDef()
    if meta_info_def is not None:
        found.meta_info_def.CopyFrom(meta_info_def)
    found.meta_info_def.tensorflow_version = VERSION
    found.meta_info_def.tensorflow_git_version = "jitgraph"
    found.graph_def.CopyFrom(graph_def or graph.as_graph_def(add_shapes=True))
    if found.ByteSize() >= MOST_BYTES:
        raise ValueError("GraphDef cannot be larger than 2GB.")
    if clear_devices:
        for node in found.graph_def.node:
            node.device = ""
    for key in collection_list or graph.get_all_collection_keys():
        _add_collection(found, key, graph.get_collection(key))
    if saver_def is not None:
        found.saver_def.CopyFrom(saver_def)
    if filename:
        content = str(found).encode() if as_text else found.SerializeToString()
        write_whole(Path(filename), content)
    return found


def _add_collection(found: Any, key: Any, items: Sequence[Any]) -> None:
    if not isinstance(key, str) or not items:
        return
    target = protos.CollectionDef()
    try:
        _fill_collection(target, items)
    except (TypeError, ValueError, AttributeError, NotImplementedError) as error:
        logging.warning(
            "Issue encountered when serializing %s.\nType is unsupported, or the types of the "
            "items don't match field type in CollectionDef. Note this is a warning and probably "
            "safe to ignore.\n%s",
            key,
            error,
        )
        return
    found.collection_def[key].CopyFrom(target)


def _fill_collection(target: Any, items: Sequence[Any]) -> None:
    if all(hasattr(item, "to_proto") for item in items):
        target.bytes_list.value.extend(item.to_proto().SerializeToString() for item in items)
    elif all(isinstance(item, (Tensor, Operation)) for item in items):
        target.node_list.value.extend(item.name for item in items)
    elif all(isinstance(item, (str, bytes)) for item in items):
        texts = [item.encode() if isinstance(item, str) else item for item in items]
        target.bytes_list.value.extend(texts)
    elif all(hasattr(item, "type_url") for item in items):
        target.any_list.value.extend(items)
    elif all(isinstance(item, int) for item in items):
        target.int64_list.value.extend(items)
    else:
        target.float_list.value.extend(items)


def read_meta_graph_file(filename: str) -> Any:
    """The MetaGraphDef in a file, binary or text.

    Raises:
      OSError: there is no such file, or it holds something else.
    """
    from google.protobuf import text_format
    from google.protobuf.message import DecodeError

    path = Path(filename)
    if not path.is_file():
        raise OSError(f"File {filename} does not exist.")
    content = message_bytes(path)
    found = protos.MetaGraphDef()
    try:
        found.ParseFromString(content)
        return found
    except DecodeError:
        pass
    try:
        return text_format.Parse(content.decode("utf-8"), protos.MetaGraphDef())
    except (text_format.ParseError, UnicodeDecodeError) as error:
        raise OSError(f"Cannot parse file {filename}: {error}.") from None


def import_meta_graph(
    meta_graph_or_file: Any,
    clear_devices: bool = False,
    import_scope: str | None = None,
    **kwargs: Any,
) -> Any:
    """Adds a graph with its collections to the default graph.

    Args:
      meta_graph_or_file: a MetaGraphDef, or the path of a file with one.
      clear_devices: whether to forget where operations are placed.
      import_scope: what all names begin with.
      kwargs: `input_map` and `return_elements`, as for `tf.import_graph_def`.

    Returns:
      The saver of its variables; None where it has none.

    Raises:
      OSError: the file is missing or holds something else.
      ValueError, errors.NotFoundError: as `tf.import_graph_def`.

    Example:
      >>> saver = tf.train.import_meta_graph("/tmp/model/mlp-100.meta")
      >>> saver.restore(sess, "/tmp/model/mlp-100")
    """
    from jitgraph.frontend.train.saver import Saver

    found = meta_graph_or_file
    if isinstance(found, (str, Path)):
        found = read_meta_graph_file(str(found))
    elif not isinstance(found, protos.MetaGraphDef):
        own = protos.MetaGraphDef()
        own.ParseFromString(found.SerializeToString())
        found = own
    if clear_devices:
        for node in found.graph_def.node:
            node.device = ""
    import_graph_def(found.graph_def, name=import_scope or "", **kwargs)
    for key in sorted(found.collection_def):
        _restore_collection(key, found.collection_def[key], import_scope)
    if found.HasField("saver_def"):
        return Saver(saver_def=found.saver_def, name=import_scope or "")
    return None


def _restore_collection(key: str, found: Any, scope: str | None) -> None:
    graph = get_default_graph()
    kind = found.WhichOneof("kind")
    if kind is None:
        return
    items = getattr(found, kind).value
    if kind == "node_list":
        prefix = f"{scope}/" if scope else ""
        for name in items:
            graph.add_to_collection(key, graph.as_graph_element(f"{prefix}{name}"))
    elif kind == "bytes_list":
        for content in items:
            graph.add_to_collection(key, _object(key, content, scope))
    else:
        for item in items:
            graph.add_to_collection(key, item)


def _queue_runner(content: bytes, scope: str | None) -> Any:
    from jitgraph.frontend.coordination.queue_runner import QueueRunner

    return QueueRunner.from_proto(protos.QueueRunnerDef.FromString(content), scope)


def _object(key: str, content: bytes, scope: str | None) -> Any:
    if key in _serialized:
        return _serialized[key](content, scope)
    if key == GraphKeys.QUEUE_RUNNERS:
        return _queue_runner(content, scope)
    if not key.endswith("variables"):
        return content
    message = protos.VariableDef()
    message.ParseFromString(content)
    graph = get_default_graph()
    name = f"{scope}/{message.variable_name}" if scope else message.variable_name
    for known in (
        item for key in graph.get_all_collection_keys() for item in graph.get_collection(key)
    ):
        if isinstance(known, Variable) and known.name == name:
            return known
    return Variable.from_proto(message, import_scope=scope)
