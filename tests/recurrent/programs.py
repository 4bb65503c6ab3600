"""Recurrent nets, each built by a function of the library that is imported as `tf`.

Each function gives (outputs, placeholders): tensors, nested, and the arrays to feed. They run with
jitgraph and with TensorFlow 1.15 (Python 3.7) alike.
"""

import numpy as np

BATCH, STEPS, WIDTH = 3, 4, 2


def numbers(shape, start=0.0, scale=0.5):
    """Numbers that look random and are the same everywhere."""
    count = int(np.prod(shape))
    return (np.sin(np.arange(count) * 1.7 + start) * scale).astype(np.float32).reshape(shape)


def _steps(tf):
    x = tf.placeholder(tf.float32, [None, STEPS, WIDTH], name="x")
    return tf.unstack(x, axis=1), {x: numbers([BATCH, STEPS, WIDTH])}


def _static(make):
    def build(tf):
        steps, feeds = _steps(tf)
        return tf.nn.static_rnn(make(tf), steps, dtype=tf.float32), feeds

    return build


def _cells(tf):
    return tf.nn.rnn_cell


def static_lengths(tf):
    steps, feeds = _steps(tf)
    lengths = tf.constant([1, 4, 3])
    cell = _cells(tf).BasicLSTMCell(3)
    return tf.nn.static_rnn(cell, steps, dtype=tf.float32, sequence_length=lengths), feeds


def static_initial_state(tf):
    steps, feeds = _steps(tf)
    cell = _cells(tf).BasicLSTMCell(3, state_is_tuple=False, activation=tf.nn.relu)
    state = tf.constant(numbers([BATCH, 6], 3.0))
    return tf.nn.static_rnn(cell, steps, initial_state=state, scope="net"), feeds


def static_bidirectional(tf):
    steps, feeds = _steps(tf)
    cells = _cells(tf).GRUCell(3), _cells(tf).BasicRNNCell(2)
    return tf.nn.static_bidirectional_rnn(*cells, inputs=steps, dtype=tf.float32), feeds


def static_bidirectional_lengths(tf):
    steps, feeds = _steps(tf)
    cells = _cells(tf).GRUCell(3), _cells(tf).GRUCell(3)
    lengths = tf.constant([1, 4, 3])
    found = tf.nn.static_bidirectional_rnn(
        *cells, inputs=steps, dtype=tf.float32, sequence_length=lengths
    )
    return found, feeds


def cell_twice(tf):
    cell = _cells(tf).LSTMCell(3, name="mine")
    x, feeds = tf.constant(numbers([BATCH, WIDTH])), {}
    state = cell.zero_state(BATCH, tf.float32)
    _, state = cell(x, state)
    return cell(x, state), feeds


def cells_in_scopes(tf):
    x = tf.constant(numbers([BATCH, WIDTH]))
    cell = _cells(tf).GRUCell(2, kernel_initializer=tf.ones_initializer())
    with tf.variable_scope("outer"):
        output, _ = cell(x, cell.zero_state(BATCH, tf.float32), scope="inner")
    with tf.variable_scope("again"):
        other = _cells(tf).BasicRNNCell(2, activation="sigmoid")
        return other(output, other.zero_state(BATCH, tf.float32)), {}


def embedding(tf):
    cell = tf.contrib.rnn.EmbeddingWrapper(_cells(tf).GRUCell(3), 5, 2)
    ids = [tf.constant([1, 0, 4]), tf.constant([2, 2, 3])]
    return tf.contrib.rnn.static_rnn(cell, ids, dtype=tf.float32), {}


def unknown_batch_state(tf):
    x = tf.placeholder(tf.float32, [None, WIDTH], name="x")
    cell = _cells(tf).MultiRNNCell([_cells(tf).LSTMCell(2), _cells(tf).GRUCell(3)])
    state = cell.zero_state(tf.shape(x)[0], tf.float32)
    return cell(x, state), {x: numbers([BATCH, WIDTH])}


def variational(tf):
    steps, feeds = _steps(tf)
    cell = _cells(tf).DropoutWrapper(
        _cells(tf).LSTMCell(3), 0.5, 0.8, 0.7, True, WIDTH, tf.float32, seed=7
    )
    return tf.nn.static_rnn(cell, steps, dtype=tf.float32), feeds


def _sequence(tf, shape=(None, STEPS, WIDTH)):
    x = tf.placeholder(tf.float32, shape, name="x")
    return x, {x: numbers([BATCH, STEPS, WIDTH])}


def dynamic(tf):
    x, feeds = _sequence(tf)
    return tf.nn.dynamic_rnn(_cells(tf).BasicLSTMCell(3), x, dtype=tf.float32), feeds


def dynamic_lengths(tf):
    x, feeds = _sequence(tf, [None, None, WIDTH])
    lengths = tf.placeholder(tf.int32, [None], name="lengths")
    cells = [_cells(tf).LSTMCell(3), _cells(tf).GRUCell(2)]
    found = tf.nn.dynamic_rnn(
        _cells(tf).MultiRNNCell(cells), x, sequence_length=lengths, dtype=tf.float32
    )
    feeds[lengths] = np.array([1, 3, 2], np.int32)
    return found, feeds


def dynamic_time_major(tf):
    x, feeds = _sequence(tf, [BATCH, STEPS, WIDTH])
    turned = tf.transpose(x, [1, 0, 2])
    state = tf.constant(numbers([BATCH, 3], 2.0))
    found = tf.nn.dynamic_rnn(
        _cells(tf).GRUCell(3), turned, initial_state=state, time_major=True, swap_memory=True
    )
    return found, feeds


def dynamic_bidirectional(tf):
    x, feeds = _sequence(tf)
    cells = [_cells(tf).GRUCell(3), _cells(tf).BasicRNNCell(2)]
    return tf.nn.bidirectional_dynamic_rnn(cells[0], cells[1], x, dtype=tf.float32), feeds


def dynamic_bidirectional_lengths(tf):
    x, feeds = _sequence(tf, [BATCH, STEPS, WIDTH])
    cells = [_cells(tf).BasicLSTMCell(2), _cells(tf).BasicLSTMCell(2)]
    found = tf.nn.bidirectional_dynamic_rnn(
        cells[0], cells[1], x, sequence_length=[1, 4, 2], dtype=tf.float32
    )
    return found, feeds


def raw(tf):
    x = tf.placeholder(tf.float32, [None, BATCH, WIDTH], name="x")
    rows = tf.TensorArray(tf.float32, size=tf.shape(x)[0]).unstack(x)
    lengths = tf.constant([2, 4, 1])
    cell = _cells(tf).LSTMCell(3)

    def steer(time, output, state, carried):
        next_state = cell.zero_state(BATCH, tf.float32) if output is None else state
        is_finished = time >= lengths
        next_input = tf.cond(
            tf.reduce_all(is_finished),
            lambda: tf.zeros([BATCH, WIDTH], dtype=tf.float32),
            lambda: rows.read(time),
        )
        return is_finished, next_input, next_state, output, None

    arrays, state, _ = tf.nn.raw_rnn(cell, steer)
    return (arrays.stack(), state), {x: numbers([STEPS, BATCH, WIDTH])}


def _loss(**settings):
    def build(tf):
        x = tf.placeholder(tf.float32, [None, None, 2], name="x")
        w = tf.get_variable("w", [2, 5])
        logits = tf.tensordot(x, w, 1)
        weights = tf.constant([[1.0, 1.0, 0.0, 0.0], [1.0, 0.5, 1.0, 0.0], [1.0, 1.0, 1.0, 1.0]])
        targets = tf.constant(np.arange(12).reshape(3, 4) % 5)
        found = tf.contrib.seq2seq.sequence_loss(logits, targets, weights, **settings)
        return found, {x: numbers([BATCH, STEPS, 2])}

    return build


def _ids(tf, seed):
    found = (np.arange(BATCH * 3).reshape(3, BATCH) * seed) % 4
    return [tf.constant(each, tf.int32) for each in found]


def legacy_losses(tf):
    steps, feeds = _steps(tf)
    outputs, _ = tf.nn.static_rnn(_cells(tf).GRUCell(4), steps[:3], dtype=tf.float32)
    weights = [tf.constant([1.0, 0.5, 0.0])] * 3
    legacy = tf.contrib.legacy_seq2seq
    each = legacy.sequence_loss_by_example(outputs, _ids(tf, 3), weights)
    return (each, legacy.sequence_loss(outputs, _ids(tf, 2), weights)), feeds


def basic_seq2seq(tf):
    steps, feeds = _steps(tf)
    cell = _cells(tf).BasicLSTMCell(2)
    return tf.contrib.legacy_seq2seq.basic_rnn_seq2seq(steps, steps[:2], cell), feeds


def embedding_seq2seq(tf):
    cell = _cells(tf).GRUCell(3)
    found = tf.contrib.legacy_seq2seq.embedding_rnn_seq2seq(
        _ids(tf, 3), _ids(tf, 2), cell, 5, 4, 2, feed_previous=True
    )
    return found, {}


def embedding_seq2seq_chosen(tf):
    cell = _cells(tf).LSTMCell(3)
    chosen = tf.placeholder(tf.bool, [], name="chosen")
    found = tf.contrib.legacy_seq2seq.embedding_rnn_seq2seq(
        _ids(tf, 3), _ids(tf, 2), cell, 5, 4, 2, feed_previous=chosen
    )
    return [tf.stop_gradient(each) for each in flatten(found)], {chosen: True}


def _layers(tf):
    return [[_cells(tf).GRUCell(3), _cells(tf).BasicRNNCell(2)] for _ in range(2)]


def stacked(tf):
    steps, feeds = _steps(tf)
    return tf.contrib.rnn.stack_bidirectional_rnn(
        *_layers(tf), inputs=steps, dtype=tf.float32
    ), feeds


def stacked_dynamic(tf):
    x, lengths = tf.constant(numbers([BATCH, STEPS, WIDTH])), tf.constant([1, 4, 3])
    found = tf.contrib.rnn.stack_bidirectional_dynamic_rnn(
        *_layers(tf), inputs=x, dtype=tf.float32, sequence_length=lengths
    )
    return found, {}


PROGRAMS = {
    "basic_rnn": _static(lambda tf: _cells(tf).BasicRNNCell(3)),
    "basic_lstm": _static(lambda tf: _cells(tf).BasicLSTMCell(3, forget_bias=0.5)),
    "lstm": _static(lambda tf: _cells(tf).LSTMCell(3)),
    "lstm_all": _static(
        lambda tf: _cells(tf).LSTMCell(
            3, use_peepholes=True, cell_clip=0.2, num_proj=2, proj_clip=0.1
        )
    ),
    "lstm_one_tensor": _static(lambda tf: _cells(tf).LSTMCell(3, state_is_tuple=False, num_proj=2)),
    "gru": _static(lambda tf: _cells(tf).GRUCell(3)),
    "multi": _static(
        lambda tf: _cells(tf).MultiRNNCell([_cells(tf).BasicLSTMCell(3), _cells(tf).GRUCell(2)])
    ),
    "multi_one_tensor": _static(
        lambda tf: _cells(tf).MultiRNNCell(
            [_cells(tf).GRUCell(3), _cells(tf).GRUCell(2)], state_is_tuple=False
        )
    ),
    "residual": _static(
        lambda tf: _cells(tf).ResidualWrapper(
            _cells(tf).DeviceWrapper(_cells(tf).GRUCell(WIDTH), "/cpu:0")
        )
    ),
    "input_projection": _static(
        lambda tf: tf.contrib.rnn.InputProjectionWrapper(_cells(tf).GRUCell(3), 4, tf.tanh)
    ),
    "output_projection": _static(
        lambda tf: tf.contrib.rnn.OutputProjectionWrapper(_cells(tf).LSTMCell(3), 2)
    ),
    "dropout": _static(
        lambda tf: _cells(tf).DropoutWrapper(_cells(tf).LSTMCell(3), 0.5, 0.8, 0.7, seed=7)
    ),
    "static_lengths": static_lengths,
    "static_initial_state": static_initial_state,
    "static_bidirectional": static_bidirectional,
    "static_bidirectional_lengths": static_bidirectional_lengths,
    "cell_twice": cell_twice,
    "cells_in_scopes": cells_in_scopes,
    "embedding": embedding,
    "unknown_batch_state": unknown_batch_state,
    "variational": variational,
    "dynamic": dynamic,
    "dynamic_lengths": dynamic_lengths,
    "dynamic_time_major": dynamic_time_major,
    "dynamic_bidirectional": dynamic_bidirectional,
    "dynamic_bidirectional_lengths": dynamic_bidirectional_lengths,
    "raw": raw,
    "layer_norm": _static(
        lambda tf: tf.contrib.rnn.LayerNormBasicLSTMCell(
            3, forget_bias=0.5, norm_gain=0.9, dropout_keep_prob=0.7, dropout_prob_seed=5
        )
    ),
    "layer_norm_none": _static(
        lambda tf: tf.contrib.rnn.LayerNormBasicLSTMCell(3, layer_norm=False)
    ),
    "block": _static(lambda tf: tf.contrib.rnn.LSTMBlockCell(3)),
    "block_all": _static(
        lambda tf: tf.contrib.rnn.LSTMBlockCell(3, 0.5, cell_clip=0.2, use_peephole=True)
    ),
    "stacked": stacked,
    "stacked_dynamic": stacked_dynamic,
    "loss": _loss(),
    "loss_of_steps": _loss(average_across_timesteps=False),
    "loss_of_sequences": _loss(average_across_batch=False),
    "loss_sums": _loss(
        average_across_timesteps=False,
        average_across_batch=False,
        sum_over_timesteps=True,
        sum_over_batch=True,
    ),
    "legacy_losses": legacy_losses,
    "basic_seq2seq": basic_seq2seq,
    "embedding_seq2seq": embedding_seq2seq,
    "embedding_seq2seq_chosen": embedding_seq2seq_chosen,
}


def flatten(value):
    """The leaves of tuples and lists."""
    if isinstance(value, (list, tuple)):
        return [leaf for part in value for leaf in flatten(part)]
    return [value]


def outcome(tf, build, evaluates=True):
    """What a program is and gives: ops, variables; outputs and gradients where it is evaluated."""
    with tf.Graph().as_default() as graph:
        tf.set_random_seed(11)
        found, feeds = build(tf)
        outputs = flatten(found)
        ops = [[op.name, op.type] for op in graph.get_operations()]
        variables = tf.trainable_variables()
        told = {
            "ops": ops,
            "outputs": [[each.name, str(each.get_shape())] for each in outputs],
            "variables": [[each.op.name, each.get_shape().as_list()] for each in variables],
        }
        if not evaluates:
            return told
        loss = tf.add_n([tf.reduce_sum(each * (i + 1.0)) for i, each in enumerate(outputs)])
        slopes = [each for each in tf.gradients(loss, variables) if each is not None]
        gradients = [tf.convert_to_tensor(each) for each in slopes]
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            for index, variable in enumerate(variables):
                variable.load(numbers(variable.get_shape().as_list(), index, 0.6), session)
            values, slopes = session.run([outputs, gradients], feeds)
        told["values"] = [each.tolist() for each in values]
        told["gradients"] = [each.tolist() for each in slopes]
        return told
