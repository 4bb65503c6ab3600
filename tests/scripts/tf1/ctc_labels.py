"""CTC on made-up pictures of text: sparse labels, LSTM, greedy and beam decoding, edit distance."""
from __future__ import print_function

import numpy as np
import tensorflow as tf

tf.set_random_seed(3)
rng = np.random.RandomState(3)
num_classes, num_features, hidden, batch_size, steps = 7, 10, 24, 5, 20


def sparse_tuple_from(sequences, dtype=np.int32):
    indices, values = [], []
    for n, seq in enumerate(sequences):
        indices.extend(zip([n] * len(seq), range(len(seq))))
        values.extend(seq)
    indices = np.asarray(indices, dtype=np.int64)
    return indices, np.asarray(values, dtype=dtype), np.asarray([len(sequences), indices.max(0)[1] + 1], dtype=np.int64)


shapes = rng.randn(num_classes, num_features)


def make():
    labels = [list(rng.randint(0, num_classes - 1, rng.randint(2, 5))) for _ in range(batch_size)]
    x = np.zeros((batch_size, steps, num_features), np.float32)
    n = np.zeros(batch_size, np.int32)
    for i, label in enumerate(labels):
        n[i] = 4 * len(label)
        for j, c in enumerate(label):
            x[i, 4 * j:4 * j + 3] = shapes[c]
    return x + 0.1 * rng.randn(*x.shape), sparse_tuple_from(labels), n


graph = tf.Graph()
with graph.as_default():
    tf.set_random_seed(3)
    inputs = tf.placeholder(tf.float32, [None, None, num_features])
    targets = tf.sparse_placeholder(tf.int32)
    seq_len = tf.placeholder(tf.int32, [None])
    cell = tf.contrib.rnn.LSTMCell(hidden, state_is_tuple=True)
    stack = tf.contrib.rnn.MultiRNNCell([cell] * 1, state_is_tuple=True)
    outputs, _ = tf.nn.dynamic_rnn(stack, inputs, seq_len, dtype=tf.float32)
    shape = tf.shape(inputs)
    batch_s, max_timesteps = shape[0], shape[1]
    outputs = tf.reshape(outputs, [-1, hidden])
    W = tf.Variable(tf.truncated_normal([hidden, num_classes], stddev=0.1))
    b = tf.Variable(tf.constant(0., shape=[num_classes]))
    logits = tf.matmul(outputs, W) + b
    logits = tf.reshape(logits, [batch_s, -1, num_classes])
    logits = tf.transpose(logits, (1, 0, 2))
    loss = tf.nn.ctc_loss(targets, logits, seq_len)
    cost = tf.reduce_mean(loss)
    optimizer = tf.train.MomentumOptimizer(0.02, 0.9).minimize(cost)
    decoded, log_prob = tf.nn.ctc_beam_search_decoder(logits, seq_len, beam_width=10, merge_repeated=False)
    greedy, _ = tf.nn.ctc_greedy_decoder(logits, seq_len)
    ler = tf.reduce_mean(tf.edit_distance(tf.cast(decoded[0], tf.int32), targets))
    dense = tf.sparse_tensor_to_dense(greedy[0], default_value=-1)
with tf.Session(graph=graph) as session:
    tf.global_variables_initializer().run()
    for epoch in range(30):
        x, y, n = make()
        feed = {inputs: x, targets: y, seq_len: n}
        c, _ = session.run([cost, optimizer], feed)
        if epoch % 5 == 4:
            print("Epoch %d cost %.3f ler %.3f" % (epoch, c, session.run(ler, feed)))
    d, p, g = session.run([decoded[0], log_prob, dense], feed)
    print(d.indices.tolist(), d.values.tolist(), d.dense_shape, np.round(p, 3).tolist())
    print(g.tolist())
