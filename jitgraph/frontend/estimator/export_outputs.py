"""Stage frontend: what a served model gives: tf.estimator.export's outputs.

In: tensors of predictions. Out: signatures of a SavedModel.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.api import logging
from jitgraph.frontend.saved_model import names
from jitgraph.graph import Tensor

DEFAULT_KEY = names.DEFAULT_SERVING_SIGNATURE_DEF_KEY
_METHODS = {
    names.CLASSIFY_METHOD_NAME: "Classify",
    names.REGRESS_METHOD_NAME: "Regress",
    names.PREDICT_METHOD_NAME: "Predict",
    "tensorflow/supervised/training": "Train",
    "tensorflow/supervised/eval": "Eval",
}


class ExportOutput:
    """What a served model gives; subclasses say how it is signed."""

    def as_signature_def(self, receiver_tensors: Mapping[str, Any]) -> Any:
        """The SignatureDef.

        Args:
          receiver_tensors: the inputs by name.
        """
        raise NotImplementedError


class ClassificationOutput(ExportOutput):
    """Classes, their scores, or both.

    Args:
      scores: a tensor of floats.
      classes: a tensor of strings.

    Raises:
      ValueError: there are none, or they are of another dtype.
    """

    def __init__(self, scores: Any = None, classes: Any = None) -> None:
        if scores is not None and not _is_floating(scores):
            raise ValueError(f"Classification scores must be a float32 Tensor; got {scores}")
        is_text = isinstance(classes, Tensor) and classes.dtype.base_dtype == dtypes.string
        if classes is not None and not is_text:
            raise ValueError(f"Classification classes must be a string Tensor; got {classes}")
        if scores is None and classes is None:
            raise ValueError("At least one of scores and classes must be set.")
        self._scores, self._classes = scores, classes

    @property
    def scores(self) -> Any:
        """The scores, or None."""
        return self._scores

    @property
    def classes(self) -> Any:
        """The classes, or None."""
        return self._classes

    def as_signature_def(self, receiver_tensors: Mapping[str, Any]) -> Any:
        from jitgraph.frontend.saved_model.signatures import classification_signature_def

        examples = _examples(receiver_tensors, "Classification")
        return classification_signature_def(examples, self.classes, self.scores)


class RegressionOutput(ExportOutput):
    """Numbers.

    Args:
      value: a tensor of floats.

    Raises:
      ValueError: it is something else.
    """

    def __init__(self, value: Any) -> None:
        if not _is_floating(value):
            raise ValueError(f"Regression output value must be a float32 Tensor; got {value}")
        self._value = value

    @property
    def value(self) -> Any:
        """The numbers."""
        return self._value

    def as_signature_def(self, receiver_tensors: Mapping[str, Any]) -> Any:
        from jitgraph.frontend.saved_model.signatures import regression_signature_def

        return regression_signature_def(_examples(receiver_tensors, "Regression"), self.value)


class PredictOutput(ExportOutput):
    """Any tensors.

    Args:
      outputs: a tensor, or a dict of them.

    Raises:
      ValueError: keys that are no strings, values that are no tensors.
    """

    def __init__(self, outputs: Any) -> None:
        self._outputs = _named_tensors(outputs, "output", "Prediction")

    @property
    def outputs(self) -> dict[str, Any]:
        """The tensors by name."""
        return self._outputs

    def as_signature_def(self, receiver_tensors: Mapping[str, Any]) -> Any:
        from jitgraph.frontend.saved_model.signatures import predict_signature_def

        return predict_signature_def(receiver_tensors, self.outputs)


def checked_export_outputs(outputs: Any, predictions: Any) -> dict[str, ExportOutput]:
    """A model's outputs by name, one of them the default.

    Raises:
      TypeError: it is no dict of ExportOutputs.
      ValueError: there are several, and none is the default.
    """
    if outputs is None:
        outputs = {DEFAULT_KEY: PredictOutput(predictions)}
    if not isinstance(outputs, dict):
        raise TypeError(f"export_outputs must be dict, given: {outputs}")
    if not all(isinstance(each, ExportOutput) for each in outputs.values()):
        raise TypeError(f"Values in export_outputs must be ExportOutput objects. Given: {outputs}")
    if len(outputs) == 1:
        outputs.setdefault(DEFAULT_KEY, next(iter(outputs.values())))
    if len(outputs) > 1 and DEFAULT_KEY not in outputs:
        raise ValueError(
            "Multiple export_outputs were provided, but none of them is specified as the default. "
            " Do this by naming one of them with "
            "signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY."
        )
    return outputs


def serving_signatures(receiver: Any, outputs: Mapping[str, ExportOutput]) -> dict[str, Any]:
    """The SignatureDefs of a model's outputs that can be served.

    Args:
      receiver: a ServingInputReceiver; outputs: the outputs by name.
    """
    inputs = {"": receiver.receiver_tensors}
    for title, tensors in (getattr(receiver, "receiver_tensors_alternatives", None) or {}).items():
        inputs[f"{title or 'None'}:"] = tensors
    found: dict[str, Any] = {}
    excluded: dict[str, str] = {}
    for prefix, tensors in inputs.items():
        for key, output in outputs.items():
            try:
                found[f"{prefix}{key or 'None'}"] = output.as_signature_def(tensors)
            except ValueError as error:
                excluded[f"{prefix}{key or 'None'}"] = str(error)
    _report(found, excluded)
    return found


def _report(found: Mapping[str, Any], excluded: Mapping[str, str]) -> None:
    for method, title in _METHODS.items():
        chosen = [key for key, signature in found.items() if signature.method_name == method]
        logging.info("Signatures INCLUDED in export for %s: %s", title, chosen or "None")
    if excluded:
        logging.info(
            "Signatures EXCLUDED from export because they cannot be be served via TensorFlow "
            "Serving APIs:"
        )
        for key, message in excluded.items():
            logging.info("'%s' : %s", key, message)
    if not found:
        logging.warning("Export includes no signatures!")
    elif DEFAULT_KEY not in found:
        logging.warning("Export includes no default signature!")


def _is_floating(tensor: Any) -> bool:
    return isinstance(tensor, Tensor) and tensor.dtype.is_floating


def _named_tensors(outputs: Any, name: str, title: str) -> dict[str, Any]:
    given = outputs if isinstance(outputs, dict) else {name: outputs}
    found = {}
    for key, value in given.items():
        joined = "/".join(key) if isinstance(key, tuple) else key
        if not isinstance(joined, str):
            raise ValueError(f"{title} output key must be a string; got {joined}.")
        if not isinstance(value, Tensor):
            raise ValueError(f"{title} output value must be a Tensor; got {value}.")
        found[joined] = value
    return found


def _examples(tensors: Mapping[str, Any], title: str) -> Any:
    found = list(tensors.values())
    if len(found) != 1 or found[0].dtype.base_dtype != dtypes.string:
        raise ValueError(f"{title} input must be a single string Tensor; got {tensors}")
    return found[0]
