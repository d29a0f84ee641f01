"""`banshi erase`: delete the personal data of an ended case, or when a person came and went, because somebody asks for it."""

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
        case: Annotated[
            str, typer.Argument(metavar="CASE", help="单号。The number of the case.", show_default=False)
        ] = "",
        *,
        person: Annotated[
            str,
            typer.Option(
                help="学工号：改为删除他用个人通行证的进出记录。Of whom to delete the passages with personal passes instead.",
                show_default=False,
            ),
        ] = "",
        reason: Annotated[str, typer.Option(help="为什么删除，记入办理过程。Why; it is recorded.", show_default=False)],
        data: Annotated[Path, typer.Option(help="数据目录。Data folder of a hall.")] = Path("data"),
        as_json: Annotated[bool, typer.Option("--json", help="只输出一个 JSON。Print one JSON document.")] = False,
        lang: Annotated[str | None, typer.Option(help="zh 或 en。Language.", show_default=False)] = None,
    ) -> None:
        """删除一件已办结办件的敏感内容，或一个人的进出记录，不能恢复。Delete what is sensitive in an ended case, or a person's passages, for good."""
        from banshi.platform.errors import HallError
        from banshi.platform.opening import open_hall

        if bool(case) == bool(person):
            raise WrongCall("请写单号，或 --person 学工号，二者之一。", "Name a case, or --person, and not both.")
        talk, me = Talk(language_of(lang)), replace(auditor(), roles=frozenset({"auditor", "administrator"}))
        with closing(open_hall(data=folder_of_hall(data), definitions=data, database=database_of_hall())) as hall:
            try:
                if person:
                    _tell_passages(talk, person, hall.erase_passages(me, person, reason), as_json=as_json)
                    return
                receipt = hall.erase(me, case, reason, command_id=str(ULID()))
                view = hall.case(me, receipt.case_id, talk.language)
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


def _tell_passages(talk: Talk, person: str, gone: int, *, as_json: bool) -> None:
    if as_json:
        print_json({"person": person, "passages": gone})
        return
    talk.out(
        talk.say(
            f"{person}：已删除 {gone} 条进出记录，旧的通行码作废。以前的备份里仍有，等它们过期。",
            f"{person}: deleted {gone} passages; codes of before are worth nothing. Earlier backups still hold them until they are thrown away.",
        )
    )
