"""One flag: its name, default, how its text becomes a value. In: text. Out: a value, or a misfit.

Behaves as absl's flags, which TensorFlow 1 uses: https://abseil.io/docs/python/guides/flags
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any


class Error(Exception):
    """Something is wrong with a flag."""


class CantOpenFlagFileError(Error):
    """The file of flags that --flagfile names can't be read."""


class DuplicateFlagError(Error):
    """A flag is defined twice."""


class IllegalFlagValueError(Error):
    """A flag's value is none of those that it may have."""


class UnparsedFlagAccessError(Error):
    """A flag was read before the command line was."""


class ValidationError(Error):
    """What a validator raises."""


class UnrecognizedFlagError(Error):
    """The command line names a flag that the program doesn't define.

    Attributes:
      flagname: the name.
      flagvalue: the argument that holds it.
    """

    def __init__(
        self, flagname: str, flagvalue: object = "", suggestions: Sequence[str] = ()
    ) -> None:
        self.flagname = flagname
        self.flagvalue = flagvalue
        tip = f". Did you mean: {', '.join(suggestions)} ?" if suggestions else ""
        super().__init__(f"Unknown command line flag '{flagname}'{tip}")


@dataclass(frozen=True)
class Kind:
    """How a flag's text is read.

    Attributes:
      parse: text, or a value, to a value; ValueError where it can't.
      type: the kind in words, as the help prints it ("an integer"), or "".
      write: a value to text.
      confine: raises ValueError where a value lies outside bounds, or None.
    """

    parse: Callable[[Any], Any]
    type: str
    write: Callable[[Any], str] = str
    confine: Callable[[Any], Any] | None = None


@dataclass(eq=False)
class Flag:
    """A flag. What a run of the program sets is in `value`.

    Attributes:
      name: without dashes.
      kind: how its text is read.
      default: its value when the command line doesn't name it.
      help: what the help prints.
      short_name: another name, mostly of one letter.
      boolean: `--flag` and `--noflag` do without a value.
      multiple: each time that it is given adds a value.
      present: how often the command line gave it.
    """

    name: str
    kind: Kind
    default: Any
    help: str
    short_name: str | None = None
    boolean: bool = False
    multiple: bool = False
    allow_override: bool = False
    present: int = 0
    using_default_value: bool = True
    value: Any = None
    validators: list[tuple[Callable[[Any], Any], str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.help = self.help or "(no help available)"
        self.set_default(self.default)

    def parse(self, argument: Any) -> None:
        """Takes the value that the command line gives.

        Raises:
          IllegalFlagValueError: it is none.
        """
        read = self._read(argument)
        self.value = (self.value or []) + read if self.multiple and self.present else read
        self.present += 1
        self.using_default_value = False

    def set_default(self, value: Any) -> None:
        """Another default, which is the value, too, where no other was given."""
        self.default = None if value is None else self._read(value)
        if self.using_default_value:
            self.value = self.default

    def unparse(self) -> None:
        """Forgets what the command line gave."""
        self.present = 0
        self.using_default_value = True
        self.value = self.default

    def serialize(self) -> str:
        """The argument of a command line that gives the value."""
        if self.value is None:
            return ""
        if self.boolean:
            return f"--{self.name}" if self.value else f"--no{self.name}"
        return f"--{self.name}={self.kind.write(self.value)}"

    def validate(self) -> None:
        """Asks the validators whether the value will do.

        Raises:
          IllegalFlagValueError: one says no.
        """
        self._confine()
        for check, message in self.validators:
            try:
                passed = check(self.value)
            except ValidationError as error:
                passed, message = False, str(error)
            if not passed:
                raise IllegalFlagValueError(f"flag --{self.name}={self.value}: {message}")

    def _confine(self) -> None:
        if self.kind.confine is None or self.value is None:
            return
        for one in self.value if self.multiple else [self.value]:
            try:
                self.kind.confine(one)
            except ValueError as error:
                raise IllegalFlagValueError(f"flag --{self.name}={one}: {error}") from error

    def help_text(self) -> list[str]:
        """The lines that the help prints of this flag."""
        import textwrap

        shown = f"--[no]{self.name}" if self.boolean else f"--{self.name}"
        if self.short_name:
            shown = f"-{self.short_name},{shown}"
        words = f"{shown}: {self.help}{';' if self.multiple else ''}"
        lines = textwrap.wrap(words, 78, initial_indent="  ", subsequent_indent="    ")
        if self.multiple:
            return [*lines, "    repeat this option to specify a list of values"]
        if self.default is not None:
            lines.append(f"    (default: '{self._default_text()}')")
        return [*lines, f"    ({self.kind.type})"] if self.kind.type else lines

    def _default_text(self) -> str:
        return str(self.default).lower() if self.boolean else self.kind.write(self.default)

    def _read(self, argument: Any) -> Any:
        try:
            if not self.multiple:
                return self.kind.parse(argument)
            several = argument if isinstance(argument, list | tuple) else [argument]
            return [self.kind.parse(one) for one in several]
        except (TypeError, ValueError) as error:
            raise IllegalFlagValueError(f"flag --{self.name}={argument}: {error}") from error
