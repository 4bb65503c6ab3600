"""tf.contrib.layers: functions that make a layer's variables and apply it."""
