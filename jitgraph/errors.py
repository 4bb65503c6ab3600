"""errors: TensorFlow's exception classes, and messages that name the user's op and line. A leaf."""

from __future__ import annotations

from typing import Any

OK = 0
CANCELLED = 1
UNKNOWN = 2
INVALID_ARGUMENT = 3
DEADLINE_EXCEEDED = 4
NOT_FOUND = 5
ALREADY_EXISTS = 6
PERMISSION_DENIED = 7
RESOURCE_EXHAUSTED = 8
FAILED_PRECONDITION = 9
ABORTED = 10
OUT_OF_RANGE = 11
UNIMPLEMENTED = 12
INTERNAL = 13
UNAVAILABLE = 14
DATA_LOSS = 15
UNAUTHENTICATED = 16


class InaccessibleTensorError(ValueError):
    """A tensor or operation that may not be fetched."""


class OperatorNotAllowedInGraphError(TypeError):
    """A Python operator that a tensor has no value for."""


class OpError(Exception):
    """An operation failed.

    Attributes:
      node_def: what is known of the node, or None.
      op: the Operation that failed, or None.
      message: what happened.
      error_code: TensorFlow's number of the class.
    """

    _code = UNKNOWN

    def __init__(
        self, node_def: Any, op: Any, message: str | None, error_code: int | None = None
    ) -> None:
        super().__init__(node_def, op, message)
        self._node_def = node_def
        self._op = op
        self._message = message or ""
        self._error_code = self._code if error_code is None else error_code

    @property
    def message(self) -> str:
        """What happened."""
        return self._message

    @property
    def op(self) -> Any:
        """The Operation that failed, or None."""
        return self._op

    @property
    def node_def(self) -> Any:
        """What is known of the node, or None."""
        return self._node_def

    @property
    def error_code(self) -> int:
        """TensorFlow's number of the class."""
        return self._error_code

    def __str__(self) -> str:
        return self._message

    def __reduce__(self) -> Any:
        return type(self), (None, None, self._message)


class CancelledError(OpError):
    """An operation was cancelled."""

    _code = CANCELLED


class UnknownError(OpError):
    """A failure of unknown kind."""

    _code = UNKNOWN


class InvalidArgumentError(OpError):
    """An operation got an argument it can't take."""

    _code = INVALID_ARGUMENT


class DeadlineExceededError(OpError):
    """A time limit was exceeded."""

    _code = DEADLINE_EXCEEDED


class NotFoundError(OpError):
    """A file or entity was not found."""

    _code = NOT_FOUND


class AlreadyExistsError(OpError):
    """What was to be made exists already."""

    _code = ALREADY_EXISTS


class PermissionDeniedError(OpError):
    """The caller may not do this."""

    _code = PERMISSION_DENIED


class ResourceExhaustedError(OpError):
    """Memory or another resource is used up."""

    _code = RESOURCE_EXHAUSTED


class FailedPreconditionError(OpError):
    """Something else must be done before, such as initialising a variable."""

    _code = FAILED_PRECONDITION


class AbortedError(OpError):
    """An operation was aborted."""

    _code = ABORTED


class OutOfRangeError(OpError):
    """The end of the input was passed."""

    _code = OUT_OF_RANGE


class UnimplementedError(OpError):
    """An operation is not implemented."""

    _code = UNIMPLEMENTED


class InternalError(OpError):
    """A defect of jitgraph."""

    _code = INTERNAL


class UnavailableError(OpError):
    """Something is not available now."""

    _code = UNAVAILABLE


class DataLossError(OpError):
    """Data is lost or corrupt."""

    _code = DATA_LOSS


class UnauthenticatedError(OpError):
    """The caller is not authenticated."""

    _code = UNAUTHENTICATED


_CLASS_OF_CODE: dict[int, type[OpError]] = {cls._code: cls for cls in OpError.__subclasses__()}


def exception_type_from_error_code(error_code: int) -> type[OpError]:
    """The class of an error code.

    Raises:
      KeyError: there is no such code.
    """
    return _CLASS_OF_CODE[error_code]


def error_code_from_exception_type(cls: type[OpError]) -> int:
    """The error code of a class.

    Raises:
      KeyError: the class has none.
    """
    if cls not in _CLASS_OF_CODE.values():
        raise KeyError(cls)
    return cls._code


def message_with_origin(message: str, op: Any) -> str:
    """The message with the op's name and the user's line behind it."""
    if op is None:
        return message
    return f"{message}\n\t [[node {op.name} (defined at {op.site})]]"


def missing_extra(package: str, extra: str, purpose: str) -> ImportError:
    """The error for an optional package that is not installed: it names what to install."""
    return ImportError(
        f"{purpose} need the package {package}, which is not installed: "
        f"pip install 'jitgraph[{extra}]'"
    )
