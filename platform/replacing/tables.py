"""A data set as its sheet has it: what stands above the header, the header as it is written, the rows of cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from banshi.platform.sheets.data_columns import column_name, is_key
from banshi.platform.sheets.data_sheet import parse_data, under_header
from banshi.platform.sheets.readings import take_readings
from banshi.platform.workbook import Row, Sheet, Workbook, read_workbook
from banshi.platform.workbook.beside import files_in, packed, stands_in
from banshi.rules.cells import Cell
from banshi.rules.datasets import Dataset


@dataclass(frozen=True, slots=True)
class Table:
    """`head` is the header, `rows` what is below; `index` gives the cell of each column, `keys` those that are marked."""

    sheet: Sheet
    head: Row
    rows: tuple[Row, ...]
    index: Mapping[str, int]
    keys: tuple[str, ...]

    def cell(self, row: Row, column: str) -> Cell:
        """A cell of a row; a blank one where the row is shorter."""
        at = self.index[column]
        return row.cells[at] if at < len(row.cells) else Cell()

    def column(self, name: str) -> Iterator[Cell]:
        """The cells of a column that hold something."""
        return (cell for row in self.rows if not (cell := self.cell(row, name)).blank)


@dataclass(frozen=True, slots=True)
class Kept:
    """A data set of a version: its name, the sheet that it stands on or is named by, the file whose rows it has, and both
    ways to see it, as cells and as what rules read.
    """

    name: str
    sheet: Sheet
    file: str
    table: Table
    dataset: Dataset


def table_of(sheet: Sheet) -> Table | None:
    """The table of a data sheet, titles and remarks left out; None where it has no header."""
    bare, _ = under_header(take_readings(sheet)[1])
    if not bare.rows:
        return None
    head, *rows = bare.rows
    index: dict[str, int] = {}
    for at, cell in enumerate(head.cells):
        if not cell.blank:
            index.setdefault(column_name(cell), at)
    keys = tuple(column_name(cell) for cell in head.cells if not cell.blank and is_key(cell))
    return Table(sheet, head, tuple(rows), index, keys)


def kept_tables(data: bytes, file: str) -> dict[str, Kept]:
    """The data sets of a workbook that passed its check, by name, in its order."""
    whole, _ = read_workbook(data, file)
    named = _naming(data, file) if files_in(data) else {}
    found: dict[str, Kept] = {}
    for sheet in whole.of_kind("data") if whole else ():
        table, (dataset, _) = table_of(sheet), parse_data(sheet)
        if table is None or dataset is None or dataset.name in found:
            continue
        beside = named.get(sheet.name) or (sheet.name if sheet.name in files_in(data) else "")
        found[dataset.name] = Kept(dataset.name, sheet, beside, table, dataset)
    return found


def _naming(data: bytes, file: str) -> dict[str, str]:
    """The files that data sheets name, by the names of these sheets."""
    bare: Workbook | None = read_workbook(packed(data, {}), file)[0]
    return {sheet.name: name for sheet in bare.of_kind("data") if (name := stands_in(sheet))} if bare else {}
