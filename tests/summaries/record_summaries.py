"""Records TensorFlow 1.15.5's summaries: run it under TensorFlow. Out: recorded.json."""

import json
import os

from summary_cases import summaries

HERE = os.path.dirname(os.path.abspath(__file__))


def main():
    """Writes the file."""
    import tensorflow as tf

    with open(os.path.join(HERE, "recorded.json"), "w") as file:
        json.dump(summaries(tf), file, indent=1, sort_keys=True)
        file.write("\n")


if __name__ == "__main__":
    main()
