"""Bills of two workbooks for a table of rows, side by side: over columns, a partition at a time, with flat memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import typer

from banshi.platform.filling.running import Runner
from banshi.platform.service.model import Service
from banshi.platform.sheets.differences import Difference, differences
from banshi.ui.cli_bill import PARTITION, Cells, Job, Sum, bill_rows, job_of, missing_columns, progress
from banshi.ui.cli_files import calendar_for, directory_for, now, service_of, workbook_of
from banshi.ui.cli_tables import Row, Source, source_of, target_of
from banshi.ui.cli_talk import FAULTS, FINE, Talk, WrongCall, print_json

ZERO = Decimal(0)


@dataclass(slots=True)
class Sums:
    """What a comparison came to: rows, rows with an error under either workbook, and of the others the money.

    `items` are the sums of the items by name: before, now.
    """

    rows: int = 0
    errors: int = 0
    more: int = 0
    less: int = 0
    old: Decimal = ZERO
    new: Decimal = ZERO
    items: dict[str, list[Decimal]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The sums as plain values."""
        return {
            "rows": self.rows,
            "errors": self.errors,
            "more": self.more,
            "less": self.less,
            "same": self.rows - self.errors - self.more - self.less,
            "old": self.old,
            "new": self.new,
            "difference": self.new - self.old,
            "items": {name: {"old": old, "new": new} for name, (old, new) in self.items.items()},
        }


def compare_rows(file: Path, old: Path, fees: str, source: Path, out: Path, talk: Talk, *, as_json: bool) -> None:
    """Write every row with both totals, their difference and what is wrong; print the sums. Exits with 1 where rows failed."""
    if as_json and str(out) == "-":
        raise WrongCall("--json 与 --out - 不能同用。", "--json and --out - exclude each other.")
    if out.exists() and source.exists() and out.samefile(source):
        raise WrongCall(
            "--out 不能是 --input 的文件：会把它覆盖。", "--out is the file of --input, and would replace it."
        )
    table, done, sums = source_of(source), Sum(), Sums()
    with ExitStack() as stack:
        jobs = []
        for path in (old, file):
            service = service_of(path)
            _require_tariff(service, path, fees)
            runner = Runner(service, talk.language, now, directory_for(path, None), calendar_for(path))
            stack.enter_context(closing(runner))
            job = job_of(runner, fees, table, explain=False)
            if missing := talk.say("、", ", ").join(missing_columns(job, runner)):
                talk.err(
                    talk.say(
                        f"{path}：表里没有这些列，按没有填写计算：{missing}。",
                        f"{path}: the table lacks these columns, taken as empty: {missing}.",
                    )
                )
            jobs.append((job, runner))
        added = [f"{fees}.{name}" if name in table.header else name for name in ("old", "new", "difference", "error")]
        money = dict.fromkeys(added[:3])
        moved = stack.enter_context(progress(talk, table, done))
        with target_of(out, [*table.header, *added], table, money) as write:
            for rows, cells in _compared(jobs, table, sums):
                for row, more in zip(rows, cells, strict=True):
                    padding = [""] * (len(table.header) - len(row))
                    write([*row[: len(table.header)], *padding, *more])
                done.rows = sums.rows
                moved((rows, cells))
    changes = [one for one in differences(workbook_of(old), workbook_of(file)) if one.kind != "examples"]
    unit = next(filter(None, jobs[-1][0].tariff.units.values()), "")
    _tell(sums, unit, changes, talk, as_json=as_json)
    raise typer.Exit(FAULTS if sums.errors else FINE)


def _compared(jobs: list[tuple[Job, Runner]], table: Source, sums: Sums) -> Iterator[tuple[list[Row], list[Cells]]]:
    for rows in table.chunks(PARTITION):
        sides = [bill_rows(job, rows, runner) for job, runner in jobs]
        cells = [_pair(jobs, was, now, sums) for was, now in zip(*sides, strict=True)]
        yield rows, cells


def _pair(jobs: list[tuple[Job, Runner]], was: Cells, now: Cells, sums: Sums) -> Cells:
    """What is added to a row; counts it."""
    sums.rows += 1
    totals = [cells[len(job.money) - 1] for (job, _), cells in zip(jobs, (was, now), strict=True)]
    before, after = (total if isinstance(total, Decimal) else None for total in totals)
    wrong = "；".join(dict.fromkeys(str(cells[-1]) for cells in (was, now) if cells[-1]))
    if before is None or after is None:
        sums.errors += 1
        return [before, after, None, wrong]
    sums.old, sums.new = sums.old + before, sums.new + after
    sums.more += after > before
    sums.less += after < before
    for at, ((job, _), cells) in enumerate(zip(jobs, (was, now), strict=True)):
        for item, amount in zip(job.tariff.items, cells, strict=False):
            sums.items.setdefault(item, [ZERO, ZERO])[at] += amount if isinstance(amount, Decimal) else ZERO
    return [before, after, after - before, wrong]


def _require_tariff(service: Service, path: Path, fees: str) -> None:
    if fees not in service.tariffs:
        known = "、".join(service.tariffs) or "—"
        raise WrongCall(
            f"{path} 里没有收费表“{fees}”。已有：{known}。",
            f"{path} has no tariff “{fees}”. There are: {known}.",
        )


def _tell(sums: Sums, unit: str, changes: list[Difference], talk: Talk, *, as_json: bool) -> None:
    if as_json:
        told = [{"cell": str(one.place), "message": one.message(talk.language)} for one in changes]
        print_json({**sums.to_json(), "changes": told})
        return
    talk.err(
        talk.say(
            f"共 {sums.rows} 行，出错 {sums.errors} 行；{sums.more} 行多付，{sums.less} 行少付；"
            f"合计 {sums.old} → {sums.new}，差额 {sums.new - sums.old} {unit or '元'}。",
            f"{sums.rows} rows, {sums.errors} with an error; {sums.more} pay more, {sums.less} less; "
            f"in all {sums.old} → {sums.new}, a difference of {sums.new - sums.old} {unit or 'yuan'}.",
        )
    )
    rows = [(name, old, new, new - old) for name, (old, new) in sums.items.items() if old != new]
    if rows:
        heads = (("项目", "Item"), ("原来", "Before"), ("现在", "Now"), ("差额", "Difference"))
        talk.err(talk.table([talk.say(*words) for words in heads], rows))
    if changes:
        columns = talk.say("单元格", "Cell"), talk.say("不同之处", "Difference")
        lines = [(str(one.place), one.message(talk.language)) for one in changes]
        talk.err(talk.table(columns, lines))
