"""Records what TensorFlow 1.15 makes of the decoders: its Python runs this file.

python tests/recurrent/record_decoding.py
"""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import decoding_programs  # noqa: E402
from record_recurrent import record  # noqa: E402

if __name__ == "__main__":
    record(decoding_programs.PROGRAMS, os.path.join(HERE, "decoding.json"))
