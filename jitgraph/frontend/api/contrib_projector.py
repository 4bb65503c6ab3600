"""tf.contrib.tensorboard.plugins.projector: variables as points in TensorBoard."""

from __future__ import annotations

from typing import Any

from jitgraph.frontend.summaries.projector import visualize_embeddings

_MESSAGES = ("EmbeddingInfo", "ProjectorConfig", "SpriteMetadata")

__all__ = ["visualize_embeddings"]


def __getattr__(name: str) -> Any:
    if name not in _MESSAGES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from jitgraph import protos

    return protos.message_class(name)
