"""tf.estimator: models as functions, trained, evaluated, asked and exported."""

from __future__ import annotations

from jitgraph.frontend.api import (
    estimator_export as export,
    estimator_inputs as inputs,
)
from jitgraph.frontend.estimator.estimator import Estimator
from jitgraph.frontend.estimator.model_spec import EstimatorSpec, ModeKeys
from jitgraph.frontend.estimator.run_config import RunConfig
from jitgraph.frontend.estimator.warm_start import VocabInfo, WarmStartSettings

__all__ = [
    "Estimator",
    "EstimatorSpec",
    "ModeKeys",
    "RunConfig",
    "VocabInfo",
    "WarmStartSettings",
    "export",
    "inputs",
]
