"""Decoders with attention, each built by a function of the library that is imported as `tf`.

As in `programs`: each gives (outputs, feeds), and runs with jitgraph and TensorFlow 1.15 alike.
"""

from programs import BATCH, STEPS, WIDTH, numbers

CLASSES, DEPTH = 6, 4


def _cell(tf, units=3):
    return tf.nn.rnn_cell.GRUCell(units)


def _inputs(tf):
    x = tf.placeholder(tf.float32, [None, STEPS, WIDTH], name="x")
    return x, {x: numbers([BATCH, STEPS, WIDTH])}


def _taught(tf, x, **settings):
    return tf.contrib.seq2seq.TrainingHelper(x, tf.constant([4, 2, 3]), **settings)


def _decoded(tf, cell, helper, state, layer=None, **settings):
    seq2seq = tf.contrib.seq2seq
    decoder = seq2seq.BasicDecoder(cell, helper, state, layer)
    found, last, lengths = seq2seq.dynamic_decode(decoder, **settings)
    return [found.rnn_output, tf.to_float(found.sample_id), last, tf.to_float(lengths)]


def training(tf):
    x, feeds = _inputs(tf)
    cell, batch = _cell(tf), tf.shape(x)[0]
    return _decoded(tf, cell, _taught(tf, x), cell.zero_state(batch, tf.float32)), feeds


def training_imputed(tf):
    x, feeds = _inputs(tf)
    cell = tf.nn.rnn_cell.LSTMCell(3)
    state = cell.zero_state(BATCH, tf.float32)
    layer = tf.layers.Dense(CLASSES)
    helper = _taught(tf, tf.transpose(x, [1, 0, 2]), time_major=True)
    found = _decoded(
        tf,
        cell,
        helper,
        state,
        layer,
        impute_finished=True,
        output_time_major=True,
        maximum_iterations=3,
    )
    return found, feeds


def _table(tf):
    return tf.get_variable("table", [CLASSES, WIDTH])


def _generated(make):
    def build(tf):
        cell, layer = _cell(tf), tf.layers.Dense(CLASSES, use_bias=False)
        helper = make(tf, _table(tf), tf.constant([1, 2, 3]))
        state = cell.zero_state(BATCH, tf.float32)
        found = _decoded(tf, cell, helper, state, layer, maximum_iterations=5)
        return [tf.stop_gradient(each) for each in found], {}

    return build


def _sampled(tf, table, start):
    helper = tf.contrib.seq2seq.SampleEmbeddingHelper
    return helper(lambda ids: tf.nn.embedding_lookup(table, ids), start, 0, 0.7, seed=3)


def inference(tf):
    x, feeds = _inputs(tf)
    helper = tf.contrib.seq2seq.InferenceHelper(
        lambda outputs: outputs[:, :WIDTH], [WIDTH], tf.float32, x[:, 0],
        lambda sample: tf.reduce_sum(sample, 1) > 5.0,
    )  # fmt: skip
    cell = _cell(tf)
    state = cell.zero_state(BATCH, tf.float32)
    return _decoded(tf, cell, helper, state, maximum_iterations=4), feeds


def custom(tf):
    helper = tf.contrib.seq2seq.CustomHelper(
        lambda: (tf.fill([BATCH], False), tf.constant(numbers([BATCH, WIDTH]))),
        lambda time, outputs, state: tf.argmax(outputs, 1, output_type=tf.int32),
        lambda time, outputs, state, sample_ids: (
            tf.fill([BATCH], time >= 2), outputs[:, :WIDTH], state
        ),
    )  # fmt: skip
    cell = _cell(tf)
    return _decoded(tf, cell, helper, cell.zero_state(BATCH, tf.float32)), {}


def _attending(make, **settings):
    def build(tf):
        x, feeds = _inputs(tf)
        memory = tf.constant(numbers([BATCH, 5, DEPTH], 2.0))
        cell = tf.contrib.seq2seq.AttentionWrapper(_cell(tf), make(tf, memory), **settings)
        state = cell.zero_state(BATCH, tf.float32)
        found, ids, last, lengths = _decoded(tf, cell, _taught(tf, x), state)
        histories = last.alignment_history
        if hasattr(histories, "stack"):
            last = last._replace(alignment_history=histories.stack())
        last = last._replace(time=tf.to_float(last.time))
        return [found, ids, list(last), lengths], feeds

    return build


def _both(tf, memory):
    seq2seq = tf.contrib.seq2seq
    return [
        seq2seq.LuongAttention(3, memory, [5, 1, 3], scale=True),
        seq2seq.BahdanauAttention(2, memory, tf.constant([2, 5, 4]), normalize=True),
    ]


def cloned_state(tf):
    seq2seq = tf.contrib.seq2seq
    memory = tf.constant(numbers([BATCH, 5, DEPTH], 2.0))
    attention = seq2seq.LuongAttention(3, memory, probability_fn=seq2seq.hardmax)
    first = tf.constant(numbers([BATCH, 3], 1.0))
    cell = seq2seq.AttentionWrapper(_cell(tf), attention, initial_cell_state=first, name="mine")
    state = cell.zero_state(BATCH, tf.float32)
    state = state.clone(attention=tf.ones([BATCH, DEPTH]))
    output, state = cell(tf.constant(numbers([BATCH, WIDTH])), state)
    return [output, state.cell_state, state.alignments], {}


def _searched(make, width=3, **settings):
    """The best guesses; where weights are others, sequences of other lengths win."""

    def build(tf):
        seq2seq = tf.contrib.seq2seq
        cell, state = make(tf, width)
        layer = tf.layers.Dense(CLASSES, use_bias=False)
        start = tf.constant([1, 2, 3])
        decoder = seq2seq.BeamSearchDecoder(
            cell, _table(tf), start, 0, state, width, layer, **settings
        )
        found, last, lengths = seq2seq.dynamic_decode(decoder, maximum_iterations=6)
        steps = found.beam_search_decoder_output
        numbers = [found.predicted_ids, steps.parent_ids, last.lengths, lengths]
        history = getattr(last.cell_state, "alignment_history", ())
        kept = [history] if isinstance(history, tf.Tensor) else []
        parts = [steps.scores, last.log_probs, *[tf.to_float(each) for each in numbers], *kept]
        return [tf.stop_gradient(each) for each in parts], {}

    return build


def _plain_beams(tf, width):
    state = tf.contrib.seq2seq.tile_batch(tf.constant(numbers([BATCH, 3], 1.0)), width)
    return _cell(tf), state


def _paired_beams(tf, width):
    cells = [_cell(tf), tf.nn.rnn_cell.LSTMCell(3)]
    cell = tf.nn.rnn_cell.MultiRNNCell(cells)
    return cell, cell.zero_state(BATCH * width, tf.float32)


def _attending_beams(**settings):
    def make(tf, width):
        seq2seq = tf.contrib.seq2seq
        memory = tf.placeholder_with_default(numbers([BATCH, 5, DEPTH], 2.0), [None, None, DEPTH])
        memory = seq2seq.tile_batch(memory, width)
        lengths = seq2seq.tile_batch(tf.constant([5, 2, 3]), width)
        attention = seq2seq.BahdanauAttention(2, memory, lengths)
        first = seq2seq.tile_batch(tf.constant(numbers([BATCH, 3], 1.0)), width)
        cell = seq2seq.AttentionWrapper(_cell(tf), attention, initial_cell_state=first, **settings)
        return cell, cell.zero_state(BATCH * width, tf.float32)

    return make


PROGRAMS = {
    "training": training,
    "training_imputed": training_imputed,
    "greedy": _generated(
        lambda tf, table, start: tf.contrib.seq2seq.GreedyEmbeddingHelper(table, start, 0)
    ),
    "sampled": _generated(_sampled),
    "inference": inference,
    "custom": custom,
    "luong": _attending(lambda tf, memory: tf.contrib.seq2seq.LuongAttention(3, memory)),
    "bahdanau": _attending(
        lambda tf, memory: tf.contrib.seq2seq.BahdanauAttention(2, memory, [5, 1, 3]),
        attention_layer_size=4,
        alignment_history=True,
    ),
    "bahdanau_layer": _attending(
        lambda tf, memory: tf.contrib.seq2seq.BahdanauAttention(2, memory),
        output_attention=False,
    ),
    "two_attentions": _attending(_both, attention_layer_size=[2, 3]),
    "cloned_state": cloned_state,
    "beams": _searched(_plain_beams),
    "beams_weighted": _searched(_paired_beams, width=2, length_penalty_weight=0.8),
    "beams_attending": _searched(
        _attending_beams(attention_layer_size=4, alignment_history=True),
        coverage_penalty_weight=0.3,
        length_penalty_weight=0.5,
    ),
}
