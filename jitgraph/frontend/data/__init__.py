"""tf.data: datasets, iterators, and the functions that make elements of elements."""
