"""tf.contrib.seq2seq: decoders, attention, losses of sequences."""

from __future__ import annotations

from jitgraph.frontend.decoding.attention_mechanisms import (
    AttentionMechanism,
    BahdanauAttention,
    LuongAttention,
    hardmax,
)
from jitgraph.frontend.decoding.attention_wrapper import AttentionWrapper, AttentionWrapperState
from jitgraph.frontend.decoding.basic_decoder import BasicDecoder, BasicDecoderOutput
from jitgraph.frontend.decoding.decoder import Decoder, dynamic_decode
from jitgraph.frontend.decoding.given_inputs import CustomHelper, Helper, TrainingHelper
from jitgraph.frontend.decoding.sampled_inputs import (
    GreedyEmbeddingHelper,
    InferenceHelper,
    SampleEmbeddingHelper,
)
from jitgraph.frontend.recurrent.sequence_losses import sequence_loss

__all__ = [
    "AttentionMechanism",
    "AttentionWrapper",
    "AttentionWrapperState",
    "BahdanauAttention",
    "BasicDecoder",
    "BasicDecoderOutput",
    "CustomHelper",
    "Decoder",
    "GreedyEmbeddingHelper",
    "Helper",
    "InferenceHelper",
    "LuongAttention",
    "SampleEmbeddingHelper",
    "TrainingHelper",
    "dynamic_decode",
    "hardmax",
    "sequence_loss",
]
