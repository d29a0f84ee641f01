"""The sheet `passes` · `通行证`: what a service's cases give that is shown at gates and doors."""

from __future__ import annotations

import re
from typing import Final

from banshi.platform.people.who import Who, parse_who
from banshi.platform.service.passes import Pass
from banshi.platform.sheets import pass_faults as faults
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
    Column("note", ("note", "notes", "备注")),
)
UNLIMITED = ("不限", "unlimited")
ONCE = ("一次", "once")
MOST_USES = 10_000
_SEVERAL = re.compile(r"[,，、;；\n]+")
_COMPUTED = re.compile(r"[$＄]\s*[{｛]")
_COUNT = re.compile(r"\s*(次|times?)$", re.IGNORECASE)
_FIELD = re.compile(r"[$＄]\s*[{｛]\s*([^{}｛｝]+?)\s*[}｝]")


def parse_passes(sheet: Sheet) -> tuple[tuple[Pass, ...], list[Diagnostic]]:
    """The passes of a sheet with everything that is wrong in it."""
    if not sheet.rows:
        return (), []
    sheet, notes = below_title(sheet, COLUMNS)
    header, found = read_header(sheet, sheet.rows[0], COLUMNS)
    found += notes
    if "pass" not in header.index:
        return (), found
    named: dict[str, Pass] = {}
    for record in header.records(sheet.rows[1:]):
        if record["pass"].blank:
            found.append(faults.NO_NAME.at(record.first))
            continue
        made = _pass(record, found)
        first = named.setdefault(plain(made.name), made)
        if first is not made:
            found.append(faults.NAME_TWICE.at(made.at("pass"), name=made.name, first=first.at("pass")))
    return tuple(named.values()), found


def _pass(record: Record, found: list[Diagnostic]) -> Pass:
    when = record["when"]
    return Pass(
        name=record["pass"].text.strip(),
        titles={
            language: text
            for language, column in (("zh", "title"), ("en", "title_en"))
            if (text := record[column].text.strip())
        },
        when=None if when.blank else condition(when, found) or _never(when),
        since=expression(record["since"], found),
        until=expression(record["until"], found),
        places=_places(record["places"], found),
        uses=_uses(record["uses"], found),
        exits=_yes(record["exits"], found),
        shows=tuple(map(_field, filter(None, map(str.strip, _SEVERAL.split(record["shows"].text))))),
        keeper=_keeper(record["keeper"], found),
        on_in=record["on_in"].text.strip(),
        on_out=record["on_out"].text.strip(),
        entered=_field(record["entered"].text.strip()),
        left=_field(record["left"].text.strip()),
        place=record.first,
        cells={column.name: cell.place for column in COLUMNS if not (cell := record[column.name]).blank},
    )


def _never(cell: Cell) -> Expression | None:
    """否, or what cannot be read: a condition that never holds."""
    return parse("false()", cell.place)[0]


def _field(text: str) -> str:
    """The name of a field, also where it is written as `${name}`."""
    shape = _FIELD.fullmatch(text)
    return shape[1] if shape else text


def _places(cell: Cell, found: list[Diagnostic]) -> tuple[str, ...] | Expression:
    if _COMPUTED.search(cell.text):
        return expression(cell, found) or ()
    return tuple(filter(None, map(str.strip, _SEVERAL.split(cell.text))))


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


def _yes(cell: Cell, found: list[Diagnostic]) -> bool:
    word = plain(cell.text)
    if word and word not in YES | NO:
        found.append(faults.BAD_YES.at(cell.place, text=cell.text))
    return word not in NO


def _keeper(cell: Cell, found: list[Diagnostic]) -> Who | None:
    if cell.blank:
        return None
    who, wrong = parse_who(cell.text, cell.place)
    found += wrong
    return who
