"""Sharing the lines of a bill over people, equally or by weight, adding up to the fen."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final

from banshi.rules.decision import Explanation, Outcome
from banshi.rules.diagnostics import Diagnostic
from banshi.rules.expressions import Environment, evaluate
from banshi.rules.tariffs import faults
from banshi.rules.tariffs.model import Line
from banshi.rules.tariffs.rounding import EXACT, FEN, MOST, shares
from banshi.rules.values import ErrorValue, Value

MOST_SHARES: Final = 10_000
"""No dormitory, trip or dinner has more people; a mistyped number must not fill the memory."""

_SEVERAL = re.compile(r"[、,，;；\n]")
_NUMBER = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,15})?", re.ASCII)

Failed = Callable[[Outcome, Diagnostic], None]


def share_out(
    lines: Sequence[tuple[Decimal, Line, Environment]], failed: Failed
) -> tuple[tuple[tuple[str, Decimal], ...], tuple[Explanation, ...]]:
    """The shares of all lines, added up by person, and their explanations.

    Two people of one name are two shares. Where one line cannot be shared there are no shares at all, only the fault.
    """
    sums: dict[tuple[str, int], Decimal] = {}
    notes: list[Explanation] = []
    sound = True
    for amount, line, env in lines:
        labels = _labels(line, env, failed)
        if labels is None:
            sound = False
            continue
        weights = _weights(line, env, len(labels), failed)
        if weights is None:
            sound = False
            continue
        seen: Counter[str] = Counter()
        parts = []
        for label, part in zip(labels, shares(amount, weights, unit_of(line)), strict=True):
            seen[label] += 1
            key = (label, seen[label])
            sums[key] = EXACT.add(sums.get(key, Decimal(0)), part)
            parts.append(Explanation(label, part))
        notes.append(_told(line, amount, tuple(parts)))
    return tuple((label, part) for (label, _), part in sums.items()) if sound else (), tuple(notes)


def _told(line: Line, amount: Decimal, parts: tuple[Explanation, ...]) -> Explanation:
    assert line.share is not None
    zh = f"{line.label or line.item} {amount:f} 由 {len(parts)} 人分摊，除不尽的分{'由' if amount > 0 else '归'}前面的人{'承担' if amount > 0 else ''}"
    en = f"{line.label or line.item} {amount:f} shared by {len(parts)}; the first ones {'bear' if amount > 0 else 'get'} the odd fen"
    if line.weights is not None:
        zh = f"{line.label or line.item} {amount:f} 由 {len(parts)} 人按 {line.weights.text.strip()} 分摊，余数最大的先补一分"
        en = f"{line.label or line.item} {amount:f} shared by {len(parts)} by {line.weights.text.strip()}, largest remainder first"
    return Explanation(line.label or line.item, amount, line.share.place, zh, en, parts)


def unit_of(line: Line) -> Decimal:
    """The smallest share: a fen of money, the rounding of another unit."""
    return line.rounding.unit if line.unit and line.rounding.unit else FEN


def _weights(line: Line, env: Environment, count: int, failed: Failed) -> tuple[Decimal, ...] | None:
    """One weight a person; all alike where the sheet gives none."""
    if line.weights is None:
        return (Decimal(1),) * count
    value = evaluate(line.weights, env)
    if isinstance(value, ErrorValue):
        failed(Outcome.ERROR, value.diagnostic)
        return None
    found = (
        tuple(map(_weight, _several(value)))
        if isinstance(value, str)
        else value
        if isinstance(value, tuple)
        else (value,)
    )
    if any(weight is None or weight == "" for weight in found):
        failed(Outcome.NOT_CHECKED, faults.EMPTY_NUMBER.at(line.weights.place, part=line.weights.text.strip()))
        return None
    numbers = tuple(
        weight for weight in found if isinstance(weight, Decimal) and weight.is_finite() and 0 <= weight < MOST
    )
    if len(numbers) != count or len(found) != count or not any(numbers):
        failed(
            Outcome.ERROR, faults.WEIGHTS.at(line.weights.place, part=line.weights.text.strip(), value=_shown(value))
        )
        return None
    return numbers


def _labels(line: Line, env: Environment, failed: Failed) -> tuple[str, ...] | None:
    assert line.share is not None
    value = evaluate(line.share, env)
    if isinstance(value, ErrorValue):
        failed(Outcome.ERROR, value.diagnostic)
        return None
    if value is None or value == "":
        failed(Outcome.NOT_CHECKED, faults.EMPTY_NUMBER.at(line.share.place, part=line.share.text))
        return None
    labels = _names(value)
    if not labels or len(labels) > MOST_SHARES:
        facts = {"part": line.share.text, "value": _shown(value), "limit": MOST_SHARES}
        failed(Outcome.ERROR, faults.NOBODY.at(line.share.place, **facts))
        return None
    return labels


def _names(value: Value) -> tuple[str, ...]:
    """One label a share: the elements of a list, what a text lists, or the numbers from 1. Nothing where the value is no such thing."""
    if isinstance(value, tuple):
        return tuple(_shown(item) or str(i) for i, item in enumerate(value, start=1))
    if isinstance(value, str):
        return tuple(filter(None, _several(value))) or (value,)
    if not isinstance(value, Decimal) or not 1 <= value <= MOST_SHARES or value != int(value):
        return ()
    return tuple(str(i) for i in range(1, int(value) + 1))


def _several(text: str) -> tuple[str, ...]:
    """What a cell of a plain table lists, `李雷、韩梅梅` or `30, 20`, one by one."""
    return tuple(part.strip() for part in _SEVERAL.split(text.strip()))


def _weight(text: str) -> Value:
    return Decimal(text) if _NUMBER.fullmatch(text) else text


def _shown(value: Value) -> str:
    if isinstance(value, tuple):
        return "、".join(map(_shown, value)) or "[]"
    return format(value, "f") if isinstance(value, Decimal) else "" if value is None else str(value)
