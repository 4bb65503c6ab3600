"""Writes recorded.json: what TensorFlow 1.15.5 does with the snippets.

Run with a Python 3.7 that has it: python tests/graph/record.py
"""

import copy
import json
import pathlib
import pickle

import numpy as np
import snippets
import tensorflow as tf

names = {"tf": tf, "np": np, "copy": copy, "pickle": pickle}
recorded = {}
for group, codes in snippets.GROUPS.items():
    recorded[group] = []
    for code in codes:
        with tf.Graph().as_default():
            recorded[group].append([code, snippets.outcome(code, names)])

parts = [
    "{}: [\n{}\n]".format(
        json.dumps(group), ",\n".join(json.dumps(case, ensure_ascii=True) for case in cases)
    )
    for group, cases in recorded.items()
]
path = pathlib.Path(__file__).with_name("recorded.json")
path.write_text("{" + ",\n".join(parts) + "}\n")
