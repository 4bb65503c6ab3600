"""Stage frontend: tf.train.warm_start: variables that begin with a checkpoint's values.

In: a checkpoint, which variables, what they were called. Out: initializers changed.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from jitgraph.frontend.api import logging
from jitgraph.frontend.train.checkpoint_utils import init_from_checkpoint, load_variable
from jitgraph.frontend.variables import Variable
from jitgraph.graph import GraphKeys, get_collection
from jitgraph.ops import state
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.selection import where


class VocabInfo(NamedTuple):
    """The vocabularies of a variable, the former one and that of now.

    Attributes:
      new_vocab, new_vocab_size, num_oov_buckets: the file, how many lines, how many other rows.
      old_vocab, old_vocab_size: the former file, how many lines; all of them if -1.
      backup_initializer: for words that are new; zeros if None.
      axis: 0 where words are rows.
    """

    new_vocab: str
    new_vocab_size: int
    num_oov_buckets: int
    old_vocab: str
    old_vocab_size: int = -1
    backup_initializer: Any = None
    axis: int = 0


class WarmStartSettings(NamedTuple):
    """What an Estimator begins with.

    Attributes:
      ckpt_to_initialize_from: a checkpoint, or its folder.
      vars_to_warm_start: a pattern of trainable variables, a list of patterns of all variables, or
        a list of variables; None for none but those with vocabularies.
      var_name_to_vocab_info: VocabInfos by variables' names.
      var_name_to_prev_var_name: former names by variables' names.
    """

    ckpt_to_initialize_from: str
    vars_to_warm_start: Any = ".*"
    var_name_to_vocab_info: Mapping[str, VocabInfo] = {}
    var_name_to_prev_var_name: Mapping[str, str] = {}


def warm_start(
    ckpt_to_initialize_from: str,
    vars_to_warm_start: Any = ".*",
    var_name_to_vocab_info: Mapping[str, VocabInfo] | None = None,
    var_name_to_prev_var_name: Mapping[str, str] | None = None,
) -> None:
    """Has variables begin with a checkpoint's values.

    Args:
      ckpt_to_initialize_from: the checkpoint, or its folder.
      vars_to_warm_start: a pattern of trainable variables, a list of patterns of all variables, or
        a list of variables; None for none but those with vocabularies.
      var_name_to_vocab_info: VocabInfos by variables' names: rows go where their words are now.
      var_name_to_prev_var_name: former names by variables' names.

    Raises:
      ValueError: a name or a tensor is not there.

    Example:
      >>> tf.train.warm_start("/tmp/model", vars_to_warm_start="hidden.*")
    """
    logging.info("Warm-starting from: %s", ckpt_to_initialize_from)
    vocabularies = dict(var_name_to_vocab_info or {})
    former = dict(var_name_to_prev_var_name or {})
    variables = {each.op.name: each for each in _chosen(vars_to_warm_start)}
    with_words = 0
    wanted: dict[str, Any] = {}
    for name, variable in variables.items():
        source = former.pop(name, name)
        info = vocabularies.pop(name, None)
        if info is not None:
            with_words += 1
            _start_with_vocabulary(ckpt_to_initialize_from, source, variable, info)
        elif vars_to_warm_start is not None:
            wanted[source] = variable
    if wanted:
        init_from_checkpoint(ckpt_to_initialize_from, wanted)
    _check_used(former, "var_name_to_prev_var_name", list(variables))
    _check_used(vocabularies, "var_name_to_vocab_info", list(variables))


def settings_of(warm_start_from: Any) -> WarmStartSettings | None:
    """The settings that an Estimator's `warm_start_from` means.

    Raises:
      ValueError: it is neither a path nor WarmStartSettings, or there is no checkpoint in them.
    """
    if warm_start_from is None:
        return None
    if isinstance(warm_start_from, (str, bytes)):
        path = os.fsdecode(warm_start_from)
        served = os.path.join(path, "variables", "variables")
        if os.path.exists(f"{served}.index"):
            logging.info("Warm-starting from a SavedModel")
            path = served
        return WarmStartSettings(path)
    if not isinstance(warm_start_from, WarmStartSettings):
        raise ValueError(
            "warm_start_from must be a string or a WarmStartSettings, instead got "
            f"{type(warm_start_from)}"
        )
    if not warm_start_from.ckpt_to_initialize_from:
        raise ValueError("`ckpt_to_initialize_from` MUST be set in WarmStartSettings")
    return warm_start_from


def _chosen(wanted: Any) -> list[Any]:
    if wanted is None or isinstance(wanted, str):
        logging.info("Warm-starting variables only in TRAINABLE_VARIABLES.")
        return list(get_collection(GraphKeys.TRAINABLE_VARIABLES, wanted))
    if not isinstance(wanted, list):
        raise ValueError(
            f"`vars_to_warm_start must be a `list` or `str`.  Given type is {type(wanted)}"
        )
    if all(isinstance(each, str) for each in wanted):
        key = GraphKeys.GLOBAL_VARIABLES
        return [variable for each in wanted for variable in get_collection(key, each)]
    if all(isinstance(each, Variable) for each in wanted):
        return wanted
    raise ValueError(
        "If `vars_to_warm_start` is a list, it must be all `Variable` or all `str`.  Given types "
        f"are {[type(each) for each in wanted]}"
    )


def _start_with_vocabulary(folder: str, source: str, variable: Any, info: VocabInfo) -> None:
    """Has rows begin with the values of their words; rows of new words with those of a backup."""
    if info.axis not in (0, 1):
        raise ValueError(
            "The only supported values for the axis argument are 0 and 1.  Provided axis: "
            f"{info.axis}"
        )
    old = np.moveaxis(load_variable(folder, source), info.axis, 0)
    places = {word: row for row, word in enumerate(_words(info.old_vocab, info.old_vocab_size))}
    words = _words(info.new_vocab, info.new_vocab_size)
    rows = np.array([places.get(word, -1) for word in words] + [-1] * info.num_oov_buckets)
    known = np.broadcast_to((rows >= 0).reshape([-1] + [1] * (old.ndim - 1)), old[rows].shape)
    kept = np.moveaxis(np.where(known, old[rows], 0), 0, info.axis)
    kind = variable.dtype.base_dtype
    found = convert_to_tensor(kept, kind)
    if info.backup_initializer is not None:
        backup = info.backup_initializer(kept.shape, dtype=kind)
        found = where(np.moveaxis(known, 0, info.axis), found, backup)
    variable._initializer_op = state.assign(variable._ref(), found).op
    variable._initial_value = found


def _words(path: str, count: int) -> list[bytes]:
    with open(path, "rb") as file:
        words = file.read().splitlines()
    return words if count < 0 else words[:count]


def _check_used(left: Mapping[str, Any], argument: str, names: list[str]) -> None:
    if left:
        raise ValueError(
            f"You provided the following variables in {argument} that were not used: "
            f"{set(left)}.  Perhaps you misspelled them?  Here is the list of viable variable "
            f"names: {names}"
        )
