"""`jitgraph.python.ops`, as scripts import TensorFlow's."""
