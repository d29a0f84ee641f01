"""`banshi decide`: lines of inputs through one table, whole columns at a time where the lines come from a file.

From standard input every line is answered at once, because whoever feeds a stream waits for the answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from banshi.platform.filling.running import Runner
from banshi.rules.expressions import fold_name, suggest
from banshi.rules.tables import Table
from banshi.ui.cli_streams import objects
from banshi.ui.cli_talk import Talk, lines_of

T = TypeVar("T")
Line = tuple[Mapping[str, Any], str]

CHUNK = 4096
"""Lines that are decided together."""


def decided_lines(runner: Runner, table: Table, inputs: Path, *, explain: bool) -> Iterator[dict[str, Any]]:
    """One answer a line; a line that cannot be read gets its own error."""
    lines = remarked(objects(inputs, Talk(runner.language)), runner, table)
    if explain or str(inputs) == "-":
        for given, error in lines:
            yield {"error": error} if error else runner.decided(table, given, explain=explain)
        return
    from banshi.rules.tables.columns import Columns

    columns = Columns(table)
    one_by_one = not columns.bitsets.usable or table.hit.aggregated
    for chunk in _chunks(progressing(lines, inputs, Talk(runner.language))):
        answers = [None] * len(chunk) if one_by_one else _together(runner, columns, chunk)
        for (given, error), answer in zip(chunk, answers, strict=True):
            yield {"error": error} if error else answer or runner.decided(table, given, explain=False)


def remarked(lines: Iterable[Line], runner: Runner, table: Table) -> Iterator[Line]:
    """The lines, with a remark on standard error where one lacks an input of the table and has a name like it instead."""
    talk, wanted = Talk(runner.language), {fold_name(name): name for name in sorted(table.names)}
    seen: set[tuple[str, ...]] = set()
    told: set[str] = set()
    for given, error in lines:
        shape = tuple(given)
        if not error and shape not in seen:
            seen.add(shape)
            there = {fold_name(name) for name in given}
            lacking = [name for folded, name in wanted.items() if folded not in there]
            for name in given:
                near = suggest(name, lacking) if fold_name(name) not in wanted and name not in told else ""
                if near:
                    told.add(name)
                    zh = f"规则表“{table.name}”不用“{name}”，也没有给出“{near}”：是不是写错了？"
                    en = f"The table “{table.name}” does not read “{name}”, and “{near}” is not given: is it misspelt?"
                    talk.err(talk.say(zh, en))
        yield given, error


def _together(runner: Runner, columns: Any, chunk: list[Line]) -> list[dict[str, Any] | None]:
    """The answers of a chunk; None where a line has to be decided by itself."""
    from banshi.rules.tables.columns import ALONE

    table: Table = columns.table
    names = list(dict.fromkeys(axis.name for axis in table.index.axes))
    values: dict[str, list[Any]] = {name: [] for name in names}
    for given, _ in chunk:
        env = runner.environment("table", table, given, table.input_kinds)
        for name in names:
            values[name].append(env.find(name))
    answers = columns.decide(values, runner.environment("table", table, {}))
    return [
        None
        if not names or answers.rows[i] == ALONE
        else {
            "outputs": answers.outputs(i),
            "fired": [str(place) for place in answers.fired(i)],
            "outcome": str(answers.outcome(i)),
        }
        for i in range(len(chunk))
    ]


def _chunks(lines: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(lines)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def progressing(lines: Iterable[T], inputs: Path, talk: Talk) -> Iterator[T]:
    """The lines of a file, with a bar on standard error where somebody watches it and the answers go elsewhere."""
    import sys

    if not sys.stderr.isatty() or sys.stdout.isatty():
        yield from lines
        return
    from rich.console import Console
    from rich.progress import track

    total = sum(1 for _ in lines_of(inputs))
    yield from track(
        lines, description=talk.say("判定", "Deciding"), total=total, console=Console(stderr=True), transient=True
    )
