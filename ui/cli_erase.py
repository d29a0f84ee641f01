"""`banshi erase`: delete the personal data of an ended case, because somebody asks for it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from ulid import ULID

from banshi.ui.cli_files import auditor, database_of_hall, folder_of_hall
from banshi.ui.cli_talk import Talk, WrongCall, language_of, print_json


def add(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("erase")
    def erase(
        case: Annotated[str, typer.Argument(metavar="CASE", help="单号。The number of the case.", show_default=False)],
        *,
        reason: Annotated[str, typer.Option(help="为什么删除，记入办理过程。Why; it is recorded.", show_default=False)],
        data: Annotated[Path, typer.Option(help="数据目录。Data folder of a hall.")] = Path("data"),
        as_json: Annotated[bool, typer.Option("--json", help="只输出一个 JSON。Print one JSON document.")] = False,
        lang: Annotated[str | None, typer.Option(help="zh 或 en。Language.", show_default=False)] = None,
    ) -> None:
        """删除一件已办结办件的敏感内容，不能恢复。Delete what is sensitive in an ended case, for good."""
        from banshi.platform.errors import HallError
        from banshi.platform.opening import open_hall

        talk, person = Talk(language_of(lang)), replace(auditor(), roles=frozenset({"auditor", "administrator"}))
        with closing(open_hall(data=folder_of_hall(data), definitions=data, database=database_of_hall())) as hall:
            try:
                receipt = hall.erase(person, case, reason, command_id=str(ULID()))
                view = hall.case(person, receipt.case_id, talk.language)
            except HallError as error:
                raise WrongCall(error.message("zh"), error.message("en")) from error
        labels = list(view.erased.labels) if view.erased else []
        if as_json:
            print_json({"number": receipt.number, "erased": labels})
        else:
            names = talk.say("、", ", ").join(labels)
            talk.out(
                talk.say(
                    f"{receipt.number}：已删除 {names}。以前的备份里仍有，等它们过期。",
                    f"{receipt.number}: deleted {names}. Earlier backups still hold them until they are thrown away.",
                )
            )
