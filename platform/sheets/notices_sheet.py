"""The sheet `notices` · `通知`: one row is one thing that people or other systems are told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import time
from typing import Final

from banshi.platform.people.who import Who, parse_who
from banshi.platform.service.notices import Notice, On, Quiet, Template, Way
from banshi.platform.sheets import notice_faults as faults
from banshi.platform.sheets.cells import expression, part_of
from banshi.platform.sheets.named_rows import when_of
from banshi.platform.sheets.notice_words import ASKED, CHANNELS, EVENTS
from banshi.platform.workbook.columns import Column, Record, plain, read_header, suggest
from banshi.platform.workbook.remarks import below_title
from banshi.platform.workbook.workbook import Sheet
from banshi.rules.cells import Cell
from banshi.rules.diagnostics import Diagnostic
from banshi.rules.expressions import Expression

COLUMNS: Final = (
    Column("name", ("name", "名称")),
    Column("on", ("on", "事件"), needed=True),
    Column("when", ("when", "条件")),
    Column("to", ("to", "发给")),
    Column("channel", ("channel", "渠道")),
    Column("text", ("text", "内容", "text::中文 (zh)", "text::zh", "内容::中文 (zh)"), needed=True),
    Column("text_en", ("text::English (en)", "text::en", "内容::English (en)", "内容::en")),
    Column("quiet", ("quiet", "免打扰")),
    Column("dedupe", ("dedupe", "去重键")),
    Column("note", ("note", "notes", "备注")),
)
_EVENT = re.compile(r"([^:：]*?)\s*(?:[:：]\s*(.*))?", re.DOTALL)
_WAY = re.compile(r"([^:：]*?)\s*(?:[:：]\s*(.*))?", re.DOTALL)
_SEVERAL = re.compile(r"[,，、;；\n]+")
_STEPS = re.compile(r"[,，、;；\s]+")
_ADDED = re.compile(r"[+＋]")
_FIELD = re.compile(r"[$＄]\s*[{｛][^{}｛｝]*[}｝]")
_BROKEN = re.compile(r"[$＄]\s*[{｛].{0,20}", re.DOTALL)
_HOURS = re.compile(r"(\d{1,2})[:：](\d{2})\s*(?:-|–|—|~|～|至|到|to)\s*(\d{1,2})[:：](\d{2})")


def parse_notices(sheet: Sheet) -> tuple[tuple[Notice, ...], list[Diagnostic]]:
    """The notices of a sheet with everything that is wrong in it."""
    if not sheet.rows:
        return (), []
    sheet, notes = below_title(sheet, COLUMNS)
    header, found = read_header(sheet, sheet.rows[0], COLUMNS)
    found += notes
    if not {"on", "text"} <= header.index.keys():
        return (), found
    notices = [_notice(record, found) for record in header.records(sheet.rows[1:])]
    named: dict[str, Notice] = {}
    for notice in notices:
        first = named.setdefault(plain(notice.name), notice)
        if first is not notice:
            found.append(faults.NAME_TWICE.at(notice.at("name"), name=notice.name, first=first.at("name")))
    return tuple(notices), found


def _notice(record: Record, found: list[Diagnostic]) -> Notice:
    event = _event(record["on"], found)
    texts = {
        language: template
        for language, column in (("zh", "text"), ("en", "text_en"))
        if (template := _template(record[column], found)) is not None
    }
    ways = tuple(_ways(record["channel"], found))
    if not texts:
        found.append(faults.NO_TEXT.at(record["text"].place))
    on, steps = event or (On.SUBMITTED, ())  # so that the rest of the row is looked at too
    name = record["name"].text
    if on is On.CALLED and not name:
        found.append(faults.CALLED_NAMELESS.at(record["on"].place))
    who, asked = _to(record["to"], found)
    if asked and event is not None and not on.to_asked:
        found.append(faults.NOBODY_ASKED.at(record["to"].place, text=record["on"].text))
    return Notice(
        name=name or str(record.row),
        on=on,
        steps=steps,
        when=when_of(record["when"], found),
        to=who,
        asked=asked or (who is None and on.to_asked),
        ways=ways,
        texts=texts,
        quiet=_quiet(record["quiet"], found),
        dedupe=expression(record["dedupe"], found),
        place=record.first,
        cells={column.name: cell.place for column in COLUMNS if not (cell := record[column.name]).blank},
    )


def _event(cell: Cell, found: list[Diagnostic]) -> tuple[On, tuple[str, ...]] | None:
    shape = _EVENT.fullmatch(cell.text)
    word, rest = (shape[1], shape[2] or "") if shape else (cell.text, "")
    name = next((name for name, words in EVENTS.items() if plain(word) in map(plain, words)), None)
    if name is None:
        known = "、".join(" / ".join(words[:2]) for words in EVENTS.values())
        near = suggest(word, (spelling for words in EVENTS.values() for spelling in words))
        found.append(faults.UNKNOWN_EVENT.at(cell.place, text=cell.text, known=known, near=near))
        return None
    steps = tuple(filter(None, _STEPS.split(rest)))
    if steps and not On(name).of_step:
        found.append(faults.NOT_OF_STEP.at(cell.place, text=word))
    return On(name), steps


def _to(cell: Cell, found: list[Diagnostic]) -> tuple[Who | None, bool]:
    """The people, and whether those who are asked are among them."""
    if cell.blank:
        return None, False
    parts = [part.strip() for part in _ADDED.split(cell.text)]
    asked = {part for part in parts if plain(part) in map(plain, ASKED)}
    rest = [part for part in parts if part not in asked]
    if not rest:
        return None, True
    who, wrong = parse_who(" + ".join(rest) if asked else cell.text, cell.place)
    found += wrong
    return who, bool(asked)


def _ways(cell: Cell, found: list[Diagnostic]) -> Iterator[Way]:
    """The channels of a cell; blank is the inbox."""
    if cell.blank:
        yield Way("inbox")
    for text in filter(None, map(str.strip, _SEVERAL.split(cell.text))):
        shape = _WAY.fullmatch(text)
        word, connection = (shape[1], shape[2] or "") if shape else (text, "")
        channel = next((name for name, words in CHANNELS.items() if plain(word) in map(plain, words)), None)
        if channel is None or (channel == "webhook") is not bool(connection):
            known = "、".join([*(" / ".join(words[:2]) for words in list(CHANNELS.values())[:2]), "webhook:… / 接口:…"])
            near = suggest(word, (spelling for words in CHANNELS.values() for spelling in words)) if not channel else ""
            found.append(faults.UNKNOWN_CHANNEL.at(cell.place, text=text, known=known, near=near))
        else:
            yield Way(channel, connection)


def _template(cell: Cell, found: list[Diagnostic]) -> Template | None:
    """A text with `${field}` in it; None for a blank cell."""
    if cell.blank:
        return None
    pieces: list[str | Expression] = []
    text, last = cell.text, 0
    for match in _FIELD.finditer(text):
        pieces += _plain(cell, last, match.start(), found)
        named = part_of(cell, *match.span(), found)
        pieces += [named] if named is not None else []
        last = match.end()
    return Template((*pieces, *_plain(cell, last, len(text), found)))


def _plain(cell: Cell, start: int, end: int, found: list[Diagnostic]) -> list[str]:
    text = cell.text[start:end]
    if (broken := _BROKEN.search(text)) is not None:
        found.append(faults.OPEN_BRACE.at(cell.place.at(start + broken.start(), end), text=broken[0]))
    return [text] if text else []


def _quiet(cell: Cell, found: list[Diagnostic]) -> Quiet | None:
    if cell.blank:
        return None
    shape = _HOURS.fullmatch(cell.text.strip())
    if shape is not None:
        first, last = (int(shape[1]), int(shape[2])), (int(shape[3]) % 24, int(shape[4]))
        if first[0] < 24 and first[1] < 60 and int(shape[3]) <= 24 and last[1] < 60 and first != last:
            return Quiet(time(*first), time(*last))
    found.append(faults.BAD_QUIET.at(cell.place, text=cell.text))
    return None
