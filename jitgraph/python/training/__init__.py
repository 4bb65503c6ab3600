"""TensorFlow's `python.training`: `moving_averages`."""
