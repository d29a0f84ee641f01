"""`banshi move`, `backup`, `restore` and `rebuild`: what administrators do with a whole hall."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from banshi.rules.values import CAMPUS_ZONE
from banshi.ui.cli_files import database_of_hall
from banshi.ui.cli_talk import FAULTS, FINE, Talk, WrongCall, language_of, print_json

if TYPE_CHECKING:
    from banshi.platform.cases.rebuilding import Rebuilt

Data = Annotated[Path, typer.Option(help="数据目录。Data folder of a hall.")]
Database = Annotated[
    str, typer.Option(help="数据库地址，默认 BANSHI_DATABASE。Address of the database.", show_default=False)
]
Json = Annotated[bool, typer.Option("--json", help="只输出一个 JSON。Print one JSON document.")]
LOG_KEY = "log-key.pem"
Lang = Annotated[str | None, typer.Option(help="zh 或 en。Language.", show_default=False)]


def add(app: typer.Typer) -> None:
    """Add the commands."""

    @app.command("move")
    def move(
        source: Annotated[str, typer.Argument(metavar="FROM", help="原来的数据库。The old one.", show_default=False)],
        target: Annotated[
            str, typer.Argument(metavar="TO", help="新的空数据库。The new, empty one.", show_default=False)
        ],
        *,
        as_json: Json = False,
        lang: Lang = None,
    ) -> None:
        """把全部数据复制到另一个数据库，并逐行核对。Copy everything into another database, and compare it row by row."""
        from banshi.platform.keeping import move as moved

        talk = Talk(language_of(lang))
        with _progress(talk) as told:
            counts = moved(source, target, told)
        if as_json:
            print_json({"rows": counts})
            return
        talk.out(_counts(counts, talk))
        talk.out(
            talk.say(
                f"已复制并逐行核对 {sum(counts.values())} 行。附件仍在数据目录的 attachments 里。"
                "现在把 BANSHI_DATABASE 设为新地址，并把旧数据库收起来。",
                f"{sum(counts.values())} rows copied and compared. Attached files stay in the folder attachments of the "
                "data folder. Now set BANSHI_DATABASE to the new address, and put the old database away.",
            )
        )

    _add_backups(app)

    @app.command("rebuild")
    def rebuild(
        *,
        data: Data = Path("data"),
        database: Database = "",
        dry_run: Annotated[bool, typer.Option("--dry-run", help="只列出不同，不改。Only say what differs.")] = False,
        as_json: Json = False,
        lang: Lang = None,
    ) -> None:
        """按事件重算每件办件，与现有内容比较并改正。Compute every case anew from its events, and put right what differs."""
        from banshi.platform.keeping import rebuild as rebuilt

        talk = Talk(language_of(lang))
        with _progress(talk) as told:
            found = rebuilt(_address(data, database), told, dry_run=dry_run)
        if as_json:
            print_json([asdict(one) for one in found])
        elif found:
            heads = (talk.say("单号", "number"), talk.say("不同的栏目", "what differs"))
            talk.out(talk.table(heads, [(one.number or one.id, _what(one, talk)) for one in found]))
        if not as_json:
            done = talk.say("没有改动。", "nothing was changed.") if dry_run else talk.say("已改正。", "put right.")
            talk.out(
                talk.say(f"{len(found)} 件与事件不一致，{done}", f"{len(found)} cases differ from their events; {done}")
                if found
                else talk.say("每件都与事件一致。", "Every case is what its events add up to.")
            )
        raise typer.Exit(FAULTS if found else FINE)


def _add_backups(app: typer.Typer) -> None:

    @app.command("backup")
    def backup(
        out: Annotated[Path, typer.Argument(metavar="FILE.zip", help="写到哪里。Where to.", show_default=False)],
        *,
        data: Data = Path("data"),
        database: Database = "",
        definitions: Annotated[
            Path | None,
            typer.Option(help="业务工作簿目录。Folder with the workbooks.", show_default=False),
        ] = None,
        force: Annotated[bool, typer.Option("--force", help="覆盖已有文件。Write over a file.")] = False,
        as_json: Json = False,
        lang: Lang = None,
    ) -> None:
        """备份数据库、附件和工作簿，大厅不用停。Back up the database, the attached files and the workbooks while the hall runs."""
        from banshi.platform.keeping import back_up
        from banshi.ui.settings import Settings

        talk = Talk(language_of(lang))
        if out.exists() and not force:
            raise WrongCall(
                f"{out} 已存在。换一个文件名，或加 --force 覆盖。",
                f"{out} exists. Choose another name, or add --force.",
            )
        with _progress(talk) as told:
            found = back_up(_address(data, database), data, definitions or Settings().definitions, out, told)
        missing = list(found.missing)
        if as_json:
            print_json({"file": str(out), "rows": found.rows, "files": found.files, "missing": missing})
        else:
            rows = sum(found.rows.values())
            talk.out(
                talk.say(
                    f"{out}：{rows} 行，附件 {found.files} 个，工作簿目录文件 {found.workbooks} 个。",
                    f"{out}: {rows} rows, {found.files} attached files, {found.workbooks} files of workbooks.",
                )
            )
        for path in missing:
            talk.err(talk.say(f"附件不在磁盘上：{path}", f"An attached file is not on the disk: {path}"))
        raise typer.Exit(FAULTS if missing else FINE)

    @app.command("restore")
    def restore(
        file: Annotated[Path, typer.Argument(metavar="FILE.zip", help="备份文件。The backup.", show_default=False)],
        *,
        data: Data = Path("data"),
        database: Database = "",
        definitions: Annotated[
            Path | None,
            typer.Option(help="把工作簿写到这个新目录。Write the workbooks into this new folder.", show_default=False),
        ] = None,
        replace: Annotated[
            bool, typer.Option("--replace", help="现有数据移到旁边保留。Put aside what is there.")
        ] = False,
        check: Annotated[bool, typer.Option("--check", help="只核对备份文件。Only check the backup.")] = False,
        as_json: Json = False,
        lang: Lang = None,
    ) -> None:
        """核对备份，无误才恢复到数据目录。Verify a backup, and only then restore it into a data folder."""
        from banshi.platform.keeping import opened_backup, write_workbooks
        from banshi.platform.keeping import restore as restored

        talk = Talk(language_of(lang))
        aside, counts = None, None
        with _progress(talk) as told:
            if check:
                with opened_backup(file, told) as found:
                    contents = found.contents
            else:
                if definitions is not None:
                    write_workbooks(file, definitions, told)
                done = restored(file, data, database or database_of_hall(), replace=replace, told=told)
                contents, counts, aside = done.contents, done.rows, done.aside
        rows = counts if counts is not None else contents.rows
        if as_json:
            told_aside = str(aside) if aside else None
            told_all = {"made_at": contents.made_at, "rows": rows, "files": contents.files, "aside": told_aside}
            print_json(told_all if check else {**told_all, "log_key": (data / LOG_KEY).exists()})
            return
        made = datetime.fromisoformat(contents.made_at).astimezone(CAMPUS_ZONE)
        summary = talk.say(
            f"{made:%Y-%m-%d %H:%M} 的备份，{sum(rows.values())} 行，附件 {contents.files} 个",
            f"the backup of {made:%Y-%m-%d %H:%M}, {sum(rows.values())} rows, {contents.files} attached files",
        )
        talk.out(
            talk.say(f"完好：{summary}。", f"Complete and unchanged: {summary}.")
            if check
            else talk.say(f"已恢复到 {data}：{summary}。", f"Restored into {data}: {summary}.")
        )
        if not check and not (data / LOG_KEY).exists():
            talk.out(
                talk.say(
                    "备份里没有日志的签名私钥 log-key.pem。请在开启办事大厅之前把另存的那份放进数据目录；没有的话会生成新的：日志里记一条，以后的检查点由新密钥签名，旧检查点仍可核对（banshi log verify 会写明换了密钥），请告诉审计员并交给他们新公钥。",
                    "The key that signs the log, log-key.pem, is not in a backup. Before the hall is opened, put the copy that you keep into the data folder. Without one a new key is made: the log notes it, later checkpoints are signed with it, and old checkpoints can still be checked (banshi log verify says that the key is another one). Tell the auditors, and give them the new public key.",
                )
            )
        if aside is not None:
            talk.out(talk.say(f"原来的数据在 {aside}。", f"What was there before is in {aside}."))


def _what(one: Rebuilt, talk: Talk) -> str:
    if one.eventless:
        return talk.say("没有事件，未改动", "it has no events; left alone")
    return talk.say("整件缺失", "all of it was missing") if one.missing else "、".join(one.columns)


def _address(data: Path, database: str) -> str:
    return database or database_of_hall() or str(data / "banshi.sqlite")


def _counts(counts: Mapping[str, int], talk: Talk) -> object:
    lines = [(name, count) for name, count in counts.items() if count]
    return talk.table((talk.say("表", "table"), talk.say("行", "rows")), lines)


@contextmanager
def _progress(talk: Talk) -> Iterator[_Told]:
    """What is under way, on a terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(talk.say("准备", "Getting ready"), total=None)
        yield _Told(progress, task)


class _Told:
    """Moves the bar: what is being done, how much of it, of how much."""

    def __init__(self, progress: Progress, task: object) -> None:
        self._progress = progress
        self._task = task

    def __call__(self, what: str, done: int, total: int) -> None:
        self._progress.update(self._task, description=what, completed=done, total=total)  # type: ignore[arg-type]
