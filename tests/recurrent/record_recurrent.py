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


def record(builders, path):
    """Writes what all programs are and give."""
    found = {}
    for name, build in sorted(builders.items()):
        told = programs.outcome(tf, build)
        told["values"], told["gradients"] = rounded(told["values"]), rounded(told["gradients"])
        found[name] = told
    with open(path, "w") as file:
        json.dump(found, file, sort_keys=True, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    record(programs.PROGRAMS, os.path.join(HERE, "recurrent.json"))
