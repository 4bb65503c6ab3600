"""Bad input raises the class of error that TensorFlow 1.15.5 raises, and says what it says."""

from __future__ import annotations

from typing import Any

import pytest
from recorded import parameters, replay

ERRORS = pytest.mark.parametrize("case", parameters("errors"))


def raised(code: str) -> Exception:
    with pytest.raises(Exception) as caught:
        replay(code)
    return caught.value


def class_names(error: Exception) -> set[str]:
    return {cls.__name__ for cls in type(error).__mro__}


@ERRORS
def test_class(case: dict[str, Any]) -> None:
    error = raised(case["code"])
    assert case["error_class"] in class_names(error), repr(error)


@ERRORS
def test_message(case: dict[str, Any]) -> None:
    error = raised(case["code"])
    assert case["message"].rstrip(".") in (getattr(error, "message", None) or str(error))
