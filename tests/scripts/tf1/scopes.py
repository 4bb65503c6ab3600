"""Variable scopes and sharing: the names that scripts print."""
from __future__ import print_function

import tensorflow as tf


def conv_relu(inputs, kernel_shape, bias_shape):
    weights = tf.get_variable("weights", kernel_shape, initializer=tf.random_normal_initializer())
    biases = tf.get_variable("biases", bias_shape, initializer=tf.constant_initializer(0.0))
    conv = tf.nn.conv2d(inputs, weights, strides=[1, 1, 1, 1], padding="SAME")
    return tf.nn.relu(conv + biases)


def my_image_filter(input_images):
    with tf.variable_scope("conv1"):
        relu1 = conv_relu(input_images, [5, 5, 3, 4], [4])
    with tf.variable_scope("conv2"):
        return conv_relu(relu1, [5, 5, 4, 4], [4])


image1 = tf.placeholder(tf.float32, [1, 8, 8, 3])
image2 = tf.placeholder(tf.float32, [1, 8, 8, 3])
with tf.variable_scope("image_filters") as scope:
    result1 = my_image_filter(image1)
    scope.reuse_variables()
    result2 = my_image_filter(image2)
print(result1.name, result2.name)
with tf.variable_scope("foo"), tf.variable_scope("bar"):
    v = tf.get_variable("v", [1])
    print(v.name, tf.get_variable_scope().name)
with tf.variable_scope("foo", reuse=tf.AUTO_REUSE):
    w = tf.get_variable("w", [1])
    w1 = tf.get_variable("w", [1])
    print(w1 is w)
with tf.variable_scope(None, default_name="unit"):
    print(tf.get_variable("x", []).name)
with tf.variable_scope(None, default_name="unit"):
    print(tf.get_variable("x", []).name)
with tf.name_scope("outer"), tf.name_scope("inner"):
    print((tf.constant(1.0) + 2.0).name, tf.Variable(1.0).name, tf.get_variable("y", []).name)
try:
    with tf.variable_scope("foo"):
        tf.get_variable("w", [1])
except ValueError as error:
    print(str(error).split(". ")[0])
for variable in tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope="image_filters"):
    print(variable.op.name)
