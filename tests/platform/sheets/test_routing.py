"""What a check says of a route as a whole, each at its cell and with an example that was worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from route_people import route_of
from workbooks import workbook_from_text

from banshi.platform.people.directory import Department, Directory, Person
from banshi.platform.people.organisation import read_organisation
from banshi.platform.routes import paths as ways
from banshi.platform.service.model import Service
from banshi.platform.sheets import load_bytes
from banshi.platform.sheets.routing import paths_of
from banshi.platform.workbook import read_workbook
from banshi.rules.diagnostics import Diagnostic, Severity

ROOT = Path(__file__).parents[3]
SURVEY = """
    ## settings
    | form_id | repair |
    | form_title | 维修 |
    ## survey
    | type | name | label | required | constraint |
    | integer | 金额 | 金额 | yes | . <= 5000 |
    | select_one 类别 | 类别 | 类别 | yes | |
    | begin_group | 办理 | 办理填写 | | |
    | text | 核查结论 | 核查结论 | | |
    | text | 说明 | 说明 | | |
    | end_group | | | | |
    ## choices
    | list_name | name | label |
    | 类别 | 水电 | 水电 |
    | 类别 | 木工 | 木工 |
    ## route
    | step | name | who | mode | when | edit | hide | require | back | differ |
"""
DIRECTORY = Directory(
    people={
        "r1": Person(id="r1", name="李敏", roles=frozenset({"后勤处.审核岗", "administrator"})),
        "r2": Person(id="r2", name="赵磊", roles=frozenset({"后勤处.复核岗"})),
        "r3": Person(id="r3", name="钱进", roles=frozenset({"后勤处.复核岗", "财务处.审核岗"})),
    },
    departments={"后勤处": Department(name="后勤处", head="r1")},
)
APPLY = "| 10 | 申请 | initiator | | | | 办理 | | | |"


def loaded(*rows: str) -> tuple[Service, list[Diagnostic]]:
    text = SURVEY + "\n".join(f"    {row}" for row in (APPLY, *rows))
    service, found = load_bytes(workbook_from_text(text), "repair.xlsx", DIRECTORY)
    assert service is not None, [item.message() for item in found]
    return service, found


def told(*rows: str) -> dict[tuple[str, str], str]:
    return {(d.code, d.place.cell): d.message() for d in loaded(*rows)[1] if d.code != "ROUTE-016"}


REVIEW = "| 20 | 审核 | role:后勤处.审核岗 | | {when} | {edit} | {hide} | {require} | {back} | |"


def review(when: str = "", edit: str = "", hide: str = "", require: str = "", back: str = "") -> str:
    return REVIEW.format(when=when, edit=edit, hide=hide, require=require, back=back)


def test_a_good_route_is_told_nothing_of() -> None:
    assert told(review(), "| 30 | 复核 | role:后勤处.复核岗 | any | '${金额} > 1000 | | | | | '20 |") == {}


def test_a_route_of_which_no_step_can_be_read_is_told_at_its_cells_only() -> None:
    """Nothing is proved of a route without a step, and nothing breaks on it."""
    text = SURVEY + "    | | | role:后勤处.审核岗 | any | | | | | | |\n"
    service, found = load_bytes(workbook_from_text(text), "repair.xlsx", DIRECTORY)
    assert service is not None
    assert service.routing is not None
    assert service.routing.steps == ()
    assert [(item.code, str(item.place)) for item in found if item.severity is Severity.ERROR] == [
        ("ROUTE-004", "route!C2")
    ]


def test_conditions_that_leave_no_gap_leave_nobody_out() -> None:
    """Every value of 金额 has a deciding step, so the warning that all steps have conditions would be a false alarm."""
    assert (
        told(review("'${金额} > 1000"), "| 30 | 复核 | role:后勤处.复核岗 | any | '${金额} <= 1000 | | | | | |") == {}
    )


def test_a_gap_in_which_nobody_decides_is_told_with_an_example() -> None:
    found = told(review("'${金额} > 1000"), "| 30 | 复核 | role:后勤处.复核岗 | any | '${金额} < 1000 | | | | | |")
    ((key, message),) = found.items()
    assert key == ("ROUTE-013", "A3")
    assert "金额 = 1000时" in message
    assert "走 10：" in message


@pytest.mark.parametrize(
    ("when", "told_of"),
    [("'${金额} > 5000", True), ("'${金额} >= 5000", False), ("'${类别} = '空调'", True), ("'${类别} = '木工'", False)],
)
def test_a_step_that_no_answer_reaches(when: str, told_of: bool) -> None:
    found = told(review(), f"| 30 | 复核 | role:后勤处.复核岗 | any | {when} | | | | | '20 |")
    assert (("ROUTE-032", "E4") in found) is told_of


def test_two_steps_of_one_role_are_one_person_who_may_decide_alone() -> None:
    again = "| 30 | 复核 | role:后勤处.审核岗 | | | | | | | {differ} |"
    message = told(review(), again.format(differ=""))["ROUTE-033", "A4"]
    assert "环节 20、30" in message
    assert set(told(review(), again.format(differ="'20"))) == {("ROUTE-024", "J4")}  # the role has one holder
    assert told(*(row.replace("审核岗", "复核岗") for row in (review(), again.format(differ="'20")))) == {}


def test_two_roles_that_one_person_holds_today_are_one_person_too() -> None:
    both = (
        "| 20 | 复核 | role:后勤处.复核岗 | any | | | | | | |",
        "| 30 | 付款 | role:财务处.审核岗 | any | | | | | | |",
    )
    assert "钱进" in told(*both)["ROUTE-033", "A4"]
    everybody = both[0].replace("| any |", "| all |")
    assert told(everybody, both[1]) == {}


@pytest.mark.parametrize("edited_at", ["30", "20"])
def test_a_condition_on_what_is_filled_in_later(edited_at: str) -> None:
    rows = {
        "20": "| 20 | 核查 | role:后勤处.复核岗 | do | | {} | | | | |",
        "30": "| 30 | 审核 | role:后勤处.审核岗 | | '${{核查结论}} = '不符' | {} | | | | |",
        "40": "| 40 | 办结 | role:财务处.审核岗 | | | | | | | |",
    }
    found = told(*(row.format("核查结论" if step == edited_at else "") for step, row in rows.items()))
    assert (("ROUTE-034", "E4") in found) is (edited_at == "30")


@pytest.mark.parametrize("edited_at", ["30", "20"])
def test_a_condition_on_what_a_table_makes_of_an_answer_that_comes_later(edited_at: str) -> None:
    rows = {
        "20": "| 20 | 核查 | role:后勤处.复核岗 | do | | {} | | | | |",
        "30": "| 30 | 审核 | role:后勤处.审核岗 | | '${{处理}} = '停用' | {} | | | | |",
        "40": "| 40 | 办结 | role:财务处.审核岗 | | | | | | | |",
    }
    table = """
    ## rules.处理
    | hit | first |
    | otherwise | 保留 |
    | when 核查结论 | then 处理 |
    | 不符 | 停用 |
    """
    found = told(*(row.format("核查结论" if step == edited_at else "") for step, row in rows.items()), table)
    assert [key for key in found if key[0] == "ROUTE-034"] == ([("ROUTE-034", "E4")] if edited_at == "30" else [])


def test_a_weight_where_votes_are_not_weighed() -> None:
    row = "| 20 | 会审 | person:h1 × 60 + role:后勤处.审核岗 × 40 | {} | | | | | | |"
    assert [key for key in told(row.format("all")) if key[0] == "ROUTE-086"] == [("ROUTE-086", "C3")]
    assert not [key for key in told(row.format("weight >50")) if key[0] == "ROUTE-086"]


def test_what_is_required_must_be_seen_also_through_a_group() -> None:
    assert ("ROUTE-011", "H3") in told(review(edit="办理", hide="办理", require="说明"))
    assert ("ROUTE-011", "H3") in told(review(edit="办理", hide="说明", require="办理"))
    assert ("ROUTE-012", "H3") in told(review(edit="说明", require="办理"))
    assert told(review(edit="办理", require="说明")) == {}


def test_nobody_is_there_to_return_to_where_the_system_acts() -> None:
    auto = "| 20 | 编号 | | auto | | | | | | |"
    found = told(auto, "| 30 | 审核 | role:后勤处.审核岗 | | | | | | '20 | |")
    assert set(found) == {("ROUTE-035", "I4")}


@pytest.mark.parametrize(("mode", "told_of"), [("at least 3", True), ("at least 2", False), ("ratio 100%", False)])
def test_more_votes_than_people(mode: str, told_of: bool) -> None:
    found = told(f"| 20 | 评议 | role:后勤处.复核岗 | {mode} | | | | | | |")
    assert (("ROUTE-036", "D3") in found) is told_of


def test_the_paths_at_the_boundaries_of_the_conditions() -> None:
    """By hand: 金额 below, at and above 1000 gives two cases, 类别 two, and they are independent: four paths."""
    service, _ = loaded(
        review("'${金额} > 1000"),
        "| 30 | 水电组 | role:后勤处.复核岗 | any | '${类别} = '水电' | | | | | |",
        "| 40 | 办结 | role:财务处.审核岗 | | | | | | | |",
    )
    found = paths_of(service)
    assert service.routing is not None
    assert {path.text(service.routing) for path in found.paths} == {"10>20>30>40", "10>20>40", "10>30>40", "10>40"}
    assert found.complete
    for path in found.paths:
        assert ("20" in path.taken) is (path.example["金额"] > 1000)
        assert ("30" in path.taken) is (path.example["类别"] == "水电")


def test_a_condition_that_is_no_comparison_is_free_and_said_to_be() -> None:
    service, _ = loaded(review("'len(${核查结论}) > 金额 * 2"), "| 40 | 办结 | role:财务处.审核岗 | | | | | | | |")
    assert not paths_of(service).complete


SHIPPED = [*sorted((ROOT / "definitions").glob("*/*.xlsx")), ROOT / "docs/gallery/form-gallery.xlsx"]


TRUE = {
    "class-attendance": "ROUTE-022",
    "class-sign": "ROUTE-022",
    "electricity-topup": "ROUTE-022",
    "enrolment-certificate": "ROUTE-013",
    "transcript": "ROUTE-022",
}
"""What is meant so: a roll, a payment, and a certificate, that nobody has to approve."""


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_no_false_alarm_on_what_is_shipped(file: Path) -> None:
    workbook, _ = read_workbook((ROOT / "definitions/organisation/organisation.xlsx").read_bytes(), "o.xlsx")
    assert workbook is not None
    directory, _ = read_organisation(workbook)
    _, found = load_bytes(file.read_bytes(), file.name, directory)
    assert [
        str(d.place) + d.message()
        for d in found
        if d.code.startswith("ROUTE") and d.severity is not Severity.NOTICE and d.code != TRUE.get(file.stem)
    ] == []
    assert [d.message() for d in found if d.code == "ROUTE-033"] == []


def test_the_deadlines_of_a_path_add_up_and_a_span_before_a_date_is_none() -> None:
    route = route_of("""
    | step | name | who                | group | due               |
    | 10   | 申请 | initiator          |       |                   |
    | 20   | 学院 | head(申请部门)     |       | 2工作日           |
    | 30   | 财务 | role:财务处.审核岗 | 联审  | 3工作日           |
    | 31   | 保卫 | role:保卫处.审核岗 | 联审  | 8小时             |
    | 40   | 采购 | role:财务处.复核岗 |       | 字段:需求日期-5天 |
    | 50   | 归档 | role:财务处.复核岗 |       | 4小时             |
    """)
    whole, short = ways.Path(("10", "20", "30", "31", "40", "50"), {}), ways.Path(("10", "20", "31", "40", "50"), {})
    assert set(ways.deadlines(route, whole, {}).split(" + ")) == {"5 工作日", "4 小时"}
    assert set(ways.deadlines(route, short, {}, "en").split(" + ")) == {"2 working days", "12 hours"}
