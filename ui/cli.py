"""The command line: what other people's tools call. Exit code 0 = fine, 1 = faults in the input, 2 = wrong call."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from importlib.metadata import version as product_version
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from banshi.platform.errors import HallError
from banshi.platform.filling.running import Runner
from banshi.rules.diagnostics import has_errors
from banshi.ui.cli_accounts import add as accounts_commands
from banshi.ui.cli_archive import add as archive_command
from banshi.ui.cli_callbacks import add as callback_command
from banshi.ui.cli_data import add as data_commands
from banshi.ui.cli_decide import decided_lines
from banshi.ui.cli_demo import add as demo_command
from banshi.ui.cli_diff import add as diff_command
from banshi.ui.cli_document import add as document_command
from banshi.ui.cli_erase import add as erase_command
from banshi.ui.cli_files import (
    answers_of,
    calendar_for,
    calendar_of,
    directory_for,
    json_object,
    now,
    person_of,
    service_of,
    understand,
    workbook_of,
    write_bytes,
    written,
)
from banshi.ui.cli_impact import add as impact_command
from banshi.ui.cli_jobs import add as jobs_command
from banshi.ui.cli_keeping import add as keeping_commands
from banshi.ui.cli_log import add as log_commands
from banshi.ui.cli_new import add as new_command
from banshi.ui.cli_paths import paths_json, paths_table
from banshi.ui.cli_publish import add as publish_commands
from banshi.ui.cli_reports import counted, mark, outcome, tested, unreached_text
from banshi.ui.cli_statistics import add as statistics_command
from banshi.ui.cli_streams import evaluated, evaluated_lines, objects
from banshi.ui.cli_talk import (
    FAULTS,
    FINE,
    WRONG_CALL,
    Faulty,
    Talk,
    WrongCall,
    fault_json,
    language_of,
    print_json,
    print_line,
    shown,
)
from banshi.ui.cli_user import add as user_commands

T = TypeVar("T")

app = typer.Typer(
    name="banshi",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
log_commands(app)
statistics_command(app)
archive_command(app)
new_command(app)
diff_command(app)
impact_command(app)
publish_commands(app)
data_commands(app)
callback_command(app)
demo_command(app)
accounts_commands(app)
document_command(app)
erase_command(app)
user_commands(app)
keeping_commands(app)
jobs_command(app)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"banshi {product_version('banshi')}")
        raise typer.Exit


File = Annotated[Path, typer.Argument(metavar="FILE", help="工作簿 (.xlsx)。The workbook.", show_default=False)]
Files = Annotated[list[Path], typer.Argument(metavar="FILE…", help="工作簿。Workbooks.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="只输出一个 JSON。Print one JSON document, nothing else.")]
Inputs = Annotated[
    Path, typer.Option(help="每行一个 JSON 对象，- 为标准输入。A JSON object a line.", show_default=False)
]
Answers = Annotated[Path, typer.Option(help="填报内容 JSON，- 为标准输入。The answers as JSON.", show_default=False)]
Explain = Annotated[bool, typer.Option("--explain", help="说明每个结果的由来。Say why.")]
Lang = Annotated[str | None, typer.Option(help="zh 或 en，默认随系统。Language of the messages.", show_default=False)]
People = Annotated[
    Path | None,
    typer.Option("--organisation", help="组织机构工作簿。The workbook of people and departments.", show_default=False),
]
Version = Annotated[
    bool, typer.Option("--version", callback=_print_version, is_eager=True, help="显示版本号。Print the version.")
]
PersonId = Annotated[str, typer.Option("--person", help="申请人工号。The id of the applicant.", show_default=False)]
Named = Annotated[str, typer.Option(show_default=False)]


@app.callback()
def first(*, _version: Version = False) -> None:
    """一个工作簿就是一项线上服务。One Excel workbook is one online service."""


@app.command("check")
def check_files(
    files: Files,
    *,
    as_json: Json = False,
    marked: Annotated[
        Path | None,
        typer.Option(help="把问题标在副本上。Write a copy with the faults as comments.", show_default=False),
    ] = None,
    organisation: People = None,
    lang: Lang = None,
) -> None:
    """检查工作簿，一次列出全部问题及其单元格。Check workbooks: all faults at once, each at its cell."""
    talk = _talk(lang)
    if marked is not None and len(files) > 1:
        raise WrongCall("--marked 一次只能用于一个文件。", "--marked takes one file at a time.")
    understood = [understand(path, organisation, guarded=True) for path in files]
    if marked is not None:
        from banshi.platform.workbook.marking import marked_copy

        write_bytes(marked, iter([marked_copy(understood[0].data, understood[0].diagnostics, talk.language)]))
    if as_json:
        print_json([fault_json(item.file, d, talk.language) for item in understood for d in item.diagnostics])
    for item in () if as_json else understood:
        if item.diagnostics:
            talk.out(talk.faults(item.diagnostics))
        talk.out(f"{item.file}: " + counted(talk, [d.severity for d in item.diagnostics]))
    raise typer.Exit(FAULTS if any(has_errors(item.diagnostics) for item in understood) else FINE)


@app.command("template")
def make_template(
    file: File,
    out: Annotated[Path, typer.Option("--out", "-o", help="写到哪个文件。Where to write it.", show_default=False)],
    *,
    organisation: People = None,
    lang: Lang = None,
) -> None:
    """生成填报这项服务的 Excel 模板。Make the Excel template in which the form of a service can be filled in."""
    from banshi.platform.filling.template import template

    talk = _talk(lang)
    service, directory = service_of(file, organisation), directory_for(file, organisation)
    if service.survey is None:
        raise WrongCall(f"{file} 没有表单。", f"{file} has no form.")
    write_bytes(out, iter([template(service, talk.language, directory)]))


@app.command("test")
def run_tests(files: Files, *, as_json: Json = False, organisation: People = None, lang: Lang = None) -> None:
    """运行用例表，逐行核对期望结果。Run the examples sheet of workbooks."""
    talk = _talk(lang)
    reports = [tested(path, organisation, talk) for path in files]
    if as_json:
        print_json(reports)
    for report in () if as_json else reports:
        talk.err(*(f"{fault['sheet']}!{fault['cell']} {fault['message']}" for fault in report["faults"]))
        rows = [(example["name"], mark(talk, example)) for example in report["examples"]]
        talk.out(report["file"], talk.table((talk.say("用例", "example"), talk.say("结果", "result")), rows))
        talk.out(outcome(talk, report))
        talk.out(*(unreached_text(talk, one) for one in report["unreached"]))
        if report["failed"] and organisation is None and directory_for(Path(report["file"]), None) is None:
            talk.err(
                talk.say(
                    "没有找到组织工作簿，写到人和部门的用例无法判断：请加上 --organisation organisation.xlsx。",
                    "No workbook of people and departments was found, so examples that speak of them cannot be judged: "
                    "add --organisation organisation.xlsx.",
                )
            )
    raise typer.Exit(FAULTS if any(report["failed"] or report["faults"] for report in reports) else FINE)


@app.command("eval")
def evaluate_expression(
    expression: Annotated[str, typer.Argument(metavar="EXPR", help="表达式，- 为逐行读取。- reads lines from stdin.")],
    given: Annotated[str, typer.Option("--with", metavar="JSON", help="字段的值。The values of fields.")] = "{}",
    *,
    calendar: Annotated[
        Path | None,
        typer.Option(help="校历工作簿，供工作日函数使用。The workbook of the calendar.", show_default=False),
    ] = None,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """计算一个表达式。Compute one expression; with - one {"expr": …, "with": {…}} a line."""
    talk = _talk(lang)
    days = calendar_of(calendar) if calendar else None
    if expression == "-":
        raise typer.Exit(_stream(evaluated_lines(Path("-"), talk, days), talk))
    result = evaluated(expression, json_object(given, "--with"), talk, days)
    if as_json:
        print_json(result)
    elif "error" in result:
        talk.err(" ".join(part for part in (result["code"], result["error"], result.get("remedy")) if part))
    else:
        talk.out(shown(result["value"]))
    raise typer.Exit(FAULTS if "error" in result else FINE)


@app.command("decide")
def decide_rows(
    file: File,
    table: Named,
    inputs: Inputs,
    *,
    explain: Explain = False,
    organisation: People = None,
    lang: Lang = None,
) -> None:
    """用一张决策表逐行判定。Decide by one table: one JSON object of inputs a line, one result a line."""
    talk = _talk(lang)
    service = service_of(file, organisation)
    wanted = _named(service.tables, table, "规则表", "decision table")
    with closing(Runner(service, talk.language, now, directory_for(file, organisation), calendar_for(file))) as runner:
        raise typer.Exit(_stream(decided_lines(runner, wanted, inputs, explain=explain), talk))


@app.command("policy")
def infer_rows(
    file: File,
    inputs: Inputs,
    policy: Annotated[str, typer.Option(help="只用这一张制度表。Only this policy.", show_default=False)] = "",
    *,
    explain: Explain = False,
    organisation: People = None,
    lang: Lang = None,
) -> None:
    """用制度表逐行推断结论。Infer verdicts, facts, rows and messages: one JSON object a line, one result a line."""
    talk = _talk(lang)
    service = service_of(file, organisation)
    if policy:
        _named(service.policies, policy, "制度表", "policy")
    names = [policy] if policy else _in_order(service.policies, [node.name for node in service.order])
    with closing(Runner(service, talk.language, now, directory_for(file, organisation), calendar_for(file))) as runner:
        lines = objects(inputs, talk)
        results = ({"error": e} if e else runner.inferred(names, given, explain=explain) for given, e in lines)
        raise typer.Exit(_stream(results, talk))


@app.command("bill")
def bill_rows(
    file: File,
    fees: Named,
    source: Annotated[
        Path, typer.Option("--input", help="CSV、xlsx 或 Parquet。CSV, xlsx or Parquet.", show_default=False)
    ],
    target: Annotated[
        Path,
        typer.Option(
            "--output", help="CSV（- 为标准输出）、xlsx 或 Parquet。CSV, xlsx or Parquet.", show_default=False
        ),
    ],
    *,
    explain: Explain = False,
    dask: Annotated[
        str, typer.Option(help="在 Dask 集群上算，如 tcp://127.0.0.1:8786。Bill on a Dask cluster.", show_default=False)
    ] = "",
    as_json: Json = False,
    organisation: People = None,
    lang: Lang = None,
) -> None:
    """给表中每一行算费。Bill every row: the same row with a column a line item, the total, and its own error."""
    from banshi.ui.cli_bill import Sum, bill_table, billed_here, job_of, missing_columns, odd_header, progress
    from banshi.ui.cli_tables import source_of

    talk = _talk(lang)
    if as_json and str(target) == "-":
        raise WrongCall("--json 与 --output - 不能同用。", "--json and --output - exclude each other.")
    if target.exists() and source.exists() and target.samefile(source):
        raise WrongCall(
            "--output 不能是 --input 的文件：会把它覆盖。", "--output is the file of --input, and would replace it."
        )
    service = service_of(file, organisation)
    _named(service.tariffs, fees, "收费表", "tariff")
    table, done = source_of(source), Sum()
    runner = Runner(service, talk.language, now, directory_for(file, organisation), calendar_for(file))
    job = job_of(runner, fees, table, explain=explain)
    if missing := talk.say("、", ", ").join(missing_columns(job, runner)):
        talk.err(
            talk.say(
                f"表里没有这些列，按没有填写计算：{missing}。",
                f"The table lacks these columns, taken as empty: {missing}.",
            )
        )
    if odd := odd_header(job, runner):
        talk.err(odd)
    with progress(talk, table, done) as moved:
        if dask:
            from banshi.ui.cli_dask import billed_there

            partitions = billed_there(job, table, target, dask, done)
        else:
            partitions = billed_here(job, table)
        bill_table(job, table, target, map(moved, partitions), done)
    if as_json:
        print_json(done.to_json())
    talk.err(talk.say(f"共 {done.rows} 行，出错 {done.errors} 行，合计 {done.total} 元。",
                      f"{done.rows} rows, {done.errors} with an error, {done.total} yuan in all."))  # fmt: skip
    raise typer.Exit(FAULTS if done.errors else FINE)


@app.command("form")
def evaluate_answers(
    file: File,
    answers: Answers,
    *,
    as_json: Json = False,
    organisation: People = None,
    person: PersonId = "",
    lang: Lang = None,
) -> None:
    """按规则检查一份填报。Evaluate a form: what is shown, required, computed and wrong after the answers."""
    talk = _talk(lang)
    service = service_of(file, organisation)
    directory = directory_for(file, organisation)
    with closing(Runner(service, talk.language, now, directory, calendar_for(file))) as runner:
        result = runner.filled(answers_of(answers), person_of(directory, person)).to_json()
    if as_json:
        print_json(result)
    else:
        values = [(path, shown(value)) for path, value in result["values"].items()]
        talk.out(talk.table((talk.say("字段", "field"), talk.say("计算值", "computed value")), values))
        talk.out(*(f"{error['path']}: {error['message']}" for error in result["errors"]))
        talk.out(talk.say(f"{len(result['errors'])} 处需要修改。", f"{len(result['errors'])} things to mend."))
    raise typer.Exit(FAULTS if result["errors"] else FINE)


@app.command("route")
def show_route(
    file: File,
    answers: Annotated[
        Path | None, typer.Option(help="填报内容 JSON，- 为标准输入。The answers as JSON.", show_default=False)
    ] = None,
    *,
    bpmn: Annotated[
        Path | None,
        typer.Option(help="把整个流程写成 BPMN 2.0 文件。Write the whole route as BPMN 2.0.", show_default=False),
    ] = None,
    paths: Annotated[bool, typer.Option("--paths", help="列出所有不同的路径。List every distinct path.")] = False,
    as_json: Json = False,
    organisation: People = None,
    person: PersonId = "",
    lang: Lang = None,
) -> None:
    """预览流程：依次由谁办理；或列出全部路径。The steps and people that would be asked, or every path."""
    talk = _talk(lang)
    service = service_of(file, organisation)
    if service.routing is None:
        raise WrongCall(f"{file} 没有流程表。", f"{file} has no route sheet.")
    if paths:
        if as_json:
            print_json(paths_json(service, talk))
        else:
            talk.out(*paths_table(service, talk))
        return
    if answers is None:
        raise WrongCall("请用 --answers 给出填报内容，或用 --paths。", "Give --answers, or --paths.")
    directory = directory_for(file, organisation)
    if directory is None:
        zh = "没有组织机构工作簿，找不到办理人，流程停在第一个要人办理的环节；请用 --organisation 指定。"
        en = "Without the workbook of people nobody can be asked, and the route stops there; name it with --organisation."
        talk.err(talk.say(zh, en))
    with closing(Runner(service, talk.language, now, directory, calendar_for(file))) as runner:
        result = runner.route(answers_of(answers), person_of(directory, person))
    if bpmn:
        from banshi.platform.routes.bpmn import to_bpmn

        title = service.settings.title.get(talk.language)
        write_bytes(bpmn, iter([to_bpmn(service.routing, title, talk.language)]))
    if as_json:
        print_json(result)
    else:
        columns = (
            ("环节", "step"),
            ("名称", "name"),
            ("方式", "mode"),
            ("状态", "state"),
            ("办理人", "who"),
            ("时限", "due"),
            ("原因", "why"),
        )
        rows = [(s["id"], s["name"], s["mode"], s["state"], _asked(s), s["due"], s["reason"]) for s in result["steps"]]
        talk.out(talk.table([talk.say(*column) for column in columns], rows), result["path"])


def _asked(step: dict[str, Any]) -> list[str]:
    """Whom a step asks, and what nobody knows yet."""
    return [*(person["name"] or person["id"] for person in step["people"]), *step["lots"]]


@app.command("show")
def show_workbook(file: File, *, lang: Lang = None) -> None:
    """把工作簿输出为文本表格。The workbook as text tables, for reading and for diffs."""
    from banshi.platform.workbook.show import show

    _talk(lang)
    sys.stdout.write(show(workbook_of(file)).rstrip("\n") + "\n")


@app.command("convert")
def convert_workbook(
    file: File,
    to: Annotated[str, typer.Option("--to", help="格式，目前只有 xform。The format: xform.", show_default=False)],
    out: Annotated[Path, typer.Option(help="写到文件，- 为标准输出。Write to a file, - is stdout.")] = Path("-"),
    *,
    organisation: People = None,
    lang: Lang = None,
) -> None:
    """把表单转成 XForm，供 ODK、Kobo 使用。The form as an XForm, for ODK and Kobo; what it cannot carry is listed."""
    from banshi.platform.forms.xform import Refused, xform

    talk = _talk(lang)
    if to != "xform":
        raise WrongCall("--to 目前只能是 xform。", "--to is xform.")
    service = service_of(file, organisation)
    if service.survey is None:
        raise WrongCall(f"{file} 没有表单。", f"{file} has no form.")
    try:
        made = xform(service)
    except ImportError:
        raise WrongCall(
            "转换需要 pyxform，请先安装：pip install 'banshi[convert]'。",
            "Converting needs pyxform; install it with pip install 'banshi[convert]'.",
        ) from None
    except Refused as refused:
        talk.err(talk.say(f"pyxform 不接受这张表单：{refused}", f"pyxform does not take this form: {refused}"))
        raise typer.Exit(FAULTS) from None
    with written(out) as target:
        target.write(made.xml)
    talk.err(*(left.message(talk.language) for left in made.left))


@app.command("serve")
def serve_hall(
    data: Annotated[Path | None, typer.Option(help="数据目录。Data folder.", show_default=False)] = None,
    definitions: Annotated[
        Path | None, typer.Option(help="工作簿目录。Folder of workbooks.", show_default=False)
    ] = None,
    database: Annotated[
        str | None, typer.Option(help="数据库地址。Address of the database.", show_default=False)
    ] = None,
    host: Annotated[str | None, typer.Option(help="监听地址。Address to listen on.", show_default=False)] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="端口。Port.", show_default=False)] = None,
    lang: Lang = None,
) -> None:
    """启动办事大厅；其余设置见 BANSHI_… 环境变量。Start the hall; more settings are BANSHI_… variables."""
    _talk(lang)
    from banshi.ui.server import serve
    from banshi.ui.settings import Settings

    settings = Settings()
    given = {"data": data, "database": database, "definitions": definitions, "host": host, "port": port}
    settings = settings.model_copy(update={name: value for name, value in given.items() if value is not None})
    raise typer.Exit(serve(settings))


def main() -> None:
    """The entry point of `banshi`."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command line; its exit code. Nothing that a caller can cause ends in a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")
    talk = _talk(_language_in(arguments))
    try:
        code = app(list(arguments), prog_name="banshi", standalone_mode=False)
    except WrongCall as wrong:
        talk.err(wrong.message(talk.language))
        return WRONG_CALL
    except HallError as declined:
        talk.err(declined.message(talk.language))
        return WRONG_CALL
    except Faulty as faulty:
        talk.err(faulty.file, talk.faults(faulty.diagnostics))
        return FAULTS
    except typer.TyperException as wrong:
        talk.err(_misspelt(wrong, talk))
        return WRONG_CALL
    except BrokenPipeError:  # whoever read our output has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINE
    except (KeyboardInterrupt, typer.Abort):
        return 130
    return code if isinstance(code, int) else FINE


def _language_in(arguments: Sequence[str]) -> str | None:
    """The language in a command line that may be wrong otherwise."""
    for i, argument in enumerate(arguments):
        name, _, value = argument.partition("=")
        value = value or "".join(arguments[i + 1 : i + 2])
        if name == "--lang" and value in ("zh", "en"):
            return value
    return None


def _misspelt(wrong: typer.TyperException, talk: Talk) -> str:
    """The sentence for a command line that cannot be read; the library's own is English."""
    english = wrong.format_message() if hasattr(wrong, "format_message") else str(wrong)
    param = getattr(wrong, "param", None)
    named = (getattr(param, "opts", None) or [""])[-1] if param else ""
    if not named.startswith("-"):  # an argument, which `--help` shows by its own sign
        named = getattr(param, "metavar", None) or named.upper()
    quoted = (re.findall(r"'([^']*)'", english) or [""])[0]
    extra = re.search(r"unexpected extra argument(?:s|\(s\))? \((.*)\)", english)
    if english.startswith("No such command"):
        chinese = f"没有命令 {quoted}。"
    elif extra:
        chinese = f"多出了 {extra[1]}。"
    else:
        chinese = {
            "NoSuchOption": f"没有选项 {getattr(wrong, 'option_name', '')}。",
            "MissingParameter": f"缺少 {named}。",
            "BadParameter": f"{named} 的值不对。",
        }.get(type(wrong).__name__, "命令写得不对。")
    return talk.say(f"{chinese}用 banshi --help 查看用法。", f"{english} See banshi --help.")


def _talk(lang: str | None) -> Talk:
    language = language_of(lang)
    if language not in ("zh", "en"):
        raise WrongCall("--lang 只能是 zh 或 en。", "--lang is zh or en.")
    return Talk(language)


def _stream(results: Iterable[Mapping[str, Any]], talk: Talk) -> int:
    lines = errors = 0
    for result in results:
        print_line(result)
        lines += 1
        errors += "error" in result
    if errors:
        talk.err(talk.say(f"共 {lines} 行，出错 {errors} 行。", f"{lines} lines, {errors} with an error."))
    return FAULTS if errors else FINE


def _named(things: Mapping[str, T], name: str, zh: str, en: str) -> T:
    """The table, tariff or policy with a name; where there is none, a sentence with those that there are."""
    if name in things:
        return things[name]
    known = "、".join(things) or "—"
    raise WrongCall(f"没有{zh}“{name}”。已有：{known}。", f"There is no {en} “{name}”. There are: {known}.")


def _in_order(names: Iterable[str], order: Sequence[str]) -> list[str]:
    """Names in the order in which the workbook computes them."""
    return sorted(names, key=lambda name: order.index(name) if name in order else len(order))


if __name__ == "__main__":
    main()
