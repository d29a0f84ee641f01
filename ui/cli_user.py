"""`banshi user`: who is in the hall's directory, tokens for programs, and signing somebody out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from banshi.rules.values import CAMPUS_ZONE
from banshi.ui.cli_files import auditor, database_of_hall, folder_of_hall
from banshi.ui.cli_talk import Talk, WrongCall, language_of, print_json

if TYPE_CHECKING:
    from banshi.platform.hall import Hall

ADMINISTRATOR = replace(auditor(), roles=frozenset({"administrator"}))
Data = Annotated[Path, typer.Option(help="数据目录。Data folder of a hall.")]
Lang = Annotated[str | None, typer.Option(help="zh 或 en。Language.", show_default=False)]
Who = Annotated[str, typer.Argument(metavar="PERSON", help="工号或学号。A campus number.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="只输出一个 JSON。Print one JSON document.")]


def add(app: typer.Typer) -> None:
    """Add the commands."""
    user = typer.Typer(no_args_is_help=True, help="人员与登录。People and sign-ins.", rich_markup_mode=None)
    app.add_typer(user, name="user")

    @user.command("list")
    def people(
        *,
        query: Annotated[
            str, typer.Option(help="姓名、工号、部门、角色中的文字。Words in name, number, department, role.")
        ] = "",
        data: Data = Path("data"),
        as_json: Json = False,
        lang: Lang = None,
    ) -> None:
        """列出人员、角色和登录到何时。List people, their roles, and until when they are signed in."""
        talk = Talk(language_of(lang))
        with _hall(data) as hall:
            signed_in = hall.signed_in(ADMINISTRATOR)
            found = [
                (one.id, one.name, one.department, sorted(one.roles), signed_in.get(one.id))
                for _, one in sorted(hall.directory.people.items())
                if query in " ".join((one.id, one.name, one.english_name, one.department, *one.roles))
            ]
        if as_json:
            keys = ("id", "name", "department", "roles", "signed_in_until")
            print_json([dict(zip(keys, row, strict=True)) for row in found])
            return
        heads = (
            ("工号", "number"),
            ("姓名", "name"),
            ("部门", "department"),
            ("角色", "roles"),
            ("登录到", "signed in until"),
        )
        rows = [
            (*row[:3], "、".join(row[3]), f"{row[4].astimezone(CAMPUS_ZONE):%Y-%m-%d %H:%M}" if row[4] else "")
            for row in found
        ]
        talk.out(talk.table([talk.say(*head) for head in heads], rows))

    @user.command("token")
    def token(
        person: Who,
        *,
        days: Annotated[int, typer.Option(min=1, max=366, help="多少天有效。For how many days.")] = 30,
        data: Data = Path("data"),
        as_json: Json = False,
        lang: Lang = None,
    ) -> None:
        """给程序用的令牌，以此人的身份调用 REST。A token with which a program calls REST as this person."""
        talk = Talk(language_of(lang))
        with _hall(data) as hall:
            made = hall.sign_in(person, timedelta(days=days))
        if as_json:
            print_json({"person": person, "token": made, "days": days})
            return
        talk.out(made)
        talk.err(
            talk.say(
                f"{days} 天有效，只显示这一次。banshi user sign-out {person} 使它立即失效。",
                f"Good for {days} days, shown only now. banshi user sign-out {person} ends it at once.",
            )
        )

    @user.command("sign-out")
    def sign_out(person: Who, *, data: Data = Path("data"), as_json: Json = False, lang: Lang = None) -> None:
        """结束此人的全部登录和令牌。End every sign-in and token of this person."""
        talk = Talk(language_of(lang))
        with _hall(data) as hall:
            count = hall.sign_out_everywhere(ADMINISTRATOR, person)
        if as_json:
            print_json({"person": person, "ended": count})
        else:
            talk.out(talk.say(f"结束了 {count} 个登录。", f"{count} sign-ins ended."))


@contextmanager
def _hall(data: Path) -> Iterator[Hall]:
    from banshi.platform.errors import HallError
    from banshi.platform.opening import open_hall

    with closing(open_hall(data=folder_of_hall(data), definitions=data, database=database_of_hall())) as hall:
        try:
            yield hall
        except HallError as error:
            raise WrongCall(error.message("zh"), error.message("en")) from error
