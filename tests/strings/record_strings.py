"""Records what TensorFlow 1.15 makes of strings (run it with that)."""

import json
import os
import tempfile

import cases
import table_cases
import tensorflow as tf

HERE = os.path.dirname(os.path.abspath(__file__))


def main():
    lines = [
        json.dumps(each) + ": " + json.dumps(cases.outcome(tf, each), sort_keys=True)
        for each in cases.EXPRESSIONS
    ]
    with open(os.path.join(HERE, "recorded.json"), "w") as file:
        file.write("{\n" + ",\n".join(lines) + "\n}\n")
    path = os.path.join(tempfile.mkdtemp(), "words")
    found = table_cases.outcomes(tf, cases.outcome_of, path)
    text = json.dumps(found, indent=1, sort_keys=True).replace(path, "PATH")
    with open(os.path.join(HERE, "recorded_tables.json"), "w") as file:
        file.write(text + "\n")


if __name__ == "__main__":
    main()
