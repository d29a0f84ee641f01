"""Answers as they come (JSON) made into typed values, or the fault that says why they do not fit."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from decimal import Decimal
from typing import Any

from banshi.platform.forms import faults
from banshi.platform.service.model import Field
from banshi.rules.diagnostics import Fault
from banshi.rules.expressions.convert import local
from banshi.rules.values import Kind, Value, from_json

MOST_DIGITS = 28
MOST_CHARACTERS = 20_000
MOST_ROWS = 500
MOST_FILES = 20

_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})([T ].*)?")
_WRITTEN_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_SHORT_TIME = re.compile(r"\d:\d{2}(:\d{2})?")
_YES = {
    "true": True,
    "1": True,
    "ok": True,
    "yes": True,
    "是": True,
    "false": False,
    "0": False,
    "no": False,
    "否": False,
}
_RECORDINGS = {"audio": "音频", "video": "视频"}
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
    if raw is None or raw == "" or raw == []:
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
            return _moment(field.kind, raw, zone)
        case Kind.BOOLEAN:
            value = _yes_no(raw)
            return plain(value) if value is not None else Answer(fault=faults.NOT_YES_NO)
        case _:
            return _text(raw)


def is_empty(value: object) -> bool:
    """Whether a value counts as not filled in."""
    return value is None or value == () or value == ""


def _text(raw: object) -> Answer:
    if isinstance(raw, bool) or not isinstance(raw, (str, int, float, Decimal, date, time)):
        return Answer(fault=faults.NOT_TEXT)
    if isinstance(raw, Decimal) and abs(raw.adjusted()) > MOST_DIGITS:
        return Answer(fault=faults.NUMBER_TOO_LONG, facts={"most": MOST_DIGITS})
    # Spaces that came along from copying would keep rules from recognising a word.
    text = _written(raw).strip()
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
        text = unicodedata.normalize("NFKC", raw).strip()
        text = text.replace(",", "") if _GROUPED.fullmatch(text) else text
        if not text:
            return EMPTY
        raw = text if _NUMBER.fullmatch(text) else ""
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


def _places(number: Decimal) -> int:
    """How many digits a number has behind its point, zeros at the end left out."""
    _, digits, exponent = number.as_tuple()
    zeros = len(digits) - len("".join(map(str, digits)).rstrip("0"))
    return max(0, -(exponent + zeros)) if isinstance(exponent, int) else 0


_MOMENT_FAULTS = {Kind.DATE: faults.NOT_A_DATE, Kind.TIME: faults.NOT_A_TIME, Kind.DATETIME: faults.NOT_A_DATETIME}


def _moment(kind: Kind, raw: object, zone: tzinfo | None) -> Answer:
    value: Value = None
    if isinstance(raw, (date, time)):
        value = raw
    elif isinstance(raw, str):
        text = _as_browsers_write(unicodedata.normalize("NFKC", raw).strip(), kind)
        if not text:
            return EMPTY
        value = from_json(text, kind) if kind is not Kind.DATE or _DATE.fullmatch(text) else None
    if isinstance(value, datetime):
        if kind is Kind.DATE:
            value = local(value, zone).date()
        elif value.tzinfo is None:
            value = value.replace(tzinfo=zone)
    wanted = {Kind.DATE: date, Kind.TIME: time, Kind.DATETIME: datetime}[kind]
    return plain(value) if isinstance(value, wanted) else Answer(fault=_MOMENT_FAULTS[kind])


def _as_browsers_write(text: str, kind: Kind) -> str:
    """`2026/9/1` as 2026-09-01 and `8:00` as 08:00; anything else as it stands."""
    if kind is Kind.DATE and (found := _WRITTEN_DATE.fullmatch(text)):
        return "{:04}-{:02}-{:02}".format(*map(int, found.groups()))
    return f"0{text}" if kind is Kind.TIME and _SHORT_TIME.fullmatch(text) else text


def _yes_no(raw: object) -> bool | None:
    if isinstance(raw, bool):
        return raw
    return _YES.get(_written(raw).strip().lower()) if isinstance(raw, (str, int, Decimal)) else None


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
