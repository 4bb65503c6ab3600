"""tf.contrib.training: hyperparameters, training operations, loops of training and evaluation."""
