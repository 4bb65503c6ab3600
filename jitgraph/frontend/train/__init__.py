"""tf.train: optimizers and the global step."""
