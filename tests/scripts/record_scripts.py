"""Records what the scripts of tf1/ print under TensorFlow 1.15.5, and the names of their graphs.

python record_scripts.py [SCRIPT...]        under TensorFlow 1.15.5, in this folder
"""

from __future__ import print_function

import json
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SCRIPTS = os.path.join(HERE, "tf1")
DATA = os.path.join(HERE, "..", "..", "examples", "data")
RECORDED = os.path.join(HERE, "recorded.json")


def record(script):
    """What it printed, the names and types of its graph's operations, its seconds."""
    folder = tempfile.mkdtemp()
    shutil.copytree(DATA, os.path.join(folder, "MNIST_data"))
    named = os.path.join(folder, "graph.json")
    line = [sys.executable, os.path.join(HERE, "observed_script.py"), named]
    done = subprocess.check_output([*line, os.path.join(SCRIPTS, script)], cwd=folder)
    with open(named) as file:
        found = json.load(file)
    found["printed"] = done.decode().splitlines()
    found.pop("names")
    shutil.rmtree(folder)
    return found


def write(recorded):
    """Keeps what is recorded so far."""
    with open(RECORDED, "w") as file:
        json.dump(recorded, file, indent=1, sort_keys=True)
        file.write("\n")


def main():
    """Records all scripts, or those named."""
    recorded = {}
    if os.path.exists(RECORDED):
        with open(RECORDED) as file:
            recorded = json.load(file)
    for script in sys.argv[1:] or sorted(os.listdir(SCRIPTS)):
        if script.endswith(".py"):
            recorded[script] = record(script)
            print(script, recorded[script]["seconds"])
            write(recorded)


if __name__ == "__main__":
    main()
