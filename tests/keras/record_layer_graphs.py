"""Records the operations of Keras layers under TensorFlow 1.15.5.

python record_layer_graphs.py        under TensorFlow 1.15.5, in this folder
"""

import hashlib
import json

import tensorflow as tf
from layer_graphs import CASES, operations

if __name__ == "__main__":
    found = {}
    for case in CASES:
        names = ["%s %s" % tuple(pair) for pair in operations(tf, case)]
        found[case] = {
            "count": len(names),
            "digest": hashlib.sha256("\n".join(names).encode()).hexdigest(),
        }
    with open("recorded_layer_graphs.json", "w") as file:
        json.dump(found, file, indent=1, sort_keys=True)
        file.write("\n")
