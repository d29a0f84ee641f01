"""What a cell under `when` says, before anybody knows whether its column holds numbers, texts or dates."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from banshi.rules.cells import Cell, CellValue
from banshi.rules.expressions import Expression


class Form(StrEnum):
    """The forms of a cell test. An unreadable one is kept, so that it can never count as "no match"."""

    ANYTHING = "anything"
    EMPTY = "empty"
    PRESENT = "present"
    AMONG = "among"
    NOT_AMONG = "not among"
    FORMULA = "formula"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant as it was typed: the cell's own value, or a piece of its text. How it reads, the column decides."""

    value: CellValue
    quoted: bool = False

    @property
    def text(self) -> str:
        """The literal as its author would read it."""
        return self.value if isinstance(self.value, str) else Cell(self.value).text


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Everything between two literals; a missing one is an open end.

    `dotted` marks the spellings `a..b` and `a~b`, whose neighbours are easily made to share an end.
    """

    low: Literal | None = None
    high: Literal | None = None
    low_closed: bool = True
    high_closed: bool = True
    dotted: bool = False


Item = Literal | Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """One cell under `when`: its form, what it lists, or the expression that it computes.

    `missing` is set where a list names `空` beside other values.
    """

    form: Form
    cell: Cell
    items: tuple[Item, ...] = ()
    missing: bool = False
    formula: Expression | None = None

    __test__ = False  # pytest collects classes named Test…; this is not one of its own

    @property
    def literals(self) -> tuple[Literal, ...]:
        """Every constant of the cell."""
        found: list[Literal] = []
        for item in self.items:
            if isinstance(item, Literal):
                found.append(item)
            else:
                found += [end for end in (item.low, item.high) if end is not None]
        return tuple(found)

    @property
    def ordered(self) -> bool:
        """Whether the cell needs an order: a comparison or a range."""
        return any(isinstance(item, Span) for item in self.items)
