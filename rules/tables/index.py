"""The index of a table: for every input a bitset of rows per stretch of values; a decision is a few lookups and ANDs.

Row i is bit i. Numbers, dates and times are found by bisection among the sorted ends of all cells, words by a
dictionary. 2,000 rows therefore cost about what 100 do.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from decimal import Decimal

from banshi.rules.diagnostics import Place
from banshi.rules.expressions import Expression
from banshi.rules.expressions.characters import fold_name
from banshi.rules.tables.conditions import Form, Literal, Test
from banshi.rules.tables.kinds import grouped
from banshi.rules.tables.literals import Unreadable, local, read
from banshi.rules.tables.model import Input, Row
from banshi.rules.tables.spans import ALL_WORDS, ORDERED, WHOLE_LINE, Line, Position, Words, edges, stretch
from banshi.rules.values import Kind, Value

Allowed = Line | Words


class Mismatch:
    """The answer of `comparable` for a value of a kind that the column does not compare."""


MISMATCH = Mismatch()


@dataclass(frozen=True, slots=True)
class Condition:
    """What one cell, or all cells of a row about one input, allow.

    `missing` and `other` say whether they hold for a missing value and for one of another kind.
    """

    allowed: Allowed
    missing: bool
    other: bool

    def __and__(self, more: Condition) -> Condition:
        both = self.allowed & more.allowed  # type: ignore[operator]  # one input, one kind: both lines or both words
        return Condition(both, self.missing and more.missing, self.other and more.other)

    def holds(self, value: Value, kind: Kind) -> bool:
        """Whether a value is allowed in a column of a kind."""
        if missing(value):
            return self.missing
        found = comparable(value, kind)
        return self.other if isinstance(found, Mismatch) else found in self.allowed


def condition(test: Test, kind: Kind, known: dict[int, Allowed | None] | None = None) -> Condition | None:
    """What a cell allows in a column of a kind; None when it cannot be read. A formula is decided later: anything.

    `known` takes what is found by the identity of the cell's items, for the cells of one column that say the same.
    """
    everything: Allowed = WHOLE_LINE if kind in ORDERED else ALL_WORDS
    match test.form:
        case Form.ANYTHING:
            return Condition(everything, missing=True, other=True)
        case Form.EMPTY:
            return Condition(~everything, missing=True, other=False)
        case Form.PRESENT | Form.FORMULA:
            return Condition(everything, missing=False, other=True)
        case Form.UNREADABLE:
            return None
    known = {} if known is None else known
    if id(test.items) not in known:
        known[id(test.items)] = _named(test, kind)
    named = known[id(test.items)]
    if named is None:
        return None
    if test.form is Form.NOT_AMONG:
        return Condition(~named, missing=False, other=False)
    return Condition(named, missing=test.missing, other=False)


def _named(test: Test, kind: Kind) -> Allowed | None:
    """The values that a cell lists."""
    if kind in ORDERED:
        for literal in test.literals:
            if isinstance(read(literal, kind), Unreadable):
                return None
        return Line.of(stretch(item, kind) for item in test.items)
    if test.ordered:
        return None
    kinds = (Kind.TEXT, Kind.BOOLEAN) if kind is Kind.ANY else (kind,)
    members: set[object] = set()
    for literal in test.literals:
        readings = {found for one in kinds if not isinstance(found := read(literal, one), Unreadable)}
        if not readings:
            return None
        members |= readings
    return Words(frozenset(members))


def missing(value: Value) -> bool:
    """Whether nothing was given: empty, blank text, an empty list."""
    return not fold_name(value) if isinstance(value, str) else value is None or value == ()


def comparable(value: Value, kind: Kind) -> Value | Mismatch:
    """The value as a column of a kind compares it; instants as the local wall clock shows them."""
    match value:
        case str():
            return fold_name(value) if kind is Kind.TEXT or kind is Kind.ANY else MISMATCH
        case Decimal():
            return value if kind is Kind.NUMBER and value.is_finite() else MISMATCH
        case bool():
            return value if kind is Kind.BOOLEAN or kind is Kind.ANY else MISMATCH
        case datetime():
            moment = local(value)
            return moment.date() if kind is Kind.DATE else moment if kind is Kind.DATETIME else MISMATCH
        case date():
            return (
                datetime.combine(value, time()) if kind is Kind.DATETIME else value if kind is Kind.DATE else MISMATCH
            )
        case time():
            return value.replace(tzinfo=None) if kind is Kind.TIME else MISMATCH
        case _:
            return MISMATCH


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """One input with the bitsets of its rows; `name` is the field that it reads, when it is nothing but that field."""

    label: str
    expression: Expression
    name: str
    kind: Kind
    columns: tuple[int, ...]
    conditions: tuple[Condition, ...]
    formulas: int
    compares: bool
    missing: int
    other: int
    cuts: tuple[Position, ...] = ()
    masks: tuple[int, ...] = ()
    by_word: dict[object, int] = field(default_factory=dict)
    unnamed: int = 0
    whole: bool = False

    def is_fraction(self, value: Value) -> bool:
        """Whether the header promises whole numbers, and this number is none."""
        return self.whole and isinstance(value, Decimal) and value.is_finite() and value != value.to_integral_value()

    def rows(self, value: Value) -> int:
        """The rows whose cells hold for a value; where a formula decides, the row is still in."""
        return self.look_up(value)[0]

    def look_up(self, value: Value) -> tuple[int, bool]:
        """The rows whose cells hold for a value, and whether cells compare and the value is of another kind."""
        if missing(value):
            return self.missing, False
        found = comparable(value, self.kind)
        if found is MISMATCH:
            return self.other, self.compares
        if self.kind in ORDERED:
            return self.masks[bisect_right(self.cuts, (found, 0))], False
        return self.by_word.get(found, self.unnamed), False


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """The axes of a table, its rows with formula cells, the rows in force by day, the cells that cannot be read."""

    size: int
    axes: tuple[Axis, ...]
    formulas: int
    day_cuts: tuple[Position, ...]
    day_masks: tuple[int, ...]
    unreadable: tuple[Place, ...]

    def in_force(self, day: date) -> int:
        """The rows in force on a day."""
        return self.day_masks[bisect_right(self.day_cuts, (day, 0))]


def build(inputs: Sequence[Input], rows: Sequence[Row]) -> Index:
    """The index of a table's rows."""
    unreadable: list[Place] = []
    axes = []
    for label, columns in grouped(inputs).items():
        axes.append(_axis(label, columns, inputs, rows, unreadable))
    cuts, masks = _sweep([days(row) for row in rows])
    formulas = 0
    for axis in axes:
        formulas |= axis.formulas
    return Index(
        size=len(rows),
        axes=tuple(axes),
        formulas=formulas,
        day_cuts=cuts,
        day_masks=masks,
        unreadable=tuple(unreadable),
    )


def days(row: Row) -> Line:
    """The days on which a row is in force."""
    start = (row.valid_from, 0) if row.valid_from else None
    stop = edges(Literal(row.valid_until), Kind.DATE)[1] if row.valid_until else None
    return Line.of([(start, stop)])


def _axis(
    label: str, columns: tuple[int, ...], inputs: Sequence[Input], rows: Sequence[Row], unreadable: list[Place]
) -> Axis:
    kind = inputs[columns[0]].kind
    known: dict[int, Allowed | None] = {}
    conditions = tuple(_row_condition(row, columns, kind, known, unreadable) for row in rows)
    forms = [[row.tests[i].form for i in columns] for row in rows]
    axis = Axis(
        label=label,
        expression=inputs[columns[0]].expression,
        name=inputs[columns[0]].field,
        kind=kind,
        columns=columns,
        conditions=conditions,
        formulas=_mask(Form.FORMULA in found for found in forms),
        compares=any(form is Form.AMONG or form is Form.NOT_AMONG for found in forms for form in found),
        missing=_mask(found.missing for found in conditions),
        other=_mask(found.other for found in conditions),
        whole=any(inputs[i].whole for i in columns),
    )
    return _with_bitsets(axis)


def _row_condition(
    row: Row, columns: tuple[int, ...], kind: Kind, known: dict[int, Allowed | None], unreadable: list[Place]
) -> Condition:
    if len(columns) == 1 and (only := condition(row.tests[columns[0]], kind, known)) is not None:
        return only
    whole = Condition(WHOLE_LINE if kind in ORDERED else ALL_WORDS, missing=True, other=True)
    for i in columns:
        found = condition(row.tests[i], kind, known)
        if found is None:
            unreadable.append(row.tests[i].cell.place)
        else:
            whole &= found
    return whole


def _with_bitsets(axis: Axis) -> Axis:
    allowed = [found.allowed for found in axis.conditions]
    if axis.kind in ORDERED:
        cuts, masks = _sweep([item for item in allowed if isinstance(item, Line)])
        return replace(axis, cuts=cuts, masks=masks)
    by_word, unnamed = _words([item for item in allowed if isinstance(item, Words)])
    return replace(axis, by_word=by_word, unnamed=unnamed)


def _sweep(lines: Sequence[Line]) -> tuple[tuple[Position, ...], tuple[int, ...]]:
    """The sorted ends of all lines, and the rows that hold between each two of them."""
    starts: dict[Position, int] = {}
    stops: dict[Position, int] = {}
    now = 0
    for i, line in enumerate(lines):
        for start, stop in line.stretches:
            if start is None:
                now |= 1 << i
            else:
                starts[start] = starts.get(start, 0) | 1 << i
            if stop is not None:
                stops[stop] = stops.get(stop, 0) | 1 << i
    cuts = tuple(sorted({*starts, *stops}))
    masks = [now]
    for cut in cuts:
        now = now & ~stops.get(cut, 0) | starts.get(cut, 0)
        masks.append(now)
    return cuts, tuple(masks)


def _words(found: Sequence[Words]) -> tuple[dict[object, int], int]:
    """The rows by word, and those that hold for a word that no cell names."""
    named: dict[object, int] = {}
    excluded: dict[object, int] = {}
    unnamed = 0
    for i, words in enumerate(found):
        target = excluded if words.negated else named
        unnamed |= words.negated << i
        for member in words.members:
            target[member] = target.get(member, 0) | 1 << i
    every = {*named, *excluded}
    return {word: unnamed & ~excluded.get(word, 0) | named.get(word, 0) for word in every}, unnamed


def _mask(flags: Iterator[bool] | Sequence[bool]) -> int:
    mask = 0
    for i, flag in enumerate(flags):
        mask |= bool(flag) << i
    return mask


def bits(mask: int) -> Iterator[int]:
    """The rows of a bitset, lowest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
