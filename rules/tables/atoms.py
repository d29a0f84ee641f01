"""Atoms: the smallest sets of inputs that the cells of a table can tell apart, axis by axis, with the rows of each.

Every analysis of a table speaks in them. An axis is one input, or the days on which rows are in force. Its atoms are
numbered; what a row allows on an axis is a list of runs of numbers, so an overlap, a gap or a masked row is a question
about integers and bitsets. Only inputs that can occur make an atom: between 3 and 4 there is no whole number, a choice
list has no other choices, a clock shows minutes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import reduce
from itertools import groupby
from operator import and_
from typing import Any

from banshi.rules.tables.conditions import Form
from banshi.rules.tables.index import Axis, bits
from banshi.rules.tables.literals import TRUTHS, read
from banshi.rules.tables.spans import ORDERED, Position
from banshi.rules.tables.table import Table
from banshi.rules.values import Kind, Value

Run = tuple[int, int]
"""Atoms from a number to before another."""

BLOCK = 32
"""How many atoms are put together where a whole run is asked about."""

OTHERS = ("其他", "别的", "未列出的", "另外一种")
"""Words for a text that no cell names; the first one that really is named by none is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known about an input before anybody answers: its choices, the `step` of its numbers (1 where they are
    whole, 0.01 for money; None where one lies between any two), its bounds; of the output of another table all its
    `values`.
    """

    choices: frozenset[str] | None = None
    step: Decimal | None = None
    bounds: tuple[Position | None, Position | None] = (None, None)
    values: frozenset[Value] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Atoms:
    """One axis. `masks[i]` holds the rows that allow atom i, `samples[i]` one input of it, `runs[row]` a row's atoms.

    `present` atoms come first; the missing input, where it has an atom, is the last. `expected` are the atoms that the
    author can be asked to cover. Where atoms are `ordered`, only neighbours make one gap. `unnamed` are the present atoms
    of texts and codes that no cell names, where there is no end of them: nobody is asked to cover those. `blocks[i]`
    holds the rows that allow every atom from `BLOCK * i` to before `BLOCK * (i + 1)`.
    """

    label: str
    masks: tuple[int, ...]
    samples: tuple[Value, ...]
    runs: tuple[tuple[Run, ...], ...]
    expected: tuple[Run, ...]
    present: int
    ordered: bool
    blocks: tuple[int, ...]
    unnamed: tuple[Run, ...] = ()

    def everywhere(self, runs: Sequence[Run], *, gap: bool) -> bool:
        """Whether runs hold all atoms; of a `gap`, all that are expected, if the others let no other row in.

        An atom lets no other row in where all its rows also allow one of the runs.
        """
        if gap and meet(runs, self.expected) != self.expected:
            return False
        inside = [mask for start, stop in runs for mask in self.masks[start:stop]]
        outside = [mask for start, stop in _beside(runs, len(self.masks)) for mask in self.masks[start:stop]]
        return all(gap and any(not mask & ~within for within in inside) for mask in outside)


@dataclass(frozen=True, slots=True)
class Space:
    """The axes of a table: its inputs in the order of the columns, then the days. `formulas` are rows that compute."""

    table: Table
    axes: tuple[Atoms, ...]
    formulas: int = field(default=0)

    @classmethod
    def of(cls, table: Table, facts: Mapping[str, Facts]) -> Space:
        """The space of a table; `facts` by label."""
        index = table.index
        axes = [_input_atoms(table, axis, facts.get(axis.label, Facts())) for axis in index.axes]
        return cls(table, (*axes, _day_atoms(table)), index.formulas)

    def box(self, row: int) -> tuple[tuple[Run, ...], ...]:
        """The atoms of a row, axis by axis."""
        return tuple(axis.runs[row] for axis in self.axes)

    def shared(self, one: int, other: int) -> tuple[tuple[Run, ...], ...] | None:
        """The atoms that two rows share, axis by axis; None where they have no input in common."""
        found = []
        for axis in self.axes:
            both = meet(axis.runs[one], axis.runs[other])
            if not both:
                return None
            found.append(both)
        return tuple(found)

    def example(self, box: Sequence[Sequence[Run]], *, gap: bool = False) -> dict[str, Value]:
        """One input of a box of atoms, by label; left out are axes on which everything will do, nothing included."""
        return {
            axis.label: axis.samples[runs[0][0]]
            for axis, runs in zip(self.axes, box, strict=True)
            if not axis.everywhere(runs, gap=gap)
        }


DAYS = "日期 / day"
"""The label of the axis of days."""


def meet(one: Sequence[Run], other: Sequence[Run]) -> tuple[Run, ...]:
    """The atoms of both."""
    found = []
    i = j = 0
    while i < len(one) and j < len(other):
        start, stop = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if start < stop:
            found.append((start, stop))
        if one[i][1] < other[j][1]:
            i += 1
        else:
            j += 1
    return tuple(found)


def _beside(runs: Sequence[Run], count: int) -> Iterator[Run]:
    """The atoms of an axis of `count` that runs leave out."""
    starts, stops = zip(*runs, strict=True) if runs else ((), ())
    return ((start, stop) for start, stop in zip((0, *stops), (*starts, count), strict=True) if start < stop)


def _input_atoms(table: Table, axis: Axis, facts: Facts) -> Atoms:
    ordered = axis.kind in ORDERED
    if facts.values is not None:
        found = [(value, axis.rows(value)) for value in sorted(facts.values)]  # type: ignore[type-var]  # of one kind
    else:
        found = _stretches(axis.cuts, axis.masks, axis.kind, facts) if ordered else _words(axis, facts)
    asks = any(
        row.tests[column].form is Form.EMPTY or row.tests[column].missing
        for row in table.rows
        for column in axis.columns
    )
    open_ended = facts.choices is None and facts.values is None
    unnamed: frozenset[Value] = frozenset()
    codes = open_ended and _codes(table, axis, facts)
    if codes:
        unnamed = frozenset(sample for sample, _ in found) - _named(table, axis)
    elif open_ended and not ordered and _only_named(table, axis):
        unnamed = frozenset({found[-1][0]})
    return _numbered(
        axis.label,
        found,
        axis.missing,
        ordered=ordered and not codes,
        asks=asks,
        unnamed=unnamed,
        from_zero=axis.kind is Kind.NUMBER
        and open_ended
        and facts.bounds[0] is None
        and not _names_a_negative(table, axis),
        rows=len(table.rows),
    )


def _named(table: Table, axis: Axis) -> frozenset[Value]:
    """The numbers that the cells of an input name, even where another cell of the row makes one idle."""
    tests = [row.tests[column] for row in table.rows for column in axis.columns]
    found = [read(literal, Kind.NUMBER) for test in tests for literal in test.literals]
    return frozenset(number for number in found if isinstance(number, Decimal))


def _names_a_negative(table: Table, axis: Axis) -> bool:
    return any(isinstance(number, Decimal) and number < 0 for number in _named(table, axis))


def _only_named(table: Table, axis: Axis) -> bool:
    """Whether the words of a text are all that its column speaks of: no cell says `非 甲` or `非空`, only blanks hold for others."""
    if axis.kind is Kind.BOOLEAN or _truths_only(axis) or (axis.unnamed and not axis.by_word):
        return False
    forms = {row.tests[column].form for row in table.rows for column in axis.columns}
    return not axis.unnamed or not forms & {Form.NOT_AMONG, Form.PRESENT, Form.FORMULA}


def _codes(table: Table, axis: Axis, facts: Facts) -> bool:
    """Whether the numbers of a field are compared as words are: cells only list some, and nothing says where they end."""
    if axis.kind is not Kind.NUMBER or not axis.name or len(axis.columns) > 1:
        return False
    if facts.step == 1 and None not in facts.bounds:
        return False
    tests = [row.tests[axis.columns[0]] for row in table.rows]
    if any(test.ordered or test.form in (Form.NOT_AMONG, Form.PRESENT, Form.FORMULA) for test in tests):
        return False
    return any(test.items for test in tests)


def _numbered(
    label: str,
    found: Sequence[tuple[Value, int]],
    missing: int | None,
    *,
    ordered: bool,
    asks: bool = False,
    unnamed: frozenset[Value] = frozenset(),
    from_zero: bool = False,
    rows: int,
) -> Atoms:
    """Atoms with the same rows beside each other become one; the missing input comes last."""
    samples: list[Value] = []
    masks: list[int] = []
    for sample, mask in found:
        if masks and masks[-1] == mask and (samples[-1] in unnamed) is (sample in unnamed):
            samples[-1] = _nicer(samples[-1], sample)
            continue
        samples.append(sample)
        masks.append(mask)
    present = len(masks)
    # Nobody who writes [0,100) thinks of numbers below zero: they are asked for where a cell names one.
    first = int(present > 0 and from_zero and isinstance(samples[0], Decimal) and samples[0] < 0)
    expected = list(_run_of([atom >= first and samples[atom] not in unnamed for atom in range(present)]))
    if missing is not None:
        masks.append(missing)
        samples.append(None)
        if asks:
            whole = bool(expected) and not unnamed
            expected = [(first, present + 1)] if whole else [*expected, (present, present + 1)]
    return Atoms(
        label=label,
        masks=tuple(masks),
        samples=tuple(samples),
        runs=_runs(masks, rows),
        expected=tuple(expected),
        present=present,
        ordered=ordered,
        blocks=tuple(reduce(and_, masks[at : at + BLOCK]) for at in range(0, len(masks), BLOCK)),
        unnamed=tuple(_run_of([sample in unnamed for sample in samples[:present]])),
    )


def _run_of(inside: Sequence[bool]) -> Iterator[Run]:
    """The atoms that are inside, as runs."""
    start = 0
    for is_inside, same in groupby(inside):
        stop = start + len(list(same))
        if is_inside:
            yield start, stop
        start = stop


def _runs(masks: Sequence[int], rows: int) -> tuple[tuple[Run, ...], ...]:
    """The atoms of every row; only the rows that change from one atom to the next are looked at."""
    runs: list[list[Run]] = [[] for _ in range(rows)]
    started = [0] * rows
    before = 0
    for atom, mask in enumerate((*masks, 0)):
        for row in bits(before ^ mask):
            if mask >> row & 1:
                started[row] = atom
            else:
                runs[row].append((started[row], atom))
        before = mask
    return tuple(map(tuple, runs))


def _nicer(one: Value, other: Value) -> Value:
    """Of two inputs that all rows treat alike, the one that needs less explaining."""
    negative = isinstance(one, Decimal) and isinstance(other, Decimal) and one < 0 <= other
    return other if negative else one


def _words(axis: Axis, facts: Facts) -> list[tuple[Value, int]]:
    if axis.kind is Kind.BOOLEAN or _truths_only(axis):
        pairs = ((True, "是"), (False, "否"))
        return [(value, axis.by_word.get(value, axis.by_word.get(word, axis.unnamed))) for value, word in pairs]
    if facts.choices is not None:
        return [(choice, axis.by_word.get(choice, axis.unnamed)) for choice in sorted(facts.choices)]
    named = sorted(
        (word for word in axis.by_word if isinstance(word, str)), key=lambda word: (axis.by_word[word], word)
    )
    other = next(word for word in (*OTHERS, *(f"其他{n}" for n in range(len(named) + 1))) if word not in axis.by_word)
    return [*((word, axis.by_word[word]) for word in named), (other, axis.unnamed)]


def _truths_only(axis: Axis) -> bool:
    """Whether every word of the column says yes or no, though nothing declares it."""
    words = [word for word in axis.by_word if isinstance(word, str)]
    return axis.kind is Kind.ANY and bool(words) and all(word.lower() in TRUTHS for word in words)


def _day_atoms(table: Table) -> Atoms:
    """The days, from the first on which a row is in force to the last: before and after, the table was not meant."""
    cuts, masks = table.index.day_cuts, table.index.day_masks
    found = _stretches(cuts, masks, Kind.DATE, Facts())
    atoms = _numbered(DAYS, found, None, ordered=True, rows=len(table.rows))
    meant = [atom for atom, mask in enumerate(atoms.masks) if mask]
    return replace(atoms, expected=((meant[0], meant[-1] + 1),) if meant else ())


def _stretches(cuts: Sequence[Position], masks: Sequence[int], kind: Kind, facts: Facts) -> list[tuple[Value, int]]:
    """One input of every stretch between two cuts that holds an input at all, with its rows."""
    seconds = kind is Kind.TIME and any(cut[0].second or cut[0].microsecond for cut in cuts)
    step = _step(kind, facts, seconds=seconds)
    ends: list[Position | None] = [None, *cuts, None]
    found: list[tuple[Value, int]] = []
    for i, mask in enumerate(masks):
        start, stop = _within(ends[i], ends[i + 1], facts)
        sample = sample_of(start, stop, kind, step)
        if sample is not None:
            found.append((sample, mask))
    return found


def _within(start: Position | None, stop: Position | None, facts: Facts) -> tuple[Position | None, Position | None]:
    least, most = facts.bounds
    if least is not None:
        start = least if start is None else max(start, least)
    if most is not None:
        stop = most if stop is None else min(stop, most)
    return start, stop


def _step(kind: Kind, facts: Facts, *, seconds: bool) -> Any:
    """The distance between two inputs; None where there is always one between two others."""
    match kind:
        case Kind.NUMBER:
            return facts.step
        case Kind.DATE:
            return timedelta(days=1)
        case _:
            return timedelta(seconds=1) if seconds else timedelta(minutes=1)


def sample_of(start: Position | None, stop: Position | None, kind: Kind, step: Any) -> Value:
    """An input between two positions, one that its author would recognise where possible; None where there is none."""
    if start is not None and stop is not None and start >= stop:
        return None
    if kind is Kind.NUMBER:
        return _number(start, stop, step)
    return _instant(start, stop, kind, step)


def _number(start: Position | None, stop: Position | None, step: Decimal | None) -> Decimal | None:
    if start is None or stop is None:
        return _open_number(start, stop, step)
    low, high = start[0], stop[0]
    if step is None:
        if start[1] == 0:
            return _plain(low)
        return _plain(high) if stop[1] else _middle(low, high)
    first = _stepped(low, step, ROUND_CEILING)
    if first == low and start[1]:
        first += step
    last = _stepped(high, step, ROUND_FLOOR)
    if last == high and not stop[1]:
        last -= step
    return _plain(first) if first <= last else None


def _open_number(start: Position | None, stop: Position | None, step: Decimal | None) -> Decimal:
    if start is not None:
        value = start[0] if step is None else _stepped(start[0], step, ROUND_FLOOR)
        return _plain(value) if (value, 0) >= start else _plain(value + 1)
    if stop is None:
        return Decimal(0)
    if (Decimal(0), 0) < stop:
        return Decimal(0)
    value = stop[0] if step is None else _stepped(stop[0], step, ROUND_CEILING)
    return _plain(value) if (value, 0) < stop else _plain(value - 1)


def _stepped(value: Decimal, step: Decimal, rounding: str) -> Decimal:
    """The number of steps nearest to a value, in a direction."""
    return (value / step).to_integral_value(rounding) * step


def _plain(value: Decimal) -> Decimal:
    return Decimal(format(value.normalize(), "f"))


def _middle(low: Decimal, high: Decimal) -> Decimal:
    """The roundest number well between two others."""
    width = high - low
    place = Decimal(1).scaleb(width.adjusted())
    middle = low + width / 2
    for unit in (place, place / 2, place / 10, place / 100):
        value = (middle / unit).to_integral_value() * unit
        if low < value < high:
            return _plain(value)
    return _plain(middle)


def _instant(start: Position | None, stop: Position | None, kind: Kind, step: timedelta) -> Value:
    day = date.min if kind is Kind.TIME else date.max
    first, last = datetime.combine(date.min, time.min), datetime.combine(day, time.max)
    low = first if start is None else _moment(start[0])
    if start is not None and (start[1] or low.replace(microsecond=0) != low):
        if low > last - step:
            return None
        low += step
    high = last if stop is None else _moment(stop[0])
    if low > high or (low == high and stop is not None and not stop[1]):
        return None
    if start is None and stop is not None and kind is not Kind.TIME:
        low = high if stop[1] else high - step
    if start is None and stop is None and kind is not Kind.TIME:
        low = datetime.combine(date(2026, 1, 1), time.min)
    return low.date() if kind is Kind.DATE else low.time() if kind is Kind.TIME else low


def _moment(value: Any) -> datetime:
    if isinstance(value, time):
        return datetime.combine(date.min, value)
    return value if isinstance(value, datetime) else datetime.combine(value, time())
