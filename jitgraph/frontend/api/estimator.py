"""tf.estimator: models as functions, trained, evaluated, asked and exported."""

from __future__ import annotations

from jitgraph.frontend.api import (
    estimator_experimental as experimental,
    estimator_export as export,
    estimator_inputs as inputs,
)
from jitgraph.frontend.estimator.baselines import BaselineClassifier, BaselineRegressor
from jitgraph.frontend.estimator.canned import (
    DNNClassifier,
    DNNRegressor,
    LinearClassifier,
    LinearRegressor,
)
from jitgraph.frontend.estimator.combined_models import (
    DNNLinearCombinedClassifier,
    DNNLinearCombinedRegressor,
)
from jitgraph.frontend.estimator.estimator import Estimator
from jitgraph.frontend.estimator.example_specs import (
    classifier_parse_example_spec,
    regressor_parse_example_spec,
)
from jitgraph.frontend.estimator.exporters import (
    BestExporter,
    Exporter,
    FinalExporter,
    LatestExporter,
)
from jitgraph.frontend.estimator.extended import add_metrics
from jitgraph.frontend.estimator.model_spec import EstimatorSpec, ModeKeys
from jitgraph.frontend.estimator.run_config import RunConfig
from jitgraph.frontend.estimator.training_loop import EvalSpec, TrainSpec, train_and_evaluate
from jitgraph.frontend.estimator.warm_start import VocabInfo, WarmStartSettings
from jitgraph.frontend.monitored.saving_hooks import (
    CheckpointSaverHook,
    CheckpointSaverListener,
    SummarySaverHook,
)
from jitgraph.frontend.monitored.session_hooks import (
    SessionRunArgs,
    SessionRunContext,
    SessionRunHook,
    SessionRunValues,
)
from jitgraph.frontend.monitored.timers import SecondOrStepTimer
from jitgraph.frontend.monitored.training_hooks import (
    FeedFnHook,
    FinalOpsHook,
    GlobalStepWaiterHook,
    LoggingTensorHook,
    NanLossDuringTrainingError,
    NanTensorHook,
    StepCounterHook,
    StopAtStepHook,
)

__all__ = [
    "BaselineClassifier",
    "BaselineRegressor",
    "BestExporter",
    "CheckpointSaverHook",
    "CheckpointSaverListener",
    "DNNClassifier",
    "DNNLinearCombinedClassifier",
    "DNNLinearCombinedRegressor",
    "DNNRegressor",
    "Estimator",
    "EstimatorSpec",
    "EvalSpec",
    "Exporter",
    "FeedFnHook",
    "FinalExporter",
    "FinalOpsHook",
    "GlobalStepWaiterHook",
    "LatestExporter",
    "LinearClassifier",
    "LinearRegressor",
    "LoggingTensorHook",
    "ModeKeys",
    "NanLossDuringTrainingError",
    "NanTensorHook",
    "RunConfig",
    "SecondOrStepTimer",
    "SessionRunArgs",
    "SessionRunContext",
    "SessionRunHook",
    "SessionRunValues",
    "StepCounterHook",
    "StopAtStepHook",
    "SummarySaverHook",
    "TrainSpec",
    "VocabInfo",
    "WarmStartSettings",
    "add_metrics",
    "classifier_parse_example_spec",
    "experimental",
    "export",
    "inputs",
    "regressor_parse_example_spec",
    "train_and_evaluate",
]
