"""Amounts as people read them. A leaf. In: numbers in base units. Out: text."""

from __future__ import annotations


def bytes_text(count: int) -> str:
    """`64 B`, `1.2 kB`, `25 MB`."""
    if count < 1000:
        return f"{count} B"
    amount = float(count)
    for unit in ("kB", "MB", "GB"):
        amount /= 1000
        if amount < 999.5 or unit == "GB":
            break
    return f"{amount:.3g} {unit}" if amount < 999.5 else f"{amount:.0f} {unit}"


def seconds_text(seconds: float) -> str:
    """`37 µs`, `1.2 ms`, `0.96 s`."""
    if seconds < 0.0009995:
        return f"{seconds * 1e6:.0f} µs"
    if seconds < 0.09995:
        return f"{seconds * 1e3:.1f} ms"
    return f"{seconds:.2f} s"
