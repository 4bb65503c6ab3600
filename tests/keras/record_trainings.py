"""Records the trainings of training_cases.py under TensorFlow 1.15.5.

python record_trainings.py        under TensorFlow 1.15.5, in this folder
"""

import json

import tensorflow as tf
from training_cases import CASES, run

if __name__ == "__main__":
    with open("recorded_trainings.json", "w") as file:
        json.dump({case: run(tf, case) for case in CASES}, file, indent=1, sort_keys=True)
        file.write("\n")
