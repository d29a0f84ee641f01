"""The sheet `connect` · `接口`: the other systems that a service sends to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Final
from urllib.parse import SplitResult, parse_qsl, urlsplit

from banshi.platform.service.notices import MOST_TRIES, Connection, ConnectionKind
from banshi.platform.sheets import notice_faults as faults
from banshi.platform.sheets.cells import expression, part_of
from banshi.platform.sheets.do_column import parts_of
from banshi.platform.sheets.notice_words import CONNECTION_KINDS, KINDS_NOT_AVAILABLE
from banshi.platform.workbook.columns import Column, Record, plain, read_header, suggest
from banshi.platform.workbook.remarks import below_title
from banshi.platform.workbook.workbook import Sheet
from banshi.rules.cells import Cell
from banshi.rules.diagnostics import Diagnostic
from banshi.rules.expressions import Expression

COLUMNS: Final = (
    Column("name", ("name", "名称"), needed=True),
    Column("kind", ("kind", "类型")),
    Column("url", ("url", "地址"), needed=True),
    Column("auth", ("auth", "密钥")),
    Column("map", ("map", "映射")),
    Column("retry", ("retry", "重试")),
    Column("key", ("key", "去重键")),
    Column("note", ("note", "notes", "备注")),
)
_MAPPED = re.compile(r"\s*([^\s=＝{}｛｝]+)\s*[=＝](.+)", re.DOTALL)
_SECRET_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,23}")
_SECRET = re.compile(r"(?i)(access_?)?token|(api_?)?key|secret|password|sign(ature)?")
_MOST_RETRIES = 20


def parse_connect(sheet: Sheet) -> tuple[dict[str, Connection], list[Diagnostic]]:
    """The connections of a sheet by name, with everything that is wrong in it."""
    if not sheet.rows:
        return {}, []
    sheet, notes = below_title(sheet, COLUMNS)
    header, found = read_header(sheet, sheet.rows[0], COLUMNS)
    found += notes
    connections: dict[str, Connection] = {}
    if not {"name", "url"} <= header.index.keys():
        return {}, found
    for record in header.records(sheet.rows[1:]):
        made = _connection(record, found)
        first = connections.setdefault(made.name, made)
        if first is not made:
            found.append(faults.NAME_TWICE.at(made.at("name"), name=made.name, first=first.at("name")))
    return connections, found


def _connection(record: Record, found: list[Diagnostic]) -> Connection:
    name = record["name"].text or str(record.row)
    kind = _kind(record["kind"], found)
    fields = tuple(_fields(record["map"], found))
    url, auth = record["url"], record["auth"]
    found += _url(url)
    if not auth.blank and not _SECRET_NAME.fullmatch(auth.text):
        found.append(faults.BAD_AUTH.at(auth.place))
    elif auth.blank:
        found.append(faults.NO_AUTH.at(record["name"].place, name=name))
    if kind is ConnectionKind.REST and not fields and record["map"].blank:
        found.append(faults.NOTHING_MAPPED.at(record["map"].place, name=name))
    return Connection(
        name=name,
        kind=kind,
        url=url.text.strip(),
        auth=auth.text,
        fields=fields,
        tries=_tries(record["retry"], found),
        key=expression(record["key"], found),
        place=record.first,
        cells={column.name: cell.place for column in COLUMNS if not (cell := record[column.name]).blank},
    )


def _kind(cell: Cell, found: list[Diagnostic]) -> ConnectionKind:
    if cell.blank:
        return ConnectionKind.WEBHOOK
    for name, words in CONNECTION_KINDS.items():
        if plain(cell.text) in map(plain, words):
            return ConnectionKind(name)
    if plain(cell.text) in map(plain, KINDS_NOT_AVAILABLE):
        found.append(faults.KIND_NOT_AVAILABLE.at(cell.place, text=cell.text))
    else:
        known = "、".join(" / ".join(words) for words in CONNECTION_KINDS.values())
        near = suggest(cell.text, (word for words in CONNECTION_KINDS.values() for word in words))
        found.append(faults.UNKNOWN_KIND.at(cell.place, text=cell.text, known=known, near=near))
    return ConnectionKind.WEBHOOK


def _fields(cell: Cell, found: list[Diagnostic]) -> Iterator[tuple[str, Expression]]:
    """`name=expression; name=expression`."""
    names: set[str] = set()
    for start, end in parts_of(cell.text, 0, len(cell.text), ";；\n"):
        shape = _MAPPED.fullmatch(cell.text, start, end)
        place = cell.place.at(start, end)
        if shape is None or not shape[2].strip():
            found.append(faults.BAD_MAP.at(place, text=cell.text[start:end]))
            continue
        if shape[1] in names:
            found.append(faults.MAP_TWICE.at(place, name=shape[1]))
        names.add(shape[1])
        value = part_of(cell, *shape.span(2), found)
        if value is not None:
            yield shape[1], value


def _tries(cell: Cell, found: list[Diagnostic]) -> int:
    text = re.sub(r"\s*(次|times)$", "", cell.text.strip())
    if cell.blank:
        return MOST_TRIES
    if text.isdecimal() and 1 <= int(text) <= _MOST_RETRIES:
        return int(text)
    found.append(faults.BAD_RETRY.at(cell.place, text=cell.text))
    return MOST_TRIES


def _url(cell: Cell) -> Iterator[Diagnostic]:
    text = cell.text.strip()
    try:
        parts = urlsplit(text)
        wrong = _wrong_with(text, parts)
    except ValueError:
        wrong = ("读不懂", "it cannot be read")
    if wrong is not None:
        yield faults.BAD_URL.at(cell.place, text=text, why=wrong[0], why_en=wrong[1])
        return
    for name, _ in parse_qsl(parts.query, keep_blank_values=True):
        if _SECRET.fullmatch(name):
            yield faults.SECRET_IN_URL.at(cell.place, name=name)


def _wrong_with(text: str, parts: SplitResult) -> tuple[str, str] | None:
    """Why an address cannot be used, in Chinese and English."""
    if not text:
        return "没有写", "there is none"
    if parts.scheme not in ("https", "http") or not parts.hostname:
        return "要以 https:// 开头", "it begins with https://"
    if parts.username or parts.password:
        return "里面有用户名或密码", "it holds a user or a password"
    if parts.fragment or re.search(r"[\s{}<>\"\\^`|]", text):
        return "里面有空格、#、大括号等不能有的符号", "it holds blanks, #, braces or other signs that it may not"
    _ = parts.port  # ValueError for one that is no number of a port
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        return "只能用 https（http 只用于本机）", "only https is allowed (http for this machine alone)"
    return None


def is_loopback(host: str) -> bool:
    """Whether a name or an address means this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
