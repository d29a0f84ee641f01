"""Readings of counters: what was used between them, exactly, and what is odd about them (gaps, jumps, rollovers).

Pure: it knows days and numbers, and no sheet. A counter that is full begins at 0 again; whether a smaller reading is that, or
one that went back, is told by how far it would have counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

MONTH = Fraction(487, 16)
"""Days of a month on average: 30.4375."""
_LEAST_KNOWN = 2
"""Earlier consumptions that a median is made of at least."""
_PLAUSIBLE = 10
"""A rollover counts at most this part of all that the counter shows, unless the meter is known to use more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """How the rows of a data set are readings: its columns, and what is looked at.

    `full` is the number at which the counter is 0 again (100000 of five digits), `period` the days between readings, `jump`
    how many times the median of a meter's earlier consumption is a jump; None is not looked at.
    """

    reading: str
    meters: tuple[str, ...]
    at: str
    consumption: str
    exchange: str = ""
    full: Decimal | None = None
    period: Fraction | None = None
    jump: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Exchanged:
    """The meter was exchanged: the last reading of the old one (None: nobody knows), and the first of the new one."""

    end: Decimal | None
    start: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of one meter, at a day or moment; `exchanged` where the meter was exchanged since the one before."""

    at: date
    value: Decimal
    exchanged: Exchanged | None = None


class Odd(StrEnum):
    """What is odd about a reading."""

    GAP = "gap"
    JUMP = "jump"
    ROLLOVER = "rollover"
    BACK = "back"
    SAME_DAY = "same day"
    END_UNKNOWN = "end unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """What was used since the reading before; None for the first, and where it cannot be told.

    `missing` counts the periods without a reading, `usual` is the median that a jump is measured by, `before` the reading
    before.
    """

    amount: Decimal | None = None
    odd: tuple[Odd, ...] = ()
    missing: int = 0
    usual: Decimal | None = None
    before: Reading | None = None


def used(readings: Sequence[Reading], what: Readings) -> Iterator[Used]:
    """What one meter used, reading by reading; `readings` are in the order of their days."""
    known: list[Decimal] = []
    before: Reading | None = None
    for reading in readings:
        if before is None:
            yield Used()
        else:
            step = _between(before, reading, what, known)
            if step.amount is not None and Odd.END_UNKNOWN not in step.odd and Odd.SAME_DAY not in step.odd:
                known.append(step.amount / max(1, step.missing + 1))
            yield step
        before = reading


def _between(before: Reading, reading: Reading, what: Readings, known: Sequence[Decimal]) -> Used:
    days = (_day(reading.at) - _day(before.at)).days
    odd: list[Odd] = [] if days else [Odd.SAME_DAY]
    missing = max(0, _rounded(Fraction(days) / what.period) - 1) if what.period else 0
    if missing:
        odd.append(Odd.GAP)
    usual = median(known) if len(known) >= _LEAST_KNOWN else None
    most = usual * what.jump * (missing + 1) if usual and what.jump else None
    amount, rolled = _counted(before.value, reading, what.full, most)
    if amount is None:
        odd.append(Odd.BACK)
    if rolled:
        odd.append(Odd.ROLLOVER)
    if amount is not None and reading.exchanged is not None and reading.exchanged.end is None:
        odd.append(Odd.END_UNKNOWN)
    if amount is not None and most is not None and amount > most:
        odd.append(Odd.JUMP)
    return Used(amount=amount, odd=tuple(odd), missing=missing, usual=usual, before=before)


def _counted(
    before: Decimal, reading: Reading, full: Decimal | None, most: Decimal | None
) -> tuple[Decimal | None, bool]:
    """What was counted up to a reading, over an exchange too, and whether the counter was full on the way."""
    if reading.exchanged is None:
        return _across(before, reading.value, full, most)
    new, rolled = _across(reading.exchanged.start, reading.value, full, most)
    if new is None or reading.exchanged.end is None:
        return new, rolled
    old, old_rolled = _across(before, reading.exchanged.end, full, most)
    return (None if old is None else old + new), rolled or old_rolled


def _across(low: Decimal, high: Decimal, full: Decimal | None, most: Decimal | None) -> tuple[Decimal | None, bool]:
    if high >= low:
        return high - low, False
    if full is None:
        return None, False
    counted = full - low + high
    return (counted, True) if counted <= max(full / _PLAUSIBLE, most or Decimal(0)) else (None, False)


def median(numbers: Sequence[Decimal]) -> Decimal:
    """The middle one of some numbers, or half of the two in the middle."""
    ordered = sorted(numbers)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def _day(at: date) -> date:
    return at.date() if isinstance(at, datetime) else at


def _rounded(number: Fraction) -> int:
    """The nearest whole number, halves up."""
    return int(number + Fraction(1, 2))
