"""Codes of papers and passes. Those of papers are short enough to be typed, unguessable, and wrong ones are seen before anybody looks them up.

Thirty-one signs that nobody confuses (no 0, O, 1, I, L), eleven of them by chance (2.5·10^16 codes) and one to check:
because 31 is a prime and no weight a multiple of it, every single wrong sign and every two that are swapped give another sum.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import unicodedata
from datetime import datetime

SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 12
PASS_LENGTH = 27
"""Of a pass: twenty-six signs by chance (128 bits) and one to check. Nobody types it but in need."""
HOLDER_LENGTH = 10
TURNING_LENGTH = 23
"""Of a code that changes: ten signs for its holder, twelve (2^59) that only the server can make, one to check."""
PERIOD = 30
"""Seconds after which such a code is another one."""
_PICKUP = 6
_GAPS = re.compile(r"[\s\-‐‑‒–—―－_.·]+")


def new_code(length: int = LENGTH) -> str:
    """A new code of so many signs."""
    body = "".join(secrets.choice(SIGNS) for _ in range(length - 1))
    return body + _check(body)


def new_pickup() -> str:
    """Six digits that a kiosk asks for beside a code or a person's number."""
    return "".join(secrets.choice("0123456789") for _ in range(_PICKUP))


def read_code(said: str, length: int = LENGTH) -> str:
    """The code that somebody typed, in any letter case, with blanks and hyphens; an empty text for what cannot be one."""
    typed = _GAPS.sub("", unicodedata.normalize("NFKC", said[:100])).upper()
    if len(typed) != length or not set(typed) <= set(SIGNS) or _check(typed[:-1]) != typed[-1]:
        return ""
    return typed


def new_holder() -> str:
    """A new holder, as her codes begin."""
    return "".join(secrets.choice(SIGNS) for _ in range(HOLDER_LENGTH))


def turning_code(holder: str, secret: str, period: int) -> str:
    """The code of a holder in a period, counted in `PERIOD` seconds since 1970."""
    digest = hmac.new(bytes.fromhex(secret), f"{holder}:{period}".encode(), hashlib.sha256).digest()
    number, body = int.from_bytes(digest), holder
    while len(body) < TURNING_LENGTH - 1:
        number, sign = divmod(number, len(SIGNS))
        body += SIGNS[sign]
    return body + _check(body)


def period_of(at: datetime) -> int:
    """The period in which a moment is."""
    return int(at.timestamp()) // PERIOD


def grouped(code: str) -> str:
    """A code as people read it: `AB2C-D3EF-4GHJ`."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def _check(body: str) -> str:
    return SIGNS[sum(SIGNS.index(sign) * (at + 2) for at, sign in enumerate(body)) % len(SIGNS)]
