"""tf.keras: layers, models and training, over the graph's layers, optimizers and sessions."""
