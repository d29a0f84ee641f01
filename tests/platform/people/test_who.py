"""Naming people: who-expressions, read from cells and resolved.

W1 heads and chains · W2 tables · W3 rotas · W4 the least busy · W5 lots · W6 choices · W7 weights · W8 sets and brackets ·
W9 faults at their cells.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from workbooks import workbook_from_text

from banshi.platform.people.chosen import wrong_with
from banshi.platform.people.directory import Department, Directory, Person
from banshi.platform.people.terms import TermKind, Unit, Who, WhoContext
from banshi.platform.people.who import Lot, candidates, parse_who, resolve, undecided, weights
from banshi.platform.people.who_checks import check_applicants, check_who
from banshi.platform.sheets.data_sheet import parse_data
from banshi.platform.workbook import read_workbook
from banshi.rules.datasets import Dataset
from banshi.rules.diagnostics import NOWHERE, Place, Severity
from banshi.rules.expressions import Name, Scope
from banshi.rules.values import Kind

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 4, 9, 0, tzinfo=ZONE)  # a Wednesday
PEOPLE = [
    Person(id="s1", name="陈晓雨", department="化工系"),
    Person(id="h1", name="王建国", department="化工系"),
    Person(id="d1", name="刘洋", department="化工学院", roles=frozenset({"学校.评审专家"})),
    Person(id="f1", name="李敏", department="财务处", roles=frozenset({"财务处.审核岗", "学校.评审专家"})),
    Person(id="f2", name="钱进", department="财务处", roles=frozenset({"财务处.审核岗", "学校.评审专家"})),
    Person(id="b1", name="赵磊", department="保卫处", roles=frozenset({"学校.评审专家"})),
    Person(id="c1", name="周岚", department="化工系", roles=frozenset({"学校.评审专家"})),
    Person(id="x1", name="何立", kind="校外", roles=frozenset({"学校.评审专家"})),
    Person(id="p1", name="孙静", department="学校", attributes={"校外": "否"}),
]
DIRECTORY = Directory(
    people={person.id: person for person in PEOPLE},
    departments={
        "化工系": Department(name="化工系", head="h1", parent="化工学院"),
        "化工学院": Department(name="化工学院", head="d1", parent="理工学部"),
        "理工学部": Department(name="理工学部", parent="学校"),
        "学校": Department(name="学校", head="p1"),
        "财务处": Department(name="财务处", head="f1", parent="学校"),
        "保卫处": Department(name="保卫处", head="b1", parent="学校"),
    },
)
SHEETS = """
## 数据-分管领导
| 归口部门 | 校领导 |
| 财务处   | p1     |
| 保卫处   | p1、d1 |

## 数据-归口
| *校区  | *类别 | 工号   | 电话     | 生效       | 失效       |
| 大学城 | 水电  | f1     | 39322001 |            | 2026-02-28 |
| 大学城 | 水电  | f2     | 39322001 | 2026-03-01 |            |
| 东风路 | 水电  | b1     | 37626001 |            |            |

## 数据-班表
| 班组 | 校区   | 起         | 止         | 星期       | 开始  | 结束  | 值班人 |
| 水电 | 大学城 | 2026-03-02 | 2026-03-08 | 周一至周五 | 08:00 | 20:00 | f1     |
| 水电 | 大学城 | 2026-03-02 | 2026-03-08 |            | 20:00 | 08:00 | f2     |
| 水电 | 大学城 | 2026-03-02 | 2026-03-08 | 周六、周日 | 08:00 | 20:00 | b1     |
| 木工 | 东风路 |            |            |            |       |       | h1     |
"""


def sheets(text: str = SHEETS) -> dict[str, Dataset]:
    workbook, found = read_workbook(workbook_from_text(text), "w.xlsx")
    assert workbook is not None, found
    datasets = {}
    for sheet in workbook.of_kind("data"):
        dataset, found = parse_data(sheet)
        assert dataset is not None, found
        datasets[dataset.name] = dataset
    return datasets


DATA = sheets()
AROUND = WhoContext(directory=DIRECTORY, initiator=DIRECTORY.people["s1"], datasets=DATA, now=NOW, seed="01J8/20/1")


def read(text: str) -> Who:
    who, found = parse_who(text, NOWHERE)
    assert who is not None, [item.message() for item in found]
    return who


def ids(text: str, context: WhoContext = AROUND, **names: Any) -> list[str]:
    return [person.id for person in resolve(read(text), replace(context, names=names) if names else context)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("部门负责人(申请部门)", ["h1"]),
        ("head(申请部门, up 1)", ["d1"]),
        ("部门负责人(申请部门，上2级)", ["p1"]),  # 理工学部 has no head: the next one above
        ("部门负责人(申请部门, 上九级)", ["p1"]),
        ("head(学院)", ["f1"]),
        ("head(负责人)", ["b1"]),
        ("逐级主管(申请部门→校级)", ["h1", "d1", "p1"]),
        ("chain(申请部门->top)", ["h1", "d1", "p1"]),
        ("逐级主管(申请部门)", ["h1", "d1", "p1"]),
        ("逐级主管(申请部门→化工学院)", ["h1", "d1"]),
        ("逐级主管(申请部门, 上1级)", ["h1", "d1"]),
        ('逐级主管(学院→"学校")', ["f1", "p1"]),
        ("逐级主管(申请部门→财务处)", ["h1", "d1", "p1"]),  # not above it: all the way
        ("逐级主管(申请部门→校级) - 人:d1", ["h1", "p1"]),
    ],
)
def test_w1_heads_and_chains_go_upwards_each_head_once(text: str, expected: list[str]) -> None:
    assert ids(text, 学院="财务处", 负责人="b1") == expected


def test_w1_one_who_heads_two_departments_is_asked_once() -> None:
    departments = {**DIRECTORY.departments, "理工学部": Department(name="理工学部", head="d1", parent="学校")}
    context = replace(AROUND, directory=Directory(people=DIRECTORY.people, departments=departments))
    assert ids("chain(申请部门)", context) == ["h1", "d1", "p1"]


@pytest.mark.parametrize(
    ("text", "names", "expected"),
    [
        ("表:分管领导[归口部门]", {"归口部门": "保卫处"}, ["p1", "d1"]),
        ("table:分管领导[归口部门]", {"归口部门": ("财务处", "保卫处")}, ["p1", "d1"]),
        ("表:分管领导[部门]", {"部门": "财务处"}, ["p1"]),  # by position: the first column is the key
        ('表:分管领导["保卫处"]', {"x": ""}, ["p1", "d1"]),
        ("表:分管领导[归口部门].校领导", {"归口部门": "财务处"}, ["p1"]),
        ("表:分管领导[归口部门]", {"归口部门": "基建处"}, []),
        ("表:分管领导[归口部门]", {"x": ""}, []),
        ("表:分管领导", {"x": ""}, ["p1", "d1"]),
        ("表：归口［校区，类别］", {"校区": "大学城", "类别": "水电"}, ["f2"]),
        ("表:归口[校区, 类别]", {"校区": "东风路", "类别": "水电"}, ["b1"]),
    ],
)
def test_w2_a_table_is_looked_up_by_its_keys_and_dates(text: str, names: dict[str, Any], expected: list[str]) -> None:
    assert ids(text, **names) == expected


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-03-04T07:59", ["f2"]),  # the night that began on Tuesday
        ("2026-03-04T08:00", ["f1"]),
        ("2026-03-04T20:00", ["f2"]),
        ("2026-03-07T08:00", ["b1"]),
        ("2026-03-02T07:59", []),  # before the first shift
        ("2026-03-09T07:59", ["f2"]),  # the last night runs into the day after the last date
        ("2026-03-09T08:00", []),
    ],
)
def test_w3_a_rota_asks_who_is_on_duty_now(at: str, expected: list[str]) -> None:
    context = replace(AROUND, now=datetime.fromisoformat(at).replace(tzinfo=ZONE))
    assert ids("轮值(班表:水电, 现在)", context) == expected
    assert ids("rota(班表[校区])", context, 校区="大学城") == expected
    assert ids("rota(班表:木工, now)", context) == ["h1"]


def test_w4_the_least_busy_has_the_fewest_open_tasks_and_ties_go_by_id() -> None:
    tasks = {"f1": 3, "f2": 1, "b1": 1, "c1": 0, "d1": 5, "x1": 1}
    context = replace(AROUND, open_tasks=tasks.__getitem__)
    assert ids("最少待办(角色:财务处.审核岗)", context) == ["f2"]
    assert ids("least-busy(role:学校.评审专家, 3)", context) == ["c1", "b1", "f2"]
    assert ids("least-busy(学校.评审专家 - 人:c1, 2人)", context) == ["b1", "f2"]
    assert ids("least-busy(分管领导)", replace(context, open_tasks={"p1": 2, "d1": 0}.__getitem__)) == ["d1"]
    assert ids("least-busy(role:学校.评审专家) - person:c1", context) == ["b1"]
    assert ids("least-busy(role:学校.评审专家)", replace(context, barred=frozenset({"c1", "b1"}))) == ["f2"]


def test_w5_a_lot_can_be_drawn_again_and_avoids_the_applicants_department() -> None:
    text = "随机(角色:学校.评审专家, 3, 回避:单位)"
    first = ids(text)
    assert len(first) == 3
    assert "c1" not in first
    assert first == ids(text)
    drawn = {tuple(ids(text, replace(AROUND, seed=f"01J8/20/{n}"))) for n in range(40)}
    assert len(drawn) > 10
    # Somebody who was not drawn leaves: the others stay.
    left = next(p for p in ("f1", "f2", "b1", "d1", "x1") if p not in first)
    fewer = Directory(
        people={key: p for key, p in DIRECTORY.people.items() if key != left}, departments=DIRECTORY.departments
    )
    assert ids(text, replace(AROUND, directory=fewer)) == first


def test_w5_everybody_is_drawn_about_equally_often() -> None:
    counts = Counter(
        person
        for n in range(3000)
        for person in ids("random(role:学校.评审专家, 2)", replace(AROUND, seed=f"c{n}/20/1"))
    )
    # Two of six: 1,000 of 3,000 each, with a standard deviation of sqrt(3000·1/3·2/3) = 25.8; five of them are 129.
    assert set(counts) == {"d1", "f1", "f2", "b1", "c1", "x1"}
    assert all(abs(count - 1000) < 129 for count in counts.values()), counts


def test_w5_a_field_names_the_departments_to_avoid_with_those_below() -> None:
    people = candidates(read("random(role:学校.评审专家, 9, avoid:合作单位)").terms[0],
                        replace(AROUND, names={"合作单位": ("化工学院", "财务处")}))  # fmt: skip
    assert {person.id for person in people} == {"b1", "x1"}


def test_w5_before_sending_nobody_is_known() -> None:
    before = replace(AROUND, seed="")
    who = read("随机(角色:学校.评审专家, 3, 回避:单位) + 人:h1")
    assert undecided(who, before) == (Lot(TermKind.RANDOM, 3, 3, 5),)
    assert undecided(who, before)[0].text("en") == "3 of 5, drawn by lot"
    assert undecided(who, AROUND) == ()
    assert undecided(read("least-busy(random(role:学校.评审专家, 3))"), before) == (Lot(TermKind.RANDOM, 3, 3, 6),)


def test_w5_who_is_taken_away_is_not_drawn_first() -> None:
    who = "random(role:学校.评审专家, 5) - 人:f1"
    assert len(ids(who)) == 5
    assert undecided(read(who), replace(AROUND, seed="")) == (Lot(TermKind.RANDOM, 5, 5, 5),)


CHOICE = "自选(角色:学校.评审专家 - 人:d1, 3-5人, 校外≥1)"


def test_w6_a_choice_is_resolved_to_the_chosen_in_their_order() -> None:
    term = read(CHOICE).choice
    assert term is not None
    assert (term.least, term.most, term.quotas[0].of, term.quotas[0].least) == (3, 5, "校外", 1)
    assert ids(CHOICE, replace(AROUND, chosen=("x1", "f1", "b1"))) == ["x1", "f1", "b1"]
    assert ids(CHOICE) == []  # the case was sent without
    before = replace(AROUND, seed="")
    assert undecided(read(CHOICE), before) == (Lot(TermKind.CHOOSE, 3, 5, 5),)
    assert undecided(read(CHOICE), replace(before, chosen=("x1", "f1", "b1"))) == ()


@pytest.mark.parametrize(
    ("chosen", "faults"),
    [
        ("x1 f1 b1", []),
        ("x1 f1 f2 b1 c1", []),
        ("x1 f1", ["3–5 people are to be chosen, and 2 are"]),
        ("f1 f2 b1", ["at least 1 “校外” are to be chosen, and 0 are"]),
        ("x1 f1 d1 b1", ["“d1” is not among those who may be chosen"]),
        ("x1 f1 f1", ["“f1” is chosen twice", "3–5 people are to be chosen, and 2 are"]),
        ("", ["3–5 people are to be chosen, and 0 are", "at least 1 “校外” are to be chosen, and 0 are"]),
    ],
)
def test_w6_what_is_wrong_with_a_choice(chosen: str, faults: list[str]) -> None:
    term = read(CHOICE).choice
    assert term is not None
    assert [en for _, en in wrong_with(term, candidates(term, AROUND), chosen.split())] == faults


def test_w7_a_weight_stands_behind_its_term_and_the_larger_counts() -> None:
    text = "人:h1 × 60 + 角色:财务处.审核岗*10.5 + 人:f1 × 3 + 人:b1 - 人:f2"
    assert weights(read(text), AROUND) == {"h1": Decimal(60), "f1": Decimal("10.5"), "b1": Decimal(1)}
    assert list(weights(read(text), AROUND)) == ids(text)
    assert weights(read("自选(角色:学校.评审专家, 2) × 5"), replace(AROUND, chosen=("f1", "b1"))) == {"f1": 5, "b1": 5}


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("person:2018-0012", [TermKind.PERSON]),
        ("角色:院办-发起人", [TermKind.ROLE, TermKind.INITIATOR]),
        ("least-busy(role:a.b - initiator, 2) + rota(班表:水电,现在)-发起人",
         [TermKind.LEAST_BUSY, TermKind.ROTA, TermKind.INITIATOR]),
        ("随机(评审库[学科]，5，回避：单位) + 表:分管领导[部门]", [TermKind.RANDOM, TermKind.TABLE]),
        ("least_busy(班组:水电)", [TermKind.LEAST_BUSY]),
        ("发起人 × 2 + 环节 20 办理人", [TermKind.INITIATOR, TermKind.STEP]),
    ],
)  # fmt: skip
def test_w8_terms_are_joined_outside_brackets(text: str, kinds: list[TermKind]) -> None:
    assert [term.kind for term in read(text).terms] == kinds


def test_w8_a_bare_name_in_brackets_is_a_role_or_a_data_sheet() -> None:
    random, busy, fixed = read("随机(评审库[学科],5) + least-busy(后勤处.维修工) + least-busy(班组:水电)").terms
    assert random.among is not None
    assert busy.among is not None
    assert fixed.among is not None
    assert (random.among.terms[0].kind, random.among.terms[0].name) == (TermKind.TABLE, "评审库")
    assert random.among.terms[0].keys == (Unit(field="学科"),)
    assert (busy.among.terms[0].kind, busy.among.terms[0].name) == (TermKind.ROLE, "后勤处.维修工")
    assert (fixed.among.terms[0].name, fixed.among.terms[0].keys) == ("班组", (Unit(literal="水电"),))


def test_w8_the_fields_that_an_expression_reads() -> None:
    text = "表:归口[校区, 类别] + random(库[学科], 2, avoid:学院) + head(部门) + 字段:负责人 + chain(甲→乙)"
    assert read(text).names == {"校区", "类别", "学科", "学院", "部门", "负责人", "甲", "乙"}


@pytest.mark.parametrize(
    ("text", "code", "span"),
    [
        ("角色:财务处.审核岗 + 脚色:x", "WHO-001", "脚色:x"),
        ("chain()", "WHO-003", "chain()"),
        ("head(部门, 上级)", "WHO-003", "head(部门, 上级)"),
        ("random(角色:a.b)", "WHO-003", "random(角色:a.b)"),
        ("random(角色:a.b, 0)", "WHO-003", "random(角色:a.b, 0)"),
        ("random(角色:a.b, 2, 避开:单位)", "WHO-003", "random(角色:a.b, 2, 避开:单位)"),
        ("choose(角色:a.b, 5-3)", "WHO-003", "choose(角色:a.b, 5-3)"),
        ("choose(角色:a.b, 2, 校外≥3)", "WHO-003", "choose(角色:a.b, 2, 校外≥3)"),
        ("rota(班表, 明天)", "WHO-003", "rota(班表, 明天)"),
        ("表:甲[乙", "WHO-003", "表:甲[乙"),
        ("- 发起人", "WHO-004", "发起人"),
        ("人:f1 × 半", "WHO-005", "人:f1 × 半"),
        ("人:f1 × 0", "WHO-005", "人:f1 × 0"),
        ("least-busy(人:f1 × 2)", "WHO-006", "人:f1 × 2"),
        ("角色:a.b - 人:f1 × 2", "WHO-006", "人:f1 × 2"),
        ("random(choose(角色:a.b, 2), 1)", "WHO-007", "choose(角色:a.b, 2)"),
        ("choose(random(角色:a.b, 9), 1)", "WHO-007", "random(角色:a.b, 9)"),
        ("choose(角色:a.b, 2) + choose(角色:c.d, 2)", "WHO-008", "choose(角色:c.d, 2)"),
        ("发起人 + 角色:院办、角色:教务", "WHO-016", "角色:院办、角色:教务"),
    ],
)
def test_w9_what_cannot_be_read_is_named_at_its_place(text: str, code: str, span: str) -> None:
    who, found = parse_who(text, Place("流程", "C2"))
    assert who is None
    assert [item.code for item in found] == [code]
    assert found[0].place.cell == "C2"
    start, end = found[0].place.span or (0, 0)
    assert text[start:end].strip() == span
    assert "…" not in found[0].message("zh").replace("least-busy(…)", "") + found[0].message("en")


@pytest.mark.parametrize(
    ("text", "mark", "joined"),
    [
        ("角色：院办、角色：教务", "、", "角色:院办 + 角色:教务"),
        ("人:11011；11012;发起人", ";", "人:11011 + 人:11012 + 发起人"),
        ("字段:联系人\n经办人", "↵", "字段:联系人 + 字段:经办人"),
    ],
)
def test_w9_several_people_are_joined_by_plus(text: str, mark: str, joined: str) -> None:
    _, found = parse_who(text, NOWHERE)
    assert [item.code for item in found] == ["WHO-016"]
    assert f"“{mark}”" in found[0].message("zh").replace("；", ";")
    assert joined in found[0].remedy("zh")


SCOPE = Scope(
    {
        "归口部门": Name(Kind.TEXT, choices=frozenset({"财务处", "保卫处", "基建处"})),
        "校区": Name(Kind.TEXT),
        "学科": Name(Kind.TEXT),
        "学院": Name(Kind.TEXT),
    },
    DATA,
    now=NOW,
)


def faults(text: str, datasets: dict[str, Dataset] | None = None, now: datetime = NOW) -> set[tuple[str, str]]:
    who, found = parse_who(text, Place("流程", "C2"))
    assert who is not None, found
    scope = SCOPE if datasets is None else Scope(SCOPE.names, datasets, now=now)
    return {(item.code, str(item.place)) for item in check_who(who, scope, DIRECTORY)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("表:分管领导[归口部门]", {("WHO-034", "流程!C2")}),
        ("表:分管领到[校区]", {("WHO-030", "流程!C2")}),
        ("表:分管领导[部门]", {("WHO-015", "流程!C2")}),
        ("表:分管领导[校区, 学院]", {("WHO-031", "流程!C2")}),
        ("表:分管领导[校区].领导", {("WHO-032", "流程!C2")}),
        ("轮值(班表:水工)", {("WHO-034", "流程!C2")}),
        ("least-busy(维修班)", {("WHO-030", "流程!C2")}),
        ("逐级主管(学院→校级)", set()),
        ("逐级主管(学院→校部)", {("WHO-014", "流程!C2")}),
        ("random(role:学校.评审专家, 6)", set()),
        ("random(role:学校.评审专家, 7)", {("WHO-039", "流程!C2")}),
        ("random(role:学校.评审专家, 6, avoid:化工院)", {("WHO-014", "流程!C2")}),
        ("choose(role:学校.评审专家 - 人:x1, 3-5, 校外≥1)", {("WHO-040", "流程!C2")}),
        ("choose(role:学校.评审专家, 3-5, 校外≥1)", set()),
        ("choose(role:学校.评审专, 1)", {("WHO-010", "流程!C2")}),
    ],
)
def test_w9_names_are_checked_against_form_sheets_and_organisation(text: str, expected: set[tuple[str, str]]) -> None:
    assert faults(text) == expected


def test_w9_a_stranger_in_a_data_sheet_is_named_at_his_cell() -> None:
    table = sheets("## 数据-分管领导\n| 部门 | 校领导 |\n| 财务处 | p1；q9 |\n| 保卫处 | |")
    assert faults("表:分管领导[校区]", table) == {("WHO-033", "数据-分管领导!B2")}


def test_w9_a_sheet_of_two_unnamed_columns_of_people_is_not_guessed() -> None:
    table = sheets("## 数据-分管领导\n| 部门 | 校领导 | 秘书 |\n| 财务处 | p1 | f1 |")
    assert faults("表:分管领导[校区]", table) == {("WHO-032", "流程!C2")}
    assert faults("表:分管领导[校区].秘书", table) == set()


ROTA = """
## 数据-班表
| 班组 | 起         | 止         | 星期   | 开始  | 结束  | 值班人 |
| 水电 | 2026-03-02 | 2026-03-04 |        |       |       | f1     |
| 水电 | 2026-03-04 | 2026-03-06 |        |       |       | f2     |
| 木工 |            |            | 周一至周五 | 08:00 | 18:00 | b1 |
| 电梯 |            |            |        | 08:00 | 20:00 | b1     |
| 电梯 |            |            |        | 20:00 | 08:00 | f1     |
"""


def test_w9_a_rota_tells_gaps_overlaps_and_its_end() -> None:
    table = sheets(ROTA)
    assert faults("轮值(班表:水电)", table) == {("WHO-037", "数据-班表!G3")}
    assert faults("轮值(班表:电梯)", table) == set()  # day and night shifts leave no gap
    assert faults("轮值(班表:木工)", table) == {("WHO-036", "流程!C2")}
    late = datetime(2026, 3, 7, tzinfo=ZONE)
    assert ("WHO-038", "流程!C2") in faults("轮值(班表:水电)", table, late)
    who = read("轮值(班表:木工)")
    (gap,) = check_who(who, Scope({}, table, now=NOW), DIRECTORY)
    # Monday 00–08 is the first; then every night, the last from Friday 18:00 to the end of the week.
    assert dict(gap.facts)["count"] == "6"
    assert "Monday 00:00 to Monday 08:00" in gap.message("en")
    assert gap.severity is Severity.NOTICE


def test_w9_cells_of_a_rota_that_cannot_be_read() -> None:
    table = sheets(
        "## 数据-班表\n| 星期 | 开始 | 结束 | 值班人 |\n| 每天 | 08:00 | 20:00 | f1 |\n| Mon-Wed | 8点 | '24:00 | f2 |"
    )
    found = {code_place for code_place in faults("轮值(班表)", table) if code_place[0] == "WHO-035"}
    assert found == {("WHO-035", "数据-班表!A2"), ("WHO-035", "数据-班表!B3")}


def test_w9_what_only_a_case_tells_names_no_applicants() -> None:
    who = read("角色:学校.评审专家 + 环节 20")
    found = check_applicants(who, SCOPE, DIRECTORY)
    assert [item.code for item in found] == ["WHO-042"]
