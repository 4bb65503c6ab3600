"""Records what TensorFlow 1.15.5 makes of the programs with loops. Runs under TensorFlow.

Out: loops.json: for each program a digest of its graph, and its values. Use: `python
record_loops.py`.
"""

import hashlib
import json
import pathlib

from loop_programs import PROGRAMS, described


def digest(ops):
    """Stands for a graph: names, types, inputs and control inputs, in order."""
    return hashlib.sha256(json.dumps(ops).encode()).hexdigest()


def main():
    import tensorflow

    found = {}
    for name, program in PROGRAMS.items():
        ops, values = described(tensorflow.compat.v1, program)
        found[name] = {"ops": len(ops), "digest": digest(ops), "values": values}
    path = pathlib.Path(__file__).with_name("loops.json")
    path.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
