"""The sheet `personal passes` · `个人通行证`: passes of people who stand in a data sheet."""

from __future__ import annotations

import re
from typing import Final

from banshi.platform.people.who import Who, parse_who
from banshi.platform.service.personal_passes import PersonalPass
from banshi.platform.sheets import personal_pass_faults as faults
from banshi.platform.sheets.cells import condition, expression
from banshi.platform.sheets.words import NO, YES
from banshi.platform.workbook.columns import Column, Record, plain, read_header
from banshi.platform.workbook.remarks import below_title
from banshi.platform.workbook.workbook import Sheet
from banshi.rules.cells import Cell
from banshi.rules.diagnostics import Diagnostic
from banshi.rules.expressions import Expression, parse

COLUMNS: Final = (
    Column("pass", ("pass", "通行证"), needed=True),
    Column("title", ("title", "名称", "title::中文 (zh)", "名称::中文 (zh)")),
    Column("title_en", ("title::English (en)", "title::en", "名称::English (en)", "名称::en")),
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
    Column("note", ("note", "notes", "备注")),
)
_SEVERAL = re.compile(r"[,，、;；\n]+")
_COMPUTED = re.compile(r"[$＄]\s*[{｛]")
_PERIOD = re.compile(r"(\d{1,3}) ?(年|个月|月|years?|months?)")
_MONTHS = 12


def parse_personal_passes(sheet: Sheet) -> tuple[tuple[PersonalPass, ...], list[Diagnostic]]:
    """The passes of a sheet with everything that is wrong in it."""
    if not sheet.rows:
        return (), []
    sheet, notes = below_title(sheet, COLUMNS)
    header, found = read_header(sheet, sheet.rows[0], COLUMNS)
    found += notes
    if "pass" not in header.index:
        return (), found
    named: dict[str, PersonalPass] = {}
    for record in header.records(sheet.rows[1:]):
        if record["pass"].blank:
            found.append(faults.NO_NAME.at(record.first))
            continue
        made = _pass(record, found)
        first = named.setdefault(plain(made.name), made)
        if first is not made:
            found.append(faults.NAME_TWICE.at(made.at("pass"), name=made.name, first=first.at("pass")))
    return tuple(named.values()), found


def _pass(record: Record, found: list[Diagnostic]) -> PersonalPass:
    when = record["when"]
    return PersonalPass(
        name=record["pass"].text.strip(),
        titles={
            language: text
            for language, column in (("zh", "title"), ("en", "title_en"))
            if (text := record[column].text.strip())
        },
        roll=record["roll"].text.strip(),
        when=None if when.blank else condition(when, found) or parse("false()", when.place)[0],
        until=expression(record["until"], found),
        places=_places(record["places"], found),
        hours=record["hours"].text.strip(),
        exits=_yes(record["exits"], found),
        shows=tuple(filter(None, map(str.strip, _SEVERAL.split(record["shows"].text)))),
        keeper=_who(record["keeper"], found),
        office=_who(record["office"], found),
        months=_months(record["kept"], record, found),
        place=record.first,
        cells={column.name: cell.place for column in COLUMNS if not (cell := record[column.name]).blank},
    )


def _places(cell: Cell, found: list[Diagnostic]) -> tuple[str, ...] | Expression:
    if _COMPUTED.search(cell.text):
        return expression(cell, found) or ()
    return tuple(filter(None, map(str.strip, _SEVERAL.split(cell.text))))


def _yes(cell: Cell, found: list[Diagnostic]) -> bool:
    word = plain(cell.text)
    if word and word not in YES | NO:
        found.append(faults.BAD_YES.at(cell.place, text=cell.text))
    return word not in NO


def _who(cell: Cell, found: list[Diagnostic]) -> Who | None:
    if cell.blank:
        return None
    who, wrong = parse_who(cell.text, cell.place)
    found += wrong
    return who


def _months(cell: Cell, record: Record, found: list[Diagnostic]) -> int:
    """How long passages are kept, in months; a month where nobody can tell, so that nothing is kept for ever."""
    said = _PERIOD.fullmatch(plain(cell.text))
    if said is None or not int(said[1]):
        found.append(faults.BAD_KEEPING.at(record.first if cell.blank else cell.place, text=cell.text))
        return 1
    return int(said[1]) * (_MONTHS if said[2] in ("年", "year", "years") else 1)
