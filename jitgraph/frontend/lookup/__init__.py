"""Stage frontend: look-up tables: `tf.lookup` and `tf.contrib.lookup`."""
