"""Branches and loops in a graph."""
import tensorflow as tf

x = tf.placeholder(tf.float32, [])
r = tf.cond(tf.less(x, 2.0), lambda: x * 10.0, lambda: x + 1.0)
i = tf.constant(0)
total = tf.constant(0.0)
loop = tf.while_loop(lambda i, s: tf.less(i, 10), lambda i, s: [i + 1, s + tf.cast(i, tf.float32) * x],
                     [i, total])
case = tf.case([(x > 5.0, lambda: tf.constant(1)), (x > 2.0, lambda: tf.constant(2))],
               default=lambda: tf.constant(3))
with tf.control_dependencies([tf.assert_non_negative(x)]):
    checked = tf.sqrt(x)
grad = tf.gradients(r, x)[0]
parts = tf.dynamic_partition(tf.range(6), [0, 1, 0, 1, 0, 1], 2)
with tf.Session() as sess:
    for value in (1.0, 3.0, 9.0):
        print(sess.run([r, loop[1], case, checked, grad], {x: value}))
    print([p.tolist() for p in sess.run(parts)])
    try:
        sess.run(checked, {x: -1.0})
    except tf.errors.InvalidArgumentError:
        print("negative")
