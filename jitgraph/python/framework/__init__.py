"""`jitgraph.python.framework`, as scripts import TensorFlow's."""
