"""Stage frontend: tf.feature_column: columns of raw features, and the layer made of them."""
