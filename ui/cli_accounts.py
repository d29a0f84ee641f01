"""`banshi accounts` and `banshi charge-run`: balances, statements, reconciliation and billing runs on a hall's data folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from banshi.ui.cli_files import database_of_hall, day_of, folder_of_hall, read_bytes, write_bytes
from banshi.ui.cli_talk import FAULTS, FINE, Talk, WrongCall, language_of, print_json, unreadable

Data = Annotated[Path, typer.Option(help="数据目录。Data folder of a hall.")]
Json = Annotated[bool, typer.Option("--json", help="只输出一个 JSON。Print one JSON document, nothing else.")]
Lang = Annotated[str | None, typer.Option(help="zh 或 en，默认随系统。Language of the messages.", show_default=False)]
Key = Annotated[
    str, typer.Argument(metavar="ACCOUNT", help="账户，如 electricity-topup:购电。The account.", show_default=False)
]


def add(app: typer.Typer) -> None:
    """Add the commands."""
    accounts = typer.Typer(
        no_args_is_help=True,
        help="账户：余额、明细、对账。Balances, statements, reconciliation.",
        rich_markup_mode=None,
    )
    app.add_typer(accounts, name="accounts")
    _add_list(accounts)
    _add_statement(accounts)
    _add_reconcile(accounts)
    _add_run(app)


def _add_list(accounts: typer.Typer) -> None:
    @accounts.command("list")
    def list_accounts(
        account: Annotated[str, typer.Argument(help="只列一个账户的持有者。Only the holders of one account.")] = "",
        *,
        data: Data = Path("data"),
        query: Annotated[str, typer.Option(help="持有者包含的文字。Only holders that contain this.")] = "",
        as_json: Json = False,
        lang: Lang = None,
    ) -> None:
        """列出账户，或一个账户的余额。List the accounts, or the balances of one."""
        talk = Talk(language_of(lang))
        with _hall(data) as hall:
            if account:
                found: list[Any] = hall.accounts.holders(
                    _keeper(), account, query, size=1_000_000, language=talk.language
                ).items
                heads = (talk.say("持有者", "holder"), talk.say("可用", "available"), talk.say("冻结", "held"))
                rows = [(one.holder, f"{one.available} {one.unit}", one.held) for one in found]
            else:
                found = hall.accounts.kept_by(_keeper(), talk.language)
                heads = (talk.say("账户", "account"), talk.say("服务", "service"), talk.say("持有者数", "holders"))
                rows = [(one.key, one.service, str(one.holders)) for one in found]
        if as_json:
            print_json([asdict(one) for one in found])
        elif rows:
            talk.out(talk.table(heads, rows))
        else:
            talk.out(talk.say("没有账户。", "There are no accounts."))


def _add_statement(accounts: typer.Typer) -> None:
    @accounts.command("statement")
    def statement(
        account: Key,
        holder: Annotated[str, typer.Argument(metavar="HOLDER", help="持有者。The holder.", show_default=False)],
        *,
        out: Annotated[Path, typer.Option(help="写到 .xlsx 或 .csv。Write .xlsx or .csv.", show_default=False)],
        data: Data = Path("data"),
        since: Annotated[str, typer.Option(help="从哪一天。From this day on.", show_default=False)] = "",
        until: Annotated[str, typer.Option(help="到哪一天（含）。Until this day.", show_default=False)] = "",
        lang: Lang = None,
    ) -> None:
        """导出一个持有者的明细。Export the statement of a holder."""
        talk = Talk(language_of(lang))
        kind = out.suffix.lower().removeprefix(".")
        if kind not in ("xlsx", "csv"):
            raise WrongCall("--out 的文件名应以 .xlsx 或 .csv 结尾。", "--out should end in .xlsx or .csv.")
        days = day_of(since), day_of(until)
        with _hall(data) as hall:
            _, _, parts = hall.accounts.export(
                _keeper(), account, holder, kind, since=days[0], until=days[1], language=talk.language
            )
            write_bytes(out, parts)
        talk.out(talk.say(f"已写到 {out}。", f"Written to {out}."))


def _add_reconcile(accounts: typer.Typer) -> None:
    @accounts.command("reconcile")
    def reconcile(
        file: Annotated[
            Path, typer.Argument(metavar="FILE.csv", help="支付平台的对账单。The gateway's list.", show_default=False)
        ],
        *,
        day: Annotated[str, typer.Option(help="哪一天，如 2026-12-01。Which day.", show_default=False)],
        data: Data = Path("data"),
        as_json: Json = False,
        lang: Lang = None,
    ) -> None:
        """与支付平台对一天的账；有差异时以 1 结束。Compare a day's payments with the gateway's; exit code 1 where they differ."""
        talk = Talk(language_of(lang))
        when = day_of(day)
        if when is None:
            raise WrongCall("请写 --day，如 2026-12-01。", "Say --day, such as 2026-12-01.")
        with _hall(data) as hall:
            found = hall.accounts.reconcile(_keeper(), when, read_bytes(file))
        if as_json:
            print_json(asdict(found))
        else:
            heads = (
                talk.say("差异", "difference"),
                talk.say("流水号", "number"),
                talk.say("我方", "ours"),
                talk.say("对方", "theirs"),
            )
            if found.differences:
                talk.out(
                    talk.table(heads, [(one.kind, one.gateway_no, one.ours, one.theirs) for one in found.differences])
                )
            for row in found.unread:
                talk.out(talk.say(f"读不懂的行：{row}", f"A row that cannot be read: {row}"))
            talk.out(
                talk.say(
                    f"{found.agreed} 笔一致；我方 {found.ours} 元，对方 {found.theirs} 元。",
                    f"{found.agreed} agree; ours {found.ours} yuan, theirs {found.theirs}.",
                )
            )
        raise typer.Exit(FAULTS if found.differences or found.unread else FINE)


def _add_run(app: typer.Typer) -> None:
    @app.command("charge-run")
    def charge_run(
        service: Annotated[str, typer.Argument(metavar="SERVICE", help="服务编号。The service.", show_default=False)],
        *,
        run: Annotated[
            str, typer.Option(help="这次出账的编号，如 2026-11；重复不会重复扣款。Id of the run.", show_default=False)
        ],
        fees: Annotated[str, typer.Option(help="收费表。The fee sheet.", show_default=False)],
        account: Annotated[str, typer.Option(help="账户。The account.", show_default=False)],
        holder: Annotated[str, typer.Option(help="持有者所在的列。The column of the holder.", show_default=False)],
        file: Annotated[
            Path, typer.Option("--input", help="每行一个持有者（csv）。A holder a row.", show_default=False)
        ],
        reason: Annotated[str, typer.Option(help="持有者看到的说明。What holders read.", show_default=False)] = "",
        beyond_floor: Annotated[
            bool, typer.Option("--beyond-floor", help="余额不足也扣。Charge also who has too little.")
        ] = False,
        data: Data = Path("data"),
        as_json: Json = False,
        lang: Lang = None,
    ) -> None:
        """按收费表给一批持有者出账，每人每次只扣一次。Bill many holders by a fee sheet and charge each once a run."""
        import pandas as pd

        talk = Talk(language_of(lang))
        try:
            frame = pd.read_csv(file, dtype=str, keep_default_na=False)
        except OSError as error:
            raise unreadable(file, error) from error
        except ValueError as error:
            raise WrongCall(f"{file} 读不懂：{error}", f"{file} cannot be read: {error}") from error
        with _hall(data) as hall:
            found = hall.charge_run(
                _keeper(), service, run=run, fees=fees, account=account, holder=holder, frame=frame,
                reason=reason, beyond_floor=beyond_floor,
            )  # fmt: skip
        if as_json:
            print_json(asdict(found))
        else:
            talk.out(
                talk.say(
                    f"扣款 {found.charged} 户，共 {found.total}；此前已扣 {found.before} 户；无须扣 {found.nothing} 户；"
                    f"余额不足 {len(found.short)} 户；算不出 {len(found.wrong)} 户。",
                    f"Charged {found.charged} holders, {found.total} in all; {found.before} before; {found.nothing} owe "
                    f"nothing; {len(found.short)} have too little; {len(found.wrong)} could not be billed.",
                )
            )
            for name in found.short:
                talk.out(talk.say(f"余额不足：{name}", f"Too little: {name}"))
            for name, why in found.wrong.items():
                talk.out(
                    talk.say(f"算不出：{name or '没有写持有者'}（{why}）", f"Not billed: {name or 'nobody'} ({why})")
                )
        raise typer.Exit(FAULTS if found.short or found.wrong else FINE)


def _keeper() -> Any:
    """Who asks on the command line: whoever has the data folder may read and book all of it."""
    from banshi.platform.people.directory import Person

    return Person(id="command-line", name="command line", roles=frozenset({"administrator"}))


@contextmanager
def _hall(data: Path) -> Iterator[Any]:
    """The hall on a data folder; what it refuses is a fault of what it was given."""
    from banshi.platform.errors import HallError
    from banshi.platform.opening import open_hall

    try:
        with closing(open_hall(data=folder_of_hall(data), definitions=data, database=database_of_hall())) as hall:
            yield hall
    except HallError as error:
        raise WrongCall(error.message("zh"), error.message("en")) from error
