"""Records what TensorFlow 1.15 makes of pictures (run it with that)."""

import json
import os

import cases
import numpy as np
import tensorflow as tf


def main():
    pixels = {each: cases.outcome(tf, each) for each in cases.PIXELS}
    np.savez_compressed(os.path.join(cases.HERE, "recorded_pixels.npz"), **pixels)
    lines = [
        json.dumps(each) + ": " + json.dumps(cases.as_json(cases.outcome(tf, each)))
        for each in cases.OTHERS
    ]
    with open(os.path.join(cases.HERE, "recorded.json"), "w") as file:
        file.write("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
