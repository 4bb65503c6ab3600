"""tf.train.match_filenames_once: the names of the files that match, looked up once a session.

In: patterns. Out: a local variable of names.
"""

from __future__ import annotations

from typing import Any

from jitgraph.frontend.variables import Variable
from jitgraph.graph import GraphKeys, name_scope
from jitgraph.ops.file_contents import matching_files


def match_filenames_once(pattern: Any, name: str | None = None) -> Variable:
    """A local variable with the names of the files that match.

    Args:
      pattern: a pattern like "data/*.csv", or a vector of them.
      name: the variable's name scope.

    Example:
      >>> tf.train.match_filenames_once("data/*.csv").dtype
      tf.string_ref
    """
    with name_scope(name, "matching_filenames", [pattern]) as scope:
        return Variable(
            initial_value=matching_files(pattern),
            trainable=False,
            collections=[GraphKeys.LOCAL_VARIABLES],
            validate_shape=False,
            name=scope,
        )
