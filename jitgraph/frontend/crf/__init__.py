"""Conditional random fields of linear chains: tf.contrib.crf."""
