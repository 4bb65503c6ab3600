"""tf.test: what tests of graphs are written with."""
