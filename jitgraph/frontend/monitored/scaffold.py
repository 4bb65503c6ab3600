"""Stage frontend: tf.train.Scaffold: what a training needs beside its step.

In: operations, or nothing. Out: those that are missing, made or found in the graph's collections.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jitgraph.dtypes import string
from jitgraph.frontend.api import logging
from jitgraph.frontend.summaries.functions import merge_all
from jitgraph.frontend.train.saver import Saver
from jitgraph.frontend.variable_collections import (
    global_variables,
    global_variables_initializer,
    local_variables_initializer,
    report_uninitialized_variables,
)
from jitgraph.graph import (
    GraphKeys,
    add_to_collection,
    get_collection,
    get_default_graph,
    name_scope,
)
from jitgraph.ops.assembling import concat
from jitgraph.ops.constants import constant
from jitgraph.ops.identities import group, no_op


class Scaffold:
    """Operations that initialise, that tell what is ready, that summarise, and a Saver.

    Args:
      init_op: initialises variables; init_feed_dict: what is fed then.
      init_fn: is called with (scaffold, session) behind it.
      ready_op: tells what is not ready; ready_for_local_init_op: what `local_init_op` waits for.
      local_init_op: initialises local variables and tables.
      summary_op: gives all summaries.
      saver: a Saver.
      copy_from_scaffold: a Scaffold to take what is None from.

    Raises:
      TypeError: `copy_from_scaffold` is none.
    """

    def __init__(
        self,
        init_op: Any = None,
        init_feed_dict: Any = None,
        init_fn: Callable[[Scaffold, Any], Any] | None = None,
        ready_op: Any = None,
        ready_for_local_init_op: Any = None,
        local_init_op: Any = None,
        summary_op: Any = None,
        saver: Any = None,
        copy_from_scaffold: Scaffold | None = None,
    ) -> None:
        other = copy_from_scaffold
        if other is not None and not isinstance(other, Scaffold):
            raise TypeError("copy_from_scaffold is not a Scaffold instance.")

        def chosen(given: Any, name: str) -> Any:
            return getattr(other, name, None) if given is None else given

        self.init_op = chosen(init_op, "init_op")
        self.init_feed_dict = chosen(init_feed_dict, "init_feed_dict")
        self._user_init_fn = chosen(init_fn, "_user_init_fn")
        self.ready_op = chosen(ready_op, "ready_op")
        self.ready_for_local_init_op = chosen(ready_for_local_init_op, "ready_for_local_init_op")
        self.local_init_op = chosen(local_init_op, "local_init_op")
        self.summary_op = chosen(summary_op, "summary_op")
        self.saver = chosen(saver, "saver")

    @property
    def init_fn(self) -> Callable[[Any], Any] | None:
        """A function of the session, None where none was given."""
        function = self._user_init_fn
        return None if function is None else lambda session: function(self, session)

    def finalize(self) -> Scaffold:
        """Makes what is missing, then closes the graph to changes."""
        parts = (
            ("init_op", GraphKeys.INIT_OP, _init_op),
            ("ready_op", GraphKeys.READY_OP, _ready_op),
            ("ready_for_local_init_op", GraphKeys.READY_FOR_LOCAL_INIT_OP, _ready_for_local),
            ("local_init_op", GraphKeys.LOCAL_INIT_OP, self.default_local_init_op),
            ("summary_op", GraphKeys.SUMMARY_OP, merge_all),
            ("saver", GraphKeys.SAVERS, _saver),
        )
        for name, key, make in parts:
            if getattr(self, name) is None:
                setattr(self, name, self.get_or_default(name, key, make))
        self.saver.build()
        get_default_graph().finalize()
        logging.info("Graph was finalized.")
        return self

    @staticmethod
    def get_or_default(
        arg_name: str, collection_key: str, default_constructor: Callable[[], Any]
    ) -> Any:
        """The item of a collection, made if there is none.

        Raises:
          RuntimeError: there are several.
        """
        found = get_collection(collection_key)
        if len(found) > 1:
            raise RuntimeError(
                f'More than one item in the collection "{collection_key}". Please indicate which '
                "one to use by passing it to the tf.Scaffold constructor as:  "
                f"tf.Scaffold({arg_name}=item to use)"
            )
        if found:
            return found[0]
        made = default_constructor()
        if made is not None:
            add_to_collection(collection_key, made)
        return made

    @staticmethod
    def default_local_init_op() -> Any:
        """Initialises local variables and tables."""
        variables = local_variables_initializer()
        tables = group(*get_collection(GraphKeys.TABLE_INITIALIZERS), name="init_all_tables")
        return group(variables, tables, no_op(name="init"))


def _init_op() -> Any:
    return group(global_variables_initializer(), no_op(name="init"))


def _ready_op() -> Any:
    return concat([report_uninitialized_variables(), _no_resources()], 0)


def _ready_for_local() -> Any:
    return concat([report_uninitialized_variables(global_variables()), _no_resources()], 0)


def _no_resources() -> Any:
    with name_scope("report_uninitialized_resources"):
        return constant([], string)


def _saver() -> Saver:
    return Saver(sharded=True, allow_empty=True)
