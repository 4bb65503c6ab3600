"""tf.saved_model.main_op: what makes a loaded model ready."""

from __future__ import annotations

from jitgraph.frontend.saved_model.main_op import (
    main_op,
    main_op_with_restore,
)

__all__ = [
    "main_op",
    "main_op_with_restore",
]
