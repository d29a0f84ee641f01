"""`banshi callback-key`: the key with which the other system of a service signs its callbacks."""

from __future__ import annotations

from typing import Annotated

import typer

from banshi.ui.cli_talk import Talk, WrongCall, language_of, print_json


def add(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("callback-key")
    def callback_key(
        service: Annotated[
            str, typer.Argument(metavar="SERVICE", help="服务编号。The id of the service.", show_default=False)
        ],
        *,
        as_json: Annotated[bool, typer.Option("--json", help="只输出一个 JSON。Print one JSON document.")] = False,
        lang: Annotated[str | None, typer.Option(help="zh 或 en。Language.", show_default=False)] = None,
    ) -> None:
        """显示一项服务的外部系统签名用的密钥。Print the key with which a service's other system signs."""
        from banshi.ui.rest.callbacks import NotSetUp, key_of
        from banshi.ui.settings import Settings

        talk = Talk(language_of(lang))
        try:
            key = key_of(Settings().callback_secret.get_secret_value(), service)
        except NotSetUp as error:
            raise WrongCall(error.message("zh"), error.message("en")) from error
        if as_json:
            print_json({"service": service, "key": key, "address": f"/api/v1/callbacks/{service}"})
        else:
            talk.out(key)
