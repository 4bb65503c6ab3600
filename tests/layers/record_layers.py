"""Records what TensorFlow 1.15's layers make (run it with that TensorFlow; Python 3.7)."""

import json
import os

import cases
import tensorflow as tf

HERE = os.path.dirname(os.path.abspath(__file__))


def main():
    found = {name: cases.described(tf, case) for name, case in cases.CASES.items()}
    with open(os.path.join(HERE, "recorded.json"), "w") as file:
        json.dump(found, file, sort_keys=True)
        file.write("\n")


if __name__ == "__main__":
    main()
