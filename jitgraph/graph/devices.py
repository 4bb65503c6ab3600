"""Stage graph: names of devices, possibly partial, and how nested ones are merged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

_FIELDS = ("job", "replica", "task", "device_type", "device_index")
_PROCESSORS = ("CPU", "GPU")


@dataclass(frozen=True)
class DeviceSpec:
    """The name of a device; a field that is None is left open."""

    job: str | None = None
    replica: int | None = None
    task: int | None = None
    device_type: str | None = None
    device_index: int | None = None

    def __post_init__(self) -> None:
        if self.device_type in ("cpu", "gpu"):
            object.__setattr__(self, "device_type", self.device_type.upper())

    @classmethod
    def from_string(cls, spec: str | None) -> DeviceSpec:
        """Reads "/job:worker/task:1/device:GPU:0" and the short forms "/cpu:0", "gpu".

        Raises:
          ValueError: it is no device's name.
        """
        return _parsed(spec or "")

    def parse_from_string(self, spec: str) -> DeviceSpec:
        """`from_string`."""
        return _parsed(spec)

    def to_string(self) -> str:
        """The full name."""
        text = ""
        if self.job is not None:
            text += f"/job:{self.job}"
        if self.replica is not None:
            text += f"/replica:{self.replica}"
        if self.task is not None:
            text += f"/task:{self.task}"
        if self.device_type is not None:
            index = "*" if self.device_index is None else self.device_index
            text += f"/device:{self.device_type}:{index}"
        return text

    def make_merged_spec(self, other: DeviceSpec) -> DeviceSpec:
        """This one, with the fields that `other` fixes taken from it."""
        fixed = {name: getattr(other, name) for name in _FIELDS}
        return replace(self, **{name: value for name, value in fixed.items() if value is not None})

    def replace(self, **fields: Any) -> DeviceSpec:
        """This one with other values of some fields."""
        return replace(self, **fields)


@cache
def _parsed(spec: str) -> DeviceSpec:
    found: dict[str, Any] = {}
    for part in filter(None, spec.split("/")):
        key, *values = part.split(":")
        if key in ("job", "replica", "task") and len(values) == 1:
            found[key] = values[0] if key == "job" else int(values[0])
        elif key.upper() in _PROCESSORS and len(values) <= 1:
            _note_device(found, spec, key.upper(), *values)
        elif key == "device" and len(values) == 2:
            _note_device(found, spec, *values)
        elif key:
            raise ValueError(f"Unknown attribute: '{key}' in '{spec}'")
    return DeviceSpec(**found)


def _note_device(found: dict[str, Any], spec: str, kind: str, index: str = "*") -> None:
    if "device_type" in found:
        raise ValueError(f"Cannot specify multiple device types: {spec}")
    found["device_type"] = kind
    found["device_index"] = None if index == "*" else int(index)


DeviceRule = Callable[[Any], Any] | DeviceSpec | None


def device_rule(device: Any) -> DeviceRule:
    """What `device` (a name, DeviceSpec, function of the op, or None) does to an op's device.

    Raises:
      ValueError: it is no device's name.
    """
    if device is None or callable(device) or isinstance(device, DeviceSpec):
        return device
    return _parsed(device)


def place(op: Any, rules: tuple[DeviceRule, ...]) -> None:
    """Sets the device of `op` by the rules around it, innermost first; None ends them."""
    for rule in rules:
        if rule is None:
            return
        if isinstance(rule, DeviceSpec):
            op._device = _merged(rule, op._device)
        else:
            chosen = rule(op)
            op._device = chosen.to_string() if isinstance(chosen, DeviceSpec) else chosen or ""


@cache
def _merged(spec: DeviceSpec, inner: str) -> str:
    return spec.make_merged_spec(_parsed(inner)).to_string()
