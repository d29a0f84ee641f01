"""How analyses tell an input: `用电量 = 130，用户类型 = 新客户`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from banshi.rules.tables.atoms import DAYS
from banshi.rules.tables.explaining import shown
from banshi.rules.tables.table import Table
from banshi.rules.values import Value

_WHAT = {"gaps": ("有没有遗漏的情况", "gaps"), "reach": ("有没有永远轮不到的行", "rows that can never decide")}


def example(values: Mapping[str, Value]) -> str:
    """An input as a sentence names it; a day without its label, as everybody writes it."""
    named = [
        str(value) if label == DAYS and isinstance(value, date) else f"{label} = {shown(value)}"
        for label, value in values.items()
    ]
    return "，".join(named) or "任何输入 / any input"


def rows_named(table: Table, rows: Iterable[int]) -> str:
    """Rows in their order as a sentence names them: `4、6、12–340`."""
    runs: list[list[int]] = []
    for row in rows:
        if runs and row == runs[-1][-1] + 1:
            runs[-1].append(row)
        else:
            runs.append([row])
    labels = [[table.rows[row].label for row in run] for run in runs]
    return "、".join(f"{run[0]}–{run[-1]}" if len(run) > 2 else "、".join(run) for run in labels)


def lines_about(what: str) -> tuple[str, str]:
    """What an analysis looks for, in both languages."""
    return _WHAT[what]
