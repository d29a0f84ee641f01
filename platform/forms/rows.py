"""Rows of repeats: where a value stands, and how that is written for people (`items[1].cas`, counted from 1)."""

from __future__ import annotations

from collections.abc import Mapping

Row = tuple[tuple[str, int], ...]
"""The repeats around a value with the row in each, outermost first, counted from 0; `()` outside every repeat."""

TOP: Row = ()


def path_of(row: Row, name: str = "") -> str:
    """The path of a name in a row, or of the row itself."""
    parts = [f"{repeat}[{index + 1}]" for repeat, index in row]
    return ".".join([*parts, name] if name else parts)


def shared(row: Row, repeats: tuple[str, ...]) -> Row:
    """The part of a row that lies in the same repeats, from the outside: where the two ways part."""
    length = 0
    while length < min(len(row), len(repeats)) and row[length][0] == repeats[length]:
        length += 1
    return row[:length]


def data_of(answers: Mapping[str, object], row: Row) -> Mapping[str, object]:
    """The answers of one row, as they came; nothing where they have another shape."""
    here = answers
    for repeat, index in row:
        rows = here.get(repeat)
        entry = rows[index] if isinstance(rows, (list, tuple)) and index < len(rows) else None
        if not isinstance(entry, Mapping):
            return {}
        here = entry
    return here
