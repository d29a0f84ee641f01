"""The sheet `personal passes` · `个人通行证`: passes of people who stand in a data sheet."""

from __future__ import annotations

import re
from typing import Final

from banshi.platform.service.personal_passes import PersonalPass
from banshi.platform.sheets import personal_pass_faults as faults
from banshi.platform.sheets.cells import expression
from banshi.platform.sheets.named_rows import (
    NOTE,
    TITLES,
    cells_of,
    named_rows,
    places_of,
    several,
    titles_of,
    when_of,
    who_of,
    yes_of,
)
from banshi.platform.workbook.columns import Column, Record, plain
from banshi.platform.workbook.workbook import Sheet
from banshi.rules.cells import Cell
from banshi.rules.diagnostics import Diagnostic

COLUMNS: Final = (
    Column("pass", ("pass", "通行证"), needed=True),
    *TITLES,
    Column("roll", ("roll", "名册"), needed=True),
    Column("when", ("when", "条件")),
    Column("until", ("until", "有效到")),
    Column("places", ("places", "地点")),
    Column("hours", ("hours", "通行规则")),
    Column("exits", ("exits", "查出门")),
    Column("shows", ("shows", "显示")),
    Column("keeper", ("keeper", "查验人")),
    Column("office", ("office", "查看人")),
    Column("kept", ("kept", "保存"), needed=True),
    NOTE,
)
_PERIOD = re.compile(r"(\d{1,3}) ?(年|个月|月|years?|months?)")
_MONTHS = 12


def parse_personal_passes(sheet: Sheet) -> tuple[tuple[PersonalPass, ...], list[Diagnostic]]:
    """The passes of a sheet with everything that is wrong in it."""
    return named_rows(sheet, COLUMNS, _pass, no_name=faults.NO_NAME, name_twice=faults.NAME_TWICE)


def _pass(record: Record, found: list[Diagnostic]) -> PersonalPass:
    return PersonalPass(
        name=record["pass"].text.strip(),
        titles=titles_of(record),
        roll=record["roll"].text.strip(),
        when=when_of(record["when"], found),
        until=expression(record["until"], found),
        places=places_of(record["places"], found),
        hours=record["hours"].text.strip(),
        exits=yes_of(record["exits"], faults.BAD_YES, found),
        shows=several(record["shows"]),
        keeper=who_of(record["keeper"], found),
        office=who_of(record["office"], found),
        months=_months(record["kept"], record, found),
        place=record.first,
        cells=cells_of(record, COLUMNS),
    )


def _months(cell: Cell, record: Record, found: list[Diagnostic]) -> int:
    """How long passages are kept, in months; a month where nobody can tell, so that nothing is kept for ever."""
    said = _PERIOD.fullmatch(plain(cell.text))
    if said is None or not int(said[1]):
        found.append(faults.BAD_KEEPING.at(record.first if cell.blank else cell.place, text=cell.text))
        return 1
    return int(said[1]) * (_MONTHS if said[2] in ("年", "year", "years") else 1)
