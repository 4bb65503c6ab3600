"""Word vectors by noise-contrastive estimation, of a tiny text."""
from __future__ import print_function

import collections
import math

import numpy as np
import tensorflow as tf

text = ("the quick brown fox jumps over the lazy dog while the small cat sleeps under the old "
        "tree and the dog runs after the fox near the river where the cat drinks water ") * 4
words = text.split()
count = collections.Counter(words).most_common()
dictionary = {word: i for i, (word, _) in enumerate(count)}
data = [dictionary[word] for word in words]
vocabulary_size = len(dictionary)
batch_size, embedding_size, num_sampled = 16, 8, 4
rng = np.random.RandomState(0)


def generate_batch():
    centers = rng.randint(1, len(data) - 1, batch_size)
    sides = rng.choice([-1, 1], batch_size)
    return ([data[c] for c in centers], [[data[c + s]] for c, s in zip(centers, sides)])


graph = tf.get_default_graph()
with graph.as_default():
    tf.set_random_seed(10)
    train_inputs = tf.placeholder(tf.int32, shape=[batch_size])
    train_labels = tf.placeholder(tf.int32, shape=[batch_size, 1])
    valid_dataset = tf.constant([dictionary["fox"], dictionary["cat"]], dtype=tf.int32)
    with tf.device("/cpu:0"):
        embeddings = tf.Variable(tf.random_uniform([vocabulary_size, embedding_size], -1.0, 1.0))
        embed = tf.nn.embedding_lookup(embeddings, train_inputs)
        nce_weights = tf.Variable(tf.truncated_normal(
            [vocabulary_size, embedding_size], stddev=1.0 / math.sqrt(embedding_size)))
        nce_biases = tf.Variable(tf.zeros([vocabulary_size]))
    loss = tf.reduce_mean(tf.nn.nce_loss(
        weights=nce_weights, biases=nce_biases, labels=train_labels, inputs=embed,
        num_sampled=num_sampled, num_classes=vocabulary_size))
    optimizer = tf.train.GradientDescentOptimizer(1.0).minimize(loss)
    norm = tf.sqrt(tf.reduce_sum(tf.square(embeddings), 1, keep_dims=True))
    normalized_embeddings = embeddings / norm
    valid_embeddings = tf.nn.embedding_lookup(normalized_embeddings, valid_dataset)
    similarity = tf.matmul(valid_embeddings, normalized_embeddings, transpose_b=True)
    init = tf.global_variables_initializer()

with tf.Session(graph=graph) as session:
    init.run()
    average_loss = 0
    for step in range(101):
        batch_inputs, batch_labels = generate_batch()
        feed_dict = {train_inputs: batch_inputs, train_labels: batch_labels}
        _, loss_val = session.run([optimizer, loss], feed_dict=feed_dict)
        average_loss += loss_val
        if step and step % 50 == 0:
            print("Average loss at step", step, ":", average_loss / 50)
            average_loss = 0
    print(similarity.eval().shape, similarity.eval()[0, :4])
