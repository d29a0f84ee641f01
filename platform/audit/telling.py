"""What a decision came to, in lines that staff read: the result of a table, the amounts of a bill, what a policy says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, time
from decimal import Decimal
from typing import Any

from banshi.platform.audit.labels import PLAIN, Labels

_WORDS = {
    "zh": {
        "total": "合计", "nothing": "没有适用的行", "quiet": "没有需要注意的", "unchecked": "未核查", "yes": "是", "no": "否", "colon": "：",
        "comma": "、", "forbid": "禁止", "require": "必须", "warn": "提醒", "allow": "允许",
    },
    "en": {
        "total": "Total", "nothing": "No row applies", "quiet": "Nothing to note", "unchecked": "not checked", "yes": "yes", "no": "no",
        "colon": ": ", "comma": ", ", "forbid": "forbid", "require": "require", "warn": "warn", "allow": "allow",
    },
}  # fmt: skip


def told(kind: str, name: str, outputs: Any, language: str, labels: Labels = PLAIN) -> tuple[str, ...]:
    """The lines of a decision's outputs as the rule log keeps them (JSON values), called by `labels`; at least one."""
    words = _WORDS["en" if language == "en" else "zh"]
    match kind:
        case "tariff":
            lines = _bill(name, outputs or {}, words, labels)
        case "policy":
            lines = _policy(outputs or {}, words, language, labels)
        case _:
            lines = _table(name, outputs, language, labels)
    return tuple(lines) or (words["quiet" if kind == "policy" else "nothing"],)


def plainly(value: Any, language: str) -> str:
    """A value of a record as text."""
    words = _WORDS["en" if language == "en" else "zh"]
    match value:
        case None:
            return "—"
        case bool():
            return words["yes" if value else "no"]
        case Decimal():
            return format(value, "f")
        case Mapping():
            return str(value["error"]) if "error" in value else "；".join(_pairs(value, language))
        case list() | tuple():
            return words["comma"].join(plainly(item, language) for item in value) or "—"
        case date() | time():
            return value.isoformat()
        case _:
            return str(value)


def _pairs(values: Mapping[str, Any], language: str, labels: Labels = PLAIN) -> Iterator[str]:
    for key, value in values.items():
        yield f"{labels.name(key)} = {_called(value, language, labels)}"


def _called(value: Any, language: str, labels: Labels) -> str:
    """A result; texts that are choices by their labels."""
    if isinstance(value, str):
        return labels.text(value)
    if isinstance(value, list | tuple):
        return plainly([_called(item, language, labels) for item in value], language)
    return plainly(value, language)


def _table(name: str, outputs: Any, language: str, labels: Labels) -> Iterator[str]:
    """One row's results, a line for each of several rows, or the one number of an aggregating table."""
    if isinstance(outputs, Mapping):
        yield from _pairs(outputs, language, labels)
    elif isinstance(outputs, list | tuple):
        for row in outputs:
            whole = isinstance(row, Mapping) and "error" not in row
            yield "；".join(_pairs(row, language, labels)) if whole else plainly(row, language)
    elif outputs is not None:
        yield f"{name} = {plainly(outputs, language)}"


def _bill(name: str, outputs: Mapping[str, Any], words: Mapping[str, str], labels: Labels) -> Iterator[str]:
    """The items that cost or give something, then the total."""
    total = f"{name}.total"
    for item, amount in outputs.items():
        if item != total and amount != 0:
            yield f"{labels.name(item)} = {amount_text(amount)}"
    yield f"{words['total']} = {amount_text(outputs.get(total))}"


def amount_text(amount: Any) -> str:
    """An amount without the zeros that exact multiplication leaves behind the fen."""
    if isinstance(amount, bool) or not isinstance(amount, Decimal | int):
        return plainly(amount, "zh")
    amount = Decimal(amount)
    return f"{amount:.{max(2, -int(amount.normalize().as_tuple().exponent))}f}"


def _policy(outputs: Mapping[str, Any], words: Mapping[str, str], language: str, labels: Labels) -> Iterator[str]:
    """What the findings say, then the facts that were concluded."""
    for found in outputs.get("findings", ()):
        verdict = words["unchecked"] if not found.get("checked", True) else words.get(found["verdict"], "")
        message = (found.get("message_en") if language == "en" else "") or found["message"]
        head = f"{found['id']} {verdict}".strip()
        yield f"{head}{words['colon']}{message}" if message else head
    for fact, value in outputs.get("facts", {}).items():
        called = labels.name(fact)
        yield called if value is True else f"{called} = {_called(value, language, labels)}"
