"""Lets the tests of this folder import the modules beside them; marks the cases still open.

`open_cases.json` names every recorded case that jitgraph does not meet, with the reason. Each is
run and must fail: a case that is met has to be taken off the list.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))


def pytest_collection_modifyitems(items: list[Any]) -> None:
    open_cases = json.loads((HERE / "open_cases.json").read_text(encoding="utf-8"))
    for item in items:
        if item.path.parent != HERE or not hasattr(item, "callspec"):
            continue
        reasons = open_cases.get(f"{item.path.name}::{item.originalname}", {})
        if item.callspec.id in reasons:
            item.add_marker(pytest.mark.xfail(reason=reasons[item.callspec.id], strict=True))
