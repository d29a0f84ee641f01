"""What is different between the old table and the new one: rows that are new, changed or gone, cell by cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum

from banshi.platform.replacing.aligning import Aligned
from banshi.platform.replacing.tables import Kept
from banshi.rules.cells import Cell
from banshi.rules.datasets import Dataset
from banshi.rules.diagnostics import Place


class What(StrEnum):
    """What happened to a row."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CellChange:
    """A cell that says something else; texts, blank for a cell without anything."""

    column: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RowChange:
    """A row that is new, changed or gone: how it is known, where it stands (in the upload; what is gone in the workbook), and
    its cells: those that changed, of a new or lost row all that say something.
    """

    what: What
    title: str
    place: Place
    cells: tuple[CellChange, ...]

    def holds(self, query: str) -> bool:
        """Whether a word stands somewhere in it."""
        texts = (self.title, *(text for cell in self.cells for text in (cell.column, cell.old, cell.new)))
        return any(query.casefold() in text.casefold() for text in texts)


@dataclass(frozen=True, slots=True, kw_only=True)
class TableDiff:
    """What replacing would change; `before` and `after` count the rows, `reordered` says that the order of rows counts and
    is another.
    """

    before: int
    after: int
    columns_added: tuple[str, ...]
    columns_removed: tuple[str, ...]
    rows: tuple[RowChange, ...]
    reordered: bool = False

    @property
    def same(self) -> bool:
        """Whether nothing would change."""
        return not (self.rows or self.columns_added or self.columns_removed or self.reordered)

    @property
    def many_gone(self) -> bool:
        """Whether more than a third of the rows would be gone."""
        return self.count(What.REMOVED) * 3 > self.before

    def count(self, what: What) -> int:
        """How many rows are new, changed or gone."""
        return sum(row.what is what for row in self.rows)

    def found(self, query: str = "", what: str = "") -> list[RowChange]:
        """The rows of a kind that hold a word."""
        return [row for row in self.rows if (not what or row.what == what) and (not query or row.holds(query))]


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of a row: which of the old ones it was (None: it is new), which of the new ones it is (None: it is gone),
    and the columns that change.
    """

    old: int | None
    new: int | None
    changed: tuple[str, ...] = ()


def steps(old: Kept, new: Aligned) -> list[Step]:
    """What becomes of every row: the old ones in their order, new ones behind them.

    Rows are known by the keys of the data set. Where nothing tells them apart, the first of each stands for the first, and so
    on, and all of them take the order of the new table.
    """
    names = identity(old.dataset, new.dataset)
    before = [{name: old.table.cell(row, name) for name in old.table.index} for row in old.table.rows]
    if not names:
        return _by_place(before, new)
    there: dict[tuple[str, ...], list[int]] = {}
    for at, row in enumerate(new.rows):
        there.setdefault(_key(row, names), []).append(at)
    found: list[Step] = []
    for at, row in enumerate(before):
        places = there.get(_key(row, names))
        if places:
            place = places.pop(0)
            found.append(Step(at, place, _changed(row, new.rows[place], new)))
        else:
            found.append(Step(at, None))
    left = sorted(place for places in there.values() for place in places)
    return [*found, *(Step(None, place) for place in left)]


def differing(old: Kept, new: Aligned, made: Sequence[Step]) -> TableDiff:
    """The differences in words and places, from what becomes of each row."""
    names = identity(old.dataset, new.dataset)
    if names:
        rows = tuple(_row_changes(old, new, made, names))
        return _diff(old, new, rows, reordered=False)
    # Rows that nothing tells apart are new or gone as a whole.
    before = [{name: old.table.cell(row, name) for name in old.table.index} for row in old.table.rows]
    left = Counter(_whole(row) for row in before)
    found: list[RowChange] = []
    for row in new.rows:
        if left[_whole(row)]:
            left[_whole(row)] -= 1
        else:
            found.append(_row(What.ADDED, row, (), new.columns))
    for row in reversed(before):
        if left[_whole(row)]:
            left[_whole(row)] -= 1
            found.append(_row(What.REMOVED, row, (), tuple(old.table.index)))
    same_rows = not found and [_whole(row) for row in before] != [_whole(row) for row in new.rows]
    return _diff(old, new, tuple(found), reordered=same_rows)


def identity(old: Dataset, new: Dataset | None) -> tuple[str, ...]:
    """The columns that tell rows apart: of readings meter and day, else the marked keys and the first day of validity, else
    the first column where it does; none where nothing does.
    """
    if old.readings is not None:
        return (*old.readings.meters, old.readings.at)
    if old.marked:
        dated = ("from",) if "from" in old.columns and "from" not in old.keys else ()
        return (*old.keys, *dated)
    first = old.columns[:1]
    for dataset in (old, new):
        keys = [row[name].text for row in dataset.rows for name in first if name in row] if dataset else []
        if len(set(keys)) != len(keys):
            return ()
    return first


def told(cell: Cell) -> str:
    """A cell as it is compared and shown: a day without a time, a number without needless zeros."""
    value = cell.value
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat() if not isinstance(value, datetime) else value.isoformat(" ")
    return cell.text


def _same(old: Cell, new: Cell) -> bool:
    if isinstance(old.value, Decimal) and isinstance(new.value, Decimal):
        return old.value == new.value
    return told(old) == told(new)


def _by_place(before: Sequence[Mapping[str, Cell]], new: Aligned) -> list[Step]:
    found = []
    for at in range(max(len(before), len(new.rows))):
        if at >= len(new.rows):
            found.append(Step(at, None))
        elif at >= len(before):
            found.append(Step(None, at))
        else:
            found.append(Step(at, at, _changed(before[at], new.rows[at], new)))
    return found


def _changed(old: Mapping[str, Cell], new: Mapping[str, Cell], table: Aligned) -> tuple[str, ...]:
    blank = Cell()
    return tuple(name for name in table.columns if not _same(old.get(name, blank), new.get(name, blank)))


def _key(row: Mapping[str, Cell], names: Sequence[str]) -> tuple[str, ...]:
    return tuple(told(row.get(name, Cell())) for name in names)


def _whole(row: Mapping[str, Cell]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, told(cell)) for name, cell in row.items() if not cell.blank))


def _row_changes(old: Kept, new: Aligned, made: Sequence[Step], names: Sequence[str]) -> Iterator[RowChange]:
    for step in made:
        before = (
            {name: old.table.cell(old.table.rows[step.old], name) for name in old.table.index}
            if step.old is not None
            else {}
        )
        if step.new is None:
            yield _row(What.REMOVED, before, names, tuple(old.table.index))
        elif step.old is None:
            yield _row(What.ADDED, new.rows[step.new], names, new.columns)
        else:
            after = new.rows[step.new]
            cells = tuple(
                CellChange(column=name, old=told(before.get(name, Cell())), new=told(after[name]))
                for name in step.changed
                if name in before
            )
            if cells:
                place = after[cells[0].column].place
                yield RowChange(what=What.CHANGED, title=" ".join(_key(after, names)), place=place, cells=cells)


def _row(what: What, row: Mapping[str, Cell], names: Sequence[str], columns: Sequence[str]) -> RowChange:
    filled = [(name, told(row[name])) for name in columns if name in row and not row[name].blank]
    title = " ".join(_key(row, names)) if names else " ".join(text for _, text in filled[:3])
    gone = what is What.REMOVED
    cells = tuple(CellChange(column=name, old=text * gone, new=text * (not gone)) for name, text in filled)
    place = next((row[name].place for name, _ in filled), Place())
    return RowChange(what=what, title=title, place=place, cells=cells)


def _diff(old: Kept, new: Aligned, rows: tuple[RowChange, ...], *, reordered: bool) -> TableDiff:
    return TableDiff(
        before=len(old.table.rows),
        after=len(new.rows),
        columns_added=new.added,
        columns_removed=new.removed,
        rows=rows,
        reordered=reordered,
    )
