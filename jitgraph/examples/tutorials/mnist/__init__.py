"""MNIST as TensorFlow 1's tutorials read it: `from ... .mnist import input_data`."""
