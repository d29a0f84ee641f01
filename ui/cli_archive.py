"""`banshi archive`: the cases of a period as files in a folder; and whether such a file is as it was archived."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from banshi.ui.cli_files import auditor, database_of_hall, day_of, folder_of_hall, write_bytes
from banshi.ui.cli_talk import FAULTS, FINE, Talk, WrongCall, fault_json, language_of, print_json, unreadable


def add(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("archive")
    def archive(
        out: Annotated[
            Path | None, typer.Argument(metavar="FOLDER", help="写到哪个文件夹。Where to write.", show_default=False)
        ] = None,
        *,
        check: Annotated[
            Path | None,
            typer.Option(help="核对一个归档文件，不需要数据目录。Check an archive file.", show_default=False),
        ] = None,
        data: Annotated[Path, typer.Option(help="数据目录。Data folder of a hall.")] = Path("data"),
        service: Annotated[str, typer.Option(help="只要一项服务。Only this service.", show_default=False)] = "",
        since: Annotated[str, typer.Option(help="办结日期从。Ended from this day.", show_default=False)] = "",
        until: Annotated[str, typer.Option(help="到，含当天。Until this day.", show_default=False)] = "",
        as_json: Annotated[bool, typer.Option("--json", help="只输出一个 JSON。Print one JSON document.")] = False,
        lang: Annotated[str | None, typer.Option(help="zh 或 en。Language.", show_default=False)] = None,
    ) -> None:
        """把一段时间内办完的办件逐件写成归档文件，另附案卷目录。Write ended cases as archive files, with a catalogue."""
        talk = Talk(language_of(lang))
        if (out is None) is (check is None):
            raise WrongCall(
                "请给出文件夹，或用 --check 给出归档文件。", "Name a folder, or an archive file with --check."
            )
        if check is not None:
            raise typer.Exit(_check(check, talk, as_json=as_json))
        assert out is not None
        count = _write(out, data, service, since, until, talk)
        if as_json:
            print_json({"folder": str(out), "cases": count})
        else:
            talk.out(talk.say(f"{out}：{count} 件。", f"{out}: {count} cases."))


def _check(path: Path, talk: Talk, *, as_json: bool) -> int:
    """Print what is not as it was archived; the exit code."""
    from banshi.platform.archive.manifest import check

    try:
        found = check(path)
    except OSError as error:
        raise unreadable(path, error) from None
    if as_json:
        print_json([fault_json(str(path), one, talk.language) for one in found])
    elif found:
        talk.out(talk.faults(found))
    else:
        talk.out(talk.say(f"{path}：完整，没有改动。", f"{path}: complete and unchanged."))
    return FAULTS if found else FINE


def _write(out: Path, data: Path, service: str, since: str, until: str, talk: Talk) -> int:
    """Write a file a case and the catalogue, each complete or not at all; how many cases."""
    from rich.console import Console
    from rich.progress import Progress

    from banshi.platform.archive.archivist import ArchiveQuestion
    from banshi.platform.errors import HallError
    from banshi.platform.opening import open_hall

    asked = ArchiveQuestion(service_id=service, since=day_of(since), until=day_of(until))
    with closing(open_hall(data=folder_of_hall(data), definitions=data, database=database_of_hall())) as hall:
        try:
            total = hall.archive(auditor(), asked, size=1).total
            out.mkdir(parents=True, exist_ok=True)
            count = -1  # the catalogue is no case
            with Progress(console=Console(stderr=True), transient=True) as progress:
                task = progress.add_task(talk.say("归档", "Archiving"), total=total)
                for name, pieces in hall.archive_each(auditor(), asked, language=talk.language):
                    write_bytes(out / name, pieces)
                    count += 1
                    progress.update(task, completed=count)
        except HallError as error:
            raise WrongCall(error.message("zh"), error.message("en")) from error
        except OSError as error:
            raise unreadable(out, error) from None
    return count
