"""What sheets of named rows have in common: papers, passes, personal passes and codes, a row for each, under a name of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol, TypeVar

from banshi.platform.people.who import Who, parse_who
from banshi.platform.service.passes import SEVERAL
from banshi.platform.sheets.cells import condition, expression
from banshi.platform.sheets.words import NO, YES
from banshi.platform.workbook.columns import Column, Record, plain, read_header
from banshi.platform.workbook.remarks import below_title
from banshi.platform.workbook.workbook import Sheet
from banshi.rules.cells import Cell
from banshi.rules.diagnostics import Diagnostic, Fault, Place
from banshi.rules.expressions import Expression, parse

TITLES: Final = (
    Column("title", ("title", "名称", "title::中文 (zh)", "名称::中文 (zh)")),
    Column("title_en", ("title::English (en)", "title::en", "名称::English (en)", "名称::en")),
)
NOTE: Final = Column("note", ("note", "notes", "备注"))
_COMPUTED = re.compile(r"[$＄]\s*[{｛]")
_FIELD = re.compile(r"[$＄]\s*[{｛]\s*([^{}｛｝]+?)\s*[}｝]")


class Named(Protocol):
    """What a row makes."""

    @property
    def name(self) -> str:
        """Its name."""

    def at(self, column: str) -> Place:
        """The cell of a column."""


RowT = TypeVar("RowT", bound=Named)


def named_rows(
    sheet: Sheet,
    columns: Sequence[Column],
    make: Callable[[Record, list[Diagnostic]], RowT],
    *,
    no_name: Fault,
    name_twice: Fault,
) -> tuple[tuple[RowT, ...], list[Diagnostic]]:
    """What the rows of a sheet make, the first of a name each, with everything that is wrong; the name is the first of `columns`."""
    if not sheet.rows:
        return (), []
    sheet, notes = below_title(sheet, columns)
    header, found = read_header(sheet, sheet.rows[0], columns)
    found += notes
    key = columns[0].name
    if key not in header.index:
        return (), found
    named: dict[str, RowT] = {}
    for record in header.records(sheet.rows[1:]):
        if record[key].blank:
            found.append(no_name.at(record.first))
            continue
        made = make(record, found)
        first = named.setdefault(plain(made.name), made)
        if first is not made:
            found.append(name_twice.at(made.at(key), name=made.name, first=first.at(key)))
    return tuple(named.values()), found


def titles_of(record: Record) -> dict[str, str]:
    """What a row is called, by language."""
    texts = {"zh": record["title"].text.strip(), "en": record["title_en"].text.strip()}
    return {language: text for language, text in texts.items() if text}


def cells_of(record: Record, columns: Sequence[Column]) -> Mapping[str, Place]:
    """The places of the cells that are filled in, by column."""
    return {column.name: cell.place for column in columns if not (cell := record[column.name]).blank}


def when_of(cell: Cell, found: list[Diagnostic]) -> Expression | None:
    """None where the cell is blank. What says no, or cannot be read, is a condition that never holds."""
    if cell.blank:
        return None
    return condition(cell, found) or parse("false()", cell.place)[0]


def several(cell: Cell) -> tuple[str, ...]:
    """Texts parted by commas or line breaks."""
    return tuple(filter(None, map(str.strip, SEVERAL.split(cell.text))))


def places_of(cell: Cell, found: list[Diagnostic]) -> tuple[str, ...] | Expression:
    """Names of places, or the expression that gives them."""
    if _COMPUTED.search(cell.text):
        return expression(cell, found) or ()
    return several(cell)


def field_of(text: str) -> str:
    """The name of a field, also where it is written as `${name}`."""
    shape = _FIELD.fullmatch(text.strip())
    return shape[1] if shape else text.strip()


def yes_of(cell: Cell, fault: Fault, found: list[Diagnostic]) -> bool:
    """Yes, unless the cell says no."""
    word = plain(cell.text)
    if word and word not in YES | NO:
        found.append(fault.at(cell.place, text=cell.text))
    return word not in NO


def who_of(cell: Cell, found: list[Diagnostic]) -> Who | None:
    """The people that a cell names."""
    if cell.blank:
        return None
    who, wrong = parse_who(cell.text, cell.place)
    found += wrong
    return who
