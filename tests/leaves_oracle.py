"""The digest of a body of format 2, as the docs describe it, by the standard library alone."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any


def dumped(value: Any) -> bytes:
    """Canonical JSON of values without decimals."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest_of(value: Any, salt: bytes, text: Callable[[Any], bytes] = dumped) -> bytes:
    """The digest; `text` writes canonical JSON."""

    def below(key: str) -> bytes:
        return hmac.new(salt, key.encode(), hashlib.sha256).digest()[:16]

    if isinstance(value, dict) and value:
        parts = {key: digest_of(one, below(key), text).hex() for key, one in value.items()}
        return hashlib.sha256(b"\x01" + text(parts)).digest()
    if isinstance(value, list) and value:
        return hashlib.sha256(
            b"\x01" + text([digest_of(one, below(str(i)), text).hex() for i, one in enumerate(value)])
        ).digest()
    return hashlib.sha256(b"\x00" + salt + text(value)).digest()
