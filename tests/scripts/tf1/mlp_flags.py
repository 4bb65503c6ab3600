"""A multilayer perceptron with tf.app.flags, as scripts of 2016 were laid out."""
from __future__ import print_function

import math

import tensorflow as tf
from tensorflow.examples.tutorials.mnist import input_data
from tensorflow.python.platform import tf_logging as logging

flags = tf.app.flags
FLAGS = flags.FLAGS
flags.DEFINE_float("learning_rate", 0.1, "Initial learning rate.")
flags.DEFINE_integer("max_steps", 60, "Number of steps to run trainer.")
flags.DEFINE_integer("hidden1", 64, "Number of units in hidden layer 1.")
flags.DEFINE_integer("batch_size", 50, "Batch size.")
flags.DEFINE_string("train_dir", "MNIST_data", "Directory of the training data.")
flags.DEFINE_boolean("verbose", True, "Whether to print the loss.")


def inference(images, hidden1_units):
    with tf.name_scope("hidden1"):
        weights = tf.Variable(
            tf.truncated_normal([784, hidden1_units], stddev=1.0 / math.sqrt(784.0)),
            name="weights")
        biases = tf.Variable(tf.zeros([hidden1_units]), name="biases")
        hidden1 = tf.nn.relu(tf.matmul(images, weights) + biases)
    with tf.name_scope("softmax_linear"):
        weights = tf.Variable(
            tf.truncated_normal([hidden1_units, 10], stddev=1.0 / math.sqrt(float(hidden1_units))),
            name="weights")
        biases = tf.Variable(tf.zeros([10]), name="biases")
        return tf.matmul(hidden1, weights) + biases


def training(loss, learning_rate):
    optimizer = tf.train.GradientDescentOptimizer(learning_rate)
    global_step = tf.Variable(0, name="global_step", trainable=False)
    return optimizer.minimize(loss, global_step=global_step), global_step


def evaluation(logits, labels):
    correct = tf.nn.in_top_k(logits, labels, 1)
    return tf.reduce_sum(tf.cast(correct, tf.int32))


def main(argv):
    del argv
    logging.set_verbosity(logging.INFO)
    tf.set_random_seed(42)
    data_sets = input_data.read_data_sets(FLAGS.train_dir, validation_size=500, seed=9)
    images = tf.placeholder(tf.float32, shape=(FLAGS.batch_size, 784))
    labels = tf.placeholder(tf.int32, shape=(FLAGS.batch_size))
    logits = inference(images, FLAGS.hidden1)
    cross_entropy = tf.nn.sparse_softmax_cross_entropy_with_logits(
        labels=tf.to_int64(labels), logits=logits, name="xentropy")
    loss = tf.reduce_mean(cross_entropy, name="xentropy_mean")
    train_op, global_step = training(loss, FLAGS.learning_rate)
    eval_correct = evaluation(logits, labels)
    sess = tf.Session(config=tf.ConfigProto(log_device_placement=False))
    sess.run(tf.global_variables_initializer())
    for step in range(FLAGS.max_steps):
        batch = data_sets.train.next_batch(FLAGS.batch_size)
        feed_dict = {images: batch[0], labels: batch[1]}
        _, loss_value = sess.run([train_op, loss], feed_dict=feed_dict)
        if FLAGS.verbose and step % 20 == 0:
            print("Step %d: loss = %.4f" % (step, loss_value))
    true_count = 0
    for _ in range(10):
        batch = data_sets.test.next_batch(FLAGS.batch_size)
        true_count += sess.run(eval_correct, feed_dict={images: batch[0], labels: batch[1]})
    print("Num correct:", true_count, "after", sess.run(global_step))
    for var in tf.trainable_variables():
        print(var.name, var.get_shape())


if __name__ == "__main__":
    tf.app.run()
