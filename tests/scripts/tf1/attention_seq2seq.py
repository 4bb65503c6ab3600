"""seq2seq with attention and beam search, as the NMT tutorial builds it."""
from __future__ import print_function

import numpy as np
import tensorflow as tf
from tensorflow.python.layers import core as layers_core

tf.set_random_seed(7)
rng = np.random.RandomState(1)
V, E, H, B = 12, 8, 16, 6
SOS, EOS = 0, 1
hparams = tf.contrib.training.HParams(num_layers=2, beam_width=3, learning_rate=0.05, max_gradient_norm=5.0, attention="scaled_luong")


def build(mode, hparams):
    encoder_inputs = tf.placeholder(tf.int32, [None, None], name="encoder_inputs")
    source_length = tf.placeholder(tf.int32, [None], name="source_length")
    batch_size = tf.size(source_length)
    with tf.variable_scope("embeddings", dtype=tf.float32):
        embedding = tf.get_variable("embedding", [V, E])
    with tf.variable_scope("encoder") as scope:
        emb = tf.nn.embedding_lookup(embedding, encoder_inputs)
        fw = tf.contrib.rnn.BasicLSTMCell(H // 2, forget_bias=1.0)
        bw = tf.contrib.rnn.BasicLSTMCell(H // 2, forget_bias=1.0)
        bi_outputs, bi_state = tf.nn.bidirectional_dynamic_rnn(fw, bw, emb, dtype=tf.float32, sequence_length=source_length, swap_memory=True)
        encoder_outputs = tf.concat(bi_outputs, -1)
        encoder_state = tuple(tf.contrib.rnn.LSTMStateTuple(tf.concat([f, b], 1), tf.concat([f2, b2], 1)) for (f, f2), (b, b2) in [bi_state]) * 2
    with tf.variable_scope("decoder") as decoder_scope:
        output_layer = layers_core.Dense(V, use_bias=False, name="output_projection")
        memory, memory_length, state = encoder_outputs, source_length, encoder_state
        bsz = batch_size
        if mode == "infer":
            memory = tf.contrib.seq2seq.tile_batch(memory, multiplier=hparams.beam_width)
            memory_length = tf.contrib.seq2seq.tile_batch(memory_length, multiplier=hparams.beam_width)
            state = tf.contrib.seq2seq.tile_batch(state, multiplier=hparams.beam_width)
            bsz = batch_size * hparams.beam_width
        attention = tf.contrib.seq2seq.LuongAttention(H, memory, memory_sequence_length=memory_length, scale=True)
        cells = [tf.contrib.rnn.DropoutWrapper(tf.contrib.rnn.BasicLSTMCell(H), input_keep_prob=0.9 if mode == "train" else 1.0) for _ in range(2)]
        cell = tf.contrib.rnn.MultiRNNCell(cells)
        cell = tf.contrib.seq2seq.AttentionWrapper(cell, attention, attention_layer_size=H, name="attention", alignment_history=mode == "greedy")
        initial = cell.zero_state(bsz, tf.float32).clone(cell_state=state)
        if mode == "train":
            decoder_inputs = tf.placeholder(tf.int32, [None, None], name="decoder_inputs")
            targets = tf.placeholder(tf.int32, [None, None], name="targets")
            target_length = tf.placeholder(tf.int32, [None], name="target_length")
            dec_emb = tf.nn.embedding_lookup(embedding, decoder_inputs)
            helper = tf.contrib.seq2seq.TrainingHelper(dec_emb, target_length)
            decoder = tf.contrib.seq2seq.BasicDecoder(cell, helper, initial, output_layer=output_layer)
            outputs, _, _ = tf.contrib.seq2seq.dynamic_decode(decoder, swap_memory=True, scope=decoder_scope)
            logits = outputs.rnn_output
            crossent = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=targets, logits=logits)
            weights = tf.sequence_mask(target_length, tf.shape(targets)[1], dtype=logits.dtype)
            loss = tf.reduce_sum(crossent * weights) / tf.to_float(batch_size)
            params = tf.trainable_variables()
            gradients = tf.gradients(loss, params, colocate_gradients_with_ops=True)
            clipped, norm = tf.clip_by_global_norm(gradients, hparams.max_gradient_norm)
            step = tf.Variable(0, trainable=False)
            lr = tf.train.exponential_decay(hparams.learning_rate, step, 50, 0.9, staircase=True)
            update = tf.train.AdamOptimizer(lr).apply_gradients(zip(clipped, params), global_step=step)
            return (encoder_inputs, source_length, decoder_inputs, targets, target_length), (update, loss, norm)
        if mode == "greedy":
            helper = tf.contrib.seq2seq.GreedyEmbeddingHelper(embedding, tf.fill([batch_size], SOS), EOS)
            decoder = tf.contrib.seq2seq.BasicDecoder(cell, helper, initial, output_layer=output_layer)
            outputs, final, lengths = tf.contrib.seq2seq.dynamic_decode(decoder, maximum_iterations=10, scope=decoder_scope)
            return (encoder_inputs, source_length), (outputs.sample_id, lengths, final.alignment_history.stack())
        decoder = tf.contrib.seq2seq.BeamSearchDecoder(cell, embedding, tf.fill([batch_size], SOS), EOS, initial, hparams.beam_width, output_layer=output_layer, length_penalty_weight=0.6)
        outputs, final, lengths = tf.contrib.seq2seq.dynamic_decode(decoder, maximum_iterations=10, scope=decoder_scope)
        return (encoder_inputs, source_length), (outputs.predicted_ids, final.log_probs)


def batch():
    n = rng.randint(3, 7, B)
    src = np.zeros((B, 6), np.int32)
    tgt = np.ones((B, 7), np.int32)
    for i, k in enumerate(n):
        src[i, :k] = rng.randint(2, V, k)
        tgt[i, :k] = src[i, :k][::-1]
    dec = np.concatenate([np.zeros((B, 1), np.int32), tgt[:, :-1]], 1)
    return src, n, dec, tgt, n + 1


for mode in ("train", "greedy", "infer"):
    with tf.variable_scope("model", reuse=mode != "train"):
        if mode == "train":
            feeds, fetches = build(mode, hparams)
        elif mode == "greedy":
            greedy = build(mode, hparams)
        else:
            beam = build(mode, hparams)
for v in tf.trainable_variables():
    print(v.name, v.get_shape())
with tf.Session() as sess:
    sess.run([tf.global_variables_initializer(), tf.tables_initializer()])
    for i in range(40):
        data = batch()
        # every target row full length
        data = (data[0], data[1], data[2], data[3], np.full(B, 7))
        _, loss, norm = sess.run(fetches, dict(zip(feeds, data)))
        if i % 5 == 0:
            print(i, "%.4f %.4f" % (loss, norm))
    src, n, _, tgt, _ = batch()
    ids, lengths, history = sess.run(greedy[1], dict(zip(greedy[0], (src, n))))
    print(ids.tolist(), lengths, history.shape, np.round(history.sum(), 3))
    ids, scores = sess.run(beam[1], dict(zip(beam[0], (src, n))))
    print(ids[:, :, 0].tolist(), np.round(scores, 3).tolist())
