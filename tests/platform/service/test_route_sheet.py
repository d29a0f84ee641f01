"""Faults of the route sheet, each at its cell."""

from __future__ import annotations

import pytest
from workbooks import workbook_from_text

from banshi.platform.people.directory import Department, Directory, Person
from banshi.platform.routes.check import check_route
from banshi.platform.service.route_sheet import parse_route
from banshi.platform.workbook import read_workbook
from banshi.rules.diagnostics import Severity
from banshi.rules.expressions import Name, Scope
from banshi.rules.values import Kind

DIRECTORY = Directory(
    people={"f1": Person(id="f1", name="李敏", roles=frozenset({"财务处.审核岗"}))},
    departments={"财务处": Department(name="财务处", head="f1")},
)
SCOPE = Scope({"金额": Name(Kind.NUMBER), "项目负责人": Name(Kind.TEXT)})
HEAD = "| 环节号 | 环节名称 | 办理人 | 方式 | 进入条件 | 并行组 | 退回到 | 可编辑 | 必填 | 时限 |\n"


def faults(*rows: str) -> set[tuple[str, str]]:
    workbook, found = read_workbook(workbook_from_text("## 流程\n" + HEAD + "\n".join(rows)), "r.xlsx")
    assert workbook is not None, found
    route, found = parse_route(workbook.sheets[0])
    assert route is not None
    found += check_route(route, SCOPE, DIRECTORY, {"金额", "项目负责人"})
    return {(item.code, item.place.cell) for item in found if item.severity is not Severity.NOTICE}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("| 20 | 审核 | 角色:财务处.审核岗 | | | | | | | |", set()),
        ("| 20 | 审核 | 角色:财务处.审合岗 | | | | | | | |", {("WHO-010", "C2")}),
        ("| 20 | 审核 | 脚色:财务处.审核岗 | | | | | | | |", {("WHO-001", "C2")}),
        ("| 20 | 审核 | 字段:负责人 | | | | | | | |", {("WHO-015", "C2")}),
        ("| 20 | 审核 | 角色:财务处.审核岗 | 会前 | | | | | | |", {("ROUTE-001", "D2")}),
        ("| 20 | 审核 | 角色:财务处.审核岗 | 票签 2/3 | | | | | | |", {("ROUTE-002", "D2")}),
        ("| 20 | 审核 | | | | | | | | |", {("ROUTE-006", "C2")}),
        ("| | 审核 | 角色:财务处.审核岗 | | | | | | | |", {("ROUTE-004", "B2")}),
        ("| 20 | 审核 | 角色:财务处.审核岗 | | | | 60 | | | |", {("ROUTE-008", "G2")}),
        ("| 20 | 审核 | 角色:财务处.审核岗 | | | | | 单价 | | |", {("ROUTE-010", "H2")}),
        ("| 20 | 审核 | 角色:财务处.审核岗 | | | | | | 金额 | |", {("ROUTE-012", "I2")}),
        ("| 20 | 审核 | 角色:财务处.审核岗 | | | | | | | 2工作日 |", {("ROUTE-003", "J1")}),
    ],
)
def test_one_fault_at_its_cell(row: str, expected: set[tuple[str, str]]) -> None:
    assert faults(row) == expected


def test_all_faults_at_once() -> None:
    found = faults(
        "| 20 | 审核 | 角色:财务处.审合岗 | | | 会签 | | | | |",
        "| 20 | 复核 | 角色:财务处.审核岗 | | | | | | | |",
        "| 30 | 会签 | 角色:财务处.审核岗 | | | 会签 | | | | |",
    )
    assert {("WHO-010", "C2"), ("ROUTE-005", "A3"), ("ROUTE-007", "F4")} <= found


def test_an_unknown_name_in_a_condition_is_named_at_its_cell() -> None:
    found = faults("| 20 | 审核 | 角色:财务处.审核岗 | | ${金鹅} > 3 | | | | | |")
    assert {cell for code, cell in found if code.startswith("EXPR")} == {"E2"}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("人员:f1", set()),
        ("人:f1", set()),
        ("f1", set()),
        ("person:f9", {("WHO-012", "D2")}),
        ("领导", {("ROUTE-001", "D2")}),
    ],
)
def test_where_nobody_would_be_asked_a_person_may_be_named(said: str, expected: set[tuple[str, str]]) -> None:
    sheet = f"## 流程\n| 环节号 | 环节名称 | 办理人 | 无人时 |\n| 20 | 审核 | 角色:财务处.审核岗 | {said} |"
    workbook, _ = read_workbook(workbook_from_text(sheet), "r.xlsx")
    assert workbook is not None
    route, found = parse_route(workbook.sheets[0])
    assert route is not None
    found += check_route(route, SCOPE, DIRECTORY, ())
    assert {(item.code, item.place.cell) for item in found} == expected
