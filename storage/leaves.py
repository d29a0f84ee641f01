"""The hash of the body of an entry as a tree of its values, so that any of them can be taken out and the hash still holds.

Bodies of format 2 (`body` in the header begins with `2:`) are hashed value by value. Every value has a salt:

    the body               the 16 bytes of the salt of the entry
    a member of an object  the first 16 bytes of HMAC-SHA256(salt of the object, its key in UTF-8)
    an item of a list      the same with its number, counted from 0, in decimal digits

and a digest:

    an object with members  SHA-256 of the byte 01 followed by {key: digest in hexadecimal digits, …} as canonical JSON
    a list with items       SHA-256 of the byte 01 followed by [digest in hexadecimal digits, …] as canonical JSON
    every other value       SHA-256 of the byte 00, its salt, and the value as canonical JSON

`2:` and the digest of the body stand in the header. Where values were taken out, null (or the empty text, where a text
stood) stands in their places, and the entry has no salt any more but `parts`, whose keys are JSON pointers (RFC 6901):

    gone     the digests of the values that were deleted
    sealed   the digests of values that are only left out of an export
    salts    the salts of the values beside them, from which those below follow

So the digest of the body can be computed as before, what is left cannot be changed, and what was taken out cannot be guessed:
its salt is gone with it.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from banshi.storage.canonical import canonical

FORMAT_2 = "2:"
_SALT = 16
Parts = Mapping[str, Mapping[str, str]]
"""What an entry has in the place of its salt once values were taken out: `gone`, `sealed`, `salts`."""


class Unsalted(ValueError):
    """A value has neither a salt nor a digest: its hash cannot be computed."""


def body_digest(body: Any, salt: str, parts: Parts | None) -> str:
    """What the header says of a body of format 2; Unsalted where `parts` do not fit it."""
    if not parts:
        return FORMAT_2 + _whole(body, bytes.fromhex(salt)).hex()
    return FORMAT_2 + _digest(body, None, "", _Taken(parts)).hex()


def take_out(body: Any, salt: str, parts: Parts | None, pointers: Collection[str], kind: str) -> tuple[Any, Parts]:
    """A body without the values at some pointers, and its parts; `kind` is `gone` or `sealed`. Others stay taken out."""
    taken = _Taken(parts)
    found: dict[str, dict[str, str]] = {"gone": dict(taken.gone), "sealed": dict(taken.sealed), "salts": {}}
    wanted = {one for one in pointers if one not in taken.digests}

    def walk(value: Any, here: bytes | None, at: str) -> Any:
        here = taken.salts.get(at, here)
        if at in taken.digests:
            return value
        if at in wanted:
            digest = _digest(value, here, at, taken).hex()
            for known in ("gone", "sealed"):
                for below in [one for one in found[known] if one.startswith(f"{at}/")]:
                    del found[known][below]
            found[kind][at] = digest
            return "" if isinstance(value, str) else None
        if not any(one.startswith(f"{at}/") for one in (*wanted, *taken.digests)):
            if here is None:
                raise Unsalted(at)
            found["salts"][at] = here.hex()
            return value
        if isinstance(value, Mapping):
            return {key: walk(item, _salt_below(here, str(key)), _under(at, str(key))) for key, item in value.items()}
        return [walk(item, _salt_below(here, str(i)), _under(at, str(i))) for i, item in enumerate(value)]

    left = walk(body, None if parts else bytes.fromhex(salt), "")
    return left, {name: told for name, told in found.items() if told}


def _salt_below(salt: bytes | None, key: str) -> bytes | None:
    """The salt of a member of an object or an item of a list."""
    return None if salt is None else _below(salt, key)


def children(value: Any) -> Iterator[tuple[str, Any]]:
    """The members of an object or the items of a list, by their keys; nothing for other values."""
    if isinstance(value, Mapping):
        yield from ((str(key), item) for key, item in value.items())
    elif isinstance(value, list | tuple):
        yield from ((str(i), item) for i, item in enumerate(value))


def pointer(at: str, key: str) -> str:
    """The JSON pointer of a member or an item below another value."""
    return _under(at, key)


class _Taken:
    """`parts`, to be asked by pointer."""

    def __init__(self, parts: Parts | None) -> None:
        told = parts or {}
        self.gone, self.sealed = told.get("gone", {}), told.get("sealed", {})
        self.digests = {**self.gone, **self.sealed}
        self.salts = {at: bytes.fromhex(salt) for at, salt in told.get("salts", {}).items()}


def _under(at: str, key: str) -> str:
    return f"{at}/{key.replace('~', '~0').replace('/', '~1')}"


def _whole(value: Any, salt: bytes) -> bytes:
    """The digest of a value of which nothing was taken out."""
    inside: Any
    if value and isinstance(value, Mapping):
        inside = {str(key): _whole(item, _below(salt, str(key))).hex() for key, item in value.items()}
    elif value and isinstance(value, list | tuple):
        inside = [_whole(item, _below(salt, str(i))).hex() for i, item in enumerate(value)]
    else:
        return hashlib.sha256(b"\x00" + salt + canonical(value)).digest()
    return hashlib.sha256(b"\x01" + canonical(inside)).digest()


def _below(salt: bytes, key: str) -> bytes:
    return hmac.digest(salt, key.encode("utf-8", "surrogatepass"), "sha256")[:_SALT]


def _digest(value: Any, salt: bytes | None, at: str, taken: _Taken) -> bytes:
    if at in taken.digests:
        if value not in (None, ""):
            raise Unsalted(at)
        return bytes.fromhex(taken.digests[at])
    salt = taken.salts.get(at, salt)
    if salt is not None and not any(one.startswith(f"{at}/") for one in taken.digests):
        return _whole(value, salt)
    if value and isinstance(value, Mapping):
        inside: Any = {
            str(key): _digest(item, _salt_below(salt, str(key)), _under(at, str(key)), taken).hex()
            for key, item in value.items()
        }
    elif value and isinstance(value, list | tuple):
        inside = [
            _digest(item, _salt_below(salt, str(i)), _under(at, str(i)), taken).hex() for i, item in enumerate(value)
        ]
    else:
        raise Unsalted(at)
    return hashlib.sha256(b"\x01" + canonical(inside)).digest()
