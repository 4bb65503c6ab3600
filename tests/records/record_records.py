"""Records what TensorFlow 1.15 makes of Examples, and its record files (run it with that)."""

import base64
import json
import os
import tempfile

import cases
import tensorflow as tf

HERE = os.path.dirname(os.path.abspath(__file__))
RECORDS = [b"", b"one", bytes(bytearray(range(256))) * 3]


def written(compression):
    path = os.path.join(tempfile.mkdtemp(), "records")
    with tf.python_io.TFRecordWriter(path, tf.python_io.TFRecordOptions(compression)) as writer:
        for record in RECORDS:
            writer.write(record)
    with open(path, "rb") as file:
        return base64.b64encode(file.read()).decode()


def main():
    found = {
        "outcomes": cases.outcomes(tf),
        "files": {name: written(name) for name in ("", "GZIP", "ZLIB")},
    }
    with open(os.path.join(HERE, "recorded.json"), "w") as file:
        json.dump(found, file, indent=1, sort_keys=True)
        file.write("\n")


if __name__ == "__main__":
    main()
