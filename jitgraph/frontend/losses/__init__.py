"""tf.losses: losses with weights, in the graph's collection of losses. See `api`."""
