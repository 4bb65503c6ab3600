"""errors: TensorFlow's exception classes, and messages that name the user's op and line. A leaf."""

from __future__ import annotations

from typing import Any


class OpError(Exception):
    """An operation failed.

    Attributes:
      node_def: what is known of the node, or None.
      op: the Operation that failed, or None.
      message: what happened.
      error_code: TensorFlow's number of the class.
    """

    def __init__(self, node_def: Any, op: Any, message: str | None, error_code: int = 2) -> None:
        super().__init__(message or "")
        self._node_def = node_def
        self._op = op
        self._message = message or ""
        self._error_code = error_code

    @property
    def message(self) -> str:
        return self._message

    @property
    def op(self) -> Any:
        return self._op

    @property
    def node_def(self) -> Any:
        return self._node_def

    @property
    def error_code(self) -> int:
        return self._error_code

    def __str__(self) -> str:
        return self._message


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


def _error_class(name: str, code: int, text: str) -> type[OpError]:
    def __init__(self: OpError, node_def: Any, op: Any, message: str | None) -> None:
        OpError.__init__(self, node_def, op, message, code)

    return type(name, (OpError,), {"__init__": __init__, "__doc__": text, "__module__": __name__})


CancelledError = _error_class("CancelledError", CANCELLED, "An operation was cancelled.")
UnknownError = _error_class("UnknownError", UNKNOWN, "A failure of unknown kind.")
InvalidArgumentError = _error_class(
    "InvalidArgumentError", INVALID_ARGUMENT, "An operation got an argument it can't take."
)
DeadlineExceededError = _error_class(
    "DeadlineExceededError", DEADLINE_EXCEEDED, "A time limit was exceeded."
)
NotFoundError = _error_class("NotFoundError", NOT_FOUND, "A file or entity was not found.")
AlreadyExistsError = _error_class("AlreadyExistsError", ALREADY_EXISTS, "It exists already.")
PermissionDeniedError = _error_class(
    "PermissionDeniedError", PERMISSION_DENIED, "The caller may not do this."
)
ResourceExhaustedError = _error_class(
    "ResourceExhaustedError", RESOURCE_EXHAUSTED, "Memory or another resource is used up."
)
FailedPreconditionError = _error_class(
    "FailedPreconditionError", FAILED_PRECONDITION, "Something must be done before: initialise."
)
AbortedError = _error_class("AbortedError", ABORTED, "An operation was aborted.")
OutOfRangeError = _error_class("OutOfRangeError", OUT_OF_RANGE, "The end of input was reached.")
UnimplementedError = _error_class("UnimplementedError", UNIMPLEMENTED, "Not implemented.")
InternalError = _error_class("InternalError", INTERNAL, "A defect of jitgraph.")
UnavailableError = _error_class("UnavailableError", UNAVAILABLE, "Not available now.")
DataLossError = _error_class("DataLossError", DATA_LOSS, "Data is corrupt or lost.")
UnauthenticatedError = _error_class(
    "UnauthenticatedError", UNAUTHENTICATED, "The caller is not authenticated."
)


def message_with_origin(message: str, op: Any) -> str:
    """The message with the op's name and the user's line behind it."""
    if op is None:
        return message
    return f"{message}\n\t [[node {op.name} (defined at {op.site})]]"
