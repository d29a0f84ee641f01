"""Canonical JSON: one way to write a value as bytes, as the log hashes it (`chain.py` says how)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import simplejson

from banshi.storage.payload import unpack


def canonical(value: Any) -> bytes:
    """A value of `payload.pack` as canonical JSON; what it comes back as from a store gives the same bytes."""
    return _text(value).encode()


def _text(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return json.dumps(str(value), ensure_ascii=False)
        case int():
            return str(int(value))
        case Decimal() if value.is_finite():
            digits = format(value, "f")
            return "0" if digits == "-0" else digits
        case datetime() | date() | time():
            return json.dumps(value.isoformat())
        case Mapping():
            items = sorted((str(key), item) for key, item in {str(key): item for key, item in value.items()}.items())
            return "{" + ",".join(f"{_text(key)}:{_text(item)}" for key, item in items) + "}"
        case list() | tuple():
            return "[" + ",".join(map(_text, value)) + "]"
        case simplejson.RawJSON():
            return _text(unpack(value.encoded_json))
        case _:
            raise TypeError(f"{value!r} cannot be an entry of the log.")
