"""Answers as they come (JSON) made into typed values, or the fault that says why they do not fit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

from banshi.platform.forms import faults
from banshi.platform.forms.narrow import narrowed
from banshi.platform.service.model import Field
from banshi.rules import written
from banshi.rules.diagnostics import Fault
from banshi.rules.expressions.convert import local, round_to
from banshi.rules.values import Kind, Value, from_json

MOST_DIGITS = 28
MOST_CHARACTERS = 20_000
MOST_ROWS = 500
MOST_FILES = 20

_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})([T ].*)?")
_MOMENT_FAULTS = {Kind.DATE: faults.NOT_A_DATE, Kind.TIME: faults.NOT_A_TIME, Kind.DATETIME: faults.NOT_A_DATETIME}
_PART_FAULTS = {"month": faults.NOT_A_MONTH, "year": faults.NOT_A_YEAR}
_RECORDINGS = {"audio": "音频", "video": "视频"}
_COMPUTED_PLACES = {"integer": 0, "money": 2, "decimal": MOST_DIGITS}
"""Digits behind the point that a computed number keeps, by the type of its question."""
_FILE_KEYS = ("id", "name", "size", "type")


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: what expressions see, what is stored (a file's facts, say), and the fault when it does not fit."""

    value: Value = None
    stored: Any = None
    fault: Fault | None = None
    facts: Mapping[str, object] | None = None


EMPTY = Answer()
UNTICKED = Answer("")
"""A box that is not ticked says no; it is not unknown, as a question without an answer is."""


def plain(value: Value) -> Answer:
    """An answer that is stored as expressions see it."""
    return Answer(value, value)


def read_answer(field: Field, raw: object, zone: tzinfo | None = None) -> Answer:
    """The typed answer to a field. Nothing raises: what does not fit is a fault. Times without a zone are in `zone`."""
    if raw is None or raw == [] or (isinstance(raw, str) and not written.bare(raw)):
        return UNTICKED if field.type == "acknowledge" else EMPTY
    if field.type in {"file", "image"}:
        return _files(field, raw)
    if field.kind is Kind.LIST:
        return _several(raw)
    if field.type == "acknowledge":
        return _acknowledged(field, raw)
    match field.kind:
        case Kind.NUMBER:
            return _number(field, raw)
        case Kind.DATE | Kind.TIME | Kind.DATETIME:
            return _moment(field, raw, zone)
        case Kind.BOOLEAN:
            value = _yes_no(raw)
            return plain(value) if value is not None else Answer(fault=faults.NOT_YES_NO)
        case _:
            return _text(field, raw)


def is_empty(value: object) -> bool:
    """Whether a value counts as not filled in."""
    return value is None or value == () or value == ""


def _text(field: Field, raw: object) -> Answer:
    if isinstance(raw, bool) or not isinstance(raw, (str, int, float, Decimal, date, time)):
        return Answer(fault=faults.NOT_TEXT)
    if isinstance(raw, Decimal) and abs(raw.adjusted()) > MOST_DIGITS:
        return Answer(fault=faults.NUMBER_TOO_LONG, facts={"most": MOST_DIGITS})
    # Spaces that came along from copying would keep rules from recognising a word.
    text = narrowed(field, written.bare(_written(raw)))
    if len(text) > MOST_CHARACTERS:
        return Answer(fault=faults.TEXT_TOO_LONG, facts={"most": MOST_CHARACTERS})
    return plain(text) if text else EMPTY


def _written(raw: object) -> str:
    if isinstance(raw, Decimal):
        return format(raw, "f")
    return raw.isoformat() if isinstance(raw, (date, time)) else str(raw)


def _number(field: Field, raw: object) -> Answer:
    if isinstance(raw, bool) or not isinstance(raw, (str, int, float, Decimal)):
        return Answer(fault=faults.NOT_A_NUMBER)
    if isinstance(raw, str):
        if len(raw) > 4 * MOST_DIGITS:
            return Answer(fault=faults.NUMBER_TOO_LONG, facts={"most": MOST_DIGITS})
        if not raw.strip():
            return EMPTY
        said = written.number(raw)
        if said is None:
            odd = written.has_odd_commas(raw)
            return (
                Answer(fault=faults.ODD_COMMAS, facts={"text": raw.strip()})
                if odd
                else Answer(fault=faults.NOT_A_NUMBER)
            )
        raw = said
    if isinstance(raw, int) and raw.bit_length() > 128:
        return Answer(fault=faults.NUMBER_TOO_LONG, facts={"most": MOST_DIGITS})
    number = from_json(raw, Kind.NUMBER)
    if not isinstance(number, Decimal) or not number.is_finite():
        return Answer(fault=faults.NOT_A_NUMBER)
    exponent = number.as_tuple().exponent
    if number.adjusted() >= MOST_DIGITS or (isinstance(exponent, int) and exponent < -MOST_DIGITS):
        return Answer(fault=faults.NUMBER_TOO_LONG, facts={"most": MOST_DIGITS})
    if field.type == "integer" and number != number.to_integral_value():
        return Answer(fault=faults.NOT_WHOLE)
    if field.type == "money" and _places(number) > 2:
        return Answer(fault=faults.NOT_MONEY)
    return plain(number)


def fitted(field: Field, value: Value) -> Value:
    """A computed value as its question holds it: money rounded to the fen, a whole number cut as ODK does.

    Others keep as many digits as a number may have. Nobody could mend what a rule computes.
    """
    if field.type not in _COMPUTED_PLACES:
        return value
    number = written.number(value) if isinstance(value, str) else value
    if not isinstance(number, Decimal) or not number.is_finite():
        return value
    places = _COMPUTED_PLACES[field.type]
    if _places(number) <= places:
        return value
    return round_to(number, places, ROUND_DOWN if field.type == "integer" else ROUND_HALF_UP)


def _places(number: Decimal) -> int:
    """How many digits a number has behind its point, zeros at the end left out."""
    _, digits, exponent = number.as_tuple()
    zeros = len(digits) - len("".join(map(str, digits)).rstrip("0"))
    return max(0, -(exponent + zeros)) if isinstance(exponent, int) else 0


def _moment(field: Field, raw: object, zone: tzinfo | None) -> Answer:
    kind, part = field.kind, part_of(field)
    value: Value = None
    if isinstance(raw, (date, time)):
        value = raw
    elif isinstance(raw, str):
        if not raw.strip():
            return EMPTY
        value = _said(kind, raw, part)
    elif part == "year" and isinstance(raw, (int, Decimal)) and not isinstance(raw, bool):
        value = written.day(str(raw), part)
    if isinstance(value, datetime):
        if kind is Kind.DATE:
            value = local(value, zone).date()
        elif value.tzinfo is None:
            value = value.replace(tzinfo=zone)
    wanted = {Kind.DATE: date, Kind.TIME: time, Kind.DATETIME: datetime}[kind]
    if not isinstance(value, wanted):
        return Answer(fault=_PART_FAULTS.get(part, _MOMENT_FAULTS[kind]))
    return plain(written.first_of(value, part) if kind is Kind.DATE and isinstance(value, date) else value)


def _said(kind: Kind, raw: str, part: str) -> Value:
    """A text as a browser writes it, else as people do."""
    text = written.plain(raw)
    value = from_json(text, kind) if kind is not Kind.DATE or _DATE.fullmatch(text) else None
    if isinstance(value, (date, time)):
        return value
    match kind:
        case Kind.DATE:
            return written.day(text, part)
        case Kind.TIME:
            return written.clock(text)
        case _:
            return written.moment(text)


def part_of(field: Field) -> str:
    """Which part of a date is asked, where it is not all of it: `month` or `year`."""
    looks = field.appearance.split() if field.type == "date" else ()
    return "year" if "year" in looks else "month" if "month-year" in looks else ""


def _yes_no(raw: object) -> bool | None:
    if isinstance(raw, bool):
        return raw
    return written.yes_no(_written(raw)) if isinstance(raw, (str, int, Decimal)) else None


def _acknowledged(field: Field, raw: object) -> Answer:
    value = _yes_no(raw)
    if value is None:
        return Answer(fault=faults.NOT_YES_NO)
    if not value:
        return UNTICKED
    # XLSForm stores the text OK; a checker that takes the field for a boolean sees true.
    return plain(True if field.kind is Kind.BOOLEAN else "OK")


def _several(raw: object) -> Answer:
    items: Sequence[object] = raw.split() if isinstance(raw, str) else raw if isinstance(raw, (list, tuple)) else (raw,)
    if any(isinstance(item, bool) or not isinstance(item, (str, int, Decimal)) for item in items):
        return Answer(fault=faults.NOT_TEXT)
    return plain(tuple(dict.fromkeys(_written(item) for item in items)))


def most_files(field: Field) -> int:
    """How many files a field takes: the parameter `max-files`, else one, or twenty with the appearance `multiple`."""
    written = field.parameters.get("max-files", "")
    if written.isdigit():
        return max(1, min(int(written), MOST_FILES))
    return MOST_FILES if "multiple" in field.appearance.split() else 1


def _files(field: Field, raw: object) -> Answer:
    items = raw if isinstance(raw, (list, tuple)) else [raw]
    kept: list[dict[str, object]] = []
    for item in items:
        if (
            not isinstance(item, Mapping)
            or not isinstance(item.get("id"), str)
            or not isinstance(item.get("name"), str)
        ):
            return Answer(fault=faults.NOT_A_FILE)
        if field.type == "image" and not str(item.get("type", "")).startswith("image/"):
            return Answer(fault=faults.NOT_AN_IMAGE)
        for kind, kind_zh in _RECORDINGS.items():
            if kind in field.appearance.split() and not str(item.get("type", "")).startswith(f"{kind}/"):
                return Answer(fault=faults.NOT_A_RECORDING, facts={"kind": kind, "kind_zh": kind_zh})
        kept.append({key: item[key] for key in _FILE_KEYS if isinstance(item.get(key), (str, int, Decimal))})
    most = most_files(field)
    if len(kept) > most:
        return Answer(fault=faults.TOO_MANY_FILES, facts={"most": most})
    names = tuple(str(item["name"]) for item in kept)
    return Answer(names[0], kept[0]) if most == 1 else Answer(names, kept)
