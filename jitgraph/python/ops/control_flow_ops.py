"""`from jitgraph.python.ops import control_flow_ops`, as scripts import TensorFlow's."""

from jitgraph.frontend.assertions import Assert
from jitgraph.frontend.control_flow import case, cond
from jitgraph.frontend.while_loop import while_loop
from jitgraph.ops.identities import group, no_op, tuple, with_dependencies

__all__ = ["Assert", "case", "cond", "group", "no_op", "tuple", "while_loop", "with_dependencies"]
