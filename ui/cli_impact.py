"""`banshi impact`: what a draft would change, over the cases of a hall's data folder or over the rows of a table."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from banshi.platform.people.directory import COMMAND_LINE, Person
from banshi.ui.cli_files import database_of_hall, day_of, folder_of_hall, read_bytes, write_bytes
from banshi.ui.cli_talk import Talk, WrongCall, language_of, print_json
from banshi.ui.impact_json import impact_json

if TYPE_CHECKING:
    from banshi.platform.hall import Hall
    from banshi.platform.impact.model import Impact, ImpactQuestion

_SECONDS = 0.2


def add(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("impact")
    def impact(
        file: Annotated[Path, typer.Argument(metavar="FILE", help="新的工作簿。The draft.", show_default=False)],
        *,
        data: Annotated[Path, typer.Option(help="数据目录。Data folder of a hall.")] = Path("data"),
        since: Annotated[str, typer.Option(help="提交日期从。Sent from this day.", show_default=False)] = "",
        until: Annotated[str, typer.Option(help="到，含当天。Until this day.", show_default=False)] = "",
        as_of: Annotated[
            str, typer.Option(help="都按这一天的规定。As if all were sent on this day.", show_default=False)
        ] = "",
        old: Annotated[
            Path | None,
            typer.Option(
                help="原来的工作簿，逐行对比表格。The workbook before, for a table of rows.", show_default=False
            ),
        ] = None,
        fees: Annotated[
            str, typer.Option(help="收费表，与 --old 同用。The tariff, with --old.", show_default=False)
        ] = "",
        source: Annotated[
            Path | None,
            typer.Option(
                "--input", help="CSV、xlsx 或 Parquet，与 --old 同用。The rows, with --old.", show_default=False
            ),
        ] = None,
        out: Annotated[
            Path | None, typer.Option(help="写到 .xlsx 或 .csv。Write .xlsx or .csv.", show_default=False)
        ] = None,
        as_json: Annotated[bool, typer.Option("--json", help="只输出一个 JSON。Print one JSON document.")] = False,
        lang: Annotated[str | None, typer.Option(help="zh 或 en。Language.", show_default=False)] = None,
    ) -> None:
        """测算新工作簿的影响：哪些办件或数据行会不同，差多少，是哪个单元格造成的。What a draft would change, by how much, by which cell."""
        talk = Talk(language_of(lang))
        if old is not None:
            _rows(file, old, fees, source, out, since or until or as_of, talk, as_json=as_json)
            return
        if fees or source:
            raise WrongCall("--fees 和 --input 要与 --old 同用。", "--fees and --input go with --old.")
        kind = out.suffix.lower().removeprefix(".") if out else ""
        if out and kind not in ("xlsx", "csv"):
            raise WrongCall("--out 的文件名应以 .xlsx 或 .csv 结尾。", "--out should end in .xlsx or .csv.")
        from banshi.platform.impact.model import ImpactQuestion

        asked = ImpactQuestion(since=day_of(since), until=day_of(until), as_of=day_of(as_of))
        found = _measured(file, folder_of_hall(data), asked, out, kind, talk)
        if as_json:
            print_json(impact_json(found, talk.language))
        else:
            _print(found, talk)


def _rows(
    file: Path, old: Path, fees: str, source: Path | None, out: Path | None, days: str, talk: Talk, *, as_json: bool
) -> None:
    from banshi.ui.cli_impact_rows import compare_rows

    if not fees or source is None or out is None or days:
        raise WrongCall(
            "用 --old 对比表格时，请给出 --fees、--input 和 --out，不用日期。",
            "With --old, give --fees, --input and --out, and no days.",
        )
    compare_rows(file, old, fees, source, out, talk, as_json=as_json)


def _measured(file: Path, data: Path, asked: ImpactQuestion, out: Path | None, kind: str, talk: Talk) -> Impact:
    """Run it to its end; Ctrl+C stops it, and what was counted until then is told."""
    from banshi.platform.errors import HallError
    from banshi.platform.opening import open_hall

    # Somebody who has the data folder may read all of it.
    me = Person(id=COMMAND_LINE, name="command line", roles=frozenset({"administrator"}))
    with closing(open_hall(data=data, definitions=data, database=database_of_hall())) as hall:
        try:
            run = hall.workshop.begin_impact(me, file.name, read_bytes(file), asked, talk.language)
            found = _waited(hall, me, run, talk)
            if out is not None:
                write_bytes(out, hall.workshop.export_impact(me, run, "cases", kind, language=talk.language)[2])
        except HallError as error:
            raise WrongCall(error.message("zh"), error.message("en")) from error
    return found


def _waited(hall: Hall, me: Person, run: str, talk: Talk) -> Impact:
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(talk.say("测算", "Measuring"), total=None)
        while not (state := hall.workshop.impact(me, run)).over:
            progress.update(task, completed=state.done, total=state.total)
            try:
                time.sleep(_SECONDS)
            except KeyboardInterrupt:
                hall.workshop.stop_impact(me, run)
    if state.failed is not None:
        raise WrongCall(*state.failed)
    assert state.result is not None
    return state.result


def _print(found: Impact, talk: Talk) -> None:
    from banshi.platform.impact.tables import CONSEQUENCES, told
    from banshi.platform.words import word

    language = talk.language
    if not found.complete:
        talk.out(talk.say("测算中途停止。", "The run was stopped."))
    talk.out(
        talk.say(
            f"{found.cases} 件：{found.same} 件没有不同；费用合计 {found.old} → {found.new}，差额 {found.difference}。",
            f"{found.cases} cases: {found.same} are the same; in all {found.old} → {found.new}, a difference of {found.difference}.",
        )
    )
    if found.differing:
        talk.out(
            talk.say(
                f"{found.differing} 件按现行版本重算与当时的决定不同（当时合计 {found.then_old}）。",
                f"{found.differing} come out differently today than they were decided then (in all {found.then_old} then).",
            )
        )
    counts = _words(found.counts, CONSEQUENCES, language)
    if counts:
        talk.out(talk.table((talk.say("影响", "Impact"), talk.say("办件数", "Cases")), counts))
    rows = []
    for group in found.cells:
        effects = talk.say("、", ", ").join(
            f"{word(CONSEQUENCES, kind, language)} {count}" for kind, count in group.consequences.items()
        )
        rows.append((*told(group.cells, language), group.cases, group.difference, effects))
    if rows:
        head = (
            ("单元格", "Cell"),
            ("改动", "Change"),
            ("办件数", "Cases"),
            ("差额", "Difference"),
            ("影响", "Impact"),
        )
        talk.out(talk.table([talk.say(*words) for words in head], rows))


def _words(counts: Mapping[Any, int], words: Mapping[str, tuple[str, str]], language: str) -> list[tuple[str, int]]:
    return [(words[kind][language == "en"], count) for kind, count in counts.items()]
