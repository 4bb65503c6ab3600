"""Records what TensorFlow 1.15 makes of the recurrent nets: its Python runs this file.

python tests/recurrent/record_recurrent.py
"""

import json
import os
import sys

import tensorflow as tf

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import programs  # noqa: E402


def rounded(value):
    if isinstance(value, list):
        return [rounded(each) for each in value]
    return float("%.7g" % value)


if __name__ == "__main__":
    found = {}
    for name, build in sorted(programs.PROGRAMS.items()):
        told = programs.outcome(tf, build)
        told["values"], told["gradients"] = rounded(told["values"]), rounded(told["gradients"])
        found[name] = told
    with open(os.path.join(HERE, "recurrent.json"), "w") as file:
        json.dump(found, file, sort_keys=True, separators=(",", ":"))
        file.write("\n")
