"""The sheet `passes` · `通行证`: what a service's cases give that is shown at gates and doors."""

from __future__ import annotations

import re
from typing import Final

from banshi.platform.service.passes import Pass
from banshi.platform.sheets import pass_faults as faults
from banshi.platform.sheets.cells import expression
from banshi.platform.sheets.named_rows import (
    NOTE,
    TITLES,
    cells_of,
    field_of,
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
    Column("when", ("when", "条件")),
    Column("since", ("since", "有效从")),
    Column("until", ("until", "有效到")),
    Column("places", ("places", "地点")),
    Column("uses", ("uses", "次数")),
    Column("exits", ("exits", "查出门")),
    Column("shows", ("shows", "显示")),
    Column("keeper", ("keeper", "查验人")),
    Column("on_in", ("on_in", "进门办理")),
    Column("on_out", ("on_out", "出门办理")),
    Column("entered", ("entered", "进门时间")),
    Column("left", ("left", "出门时间")),
    NOTE,
)
UNLIMITED = ("不限", "unlimited")
ONCE = ("一次", "once")
MOST_USES = 10_000
_COUNT = re.compile(r"\s*(次|times?)$", re.IGNORECASE)


def parse_passes(sheet: Sheet) -> tuple[tuple[Pass, ...], list[Diagnostic]]:
    """The passes of a sheet with everything that is wrong in it."""
    return named_rows(sheet, COLUMNS, _pass, no_name=faults.NO_NAME, name_twice=faults.NAME_TWICE)


def _pass(record: Record, found: list[Diagnostic]) -> Pass:
    return Pass(
        name=record["pass"].text.strip(),
        titles=titles_of(record),
        when=when_of(record["when"], found),
        since=expression(record["since"], found),
        until=expression(record["until"], found),
        places=places_of(record["places"], found),
        uses=_uses(record["uses"], found),
        exits=yes_of(record["exits"], faults.BAD_YES, found),
        shows=tuple(map(field_of, several(record["shows"]))),
        keeper=who_of(record["keeper"], found),
        on_in=record["on_in"].text.strip(),
        on_out=record["on_out"].text.strip(),
        entered=field_of(record["entered"].text),
        left=field_of(record["left"].text),
        place=record.first,
        cells=cells_of(record, COLUMNS),
    )


def _uses(cell: Cell, found: list[Diagnostic]) -> int:
    text = _COUNT.sub("", cell.text.strip())
    if cell.blank or plain(cell.text) in ONCE:
        return 1
    if plain(cell.text) in UNLIMITED:
        return 0
    if text.isdecimal() and 1 <= int(text) <= MOST_USES:
        return int(text)
    found.append(faults.BAD_USES.at(cell.place, text=cell.text))
    return 1
