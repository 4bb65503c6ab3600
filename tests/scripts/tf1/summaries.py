"""Summaries written for TensorBoard, and read back."""
from __future__ import print_function

import glob
import os
import shutil
import tempfile

import numpy as np
import tensorflow as tf

folder = tempfile.mkdtemp()
x = tf.placeholder(tf.float32, [None], name="x")
w = tf.Variable(0.5, name="w")
loss = tf.reduce_mean(tf.square(x * w - 2.0 * x))
with tf.name_scope("summaries"):
    tf.summary.scalar("loss", loss)
    tf.summary.histogram("weights", w)
train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
merged = tf.summary.merge_all()
with tf.Session() as sess:
    writer = tf.summary.FileWriter(folder, sess.graph)
    sess.run(tf.global_variables_initializer())
    for step in range(5):
        feed = {x: np.array([1.0, 2.0])}
        summary = sess.run(merged, feed)
        sess.run(train, feed)
        writer.add_summary(summary, step)
    writer.close()
for event in tf.train.summary_iterator(glob.glob(os.path.join(folder, "*"))[0]):
    for value in event.summary.value:
        if value.HasField("simple_value"):
            print(event.step, value.tag, "%.5f" % value.simple_value)
        else:
            print(event.step, value.tag, value.histo.num, "%.5f" % value.histo.sum)
print(sorted(tf.get_default_graph().get_all_collection_keys()))
shutil.rmtree(folder)
