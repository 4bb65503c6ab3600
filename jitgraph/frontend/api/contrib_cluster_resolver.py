"""tf.contrib.cluster_resolver: tells that there is no TPU."""

from __future__ import annotations

from jitgraph.frontend.estimator.tpu_config import TPUClusterResolver

__all__ = ["TPUClusterResolver"]
