"""`banshi new`: a workbook to begin a service with."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from banshi.ui.cli_files import auditor, directory_for, read_bytes, write_bytes
from banshi.ui.cli_talk import Talk, WrongCall, language_of


def add(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("new")
    def new(
        name: Annotated[str, typer.Argument(metavar="NAME", help="服务的名称。The title of the service.")],
        out: Annotated[Path, typer.Option("--out", "-o", help="写到哪个文件。Where to write it.", show_default=False)],
        *,
        like: Annotated[
            str, typer.Option(help="照哪项服务：文件或编号。Like this service: a file or an id.", show_default=False)
        ] = "",
        organisation: Annotated[
            Path | None,
            typer.Option(help="组织机构工作簿。The workbook of people and departments.", show_default=False),
        ] = None,
        lang: Annotated[
            str | None, typer.Option(help="工作簿的语言，zh 或 en。Language of the workbook.", show_default=False)
        ] = None,
    ) -> None:
        """新建一项服务的工作簿：能直接使用，带下拉列表和填写提示。Begin a service: a workbook with drop-downs and notes."""
        from banshi.platform.errors import HallError
        from banshi.platform.publishing.starting import Wish, start, start_like

        talk = Talk(language_of(lang))
        if talk.language not in ("zh", "en"):
            raise WrongCall("--lang 只能是 zh 或 en。", "--lang is zh or en.")
        if out.suffix.lower() != ".xlsx":
            raise WrongCall("--out 的文件名应以 .xlsx 结尾。", "--out should end in .xlsx.")
        if out.exists():
            raise WrongCall(f"{out} 已经存在，请换一个文件名。", f"{out} exists already; please take another name.")
        try:
            wish = Wish(title=name, language=talk.language, directory=directory_for(out, organisation))
            made = start_like(wish, *_existing(like)) if like else start(wish)
        except HallError as error:
            raise WrongCall(error.message("zh"), error.message("en")) from error
        write_bytes(out, iter([made[1]]))
        talk.err(
            talk.say(f"已写入 {out}，服务编号 {wish.id}。", f"Written to {out}; the id of the service is {wish.id}.")
        )


def _existing(like: str) -> tuple[bytes, str]:
    """The workbook of a service and its name: a file, a service of the hall's data folder, one of its definitions."""
    from banshi.platform.opening import open_hall
    from banshi.ui.settings import Settings

    if Path(like).is_file():
        return read_bytes(Path(like)), like
    settings = Settings()
    shipped = settings.definitions / like / f"{like}.xlsx"
    if settings.database or (settings.data / "banshi.sqlite").is_file():
        shelf = settings.definitions
        with closing(open_hall(data=settings.data, definitions=shelf, database=settings.database)) as hall:
            live = next((row.live for row in hall.workshop.owned(_ADMINISTRATOR) if row.id == like), None)
            if live is not None:
                file, data = hall.workshop.workbook_bytes(auditor(), like, live.sha256)
                return data, file
    if shipped.resolve().is_relative_to(settings.definitions.resolve()) and shipped.is_file():
        return read_bytes(shipped), str(shipped)
    raise WrongCall(
        f"没有服务“{like}”：请写工作簿的路径，或正在运行的服务的编号。",
        f"There is no service “{like}”: name the path of a workbook, or the id of a service that runs.",
    )


_ADMINISTRATOR = replace(auditor(), roles=frozenset({"administrator"}))
