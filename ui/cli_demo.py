"""`banshi demo`: a new data folder with half a year of cases to look at."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from banshi.rules.values import CAMPUS_ZONE
from banshi.ui.cli_talk import Talk, WrongCall, language_of, print_json


def add(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("demo")
    def demo(
        data: Annotated[
            Path, typer.Argument(metavar="FOLDER", help="新的数据目录。A new data folder.", show_default=False)
        ],
        *,
        cases: Annotated[int, typer.Option(min=1, help="办件多少。How many cases.")] = 300,
        seed: Annotated[int, typer.Option(help="同样的数得到同样的数据。The same seed gives the same data.")] = 1,
        definitions: Annotated[
            Path | None, typer.Option(help="业务工作簿目录。Folder with the workbooks.", show_default=False)
        ] = None,
        as_json: Annotated[bool, typer.Option("--json", help="只输出一个 JSON。Print one JSON document.")] = False,
        lang: Annotated[str | None, typer.Option(help="zh 或 en。Language.", show_default=False)] = None,
    ) -> None:
        """生成半年的演示数据，供试用。Play half a year of cases into a new data folder, to look around in."""
        from banshi.platform.demonstration import demonstrate
        from banshi.platform.errors import Declined
        from banshi.ui.settings import Settings

        talk = Talk(language_of(lang))
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(talk.say("办件", "Cases"), total=cases)
            try:
                played = demonstrate(
                    data=data,
                    definitions=definitions or Settings().definitions,
                    until=datetime.now(CAMPUS_ZONE),
                    cases=cases,
                    seed=seed,
                    told=lambda done, of: bar.update(task, completed=done, total=of),
                )
            except Declined as error:
                raise WrongCall(error.message("zh"), error.message("en")) from error
        declined = sum(played.declined.values())
        if as_json:
            print_json(
                {"sent": played.sent, "deeds": played.deeds, "states": dict(played.states), "declined": declined}
            )
            return
        talk.out(
            talk.say(
                f"{data}：递交 {played.sent} 件，办理 {played.deeds} 次；规则不允许的 {declined} 次没有递交。"
                f"用 --data {data} 启动大厅查看。",
                f"{data}: {played.sent} cases sent, {played.deeds} deeds; {declined} times the rules declined. "
                f"Start the hall with --data {data} to look around.",
            )
        )
