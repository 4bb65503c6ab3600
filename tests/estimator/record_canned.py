"""Records what ready-made models give under TensorFlow 1.15.5: python record_canned.py"""

import json
import os
import sys
import tempfile

import tensorflow as tf

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

from canned_cases import trained  # noqa: E402

with open(os.path.join(HERE, "recorded_canned.json"), "w") as file:
    json.dump(trained(tf, tempfile.mkdtemp()), file, indent=1, sort_keys=True)
    file.write("\n")
