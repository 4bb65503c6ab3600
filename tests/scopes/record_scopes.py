"""Records what TensorFlow 1.15 makes of the snippets (run it with that TensorFlow; Python 3.7)."""

import json
import os

import snippets
import tensorflow as tf

HERE = os.path.dirname(os.path.abspath(__file__))


def main():
    found = {each.__name__: snippets.described(tf, each) for each in snippets.SNIPPETS}
    with open(os.path.join(HERE, "recorded.json"), "w") as file:
        json.dump(found, file, indent=1, sort_keys=True)
        file.write("\n")


if __name__ == "__main__":
    main()
