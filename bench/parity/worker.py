"""TensorFlow's side, a process in its own environment: `python -m bench.parity.worker`.

In: on standard input one message a line: a request, {"program": name}, or {"names": []}. Out:
replies the same way. What TensorFlow prints goes to standard error.
"""

from __future__ import annotations

import os
import sys
from typing import Any, TextIO

from bench.parity.messages import OpRequest, decode, encode
from bench.parity.programs import PROGRAMS
from bench.parity.runner import Library, described, run_op


def main() -> None:
    """Answers until standard input ends."""
    replies = _claim_stdout()
    library = tensorflow()
    for line in sys.stdin:
        replies.write(encode(_answer(library, decode(line))) + "\n")
        replies.flush()


def _claim_stdout() -> TextIO:
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    return replies


def tensorflow() -> Library:
    """TensorFlow as version 1, each op run as it is: nothing folded, nothing placed unless run."""
    import tensorflow.compat.v1 as tf

    tf.disable_v2_behavior()
    tf.logging.set_verbosity(tf.logging.ERROR)
    config = tf.ConfigProto()
    config.graph_options.place_pruned_graph = True
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    return Library(tf, _create, config)


def _create(op: str, inputs: dict[str, Any], attrs: dict[str, Any]) -> Any:
    from tensorflow.python.framework import op_def_library

    made = op_def_library.apply_op(op, **inputs, **{**_defaults(op), **attrs})
    while isinstance(made, (list, tuple)):
        made = made[0]
    return getattr(made, "op", made)


def _defaults(op: str) -> dict[str, Any]:
    """The attributes with defaults that no input determines."""
    from tensorflow.python.framework import op_def_registry

    definition = op_def_registry.get(op)
    inferred = {
        name
        for arg in definition.input_arg
        for name in (arg.type_attr, arg.number_attr, arg.type_list_attr)
    }
    return {
        attr.name: _default(attr)
        for attr in definition.attr
        if attr.HasField("default_value") and attr.name not in inferred
    }


def _default(attr: Any) -> Any:
    kind = attr.default_value.WhichOneof("value")
    value = getattr(attr.default_value, kind)
    if kind == "list":
        return list(value.i or value.s or value.f or value.type)
    return value


def _answer(library: Library, message: Any) -> Any:
    if isinstance(message, OpRequest):
        return run_op(library, message)
    if "names" in message:
        from tensorflow.python.framework import op_def_registry

        return [name for name in message["names"] if op_def_registry.get(name) is not None]
    with library.tf.Graph().as_default():
        try:
            return PROGRAMS[message["program"]](library.tf)
        except Exception as error:
            return {"error": described(error)}


if __name__ == "__main__":
    main()
