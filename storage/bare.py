"""Rows as they lie in every store: whole numbers, texts, bytes and nothing, by the columns of `schema.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Integer, LargeBinary, Table, TypeDecorator
from sqlalchemy.types import TypeEngine

from banshi.storage.contract import StorageError
from banshi.storage.schema import metadata, sources

TABLES: tuple[Table, ...] = tuple(metadata.sorted_tables)
"""Every table, those that others refer to first."""
HEALTH = "health:last-check"
UNFINISHED = "copy:unfinished"
OWN_SOURCES = frozenset({HEALTH, UNFINISHED})
"""Rows of `sources` that a store has for itself, and that no copy takes along."""


def is_own(table: Table, row: Sequence[Any]) -> bool:
    """Whether a row of a table belongs to the store itself."""
    return table.name == sources.name and row[0] in OWN_SOURCES


def bare_type(column: Column[Any]) -> TypeEngine[Any]:
    """What a column holds in the database, without the conversion of its Python values."""
    kind = column.type
    if not isinstance(kind, TypeDecorator):
        return kind
    return kind.impl_instance


def is_binary(column: Column[Any]) -> bool:
    """Whether a column holds bytes."""
    return isinstance(column.type, LargeBinary)


def key_of(table: Table, row: Sequence[Any]) -> tuple[Any, ...]:
    """The key of a bare row."""
    return tuple(value for column, value in zip(table.columns, row, strict=True) if column.primary_key)


def key_names(table: Table) -> tuple[str, ...]:
    """The names of the columns that tell a table's rows apart."""
    return tuple(column.name for column in table.primary_key.columns)


def lowered(table: Table, values: Mapping[str, Any]) -> dict[str, Any]:
    """Python values as a whole bare row, with the table's defaults for what is missing.

    Raises:
        StorageError: a value that has no default is missing.
        ValueError, TypeError: a time without a zone, a value that has no JSON form.
    """
    return {
        column.name: low(column, values[column.name]) if column.name in values else _default(column)
        for column in table.columns
    }


def low(column: Column[Any], value: Any) -> Any:
    """A Python value as a column holds it; the errors are those of `lowered`."""
    if isinstance(column.type, TypeDecorator) and (value is not None or not column.nullable):
        value = column.type.process_bind_param(value, None)  # type: ignore[arg-type]  # ours ask no dialect
    if value is None and not column.nullable:
        raise _missing(column)
    return value


def raised(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """A bare row as Python values."""
    return {column.name: _high(column, row[column.name]) for column in table.columns}


def _default(column: Column[Any]) -> Any:
    if column.server_default is not None:
        text = str(column.server_default.arg)  # type: ignore[attr-defined]  # plain texts, all of them
        return int(text) if isinstance(column.type, Integer) else text
    if column.nullable:
        return None
    raise _missing(column)


def _missing(column: Column[Any]) -> StorageError:
    return StorageError(f"{column.table.name}.{column.name} has to be there.")


def _high(column: Column[Any], value: Any) -> Any:
    if isinstance(column.type, TypeDecorator):
        return column.type.process_result_value(value, None)  # type: ignore[arg-type]
    return value
