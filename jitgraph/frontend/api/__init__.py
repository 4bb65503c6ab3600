"""The public namespaces: tf.math, tf.nn, tf.train and so on. They only re-export."""
