"""Inputs as programs and people send them, read by the kind of what they fill: JSON's own forms, and the words of cells."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

from banshi.rules import written
from banshi.rules.diagnostics import NOWHERE
from banshi.rules.expressions.characters import fold_name
from banshi.rules.tables import faults
from banshi.rules.tables.conditions import Literal
from banshi.rules.tables.literals import KIND_ZH, UNREADABLE, Unreadable, read
from banshi.rules.values import ErrorValue, Kind, Value, dumps, from_json, kind_of

CELL_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"})
"""What spreadsheets show where a formula failed: never a value, not even a text."""


def input_value(name: str, raw: object, kind: Kind) -> Value:
    """A JSON value as what an input of a kind is given; an error that names both where it cannot be read."""
    value = read_input(raw, kind)
    if not isinstance(value, Unreadable):
        return value
    told = {"label": name, "value": dumps(from_json(raw)), "kind": kind, "kind_zh": KIND_ZH[kind]}
    return ErrorValue(faults.UNREADABLE_INPUT.at(NOWHERE, **told))


def read_input(raw: object, kind: Kind) -> Value | Unreadable:
    """A JSON value as a value of a kind; Unreadable where that leaves a doubt, so that nothing is taken for "no match".

    Texts lose the blanks around them, as in cells; a blank one is empty. Yes and no may be 1 and 0, y and n or ticks, a
    code of digits may come as a number, a number as a text.
    """
    if isinstance(raw, str):
        raw = raw.strip()
        if raw in CELL_ERRORS:
            return UNREADABLE
        if kind not in (Kind.ANY, Kind.LIST, Kind.TEXT):
            return _from_text(fold_name(raw), kind)
    value = from_json(raw, kind)
    if value is None or kind in (Kind.ANY, Kind.LIST, kind_of(value)):
        return value
    if isinstance(value, Decimal) and kind is Kind.TEXT:
        return format(value, "f")
    if isinstance(value, date):
        return _instant(Literal(value), kind)
    return bool(value) if kind is Kind.BOOLEAN and value in (0, 1) else UNREADABLE


def number_in(text: str) -> Decimal | Unreadable:
    """`1200`, `1,200`, `¥1,200`, `1.2e3`, `２万` or `30%` as a number. `1,20` and `1.200,50` may mean two things, so they are none."""
    if (said := written.number(text)) is not None:
        return said
    value = read(Literal(fold_name(text)), Kind.NUMBER)
    return value if isinstance(value, Decimal) else UNREADABLE


def _from_text(text: str, kind: Kind) -> Value | Unreadable:
    if not text:
        return None
    if kind is Kind.NUMBER:
        return number_in(text)
    if kind is Kind.BOOLEAN and (said := written.yes_no(text)) is not None:
        return said
    value = _iso(text, kind)
    return _instant(Literal(text), kind) if isinstance(value, Unreadable) else value


def _iso(text: str, kind: Kind) -> Value | Unreadable:
    """ISO 8601, of which `read` knows the plain forms only: zones, fractions of seconds, no hyphens."""
    try:
        if kind is Kind.TIME:
            clock = time.fromisoformat(text)
            return clock if clock.tzinfo is None else UNREADABLE
        moment = datetime.fromisoformat(text)
        return moment if kind is Kind.DATETIME else read(Literal(moment), kind)
    except ValueError:
        return UNREADABLE


def _instant(literal: Literal, kind: Kind) -> Value | Unreadable:
    """A day as an instant is its beginning; an instant is a day where it is one's beginning."""
    value = read(literal, kind)
    if kind is Kind.DATETIME and isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time())
    return value
