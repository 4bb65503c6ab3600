"""What tf.contrib.layers' functions share: names of variables, collections, formats.

In: a getter of variables, collections. Out: model variables by contrib's names, outputs that are
kept under an alias.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from jitgraph.frontend.contrib_initializers import xavier_initializer
from jitgraph.frontend.contrib_variables import model_variable
from jitgraph.frontend.initializers import zeros_initializer
from jitgraph.graph import (
    add_to_collection,
    add_to_collections,
    get_collection,
    get_collection_ref,
    get_default_graph,
)

DEFAULT_WEIGHTS = xavier_initializer()
DEFAULT_BIASES = zeros_initializer()

_OF_A_VARIABLE = (
    *("shape", "dtype", "initializer", "regularizer", "trainable", "collections"),
    *("caching_device", "partitioner", "use_resource", "synchronization", "aggregation"),
)


def model_variable_getter(renamed: dict[str, str] | None = None) -> Callable[..., Any]:
    """A custom getter that makes model variables.

    Args:
      renamed: other names for the last part of a variable's name.
    """

    def getter_of_models(getter: Any, name: str, *args: Any, **kwargs: Any) -> Any:
        *scopes, last = name.split("/")
        own = "/".join([*scopes, (renamed or {}).get(last, last)])
        given = {key: kwargs[key] for key in _OF_A_VARIABLE if key in kwargs}
        return model_variable(own, custom_getter=getter, **given)

    return getter_of_models


def check_format(data_format: str) -> str:
    """The format of layers for one of images.

    Raises:
      ValueError: neither NHWC nor NCHW.
    """
    if data_format not in ("NCHW", "NHWC"):
        raise ValueError("data_format has to be either NCHW or NHWC.")
    return "channels_first" if data_format == "NCHW" else "channels_last"


def collections_of(collections: Any, name: str) -> Any:
    """The collections for the variables of a name."""
    return collections.get(name) if isinstance(collections, dict) else collections


def keep_variable(variable: Any, collections: Any, name: str) -> None:
    """Adds a variable, or all its parts, to the collections for its name."""
    is_whole = not hasattr(variable, "_get_variable_list")
    parts = [variable] if is_whole else list(variable)
    for collection in collections_of(collections, name) or []:
        for part in parts:
            if not any(part is each for each in get_collection_ref(collection)):
                add_to_collection(collection, part)


def tensor_aliases(tensor: Any) -> list[str]:
    """The names under which a tensor was kept; its operation's if it was not."""
    own = tensor.op.name if tensor.name.endswith(":0") else tensor.name
    return list(getattr(tensor, "aliases", [own]))


def convert_collection_to_dict(
    collection: str, clear_collection: bool = False
) -> OrderedDict[str, Any]:
    """The tensors of a collection by their aliases.

    Args:
      collection: its name.
      clear_collection: whether it is emptied.
    """
    tensors = get_collection(collection)
    found = OrderedDict((name, tensor) for tensor in tensors for name in tensor_aliases(tensor))
    if clear_collection:
        get_default_graph().clear_collection(collection)
    return found


def keep_outputs(collections: Any, alias: str, outputs: Any) -> Any:
    """Adds outputs to collections under an alias, and gives them back."""
    if collections:
        outputs.aliases = [*getattr(outputs, "aliases", ()), alias.removesuffix("/")]
        add_to_collections(collections, outputs)
    return outputs
