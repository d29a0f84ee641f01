"""`banshi document`: a template tried out on some answers, as the PDF that it would become."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from banshi.platform.filling.running import Runner
from banshi.ui.cli_files import answers_of, calendar_for, directory_for, now, person_of, service_of, write_bytes
from banshi.ui.cli_talk import FAULTS, FINE, Talk, WrongCall, language_of, print_json


def add(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("document")
    def document(
        file: Annotated[Path, typer.Argument(metavar="FILE", help="工作簿。A workbook.", show_default=False)],
        answers: Annotated[
            Path, typer.Option(help="填报内容 JSON，- 为标准输入。The answers as JSON.", show_default=False)
        ],
        out: Annotated[
            Path, typer.Option("--out", "-o", help="写到哪个文件夹。The folder to write to.", show_default=False)
        ],
        *,
        name: Annotated[
            str,
            typer.Option(help="只试这一份文书，不看条件。Only this paper, whatever its condition.", show_default=False),
        ] = "",
        organisation: Annotated[
            Path | None,
            typer.Option(
                "--organisation", help="组织机构工作簿。The workbook of people and departments.", show_default=False
            ),
        ] = None,
        person: Annotated[
            str, typer.Option("--person", help="申请人工号。The id of the applicant.", show_default=False)
        ] = "",
        as_json: Annotated[bool, typer.Option("--json", help="只输出一个 JSON。Print one JSON document.")] = False,
        lang: Annotated[str | None, typer.Option(help="zh 或 en。Language.", show_default=False)] = None,
    ) -> None:
        """试开文书：把填报内容印成样张 PDF。Try the papers of a workbook: print some answers as specimens."""
        from banshi.platform.errors import HallError
        from banshi.platform.papers.trying import context_of, issued_by, specimens
        from banshi.platform.people.directory import Directory, Person

        talk = Talk(language_of(lang))
        service, directory = service_of(file, organisation), directory_for(file, organisation)
        if not service.documents:
            raise WrongCall(f"{file} 没有文书表。", f"{file} has no documents sheet.")
        wanted = [one for one in service.documents if one.name == name] if name else None
        if wanted == []:
            raise WrongCall(f"{file} 没有文书“{name}”。", f"{file} has no paper “{name}”.")
        calendar = calendar_for(file)
        with closing(Runner(service, talk.language, now, directory, calendar)) as runner:
            evaluation = runner.filled(answers_of(answers), person_of(directory, person))
        applicant = person_of(directory, person) or Person(id=person, name=person)
        context = context_of(service, evaluation, directory or Directory(), applicant, now(), calendar)
        written: list[str] = []
        try:
            for paper, data in specimens(service, evaluation, context, wanted or issued_by(service, context)):
                path = out / f"{paper.document}-{paper.language}.pdf"
                out.mkdir(parents=True, exist_ok=True)
                write_bytes(path, iter([data]))
                written.append(str(path))
        except HallError as error:
            talk.err(error.message(talk.language))
            raise typer.Exit(FAULTS) from error
        problems = [f"{error.path}: {error.message(talk.language)}" for error in evaluation.errors]
        if as_json:
            print_json({"written": written, "errors": problems})
        else:
            talk.out(*problems, *written)
            if not written:
                talk.out(talk.say("没有一份文书的条件成立。", "No paper's condition holds."))
        raise typer.Exit(FINE)
