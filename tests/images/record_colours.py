"""Records what TensorFlow 1.15 makes of a photograph's colours (run it with that)."""

import json
import os

import cases
import colour_cases
import numpy as np
import tensorflow as tf


def main():
    arrays = {
        json.dumps(each): colour_cases.outcome(tf, *each) for each in colour_cases.expressions()
    }
    np.savez_compressed(os.path.join(cases.HERE, "recorded_colours.npz"), **arrays)


if __name__ == "__main__":
    main()
