"""Records what TensorFlow 1.15 makes of SequenceExamples (run it with that)."""

import json
import os

import sequence_cases
import tensorflow as tf

HERE = os.path.dirname(os.path.abspath(__file__))


def main():
    with open(os.path.join(HERE, "recorded_sequences.json"), "w") as file:
        json.dump(sequence_cases.outcomes(tf), file, indent=1, sort_keys=True)
        file.write("\n")


if __name__ == "__main__":
    main()
