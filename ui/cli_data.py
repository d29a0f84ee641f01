"""`banshi data`: the data sets of a service on the data folder of a hall, listed, taken out, checked and replaced."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from banshi.platform.replacing.desk import examples_fail
from banshi.platform.replacing.differing import RowChange, TableDiff, What
from banshi.platform.replacing.views import DataReport
from banshi.platform.views import PlanRow, VersionRow
from banshi.ui.cli_files import read_bytes
from banshi.ui.cli_publish import Rows, acting, instant_of, opened, outcome
from banshi.ui.cli_talk import FAULTS, FINE, Talk, WrongCall, language_of, print_json
from banshi.ui.data_json import replaced_json, report_json

Data = Annotated[Path, typer.Option(help="数据目录。Data folder of a hall.")]
Service = Annotated[str, typer.Argument(metavar="SERVICE", help="服务编号。The id of the service.", show_default=False)]
Name = Annotated[str, typer.Argument(metavar="NAME", help="数据表的名称。The data set.", show_default=False)]
File = Annotated[Path, typer.Argument(metavar="FILE", help="新的表，xlsx 或 csv。The new table.", show_default=False)]
Who = Annotated[str, typer.Option("--person", help="谁：工号。The id of who does it.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="只输出一个 JSON。Print one JSON document.")]
Lang = Annotated[str | None, typer.Option(help="zh 或 en。Language.", show_default=False)]
_MOST_ROWS = 50


def add(app: typer.Typer) -> None:
    """Add the commands."""
    data_app = typer.Typer(no_args_is_help=True, help="数据表。Data sets.", rich_markup_mode=None)
    app.add_typer(data_app, name="data")

    @data_app.command("list")
    def tables(
        service: Service, *, data: Data = Path("data"), person: Who = "", as_json: Json = False, lang: Lang = None
    ) -> None:
        """列出服务的数据表：行数、列、关键列、日期。List the data sets of a service."""
        from banshi.ui.rest.door import plain

        talk = Talk(language_of(lang))
        with opened(data, None) as hall:
            found = hall.data.tables(acting(hall, person), service)
        if as_json:
            print_json(plain(found))
            return
        say = talk.say
        heads = (
            say("数据表", "data set"),
            say("行", "rows"),
            say("办件的行", "of cases"),
            say("关键列", "keys"),
            say("日期", "days"),
        )
        lines = [
            (
                one.name,
                str(one.rows),
                str(one.taken) if one.register else "",
                "、".join(one.keys),
                f"{one.since} – {one.until}" if one.since else "",
                one.file,
            )
            for one in found
        ]
        talk.out(talk.table((*heads, say("文件", "file")), lines))

    @data_app.command("get")
    def get(
        service: Service,
        name: Name,
        *,
        out: Annotated[Path, typer.Option(help="写到这个文件，.xlsx 或 .csv。The file to write.", show_default=False)],
        taken: Annotated[bool, typer.Option("--taken", help="连同办件记的行。With the rows of cases.")] = False,
        data: Data = Path("data"),
        person: Who = "",
        lang: Lang = None,
    ) -> None:
        """取出一张数据表，改好可以换回去。Take a data set out, as it can be put back."""
        talk, kind = Talk(language_of(lang)), out.suffix.casefold().removeprefix(".")
        if kind not in ("xlsx", "csv"):
            raise WrongCall("文件名要以 .xlsx 或 .csv 结尾。", "The file must end with .xlsx or .csv.")
        with opened(data, None) as hall:
            pieces = b"".join(
                hall.data.export(acting(hall, person), service, name, kind, taken=taken, language=talk.language)[2]
            )
        try:
            out.write_bytes(pieces)
        except OSError as error:
            raise WrongCall(
                f"写不了 {out}：{error.strerror}。", f"{out} cannot be written: {error.strerror}."
            ) from error
        talk.out(talk.say(f"已写到 {out}。", f"Written to {out}."))

    @data_app.command("check")
    def check(
        service: Service,
        name: Name,
        file: File,
        *,
        marked: Annotated[
            Path | None, typer.Option(help="把问题标在副本上。Write a copy with the faults marked.", show_default=False)
        ] = None,
        data: Data = Path("data"),
        person: Who = "",
        as_json: Json = False,
        lang: Lang = None,
    ) -> None:
        """检查新的表，列出会改动的行，不发布。Check a new table and list what it would change."""
        from banshi.ui.rest.door import plain

        talk, given = Talk(language_of(lang)), read_bytes(file)
        with opened(data, None) as hall:
            who = acting(hall, person)
            report = hall.data.check(who, service, name, file.name, given)
            if marked is not None:
                marked.write_bytes(hall.data.mark(who, service, name, file.name, given, talk.language)[1])
        if as_json:
            print_json(plain(report_json(report, size=_MOST_ROWS)))
        else:
            _tell(report, talk)
        raise typer.Exit(FINE if report.same or report.replaceable else FAULTS)

    @data_app.command("replace")
    def replace(
        service: Service,
        name: Name,
        file: File,
        *,
        data: Data = Path("data"),
        note: Annotated[str, typer.Option(help="改动说明，最多 500 字。What has changed.", show_default=False)] = "",
        at: Annotated[
            str, typer.Option(help="什么时候生效，如 2026-12-01T00:00。When it goes live.", show_default=False)
        ] = "",
        empty: Annotated[bool, typer.Option("--empty", help="新表没有行也替换。Also where no rows are left.")] = False,
        rows: Rows = False,
        examples: Annotated[
            bool, typer.Option("--examples", help="用例不成立也替换。Also where examples fail with the new data.")
        ] = False,
        person: Who = "",
        as_json: Json = False,
        lang: Lang = None,
    ) -> None:
        """用新的表替换数据表并发布；内容相同则不发布。Replace a data set by a new table; the same table publishes nothing."""
        from banshi.ui.rest.door import plain

        talk, given, instant = Talk(language_of(lang)), read_bytes(file), instant_of(at)
        with opened(data, None) as hall:
            who = acting(hall, person)
            report, made = hall.data.replace(
                who,
                service,
                name,
                file.name,
                given,
                note=note,
                at=instant,
                empty=empty,
                rows=rows,
                examples=examples,
            )
        if as_json:
            print_json(plain(replaced_json(report, made)))
        else:
            _tell(report, talk)
            _became(report, made, talk)
        raise typer.Exit(FINE if made else FAULTS)


def _tell(report: DataReport, talk: Talk) -> None:
    """What was found in a table, what it would change, and what the workbook with it says."""
    checked = report.report
    failures = [failure for one in (checked.examples if checked else ()) for _, failure in one.failures]
    faults = [*report.diagnostics, *(checked.diagnostics if checked and not checked.publishable else ()), *failures]
    if faults:
        talk.out(talk.faults(faults))
    if report.diff is None:
        return
    if report.same:
        talk.out(talk.say("与现在的数据相同。", "It says what the data set says already."))
        return
    talk.out(_counts(report.diff, talk))
    for row in report.diff.rows[:_MOST_ROWS]:
        talk.out(_row(row, talk))
    if len(report.diff.rows) > _MOST_ROWS:
        left = len(report.diff.rows) - _MOST_ROWS
        talk.out(talk.say(f"……还有 {left} 行", f"… and {left} rows more"))


def _counts(diff: TableDiff, talk: Talk) -> str:
    added, changed, removed = (diff.count(what) for what in What)
    return talk.say(
        f"原有 {diff.before} 行，新表 {diff.after} 行：新增 {added}，修改 {changed}，删去 {removed}。",
        f"{diff.before} rows before, {diff.after} after: {added} new, {changed} changed, {removed} gone.",
    )


def _row(row: RowChange, talk: Talk) -> str:
    sign = {"added": "+", "removed": "-", "changed": "~"}[row.what]
    cells: Sequence[str] = [
        f"{cell.column}: {cell.old or '—'} → {cell.new or '—'}"
        if row.what == "changed"
        else f"{cell.column}: {cell.old or cell.new}"
        for cell in row.cells
    ]
    return f"{sign} {row.title}  {talk.say('，', ', ').join(cells)}"


def _became(report: DataReport, made: VersionRow | PlanRow | None, talk: Talk) -> None:
    if made is None:
        talk.out(talk.say("没有替换：没有通过检查。", "Not replaced: it did not pass the check."))
        if why := examples_fail(report, talk.language):
            talk.out(why)
    elif not report.same:
        title = report.report.title if report.report else report.service_id
        talk.out(outcome(made, title, talk.say))
