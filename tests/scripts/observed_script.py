"""Runs a script as `python SCRIPT`, then writes the names of the operations of its graph.

    python observed_script.py NAMES.json SCRIPT

Under TensorFlow as it is; under jitgraph within `jitgraph run`, which it is itself given to.
"""

import hashlib
import json
import runpy
import sys
import time


def main():
    """Writes {"names": how many operations, and a digest of their names and types}."""
    target, script = sys.argv[1:3]
    sys.argv[:] = sys.argv[2:]
    start = time.time()
    try:
        runpy.run_path(script, run_name="__main__")
    except SystemExit as ended:
        if ended.code:
            raise
    seconds = round(time.time() - start, 3)
    import tensorflow as tf

    graph = tf.get_default_graph()
    names = ["%s %s" % (op.name, op.type) for op in graph.get_operations()]
    variables = [v.name for v in tf.global_variables()]
    with open(target, "w") as file:
        digest = hashlib.sha256("\n".join(names).encode()).hexdigest()
        found = {"operations": len(names), "digest": digest, "variables": variables}
        json.dump(dict(found, seconds=seconds, names=names), file)


if __name__ == "__main__":
    main()
