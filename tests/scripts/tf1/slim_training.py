"""TF-Slim's walkthrough: a net in arg_scope, slim.learning.train from a queue, evaluation, fine-tuning."""
from __future__ import print_function

import os
import tempfile

import numpy as np
import tensorflow as tf
from tensorflow.contrib import slim

tf.logging.set_verbosity(tf.logging.ERROR)
rng = np.random.RandomState(0)
X = rng.rand(200, 8, 8, 1).astype(np.float32)
Y = (X.mean((1, 2, 3)) > 0.5).astype(np.int64) + (X[:, 0, 0, 0] > 0.5)
folder = tempfile.mkdtemp()


def net(images, is_training=True):
    with slim.arg_scope([slim.conv2d, slim.fully_connected], activation_fn=tf.nn.relu,
                        weights_regularizer=slim.l2_regularizer(0.0005), normalizer_fn=slim.batch_norm,
                        normalizer_params={"is_training": is_training, "decay": 0.9}):
        out = slim.repeat(images, 2, slim.conv2d, 8, [3, 3], scope="conv")
        out = slim.max_pool2d(out, [2, 2], scope="pool")
        out = slim.fully_connected(slim.flatten(out), 16, scope="fc")
        return slim.fully_connected(out, 3, activation_fn=None, normalizer_fn=None, scope="logits")


with tf.Graph().as_default():
    tf.set_random_seed(1)
    image, label = tf.train.slice_input_producer([tf.constant(X), tf.constant(Y)], shuffle=False)
    images, labels = tf.train.batch([image, label], batch_size=20)
    predictions = net(images)
    slim.losses.softmax_cross_entropy(predictions, slim.one_hot_encoding(labels, 3))
    total_loss = slim.losses.get_total_loss()
    tf.summary.scalar("losses/total_loss", total_loss)
    optimizer = tf.train.MomentumOptimizer(0.05, 0.9)
    train_op = slim.learning.create_train_op(total_loss, optimizer, clip_gradient_norm=4.0, gradient_multipliers={"logits/weights": 2.0}, summarize_gradients=True)
    slim.model_analyzer.analyze_vars(tf.trainable_variables(), print_info=True)
    loss = slim.learning.train(train_op, folder, number_of_steps=40, summary_op=None, save_interval_secs=600)
    print("loss %.3f" % loss)
    print(sorted(set(op.name.split('/')[0] for op in tf.get_default_graph().get_operations())))

print(sorted(f for f in os.listdir(folder) if "tfevents" not in f))
with tf.Graph().as_default():
    tf.train.get_or_create_global_step()
    predictions = net(tf.constant(X), is_training=False)
    values, updates = slim.metrics.aggregate_metric_map({
        "accuracy": slim.metrics.streaming_accuracy(tf.argmax(predictions, 1), tf.constant(Y)),
        "mse": slim.metrics.streaming_mean_squared_error(tf.to_float(tf.argmax(predictions, 1)), tf.to_float(tf.constant(Y))),
    })
    found = slim.evaluation.evaluate_once("", tf.train.latest_checkpoint(folder), folder, num_evals=2,
                                          eval_op=list(updates.values()), final_op=values)
    print(sorted((k, round(float(v), 3)) for k, v in found.items()))
    print(sorted(set(op.name.split('/')[0] for op in tf.get_default_graph().get_operations())))
with tf.Graph().as_default():
    tf.set_random_seed(2)
    predictions = net(tf.constant(X), is_training=False)
    keep = slim.get_variables_to_restore(exclude=["logits"])
    print([v.op.name for v in keep])
    init_fn = slim.assign_from_checkpoint_fn(tf.train.latest_checkpoint(folder), keep, ignore_missing_vars=True)
    assign, feed = slim.assign_from_checkpoint(tf.train.latest_checkpoint(folder), slim.get_model_variables("conv"))
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        init_fn(sess)
        sess.run(assign, feed)
        print(np.round(sess.run(predictions)[:2], 3).tolist())
