"""The data sets of a service for its owner: looked at, given away, and replaced by a new table through the same publishing.

A new table is put into the workbook that is live, and what comes of it is checked, consented to and published as any other
workbook is. A table that says the same publishes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from pathlib import Path

from banshi.platform.errors import Declined, NewerVersion, NotFound, plain_failures
from banshi.platform.exports import Export, table_file
from banshi.platform.people.directory import Person
from banshi.platform.replacing import faults
from banshi.platform.replacing.aligning import OF_CASE, aligned
from banshi.platform.replacing.differing import What, differing, steps, told
from banshi.platform.replacing.putting import put
from banshi.platform.replacing.reading import as_workbook, is_text, read_upload
from banshi.platform.replacing.tables import Kept, kept_tables
from banshi.platform.replacing.taken import Taken
from banshi.platform.replacing.uses import uses_of_data
from banshi.platform.replacing.views import DataReport, DataRows, DataTable, Origin, Replaced
from banshi.platform.views import ChangeView, VersionRow
from banshi.platform.workbook.marking import marked_copy
from banshi.platform.workbook.safety import Refused, is_old_excel
from banshi.platform.workbook.writing import Entry
from banshi.platform.workshop import Workshop
from banshi.rules.cells import Cell
from banshi.rules.datasets import Dataset
from banshi.rules.diagnostics import NOWHERE, has_errors

_SHORT = 12
_TRIES = 4
_MOST_REMEMBERED = 8


@plain_failures
class DataDesk:
    """See the module. A method says NotAllowed to whoever does not own the service that it is about."""

    def __init__(self, workshop: Workshop, taken: Taken, clock: Callable[[], datetime]) -> None:
        self._workshop = workshop
        self._taken = taken
        self._clock = clock
        self._read: dict[str, dict[str, Kept]] = {}

    def tables(self, person: Person, service_id: str) -> list[DataTable]:
        """The data sets of the live version, in the order of their sheets."""
        version, _, _ = self._live(person, service_id)
        service = self._workshop.live_service(service_id)
        return [
            DataTable(
                name=kept.name,
                sheet=kept.sheet.name,
                file=kept.file,
                rows=len(kept.table.rows),
                columns=kept.dataset.columns,
                keys=kept.table.keys,
                since=since,
                until=until,
                readings=kept.dataset.readings is not None,
                register=kept.name in service.registers,
                taken=len(self._taken.rows(service, kept.name)),
                version=version.version,
                published_at=version.published_at,
                uses=uses_of_data(service, kept.name),
            )
            for kept in self._tables(person, service_id)[1].values()
            for since, until in (_span(kept.dataset),)
        ]

    def rows(
        self,
        person: Person,
        service_id: str,
        name: str,
        *,
        query: str = "",
        origin: Origin = Origin.ALL,
        page: int = 1,
        size: int = 50,
    ) -> DataRows:
        """The rows of a data set that hold a word, with what is computed from them; behind them those of cases, newest first."""
        dataset = self._table(person, service_id, name)[1].dataset
        service, columns = self._workshop.live_service(service_id), dataset.columns
        own = [] if origin is Origin.CASES else [row for row in dataset.rows if _holds(row, columns, query)]
        taken = [] if origin is Origin.SHEET else self._taken.rows(service, name, query)
        start, end = (page - 1) * size, page * size
        mine = own[start:end]
        theirs = taken[max(0, start - len(own)) : max(0, end - len(own))]
        case_of = self._taken.case_of(person)
        return DataRows(
            columns=columns,
            rows=[[told(row[c]) for c in columns] for row in (*mine, *(one.cells for one in theirs))],
            cases=[*(None for _ in mine), *map(case_of, theirs)],
            page=page,
            size=size,
            total=len(own) + len(taken),
        )

    def export(
        self, person: Person, service_id: str, name: str, file_type: str, *, taken: bool = False, language: str = "zh"
    ) -> Export:
        """The rows of a data set as `xlsx` or `csv`, under the header of their sheet: what can be uploaded again.

        With `taken` the rows of cases stand behind them, and the number of its case in a column of its own, by which an
        upload knows them and leaves them out.
        """
        kept = self._table(person, service_id, name)[1]
        table = kept.table
        header = [table.head.cells[at].text for at in table.index.values()]
        rows: Iterator[list[Entry]] = (
            [_entry(table.cell(row, column)) for column in table.index] for row in table.rows
        )
        if taken:
            number_of = self._taken.number_of()
            theirs = self._taken.rows(self._workshop.live_service(service_id), name)
            header.append(OF_CASE[language == "en"])
            rows = chain(
                ([*row, None] for row in rows),
                ([*(_entry(one.cells.get(c, Cell())) for c in table.index), number_of(one)] for one in theirs),
            )
        return table_file(file_type, name, self._clock(), header, rows)

    def check(self, person: Person, service_id: str, name: str, file: str, data: bytes) -> DataReport:
        """Everything that is wrong with a new table, what it would change, and what the workbook with it says.

        Nothing is published.
        """
        version, kept = self._table(person, service_id, name)
        report = DataReport(
            service_id=service_id,
            name=kept.name,
            file=file,
            replaces=version.version,
            uses=uses_of_data(self._workshop.live_service(service_id), kept.name),
            markable=not is_old_excel(data),
        )
        sheet, found = read_upload(file, data, kept.sheet)
        if sheet is None:
            return replace(report, diagnostics=found, markable=False)
        new = aligned(kept, sheet, texts=is_text(file))
        found = [*found, *new.found]
        made = steps(kept, new)
        if not new.columns:
            return replace(report, diagnostics=found)
        diff = differing(kept, new, made)
        if diff.before and not diff.after and not has_errors(found):
            found.append(faults.ALL_GONE.at(sheet.place("A1"), before=diff.before))
        elif diff.many_gone and not has_errors(found):
            gone = faults.MANY_GONE.at(sheet.place("A1"), before=diff.before, gone=diff.count(What.REMOVED))
            found.append(gone)
        report = replace(report, diagnostics=found, diff=diff)
        if has_errors(found) or diff.same:
            return report
        workbook, live = self._workshop.version_file(person, service_id, version.sha256)
        whole = put(live, kept, new, made)
        checked = self._workshop.draft_report(person, workbook, whole)
        change = ChangeView(NOWHERE, summary(report, "zh"), summary(report, "en"))
        checked = replace(checked, changes=(change,), replaces=version.version)
        return replace(report, report=checked, workbook=Path(workbook).name, data=whole)

    def mark(
        self, person: Person, service_id: str, name: str, file: str, data: bytes, language: str = "zh"
    ) -> tuple[str, bytes]:
        """The uploaded table with what the check says at its cells, as an Excel file: its name and its bytes."""
        report = self.check(person, service_id, name, file, data)
        try:
            whole = as_workbook(file, data) if is_text(file) else data
        except Refused as refused:
            raise Declined(refused.diagnostic.message("zh"), refused.diagnostic.message("en")) from refused
        copy = marked_copy(whole, report.diagnostics, language)
        return f"{Path(file).stem}-{self._clock():%H%M%S}.xlsx", copy

    def replace(
        self,
        person: Person,
        service_id: str,
        name: str,
        file: str,
        data: bytes,
        *,
        note: str = "",
        at: datetime | None = None,
        replaces: str | None = None,
        command_id: str = "",
        empty: bool = False,
        rows: bool = False,
        examples: bool = False,
    ) -> Replaced:
        """Put a new table in place of a data set's and publish the workbook, as `Workshop.publish` does.

        The same table again publishes nothing: the version that is live is the answer. `replaces` is the version that the
        person compared with; NewerVersion where another is live. Without it, the table goes into whatever is live.
        Raises Declined for a table without rows where there were some, unless `empty` says that all of them are to go, and what
        `Workshop.publish` raises unless `rows` says so. Where nothing but examples fail (`DataReport.failing`), it is replaced
        where `examples` says so, and the version keeps which.
        """
        for left in reversed(range(_TRIES)):
            report = self.check(person, service_id, name, file, data)
            if replaces is not None and replaces[:_SHORT] != report.replaces:
                raise self._workshop.newer(service_id)
            if report.same:
                return report, self._live(person, service_id)[0]
            if report.emptied and not empty:
                raise _all_gone(report)
            if report.report is None or not report.data:
                return report, None
            try:
                checked, made = self._workshop.publish(
                    person,
                    report.workbook,
                    report.data,
                    note=note or summary(report, "zh"),
                    at=at,
                    replaces=report.replaces,
                    command_id=command_id,
                    rows=rows,
                    examples=examples,
                )
            except NewerVersion:
                if replaces is not None or not left:
                    raise
                continue  # put it into that one
            return replace(report, report=checked), made
        raise AssertionError("unreachable")

    def _live(self, person: Person, service_id: str) -> tuple[VersionRow, str, bytes]:
        self._workshop.refresh()
        versions = self._workshop.versions(person, service_id)
        live = next((version for version in versions if version.live), None)
        if live is None:
            raise NotFound("service", service_id)
        return live, *self._workshop.version_file(person, service_id, live.sha256)

    def _tables(self, person: Person, service_id: str) -> tuple[VersionRow, dict[str, Kept]]:
        """The data sets of the live version; what was read of it is kept while it is one of the last."""
        version, file, data = self._live(person, service_id)
        known = self._read.get(version.sha256)
        if known is None:
            known = kept_tables(data, file)
            self._read[version.sha256] = known
            for old in list(self._read)[:-_MOST_REMEMBERED]:
                self._read.pop(old, None)
        return version, known

    def _table(self, person: Person, service_id: str, name: str) -> tuple[VersionRow, Kept]:
        version, tables = self._tables(person, service_id)
        if name not in tables:
            raise NotFound("dataset", name)
        return version, tables[name]


def examples_fail(report: DataReport, language: str) -> str:
    """Why a table does not replace the data set where nothing but examples fail, and what to do; empty elsewhere."""
    if not report.failing:
        return ""
    if language == "en":
        return (
            f"With the new data these examples fail: {', '.join(report.failing)}. If the data are right, say so (tick it on the "
            "page, add --examples on the command line, examples=true over REST): the version keeps which, until you mend them."
        )
    return (
        f"换上新的数据，这些用例不成立：{'、'.join(report.failing)}。数据没有错的，请明确说明（网页上勾选，命令行加 --examples，"
        "接口加 examples=true）：版本里记下是哪些，以后改正。"
    )


def _all_gone(report: DataReport) -> Declined:
    before = report.diff.before if report.diff else 0
    return Declined(
        f"新表只有表头：“{report.name}”原来的 {before} 行会全部删去。确实要清空的，请明确说明（网页上勾选，命令行加 --empty，接口加 empty=true）。",
        f"The new table has only its header: all {before} rows of “{report.name}” would go. If they are to, say so (tick it on "
        "the page, add --empty on the command line, empty=true over REST).",
    )


def summary(report: DataReport, language: str) -> str:
    """What replacing changes, in a sentence: the change note where nobody writes one."""
    diff = report.diff
    if diff is None:
        return ""
    counts = {what: diff.count(what) for what in What}
    if language == "en":
        said = [f"{count} {what}" for what, count in counts.items() if count]
        said += ["columns changed"] if diff.columns_added or diff.columns_removed else []
        said += ["rows in another order"] if diff.reordered else []
        return f"Data “{report.name}”: rows {', '.join(said)}." if said else f"Data “{report.name}”."
    words = {What.ADDED: "新增", What.CHANGED: "修改", What.REMOVED: "删去"}
    said = [f"{words[what]} {count} 行" for what, count in counts.items() if count]
    said += ["列有变化"] if diff.columns_added or diff.columns_removed else []
    said += ["行的次序有变化"] if diff.reordered else []
    return f"数据“{report.name}”：{'、'.join(said)}。"


def _holds(row: Mapping[str, Cell], columns: Sequence[str], query: str) -> bool:
    return not query or any(query.casefold() in told(row[name]).casefold() for name in columns)


def _entry(cell: Cell) -> Entry:
    value = cell.value
    return Decimal(value) if isinstance(value, Decimal) else value


def _span(dataset: Dataset) -> tuple[str, str]:
    """The first and the last day that rows are dated by."""
    columns: list[str] = [name for name in ("from", "until") if name in dataset.columns]
    if dataset.readings is not None:
        columns = [dataset.readings.at]
    days = sorted(_days(dataset, columns))
    return (days[0], days[-1]) if days else ("", "")


def _days(dataset: Dataset, columns: Sequence[str]) -> Iterator[str]:
    for row in dataset.rows:
        for name in columns:
            if isinstance(row[name].value, date):
                yield told(row[name])[:10]
