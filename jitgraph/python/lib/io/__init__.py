"""`jitgraph.python.lib.io`, as scripts import TensorFlow's."""
