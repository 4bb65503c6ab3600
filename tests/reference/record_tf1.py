"""Records what TensorFlow 1.15.5 does, as JSON that the tests of this folder compare with.

Runs under TensorFlow 1.15.5 (Python 3.7), never under jitgraph:

    python tests/reference/record_tf1.py                 all files
    python tests/reference/record_tf1.py names errors    some of them

In: the lists of cases beside this file. Out: *.json in this folder.
"""

import importlib
import json
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

HERE = os.path.dirname(os.path.abspath(__file__))
PARTS = ("op_defs", "names", "errors", "values")


def write(name, content):
    """Writes one top-level entry a line: small files, readable differences."""
    if isinstance(content, dict):
        lines = [json.dumps(key) + ":" + _compact(value) for key, value in content.items()]
        text = "{\n" + ",\n".join(lines) + "\n}\n"
    else:
        text = "[\n" + ",\n".join(_compact(value) for value in content) + "\n]\n"
    with open(os.path.join(HERE, name + ".json"), "w") as file:
        file.write(text)
    print("%s.json: %d entries, %d KB" % (name, len(content), len(text) // 1024))


def _compact(value):
    return json.dumps(value, separators=(",", ":"))


def record(part):
    """Records one part; the names go to one file an area."""
    content = importlib.import_module("record_" + part).record()
    files = {part: content}
    if part == "names":
        files = {"names_" + area: cases for area, cases in content.items()}
    for name, cases in files.items():
        write(name, cases)


def main(parts):
    """Records the given parts, or all."""
    sys.path.insert(0, HERE)
    import tensorflow as tf

    tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.ERROR)
    for part in parts or PARTS:
        record(part)


if __name__ == "__main__":
    main(sys.argv[1:])
