"""Values that rules compute with, their kinds, and their JSON form (all digits kept, ISO dates, empty is null)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final
from zoneinfo import ZoneInfo

import simplejson

from banshi.rules.diagnostics import Diagnostic

CAMPUS_ZONE: Final = ZoneInfo("Asia/Shanghai")
"""The zone in which a day of the campus begins and ends."""


class Kind(StrEnum):
    """The kinds of values; `any` where a checker cannot know."""

    NUMBER = "number"
    TEXT = "text"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    TIME = "time"
    LIST = "list"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class ErrorValue:
    """The result of an expression that cannot be computed: says why and at which cell. It spreads through operators."""

    diagnostic: Diagnostic


Value = None | bool | Decimal | str | date | datetime | time | tuple["Value", ...] | ErrorValue


def kind_of(value: Value) -> Kind:
    """The kind of a value; `any` for empty and error values."""
    match value:
        case bool():
            return Kind.BOOLEAN
        case Decimal():
            return Kind.NUMBER
        case str():
            return Kind.TEXT
        case datetime():
            return Kind.DATETIME
        case date():
            return Kind.DATE
        case time():
            return Kind.TIME
        case tuple():
            return Kind.LIST
        case _:
            return Kind.ANY


def to_json(value: object) -> Any:
    """Values, or dicts and lists of them, as `dumps` prints them; an error value becomes `{"error": …, "cell": …}`."""
    match value:
        case None | bool() | str() | int():
            return value
        case Decimal():
            return simplejson.RawJSON(format(value, "f")) if value.is_finite() else None
        case datetime() | date() | time():
            return value.isoformat()
        case ErrorValue():
            return {"error": value.diagnostic.message(), "cell": str(value.diagnostic.place)}
        case Mapping():
            return {str(key): to_json(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [to_json(item) for item in value]
        case _:
            raise TypeError(f"{type(value).__name__} is not a value of the rule language")


def dumps(value: object, *, indent: int | None = None) -> str:
    """JSON text of values; Chinese stays readable, `9.60` keeps its zero."""
    return simplejson.dumps(to_json(value), ensure_ascii=False, indent=indent)


def loads(text: str | bytes) -> Any:
    """JSON text read back: every number is a `Decimal` with the digits that were written."""
    return simplejson.loads(text, parse_float=Decimal, parse_int=Decimal)


def from_json(raw: object, kind: Kind = Kind.ANY) -> Value:
    """One JSON value as a value of a kind.

    Numbers written as text become decimals under `number`, ISO text becomes dates under `date`, `datetime` and `time`.
    Text that does not fit stays text, so that a validation can name it. Lists become tuples. Scalars of numpy are taken
    as what they hold.
    """
    match raw:
        case None | bool():
            return raw
        case int():
            return Decimal(raw)
        case float():
            return Decimal(repr(float(raw)))  # float() also of numpy's, whose repr is no number
        case Decimal() | datetime() | date() | time():
            return raw
        case list() | tuple():
            return tuple(from_json(item) for item in raw)
        case str():
            return _from_text(raw, kind)
        case _:
            return from_json(_plain(raw), kind) if type(raw).__module__ == "numpy" else str(raw)


def _plain(raw: Any) -> object:
    """A numpy scalar as Python's own; a moment to the microsecond, since Python has no finer one."""
    return raw.astype("datetime64[us]").item() if raw.dtype.kind == "M" else raw.item()


def _from_text(raw: str, kind: Kind) -> Value:
    text = raw.strip()
    if not text:
        return None
    try:
        match kind:
            case Kind.NUMBER:
                number = Decimal(text)
                return number if number.is_finite() else raw
            case Kind.DATE:
                return date.fromisoformat(text[:10])
            case Kind.DATETIME:
                return datetime.fromisoformat(text)
            case Kind.TIME:
                return time.fromisoformat(text)
            case Kind.BOOLEAN:
                return {"true": True, "false": False, "1": True, "0": False}.get(text.lower(), raw)
            case Kind.LIST:
                return tuple(text.split())
            case _:
                return raw
    except (ValueError, ArithmeticError):
        return raw
