"""Records what TensorFlow 1.15.5 does, as the JSON files that the tests of this folder compare with.

Runs under TensorFlow 1.15.5 (Python 3.7), never under jitgraph:

    python tests/reference/record_tf1.py                 all files
    python tests/reference/record_tf1.py names errors    some of them

In: the lists of cases beside this file. Out: op_defs.json, names.json, errors.json, values.json.
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
    dump = lambda value: json.dumps(value, separators=(",", ":"), sort_keys=False)  # noqa: E731
    if isinstance(content, dict):
        lines = ["%s: %s" % (json.dumps(key), dump(value)) for key, value in content.items()]
        text = "{\n" + ",\n".join(lines) + "\n}\n"
    else:
        text = "[\n" + ",\n".join(dump(value) for value in content) + "\n]\n"
    path = os.path.join(HERE, name + ".json")
    with open(path, "w") as file:
        file.write(text)
    print("%s: %d entries, %d KB" % (path, len(content), len(text) // 1024))


def main(parts):
    """Records the given parts, or all."""
    sys.path.insert(0, HERE)
    import tensorflow as tf

    tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.ERROR)
    for part in parts or PARTS:
        write(part, importlib.import_module("record_" + part).record())


if __name__ == "__main__":
    main(sys.argv[1:])
