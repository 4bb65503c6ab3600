"""Probability distributions over tensors, as tf.distributions has them."""
