"""tf.quantization: numbers rounded as if they had been quantized."""

from __future__ import annotations

from jitgraph.ops.fake_quantizing import (
    fake_quant_with_min_max_args,
    fake_quant_with_min_max_vars,
    fake_quant_with_min_max_vars_per_channel,
)

__all__ = [
    "fake_quant_with_min_max_args",
    "fake_quant_with_min_max_vars",
    "fake_quant_with_min_max_vars_per_channel",
]
