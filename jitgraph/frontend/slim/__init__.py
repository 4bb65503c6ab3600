"""tf.contrib.slim: loops of training and evaluation, and what a model consists of."""
