"""Records what sessions of TensorFlow 1.15.5 return, types and values.

In: cases/values_*.txt, each leaving its answer in `result`. Out: values.json, each case with its
code and the answer as written by describe.py.
"""

import case_files
import numpy as np
from describe import describe


def record():
    """Returns the cases: {"area", "title", "code", "result"}."""
    return [_case(area, title, code) for area, title, code in case_files.read_all("values_")]


def _case(area, title, code):
    import tensorflow as tf

    scope = {"tf": tf, "np": np}
    with tf.Graph().as_default():
        try:
            exec(code, scope)
        except Exception as error:
            raise RuntimeError("case %r fails: %s" % (title, error)) from error
    return {"area": area, "title": title, "code": code, "result": describe(scope["result"])}
