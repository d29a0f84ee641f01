"""The sheet `board` as data: charts of a service's cases, steps that wait, bills, or rows of a data sheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from banshi.rules.diagnostics import NOWHERE, Place
from banshi.rules.expressions import Expression


class ChartKind(StrEnum):
    """What a chart tells of each group: how many, a sum, the same by months, the largest, how many are late, each part of all."""

    COUNT = "count"
    SUM = "sum"
    TREND = "trend"
    RANKING = "ranking"
    OVERDUE = "overdue"
    SHARE = "share"


class From(StrEnum):
    """What is counted."""

    CASES = "cases"
    TASKS = "tasks"
    BILLS = "bills"
    DATA = "data"


BOARD_NAMES: Mapping[str, tuple[str, str]] = {
    "state": ("case.state", "办件.状态"),
    "month": ("case.month", "办件.月份"),
    "unit": ("case.unit", "办件.单位"),
    "step": ("task.step", "待办.环节"),
    "overdue": ("task.overdue", "待办.超期"),
    "tariff": ("bill.tariff", "账单.收费"),
    "total": ("bill.total", "账单.合计"),
}
"""What groups, values and conditions may read beside fields or columns, each in both languages."""
OF: Mapping[From, tuple[str, ...]] = {
    From.CASES: ("state", "month", "unit"),
    From.TASKS: ("state", "month", "unit", "step", "overdue"),
    From.BILLS: ("state", "month", "unit", "tariff", "total"),
    From.DATA: (),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One row of the board sheet.

    `title` is by language, `name` the data sheet, `group` what tells groups apart (None: all are one), `value` what is added up,
    `only` which rows count.
    """

    kind: ChartKind
    title: Mapping[str, str]
    source: From
    name: str = ""
    group: Expression | None = None
    value: Expression | None = None
    only: Expression | None = None
    place: Place = NOWHERE
    cells: Mapping[str, Place] = field(default_factory=dict, compare=False)

    @property
    def expressions(self) -> Iterator[Expression]:
        """Every expression of the row."""
        yield from (one for one in (self.group, self.value, self.only) if one is not None)

    def at(self, column: str) -> Place:
        """The cell of a column, else that of the row."""
        return self.cells.get(column, self.place)

    def titled(self, language: str) -> str:
        """The title in a language, else in the other one."""
        return self.title.get(language) or next(iter(self.title.values()), "")
