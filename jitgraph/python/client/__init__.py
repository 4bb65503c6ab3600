"""TensorFlow's `python.client`: `timeline`."""
