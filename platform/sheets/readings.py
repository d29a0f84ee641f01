"""Data sheets that hold readings of meters: the rows above their header that say so, what is odd, the computed consumption."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from banshi.platform.sheets import reading_faults as faults
from banshi.platform.sheets.words import NO, YES
from banshi.platform.workbook.columns import plain, suggest
from banshi.platform.workbook.key_rows import OF_READINGS, key_of, key_rows, named_in
from banshi.platform.workbook.workbook import Row, Sheet
from banshi.rules.cells import Cell
from banshi.rules.datasets import Dataset
from banshi.rules.diagnostics import Diagnostic, Place
from banshi.rules.expressions.units import without_unit
from banshi.rules.readings import MONTH, Exchanged, Odd, Reading, Readings, Used, used
from banshi.rules.tables.literals import read_day

_NEEDED = ("readings", "meter", "at")
_WORDS = {column.name: column.words for column in OF_READINGS}
_PERIODS: dict[str, Fraction] = {
    plain(word): length
    for words, length in (
        (("daily", "day", "每天", "每日", "天", "日"), Fraction(1)),
        (("weekly", "week", "每周", "周"), Fraction(7)),
        (("monthly", "month", "每月", "月"), MONTH),
        (("quarterly", "quarter", "每季", "每季度", "季"), 3 * MONTH),
        (("yearly", "year", "每年", "年"), 12 * MONTH),
    )
    for word in words
}
_DAYS = re.compile(r"(\d{1,4})\s*(?:天|日|days?)?", re.IGNORECASE)
_MOST_DIGITS = 12
_TOLD = {
    Odd.GAP: faults.GAP,
    Odd.JUMP: faults.JUMP,
    Odd.ROLLOVER: faults.ROLLOVER,
    Odd.BACK: faults.BACK,
    Odd.SAME_DAY: faults.SAME_DAY,
    Odd.END_UNKNOWN: faults.END_UNKNOWN,
}


@dataclass(slots=True)
class Told:
    """What the rows above a header say of readings: each value with its cell, by the name of its row."""

    rows: Mapping[str, Sequence[tuple[str, Cell]]]
    places: Mapping[str, Place]
    chinese: bool
    found: list[Diagnostic] = field(default_factory=list)

    def one(self, key: str) -> tuple[str, Place] | None:
        """The only value of a row; None where there is none, and a fault where there are several."""
        values = self.rows.get(key, ())
        if len(values) > 1:
            self.found.append(faults.TWICE_AT.at(values[1][1].place, key=key, count=len(values)))
        return (values[0][0], values[0][1].place) if values else None


def take_readings(sheet: Sheet) -> tuple[Told | None, Sheet]:
    """What stands above the header of a data sheet about readings, and the sheet without it."""
    count = key_rows(sheet.rows)
    above = [row for row in sheet.rows[:count] if key_of(row) in _WORDS]
    rest = replace(sheet, rows=sheet.rows[count:])
    if not above:
        return None, rest
    first = next(cell for cell in above[0].cells if not cell.blank)
    return Told(
        rows={key_of(row): named_in(row) for row in above},
        places={key_of(row): _first(row).place for row in above},
        chinese=not first.text.isascii(),
    ), rest


def with_consumption(dataset: Dataset, told: Told) -> tuple[Dataset, list[Diagnostic]]:
    """The data set with days as days and with the consumption as a column of its own, and everything odd at its cell."""
    what = _readings(dataset, told)
    if what is None or told.found:
        return dataset, told.found
    rows: list[dict[str, Cell]] = [dict(row) for row in dataset.rows]
    found: list[Diagnostic] = []
    series: dict[tuple[str, ...], list[tuple[Reading, dict[str, Cell]]]] = {}
    for row in rows:
        row[what.consumption] = Cell(None, row[what.reading].place)
        if (reading := _reading(row, what, found)) is not None:
            series.setdefault(meter_of(row, what), []).append((reading, row))
    for meter, readings in series.items():
        readings.sort(key=lambda one: _moment(one[0].at))
        steps = used([reading for reading, _ in readings], what)
        for (reading, row), step in zip(readings, steps, strict=True):
            cell = row[what.reading]
            row[what.consumption] = Cell(step.amount, cell.place)
            found += _odd("·".join(meter), reading, step, row[what.at], cell)
    columns = (*dataset.columns, what.consumption)
    return replace(dataset, columns=columns, rows=tuple(rows), readings=what), found


def meter_of(row: Mapping[str, Cell], what: Readings) -> tuple[str, ...]:
    """Which meter a row is about."""
    return tuple(row[name].text for name in what.meters)


def new_and_gone(old: Dataset, new: Dataset) -> Iterator[Diagnostic]:
    """The meters that only one of two tables of readings has; those that are gone are told at the table."""
    if old.readings is None or new.readings is None or old.readings.meters != new.readings.meters:
        return
    before = {meter_of(row, old.readings) for row in old.rows}
    after: dict[tuple[str, ...], Place] = {}
    for row in new.rows:
        after.setdefault(meter_of(row, new.readings), row[new.readings.meters[0]].place)
    for meter, place in after.items():
        if meter not in before and all(meter):
            yield faults.METER_NEW.at(place, meter="·".join(meter))
    where = next(iter(after.values()), Place())
    for meter in dict.fromkeys(meter_of(row, old.readings) for row in old.rows):
        if meter not in after:
            yield faults.METER_GONE.at(replace(where, cell="A1"), meter="·".join(meter))


def _readings(dataset: Dataset, told: Told) -> Readings | None:
    """What is said of readings, with its faults in `told.found`."""
    where = next(iter(told.places.values()))
    for key in _NEEDED:
        if not told.rows.get(key):
            told.found.append(faults.INCOMPLETE.at(told.places.get(key, where), key=_WORDS[key][told.chinese]))
    if told.found:
        return None
    columns = {key: told.one(key) for key in ("readings", "at", "exchange")}
    names = {key: _column(dataset, told, key, *value) if value else "" for key, value in columns.items()}
    meters = tuple(_column(dataset, told, "meter", name, cell.place) for name, cell in told.rows["meter"])
    own = told.one("consumption")
    consumption = own[0] if own else _WORDS["consumption"][told.chinese]
    if plain(consumption) in map(plain, dataset.columns):
        told.found.append(faults.CONSUMPTION_TAKEN.at(own[1] if own else where, column=consumption))
    return Readings(
        reading=names["readings"],
        meters=meters,
        at=names["at"],
        exchange=names["exchange"],
        consumption=consumption,
        full=_full(told),
        period=_period(told),
        jump=_jump(told),
    )


def _column(dataset: Dataset, told: Told, key: str, name: str, place: Place) -> str:
    wanted = plain(name.rstrip("*＊"))
    for column in dataset.columns:
        if wanted in (plain(column), plain(without_unit(column))):
            return column
    near = suggest(name, dataset.columns)
    told.found.append(faults.NO_COLUMN.at(place, column=name, key=_WORDS[key][told.chinese], near=near))
    return ""


def _full(told: Told) -> Decimal | None:
    value = told.one("digits")
    if value is None:
        return None
    text, place = value
    if not re.fullmatch(r"[1-9]\d?", text, re.ASCII) or int(text) > _MOST_DIGITS:
        told.found.append(faults.BAD_DIGITS.at(place, text=text))
        return None
    return Decimal(10) ** int(text)


def _period(told: Told) -> Fraction | None:
    value = told.one("interval")
    if value is None:
        return None
    text, place = value
    days = _DAYS.fullmatch(text)
    period = _PERIODS.get(plain(text)) or (Fraction(int(days[1])) if days else None)
    if not period:
        told.found.append(faults.BAD_INTERVAL.at(place, text=text))
    return period or None


def _jump(told: Told) -> Decimal | None:
    value = told.one("jump")
    if value is None:
        return None
    text, place = value
    times = _number(text)
    if times is None or times <= 1:
        told.found.append(faults.BAD_JUMP.at(place, text=text))
        return None
    return times


def _reading(row: dict[str, Cell], what: Readings, found: list[Diagnostic]) -> Reading | None:
    """The reading of a row, whose day becomes one; None for what is none, which is told."""
    day, cell = row[what.at], row[what.reading]
    at = day.value if isinstance(day.value, date) else read_day(day.value)
    faulty: list[Diagnostic] = []
    if blank := next((name for name in what.meters if row[name].blank), ""):
        faulty.append(faults.NO_METER.at(row[blank].place, column=blank))
    if at is None:
        faulty.append(faults.NO_DAY.at(day.place, text=day.text))
    elif day.value != at:
        row[what.at] = replace(day, value=at)
    number = cell.value if isinstance(cell.value, Decimal) else _number(cell.text)
    if cell.blank and not faulty:
        faulty.append(faults.NOT_READ.at(cell.place, meter="·".join(meter_of(row, what)), at=_shown(at)))
    elif not cell.blank and (number is None or number < 0):
        faulty.append(faults.NOT_A_READING.at(cell.place, text=cell.text))
    elif number is not None and what.full is not None and number >= what.full:
        faulty.append(faults.TOO_LONG.at(cell.place, text=cell.text, digits=len(str(what.full)) - 1))
    elif number is not None and cell.value != number:
        row[what.reading] = replace(cell, value=number)
    exchanged = _exchanged(row[what.exchange], faulty) if what.exchange else None
    if exchanged is not None:
        mark = row[what.exchange]
        if cell.blank:
            faulty.append(faults.EXCHANGED_UNREAD.at(mark.place, meter="·".join(meter_of(row, what)), at=_shown(at)))
        if what.full is not None and max(exchanged.end or 0, exchanged.start) >= what.full:
            faulty.append(faults.TOO_LONG.at(mark.place, text=mark.text, digits=len(str(what.full)) - 1))
    found += faulty
    return None if faulty or at is None or number is None else Reading(at, number, exchanged)


def _exchanged(cell: Cell, found: list[Diagnostic]) -> Exchanged | None:
    text = cell.text.strip()
    if cell.blank:
        return None
    end, mark, start = (part.strip() for part in text.partition("/"))
    numbers = (_number(end), _number(start) if mark else Decimal(0))
    if numbers[0] is None and plain(text) in NO:
        return None
    if numbers[0] is None and plain(text) in YES:
        return Exchanged(None)
    if any(number is None or number < 0 for number in numbers):
        found.append(faults.BAD_EXCHANGE.at(cell.place, text=text))
        return None
    return Exchanged(numbers[0], numbers[1] or Decimal(0))


def _odd(meter: str, reading: Reading, step: Used, day: Cell, cell: Cell) -> Iterator[Diagnostic]:
    if step.before is None:
        return
    facts = {
        "meter": meter,
        "at": _shown(reading.at),
        "since": _shown(step.before.at),
        "reading": _plainly(reading.value),
        "before": _plainly(step.before.value),
        "amount": _plainly(step.amount),
        "usual": _plainly(step.usual),
        "count": step.missing,
    }
    for odd in step.odd:
        yield _TOLD[odd].at(day.place if odd in (Odd.GAP, Odd.SAME_DAY) else cell.place, **facts)


def _first(row: Row) -> Cell:
    return next(cell for cell in row.cells if not cell.blank)


def _moment(at: date) -> datetime:
    return at.replace(tzinfo=None) if isinstance(at, datetime) else datetime.combine(at, time())


def _shown(at: date | None) -> str:
    return "" if at is None else at.isoformat()[:10]


def _plainly(number: Decimal | None) -> str:
    """A number without needless zeros: 86.00 is 86, half of 171 is 85.5."""
    return "—" if number is None else f"{number.normalize():f}"


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text.strip().replace(",", "").replace("，", ""))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
