"""Records TensorFlow's errors for bad input. Runs under TensorFlow 1.15.5.

In: cases/errors_*.txt. Out: errors.json, each case with its code, the error's class and its
message, cut before TensorFlow's own notes (kernel node, original stack trace).
"""

import re

import case_files
import numpy as np

NOTES = re.compile(
    r"\s*(\[\[|Original stack trace|and with (computed|input)|Errors may have|Caused by op).*", re.S
)
ADDRESS = re.compile(r" at 0x[0-9a-f]+.*", re.S)
MANY = re.compile(r"^\d+ root error\(s\) found\.\s*\(0\) [\w ]+: ")


def record():
    """Returns the cases: {"title", "stage", "code", "error_class", "message"}."""
    return [_case(stage, title, code) for stage, title, code in case_files.read_all("errors_")]


def _case(stage, title, code):
    import tensorflow as tf

    with tf.Graph().as_default():
        error = _raised(code, tf)
    return {
        "title": title,
        "stage": stage,
        "code": code,
        "error_class": type(error).__name__,
        "message": message(error),
    }


def _raised(code, tf):
    try:
        exec(code, {"tf": tf, "np": np})
    except Exception as error:
        return error
    raise RuntimeError("TensorFlow accepts this:\n" + code)


def message(error):
    """The text of an error without TensorFlow's notes."""
    text = MANY.sub("", getattr(error, "message", None) or str(error))
    return ADDRESS.sub("", NOTES.sub("", text)).strip()
