"""tf.contrib.tpu: Estimators for TPUs, which run on the processors here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jitgraph.lazy_names import lazily

if TYPE_CHECKING:
    from jitgraph.frontend.estimator.tpu_config import (
        InputPipelineConfig,
        TPUConfig,
        TPURunConfig as RunConfig,
    )
    from jitgraph.frontend.estimator.tpu_estimator import (
        CrossShardOptimizer,
        TPUEstimator,
        TPUEstimatorSpec,
    )

__getattr__, __dir__ = lazily(__name__, __file__)

__all__ = [
    "CrossShardOptimizer",
    "InputPipelineConfig",
    "RunConfig",
    "TPUConfig",
    "TPUEstimator",
    "TPUEstimatorSpec",
]
