"""A tagger of words: bidirectional LSTM and conditional random field, decoded two ways."""
from __future__ import print_function

import numpy as np
import tensorflow as tf

tf.set_random_seed(8)
rng = np.random.RandomState(8)
ntags, vocab, B, T = 5, 30, 8, 9
word_ids = tf.placeholder(tf.int32, [None, None], name="word_ids")
sequence_lengths = tf.placeholder(tf.int32, [None], name="sequence_lengths")
labels = tf.placeholder(tf.int32, [None, None], name="labels")
dropout = tf.placeholder(tf.float32, [], name="dropout")
with tf.variable_scope("words"):
    _word_embeddings = tf.get_variable("_word_embeddings", dtype=tf.float32, shape=[vocab, 12])
    word_embeddings = tf.nn.embedding_lookup(_word_embeddings, word_ids, name="word_embeddings")
word_embeddings = tf.nn.dropout(word_embeddings, dropout)
with tf.variable_scope("bi-lstm"):
    cell_fw = tf.contrib.rnn.LSTMCell(10)
    cell_bw = tf.contrib.rnn.LSTMCell(10)
    (output_fw, output_bw), _ = tf.nn.bidirectional_dynamic_rnn(cell_fw, cell_bw, word_embeddings, sequence_length=sequence_lengths, dtype=tf.float32)
    output = tf.concat([output_fw, output_bw], axis=-1)
with tf.variable_scope("proj"):
    W = tf.get_variable("W", dtype=tf.float32, shape=[20, ntags])
    b = tf.get_variable("b", shape=[ntags], dtype=tf.float32, initializer=tf.zeros_initializer())
    nsteps = tf.shape(output)[1]
    logits = tf.reshape(tf.matmul(tf.reshape(output, [-1, 20]), W) + b, [-1, nsteps, ntags])
log_likelihood, trans_params = tf.contrib.crf.crf_log_likelihood(logits, labels, sequence_lengths)
loss = tf.reduce_mean(-log_likelihood)
tf.summary.scalar("loss", loss)
with tf.variable_scope("train_step"):
    optimizer = tf.train.AdamOptimizer(0.05)
    grads, vs = zip(*optimizer.compute_gradients(loss))
    grads, gnorm = tf.clip_by_global_norm(grads, 5.0)
    train_op = optimizer.apply_gradients(zip(grads, vs))
decode_tags, best_score = tf.contrib.crf.crf_decode(logits, trans_params, sequence_lengths)
norm = tf.contrib.crf.crf_log_norm(logits, sequence_lengths, trans_params)
sess = tf.Session()
sess.run(tf.global_variables_initializer())


def batch():
    n = rng.randint(1, T + 1, B)
    x = rng.randint(0, vocab, (B, T))
    y = (x + np.roll(x, 1, 1)) % ntags
    return {word_ids: x, labels: y, sequence_lengths: n, dropout: 0.9}


for i in range(30):
    feed = batch()
    _, l, g = sess.run([train_op, loss, gnorm], feed)
    if i % 5 == 0:
        print(i, "%.4f %.4f" % (l, g))
feed[dropout] = 1.0
lg, tp, tags, score, nm = sess.run([logits, trans_params, decode_tags, best_score, norm], feed)
print(np.round(tp, 3).tolist())
print([t[:k].tolist() for t, k in zip(tags, feed[sequence_lengths])], np.round(score, 3).tolist(), np.round(nm, 3).tolist())
for logit, k in zip(lg[:3], feed[sequence_lengths]):
    viterbi_seq, viterbi_score = tf.contrib.crf.viterbi_decode(logit[:k], tp)
    print(viterbi_seq, round(float(viterbi_score), 3))
