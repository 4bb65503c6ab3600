"""tf.metrics: figures gathered over many runs, in local variables. See `api.metrics`."""
