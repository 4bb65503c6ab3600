"""Records TensorFlow 1.15.5's contexts in meta graphs, under TensorFlow. Out: contexts.json."""

import json
import os

from context_cases import contexts

HERE = os.path.dirname(os.path.abspath(__file__))


def main():
    """Writes the file."""
    import tensorflow as tf

    with open(os.path.join(HERE, "contexts.json"), "w") as file:
        json.dump(contexts(tf), file, indent=1, sort_keys=True)
        file.write("\n")


if __name__ == "__main__":
    main()
