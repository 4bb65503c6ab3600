"""Command line flags, as TensorFlow 1 scripts define and read them."""
