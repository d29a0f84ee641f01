"""`banshi log`: the auditor's commands. Exports and checkpoints of a hall's log, and whether one is as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from banshi.ui.cli_files import auditor, database_of_hall, day_of, folder_of_hall, write_bytes
from banshi.ui.cli_talk import FAULTS, FINE, Talk, WrongCall, language_of, print_json, unreadable

Data = Annotated[Path, typer.Option(help="数据目录。Data folder of a hall.")]
Json = Annotated[bool, typer.Option("--json", help="只输出一个 JSON。Print one JSON document, nothing else.")]
Lang = Annotated[str | None, typer.Option(help="zh 或 en，默认随系统。Language of the messages.", show_default=False)]


def add(app: typer.Typer) -> None:
    """Add the commands."""
    log = typer.Typer(no_args_is_help=True, help="审计员的命令。The auditor's commands.", rich_markup_mode=None)
    app.add_typer(log, name="log")

    @log.command("export")
    def export(
        out: Annotated[
            Path,
            typer.Option(
                help="写到 .zip（可核对的全部日志），或 .xlsx、.csv、.pdf（规则结论）。Write .zip (the whole log, to be verified), or .xlsx, .csv or .pdf (decisions).",
                show_default=False,
            ),
        ],
        *,
        data: Data = Path("data"),
        service: Annotated[
            str, typer.Option(help="只导出一项服务（规则结论）。Only this service.", show_default=False)
        ] = "",
        query: Annotated[
            str, typer.Option(help="包含的文字（规则结论）。Only what contains this.", show_default=False)
        ] = "",
        workbooks: Annotated[
            bool, typer.Option("--workbooks", help="连同各版本的工作簿（.zip）。With the workbooks of all versions.")
        ] = False,
        lang: Lang = None,
    ) -> None:
        """导出日志。Export the log of a hall's data folder."""
        talk = Talk(language_of(lang))
        kind = out.suffix.lower().removeprefix(".")
        if kind not in ("zip", "xlsx", "csv", "pdf"):
            raise WrongCall(
                "--out 的文件名应以 .zip、.xlsx、.csv 或 .pdf 结尾。", "--out should end in .zip, .xlsx, .csv or .pdf."
            )
        if kind == "zip" and (service or query):
            raise WrongCall(
                ".zip 总是全部日志：缺了条目就核对不了。",
                "A .zip is always the whole log: with entries missing it could not be verified.",
            )
        with closing(_open(data)) as hall, _failures(), _progress(talk, "导出", "Exporting") as told:
            if kind == "zip":
                pieces = hall.export_ledger(auditor(), workbooks=workbooks, progress=told)[2]
            else:
                pieces = hall.export_log(auditor(), kind, language=talk.language, service_id=service, query=query)[2]
            write_bytes(out, pieces)
        talk.err(talk.say(f"已写入 {out}。", f"Written to {out}."))

    @log.command("checkpoint")
    def checkpoint(
        out: Annotated[Path, typer.Option(help="检查点的文件夹。The folder of checkpoints.", show_default=False)],
        *,
        data: Data = Path("data"),
        as_json: Json = False,
        lang: Lang = None,
    ) -> None:
        """把日志现在的签名检查点写到审计员保管的文件夹。Write a signed checkpoint of the log where the auditor keeps them."""
        from banshi.platform.audit.checkpoint import read_checkpoint
        from banshi.platform.audit.ledger import Discontinued

        talk = Talk(language_of(lang))
        with closing(_open(data)) as hall, _failures():
            try:
                path = hall.save_checkpoint(auditor(), out)
            except Discontinued as error:
                talk.err(error.message(talk.language))
                raise typer.Exit(FAULTS) from None
            except OSError as error:
                raise unreadable(out, error) from None
        made = read_checkpoint(path.read_bytes())
        if as_json:
            print_json({"file": str(path), "checkpoint": made.to_json()})
        else:
            talk.out(
                talk.say(f"{path}：{made.size} 条，根 {made.root}", f"{path}: {made.size} entries, root {made.root}")
            )

    @log.command("verify")
    def verify(
        export: Annotated[
            Path | None,
            typer.Argument(
                metavar="EXPORT", help="导出的 .zip 或解开的文件夹。An export, or its folder.", show_default=False
            ),
        ] = None,
        *,
        checkpoint: Annotated[
            Path | None, typer.Option(help="您保管的检查点。The checkpoint that you keep.", show_default=False)
        ] = None,
        previous: Annotated[
            Path | None, typer.Option(help="更早的检查点。An earlier checkpoint.", show_default=False)
        ] = None,
        key: Annotated[
            Path | None, typer.Option(help="您保管的公钥。The public key that you keep.", show_default=False)
        ] = None,
        as_json: Json = False,
        lang: Lang = None,
    ) -> None:
        """核对导出的日志，不需要服务器和数据库。Check an export of the log, without a server and a database."""
        talk = Talk(language_of(lang))
        raise typer.Exit(_verify(export, checkpoint, previous, key, talk, as_json=as_json))

    @log.command("replay")
    def replay(
        export: Annotated[
            Path | None,
            typer.Argument(
                metavar="EXPORT",
                help="带工作簿的导出；不给则用数据目录。An export with workbooks, instead of a data folder.",
                show_default=False,
            ),
        ] = None,
        *,
        data: Data = Path("data"),
        service: Annotated[str, typer.Option(help="只要一项服务。Only this service.", show_default=False)] = "",
        since: Annotated[str, typer.Option(help="日期从。From this day.", show_default=False)] = "",
        until: Annotated[str, typer.Option(help="到，含当天。Until this day.", show_default=False)] = "",
        as_json: Json = False,
        lang: Lang = None,
    ) -> None:
        """用当时的工作簿重算以往的规则结论，列出不同之处。Compute past decisions again, and tell what comes out differently."""
        talk = Talk(language_of(lang))
        for day in (since, until):
            day_of(day)
        with _failures(), _progress(talk, "重算", "Computing") as told:
            if export is not None:
                found = _replayed(export, service, since, until, told)
            else:
                with closing(_open(data)) as hall:
                    filters = {"service_id": service, "since": since, "until": until}
                    found = list(hall.replay(auditor(), progress=told, **filters))
        if as_json:
            print_json([one.to_json() for one in found])
        else:
            talk.out(*(_difference(one, talk) for one in found))
            talk.out(*_counted(found, talk))
        raise typer.Exit(FAULTS if any(not one.lacking for one in found) else FINE)


def _replayed(export: Path, service: str, since: str, until: str, told: Callable[[int, int], None]) -> list[Any]:
    """The differences in the decisions of an export."""
    from banshi.platform.audit.ledger import ENTRIES
    from banshi.platform.audit.replay import ExportedBooks, Replay, exported_decisions, lacks_values
    from banshi.platform.audit.source import NoExport, manifest_of, opened
    from banshi.rules.policies import FixpointEngine
    from banshi.rules.values import CAMPUS_ZONE

    def wanted(one: Any) -> bool:
        day = one.at.astimezone(CAMPUS_ZONE).date().isoformat()
        return bool((not service or one.service_id == service) and (since or day) <= day <= (until or day))

    try:
        with opened(export) as source:
            total = int(manifest_of(source)[0]["entries"])
            try:
                books = ExportedBooks(source)
            except KeyError:
                raise WrongCall(
                    f"{export} 里没有工作簿，请用 banshi log export --workbooks 导出。",
                    f"{export} holds no workbooks; export it with banshi log export --workbooks.",
                ) from None
            found = filter(wanted, exported_decisions(source, ENTRIES))
            return list(Replay(books, FixpointEngine(), lacks_values).run(found, total, told))
    except NoExport:
        raise WrongCall(f"{export} 不是日志导出文件。", f"{export} is no export of the log.") from None
    except OSError as error:
        raise unreadable(export, error) from None


def _counted(found: Sequence[Any], talk: Talk) -> Iterator[str]:
    """How many differences there are, and apart from them how many decisions that cannot be computed."""
    lost, lacking = sum(bool(one.why[0]) for one in found), sum(one.lacking for one in found)
    yield talk.say(f"不同之处：{len(found) - lost}。", f"Differences: {len(found) - lost}.")
    if lost:
        yield talk.say(
            f"不能重算：{lost}（其中 {lacking} 条因为敏感的输入已删除或没有导出，这不是差错）。",
            f"Cannot be computed: {lost} ({lacking} of them because sensitive inputs were deleted or left out, which is no fault).",
        )


def _difference(one: Any, talk: Talk) -> str:
    """A difference in a line."""
    row = one.decision
    about = f"{row.id} {row.number} {row.name} {row.scope}".strip()
    if one.why[0]:
        return talk.say(f"{about}：不能重算，{one.why[0]}。", f"{about}: cannot be computed, {one.why[1]}.")
    return talk.say(
        f"{about}：{one.what}（{one.cell}）记录为 {one.stored}，重算为 {one.recomputed}",
        f"{about}: {one.what} ({one.cell}) is {one.stored} in the record, and {one.recomputed} computed again",
    )


def _verify(
    export: Path | None, checkpoint: Path | None, previous: Path | None, key: Path | None, talk: Talk, *, as_json: bool
) -> int:
    from banshi.platform.audit.verify import verify

    if export is None and (checkpoint is None or previous is None):
        raise WrongCall(
            "请给出导出文件，或用 --checkpoint 和 --previous 给出两个检查点。",
            "Name an export, or two checkpoints with --checkpoint and --previous.",
        )
    named = [path for path in (export, checkpoint, previous, key) if path]
    try:
        with _progress(talk, "核对", "Checking") as told:
            verdict = verify(export, checkpoint=checkpoint, previous=previous, key=key, progress=told)
    except OSError as error:
        wrong = next((path for path in named if str(path) == error.filename), named[0])
        raise unreadable(wrong, error) from None
    main = verdict.checkpoint
    if as_json:
        print_json(
            {
                "fine": verdict.fine,
                "entry": verdict.entry,
                "entries": verdict.entries,
                "cases": verdict.cases,
                "deleted": verdict.deleted,
                "sealed": verdict.sealed,
                "left_out": [
                    {"service": service, "what": name, "count": count}
                    for (service, name, _), count in sorted(verdict.left_out.items())
                ],
                "checkpoint": main
                and {"hall": main.hall, "size": main.size, "root": main.root, "at": main.at, "key": main.key},
                "faults": [_fault(one) for one in verdict.findings],
            }
        )
        return FINE if verdict.fine else FAULTS
    for one in verdict.findings:
        said = talk.say("：", ": ").join(filter(None, (f"{one.code} {one.place}".strip(), one.message(talk.language))))
        talk.out(said, f"    {one.remedy(talk.language)}")
    if verdict.fine and main is not None:
        covered = f"{verdict.entries} 条，{verdict.cases} 件" if export else "两个检查点"
        covered_en = f"{verdict.entries} entries of {verdict.cases} cases" if export else "the two checkpoints"
        talk.out(
            talk.say(
                f"相符：{covered}；检查点 {main.at} 有 {main.size} 条，密钥 {main.key[:16]}。",
                f"Everything fits: {covered_en}; the checkpoint of {main.at} is over {main.size} entries, key {main.key[:16]}.",
            )
        )
        lacking = talk.say(
            f"其中 {verdict.deleted} 条的敏感内容已删除，{verdict.sealed} 条的没有导出；其余内容照样核对。",
            f"Sensitive values of {verdict.deleted} entries were deleted, those of {verdict.sealed} were left out of the export; "
            "the rest of them was checked like the others.",
        )
        talk.out(*([lacking] if verdict.deleted or verdict.sealed else []))
        talk.out(*_left_out(verdict.left_out, talk))
    return FINE if verdict.fine else FAULTS


def _left_out(left_out: Mapping[tuple[str, str, bool], int], talk: Talk) -> Iterator[str]:
    """What an export leaves out, a line for each service: names of the workbook, and other texts."""
    for service in sorted({key[0] for key in left_out}):
        mine = sorted((key[1], count) for key, count in left_out.items() if key[0] == service)
        told = talk.say("、", ", ").join(f"{name} {count}" for name, count in mine)
        yield talk.say(f"没有导出（{service or '—'}）：{told}。", f"Left out ({service or '—'}): {told}.")


def _fault(one: Any) -> dict[str, Any]:
    """A finding in both languages: whoever reads the JSON may hand it on."""
    return {
        "code": one.code,
        "severity": str(one.severity),
        "file": str(one.place),
        **dict(one.facts),
        "zh": one.message("zh"),
        "en": one.message("en"),
        "remedy_zh": one.remedy("zh"),
        "remedy_en": one.remedy("en"),
    }


def _open(data: Path) -> Any:
    from banshi.platform.opening import open_hall

    return open_hall(data=folder_of_hall(data), definitions=data, database=database_of_hall())


@contextmanager
def _failures() -> Iterator[None]:
    """What a hall refuses, as a fault of what it was given."""
    from banshi.platform.errors import HallError

    try:
        yield
    except HallError as error:
        raise WrongCall(error.message("zh"), error.message("en")) from error


@contextmanager
def _progress(talk: Talk, zh: str, en: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on standard error, where that is a terminal."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(talk.say(zh, en), total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
