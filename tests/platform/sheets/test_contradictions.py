"""What a route sheet asks for that cannot be had, each told at its cell, and what is lawful told nothing of.

C1 whoever did a step is asked: there is such a step, and it comes before · C2 a post's unit is known · C3 somebody decides
or does something on every path, also where people are optional · C4 `differ` and self-approval leave somebody · C5 what
is required can be filled in · C6 a cell says one thing · C7 deadlines by a table have a row for every choice · C8 hiding holds.
"""

from __future__ import annotations

import pytest
from workbooks import workbook_from_text

from banshi.platform.people.directory import Department, Directory, Person
from banshi.platform.sheets import load_bytes
from banshi.rules.diagnostics import Diagnostic

COLUMNS = (
    "step",
    "name",
    "who",
    "mode",
    "when",
    "group",
    "edit",
    "hide",
    "require",
    "back",
    "due",
    "empty",
    "same",
    "differ",
    "cc",
    "overdue",
)
SURVEY = """
    ## settings
    | form_id | scrapping |
    | form_title | 资产报废 |
    ## survey
    | type | name | label | required | calculation | default |
    | text | 资产编号 | 资产编号 | yes | |
    | decimal | 原值 | 原值 | yes | |
    | integer | 年限 | 年限 | yes | |
    | calculate | 年均 | | | ${原值} div ${年限} |
    | person | 保管人 | 保管人 | yes | |
    | person | 联络人 | 联络人 | | |
    | text | 实验室 | 实验室 | yes | |
    | select_one 类别 | 类别 | 类别 | yes | |
    | text | 鉴定 | 鉴定意见 | | | |
    | decimal | 估价 | 估价 | | | ${原值} |
    ## choices
    | list_name | name | label |
    | 类别 | 仪器 | 仪器 |
    | 类别 | 家具 | 家具 |
    ## data.时限
    | 类别* | 时限 |
    | 仪器 | 3天 |
    ## route
"""
DIRECTORY = Directory(
    people={
        "r1": Person(id="r1", name="李敏", roles=frozenset({"设备处.审核岗", "administrator"})),
        "r2": Person(
            id="r2", name="赵磊", roles=frozenset({"财务处.审核岗"}), posts=frozenset({"安全负责人[催化实验室]"})
        ),
        "r3": Person(id="r3", name="钱进", roles=frozenset({"财务处.审核岗"})),
    },
    departments={"设备处": Department(name="设备处", head="r1"), "财务处": Department(name="财务处", head="r2")},
)
REVIEW = {"step": "20", "name": "审核", "who": "role:设备处.审核岗"}
SECOND = {"step": "30", "name": "复核", "who": "role:财务处.审核岗"}


def found(*steps: dict[str, str], **own: str) -> list[Diagnostic]:
    """What is told of a route: the applicant's step, with what is said of it in `own`, and those given."""
    rows = [{"step": "10", "name": "申请", "who": "initiator", **own}, *steps]
    lines = [
        "| " + " | ".join(COLUMNS) + " |",
        *("| " + " | ".join(row.get(c, "") for c in COLUMNS) + " |" for row in rows),
    ]
    text = SURVEY + "\n".join(f"    {line}" for line in lines)
    service, faults = load_bytes(workbook_from_text(text), "scrapping.xlsx", DIRECTORY)
    assert service is not None, faults
    return faults


def told(*steps: dict[str, str], **own: str) -> set[tuple[str, str]]:
    return {(one.code, one.place.cell) for one in found(*steps, **own)}


def column(name: str) -> str:
    return "ABCDEFGHIJKLMNOP"[COLUMNS.index(name)]


def test_a_good_route_is_told_nothing_of() -> None:
    assert told(REVIEW, SECOND | {"differ": "20、发起人、保管人", "edit": "鉴定", "require": "鉴定"}) == set()


# C1


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("环节 60", "ROUTE-038"),
        ("环节 30", "ROUTE-039"),
        ("环节 40", "ROUTE-039"),
        ("最少待办(环节 60)", "ROUTE-038"),
        ("环节 20", ""),
    ],
)
def test_c1_the_step_whose_people_are_asked(who: str, code: str) -> None:
    asked = {"step": "30", "name": "确认", "who": who, "same": "不跳"}
    last = {"step": "40", "name": "归档", "who": "role:财务处.审核岗", "same": "不跳"}
    assert {one for one in told(REVIEW, asked, last) if one[0] != "ROUTE-033"} == ({(code, "C4")} if code else set())


def test_c1_side_by_side_nobody_has_done_the_other_step() -> None:
    one, two = REVIEW | {"group": "会签"}, SECOND | {"group": "会签", "who": "环节 20"}
    assert ("ROUTE-039", "C4") in told(one, two)


def test_c1_a_copy_for_a_step_that_is_not_there() -> None:
    assert told(REVIEW | {"cc": "环节 66 @办结"}) == {("ROUTE-038", "O3")}
    assert told(REVIEW | {"cc": "环节 20 @办结"}) == set()
    overdue = REVIEW | {"due": "3天", "overdue": "100%抄送:环节 66"}
    assert told(overdue) == {("ROUTE-038", f"{column('overdue')}3")}


def test_c1_what_was_meant_is_proposed() -> None:
    (one,) = (one for one in found(REVIEW | {"step": "201"}, SECOND | {"who": "环节 210"}) if one.code == "ROUTE-038")
    assert "您是不是想写：201？" in one.message()


# C2


@pytest.mark.parametrize(
    ("unit", "codes"),
    [
        ("实验间", {"WHO-043"}),
        ("实验室", set()),
        ("催化实验室", set()),
        ('"催化实验室"', set()),
        ('"化催实验室"', {"WHO-043"}),
        ("财务处", {"WHO-044"}),
        ("申请部门", set()),
    ],
)
def test_c2_the_unit_of_a_post(unit: str, codes: set[str]) -> None:
    assert {code for code, _ in told(REVIEW | {"who": f"岗位:安全负责人[{unit}]"})} == codes


def test_c2_the_field_that_was_meant_is_proposed() -> None:
    (one,) = found(REVIEW | {"who": "岗位:安全负责人[实验间]"})
    assert "您是不是想写：实验室？" in one.message()


# C3


@pytest.mark.parametrize(
    ("mode", "codes"),
    [("notify", {"ROUTE-022"}), ("auto", {"ROUTE-022"}), ("callback", {"ROUTE-022"}), ("do", set()), ("any", set())],
)
def test_c3_a_route_on_which_only_the_system_acts(mode: str, codes: set[str]) -> None:
    who = {} if mode in ("auto", "callback") else {"who": "role:设备处.审核岗"}
    assert {code for code, _ in told({"step": "20", "name": "处理", "mode": mode, **who})} == codes


def test_c3_a_route_whose_people_act_only_sometimes() -> None:
    assert ("ROUTE-022", "A2") in told(REVIEW | {"mode": "do", "when": "'${原值} > 1000"})


@pytest.mark.parametrize(
    ("who", "empty", "codes"),
    [
        ("field:联络人", "跳过", {"ROUTE-023"}),
        ("field:联络人", "", set()),
        ("field:保管人", "跳过", set()),
        ("field:联络人 + role:财务处.审核岗", "跳过", set()),
    ],
)
def test_c3_the_only_people_are_optional(who: str, empty: str, codes: set[str]) -> None:
    assert {code for code, _ in told(REVIEW | {"who": who, "empty": empty, "mode": "any"})} == codes
    assert told(REVIEW | {"who": who, "empty": empty, "mode": "any"}, SECOND) == set()


def test_c3_people_whom_an_earlier_step_has_to_name() -> None:
    names = {
        "step": "20",
        "name": "派工",
        "who": "role:设备处.审核岗",
        "mode": "do",
        "edit": "联络人",
        "require": "联络人",
    }
    decides = {"step": "30", "name": "确认", "who": "field:联络人", "empty": "跳过"}
    assert told(names, decides, hide="联络人") == set()
    assert {code for code, _ in told(names | {"require": ""}, decides, hide="联络人")} == {"ROUTE-023"}


# C4


@pytest.mark.parametrize(
    ("first", "second", "codes"),
    [
        ("人:r1", "人:r1", {"ROUTE-024"}),
        ("人:r1", "role:设备处.审核岗", {"ROUTE-024"}),
        ("field:保管人", "field:保管人", {"ROUTE-024"}),
        ('head("财务处")', 'head("财务处")', {"ROUTE-024"}),
        ("role:财务处.审核岗", "role:财务处.审核岗", set()),
        ("人:r1", "人:r1 + 人:r2", set()),
        ("field:保管人", "field:联络人", set()),
    ],
)
def test_c4_two_steps_that_must_differ_have_one_person(first: str, second: str, codes: set[str]) -> None:
    steps = REVIEW | {"who": first, "mode": "any"}, SECOND | {"who": second, "mode": "any", "differ": "20"}
    assert told(*steps) == {(code, f"{column('differ')}4") for code in codes}


@pytest.mark.parametrize(
    ("cells", "where"),
    [
        ({"differ": "发起人"}, "differ"),
        ({"differ": "10"}, "differ"),
        ({"same": "不跳;自审 禁止"}, "same"),
        ({"same": "不跳;自审 允许"}, ""),
        ({"differ": "20"}, ""),
    ],
)
def test_c4_the_applicant_is_kept_out_of_her_own_step(cells: dict[str, str], where: str) -> None:
    confirm = {"step": "30", "name": "确认", "who": "发起人", **cells}
    assert told(REVIEW, confirm) == ({("ROUTE-025", f"{column(where)}4")} if where else set())


@pytest.mark.parametrize(("name", "wrong"), [("资产编号", True), ("原值", True), ("保管人", False), ("年均", False)])
def test_c4_a_field_that_holds_no_person_keeps_nobody_out(name: str, wrong: bool) -> None:
    assert told(REVIEW | {"differ": name}) == ({("ROUTE-026", f"{column('differ')}3")} if wrong else set())


# C5


def test_c5_a_required_question_that_nobody_sees_in_time() -> None:
    assert told(REVIEW, hide="年限、鉴定") == {("ROUTE-027", f"{column('hide')}2")}
    assert told(REVIEW | {"edit": "年限"}, hide="年限、鉴定") == set()
    assert told(REVIEW | {"edit": "*"}, hide="年限、鉴定") == set()


@pytest.mark.parametrize(
    ("cells", "code", "where"),
    [
        ({"edit": "鉴定", "hide": "鉴定"}, "ROUTE-029", "edit"),
        ({"edit": "鉴定", "hide": "*"}, "ROUTE-029", "edit"),
        ({"edit": "*", "hide": "*"}, "ROUTE-029", "edit"),
        ({"edit": "*", "hide": "保管人"}, "", ""),
        ({"edit": "年均"}, "ROUTE-037", "edit"),
        ({"edit": "鉴定", "require": "年均"}, "ROUTE-037", "require"),
    ],
)
def test_c5_what_cannot_be_edited(cells: dict[str, str], code: str, where: str) -> None:
    assert told(REVIEW | cells) == ({(code, f"{column(where)}3")} if code else set())


# C6


@pytest.mark.parametrize(
    ("name", "cell", "wrong"),
    [
        ("same", "不跳;跳过全部", True),
        ("same", "自审 允许;自审 禁止", True),
        ("same", "不跳;自审 禁止", False),
        ("back", "发起人 !重走 !直达", True),
        ("back", "发起人!重走、上一步!按变更", True),
        ("back", "发起人!重走、上一步!重走", False),
    ],
)
def test_c6_a_cell_that_says_two_things(name: str, cell: str, wrong: bool) -> None:
    assert told(REVIEW | {name: cell}) == ({("ROUTE-028", f"{column(name)}3")} if wrong else set())


def test_c6_messages_call_columns_and_words_as_the_language_does() -> None:
    (unknown,) = found(REVIEW | {"back": "领导"})
    assert "“退回到”列" in unknown.message()
    assert "“back”" in unknown.message("en")
    few = next(
        one for one in found(REVIEW | {"who": "随机(role:财务处.审核岗, 5)", "mode": "any"}) if one.code == "WHO-039"
    )
    assert few.message().startswith("“随机(role:财务处.审核岗)”")
    assert few.message("en").startswith("“random(role:财务处.审核岗)”")
    (inner,) = (one for one in found(REVIEW | {"who": "自选(随机(role:财务处.审核岗, 1), 1)"}) if one.code == "WHO-007")
    assert inner.message() == "自选 的括号里不能再写 随机。"
    assert inner.message("en") == "random cannot stand in the brackets of choose."
    votes = next(
        one for one in found(REVIEW | {"who": "人:r1×40 + 人:r2×60", "mode": "权重 >100"}) if one.code == "ROUTE-036"
    )
    assert "要超过 100 票" in votes.message()
    assert "more than 100" in votes.message("en")


# C7


def test_c7_a_choice_without_a_deadline() -> None:
    (one,) = found(REVIEW | {"due": "表:时限[类别]"})
    assert (one.code, one.place.cell) == ("ROUTE-053", f"{column('due')}3")
    assert "家具" in one.message()
    assert "仪器" not in one.message()


# C8


@pytest.mark.parametrize(
    ("first", "hides", "told_of"),
    [
        ("role:财务处.审核岗", "", True),
        ("人:r2 + 人:r3", "", True),
        ("role:财务处.审核岗", "保管人", False),
        ("role:设备处.审核岗", "", False),
    ],
)
def test_c8_people_who_have_seen_it_already(first: str, hides: str, told_of: bool) -> None:
    before = REVIEW | {"who": first, "hide": hides, "mode": "any"}
    blind = SECOND | {"hide": "保管人", "mode": "any", "same": "不跳"}
    codes = {one for one in told(before, blind) if one[0] != "ROUTE-033"}
    assert codes == ({("ROUTE-054", f"{column('hide')}4")} if told_of else set())
    later = {one for one in told(blind | {"step": "20"}, before | {"step": "30"}) if one[0] != "ROUTE-033"}
    assert later == set(), "who sees it later has not seen it yet"


def test_c8_a_question_that_begins_with_what_is_hidden() -> None:
    assert told(REVIEW | {"hide": "原值"}) == {("ROUTE-055", f"{column('hide')}3")}
    assert told(REVIEW | {"hide": "原值、估价"}) == set()
