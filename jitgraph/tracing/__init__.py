"""Stage tracing: what the steps of a run took, moved and computed, for people and TensorFlow."""
