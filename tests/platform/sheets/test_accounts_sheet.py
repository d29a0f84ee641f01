"""The sheet accounts and what steps do with accounts: what is read, and every mistake at its cell."""

from __future__ import annotations

from decimal import Decimal

import pytest
from workbooks import workbook_from_text

from banshi.platform.routes.hooks import Book, Use
from banshi.platform.service.accounts import Holder
from banshi.platform.sheets.load import load_bytes
from banshi.rules.diagnostics import Severity

FORM = """
## settings
| form_id | form_title | owner |
| buying  | 耗材采购   | 设备处 |

## survey
| type  | name | label |
| text  | 项目 | 项目  |
| money | 总额 | 总额  |
| decimal | 度数 | 度数 |

## data.经费
| 项目*  | 余额 | 工号 |
| NSFC-1 | 500  | 20001 |
| NSFC-2 | {opening} | 20002 |
"""
ACCOUNTS = """
## accounts
| account | of | holder | unit | floor | opening | low | members | keepers | label::English (en) |
"""
ROUTE = """
## route
| step | name | who | mode | do |
| 10 | 申请 | initiator | | {do} |
"""
GOOD = "| 经费 | | 项目: ${项目} | 元 | 100 | 数据.经费 | 40 | 经费(项目, 工号) | 角色:财务处.出纳 | Funds |"


def load(rows: str = GOOD, do: str = "", opening: str = "800.5", more: str = "", others: dict | None = None):
    text = FORM.format(opening=opening) + ACCOUNTS + rows + ROUTE.format(do=do) + more
    return load_bytes(workbook_from_text(text), "buying.xlsx", services=others)


def codes(*args: str, **more: object) -> set[tuple[str, str]]:
    _, found = load(*args, **more)
    return {(one.code, str(one.place)) for one in found if one.code.startswith("ACCT")}


def test_an_account_is_read_whole():
    service, found = load()
    assert [one for one in found if one.severity is Severity.ERROR] == []
    account = service.accounts["经费"]
    assert (account.kind, account.unit, account.floor, account.low) == (Holder.PROJECT, "元", 100, 40)
    assert account.openings == {"NSFC-1": Decimal(500), "NSFC-2": Decimal("800.5")}
    assert (account.members.dataset, account.members.holder, account.members.person) == ("经费", "项目", "工号")
    assert (account.key("buying"), account.least, account.title("en")) == ("buying:经费", -10000, "Funds")


@pytest.mark.parametrize(
    ("do", "use", "amount", "remark"),
    [
        ("收费:经费 ${总额}, 采购, 九月", Use.CHARGE, "${总额}", "采购，九月"),
        ("charge 经费 ${总额} * 2", Use.CHARGE, "${总额} * 2", ""),
        ("冻结：经费 ROUND(${总额}, 2)", Use.HOLD, "ROUND(${总额}, 2)", ""),
        ("冻结:经费 1；解冻:经费", Use.RELEASE, "", ""),
        ("冻结:经费 1；释放 经费 5", Use.RELEASE, "5", ""),
    ],
)
def test_what_a_step_does_is_read(do, use, amount, remark):
    service, _ = load(do=do)
    hook = service.routing.steps[0].hooks[-1]
    assert isinstance(hook, Book)
    told = hook.amount.text.strip() if hook.amount else ""
    assert (hook.use, hook.account, told, hook.remark) == (use, "经费", amount, remark)


def test_a_payment_is_read():
    service, found = load(
        GOOD.replace("元", "度"), "付款:经费 ${总额}, 入账 ${度数}, 30分钟, 充值", more="| 20 | 支付 | | callback | |"
    )
    hook = service.routing.steps[0].hooks[0]
    assert (hook.use, hook.minutes, hook.remark, hook.credit.text.strip()) == (Use.PAY, 30, "充值", "${度数}")
    assert [one.code for one in found if one.severity is Severity.ERROR] == []


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("| | | ${项目} |", {("ACCT-001", "accounts!A2")}),
        (GOOD + "\n" + GOOD, {("ACCT-002", "accounts!A3")}),
        ("| 经 费 | | ${项目} |", {("ACCT-003", "accounts!A2")}),
        ("| 经费 | | 项目: |", {("ACCT-004", "accounts!C2")}),
        ("| 经费 | | ${项目} | 元 | 0 | 10000000000000 | |", {("ACCT-005", "accounts!F2")}),
        ("| 经费 | | ${项目} | 次 | 1.5 | | 很少 |", {("ACCT-005", "accounts!E2"), ("ACCT-005", "accounts!G2")}),
        ("| 经费 | | ${项目} | 元 | | 数据.经废 |", {("ACCT-006", "accounts!F2")}),
        ("| 经费 | | ${项目} | 元 | | | | 经费(项目, 学号) |", {("ACCT-007", "accounts!H2")}),
        ("| 经费 | | ${项目} | 元 | | | | 经费 |", {("ACCT-008", "accounts!H2")}),
        ("| 经费 | fees | ${项目} | 元 | 5 |", {("ACCT-017", "accounts!E2")}),
    ],
)
def test_a_mistake_in_the_sheet_is_a_fault_at_its_cell(rows, expected):
    assert codes(rows) == expected


def test_an_opening_that_is_no_amount_is_a_fault_in_the_data_sheet():
    assert codes(opening="很多") == {("ACCT-018", "data.经费!B3")}


@pytest.mark.parametrize(
    ("do", "expected"),
    [
        ("收费:经废 5", {("ACCT-009", "route!E2")}),
        ("付款:经费 5", {("ACCT-013", "route!E2")}),
        ("收费:经费 ${项目}", {("ACCT-014", "route!E2")}),
        ("解冻:经费", {("ACCT-016", "route!E2")}),
    ],
)
def test_a_mistake_in_a_step_is_a_fault_at_its_cell(do, expected):
    assert codes(do=do) == expected


def test_a_payment_into_another_unit_says_what_it_credits():
    more = "| 20 | 支付 | | callback | |"
    assert codes(GOOD.replace("元", "度"), "付款:经费 5", more=more) == {("ACCT-015", "route!E2")}


def test_the_account_of_another_service_is_checked_against_it():
    row = "| 经费 | other | ${项目} | 元 |"
    theirs, _ = load()
    from dataclasses import replace

    other = replace(theirs, settings=replace(theirs.settings, id="other"))
    assert codes(row, others={"other": other}) == set()
    assert codes(row.replace("other", "othr"), others={"other": other}) == {("ACCT-010", "accounts!B2")}
    assert codes(row.replace("元", "度"), others={"other": other}) == {("ACCT-011", "accounts!D2")}
    foreign = replace(other, settings=replace(other.settings, owner="财务处"))
    assert codes(row, others={"other": foreign}) == {("ACCT-012", "accounts!B2")}
