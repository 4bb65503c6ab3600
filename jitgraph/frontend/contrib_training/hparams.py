"""Hyperparameters by name, each of one type: tf.contrib.training.HParams.

In: values, and text like "rate=0.1,sizes=[3,4]" from a command line. Out: an object with them.
"""

from __future__ import annotations

import json
import numbers
import re
from collections.abc import Callable, Mapping
from typing import Any

_CLAUSE = re.compile(
    r"(?P<name>[a-zA-Z][\w.]*)(\[\s*(?P<index>\d+)\s*\])?\s*=\s*"
    r"((?P<val>[^,\[]*)|\[(?P<vals>[^\]]*)\])($|,\s*)"
)


class HParams:
    """Hyperparameters.

    Args:
      hparam_def: must be None; protocol buffers of hyperparameters aren't read.
      model_structure: kept for `get_model_structure`.
      kwargs: the names and the values, from which the types follow.

    Raises:
      ValueError: a name that the object has itself, or an empty list.

    Example:
      >>> tf.contrib.training.HParams(rate=0.1, sizes=[3, 4]).parse("rate=0.5").rate
      0.5
    """

    def __init__(self, hparam_def: Any = None, model_structure: Any = None, **kwargs: Any) -> None:
        if hparam_def is not None:
            raise NotImplementedError("HParams can't be made from a protocol buffer.")
        self._types: dict[str, tuple[type, bool]] = {}
        self._model_structure = model_structure
        for name, value in kwargs.items():
            self.add_hparam(name, value)

    def add_hparam(self, name: str, value: Any) -> None:
        """Adds one.

        Raises:
          ValueError: the name is taken, or the value an empty list.
        """
        if getattr(self, name, None) is not None:
            raise ValueError(f"Hyperparameter name is reserved: {name}")
        is_list = isinstance(value, (list, tuple))
        if is_list and not value:
            raise ValueError(f"Multi-valued hyperparameters cannot be empty: {name}")
        self._types[name] = (type(value[0] if is_list else value), is_list)
        setattr(self, name, value)

    def set_hparam(self, name: str, value: Any) -> None:
        """Sets one that is there, to a value of its type.

        Raises:
          KeyError: there is none of that name.
          ValueError: a value of another type.
        """
        kind, is_list = self._types[name]
        if isinstance(value, list) and not is_list:
            raise ValueError(f"Must not pass a list for single-valued parameter: {name}")
        if is_list and not isinstance(value, list):
            raise ValueError(f"Must pass a list for multi-valued parameter: {name}.")
        given = [_cast(name, kind, each) for each in value] if is_list else _cast(name, kind, value)
        setattr(self, name, given)

    def del_hparam(self, name: str) -> None:
        """Removes one, if it is there."""
        if name in self._types:
            delattr(self, name)
            del self._types[name]

    def parse(self, values: str) -> HParams:
        """Sets those that a text names, like "rate=0.1,sizes=[3,4],sizes[0]=5".

        Raises:
          ValueError: the text can't be read, or names one that isn't there.
        """
        kinds = {name: kind for name, (kind, _) in self._types.items()}
        return self.override_from_dict(parse_values(values, kinds))

    def override_from_dict(self, values_dict: Mapping[str, Any]) -> HParams:
        """Sets those that a dict names.

        Raises:
          KeyError: it names one that isn't there.
        """
        for name, value in values_dict.items():
            self.set_hparam(name, value)
        return self

    set_from_map = override_from_dict

    def parse_json(self, values_json: str) -> HParams:
        """Sets those that a JSON object names."""
        return self.override_from_dict(json.loads(values_json))

    def to_json(self, indent: Any = None, separators: Any = None, sort_keys: bool = False) -> str:
        """All of them as a JSON object."""
        return json.dumps(self.values(), indent=indent, separators=separators, sort_keys=sort_keys)

    def values(self) -> dict[str, Any]:
        """All of them, by name."""
        return {name: getattr(self, name) for name in self._types}

    def get(self, key: str, default: Any = None) -> Any:
        """One of them, or `default` if it isn't there.

        Raises:
          ValueError: the default is of another type.
        """
        if key not in self._types:
            return default
        kind, is_list = self._types[key]
        if default is not None:
            given = f"list<{kind}>" if is_list else str(kind)
            said = f"Hparam '{key}' of type '{given}' is incompatible with default={default}"
            if is_list != isinstance(default, list):
                raise ValueError(said)
            try:
                for each in default if is_list else [default]:
                    _cast(key, kind, each)
            except ValueError as error:
                raise ValueError(f"{said}. {error}") from None
        return getattr(self, key)

    def set_model_structure(self, model_structure: Any) -> None:
        """Keeps an object."""
        self._model_structure = model_structure

    def get_model_structure(self) -> Any:
        """The object kept."""
        return self._model_structure

    def __contains__(self, key: str) -> bool:
        return key in self._types

    def __str__(self) -> str:
        return ",".join(f"{name}={value}" for name, value in self.values().items())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({sorted(self.values().items())})"


def parse_values(
    values: str, type_map: Mapping[str, type], ignore_unknown: bool = False
) -> dict[str, Any]:
    """What a text like "rate=0.1,sizes=[3,4]" assigns.

    Args:
      values: the text.
      type_map: the types by name.
      ignore_unknown: whether other names are passed over.

    Raises:
      ValueError: the text can't be read, or has another name.
    """
    found: dict[str, Any] = {}
    place = 0
    while place < len(values):
        clause = _CLAUSE.match(values, place)
        if clause is None:
            raise ValueError(f"Malformed hyperparameter value: {values[place:]}")
        place = clause.end()
        name = clause["name"]
        if name in type_map:
            _assign(found, clause, type_map[name], values)
        elif not ignore_unknown:
            raise ValueError(f"Unknown hyperparameter type for {name}")
    return found


def _assign(found: dict[str, Any], clause: re.Match[str], kind: type, text: str) -> None:
    name, index = clause["name"], clause["index"]
    again = ValueError(f"Multiple assignments to variable '{name}' in {text}")
    convert: Callable[[str], Any] = _as_bool if kind is bool else kind
    given = clause["val"] if clause["vals"] is None else clause["vals"]
    try:
        if clause["vals"] is not None:
            value: Any = [convert(each) for each in re.split("[ ,]", given) if each]
        else:
            value = convert(given)
    except ValueError:
        raise ValueError(
            f"Could not parse hparam '{name}' of type '{kind.__name__}' with value '{given}' "
            f"in {text}"
        ) from None
    if index is None:
        if name in found:
            raise again
        found[name] = value
        return
    if clause["vals"] is not None:
        raise ValueError("Assignment of a list to a list index.")
    items = found.setdefault(name, {})
    if not isinstance(items, dict) or int(index) in items:
        raise again
    items[int(index)] = value


def _as_bool(text: str) -> bool:
    named = {"true": True, "True": True, "false": False, "False": False}
    return named[text] if text in named else bool(int(text))


def _cast(name: str, kind: type, value: Any) -> Any:
    """`value` as a `kind`, where nothing is lost."""
    if type(value) is kind or kind is type(None):
        return value
    is_text = issubclass(kind, (str, bytes)) and not isinstance(value, (str, bytes))
    is_other = issubclass(kind, bool) != isinstance(value, bool)
    for group in (numbers.Integral, numbers.Number):
        is_other = is_other or (issubclass(kind, group) and not isinstance(value, group))
    if is_text or is_other:
        raise ValueError(f"Could not cast hparam '{name}' of type '{kind}' from value {value!r}")
    return kind(value)
