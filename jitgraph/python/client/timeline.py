"""`from jitgraph.python.client import timeline`, as scripts import TensorFlow's."""

from jitgraph.inspection.timeline import Timeline

__all__ = ["Timeline"]
