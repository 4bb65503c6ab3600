"""Writes any answer of a session as JSON: [type, value], nested for containers.

In: NumPy arrays and scalars, numbers, text, and lists, tuples, dicts of them. Out: lists that
keep the type's name, and every float exactly enough to compare (NaN and infinities as text).
"""

import numpy as np


def describe(value):
    """Returns [type name, content] of a value; containers hold descriptions."""
    if isinstance(value, np.ndarray):
        shape = ",".join(str(size) for size in value.shape)
        return [f"ndarray {value.dtype.name}[{shape}]", [plain(x) for x in value.ravel()]]
    if isinstance(value, np.generic):
        return ["numpy." + value.dtype.name, plain(value)]
    if isinstance(value, dict):
        return [type(value).__name__, [[key, describe(item)] for key, item in value.items()]]
    if isinstance(value, (list, tuple)):
        return [type(value).__name__, [describe(item) for item in value]]
    return [type(value).__name__, plain(value)]


def plain(value):
    """A number, text or None as JSON can hold it."""
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if value is None or isinstance(value, (str, bool, np.bool_)):
        return value if not isinstance(value, np.bool_) else bool(value)
    if isinstance(value, (complex, np.complexfloating)):
        return [plain(value.real), plain(value.imag)]
    if isinstance(value, (int, np.integer)):
        return int(value)
    return float(value) if np.isfinite(value) else str(float(value))
