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
from jitgraph.frontend.decoding.beam_scores import (
    BeamSearchDecoderOutput,
    BeamSearchDecoderState,
)
from jitgraph.frontend.decoding.beam_search_decoder import (
    BeamSearchDecoder,
    FinalBeamSearchDecoderOutput,
)
from jitgraph.frontend.decoding.beams import gather_tree_from_array, tile_batch
from jitgraph.frontend.decoding.decoder import Decoder, dynamic_decode
from jitgraph.frontend.decoding.given_inputs import CustomHelper, Helper, TrainingHelper
from jitgraph.frontend.decoding.sampled_inputs import (
    GreedyEmbeddingHelper,
    InferenceHelper,
    SampleEmbeddingHelper,
)
from jitgraph.frontend.recurrent.sequence_losses import sequence_loss
from jitgraph.ops.gather_trees import gather_tree

__all__ = [
    "AttentionMechanism",
    "AttentionWrapper",
    "AttentionWrapperState",
    "BahdanauAttention",
    "BasicDecoder",
    "BasicDecoderOutput",
    "BeamSearchDecoder",
    "BeamSearchDecoderOutput",
    "BeamSearchDecoderState",
    "CustomHelper",
    "Decoder",
    "FinalBeamSearchDecoderOutput",
    "GreedyEmbeddingHelper",
    "Helper",
    "InferenceHelper",
    "LuongAttention",
    "SampleEmbeddingHelper",
    "TrainingHelper",
    "dynamic_decode",
    "gather_tree",
    "gather_tree_from_array",
    "hardmax",
    "sequence_loss",
    "tile_batch",
]
