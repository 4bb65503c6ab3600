"""A generative adversarial network of two small perceptrons."""
import numpy as np
import tensorflow as tf

tf.set_random_seed(4)
rng = np.random.RandomState(4)


def generator(z, reuse=None):
    with tf.variable_scope("gen", reuse=reuse):
        hidden1 = tf.layers.dense(inputs=z, units=16)
        hidden1 = tf.maximum(0.01 * hidden1, hidden1)
        return tf.layers.dense(hidden1, units=2, activation=tf.nn.tanh)


def discriminator(X, reuse=None):
    with tf.variable_scope("dis", reuse=reuse):
        hidden1 = tf.layers.dense(inputs=X, units=16, activation=tf.nn.leaky_relu)
        logits = tf.layers.dense(hidden1, units=1)
        return tf.sigmoid(logits), logits


def loss_func(logits_in, labels_in):
    return tf.reduce_mean(
        tf.nn.sigmoid_cross_entropy_with_logits(logits=logits_in, labels=labels_in))


real = tf.placeholder(tf.float32, shape=[None, 2])
z = tf.placeholder(tf.float32, shape=[None, 4])
G = generator(z)
D_output_real, D_logits_real = discriminator(real)
D_output_fake, D_logits_fake = discriminator(G, reuse=True)
D_loss = loss_func(D_logits_real, tf.ones_like(D_logits_real) * 0.9) + \
    loss_func(D_logits_fake, tf.zeros_like(D_logits_real))
G_loss = loss_func(D_logits_fake, tf.ones_like(D_logits_fake))
tvars = tf.trainable_variables()
d_vars = [var for var in tvars if "dis" in var.name]
g_vars = [var for var in tvars if "gen" in var.name]
print([v.name for v in d_vars], [v.name for v in g_vars])
D_trainer = tf.train.AdamOptimizer(0.001).minimize(D_loss, var_list=d_vars)
G_trainer = tf.train.AdamOptimizer(0.001).minimize(G_loss, var_list=g_vars)
saver = tf.train.Saver(var_list=g_vars)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(60):
        batch = rng.normal(0.5, 0.1, (32, 2))
        noise = rng.uniform(-1, 1, size=(32, 4))
        _, d = sess.run([D_trainer, D_loss], feed_dict={real: batch, z: noise})
        _, g = sess.run([G_trainer, G_loss], feed_dict={z: noise})
        if step % 20 == 0:
            print("step %d: D %.4f G %.4f" % (step, d, g))
