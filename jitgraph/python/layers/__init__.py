"""TensorFlow's `python.layers`: `base`, `core`, `convolutional`, `normalization`, `pooling`."""
