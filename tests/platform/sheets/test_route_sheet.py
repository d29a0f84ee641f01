"""Faults of the route sheet, each at its cell."""

from __future__ import annotations

from fractions import Fraction

import pytest
from route_people import route_of
from workbooks import workbook_from_text

from banshi.platform.people.directory import Department, Directory, Person
from banshi.platform.routes.check import check_route
from banshi.platform.routes.model import BackMode, CopyAt, Mode, Operation, StepMap
from banshi.platform.sheets.migrate_sheet import parse_migrate
from banshi.platform.sheets.route_sheet import parse_route
from banshi.platform.workbook import read_workbook
from banshi.rules.diagnostics import Severity
from banshi.rules.expressions import Name, Scope
from banshi.rules.values import Kind

DIRECTORY = Directory(
    people={"f1": Person(id="f1", name="李敏", roles=frozenset({"财务处.审核岗"}))},
    departments={"财务处": Department(name="财务处", head="f1")},
)
SCOPE = Scope({"金额": Name(Kind.NUMBER), "项目负责人": Name(Kind.TEXT)})
HEAD = "| 环节号 | 环节名称 | 办理人 | 方式 | 进入条件 | 并行组 | 退回到 | 可编辑 | 必填 | 通过后 |\n"


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
        ("| 20 | 审核 | 角色:财务处.审核岗 | 票签 3/2 | | | | | | |", {("ROUTE-002", "D2")}),
        ("| 20 | 审核 | | | | | | | | |", {("ROUTE-006", "C2")}),
        ("| | 审核 | 角色:财务处.审核岗 | | | | | | | |", {("ROUTE-004", "B2")}),
        ("| 20 | 审核 | 角色:财务处.审核岗 | | | | 60 | | | |", {("ROUTE-008", "G2")}),
        ("| 20 | 审核 | 角色:财务处.审核岗 | | | | | 单价 | | |", {("ROUTE-010", "H2")}),
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


@pytest.mark.parametrize(
    ("cell", "mode", "enough", "too_few"),
    [
        # (cell, mode, votes of five that are just enough, votes that are not)
        ("票签 2/3", Mode.RATIO, 4, 3),
        ("ratio 60%", Mode.RATIO, 3, 2),
        ("票签 >50%", Mode.RATIO, 3, 2),
        ("2人", Mode.AT_LEAST, 2, 1),
        ("N人 3", Mode.AT_LEAST, 3, 2),
        ("at least 2", Mode.AT_LEAST, 2, 1),
        ("至少 2人", Mode.AT_LEAST, 2, 1),
        ("权重 >3", Mode.WEIGHT, 4, 3),
        ("weight 60%", Mode.WEIGHT, 3, 2),
    ],
)
def test_what_a_counting_mode_counts_against(cell: str, mode: Mode, enough: int, too_few: int) -> None:
    step = route_of(f"| step | name | who | mode |\n| 20 | 评审 | 角色:财务处.审核岗 | {cell} |").steps[0]
    assert step.mode is mode
    assert step.threshold is not None
    assert step.threshold.met(Fraction(enough), Fraction(5))
    assert not step.threshold.met(Fraction(too_few), Fraction(5))


@pytest.mark.parametrize("cell", ["票签", "票签 3/2", "票签 0%", "2.5人", "权重 0", "单人 2", "2/3", "会签 60%"])
def test_a_number_that_does_not_fit_its_mode_is_a_fault(cell: str) -> None:
    assert ("ROUTE-002", "D2") in faults(f"| 20 | 审核 | 角色:财务处.审核岗 | {cell} | | | | | | |")


def test_the_other_columns_of_a_step() -> None:
    step = route_of(
        "| step | name | who | ops | back | cc | opinion | group |\n"
        "| 20 | 审核 | 角色:财务处.审核岗 | +批量 -转办 | 发起人、10 !按变更 | 角色:校办.秘书 @办结；发起人 |"
        " 必填；常用语：同意\\|请补充材料；手写签名 | 联审(2) |"
    ).steps[0]
    assert step.operations == {Operation.BULK, Operation.CONSULT, Operation.SIGN, Operation.TAKE_BACK}
    assert (step.back, step.back_mode) == (("initiator", "10"), BackMode.CHANGED)
    assert [(copy.who.text, copy.at) for copy in step.copies] == [
        ("角色:校办.秘书", CopyAt.END),
        ("发起人", CopyAt.PASSED),
    ]
    assert (step.opinion_required, step.phrases, step.signature) == (True, ("同意", "请补充材料"), True)
    assert (step.group, step.join) == ("联审", "2")


BULK_HEAD = "| step | name | who | edit | ops | opinion | group | cc |\n"


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("| 20 | 审核 | 角色:财务处.审核岗 | | +批量 | | | |", set()),
        ("| 20 | 审核 | 角色:财务处.审核岗 | 金额 | +批量 | | | |", {("ROUTE-019", "E2")}),
        ("| 20 | 审核 | 角色:财务处.审核岗 | | +批量 | 必填 | | |", {("ROUTE-019", "E2")}),
        ("| 20 | 审核 | 角色:财务处.审核岗 | | +批量 | 手写签名 | | |", {("ROUTE-019", "E2")}),
        ("| 20 | 审核 | 角色:财务处.审核岗 | | +批准 | | | |", {("ROUTE-001", "E2")}),
        ("| 20 | 审核 | 角色:财务处.审核岗 | | | | 会签(3) | |", {("ROUTE-020", "G2")}),
        (
            "| 20 | 审核 | 角色:财务处.审核岗 | | | | 会签 | |\n| 20.1 | 审核 | 角色:财务处.审核岗 | | | | 会签 | |",
            {("ROUTE-021", "G3")},
        ),
        ("| 20 | 审核 | 角色:财务处.审核岗 | | | | | 角色:财务处.审合岗 @办结 |", {("WHO-010", "H2")}),
        ("| 20 | 审核 | 角色:财务处.审核岗 | | | | | 发起人 @以后 |", {("ROUTE-001", "H2")}),
    ],
)
def test_faults_of_the_other_columns(row: str, expected: set[tuple[str, str]]) -> None:
    workbook, found = read_workbook(workbook_from_text("## 流程\n" + BULK_HEAD + row), "r.xlsx")
    assert workbook is not None, found
    route, found = parse_route(workbook.sheets[0])
    assert route is not None
    found += check_route(route, SCOPE, DIRECTORY, {"金额", "项目负责人"})
    assert {(item.code, item.place.cell) for item in found} == expected


def test_which_step_of_an_earlier_version_is_which_one_now():
    """Number cells are step numbers as text cells are; a blank old step asks a new one of cases that have passed it."""
    route = route_of("| step | name | who |\n| 10 | 申请 | initiator |\n| 25 | 审批 | head(申请部门) |")

    def read(rows):
        workbook, _ = read_workbook(workbook_from_text("## 迁移\n" + rows), "m.xlsx")
        step_map, found = parse_migrate(workbook.sheets[0], route)
        return step_map, [(str(fault.place), fault.code) for fault in found]

    assert read("| 旧环节 | 新环节 | 备注 |\n| 20 | 25 | 改号 |\n| | 10 | |") == (
        StepMap({"20": "25"}, frozenset({"10"})),
        [],
    )
    assert read("| old | new |\n| 20 | 26 |\n| 20 | 25 |\n| 20 | 10 |") == (
        StepMap({"20": "25"}),
        [("迁移!B2", "SHEET-100"), ("迁移!A4", "SHEET-101")],
    )
    assert read("| old | nwe |\n| 20 | 25 |")[1] == [("迁移!B1", "BOOK-020"), ("迁移!A1", "BOOK-022")]
