"""Balances and accounts to charge in a workbook: every mistake at its cell, and where a balance may not stand.

S1  An unknown account, one that is computed, a wrong number of arguments.
S2  Rules, routes, notices, papers, filters and counts keep no balance: they are told to read a calculation.
S3  The question type `account` names an account of the sheet; members may say what a holder is called.
S4  Columns `balance.<account>` of examples.
"""

from __future__ import annotations

from decimal import Decimal

import pytest
from budgets import CLAIMS, ORDERS
from workbooks import workbook_from_text

from banshi.platform.sheets import load_bytes
from banshi.rules.diagnostics import Severity


def found(text: str) -> list[tuple[str, str]]:
    _, told = load_bytes(workbook_from_text(text), "claims.xlsx")
    return [(item.code, str(item.place)) for item in told if item.severity is Severity.ERROR]


def changed(old: str, new: str, text: str = CLAIMS) -> str:
    assert old in text
    return text.replace(old, new)


def test_the_workbooks_are_sound() -> None:
    assert found(CLAIMS) == []
    assert found(ORDERS) == []


@pytest.mark.parametrize(
    ("call", "fault"),
    [
        ('available("经济", ${项目})', "EXPR-091"),
        ("available(${项目}, ${项目})", "EXPR-092"),
        ('available("经费")', "EXPR-028"),
        ('可用余额("经费", ${项目}, 1)', "EXPR-029"),
    ],
)
def test_s1_mistakes_in_the_call(call: str, fault: str) -> None:
    ((code, place),) = found(changed('available("经费", ${项目})', call))
    assert code == fault
    assert place.startswith("survey!G3")


def test_s1_did_you_mean() -> None:
    _, told = load_bytes(workbook_from_text(changed('available("经费"', 'available("经弗"')), "claims.xlsx")
    (fault,) = [item for item in told if item.code == "EXPR-091"]
    assert "您是不是想写：经费" in fault.message()


@pytest.mark.parametrize(
    ("old", "new", "sheet"),
    [
        ("| when ${可用}  |", '| when 余额("经费", ${项目}) |', "rules.档!A2"),
        ("| 20   | 审批   | head(申请部门)     | one  |      |", "", ""),
        ("冻结:经费 ${金额}, 报销 ", '冻结:经费 available("经费", ${项目}), 报销 ', "route!G2"),
    ],
)
def test_s2_where_no_balance_may_stand(old: str, new: str, sheet: str) -> None:
    if not sheet:  # a condition of the route
        old, new, sheet = (
            "| step | name   | who                | mode | edit | back      | do                        |",
            "| step | name   | who                | mode | edit | back      | do                        | when |",
            "route!H3",
        )
        text = changed(old, new).replace(
            "| initiator |                           |", '| initiator |  | balance("经费", ${项目}) > 5 |'
        )
    else:
        text = changed(old, new)
    told = [(code, place) for code, place in found(text) if code == "EXPR-090"]
    assert [code for code, _ in told] == ["EXPR-090"]
    assert told[0][1].startswith(sheet)


def test_s2_no_balance_in_a_count_or_a_filter() -> None:
    text = changed("| note         | 提示 |", "| begin_repeat | 表 | 表 | | | | |\n| note         | 提示 |")
    text = changed("| 还可用 ${可用} 元 |  |", "| 还可用 ${可用} 元 |  | | | |\n| end_repeat | | | | | |", text)
    text = changed("| calculation                |", "| calculation                | repeat_count |", text)
    text = changed(
        "| begin_repeat | 表 | 表 | | | | |", '| begin_repeat | 表 | 表 | | | | | balance("经费", ${项目}) |', text
    )
    assert [code for code, place in found(text) if place.startswith("survey!H")] == ["EXPR-090"]


def test_s3_the_type_names_an_account() -> None:
    assert ("ACCT-019", "survey!A2") in found(changed("| account 经费 | 项目 |", "| account | 项目 |"))
    assert ("ACCT-009", "survey!A2") in found(changed("| account 经费 | 项目 |", "| 账户 经弗 | 项目 |"))
    service, _ = load_bytes(
        workbook_from_text(changed("| account 经费 | 项目 |", "| 账户 经费 | 项目 |")), "claims.xlsx"
    )
    assert service is not None
    assert service.survey is not None
    item = service.survey.children[0]
    assert (item.type, getattr(item, "account")) == ("account", "经费")  # noqa: B009
    account = service.accounts["经费"]
    assert account.members is not None
    assert (account.members.name, account.shared) == ("名称", frozenset({"orders"}))


def test_s3_the_column_of_names_is_there() -> None:
    assert ("ACCT-007", "accounts!F2") in found(changed("(项目, 工号, 名称)", "(项目, 工号, 名字)"))


def test_s4_columns_of_balances() -> None:
    service, _ = load_bytes(workbook_from_text(CLAIMS), "claims.xlsx")
    assert service is not None
    assert [one.balances.get("经费") for one in service.examples] == [None, Decimal(250), Decimal(250), None]
    assert ("ACCT-009", "examples!E1") in found(changed("| balance.经费 |", "| balance.经弗 |"))
    assert ("ACCT-005", "examples!E3") in found(
        changed(
            "| 恰好用完         | '20001    | NSFC-1 | 350.00 | 250   ",
            "| 恰好用完         | '20001    | NSFC-1 | 350.00 | 很多  ",
        )
    )
    assert ("ACCT-017", "accounts!D2") in found(
        changed("| account | of     | holder  |", "| account | of     | holder  | shared |", ORDERS).replace(
            "| 经费    | claims | ${课题} |", "| 经费    | claims | ${课题} | x |"
        )
    )
