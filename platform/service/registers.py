"""Registers: data sheets to whose rows cases add theirs, so that a form sees what others have taken, claimed or moved."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from banshi.rules.datasets import Dataset
from banshi.rules.diagnostics import NOWHERE, Place
from banshi.rules.expressions import Expression
from banshi.rules.values import Kind


class Counts(StrEnum):
    """Which cases have rows: those that are sent and neither refused nor withdrawn, or only those that were approved."""

    OPEN = "open"
    APPROVED = "approved"


COUNTS: Mapping[Counts, tuple[str, ...]] = {
    Counts.OPEN: ("在办", "open", "提交", "在办和办结"),
    Counts.APPROVED: ("办结", "approved", "通过", "passed"),
}
"""How a cell says it."""

CASE_FACTS: Mapping[str, tuple[str, str]] = {
    "number": ("case.number", "办件.单号"),
    "applicant": ("case.applicant", "办件.申请人"),
    "date": ("case.date", "办件.日期"),
}
"""What a column may take of the case itself: its number, the applicant's campus number, the day on which it was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """How cases add rows to a data sheet.

    `counts` says which cases do; None where the sheet only reads the rows of the services in `of`, whose register has the same name. `repeat` is the
    repeat each of whose rows is one; without it a case is. `when` is a condition over the answers. `values` are the names
    whose values the columns take (a question, or one of `CASE_FACTS`). `places` are the cells of the key rows by word, and of
    the header by column.
    """

    name: str
    columns: tuple[str, ...]
    key: str
    counts: Counts | None = None
    repeat: str = ""
    when: Expression | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    of: tuple[str, ...] = ()
    places: Mapping[str, Place] = field(default_factory=dict)

    def at(self, what: str) -> Place:
        """The cell of a key row, or of a column's header."""
        return self.places.get(what, NOWHERE)

    def made_by(self, kinds: Mapping[str, Kind], read: Sequence[Dataset | None] = ()) -> str:
        """What tells this definition from others, as far as rows follow from it; `read` are the data sheets that its condition reads."""
        said = (self.counts, self.repeat, self.when.text if self.when else "", self.key)
        taken = [(column, self.values[column], str(kinds.get(column, ""))) for column in self.columns]
        looked_up = [
            [[cell.text for cell in row.values()] for row in sheet.rows] for sheet in read if sheet is not None
        ]
        return hashlib.sha256(repr((said, taken, looked_up)).encode()).hexdigest()
