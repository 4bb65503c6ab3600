"""Stage frontend: loads SavedModels.

In: a folder that TensorFlow or jitgraph wrote, and tags. Out: the graph with those tags in the
session's graph, its variables in the session.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jitgraph import errors, protos
from jitgraph.frontend.api import logging
from jitgraph.frontend.saved_model import names
from jitgraph.frontend.saved_model.signatures import load_op_from_signature_def
from jitgraph.frontend.train.meta_graph import import_meta_graph
from jitgraph.graph import Graph, GraphKeys
from jitgraph.protos.message_files import message_bytes


def maybe_saved_model_directory(export_dir: str) -> bool:
    """Whether there is a SavedModel's file in a folder.

    Args:
      export_dir: the folder.
    """
    files = (names.SAVED_MODEL_FILENAME_PBTXT, names.SAVED_MODEL_FILENAME_PB)
    return any((Path(export_dir) / name).exists() for name in files)


def load(
    sess: Any,
    tags: Iterable[str],
    export_dir: str,
    import_scope: str | None = None,
    **saver_kwargs: Any,
) -> Any:
    """Loads a graph of a SavedModel into a session.

    Args:
      sess: the session; its graph gets the model's operations.
      tags: all tags of the graph that is wanted.
      export_dir: the SavedModel's folder.
      import_scope: what all names then begin with.
      saver_kwargs: more arguments of `tf.train.import_meta_graph`.

    Returns:
      The MetaGraphDef, with the signatures.

    Raises:
      OSError: there is no SavedModel in the folder, or its file is damaged.
      RuntimeError: no graph in it has these tags.
      errors.OpError: the graph or the variables can't be read.

    Example:
      >>> with tf.Session(graph=tf.Graph()) as sess:
      ...     tf.saved_model.loader.load(sess, ["serve"], "/tmp/served/1")
    """
    return SavedModelLoader(export_dir).load(sess, tags, import_scope, **saver_kwargs)


class SavedModelLoader:
    """A SavedModel that was read, and what loads it bit by bit.

    Args:
      export_dir: its folder.

    Raises:
      OSError: there is no SavedModel in the folder, or its file is damaged.
    """

    def __init__(self, export_dir: str) -> None:
        self.export_dir = os.fsdecode(export_dir)
        self.variables_path = os.path.join(
            self.export_dir, names.VARIABLES_DIRECTORY, names.VARIABLES_FILENAME
        )
        self.saved_model = parse_saved_model(self.export_dir)

    def get_meta_graph_def_from_tags(self, tags: Iterable[str]) -> Any:
        """The MetaGraphDef that has exactly these tags.

        Raises:
          RuntimeError: there is none.
        """
        wanted = set(tags)
        for found in self.saved_model.meta_graphs:
            if set(found.meta_info_def.tags) == wanted:
                return found
        there = [set(found.meta_info_def.tags) for found in self.saved_model.meta_graphs]
        raise RuntimeError(
            f"MetaGraphDef associated with tags {str(tags).strip('[]')} could not be found in "
            "SavedModel. To inspect available tag-sets in the SavedModel, please use the "
            f"SavedModel CLI: `saved_model_cli`\navailable_tags: {there}"
        )

    def load_graph(
        self, graph: Graph, tags: Iterable[str], import_scope: str | None = None, **kwargs: Any
    ) -> Any:
        """Adds the operations to a graph; gives its Saver, None for a graph without variables."""
        found = self.get_meta_graph_def_from_tags(tags)
        with graph.as_default():
            return import_meta_graph(found, import_scope=import_scope, **kwargs)

    def restore_variables(self, sess: Any, saver: Any, import_scope: str | None = None) -> None:
        """Gives the variables their values.

        Raises:
          ValueError: there are variables, and no Saver.
        """
        with sess.graph.as_default():
            if saver is not None:
                saver.restore(sess, self.variables_path)
            elif sess.graph.get_collection(GraphKeys.GLOBAL_VARIABLES, import_scope):
                raise ValueError(
                    "No tf.train.Saver object was passed to the function "
                    "SavedModelLoader.restore_variables. Since there are variables in the graph, "
                    "a saver is required."
                )
            else:
                logging.info(
                    "The specified SavedModel has no variables; no checkpoints were restored."
                )

    def run_init_ops(self, sess: Any, tags: Iterable[str], import_scope: str | None = None) -> None:
        """Runs what is to be run when the model has been loaded."""
        found = self.get_meta_graph_def_from_tags(tags)
        with sess.graph.as_default():
            init_op = _init_op(found, import_scope)
            if init_op is not None:
                sess.run([init_op], asset_paths(self.export_dir, found, import_scope))

    def load(
        self, sess: Any, tags: Iterable[str], import_scope: str | None = None, **kwargs: Any
    ) -> Any:
        """All of it, as `tf.saved_model.loader.load`."""
        tags = list(tags)
        with sess.graph.as_default():
            saver = self.load_graph(sess.graph, tags, import_scope, **kwargs)
            self.restore_variables(sess, saver, import_scope)
            self.run_init_ops(sess, tags, import_scope)
        return self.get_meta_graph_def_from_tags(tags)


def parse_saved_model(export_dir: str) -> Any:
    """The SavedModel message of a folder, from binary data or text.

    Raises:
      OSError: there is none, or it is damaged.
    """
    from google.protobuf import text_format
    from google.protobuf.message import DecodeError

    binary = Path(export_dir) / names.SAVED_MODEL_FILENAME_PB
    text = Path(export_dir) / names.SAVED_MODEL_FILENAME_PBTXT
    found = protos.SavedModel()
    if binary.exists():
        try:
            found.ParseFromString(message_bytes(binary))
        except DecodeError as error:
            raise OSError(f"Cannot parse file {binary}: {error}.") from None
        return found
    if text.exists():
        try:
            text_format.Parse(text.read_text(encoding="utf-8"), found)
        except (text_format.ParseError, UnicodeDecodeError) as error:
            raise OSError(f"Cannot parse file {text}: {error}.") from None
        return found
    raise OSError(f"SavedModel file does not exist at: {export_dir}/{{{text.name}|{binary.name}}}")


def asset_paths(export_dir: str, meta_graph_def: Any, import_scope: str | None) -> dict[str, str]:
    """The path of each file that belongs to a graph, by its tensor's name.

    Raises:
      errors.InvalidArgumentError: a file's name leads out of the folder.
    """
    assets = list(meta_graph_def.asset_file_def)
    if not assets and names.ASSETS_KEY in meta_graph_def.collection_def:
        packed = meta_graph_def.collection_def[names.ASSETS_KEY].any_list.value
        assets = [protos.AssetFileDef.FromString(each.value) for each in packed]
    folder = os.path.join(export_dir, names.ASSETS_DIRECTORY)
    prefix = f"{import_scope}/" if import_scope else ""
    found = {}
    for asset in assets:
        first = os.path.normpath(asset.filename).split(os.sep)[0]
        if os.path.isabs(asset.filename) or first == os.pardir:
            text = f"the asset {asset.filename!r} of {export_dir} lies outside of that folder"
            raise errors.InvalidArgumentError(None, None, text)
        found[prefix + asset.tensor_info.name] = os.path.join(folder, asset.filename)
    return found


def _init_op(meta_graph_def: Any, scope: str | None) -> Any:
    from jitgraph.graph import get_collection

    key = names.INIT_OP_SIGNATURE_KEY
    if key in meta_graph_def.signature_def:
        return load_op_from_signature_def(meta_graph_def.signature_def[key], key, scope)
    for key in (names.MAIN_OP_KEY, names.LEGACY_INIT_OP_KEY):
        if key in meta_graph_def.collection_def:
            listed = meta_graph_def.collection_def[key].node_list.value
            if len(listed) != 1:
                raise RuntimeError(
                    f"Expected exactly one SavedModel init op. Found: {list(listed)}"
                )
            return get_collection(key)[0]
    return None
