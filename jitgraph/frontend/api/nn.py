"""tf.nn: activations, losses and what else neural networks are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jitgraph.lazy_names import lazily

if TYPE_CHECKING:
    from jitgraph.frontend.api import rnn_cell
    from jitgraph.frontend.cross_entropy_losses import (
        softmax_cross_entropy_with_logits,
        softmax_cross_entropy_with_logits_v2,
        sparse_softmax_cross_entropy_with_logits,
    )
    from jitgraph.frontend.dropout import dropout
    from jitgraph.frontend.embedding_lookup import embedding_lookup
    from jitgraph.frontend.embedding_lookup_sparse import embedding_lookup_sparse
    from jitgraph.frontend.recurrent.dynamic import bidirectional_dynamic_rnn, dynamic_rnn
    from jitgraph.frontend.recurrent.raw import raw_rnn
    from jitgraph.frontend.recurrent.static import (
        static_bidirectional_rnn,
        static_rnn,
        static_state_saving_rnn,
    )
    from jitgraph.frontend.safe_embedding_lookup import safe_embedding_lookup_sparse
    from jitgraph.frontend.sampled_losses import nce_loss, sampled_softmax_loss
    from jitgraph.frontend.swish import swish
    from jitgraph.frontend.zero_fraction import zero_fraction
    from jitgraph.ops.activations import relu, softplus
    from jitgraph.ops.atrous import with_space_to_batch
    from jitgraph.ops.atrous_transpose import atrous_conv2d_transpose
    from jitgraph.ops.batch_norm import batch_norm_with_global_normalization, fused_batch_norm
    from jitgraph.ops.bias import bias_add, relu_layer, xw_plus_b
    from jitgraph.ops.candidate_samplers import (
        all_candidate_sampler,
        compute_accidental_hits,
        fixed_unigram_candidate_sampler,
        log_uniform_candidate_sampler,
        uniform_candidate_sampler,
    )
    from jitgraph.ops.convolution import conv2d, conv2d_backprop_filter, conv2d_backprop_input
    from jitgraph.ops.convolution3d import (
        conv3d,
        conv3d_backprop_filter,
        conv3d_backprop_filter as conv3d_backprop_filter_v2,
        conv3d_transpose,
    )
    from jitgraph.ops.convolution_forms import (
        conv1d,
        conv1d_transpose,
        conv2d_transpose,
    )
    from jitgraph.ops.convolution_general import atrous_conv2d, conv_transpose, convolution
    from jitgraph.ops.ctc_functions import (
        ctc_beam_search_decoder,
        ctc_beam_search_decoder_v2,
        ctc_greedy_decoder,
        ctc_loss,
    )
    from jitgraph.ops.depthwise import (
        depthwise_conv2d,
        depthwise_conv2d_native,
        depthwise_conv2d_native_backprop_filter,
        depthwise_conv2d_native_backprop_filter as depthwise_conv2d_backprop_filter,
        depthwise_conv2d_native_backprop_input,
        depthwise_conv2d_native_backprop_input as depthwise_conv2d_backprop_input,
        separable_conv2d,
    )
    from jitgraph.ops.dilation import dilation2d, erosion2d
    from jitgraph.ops.elementwise_exponential import sigmoid
    from jitgraph.ops.elementwise_losses import (
        l2_loss,
        log_poisson_loss,
        sigmoid_cross_entropy_with_logits,
        weighted_cross_entropy_with_logits,
    )
    from jitgraph.ops.elementwise_trigonometric import tanh
    from jitgraph.ops.local_response import (
        local_response_normalization,
        local_response_normalization as lrn,
    )
    from jitgraph.ops.moments import (
        batch_normalization,
        moments,
        normalize_moments,
        sufficient_statistics,
        weighted_moments,
    )
    from jitgraph.ops.norms import l2_normalize
    from jitgraph.ops.pooling import avg_pool, avg_pool as avg_pool2d, max_pool
    from jitgraph.ops.pooling_argmax import max_pool_with_argmax
    from jitgraph.ops.pooling_forms import (
        avg_pool1d,
        avg_pool3d,
        avg_pool_v2,
        max_pool1d,
        max_pool2d,
        max_pool3d,
        max_pool_v2,
    )
    from jitgraph.ops.pooling_general import pool
    from jitgraph.ops.rectifiers import (
        crelu,
        elu,
        leaky_relu,
        relu6,
        selu,
        softsign,
    )
    from jitgraph.ops.softmax import log_softmax, softmax
    from jitgraph.ops.space_batch import space_to_batch
    from jitgraph.ops.space_depth import depth_to_space, space_to_depth
    from jitgraph.ops.top_k import (
        in_top_k,
        top_k,
    )

__getattr__, __dir__ = lazily(__name__, __file__)

__all__ = [
    "all_candidate_sampler",
    "atrous_conv2d",
    "atrous_conv2d_transpose",
    "avg_pool",
    "avg_pool1d",
    "avg_pool2d",
    "avg_pool3d",
    "avg_pool_v2",
    "batch_norm_with_global_normalization",
    "batch_normalization",
    "bias_add",
    "bidirectional_dynamic_rnn",
    "compute_accidental_hits",
    "conv1d",
    "conv1d_transpose",
    "conv2d",
    "conv2d_backprop_filter",
    "conv2d_backprop_input",
    "conv2d_transpose",
    "conv3d",
    "conv3d_backprop_filter",
    "conv3d_backprop_filter_v2",
    "conv3d_transpose",
    "conv_transpose",
    "convolution",
    "crelu",
    "ctc_beam_search_decoder",
    "ctc_beam_search_decoder_v2",
    "ctc_greedy_decoder",
    "ctc_loss",
    "depth_to_space",
    "depthwise_conv2d",
    "depthwise_conv2d_backprop_filter",
    "depthwise_conv2d_backprop_input",
    "depthwise_conv2d_native",
    "depthwise_conv2d_native_backprop_filter",
    "depthwise_conv2d_native_backprop_input",
    "dilation2d",
    "dropout",
    "dynamic_rnn",
    "elu",
    "embedding_lookup",
    "embedding_lookup_sparse",
    "erosion2d",
    "fixed_unigram_candidate_sampler",
    "fused_batch_norm",
    "in_top_k",
    "l2_loss",
    "l2_normalize",
    "leaky_relu",
    "local_response_normalization",
    "log_poisson_loss",
    "log_softmax",
    "log_uniform_candidate_sampler",
    "lrn",
    "max_pool",
    "max_pool1d",
    "max_pool2d",
    "max_pool3d",
    "max_pool_v2",
    "max_pool_with_argmax",
    "moments",
    "nce_loss",
    "normalize_moments",
    "pool",
    "raw_rnn",
    "relu",
    "relu6",
    "relu_layer",
    "rnn_cell",
    "safe_embedding_lookup_sparse",
    "sampled_softmax_loss",
    "selu",
    "separable_conv2d",
    "sigmoid",
    "sigmoid_cross_entropy_with_logits",
    "softmax",
    "softmax_cross_entropy_with_logits",
    "softmax_cross_entropy_with_logits_v2",
    "softplus",
    "softsign",
    "space_to_batch",
    "space_to_depth",
    "sparse_softmax_cross_entropy_with_logits",
    "static_bidirectional_rnn",
    "static_rnn",
    "static_state_saving_rnn",
    "sufficient_statistics",
    "swish",
    "tanh",
    "top_k",
    "uniform_candidate_sampler",
    "weighted_cross_entropy_with_logits",
    "weighted_moments",
    "with_space_to_batch",
    "xw_plus_b",
    "zero_fraction",
]
