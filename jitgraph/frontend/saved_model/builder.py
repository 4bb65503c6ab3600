"""Stage frontend: writes SavedModels.

In: a session and signatures. Out: a folder with `saved_model.pb`, `variables/` and `assets/`, as
TensorFlow 1.15 lays it out.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from jitgraph import protos
from jitgraph.dtypes import string
from jitgraph.frontend.api import logging
from jitgraph.frontend.graph_util import write_whole
from jitgraph.frontend.saved_model import names
from jitgraph.frontend.saved_model.signatures import build_tensor_info, predict_signature_def
from jitgraph.frontend.train.saver import V2, Saver
from jitgraph.graph import GraphKeys, Operation, Tensor, add_to_collection, get_collection
from jitgraph.ops.partial_value import constant_value


class SavedModelBuilder:
    """Writes a SavedModel: one graph with variables, further graphs that share them.

    Args:
      export_dir: the folder; it must be empty, or not be there.

    Raises:
      AssertionError: there is something in the folder.

    Example:
      >>> builder = tf.saved_model.builder.SavedModelBuilder("/tmp/served/1")
      >>> builder.add_meta_graph_and_variables(sess, [tf.saved_model.tag_constants.SERVING])
      >>> builder.save()
      b'/tmp/served/1/saved_model.pb'
    """

    def __init__(self, export_dir: str) -> None:
        self._export_dir = Path(os.fspath(export_dir))
        self._saved_model = protos.SavedModel(
            saved_model_schema_version=names.SAVED_MODEL_SCHEMA_VERSION
        )
        self._has_saved_variables = False
        if self._export_dir.exists() and any(self._export_dir.iterdir()):
            raise AssertionError(
                "Export directory already exists, and isn't empty. Please choose a different "
                "export directory, or delete all the contents of the specified directory: "
                f"{export_dir}"
            )
        self._export_dir.mkdir(parents=True, exist_ok=True)

    def add_meta_graph_and_variables(
        self,
        sess: Any,
        tags: Iterable[str],
        signature_def_map: Mapping[str, Any] | None = None,
        assets_collection: Sequence[Tensor] | None = None,
        legacy_init_op: Any = None,
        clear_devices: bool = False,
        main_op: Any = None,
        strip_default_attrs: bool = False,
        saver: Saver | None = None,
    ) -> None:
        """Adds the first graph: the default one, with the variables of a session.

        Args:
          sess: the session.
          tags: by which the graph is found.
          signature_def_map: SignatureDefs by name.
          assets_collection: constant string tensors that hold paths of files to be kept, too.
          main_op, legacy_init_op: what runs when the model has been loaded.
          clear_devices: whether to leave out where operations are placed.
          strip_default_attrs: accepted.
          saver: saves the variables; one of all of them is made if None.

        Raises:
          AssertionError: there is a first graph; or a TensorInfo lacks something.
          KeyError: a signature has a reserved name.
        """
        if self._has_saved_variables:
            raise AssertionError(
                "Graph state including variables and assets has already been saved. Please "
                "invoke `add_meta_graph()` instead."
            )
        signatures = _checked_signatures(signature_def_map)
        self._add_parts(assets_collection, main_op or legacy_init_op)
        variables = self._export_dir / names.VARIABLES_DIRECTORY
        variables.mkdir(parents=True, exist_ok=True)
        saver = saver or _saver()
        path = str(variables / names.VARIABLES_FILENAME)
        saver.save(sess, path, write_meta_graph=False, write_state=False)
        self._add(saver, tags, signatures, clear_devices)
        self._has_saved_variables = True

    def add_meta_graph(
        self,
        tags: Iterable[str],
        signature_def_map: Mapping[str, Any] | None = None,
        assets_collection: Sequence[Tensor] | None = None,
        legacy_init_op: Any = None,
        clear_devices: bool = False,
        main_op: Any = None,
        strip_default_attrs: bool = False,
        saver: Saver | None = None,
    ) -> None:
        """Adds the default graph as a further one, which uses the variables that are saved.

        Args:
          tags, signature_def_map, assets_collection, main_op, legacy_init_op, clear_devices,
          strip_default_attrs, saver: as for `add_meta_graph_and_variables`.

        Raises:
          AssertionError: there is no first graph; or a TensorInfo lacks something.
          KeyError: a signature has a reserved name.
        """
        if not self._has_saved_variables:
            raise AssertionError(
                "Graph state including variables and assets has not been saved yet. Please "
                "invoke `add_meta_graph_and_variables()` first."
            )
        signatures = _checked_signatures(signature_def_map)
        self._add_parts(assets_collection, main_op or legacy_init_op)
        self._add(saver or _saver(), tags, signatures, clear_devices)

    def save(self, as_text: bool = False) -> bytes:
        """Writes the graphs; gives the path of their file.

        Args:
          as_text: write text (`saved_model.pbtxt`) rather than binary data.
        """
        self._export_dir.mkdir(parents=True, exist_ok=True)
        name = names.SAVED_MODEL_FILENAME_PBTXT if as_text else names.SAVED_MODEL_FILENAME_PB
        model = self._saved_model
        content = str(model).encode() if as_text else model.SerializeToString()
        write_whole(self._export_dir / name, content)
        logging.info("SavedModel written to: %s", self._export_dir / name)
        return os.fsencode(self._export_dir / name)

    def _add(
        self,
        saver: Saver,
        tags: Iterable[str],
        signatures: Mapping[str, Any],
        clear_devices: bool,
    ) -> None:
        found = saver.export_meta_graph(clear_devices=clear_devices)
        found.meta_info_def.tags.extend(tags)
        for key, signature in signatures.items():
            found.signature_def[key].CopyFrom(signature)
        self._saved_model.meta_graphs.add().CopyFrom(found)

    def _add_parts(self, assets: Sequence[Tensor] | None, main_op: Any) -> None:
        """Copies files; notes them and the main op in the graph's collections."""
        if assets:
            self._copy(assets)
        else:
            logging.info("No assets to save.")
            logging.info("No assets to write.")
        if main_op is not None:
            if not isinstance(main_op, Operation):
                raise TypeError(f"main_op needs to be an Operation: {main_op!r}")
            add_to_collection(names.MAIN_OP_KEY, main_op)

    def _copy(self, assets: Sequence[Tensor]) -> None:
        folder = self._export_dir / names.ASSETS_DIRECTORY
        folder.mkdir(parents=True, exist_ok=True)
        taken: dict[str, str] = {}
        for tensor in assets:
            path = _asset_path(tensor)
            name = _free_name(path, taken)
            shutil.copyfile(path, folder / name)
            asset = protos.AssetFileDef(filename=name)
            asset.tensor_info.CopyFrom(build_tensor_info(tensor))
            kind = "type.googleapis.com/tensorflow.AssetFileDef"
            packed = protos.message_class("Any")(type_url=kind, value=asset.SerializeToString())
            add_to_collection(names.ASSETS_KEY, packed)
        logging.info("Assets added to graph.")
        logging.info("Assets written to: %s", folder)


def simple_save(
    session: Any,
    export_dir: str,
    inputs: Mapping[str, Any],
    outputs: Mapping[str, Any],
    legacy_init_op: Any = None,
) -> None:
    """Writes a SavedModel of the default graph with one signature, to be served.

    Args:
      session: the session.
      export_dir: the folder; it must be empty, or not be there.
      inputs, outputs: tensors by name.
      legacy_init_op: what runs when the model has been loaded.

    Example:
      >>> tf.saved_model.simple_save(sess, "/tmp/served/1", {"x": x}, {"y": y})
    """
    signature = predict_signature_def(inputs, outputs)
    builder = SavedModelBuilder(export_dir)
    builder.add_meta_graph_and_variables(
        session,
        tags=[names.SERVING],
        signature_def_map={names.DEFAULT_SERVING_SIGNATURE_DEF_KEY: signature},
        assets_collection=get_collection(GraphKeys.ASSET_FILEPATHS),
        main_op=legacy_init_op,
        clear_devices=True,
    )
    builder.save()


def _saver() -> Saver:
    return Saver(sharded=True, write_version=V2, allow_empty=True)


def _checked_signatures(signatures: Mapping[str, Any] | None) -> Mapping[str, Any]:
    signatures = signatures or {}
    for signature in signatures.values():
        for info in (*signature.inputs.values(), *signature.outputs.values()):
            _check_info(info)
    reserved = (
        (names.INIT_OP_SIGNATURE_KEY, "initialization"),
        (names.TRAIN_OP_SIGNATURE_KEY, "the train op"),
    )
    for key, purpose in reserved:
        if key in signatures:
            raise KeyError(
                f'SignatureDef map key "{key}" is reserved for {purpose}. Please use a different '
                "key."
            )
    return signatures


def _check_info(info: Any) -> None:
    if info.WhichOneof("encoding") is None:
        raise AssertionError(
            "All TensorInfo protos used in the SignatureDefs must have one of the 'encoding' "
            f"fields (e.g., name or coo_sparse) set: {info}"
        )
    if not info.dtype:
        raise AssertionError(
            f"All TensorInfo protos used in the SignatureDefs must have the dtype field set: {info}"
        )


def _asset_path(tensor: Any) -> str:
    value = None
    if isinstance(tensor, Tensor) and tensor.dtype.base_dtype == string:
        value = constant_value(tensor)
    if value is None or np.asarray(value).size != 1:
        raise ValueError(f"Invalid asset filepath tensor {tensor}.")
    return os.fsdecode(np.asarray(value).item())


def _free_name(path: str, taken: dict[str, str]) -> str:
    """A file's name in the folder; files of one name get numbers."""
    base, number = os.path.basename(path), 0
    name = base
    while taken.setdefault(name, path) != path:
        number += 1
        name = f"{base}_{number}"
    return name
