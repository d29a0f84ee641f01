"""`banshi diff`: what is different between two workbooks, in words."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from banshi.ui.cli_files import workbook_of
from banshi.ui.cli_talk import FAULTS, FINE, Talk, language_of, print_json


def add(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("diff")
    def diff(
        old: Annotated[Path, typer.Argument(metavar="OLD", help="原来的工作簿。The workbook before.")],
        new: Annotated[Path, typer.Argument(metavar="NEW", help="现在的工作簿。The workbook now.")],
        *,
        as_json: Annotated[
            bool, typer.Option("--json", help="只输出一个 JSON。Print one JSON document, nothing else.")
        ] = False,
        lang: Annotated[
            str | None, typer.Option(help="zh 或 en，默认随系统。Language of the messages.", show_default=False)
        ] = None,
    ) -> None:
        """逐格说明两个工作簿有什么不同。What is different between two workbooks, cell by cell."""
        from banshi.platform.sheets.differences import differences

        talk = Talk(language_of(lang))
        found = differences(workbook_of(old), workbook_of(new))
        if as_json:
            print_json(
                [
                    {
                        "change": str(one.change),
                        "cell": str(one.place),
                        "row": one.row,
                        "column": one.column,
                        "old": one.old,
                        "new": one.new,
                        "message": one.message(talk.language),
                    }
                    for one in found
                ]
            )
        elif found:
            rows = [(str(one.place), one.message(talk.language)) for one in found]
            talk.out(talk.table((talk.say("单元格", "Cell"), talk.say("不同之处", "Difference")), rows))
        else:
            talk.out(talk.say("两个工作簿没有不同。", "The workbooks do not differ."))
        raise typer.Exit(FAULTS if found else FINE)
