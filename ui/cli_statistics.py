"""`banshi stats`: the figures of a hall's data folder, the same as on the screen."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from banshi.ui.cli_files import auditor, database_of_hall, day_of, folder_of_hall, write_bytes
from banshi.ui.cli_talk import Talk, WrongCall, language_of, print_json, shown

By = Annotated[str, typer.Option(help="total, months, units, services, steps。Which table.")]


def add(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("stats")
    def statistics(
        *,
        data: Annotated[Path, typer.Option(help="数据目录。Data folder of a hall.")] = Path("data"),
        by: By = "total",
        service: Annotated[str, typer.Option(help="只统计一项服务。Only this service.", show_default=False)] = "",
        unit: Annotated[str, typer.Option(help="申请单位，含下级。Unit of the applicants.", show_default=False)] = "",
        step: Annotated[str, typer.Option(help="只统计一个环节。Only this step.", show_default=False)] = "",
        since: Annotated[str, typer.Option(help="递交日期从。Sent from this day.", show_default=False)] = "",
        until: Annotated[str, typer.Option(help="到，含当天。Until this day.", show_default=False)] = "",
        out: Annotated[
            Path | None, typer.Option(help="写到 .xlsx 或 .csv。Write .xlsx or .csv.", show_default=False)
        ] = None,
        as_json: Annotated[bool, typer.Option("--json", help="只输出一个 JSON。Print one JSON document.")] = False,
        lang: Annotated[str | None, typer.Option(help="zh 或 en。Language.", show_default=False)] = None,
    ) -> None:
        """统计办件：多少件、多快、停在哪里。Figures of cases and steps: how many, how fast, where they wait."""
        from banshi.platform.errors import HallError
        from banshi.platform.opening import open_hall
        from banshi.platform.statistics.model import Question
        from banshi.platform.statistics.tables import table_of
        from banshi.ui.rest.door import plain

        talk = Talk(language_of(lang))
        kind = out.suffix.lower().removeprefix(".") if out else ""
        if out and kind not in ("xlsx", "csv"):
            raise WrongCall("--out 的文件名应以 .xlsx 或 .csv 结尾。", "--out should end in .xlsx or .csv.")
        asked = Question(service_id=service, unit=unit, step=step, since=day_of(since), until=day_of(until))
        with closing(open_hall(data=folder_of_hall(data), definitions=data, database=database_of_hall())) as hall:
            try:
                if out:
                    write_bytes(out, hall.export_statistics(auditor(), asked, by, kind, language=talk.language)[2])
                    return
                found = hall.statistics(auditor(), asked, talk.language)
                table = table_of(found, by, talk.language)
            except HallError as error:
                raise WrongCall(error.message("zh"), error.message("en")) from error
        if as_json:
            print_json(plain(found))
        else:
            # A figure a line and a group a column: there are more figures than a terminal is wide.
            first, *figures = zip(table.header, *table.rows, strict=True)
            talk.out(talk.table([shown(entry) for entry in first], figures))
