"""Records what TensorFlow 1.15's layers make (run it with that TensorFlow; Python 3.7)."""

import json
import os

import cases
import contrib_cases
import tensorflow as tf

HERE = os.path.dirname(os.path.abspath(__file__))


def main():
    record(cases.CASES, "recorded.json")
    record(contrib_cases.CASES, "contrib_recorded.json")


def record(all_cases, name):
    found = {title: cases.described(tf, case) for title, case in all_cases.items()}
    with open(os.path.join(HERE, name), "w") as file:
        json.dump(found, file, sort_keys=True)
        file.write("\n")


if __name__ == "__main__":
    main()
