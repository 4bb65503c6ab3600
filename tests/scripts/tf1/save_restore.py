"""Variables saved, restored in another graph, and by name."""
from __future__ import print_function

import os
import shutil
import tempfile

import numpy as np
import tensorflow as tf

folder = tempfile.mkdtemp()
path = os.path.join(folder, "model.ckpt")
v1 = tf.get_variable("v1", shape=[3], initializer=tf.zeros_initializer)
v2 = tf.get_variable("v2", shape=[2, 2], initializer=tf.constant_initializer(4.0))
step = tf.Variable(0, trainable=False, name="global_step")
inc_v1 = v1.assign(v1 + 1)
dec_v2 = tf.assign_sub(v2, np.ones((2, 2)))
saver = tf.train.Saver(max_to_keep=2)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for i in range(4):
        inc_v1.op.run()
        dec_v2.op.run()
        sess.run(step.assign_add(1))
        save_path = saver.save(sess, path, global_step=step)
    print("Model saved in", os.path.basename(save_path))
print(sorted(name for name in os.listdir(folder)))
state = tf.train.get_checkpoint_state(folder)
print(os.path.basename(state.model_checkpoint_path), len(state.all_model_checkpoint_paths))
with tf.Session() as sess:
    saver.restore(sess, tf.train.latest_checkpoint(folder))
    print("v1", v1.eval(), "v2", v2.eval().ravel(), sess.run(step))
tf.reset_default_graph()
with tf.Session() as sess:
    saver = tf.train.import_meta_graph(save_path + ".meta")
    saver.restore(sess, save_path)
    print(sess.run("v2:0").ravel(), [v.name for v in tf.global_variables()])
reader = tf.train.NewCheckpointReader(save_path)
print(sorted(reader.get_variable_to_shape_map().items()))
shutil.rmtree(folder)
