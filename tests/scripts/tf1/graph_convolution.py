"""A graph convolutional network: sparse features and adjacency, masked labels, sparse dropout."""
from __future__ import division, print_function

import numpy as np
import tensorflow as tf

flags = tf.app.flags
FLAGS = flags.FLAGS
flags.DEFINE_integer('epochs', 30, 'Number of epochs to train.')
flags.DEFINE_integer('hidden', 16, 'Number of units in the hidden layer.')
flags.DEFINE_float('dropout', 0.5, 'Dropout rate (1 - keep probability).')
flags.DEFINE_float('weight_decay', 5e-4, 'Weight for L2 loss.')

tf.set_random_seed(123)
rng = np.random.RandomState(123)
N, F, C = 120, 40, 3


def as_tuple(matrix):
    places = np.argwhere(matrix)
    return places, matrix[tuple(places.T)], matrix.shape


def make_graph():
    group = rng.randint(0, C, N)
    near = group[:, None] == group[None, :]
    edges = rng.rand(N, N) < np.where(near, 0.08, 0.01)
    adjacency = ((edges | edges.T) | np.eye(N, dtype=bool)).astype(np.float32)
    scale = adjacency.sum(1) ** -0.5
    features = (rng.rand(N, F) < 0.05 + 0.2 * (np.arange(F)[None, :] % C == group[:, None])).astype(np.float32)
    features /= np.maximum(features.sum(1, keepdims=True), 1)
    return adjacency * scale[:, None] * scale[None, :], features, np.eye(C)[group]


def glorot(shape, name):
    limit = np.sqrt(6.0 / sum(shape))
    return tf.Variable(tf.random_uniform(shape, minval=-limit, maxval=limit), name=name)


def sparse_dropout(x, keep_prob, noise_shape):
    mask = tf.cast(tf.floor(keep_prob + tf.random_uniform(noise_shape)), dtype=tf.bool)
    return tf.sparse_retain(x, mask) * (1. / keep_prob)


def layer(x, inputs, outputs, name, dropout, act, sparse, support, nonzero):
    with tf.variable_scope(name + '_vars'):
        weights = glorot([inputs, outputs], 'weights')
    with tf.name_scope(name):
        if sparse:
            x = sparse_dropout(x, 1 - dropout, nonzero)
            product = tf.sparse_tensor_dense_matmul(x, weights)
        else:
            x = tf.nn.dropout(x, 1 - dropout)
            product = tf.matmul(x, weights)
        return act(tf.sparse_tensor_dense_matmul(support, product)), weights


adjacency, features, labels = make_graph()
train_mask = np.arange(N) < 30
test_mask = np.arange(N) >= 60
ph = {
    'support': tf.sparse_placeholder(tf.float32),
    'features': tf.sparse_placeholder(tf.float32, shape=tf.constant([N, F], dtype=tf.int64)),
    'labels': tf.placeholder(tf.float32, shape=(None, C)),
    'mask': tf.placeholder(tf.int32),
    'dropout': tf.placeholder_with_default(0., shape=()),
    'nonzero': tf.placeholder(tf.int32),
}
hidden, w1 = layer(ph['features'], F, FLAGS.hidden, 'gc1', ph['dropout'], tf.nn.relu, True, ph['support'], ph['nonzero'])
outputs, w2 = layer(hidden, FLAGS.hidden, C, 'gc2', ph['dropout'], lambda x: x, False, ph['support'], None)
mask = tf.cast(ph['mask'], tf.float32)
mask /= tf.reduce_mean(mask)
loss = FLAGS.weight_decay * tf.nn.l2_loss(w1)
loss += tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits_v2(logits=outputs, labels=ph['labels']) * mask)
correct = tf.equal(tf.argmax(outputs, 1), tf.argmax(ph['labels'], 1))
accuracy = tf.reduce_mean(tf.cast(correct, tf.float32) * mask)
train = tf.train.AdamOptimizer(learning_rate=0.01).minimize(loss)


def feed(mask, dropout=0.):
    sparse = as_tuple(features)
    return {ph['support']: as_tuple(adjacency), ph['features']: sparse, ph['labels']: labels,
            ph['mask']: mask, ph['dropout']: dropout, ph['nonzero']: sparse[1].shape}


with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for epoch in range(FLAGS.epochs):
        _, cost, acc = sess.run([train, loss, accuracy], feed_dict=feed(train_mask, FLAGS.dropout))
        if epoch % 5 == 0:
            print("Epoch:", '%04d' % (epoch + 1), "train_loss=", "{:.4f}".format(cost), "train_acc=", "{:.4f}".format(acc))
    cost, acc = sess.run([loss, accuracy], feed_dict=feed(test_mask))
    print("Test set results:", "cost=", "{:.4f}".format(cost), "accuracy=", "{:.4f}".format(acc))
