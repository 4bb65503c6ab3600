"""Stage kernels: seals, by which a file of the cache shows that it is whole and its own.

In: object code, source or record of a kernel. Out: a file's content with a SHA-256 in it; and
back, or None where the content is not what was sealed. Each file has a seal of its own, so that
processes which store one kernel at once may mix their files.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

_MARK = b"jitgraph"
_CODE_SEAL_BYTES = len(_MARK) + hashlib.sha256().digest_size
_SOURCE_SEAL = b"# sha256 "
_RECORD_SEAL = "seal"


def seal_code(key: str, code: bytes) -> bytes:
    """Object code with its seal, which binds it to the kernel's key."""
    return code + _MARK + _digest(key, code)


def unseal_code(key: str, content: bytes) -> bytes | None:
    """The object code of the kernel `key`; None if it is damaged or another kernel's."""
    code, seal = content[:-_CODE_SEAL_BYTES], content[-_CODE_SEAL_BYTES:]
    return code if seal == _MARK + _digest(key, code) else None


def seal_source(source: str) -> bytes:
    """A source file: the source and, in a comment behind it, its seal."""
    return _with_seal(source.encode())


def unseal_source(content: bytes) -> str | None:
    """The source without its seal; None if it is damaged."""
    end = content.rfind(_SOURCE_SEAL)
    text = content[:end] if end >= 0 else b""
    return text.decode() if content == _with_seal(text) else None


def seal_record(record: dict[str, Any]) -> bytes:
    """A record as JSON, its seal among the fields."""
    return json.dumps({**record, _RECORD_SEAL: _record_digest(record)}, indent=1).encode()


def unseal_record(content: bytes) -> dict[str, Any] | None:
    """The fields of a record without its seal; None if it is damaged."""
    try:
        fields = json.loads(content)
    except (ValueError, RecursionError):
        return None
    if not isinstance(fields, dict):
        return None
    seal = fields.pop(_RECORD_SEAL, None)
    return fields if seal == _record_digest(fields) else None


def _with_seal(text: bytes) -> bytes:
    return text + _SOURCE_SEAL + hashlib.sha256(text).hexdigest().encode() + b"\n"


def _digest(key: str, code: bytes) -> bytes:
    return hashlib.sha256(key.encode() + b"\0" + code).digest()


def _record_digest(record: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()
