"""Registers as every store keeps them: rows that cases put there, read by the forms of others. See `contract.py` for the rest.

A register is a projection: its rows follow from cases and from what the live workbook says of it (`made_by`), and are made
again when that changes. Its number grows with every change of a row, so that whoever decided by what she read is told
when somebody wrote in between.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from banshi.storage.payload import pack, unpack

if TYPE_CHECKING:
    from banshi.storage.contract import StoredCase

FILLED_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterRow:
    """A row that a case has in a register: the text of its first key, and values by column, as JSON has them."""

    key: str
    content: Mapping[str, Any] = field(default_factory=dict)


def as_kept(row: RegisterRow) -> RegisterRow:
    """A row as it will be read back."""
    return RegisterRow(key=row.key, content=unpack(pack(row.content)))


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterMark:
    """How a register stands: the number of its last change, and by which definition, published when, its rows were made."""

    seq: int = 0
    made_by: str = ""
    made_of: datetime | None = None


RowsOf = Callable[["StoredCase"], Sequence[RegisterRow]]


class RegisterStore(Protocol):
    """Registers. Their rows are written by `commit`, and anew by `fill_register`."""

    def register_mark(self, register: str) -> RegisterMark:
        """How a register stands; one that was never written stands at the beginning."""
        ...

    def register_rows(self, register: str, keys: Collection[str] | None = None) -> list[tuple[str, RegisterRow]]:
        """The rows of a register with the ids of their cases, of all cases or those with one of some keys, by case and place."""
        ...

    def fill_register(self, register: str, service_id: str, rows_of: RowsOf, after: str = "") -> str:
        """Make the rows of the next cases of a service anew, those whose ids follow `after`; the last one's id.

        Empty where there are no more. A case that moves on meanwhile keeps the rows of its last state.
        """
        ...

    def forget_registers(self) -> None:
        """Let the rows of every register be made anew by whoever reads it next."""
        ...

    def mark_register(self, register: str, made_by: str, made_of: datetime) -> None:
        """Keep by which definition the rows of a register were made."""
        ...
