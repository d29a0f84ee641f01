"""Bills for a table of rows, a partition at a time, on this machine or a cluster.

A row that cannot be billed says why in its own column and stops no other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from banshi.platform.filling.running import Runner
from banshi.platform.people.calendar import Calendar
from banshi.platform.people.directory import Directory
from banshi.platform.service.model import Service
from banshi.rules.decision import Outcome
from banshi.rules.expressions import fold_name, suggest
from banshi.rules.expressions.units import without_unit
from banshi.rules.tariffs import Bill, Rounding, Tariff
from banshi.rules.tariffs.rounding import EXACT
from banshi.rules.values import Kind, dumps
from banshi.ui.cli_files import now
from banshi.ui.cli_tables import Row, Source, as_written, target_of
from banshi.ui.cli_talk import Talk

PARTITION = 20_000
"""Rows that are held at once: what keeps the memory flat."""


@dataclass(slots=True)
class Sum:
    """What a run did: rows read, rows with an error, the money of the others."""

    rows: int = 0
    errors: int = 0
    total: Decimal = Decimal(0)
    partitions: int = 0
    repeated: int = 0

    def to_json(self) -> dict[str, Any]:
        """The sum as plain values; `repeated` counts the partitions that an earlier run had done."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, kw_only=True)
class Job:
    """How rows are billed; the same for every partition, and sent to other machines as it is."""

    service: Service
    directory: Directory | None
    calendar: Calendar | None
    fees: str
    header: tuple[str, ...]
    explain: bool
    typed: bool
    now: datetime
    talk: Talk = field(default_factory=Talk)

    @property
    def tariff(self) -> Tariff:
        """The tariff that is billed."""
        return self.service.tariffs[self.fees]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What the columns give, in their order: `用电量（kWh）` gives 用电量 where the tariff reads that, and no other does."""
        read = {fold_name(name) for name in self.tariff.names} - {fold_name(name) for name in self.header}
        bare = [fold_name(without_unit(name)) for name in self.header]
        return tuple(
            said if said in read and bare.count(said) == 1 else name
            for said, name in zip(bare, self.header, strict=True)
        )

    @property
    def added(self) -> list[str]:
        """The columns that are added: the items, what is left of quotas, `total`, `error`.

        Taken names, and items that are called like one of the others, get the tariff's name before.
        """
        last = ("total", *(("shares", "explanation") if self.explain else ()), "error")
        items = [*self.tariff.items, *self.tariff.carry_names.values()]
        return [
            *(f"{self.fees}.{name}" if name in self.header or name in last else name for name in items),
            *(f"{self.fees}.{name}" if name in self.header and name not in items else name for name in last),
        ]

    @property
    def money(self) -> dict[str, int | None]:
        """The added columns that hold amounts, with the digits after the point that their lines are rounded to."""
        digits = {item: _digits(self.tariff, item) for item in self.tariff.items}
        known = [number for number in digits.values() if number is not None]
        total = max(known, default=0) if len(known) == len(digits) else None
        left = dict.fromkeys(self.tariff.carry_names)
        return dict(zip(self.added, (*digits.values(), *left.values(), total), strict=False))


Cells = list[Decimal | str | None]
"""What is added to one row, in the order of `Job.added`."""
Partition = tuple[list[Row], list[Cells]]
"""Some rows, and what is added to each."""


def bill_table(job: Job, source: Source, target: Path, partitions: Iterator[Partition], done: Sum) -> None:
    """Write every row with what is added to it, and count."""
    width, total_at = len(job.header), len(job.money) - 1
    with target_of(target, [*job.header, *job.added], source, job.money) as write:
        for rows, added in partitions:
            done.partitions += 1
            for row, cells in zip(rows, added, strict=True):
                done.rows += 1
                total = cells[total_at]
                if cells[-1]:
                    done.errors += 1
                elif isinstance(total, Decimal):
                    done.total += total
                padded = [*row[:width], *[""] * (width - len(row))]
                write([*padded, *cells])


def job_of(runner: Runner, fees: str, source: Source, *, explain: bool) -> Job:
    """What to do with a table."""
    return Job(
        service=runner.service,
        directory=runner.directory,
        calendar=runner.calendar,
        fees=fees,
        header=tuple(source.header),
        explain=explain,
        typed=source.typed,
        now=now(),
        talk=Talk(runner.language),
    )


@contextmanager
def progress(talk: Talk, source: Source, done: Sum) -> Iterator[Callable[[Partition], Partition]]:
    """A bar on standard error, where that is a terminal, and what to tell it: every partition that went through."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task(talk.say("计费", "Billing"), total=1.0)

        def moved(partition: Partition) -> Partition:
            text = talk.say(f"已计费 {done.rows} 行", f"{done.rows} rows billed")
            bar.update(task, completed=source.done() or 0, description=text)
            return partition

        yield moved


def billed_here(job: Job, source: Source) -> Iterator[Partition]:
    """Bill partition after partition in this process."""
    runner = Runner(job.service, job.talk.language, now, job.directory, job.calendar)
    try:
        for rows in source.chunks(PARTITION):
            yield rows, bill_rows(job, rows, runner)
    finally:
        runner.close()


def bill_rows(job: Job, rows: Sequence[Row], runner: Runner | None = None) -> list[Cells]:
    """What is added to each row of a partition."""
    own = runner or Runner(job.service, job.talk.language, now, job.directory, job.calendar)
    try:
        sound = [row for row in rows if len(row) <= len(job.header)]
        cells = iter(_explained(job, sound, own) if job.explain else _in_columns(job, sound, own))
        return [next(cells) if len(row) <= len(job.header) else _too_long(job, row) for row in rows]
    finally:
        if runner is None:
            own.close()


def _in_columns(job: Job, rows: Sequence[Row], runner: Runner) -> list[Cells]:
    from banshi.platform.service.bulk import Bulk, Coded

    def row_names(wanted: frozenset[str], answers: Mapping[str, object]) -> Mapping[str, Any]:
        return runner.calculated(wanted, runner.repeats("tariff", job.fees), answers)

    bulk = Bulk(
        service=job.service,
        tariff=job.tariff,
        row_names=row_names,
        now=job.now,
        directory=job.directory,
        calendar=job.calendar,
        read=runner.given(),
    )
    padding = [[*row, *[""] * (len(job.header) - len(row))] for row in rows]
    columns = {}
    wanted = _wanted(job, runner)
    for name, cells in zip(job.names, zip(*padding, strict=True), strict=True) if rows else ():
        if wanted is not None and fold_name(name) not in wanted:
            continue
        coded = Coded.of(cells)
        columns[name] = Coded([_given(job, runner, name, cell) for cell in coded.raw], coded.codes)
    made = bulk.bills(columns, len(rows))
    money = list(job.money.values())
    left = [made.carries(name) for name in job.tariff.carry_names.values()]
    amounts = [*(made.amounts(item) for item in job.tariff.items), *left, made.totals()]
    scales = [*(made.item(item).scale for item in job.tariff.items), *(None for _ in left), made.total.scale]
    shaped = [
        column if scale == digits and not made.alone else [_shaped(amount, digits) for amount in column]
        for column, scale, digits in zip(amounts, scales, money, strict=True)
    ]
    found: list[Cells] = [[*cells, ""] for cells in zip(*shaped, strict=True)]
    for row, bad in made.failed.items():
        found[row] = [*[None] * len(money), runner.reason(bad.decision)]
    return found


def _wanted(job: Job, runner: Runner) -> frozenset[str] | None:
    """The columns that a bill reads; None for all, where the form must compute something from them."""
    read = job.tariff.names
    if (read - set(job.names)) & runner.computed:
        return None
    return frozenset(map(fold_name, read))


def _explained(job: Job, rows: Sequence[Row], runner: Runner) -> Iterator[Cells]:
    """Row by row, because every reason is wanted."""
    from banshi.rules.tariffs.columns import item_amount

    money = list(job.money.values())
    for row in rows:
        given = {name: _given(job, runner, name, cell) for name, cell in zip(job.names, row, strict=False)}
        made = runner.billed(job.tariff, given)
        if made.total is None or made.decision.outcome is not Outcome.OK:
            yield [*[None] * (len(money) + 2), runner.reason(made.decision)]
        else:
            left = [dict(made.carries)[name] for name in job.tariff.carry_names.values()]
            amounts = [*(item_amount(made, item) for item in job.tariff.items), *left, made.total]
            shaped = [_shaped(amount, digits) for amount, digits in zip(amounts, money, strict=True)]
            yield [*shaped, *_reasons(made), ""]


def _given(job: Job, runner: Runner, name: str, cell: object) -> object:
    if job.typed or not isinstance(cell, str) or runner.given().kinds.get(fold_name(name), Kind.ANY) is not Kind.ANY:
        return cell
    return as_written(cell)


def missing_columns(job: Job, runner: Runner) -> list[str]:
    """What the tariff reads, and neither a column gives nor the workbook computes; with a column that may be meant."""
    there = set(map(fold_name, job.names))
    unread = [name for name in job.header if fold_name(name) not in set(map(fold_name, job.tariff.names))]
    found = []
    for name in sorted(name for name in job.tariff.names - runner.computed if fold_name(name) not in there):
        near = suggest(name, unread)
        found.append(name + job.talk.say(f"（是不是“{near}”？）", f" (is it “{near}”?)") if near else name)
    return found


def odd_header(job: Job, runner: Runner) -> str:
    """What is wrong with a header of which the tariff reads nothing: a title, or signs between columns that are no commas."""
    if {*map(fold_name, job.names)} & {*map(fold_name, job.tariff.names | runner.computed)} or not job.tariff.names:
        return ""
    only = job.header[0] if len(job.header) == 1 else ""
    for sign, zh, en in ((";", "分号", "semicolons"), ("\t", "制表符", "tabs"), ("；", "分号", "semicolons")):
        if sign in only:
            return job.talk.say(
                f"列之间是{zh}；请另存为逗号分隔的 CSV。", f"The columns are parted by {en}; save a CSV with commas."
            )
    return job.talk.say(
        "第一行里没有收费表要用的列：第一行必须是列名，上面不能有标题。",
        "The first row names no column that the tariff reads: it has to be the header, without a title above it.",
    )


def _too_long(job: Job, row: Row) -> Cells:
    more = len(row) - len(job.header)
    text = job.talk.say(f"这一行多出了 {more} 列。", f"{more} columns too many.")
    return [*[None] * (len(job.added) - 1), text]


def _reasons(bill: Bill) -> tuple[str, str]:
    shares = [{"label": label, "amount": amount} for label, amount in bill.shares]
    return dumps(shares), dumps(bill.decision.to_json()["explanation"])


def _digits(tariff: Tariff, item: str) -> int | None:
    """The digits after the point that the lines of an item have; None where a line is not rounded. Limits are in fen."""
    lines = [line for line in tariff.lines if line.item == item]
    found = [_unit_digits(line.rounding) for line in lines]
    known = [number for number in found if number is not None]
    limited = any(line.minimum or line.maximum for line in lines)
    return None if len(known) < len(found) else max(*known, 2 if limited else 0)


def _unit_digits(rounding: Rounding) -> int | None:
    exponent = None if rounding.unit is None else rounding.unit.as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else None


def _shaped(amount: Decimal | None, digits: int | None) -> Decimal | None:
    """An amount as it is written: with the digits of its column, or without zeros at the end beyond the fen."""
    if amount is None:
        return None
    fine = max(-int(amount.as_tuple().exponent), 0)
    least = 2 if digits is None else digits
    if fine == least:
        return amount
    if fine < least:
        return amount.quantize(Decimal(1).scaleb(-least), context=EXACT)
    text = format(amount, "f").rstrip("0").rstrip(".")
    return _shaped(Decimal(text), digits) if len(text) < len(format(amount, "f")) else amount
