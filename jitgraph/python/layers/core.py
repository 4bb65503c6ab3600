"""`from jitgraph.python.layers.core import Dense`, as scripts import TensorFlow's."""

from jitgraph.frontend.layers.dense import Dense, Dropout, Flatten, dense, dropout, flatten

__all__ = ["Dense", "Dropout", "Flatten", "dense", "dropout", "flatten"]
