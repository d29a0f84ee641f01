"""A workbook to be written by its author, made easier to write: notes and colours on headers, lists to pick from.

What a list holds stands on a sheet of its own, whose name begins with `#`, so that no reader takes it for more. Some
lists follow the workbook: they are formulas over a column of another sheet, which every Excel since 2007, WPS and
LibreOffice compute.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from io import BytesIO
from typing import Any

import openpyxl
import orjson
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from banshi.platform.workbook.blank import (
    FIRST_ROW,
    Tone,
    annotate,
    drop_down,
    fill_list,
    free_title,
    list_range,
    marked_sheet,
    paint,
    put,
)
from banshi.platform.workbook.guard import run_child
from banshi.platform.workbook.workbook import column_letters

_FOLLOWED = 500
"""Rows of another sheet that a list follows."""
_MOST_NAMES = 60
"""Names of a followed column that come again behind other words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """A list of the different texts of a column: `area` is `'sheet'!$B$2:$B$501`.

    It holds every text in every form (such as `单选 {}` and `多选 {}`), behind the texts of `first`.
    """

    area: str
    forms: Sequence[str] = ("{}",)
    first: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dress:
    """What is to be done to a workbook. Places are `(sheet, cell)`.

    `values` are texts written into cells, None to empty one; `notes` are notes of header cells with the colour of the
    header, blank for none; `drops` are areas with the name of their list, which is one of `lists` or of `followed`.
    A note or list never takes the place of one that is there.
    """

    values: list[tuple[str, str, str | None]]
    notes: list[tuple[str, str, str, Tone | None]]
    drops: list[tuple[str, str, str]]
    lists: Mapping[str, Sequence[str]]
    followed: Mapping[str, Followed]
    lists_title: str


def dress_guarded(data: bytes, wanted: Dress) -> bytes | None:
    """The workbook, dressed in a child process (openpyxl trusts what it finds); None where it cannot be opened."""
    plan = orjson.dumps(asdict(wanted))
    return run_child("dress", len(plan).to_bytes(8, "big") + plan + data, seconds=30, megabytes=1024)


def dressed(data: bytes, plan: dict[str, Any]) -> bytes:
    """The copy itself; raises what openpyxl does for a file that it cannot open."""
    followed = {name: Followed(**facts) for name, facts in plan["followed"].items()}
    book = openpyxl.load_workbook(BytesIO(data))
    dress(book, Dress(**{**plan, "followed": followed}))
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def dress(book: openpyxl.Workbook, wanted: Dress) -> None:
    """Dress an open workbook."""
    for title, place, text in wanted.values:
        if isinstance(cell := book[title][place], Cell):
            if text is None:
                cell.value = None
            else:
                put(book[title], cell.row, cell.column, text)
    for title, place, note, tone in wanted.notes:
        if isinstance(cell := book[title][place], Cell):
            if tone:
                paint(cell, tone)
            if cell.comment is None:
                annotate(cell, note)
    drops = [drop for drop in wanted.drops if not _has_list(book[drop[0]], drop[1])]
    if drops:
        _add_lists(book, wanted, drops)


def _has_list(sheet: Worksheet, area: str) -> bool:
    first = area.partition(":")[0]
    return any(first in check.sqref for check in sheet.data_validations.dataValidation)


def _add_lists(book: openpyxl.Workbook, wanted: Dress, drops: Sequence[tuple[str, str, str]]) -> None:
    title = free_title(wanted.lists_title, {name.casefold() for name in book.sheetnames})
    sheet = marked_sheet(book, ("#", title))
    used = {name for _, _, name in drops}
    lists = {name: texts for name, texts in wanted.lists.items() if name in used and texts}
    areas = {}
    for index, (name, texts) in enumerate(lists.items()):
        fill_list(sheet, index, name, texts)
        areas[name] = list_range(title, index, len(texts))
    column = len(lists)
    for name, followed in wanted.followed.items():
        if name in used:
            areas[name] = _follow(sheet, column, name, followed)
            column += 2
    for where, area, name in drops:
        if name in areas:
            check = drop_down(areas[name])
            check.add(area)
            book[where].add_data_validation(check)


def _follow(sheet: Worksheet, column: int, name: str, followed: Followed) -> str:
    """A list that follows a column, with the numbers of its texts in a hidden column beside; the formula of its range."""
    texts, numbers = column_letters(column), column_letters(column + 1)
    first, last, above = FIRST_ROW, FIRST_ROW + _FOLLOWED - 1, FIRST_ROW - 1
    fill_list(sheet, column, name, followed.first)
    count = f"${numbers}$1"
    sheet[f"{numbers}1"] = f"=COUNT({numbers}{first}:{numbers}{last})"
    found = f"INDEX({followed.area},ROW()-{above})"
    for row in range(first, last + 1):
        # A text gets the next number where it stands first; a row that is deleted leaves an error at the end only.
        again = f"MATCH({found},{followed.area},0)<>ROW()-{above}"
        sheet[f"{numbers}{row}"] = f'=IF({found}="","",IF({again},"",MAX({numbers}${above}:{numbers}{row - 1})+1))'
    start = first + len(followed.first)
    nth = f"INDEX({followed.area},MATCH(MOD(ROW()-{start},{count})+1,${numbers}${first}:${numbers}${last},0))"
    shapes = ",".join('"' + form.replace("{}", f'"&{nth}&"') + '"' for form in followed.forms)
    rows = _FOLLOWED if len(followed.forms) == 1 else _MOST_NAMES * len(followed.forms)
    for row in range(start, start + rows):
        shape = f"CHOOSE(INT((ROW()-{start})/{count})+1,{shapes})"
        sheet[f"{texts}{row}"] = f'=IF(ROW()-{start}<{len(followed.forms)}*{count},{shape},"")'
    sheet.column_dimensions[numbers].hidden = True
    where = f"'{sheet.title}'!"
    there = f"MIN({rows},{len(followed.forms)}*{where}{count})"
    return f"OFFSET({where}${texts}${first},0,0,MAX(1,{len(followed.first)}+{there}),1)"
