"""From rows of tables to the contract's records and back, and the pieces of queries that several parts share."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Column, ColumnElement, Connection, Row, Select, Table, and_, func
from sqlalchemy.dialects import postgresql, sqlite

from banshi.storage.contract import StoredAttachment, StoredCase, StoredDecision, StoredTask
from banshi.storage.papers import StoredPaper
from banshi.storage.passes import StoredPass
from banshi.storage.transactions import Database

PORTION = 500
"""How many rows a stream reads at a time; between portions no transaction is open."""

R = TypeVar("R")


class Part:
    """A part of a SQL store: verbs on one database."""

    def __init__(self, database: Database) -> None:
        self._database = database


def record(kind: type[R], row: Row[Any] | Mapping[str, Any]) -> R:
    """A row as a record: the columns that bear the names of the record's fields."""
    values = row if isinstance(row, Mapping) else row._mapping  # noqa: SLF001  (SQLAlchemy's public name for it)
    return kind(**{name: values[name] for name in _names(kind)})


def _names(kind: Any) -> tuple[str, ...]:
    return _names_of(kind)


@cache
def _names_of(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def columns(
    item: StoredCase | StoredTask | StoredDecision | StoredAttachment | StoredPaper | StoredPass,
) -> dict[str, Any]:
    """A record as column values, with the `search` column where the table has one."""
    values = {name: getattr(item, name) for name in _names(type(item))}
    match item:
        case StoredCase():
            values["search"] = findable(item.number, item.title, item.service_id, item.applicant)
        case StoredDecision():
            values["search"] = findable(item.number, item.service_id, item.name, item.person, item.words)
    return values


def says(value: Any, word: str) -> bool:
    """Whether a text stands anywhere in a JSON value, by itself."""
    if isinstance(value, Mapping):
        return any(says(item, word) for item in value.values())
    if isinstance(value, list | tuple):
        return any(says(item, word) for item in value)
    return bool(value == word)


def findable(*texts: str) -> str:
    """Texts as they are searched: half width, letter case folded, one line each."""
    return "\n".join(unicodedata.normalize("NFKC", text).casefold() for text in texts)


def matches(column: Column[str], query: str) -> list[ColumnElement[bool]]:
    """The conditions that every word of a query stands in a `search` column."""
    return [column.contains(word, autoescape=True) for word in findable(query).split()]


def put(connection: Connection, table: Table, *rows: Mapping[str, Any]) -> None:
    """Insert rows of the same columns, or replace those with the same primary key; other columns stay as they are."""
    if rows:
        connection.execute(_upsert(connection.dialect.name, table, tuple(rows[0])), rows)


@cache
def _upsert(dialect: str, table: Table, names: tuple[str, ...]) -> Any:
    """One statement for either case; it is made once, for making it takes longer than running it."""
    key = [column.name for column in table.primary_key.columns]
    new = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(table)
    rest = {name: new.excluded[name] for name in names if name not in key}
    return new.on_conflict_do_update(index_elements=key, set_=rest) if rest else new.on_conflict_do_nothing()


def page_of(
    database: Database, query: Select[Any], order: Sequence[ColumnElement[Any]], page: int, size: int
) -> tuple[list[Row[Any]], int]:
    """One page of a query's rows and how many rows it has, read in one view."""
    with database.reading() as connection:
        total = connection.scalar(query.with_only_columns(func.count(), maintain_column_froms=True)) or 0
        start = max(page - 1, 0) * size
        rows = connection.execute(query.order_by(*order).limit(size).offset(start)).all() if size > 0 else []
        return list(rows), total


def stream(database: Database, query: Select[Any], at: Column[Any], key: Column[str]) -> Iterator[Row[Any]]:
    """All rows by time and key, a portion at a time, so that a slow reader holds nothing open."""
    last: Row[Any] | None = None
    while True:
        rest = query
        if last is not None:
            moment, name = last._mapping[at.name], last._mapping[key.name]  # noqa: SLF001
            rest = query.where((at > moment) | and_(at == moment, key > name))
        with database.reading() as connection:
            rows = connection.execute(rest.order_by(at, key).limit(PORTION)).all()
        yield from rows
        if len(rows) < PORTION:
            return
        last = rows[-1]
