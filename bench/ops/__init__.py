"""Single operations of middling size, and small models, beside TensorFlow: the time of a run.

`python -m bench.ops [--models] --peer PYTHON_WITH_TENSORFLOW`
"""
