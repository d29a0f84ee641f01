"""What is shown of data sets and of tables that are to replace them: plain frozen records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from banshi.platform.publishing.failing import only_failing
from banshi.platform.replacing.differing import TableDiff
from banshi.platform.replacing.uses import Use
from banshi.platform.views import PlanRow, Report, VersionRow
from banshi.rules.diagnostics import Diagnostic


@dataclass(frozen=True, slots=True, kw_only=True)
class DataTable:
    """A data set of the live version. `since` and `until` are the first and last day that its rows are dated by, `file` the one
    beside the workbook that they stand in, `readings` whether they are readings of meters, `uses` what reads it. `rows` are those of the
    sheet; of a `register` cases have others, `taken` of them now.
    """

    name: str
    sheet: str
    file: str
    rows: int
    columns: Sequence[str]
    keys: Sequence[str]
    since: str = ""
    until: str = ""
    readings: bool = False
    register: bool = False
    taken: int = 0
    version: str = ""
    published_at: datetime | None = None
    uses: Sequence[Use] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RowCase:
    """The case whose row stands in a register; `seen` says whether the person who looks may see the case."""

    service_id: str
    case_id: str
    number: str
    seen: bool


class Origin(StrEnum):
    """Which rows of a register are wanted."""

    ALL = ""
    SHEET = "sheet"
    CASES = "cases"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataRows:
    """One page of the rows of a data set, as texts; `total` counts those that hold the word that was searched.

    `cases` has an entry a row: the case that it comes from, None for the rows of the sheet, which come first.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    cases: Sequence[RowCase | None]
    page: int
    size: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DataReport:
    """A table that was checked: its faults at their cells, what replacing would change, and what the workbook with it says.

    `workbook` and `data` are that workbook, where the table has no errors and there is something to change; `report` is its
    check. `replaces` is the version that was compared with.
    """

    service_id: str
    name: str
    file: str
    diagnostics: Sequence[Diagnostic] = ()
    diff: TableDiff | None = None
    uses: Sequence[Use] = ()
    replaces: str = ""
    report: Report | None = None
    markable: bool = False
    workbook: str = ""
    data: bytes = field(default=b"", repr=False)

    @property
    def emptied(self) -> bool:
        """Whether every row would go."""
        return self.diff is not None and self.diff.before > 0 and self.diff.after == 0

    @property
    def same(self) -> bool:
        """Whether the table says what the data set says already."""
        return self.diff is not None and self.diff.same

    @property
    def failing(self) -> tuple[str, ...]:
        """The examples that alone keep it from replacing the data set: somebody may agree that they fail."""
        return only_failing(self.report) if self.report is not None else ()

    @property
    def replaceable(self) -> bool:
        """Whether it may replace the data set."""
        return self.report is not None and self.report.publishable


Replaced = tuple[DataReport, VersionRow | PlanRow | None]
"""What was found in a table, and what became of it: the version that is live, a plan, or nothing where it has faults."""
