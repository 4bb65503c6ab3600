"""The flags of a program: which there are, and what the command line gave them.

In: definitions, and a command line. Out: each flag's value as an attribute; the arguments that are
no flags. The command line is read when a flag's value is first asked for, as TensorFlow 1 does.
"""

from __future__ import annotations

import difflib
import shlex
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from jitgraph.frontend.flags.flag import (
    CantOpenFlagFileError,
    DuplicateFlagError,
    Error,
    Flag,
    IllegalFlagValueError,
    UnrecognizedFlagError,
)

LIKE_ENOUGH = 0.7


class FlagValues:
    """The flags of a program.

    Args:
      lazily: the process's command line is read when a value is first asked for.

    Example:
      >>> flags = tf.flags.FlagValues()
      >>> tf.flags.DEFINE_integer("steps", 10, "how many", flag_values=flags)
      >>> flags(["train.py", "--steps=3", "data"])
      ['train.py', 'data']
      >>> flags.steps
      3
    """

    def __init__(self, lazily: bool = False) -> None:
        vars(self)["__flags"] = {}
        vars(self)["__places"] = {}
        vars(self)["__parsed"] = False
        vars(self)["__lazily"] = lazily

    def _flags(self) -> dict[str, Flag]:
        return vars(self)["__flags"]

    def add(self, flag: Flag, place: str) -> None:
        """Takes a flag in.

        Args:
          flag: the flag.
          place: the file that defines it.

        Raises:
          DuplicateFlagError: there is one of its name.
        """
        for name in filter(None, (flag.name, flag.short_name)):
            former = self._flags().get(name)
            if former is not None and not (flag.allow_override or former.allow_override):
                first = vars(self)["__places"][name]
                raise DuplicateFlagError(
                    f"The flag '{name}' is defined twice. First from {first}, Second from {place}."
                    f"  Description from first occurrence: {former.help}"
                )
            self._flags()[name] = flag
            vars(self)["__places"][name] = place

    def __call__(self, argv: Sequence[str], known_only: bool = False) -> list[str]:
        """Reads a command line; gives the arguments that are no flags, the program's name first.

        Args:
          argv: the program's name, then its arguments.
          known_only: flags that aren't defined come back among the arguments.

        Raises:
          UnrecognizedFlagError: a flag isn't defined.
          IllegalFlagValueError: a flag can't have the value.
          Error: a flag's value is missing.
        """
        if isinstance(argv, str | bytes):
            raise TypeError("argv should be a tuple/list of strings, not bytes or string.")
        if not argv:
            raise ValueError(
                "argv cannot be an empty list, and must contain the program name as the first "
                "element."
            )
        rest = self._parse(self.read_flags_from_files(argv[1:]), known_only)
        self.mark_as_parsed()
        self.validate_all_flags()
        return [argv[0], *rest]

    def _parse(self, arguments: Sequence[str], known_only: bool) -> list[str]:
        remaining, rest, unknown_is_fine = iter(arguments), [], set()
        for argument in remaining:
            if argument == "--":
                rest.extend([argument] if known_only else [])
                break
            name, equals, text = argument.lstrip("-").partition("=")
            if not argument.startswith("-") or not name:
                rest.append(argument)
                continue
            if name == "undefok":
                for part in (text if equals else _next(remaining, argument)).split(","):
                    unknown_is_fine |= {part.strip(), f"no{part.strip()}"}
                continue
            flag = self._flags().get(name)
            if flag is not None:
                flag.parse(_given(flag, equals, text, remaining, argument))
            elif self._switches_off(name):
                if equals:
                    raise ValueError(f"{argument} does not take an argument")
                self._flags()[name[2:]].parse("false")
            elif known_only:
                rest.extend([] if name in unknown_is_fine else [argument])
            elif name not in unknown_is_fine:
                raise UnrecognizedFlagError(name, argument, self._alike(name))
        return [*rest, *remaining]

    def _switches_off(self, name: str) -> bool:
        off = self._flags().get(name[2:]) if name.startswith("no") else None
        return off is not None and off.boolean

    def _alike(self, name: str) -> list[str]:
        return difflib.get_close_matches(name, list(self._flags()), 3, LIKE_ENOUGH)

    def read_flags_from_files(self, argv: Iterable[str], force_gnu: bool = False) -> list[str]:
        """The arguments, with --flagfile=FILE replaced by those that stand in the file."""
        return list(_with_files(argv, []))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        lazy = vars(self)["__lazily"] and not self.is_parsed()
        if lazy:
            self(sys.argv)
        if name not in self._flags():
            raise AttributeError(name)
        return self._flags()[name].value

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self._flags():
            raise UnrecognizedFlagError(name, value)
        flag = self._flags()[name]
        former = flag.value
        flag.value = value
        try:
            flag.validate()
        except IllegalFlagValueError:
            flag.value = former
            raise
        flag.using_default_value = False

    def __delattr__(self, name: str) -> None:
        if name not in self._flags():
            raise AttributeError(name)
        del self._flags()[name]

    def __getitem__(self, name: str) -> Flag:
        return self._flags()[name]

    def __setitem__(self, name: str, flag: Flag) -> None:
        self.add(flag, _main_script())

    def __contains__(self, name: object) -> bool:
        return name in self._flags()

    def __iter__(self) -> Iterator[str]:
        return iter(self._flags())

    def __len__(self) -> int:
        return len(self._flags())

    def __dir__(self) -> list[str]:
        return sorted(self._flags())

    def __str__(self) -> str:
        return self.get_help()

    def is_parsed(self) -> bool:
        """Whether a command line was read."""
        return vars(self)["__parsed"]

    def mark_as_parsed(self) -> None:
        """Flags may be read from now on without a command line."""
        vars(self)["__parsed"] = True

    def unparse_flags(self) -> None:
        """Forgets what the command line gave."""
        for flag in self._flags().values():
            flag.unparse()
        vars(self)["__parsed"] = False

    def _parse_flags(self, args: Sequence[str] | None = None) -> None:
        """TensorFlow's spelling before 1.5 of reading the command line."""
        self([sys.argv[0], *args] if args is not None else sys.argv)

    def flag_values_dict(self) -> dict[str, Any]:
        """Each flag's value by its name."""
        return {name: flag.value for name, flag in self._flags().items()}

    def set_default(self, name: str, value: Any) -> None:
        """Another default for a flag."""
        if name not in self._flags():
            raise UnrecognizedFlagError(name, value)
        self._flags()[name].set_default(value)
        self._flags()[name].validate()

    def validate_all_flags(self) -> None:
        """Raises IllegalFlagValueError where a value won't do."""
        for flag in self._flags().values():
            flag.validate()

    def flags_into_string(self) -> str:
        """The values as a file for --flagfile."""
        lines = [flag.serialize() for flag in self._flags().values()]
        return "".join(f"{line}\n" for line in lines if line)

    def get_help(self) -> str:
        """What --help prints of the flags: by the file that defines them."""
        places: dict[str, dict[str, Flag]] = {}
        for name, flag in self._flags().items():
            places.setdefault(vars(self)["__places"][name], {})[flag.name] = flag
        first = sorted(places, key=lambda place: place != _main_script())
        return "\n".join(_listing(place, places[place]) for place in first)

    main_module_help = get_help


def _listing(place: str, flags: dict[str, Flag]) -> str:
    lines = [line for name in sorted(flags) for line in flags[name].help_text()]
    return "\n".join([f"\n{place}:", *lines])


def _given(flag: Flag, equals: str, text: str, remaining: Iterator[str], argument: str) -> str:
    if equals:
        return text
    return "true" if flag.boolean else _next(remaining, argument)


def _next(remaining: Iterator[str], argument: str) -> str:
    for found in remaining:
        return found
    raise Error(f"Missing value for flag {argument}")


def _main_script() -> str:
    return sys.argv[0] if sys.argv else ""


def _with_files(arguments: Iterable[str], outer: list[str]) -> Iterator[str]:
    remaining = iter(arguments)
    for argument in remaining:
        name, equals, text = argument.partition("=")
        if argument == "--":
            yield argument
            break
        if not argument.startswith("-") or name.lstrip("-") != "flagfile":
            yield argument
            continue
        path = text if equals else _next(remaining, argument)
        if path not in outer:
            yield from _with_files(_lines(path), [*outer, path])
    yield from remaining


def _lines(path: str) -> list[str]:
    try:
        lines = Path(path).expanduser().read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise CantOpenFlagFileError(f"ERROR:: Unable to open flagfile: {error}") from error
    kept = [line.strip() for line in lines if not line.strip().startswith(("#", "//"))]
    return [" ".join(shlex.split(line)) if '"' in line else line for line in kept if line]
