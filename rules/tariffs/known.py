"""Which tariffs the columns may compute: those without any feature that was added after them."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import Any, Final

from banshi.rules.expressions import fold_name
from banshi.rules.tariffs.model import Method, Tariff
from banshi.rules.tariffs.rounding import MODES

_KNOWN_OF_LINE: Final = frozenset(
    [
        "item",
        "method",
        "number",
        "label",
        "label_en",
        "quantity",
        "adds",
        "low",
        "high",
        "rate",
        "when",
        "valid_from",
        "valid_until",
        "season",
        "prorate",
        "rounding",
        "minimum",
        "maximum",
        "share",
        "unread",
        "reference",
        "note",
        "place",
        "adds_place",
    ]
)
_KNOWN_OF_TARIFF: Final = frozenset({"name", "lines", "place"})
_KNOWN_METHODS: Final = frozenset(["marginal", "whole", "flat", "fixed", "percent", "credit", "total"])
_KNOWN_OF_ROUNDING: Final = frozenset({"unit", "direction"})


def knows(tariff: Tariff) -> bool:
    """Whether the columns know every feature that the tariff uses."""
    return (
        _plain(tariff, _KNOWN_OF_TARIFF)
        and all(
            line.method in _KNOWN_METHODS
            and line.rounding.direction in MODES
            and _plain(line, _KNOWN_OF_LINE)
            and _plain(line.rounding, _KNOWN_OF_ROUNDING)
            for line in tariff.lines
        )
        and not _reads_unfinished(tariff)
        and not _mixes_totals(tariff)
    )


def _plain(thing: Any, known: frozenset[str]) -> bool:
    """Whether everything that was not known when this was written has its default value."""
    for entry in fields(thing):
        if entry.name in known:
            continue
        default = entry.default if entry.default_factory is MISSING else entry.default_factory()
        if getattr(thing, entry.name) != default:
            return False
    return True


def _reads_unfinished(tariff: Tariff) -> bool:
    """Whether a line reads an item that has more lines below: its value would change in the middle of a ladder."""
    for i, line in enumerate(tariff.lines):
        later = {fold_name(item.item) for item in tariff.lines[i:]}
        names = {fold_name(name) for expression in line.expressions for name in expression.names}
        if later & (names | {fold_name(name) for name in line.adds}):
            return True
    return False


def _mixes_totals(tariff: Tariff) -> bool:
    """Whether an item has lines that charge and lines that add up what is charged (the check refuses it)."""
    totals = {line.item for line in tariff.lines if line.method is Method.TOTAL}
    return any(line.item in totals and line.method is not Method.TOTAL for line in tariff.lines)
