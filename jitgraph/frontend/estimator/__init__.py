"""Stage frontend: tf.estimator: models as functions, trained, evaluated, served from a folder."""
