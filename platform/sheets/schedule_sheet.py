"""The sheet `schedule` · `定时`: one row is one thing that a service does by the clock."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from banshi.platform.people.recurrence import Days, Every
from banshi.platform.people.who import parse_who
from banshi.platform.routes.hooks import Open
from banshi.platform.service.jobs import ANYBODY, Billing, Deed, For, Job, Over
from banshi.platform.sheets import schedule_faults as faults
from banshi.platform.sheets.cells import part_of
from banshi.platform.sheets.do_column import parse_open, parts_of
from banshi.platform.sheets.every_text import parse_every
from banshi.platform.sheets.named_rows import when_of, who_of
from banshi.platform.sheets.schedule_words import (
    BILLED,
    DEEDS,
    EVERYBODY,
    INBOX,
    MAIL,
    OVERS,
    STATES,
)
from banshi.platform.workbook.columns import Column, Record, plain, read_header, suggest
from banshi.platform.workbook.remarks import below_title
from banshi.platform.workbook.workbook import Sheet
from banshi.rules.cells import Cell
from banshi.rules.diagnostics import Diagnostic
from banshi.rules.expressions import Expression

COLUMNS: Final = (
    Column("job", ("job", "任务"), needed=True),
    Column("every", ("every", "周期"), needed=True),
    Column("for", ("for", "对象")),
    Column("when", ("when", "条件")),
    Column("do", ("do", "动作"), needed=True),
    Column("to", ("to", "发给")),
    Column("channel", ("channel", "渠道")),
    Column("note", ("note", "notes", "备注")),
)
_FOR = re.compile(r"([^\s:：]+)\s*(?:[:：\s]\s*(.*))?", re.DOTALL)
_DEED = re.compile(r"([^:：(（\s]+)\s*(?:[:：\s]\s*([^(（]*?)\s*)?(?:[(（](.*)[)）])?\s*", re.DOTALL)
_EQUAL = re.compile(r"\s*([^\s=＝<>!${}()（）]+)\s*[=＝](.+)", re.DOTALL)
_SEVERAL = re.compile(r"[,，、;；\s]+")
_NEVER = Every(days=Days.OF_MONTH, numbers=())
_EXAMPLES = {
    Deed.OPEN: "开:设备报修(房间=${房间}, 代 字段:管理员)",
    Deed.REMIND: "提醒:课表",
    Deed.PUSH: "推送:课表接口",
    Deed.REPORT: "报表(房间=${房间})",
    Deed.BILL: "出账:电费(账户=购电, 持有者=房间)",
}


def parse_schedule(sheet: Sheet, datasets: frozenset[str]) -> tuple[tuple[Job, ...], list[Diagnostic]]:
    """The jobs of a sheet with everything that is wrong in it. `datasets` are the names of the data sheets."""
    if not sheet.rows:
        return (), []
    sheet, notes = below_title(sheet, COLUMNS)
    header, found = read_header(sheet, sheet.rows[0], COLUMNS)
    found += notes
    if not {"job", "every", "do"} <= header.index.keys():
        return (), found
    jobs: dict[str, Job] = {}
    for record in header.records(sheet.rows[1:]):
        made = _job(record, datasets, found)
        if made is None:
            continue
        first = jobs.setdefault(plain(made.name), made)
        if first is not made:
            found.append(faults.NAME_TWICE.at(made.at("job"), name=made.name, first=first.at("job")))
    return tuple(jobs.values()), found


def _job(record: Record, datasets: frozenset[str], found: list[Diagnostic]) -> Job | None:
    """A job; None where it has no name, or nothing to do."""
    every = _every(record["every"], found)
    subject = _for(record["for"], datasets, found)
    deed = _deed(record["do"], found)
    name = record["job"].text
    if not name:
        found.append(faults.NO_NAME.at(record.first))
    to, mailed = who_of(record["to"], found), _mailed(record["channel"], found)
    if deed is None or not name:
        return None
    kind, named, done, columns = deed
    return Job(
        name=name,
        every=every or _NEVER,
        subject=subject or For(),
        deed=kind,
        when=when_of(record["when"], found),
        opens=done if isinstance(done, Open) else None,
        bills=done if isinstance(done, Billing) else None,
        named=named,
        columns=columns,
        to=to,
        mailed=mailed,
        texts={name: record[name].text for name in ("for", "do")},
        place=record.first,
        cells={column.name: cell.place for column in COLUMNS if not (cell := record[column.name]).blank},
    )


def _every(cell: Cell, found: list[Diagnostic]) -> Every | None:
    every = parse_every(cell.text)
    if every is None:
        found.append(faults.BAD_EVERY.at(cell.place, text=cell.text))
    return every


def _for(cell: Cell, datasets: frozenset[str], found: list[Diagnostic]) -> For | None:
    if cell.blank:
        return For()
    text = cell.text.strip()
    shape = _FOR.fullmatch(text)
    word, rest = (shape[1], (shape[2] or "").strip()) if shape else (text, "")
    over = next((name for name, words in OVERS.items() if plain(word) in map(plain, words)), None)
    by_name = {plain(name): name for name in datasets}
    if plain(text) in by_name:
        return For(over=Over.DATA, name=by_name[plain(text)])
    if over == Over.DATA and plain(rest) in by_name:
        return For(over=Over.DATA, name=by_name[plain(rest)])
    if over == Over.ONCE and not rest:
        return For()
    if over == Over.CASES and (states := _states(rest)) is not None:
        return For(over=Over.CASES, states=states)
    if over == Over.PEOPLE and rest:
        if plain(rest) in map(plain, EVERYBODY):
            return For(over=Over.PEOPLE, kind=ANYBODY)
        if not re.search(r"[:：(（+＋]|\$", rest):
            return For(over=Over.PEOPLE, kind=rest)
        start = cell.text.index(rest)
        who, wrong = parse_who(rest, cell.place.at(start, start + len(rest)))
        found += wrong
        return For(over=Over.PEOPLE, who=who)
    found.append(faults.UNKNOWN_FOR.at(cell.place, text=text, near=suggest(text, datasets)))
    return None


def _states(text: str) -> tuple[str, ...] | None:
    """The states of cases that are named; None where one of them is none."""
    found = []
    for word in filter(None, _SEVERAL.split(text)):
        state = next((name for name, words in STATES.items() if plain(word) in map(plain, words)), None)
        if state is None:
            return None
        found.append(str(state))
    return tuple(found)


def _mailed(cell: Cell, found: list[Diagnostic]) -> bool:
    """Whether the table is mailed as well: it always lies in the inbox."""
    words = [word for word in _SEVERAL.split(cell.text) if word]
    known = set(map(plain, (*MAIL, *INBOX)))
    found += [faults.BAD_PART.at(cell.place, text=word) for word in words if plain(word) not in known]
    return any(plain(word) in map(plain, MAIL) for word in words)


Doing = tuple[Deed, str, Open | Billing | None, tuple[tuple[str, Expression], ...]]


def _deed(cell: Cell, found: list[Diagnostic]) -> Doing | None:
    """What is done, what of, and with which fields or columns; None where it cannot be read."""
    if cell.blank:
        return None
    shape = _DEED.fullmatch(cell.text)
    word = shape[1] if shape else cell.text
    kind = next((Deed(name) for name, words in DEEDS.items() if plain(word) in map(plain, words)), None)
    if shape is None or kind is None:
        known = "、".join(" / ".join(words[:2]) for words in DEEDS.values())
        near = suggest(word, (item for words in DEEDS.values() for item in words))
        found.append(faults.UNKNOWN_DEED.at(cell.place, text=cell.text, known=known, near=near))
        return None
    named = (shape[2] or "").strip()
    if kind is Deed.OPEN:
        opens = parse_open(cell, shape.start(2), len(cell.text.rstrip()), found) if named else None
        if opens is not None and not opens.each:
            return kind, opens.service, opens, ()
    elif kind is Deed.BILL:
        billing = _billing(cell, named, shape)
        if billing is not None:
            return kind, "", billing, ()
    elif kind is Deed.REPORT:
        return kind, "", None, tuple(_columns(cell, shape, found))
    elif named and shape[3] is None:
        return kind, named, None, ()
    found.append(faults.BAD_DEED.at(cell.place, text=cell.text, example=_EXAMPLES[kind]))
    return None


def _billing(cell: Cell, fees: str, shape: re.Match[str]) -> Billing | None:
    """What is billed; None where the fee sheet, the account or the holder is not said."""
    parts: dict[str, str] = {}
    for start, end in parts_of(cell.text, *shape.span(3), ",，") if shape[3] else ():
        said = _EQUAL.fullmatch(cell.text, start, end)
        key = next((key for key, words in BILLED.items() if said and plain(said[1]) in map(plain, words)), "")
        if said is None or not key or key in parts:
            return None
        parts[key] = said[2].strip().removeprefix("${").removesuffix("}")
    return Billing(fees=fees, **parts) if fees and parts.keys() == BILLED.keys() else None


def _columns(cell: Cell, shape: re.Match[str], found: list[Diagnostic]) -> Iterator[tuple[str, Expression]]:
    """The columns of a report: `heading=expression`."""
    for start, end in parts_of(cell.text, *shape.span(3), ",，") if shape[3] else ():
        column = _EQUAL.fullmatch(cell.text, start, end)
        value = part_of(cell, *column.span(2), found) if column else None
        if column is None:
            found.append(faults.BAD_PART.at(cell.place.at(start, end), text=cell.text[start:end]))
        elif value is not None:
            yield column[1], value
