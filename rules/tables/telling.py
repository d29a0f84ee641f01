"""How analyses tell an input: `用电量 = 130，用户类型 = 新客户`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from banshi.rules.tables.atoms import DAYS
from banshi.rules.tables.explaining import shown
from banshi.rules.values import Value

_WHAT = {"gaps": ("有没有遗漏的情况", "gaps"), "reach": ("有没有永远轮不到的行", "rows that can never decide")}


def example(values: Mapping[str, Value]) -> str:
    """An input as a sentence names it; a day without its label, as everybody writes it."""
    named = [
        str(value) if label == DAYS and isinstance(value, date) else f"{label} = {shown(value)}"
        for label, value in values.items()
    ]
    return "，".join(named) or "任何输入 / any input"


def lines_about(what: str) -> tuple[str, str]:
    """What an analysis looks for, in both languages."""
    return _WHAT[what]
