"""The sheet `codes` · `动态码`: QR codes on a screen that change, by which others open a form of another service."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from banshi.platform.service.live_codes import USUAL_MINUTES, USUAL_SECONDS, LiveCode
from banshi.platform.sheets import live_code_faults as faults
from banshi.platform.sheets.cells import part_of
from banshi.platform.sheets.do_column import parts_of
from banshi.platform.sheets.named_rows import NOTE, TITLES, cells_of, field_of, named_rows, several, titles_of, when_of
from banshi.platform.workbook.columns import Column, Record
from banshi.platform.workbook.workbook import Sheet
from banshi.rules.cells import Cell
from banshi.rules.diagnostics import Diagnostic
from banshi.rules.expressions import Expression, fold_name

COLUMNS: Final = (
    Column("code", ("code", "动态码"), needed=True),
    *TITLES,
    Column("step", ("step", "环节"), needed=True),
    Column("when", ("when", "条件")),
    Column("opens", ("opens", "打开"), needed=True),
    Column("fields", ("fields", "填入"), needed=True),
    Column("scanned", ("scanned", "扫码时间")),
    Column("seconds", ("seconds", "换码秒数")),
    Column("minutes", ("minutes", "提交分钟")),
    Column("shows", ("shows", "显示")),
    NOTE,
)
LEAST_SECONDS, MOST_SECONDS = 5, 600
MOST_MINUTES = 60
_FILLED = re.compile(r"\s*(?:[$＄][{｛])?\s*([^=＝{}｛｝\s]+)\s*[}｝]?\s*[=＝](.*)", re.DOTALL)
_UNIT = re.compile(r"\s*(秒|分钟|分|seconds?|minutes?|s|min)$", re.IGNORECASE)


def parse_codes(sheet: Sheet) -> tuple[tuple[LiveCode, ...], list[Diagnostic]]:
    """The codes of a sheet with everything that is wrong in it."""
    return named_rows(sheet, COLUMNS, _code, no_name=faults.NO_NAME, name_twice=faults.NAME_TWICE)


def _code(record: Record, found: list[Diagnostic]) -> LiveCode:
    fields = tuple(_fields(record["fields"], found))
    scanned = _name(record["scanned"].text)
    if scanned and scanned in dict(fields):
        found.append(faults.FIELD_TWICE.at(record["scanned"].place, name=scanned))
    return LiveCode(
        name=record["code"].text.strip(),
        titles=titles_of(record),
        step=record["step"].text.strip(),
        when=when_of(record["when"], found),
        opens=record["opens"].text.strip(),
        fields=fields,
        scanned=scanned,
        seconds=_seconds(record["seconds"], found),
        minutes=_minutes(record["minutes"], found),
        shows=tuple(map(_name, several(record["shows"]))),
        place=record.first,
        cells=cells_of(record, COLUMNS),
    )


def _name(text: str) -> str:
    """The name of a field, also where it is written as `${name}`."""
    return fold_name(field_of(text))


def _fields(cell: Cell, found: list[Diagnostic]) -> Iterator[tuple[str, Expression]]:
    """`name=expression; name=expression`."""
    names: set[str] = set()
    for start, end in parts_of(cell.text, 0, len(cell.text), ";；\n"):
        shape = _FILLED.fullmatch(cell.text, start, end)
        place = cell.place.at(start, end)
        if shape is None or not shape[2].strip():
            found.append(faults.BAD_FIELDS.at(place, text=cell.text[start:end]))
            continue
        name = fold_name(shape[1])
        if name in names:
            found.append(faults.FIELD_TWICE.at(place, name=name))
        names.add(name)
        value = part_of(cell, *shape.span(2), found)
        if value is not None:
            yield name, value


def _whole(cell: Cell) -> int | None:
    text = _UNIT.sub("", cell.text.strip())
    return int(text) if text.isdecimal() else None


def _seconds(cell: Cell, found: list[Diagnostic]) -> int:
    number = USUAL_SECONDS if cell.blank else _whole(cell)
    if number is not None and LEAST_SECONDS <= number <= MOST_SECONDS:
        return number
    found.append(faults.BAD_SECONDS.at(cell.place, text=cell.text, least=LEAST_SECONDS, most=MOST_SECONDS))
    return USUAL_SECONDS


def _minutes(cell: Cell, found: list[Diagnostic]) -> int:
    number = USUAL_MINUTES if cell.blank else _whole(cell)
    if number is not None and 1 <= number <= MOST_MINUTES:
        return number
    found.append(faults.BAD_MINUTES.at(cell.place, text=cell.text, most=MOST_MINUTES))
    return USUAL_MINUTES
