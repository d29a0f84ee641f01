"""The parts of a decision table: hit policy, inputs, outputs, rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from banshi.rules.diagnostics import NOWHERE, Place
from banshi.rules.expressions import Expression
from banshi.rules.expressions.tree import Reference
from banshi.rules.tables.conditions import Test
from banshi.rules.values import Kind, Value


class Hit(StrEnum):
    """What happens when several rows hold (the hit policy)."""

    UNIQUE = "unique"
    FIRST = "first"
    ANY = "any"
    PRIORITY = "priority"
    RULE_ORDER = "rule order"
    OUTPUT_ORDER = "output order"
    COLLECT = "collect"
    SUM = "sum"
    MIN = "min"
    MAX = "max"
    COUNT = "count"

    @property
    def many(self) -> bool:
        """Whether the outputs are a list of objects."""
        return self in (Hit.RULE_ORDER, Hit.OUTPUT_ORDER, Hit.COLLECT)

    @property
    def aggregated(self) -> bool:
        """Whether the output is one number."""
        return self in (Hit.SUM, Hit.MIN, Hit.MAX, Hit.COUNT)

    @property
    def ranked(self) -> bool:
        """Whether the rows are ordered by the `values.<output>` lists."""
        return self in (Hit.PRIORITY, Hit.OUTPUT_ORDER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """A `when` column. `kind` is declared (`: number`), bound to the field it reads, or inferred from its cells.

    `whole` says that the header promises whole numbers (`: integer`).
    `bound` is `>=`, `>`, `<` or `<=` for a column of the two-column range form, else empty.
    `of_form` says that it reads a field of the form, which knows better than the cells what they hold.
    """

    expression: Expression
    kind: Kind = Kind.ANY
    declared: bool = False
    whole: bool = False
    bound: str = ""
    place: Place = NOWHERE
    of_form: bool = False

    @property
    def field(self) -> str:
        """The field that the column reads, when its expression is nothing but that field; else empty."""
        return self.expression.root.name if isinstance(self.expression.root, Reference) else ""

    @property
    def label(self) -> str:
        """How decisions call the input: its bare field name, or the text of its expression."""
        return self.field or " ".join(self.expression.text.strip().removeprefix("=").split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """A `then` column. `kind` is declared (`: number`) or inferred from its cells."""

    name: str
    kind: Kind = Kind.ANY
    declared: bool = False
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A cell under `then`: a constant (a text perhaps `quoted` by its author), or an expression (`=…`)."""

    value: Value = None
    expression: Expression | None = None
    place: Place = NOWHERE
    quoted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One rule: a test for every input and a result for every output, perhaps in force only between two days.

    `valid_from` and `valid_until` are both inclusive.
    """

    number: int
    tests: tuple[Test, ...]
    results: tuple[Result, ...]
    id: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    reference: str = ""
    note: str = ""
    place: Place = NOWHERE

    @property
    def label(self) -> str:
        """How explanations call the row: its number in the sheet, and its id where it has one."""
        return f"{self.number} ({self.id})" if self.id else str(self.number)
