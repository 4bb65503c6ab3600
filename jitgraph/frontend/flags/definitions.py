"""DEFINE_*: a program's flags, each by one call. In: name, default, help. Out: a Flag among others.

The older names of the arguments (flag_name, default_value, docstring) do, too.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from jitgraph.frontend.flags import kinds
from jitgraph.frontend.flags.flag import Flag, IllegalFlagValueError, Kind
from jitgraph.frontend.flags.flag_values import FlagValues

FLAGS = FlagValues(lazily=True)
"""The flags of this program: `FLAGS.name` is a value."""

_OLD_ARGUMENTS = {"flag_name": "name", "default_value": "default", "docstring": "help"}


def _taking_old_arguments(define: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(define)
    def renamed(*args: Any, **kwargs: Any) -> Any:
        if _OLD_ARGUMENTS.keys() & kwargs.keys():
            import logging

            logging.getLogger("jitgraph").warning(
                "Use of the keyword argument names (flag_name, default_value, docstring) is "
                "deprecated, please use (name, default, help) instead."
            )
        return define(*args, **{_OLD_ARGUMENTS.get(key, key): v for key, v in kwargs.items()})

    return renamed


def _defining_file() -> str:
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__") in (
        __name__,
        functools.__name__,
    ):
        frame = frame.f_back
    name = frame.f_globals.get("__name__", "")
    return sys.argv[0] if name == "__main__" and sys.argv else name


def _add(name: str, kind: Kind, default: Any, help: str, flags: FlagValues, **more: Any) -> None:
    allowed = {"short_name", "boolean", "multiple", "allow_override"}
    known = {key: value for key, value in more.items() if key in allowed}
    flags.add(Flag(name, kind, default, help, **known), _defining_file())


@_taking_old_arguments
def DEFINE_string(
    name: str, default: str | None, help: str, flag_values: FlagValues = FLAGS, **args: Any
) -> None:
    """A flag whose value is text.

    Args:
      name: without dashes.
      default: its value when the command line doesn't name it; may be None.
      help: what --help prints.
      flag_values: where it is added.
      **args: short_name, allow_override.

    Raises:
      tf.flags.DuplicateFlagError: there is one of the name.

    Example:
      >>> tf.flags.DEFINE_string("data_dir", "/tmp/data", "Where the data are.")
    """
    _add(name, kinds.TEXT, default, help, flag_values, **args)


@_taking_old_arguments
def DEFINE_integer(
    name: str,
    default: int | str | None,
    help: str,
    lower_bound: int | None = None,
    upper_bound: int | None = None,
    flag_values: FlagValues = FLAGS,
    **args: Any,
) -> None:
    """A flag whose value is a whole number between the bounds; arguments as DEFINE_string's."""
    _add(name, kinds.integer(lower_bound, upper_bound), default, help, flag_values, **args)


@_taking_old_arguments
def DEFINE_float(
    name: str,
    default: float | str | None,
    help: str,
    lower_bound: float | None = None,
    upper_bound: float | None = None,
    flag_values: FlagValues = FLAGS,
    **args: Any,
) -> None:
    """A flag whose value is a number between the bounds; arguments as DEFINE_string's."""
    _add(name, kinds.number(lower_bound, upper_bound), default, help, flag_values, **args)


@_taking_old_arguments
def DEFINE_boolean(
    name: str,
    default: bool | str | None,
    help: str,
    flag_values: FlagValues = FLAGS,
    module_name: str | None = None,
    **args: Any,
) -> None:
    """A flag that is on or off: --name, --noname, --name=true; arguments as DEFINE_string's."""
    _add(name, kinds.TRUTH, default, help, flag_values, boolean=True, **args)


DEFINE_bool = DEFINE_boolean


def DEFINE_enum(
    name: str,
    default: str | None,
    enum_values: Sequence[str],
    help: str,
    flag_values: FlagValues = FLAGS,
    case_sensitive: bool = True,
    **args: Any,
) -> None:
    """A flag whose value is one of `enum_values`; other arguments as DEFINE_string's."""
    words = f"<{'|'.join(enum_values)}>: {help}"
    _add(name, kinds.choice(enum_values, case_sensitive), default, words, flag_values, **args)


def DEFINE_list(
    name: str, default: Any, help: str, flag_values: FlagValues = FLAGS, **args: Any
) -> None:
    """A flag whose value is a list of texts, given with commas; arguments as DEFINE_string's."""
    _add(name, kinds.COMMA_LIST, default, help, flag_values, **args)


def DEFINE_spaceseplist(
    name: str, default: Any, help: str, flag_values: FlagValues = FLAGS, **args: Any
) -> None:
    """A flag whose value is a list of texts, given with spaces; arguments as DEFINE_string's."""
    _add(name, kinds.SPACE_LIST, default, help, flag_values, **args)


def DEFINE_multi_string(
    name: str, default: Any, help: str, flag_values: FlagValues = FLAGS, **args: Any
) -> None:
    """A flag that may be given several times; its value is a list of texts."""
    _add(name, kinds.TEXT, default, help, flag_values, multiple=True, **args)


def DEFINE_multi_integer(
    name: str,
    default: Any,
    help: str,
    lower_bound: int | None = None,
    upper_bound: int | None = None,
    flag_values: FlagValues = FLAGS,
    **args: Any,
) -> None:
    """A flag that may be given several times; its value is a list of whole numbers."""
    kind = kinds.integer(lower_bound, upper_bound)
    _add(name, kind, default, help, flag_values, multiple=True, **args)


def DEFINE_multi_float(
    name: str,
    default: Any,
    help: str,
    lower_bound: float | None = None,
    upper_bound: float | None = None,
    flag_values: FlagValues = FLAGS,
    **args: Any,
) -> None:
    """A flag that may be given several times; its value is a list of numbers."""
    kind = kinds.number(lower_bound, upper_bound)
    _add(name, kind, default, help, flag_values, multiple=True, **args)


def DEFINE_multi_enum(
    name: str,
    default: Any,
    enum_values: Sequence[str],
    help: str,
    flag_values: FlagValues = FLAGS,
    case_sensitive: bool = True,
    **args: Any,
) -> None:
    """A flag that may be given several times; its value is a list of some of `enum_values`."""
    words = f"<{'|'.join(enum_values)}>: {help}"
    kind = kinds.choice(enum_values, case_sensitive)
    _add(name, kind, default, words, flag_values, multiple=True, **args)


def register_validator(
    flag_name: str,
    checker: Callable[[Any], Any],
    message: str = "Flag validation failed",
    flag_values: FlagValues = FLAGS,
) -> None:
    """Has a flag's value checked when the command line is read and when it is set.

    Args:
      flag_name: the flag.
      checker: of a value: whether it will do; may raise tf.flags.ValidationError.
      message: what is said where it won't.
      flag_values: the flags it is among.

    Raises:
      tf.flags.IllegalFlagValueError: later, where `checker` says no.
    """
    flag_values[flag_name].validators.append((checker, message))


def validator(
    flag_name: str, message: str = "Flag validation failed", flag_values: FlagValues = FLAGS
) -> Callable[[Callable[[Any], Any]], Callable[[Any], Any]]:
    """`register_validator` as a decorator of the checker."""

    def decorate(checker: Callable[[Any], Any]) -> Callable[[Any], Any]:
        register_validator(flag_name, checker, message, flag_values)
        return checker

    return decorate


def mark_flag_as_required(flag_name: str, flag_values: FlagValues = FLAGS) -> None:
    """The command line must give the flag a value."""
    message = f"Flag --{flag_name} must have a value other than None."
    register_validator(flag_name, lambda value: value is not None, message, flag_values)


def mark_flags_as_required(flag_names: Iterable[str], flag_values: FlagValues = FLAGS) -> None:
    """The command line must give each of the flags a value."""
    for name in flag_names:
        mark_flag_as_required(name, flag_values)


def mark_flags_as_mutual_exclusive(
    flag_names: Sequence[str], required: bool = False, flag_values: FlagValues = FLAGS
) -> None:
    """At most one of the flags may have a value; with `required`, exactly one."""
    words = "Exactly one" if required else "At most one"

    def fits(_: Any) -> bool:
        given = sum(flag_values[name].value is not None for name in flag_names)
        if given == 1 or (not given and not required):
            return True
        raise IllegalFlagValueError(
            f"flags {', '.join(f'{n}={flag_values[n].value}' for n in flag_names)}: "
            f"{words} of ({', '.join(flag_names)}) must have a value other than None."
        )

    register_validator(flag_names[0], fits, "", flag_values)


def DEFINE_alias(name: str, original_name: str, flag_values: FlagValues = FLAGS, **_: Any) -> None:
    """Another name of a flag."""
    original = flag_values[original_name]
    flag_values._flags()[name] = original
    vars(flag_values)["__places"][name] = _defining_file()
