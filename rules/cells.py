"""A cell: a value that somebody typed, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from banshi.rules.diagnostics import NOWHERE, Place


class Percentage(Decimal):
    """A number that its cell shows as a percentage: 3 in a cell that reads 300%."""

    @property
    def shown(self) -> str:
        """The percentage as the cell shows it, with all its digits."""
        return f"{(self * 100).normalize():f}%"


CellValue = None | bool | Decimal | str | date | datetime | time


@dataclass(frozen=True, slots=True)
class Cell:
    """A value (text, decimal, date, boolean or nothing) with its place. Text is trimmed; blank text is None."""

    value: CellValue = None
    place: Place = NOWHERE

    @property
    def blank(self) -> bool:
        """Whether nothing was typed."""
        return self.value is None

    @property
    def text(self) -> str:
        """The value as the author would read it: `0.10`, `2026-09-01`, `TRUE`; blank gives an empty string."""
        value = self.value
        if value is None:
            return ""
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        if isinstance(value, Decimal):
            return format(value, "f")
        if isinstance(value, datetime):
            return value.isoformat(sep=" ")
        if isinstance(value, (date, time)):
            return value.isoformat()
        return value
