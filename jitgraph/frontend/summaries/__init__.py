"""Stage frontend: tf.summary, what TensorBoard shows. Ops, and the files that it reads."""
