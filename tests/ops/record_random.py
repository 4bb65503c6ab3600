"""Records TensorFlow 1.15's random numbers. Runs under TensorFlow 1.15.5, not under jitgraph.

In: random_cases. Out: random_numbers.json beside this file. Use: `python record_random.py`.
"""

import json
import os

import tensorflow as tf
from random_cases import described, expressions

TARGET = os.path.join(os.path.dirname(os.path.abspath(__file__)), "random_numbers.json")


def main():
    found = {title: described(tf, text) for title, text in sorted(expressions().items())}
    lines = [json.dumps(k) + ": " + json.dumps(v) for k, v in found.items()]
    with open(TARGET, "w") as file:
        file.write("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
