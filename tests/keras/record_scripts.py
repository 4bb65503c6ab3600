"""Records what the scripts of scripts/ print under TensorFlow 1.15.5.

python record_scripts.py        under TensorFlow 1.15.5, in this folder
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SCRIPTS = os.path.join(HERE, "scripts")
DATA = os.path.join(HERE, "..", "..", "examples", "data")

if __name__ == "__main__":
    printed = {}
    for script in sorted(os.listdir(SCRIPTS)):
        folder = tempfile.mkdtemp()
        shutil.copytree(DATA, os.path.join(folder, "MNIST_data"))
        line = [sys.executable, os.path.join(SCRIPTS, script)]
        printed[script] = subprocess.check_output(line, cwd=folder).decode().splitlines()
        shutil.rmtree(folder)
    with open(os.path.join(HERE, "recorded_scripts.json"), "w") as file:
        json.dump(printed, file, indent=1, sort_keys=True)
        file.write("\n")
