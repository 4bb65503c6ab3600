"""Stage frontend: the parts of tf.contrib.learn that scripts use."""
