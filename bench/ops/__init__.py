"""Op by op: the time of single operations of middling size, beside TensorFlow's.

`python -m bench.ops --peer PYTHON_WITH_TENSORFLOW`
"""
