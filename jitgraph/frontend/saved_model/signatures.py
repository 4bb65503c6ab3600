"""Stage frontend: which tensors of a graph are the inputs and outputs of a model.

In: tensors. Out: TensorInfo and SignatureDef messages; and back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jitgraph import dtypes, protos
from jitgraph.errors import NotFoundError
from jitgraph.frontend.saved_model import names
from jitgraph.graph import Graph, Operation, Tensor, get_default_graph
from jitgraph.ops.sparse_tensor import SparseTensor
from jitgraph.protos.tensors import shape_proto


def build_tensor_info(tensor: Any) -> Any:
    """The TensorInfo of a tensor.

    Args:
      tensor: a tensor, variable or SparseTensor.

    Returns:
      A TensorInfo: the name, or names, dtype and shape.

    Example:
      >>> tf.saved_model.utils.build_tensor_info(x).name
      'x:0'
    """
    found = protos.TensorInfo(dtype=dtypes.as_dtype(tensor.dtype).as_datatype_enum)
    found.tensor_shape.CopyFrom(shape_proto(tensor.get_shape()._dims))
    if isinstance(tensor, SparseTensor):
        found.coo_sparse.values_tensor_name = tensor.values.name
        found.coo_sparse.indices_tensor_name = tensor.indices.name
        found.coo_sparse.dense_shape_tensor_name = tensor.dense_shape.name
    else:
        found.name = tensor.name
    return found


def get_tensor_from_tensor_info(
    tensor_info: Any, graph: Graph | None = None, import_scope: str | None = None
) -> Any:
    """The tensor, or SparseTensor, that a TensorInfo names.

    Args:
      tensor_info: a TensorInfo.
      graph: the graph; the default one if None.
      import_scope: what the names in the graph begin with.

    Raises:
      KeyError: there is no such tensor.
      ValueError: the TensorInfo names none.
    """
    graph = graph or get_default_graph()

    def named(name: str) -> Tensor:
        return graph.get_tensor_by_name(_scoped(name, import_scope))

    encoding = tensor_info.WhichOneof("encoding")
    if encoding == "name":
        return named(tensor_info.name)
    if encoding == "coo_sparse":
        parts = tensor_info.coo_sparse
        return SparseTensor(
            named(parts.indices_tensor_name),
            named(parts.values_tensor_name),
            named(parts.dense_shape_tensor_name),
        )
    raise ValueError(f"Invalid TensorInfo.encoding: {encoding}")


def op_signature_def(op: Operation | Tensor, key: str) -> Any:
    """A SignatureDef that names an operation as its output `key`."""
    info = protos.TensorInfo(name=op.name)
    info.tensor_shape.unknown_rank = True
    return build_signature_def(outputs={key: info})


def load_op_from_signature_def(
    signature_def: Any, key: str, import_scope: str | None = None
) -> Any:
    """The operation or tensor that `op_signature_def` named.

    Raises:
      errors.NotFoundError: it is not in the default graph.
    """
    name = _scoped(signature_def.outputs[key].name, import_scope)
    try:
        return get_default_graph().as_graph_element(name)
    except KeyError:
        text = (
            f"The {key} could not be found in the graph. Please make sure the SavedModel was "
            "created by the internal _SavedModelBuilder. If you are using the public API, please "
            f'make sure the SignatureDef in the SavedModel does not contain the key "{key}".'
        )
        raise NotFoundError(None, None, text) from None


def _scoped(name: str, scope: str | None) -> str:
    return f"{scope}/{name}" if scope else name


def build_signature_def(
    inputs: Mapping[str, Any] | None = None,
    outputs: Mapping[str, Any] | None = None,
    method_name: str | None = None,
) -> Any:
    """A SignatureDef.

    Args:
      inputs, outputs: TensorInfos by name.
      method_name: how it is to be served.
    """
    found = protos.SignatureDef(method_name=method_name or "")
    for place, given in ((found.inputs, inputs), (found.outputs, outputs)):
        for key, info in (given or {}).items():
            place[key].CopyFrom(info)
    return found


def predict_signature_def(inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> Any:
    """The SignatureDef of any model.

    Args:
      inputs, outputs: tensors by name.

    Raises:
      ValueError: there are none.
    """
    if not inputs:
        raise ValueError("Prediction inputs cannot be None or empty.")
    if not outputs:
        raise ValueError("Prediction outputs cannot be None or empty.")
    return build_signature_def(_infos(inputs), _infos(outputs), names.PREDICT_METHOD_NAME)


def regression_signature_def(examples: Tensor, predictions: Tensor) -> Any:
    """The SignatureDef of a model that gives numbers.

    Args:
      examples: a string tensor of serialized Examples.
      predictions: a float32 tensor.

    Raises:
      ValueError: an argument is missing, or of another dtype.
    """
    inputs = {names.REGRESS_INPUTS: _examples("Regression", examples)}
    if predictions is None:
        raise ValueError("Regression predictions cannot be None.")
    output = _info_of(predictions, dtypes.float32, "Regression output must be a float Tensor.")
    return build_signature_def(inputs, {names.REGRESS_OUTPUTS: output}, names.REGRESS_METHOD_NAME)


def classification_signature_def(
    examples: Tensor, classes: Tensor | None, scores: Tensor | None
) -> Any:
    """The SignatureDef of a model that tells classes.

    Args:
      examples: a string tensor of serialized Examples.
      classes: a string tensor, or None.
      scores: a float32 tensor, or None where there are classes.

    Raises:
      ValueError: an argument is missing, or of another dtype.
    """
    info = _examples("Classification", examples)
    if classes is None and scores is None:
        raise ValueError("Classification classes and scores cannot both be None.")
    outputs = {}
    if classes is not None:
        text = "Classification classes must be a string Tensor."
        outputs[names.CLASSIFY_OUTPUT_CLASSES] = _info_of(classes, dtypes.string, text)
    if scores is not None:
        text = "Classification scores must be a float Tensor."
        outputs[names.CLASSIFY_OUTPUT_SCORES] = _info_of(scores, dtypes.float32, text)
    return build_signature_def({names.CLASSIFY_INPUTS: info}, outputs, names.CLASSIFY_METHOD_NAME)


def _examples(kind: str, examples: Any) -> Any:
    if examples is None:
        raise ValueError(f"{kind} examples cannot be None.")
    text = f"{kind} examples must be a string Tensor."
    if not isinstance(examples, Tensor):
        raise ValueError(text)
    return _info_of(examples, dtypes.string, text)


def _info_of(tensor: Any, dtype: dtypes.DType, refusal: str) -> Any:
    info = build_tensor_info(tensor)
    if info.dtype != dtype.as_datatype_enum:
        raise ValueError(refusal)
    return info


def _infos(tensors: Mapping[str, Any]) -> dict[str, Any]:
    return {key: build_tensor_info(tensor) for key, tensor in tensors.items()}


def is_valid_signature(signature_def: Any) -> bool:
    """Whether a SignatureDef is one of the three kinds that are served."""
    if signature_def is None:
        return False
    check = _KINDS.get(signature_def.method_name)
    return check is not None and check(signature_def)


def _is_valid_prediction(found: Any) -> bool:
    return bool(found.inputs) and bool(found.outputs)


def _is_valid_regression(found: Any) -> bool:
    return _kinds(found.inputs) == {names.REGRESS_INPUTS: dtypes.string} and _kinds(
        found.outputs
    ) == {names.REGRESS_OUTPUTS: dtypes.float32}


def _is_valid_classification(found: Any) -> bool:
    allowed = {
        names.CLASSIFY_OUTPUT_CLASSES: dtypes.string,
        names.CLASSIFY_OUTPUT_SCORES: dtypes.float32,
    }
    outputs = _kinds(found.outputs)
    if _kinds(found.inputs) != {names.CLASSIFY_INPUTS: dtypes.string} or not outputs:
        return False
    return outputs.items() <= allowed.items()


def _kinds(infos: Mapping[str, Any]) -> dict[str, Any]:
    return {key: dtypes.as_dtype(info.dtype) for key, info in infos.items() if info.dtype}


_KINDS = {
    names.PREDICT_METHOD_NAME: _is_valid_prediction,
    names.REGRESS_METHOD_NAME: _is_valid_regression,
    names.CLASSIFY_METHOD_NAME: _is_valid_classification,
}
