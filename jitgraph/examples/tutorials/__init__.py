"""What TensorFlow 1 scripts import as tensorflow.examples.tutorials."""
