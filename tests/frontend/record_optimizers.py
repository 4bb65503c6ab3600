"""Records optimizers.json: runs `optimizer_runs` under TensorFlow 1.15.5 (Python 3.7).

python tests/frontend/record_optimizers.py
"""

import json
import os

import optimizer_runs
import tensorflow as tf

HERE = os.path.dirname(os.path.abspath(__file__))


def main():
    """Writes one line an optimizer."""
    lines = []
    for code in optimizer_runs.OPTIMIZERS:
        found = optimizer_runs.run(tf, code)
        rounded = {name: [float("%.8g" % x) for x in items] for name, items in found.items()}
        lines.append("%s:%s" % (json.dumps(code), json.dumps(rounded, separators=(",", ":"))))
    with open(os.path.join(HERE, "optimizers.json"), "w") as file:
        file.write("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
