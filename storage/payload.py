"""JSON text of what stores keep: every digit of a decimal, ISO dates and times, readable Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import simplejson


def pack(value: Any) -> str:
    """A value as JSON text; `9.60` keeps its zero. What has no JSON form raises TypeError."""
    return simplejson.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"))


def unpack(text: str) -> Any:
    """JSON text read back: whole numbers as `int`, others as `Decimal` with the digits that were written."""
    return simplejson.loads(text, parse_float=Decimal)


def _plain(value: Any) -> Any:
    match value:
        case None | bool() | int() | str() | simplejson.RawJSON():
            return value
        case Decimal() if value.is_finite():
            return simplejson.RawJSON(format(value, "f"))
        case datetime() | date() | time():
            return value.isoformat()
        case Mapping():
            return {str(key): _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case _:
            raise TypeError(f"{value!r} cannot be stored as JSON.")
