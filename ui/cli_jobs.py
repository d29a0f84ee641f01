"""`banshi jobs`: the jobs of a hall's data folder, when each is next, and how it went last."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from banshi.ui.cli_files import auditor, database_of_hall, folder_of_hall
from banshi.ui.cli_talk import Talk, WrongCall, language_of, print_json

_HEAD = {
    "zh": ("服务", "任务", "周期", "接下来三次", "上次", "做了", "失败"),
    "en": ("Service", "Job", "When", "Next three", "Last", "Done", "Failed"),
}


def add(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("jobs")
    def jobs(
        *,
        data: Annotated[Path, typer.Option(help="数据目录。Data folder of a hall.")] = Path("data"),
        service: Annotated[str, typer.Option(help="只列一项服务。Only this service.", show_default=False)] = "",
        as_json: Annotated[bool, typer.Option("--json", help="只输出一个 JSON。Print one JSON document.")] = False,
        lang: Annotated[str | None, typer.Option(help="zh 或 en。Language.", show_default=False)] = None,
    ) -> None:
        """列出定时任务和接下来的时刻，不运行。List the jobs by the clock with their next times; runs none."""
        from banshi.platform.errors import HallError
        from banshi.platform.opening import open_hall
        from banshi.ui.rest.door import plain

        talk, person = Talk(language_of(lang)), replace(auditor(), roles=frozenset({"administrator"}))
        with closing(open_hall(data=folder_of_hall(data), definitions=data, database=database_of_hall())) as hall:
            try:
                found = hall.jobs.jobs(person, talk.language)
            except HallError as error:
                raise WrongCall(error.message("zh"), error.message("en")) from error
        rows = [row for row in found if service in ("", row.service_id)]
        if as_json:
            print_json(plain(rows))
            return
        if not rows:
            talk.out(talk.say("没有定时任务。", "There are no jobs."))
            return
        lines = []
        for row in rows:
            last = row.runs[0] if row.runs else None
            paused = f"（{row.paused_by}暂停）" if talk.language == "zh" else f"(paused by {row.paused_by})"
            coming = paused if row.paused_by else "  ".join(f"{at:%Y-%m-%d %H:%M}" for at in row.coming) or "-"
            told = (f"{last.at:%Y-%m-%d %H:%M}", str(last.done), str(last.failed)) if last else ("-", "-", "-")
            lines.append((row.service, row.job, row.every, coming, *told))
        talk.out(talk.table(_HEAD[talk.language], lines))
