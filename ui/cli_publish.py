"""`banshi publish`, `rollback` and `migrate`: what owners do with versions and open cases, on the data folder of a hall."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from ulid import ULID

from banshi.platform.errors import HallError
from banshi.platform.people.directory import Person
from banshi.platform.publishing.carriers import Carriers
from banshi.platform.views import MoveRow, PlanRow, Report, VersionRow
from banshi.rules.values import CAMPUS_ZONE
from banshi.ui.cli_files import auditor, database_of_hall, folder_of_hall, read_bytes
from banshi.ui.cli_talk import FAULTS, FINE, Talk, WrongCall, language_of, print_json

if TYPE_CHECKING:
    from banshi.platform.hall import Hall

Data = Annotated[Path, typer.Option(help="数据目录。Data folder of a hall.")]
Definitions = Annotated[
    Path | None,
    typer.Option(help="业务工作簿目录，图片在其中。Folder with the workbooks and their media.", show_default=False),
]
Who = Annotated[str, typer.Option("--person", help="谁发布：工号。The id of who does it.", show_default=False)]
Note = Annotated[str, typer.Option(help="改动说明，最多 500 字。What has changed.", show_default=False)]
Service = Annotated[str, typer.Argument(metavar="SERVICE", help="服务编号。The id of the service.", show_default=False)]
Rows = Annotated[
    bool,
    typer.Option(
        "--rows", help="台账里办件的行没有了、变了也发布。Also where rows of cases in registers go or change."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="只输出一个 JSON。Print one JSON document.")]
Lang = Annotated[str | None, typer.Option(help="zh 或 en。Language.", show_default=False)]
_PORTION = 100


def add(app: typer.Typer) -> None:
    """Add the commands."""

    @app.command("publish")
    def publish(
        file: Annotated[Path, typer.Argument(metavar="FILE", help="工作簿。The workbook.", show_default=False)],
        *,
        data: Data = Path("data"),
        definitions: Definitions = None,
        note: Note = "",
        at: Annotated[
            str, typer.Option(help="什么时候生效，如 2026-12-01T00:00。When it goes live.", show_default=False)
        ] = "",
        rows: Rows = False,
        person: Who = "",
        as_json: Json = False,
        lang: Lang = None,
    ) -> None:
        """检查并发布工作簿：立即，或到指定的时间。Check a workbook and publish it, now or at a time."""
        talk, workbook, instant = Talk(language_of(lang)), Carriers().whole(read_bytes(file), file), instant_of(at)
        with opened(data, definitions) as hall:
            who = acting(hall, person)
            found = hall.workshop.publish(who, file.name, workbook, note=note, at=instant, rows=rows)
        raise typer.Exit(_told(found, talk, as_json=as_json))

    @app.command("rollback")
    def rollback(
        service: Service,
        version: Annotated[
            str,
            typer.Argument(metavar="[VERSION]", help="回到哪一版，默认上一版。Which version.", show_default=False),
        ] = "",
        *,
        data: Data = Path("data"),
        definitions: Definitions = None,
        note: Note = "",
        rows: Rows = False,
        person: Who = "",
        as_json: Json = False,
        lang: Lang = None,
    ) -> None:
        """回到以前的版本：先按现在的情况检查。Go back to an earlier version, which is checked first as things are now."""
        talk = Talk(language_of(lang))
        with opened(data, definitions) as hall:
            found = hall.workshop.rollback(acting(hall, person), service, version, note=note, rows=rows)
        raise typer.Exit(_told(found, talk, as_json=as_json))

    @app.command("migrate")
    def migrate(
        service: Service,
        *,
        data: Data = Path("data"),
        cases: Annotated[
            str, typer.Option(help="只转这些单号，用逗号隔开。Only these numbers.", show_default=False)
        ] = "",
        dry_run: Annotated[
            bool, typer.Option("--dry-run", help="只列出能否转、转后怎样。Only say what it comes to.")
        ] = False,
        note: Note = "",
        person: Who = "",
        as_json: Json = False,
        lang: Lang = None,
    ) -> None:
        """把在办的办件转到现行版本，转不了的说明原因。Move open cases to the live version, and say which cannot be moved."""
        talk, wanted = Talk(language_of(lang)), {name.strip() for name in cases.split(",") if name.strip()}
        with opened(data, None) as hall:
            who = acting(hall, person)
            rows = [row for row in _plans(hall, who, service, talk.language) if _is_wanted(row, wanted)]
            missing = wanted - {name for row in rows for name in (row.case.number, row.case.id)}
            if missing:
                names = "、".join(sorted(missing))
                raise WrongCall(
                    f"这些办件不存在、已经办结，或已经是现行版本：{names}。",
                    f"There are no such open cases of an earlier version: {names}.",
                )
            why = {row.case.id: "；".join(row.obstacles) for row in rows}
            if not dry_run:
                ids = [row.case.id for row in rows if not row.obstacles]
                why |= dict(
                    hall.workshop.move_cases(
                        who, service, ids, note=note, command_id=str(ULID()), language=talk.language
                    )
                )
        raise typer.Exit(_moved(rows, why, talk, dry_run=dry_run, as_json=as_json))


@contextmanager
def opened(data: Path, definitions: Path | None) -> Iterator[Hall]:
    """A hall on a data folder; what it declines is a wrong call."""
    from banshi.platform.opening import open_hall
    from banshi.ui.settings import Settings

    workbooks = definitions or Settings().definitions
    with closing(open_hall(data=folder_of_hall(data), definitions=workbooks, database=database_of_hall())) as hall:
        try:
            yield hall
        except HallError as error:
            raise WrongCall(error.message("zh"), error.message("en")) from error


def acting(hall: Hall, person_id: str) -> Person:
    """Who does it: somebody of the hall, or whoever has the data folder, who may do all."""
    if not person_id:
        return replace(auditor(), roles=frozenset({"administrator"}))
    found = hall.directory.people.get(person_id)
    if found is None:
        raise WrongCall(f"组织机构里没有工号 {person_id}。", f"Nobody in the organisation has the id {person_id}.")
    return found


def instant_of(text: str) -> datetime | None:
    """A time on the campus clock; None for nothing, WrongCall for what is none."""
    try:
        at = datetime.fromisoformat(text) if text else None
    except ValueError as error:
        raise WrongCall(
            f"{text} 不是时间，应写成 2026-12-01T00:00。", f"{text} is no time; write 2026-12-01T00:00."
        ) from error
    return at.replace(tzinfo=CAMPUS_ZONE) if at and at.tzinfo is None else at


def _told(found: tuple[Report, VersionRow | PlanRow | None], talk: Talk, *, as_json: bool) -> int:
    """Print what became of a workbook; the exit code."""
    from banshi.ui.rest.door import plain
    from banshi.ui.rest.publishing import published

    report, made = found
    if as_json:
        print_json(plain(published(report, made)))
        return FINE if made else FAULTS
    failures = [failure for example in report.examples for _, failure in example.failures]
    if made is None:
        talk.out(talk.faults([*report.diagnostics, *failures]))
        talk.out(talk.say("没有发布：工作簿没有通过检查。", "Not published: the workbook did not pass."))
        return FAULTS
    talk.out(outcome(made, report.title, talk.say))
    return FINE


def outcome(made: VersionRow | PlanRow, title: str, say: Callable[[str, str], str]) -> str:
    """What became of a version, in a sentence."""
    version = made.version
    if isinstance(made, VersionRow):
        return say(f"“{title}”已发布，版本 {version}。", f"“{title}” is live as version {version}.")
    if made.state == "proposed":
        return say(
            f"“{title}”的版本 {version} 已提交，等第二个人复核。", f"Version {version} of “{title}” waits for consent."
        )
    at = made.at.astimezone(CAMPUS_ZONE) if made.at else None
    return say(
        f"“{title}”的版本 {version} 将于 {at:%Y-%m-%d %H:%M} 生效。",
        f"Version {version} of “{title}” goes live on {at:%Y-%m-%d %H:%M}.",
    )


def _plans(hall: Hall, who: Person, service: str, language: str) -> Iterator[MoveRow]:
    """What moving each open case of an earlier version comes to."""
    page = 1
    while True:
        found = hall.workshop.plan_moves(who, service, page=page, size=_PORTION, language=language)
        yield from found.items
        if page * _PORTION >= found.total:
            return
        page += 1


def _is_wanted(row: MoveRow, wanted: set[str]) -> bool:
    return not wanted or row.case.number in wanted or row.case.id in wanted


def _moved(rows: Sequence[MoveRow], why: dict[str, str], talk: Talk, *, dry_run: bool, as_json: bool) -> int:
    """Print what became of each case; the exit code."""
    stuck = sum(bool(text) for text in why.values())
    if as_json:
        print_json([_move_json(row, why[row.case.id], dry_run=dry_run) for row in rows])
    elif not rows:
        talk.out(talk.say("没有要转的办件。", "There is no case to move."))
    else:
        say = talk.say
        fine = say("可以转", "can be moved") if dry_run else say("已转", "moved")
        lines = [
            (row.case.number or row.case.id, row.version, why[row.case.id] or fine, row.then, "；".join(row.notes))
            for row in rows
        ]
        heads = (say("单号", "number"), say("版本", "version"), say("结果", "result"), say("到", "then"))
        talk.out(talk.table((*heads, say("说明", "note")), lines))
        done = len(rows) - stuck
        talk.out(say(f"{fine} {done} 件，不能转 {stuck} 件。", f"{done} {fine}, {stuck} cannot be."))
    return FAULTS if stuck else FINE


def _move_json(row: MoveRow, why: str, *, dry_run: bool) -> dict[str, Any]:
    return {
        "case": row.case.id,
        "number": row.case.number,
        "version": row.version,
        "then": list(row.then),
        "notes": list(row.notes),
        "done": not why and not dry_run,
        "why": why,
    }
