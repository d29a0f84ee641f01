"""Rows of a policy that contradict each other are named when it is checked.

C1  A row that allows what another forbids under the same condition, however it is written; where their conditions
    only overlap, a notice with a case, for what is forbidden stays so.
C2  Two values of one fact under conditions that hold together, with a case that shows it.
C3  Nothing is said of conditions that exclude each other, nor of facts that the policy asks as lists.
C4  Rows are in force from their first to their last day.
C5  What is looked at does not grow with the square of the rows.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from policy_texts import NOON, read_policy, said, sound_policy

from banshi.rules.expressions import Environment, Name, Scope
from banshi.rules.policies import FixpointEngine, check, conflicts, infer
from banshi.rules.values import Kind

NAMES = Scope(
    {
        "金额": Name(Kind.NUMBER),
        "人数": Name(Kind.NUMBER),
        "类型": Name(Kind.TEXT, frozenset({"学生", "教师", "校外"})),
        "件数": Name(Kind.NUMBER, whole=True, bounds=((Decimal(0), 0), None)),
        "风险": Name(Kind.TEXT, values=frozenset({"高", "低"})),
        "进口": Name(Kind.BOOLEAN),
        "日期": Name(Kind.DATE),
        "品名": Name(Kind.TEXT),
    }
)


def warned(rows: str) -> list[tuple[str, str]]:
    return [(item.code, item.place.cell) for item in check(sound_policy(rows), NAMES)]


HEAD = "| 编号 | 当 | 结论 | 说明 |\n"


@pytest.mark.parametrize(
    ("allowed", "forbidden", "found"),
    [
        ("金额 > 1000", "金额 > 1000", True),
        ("金额 > 1000", "1000 < ${金额}", True),
        ("金额 > 1000 且 进口", "进口 且 金额>1000", True),
        ("AND(金额 > 1000, 进口 = TRUE)", "TRUE = 进口 and 金额 > 1000", True),
        ("类型 = '学生' or 进口", '进口 或 类型 = "学生"', True),
        ("金额 > 1000", "金额 >= 1000", False),
        ("金额 > 1000", "not(金额 > 1000)", False),
        ("金额 > 1000 且 进口", "金额 > 1000 或 进口", False),
        ("金额 - 人数 > 0", "人数 - 金额 > 0", False),
    ],
)
def test_one_row_allows_what_another_forbids(allowed, forbidden, found):
    """C1."""
    rows = f"{HEAD}| 甲 | '{allowed} | 允许 | 可以 |\n| 乙 | '{forbidden} | 禁止 | 不可 |"
    same = [item for item in warned(rows) if item[0] == "POLICY-025"]
    assert same == ([("POLICY-025", "B3")] if found else [])


@pytest.mark.parametrize(
    ("allowed", "forbidden", "case"),
    [
        ("金额 > 1000", "金额 >= 1000", "金额 = 1001"),
        ("类型 = '教师'", "金额 > 1000", "类型 = 教师，金额 = 1001"),
        ("类型 = '教师'", "类型 in ('教师', '校外') 且 进口", "类型 = 教师，进口 = TRUE"),
        ("件数 < 5", "件数 > 3", "件数 = 4"),
        ("金额 < 1001", "金额 > 1000", "金额 = 1000.5"),
        ("风险 <> '高'", "进口", "进口 = TRUE，风险 = 低"),
        ("风险 <> '高'", "风险 <> '低' 且 not(isblank(风险))", None),
        ("金额 > 1000", "金额 <= 1000", None),
        ("类型 = '教师'", "类型 = '学生' 且 金额 > 1000", None),
        ("件数 < 4", "件数 > 3", None),
        ("件数 > 3", "件数 < 0", None),
        ("金额 > 1000", "金额 > 1000", None),
        ("", "金额 > 1000", None),
    ],
)
def test_one_row_allows_what_another_sometimes_forbids(allowed, forbidden, case):
    """C1, C3: a row without a condition allows the rest."""
    rows = f"{HEAD}| 甲 | '{allowed} | 允许 | 可以 |\n| 乙 | '{forbidden} | 禁止 | 不可 |"
    found = [item for item in check(sound_policy(rows), NAMES) if item.code == "POLICY-028"]
    if case is None:
        assert found == []
        return
    assert [(str(item.severity), item.place.cell) for item in found] == [("notice", "B2")]
    assert dict(found[0].facts)["others"] == "乙（制度!A3）"
    assert dict(found[0].facts)["case"] == case


def test_rows_that_forbid_by_way_of_a_fact_are_named_together():
    """C1: 乙 forbids through what 丙 concludes; 丁 on other days only."""
    rows = """
        | 编号 | 当 | 则 | 结论 | 说明 | 生效 | 失效 |
        | 甲 | 类型 = "教师" | | 允许 | 可以 | | 2026-12-31 |
        | 乙 | 限额 | | 禁止 | 超过限额 | | |
        | 丙 | 金额 > 1000 | 限额 | | | | |
        | 丁 | 进口 | | 禁止 | 不可 | 2027-01-01 | |
        | 戊 | 进口 | | 禁止 | 不可 | | 2026-12-31 |
    """
    [found] = [item for item in check(sound_policy(rows), NAMES) if item.code == "POLICY-028"]
    assert dict(found.facts)["others"] == "乙（制度!A3）、戊（制度!A6）"


def test_the_warning_names_the_other_row():
    [fault] = check(sound_policy(f"{HEAD}| 甲 | 进口 | 禁止 | a |\n| 乙 | 进口 | 允许 | b |"), NAMES)
    assert "“甲”（制度!A2）" in fault.message("zh")
    assert "“甲” (制度!A2)" in fault.message("en")


FACTS = "| 编号 | 当 | 则 |\n"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("金额 > 1000", "人数 > 5"),
        ("金额 > 1000", "金额 > 2000"),
        ("金额 > 1000", "金额 < 1002"),
        ("金额 > 1000", "金额 < 1000.5"),
        ("金额 >= 1000", "金额 <= 1000"),
        ("金额 > 1000", ""),
        ("类型 = '学生'", "进口"),
        ("类型 <> '学生'", "类型 <> '教师'"),
        ("类型 in ('学生', '教师')", "类型 in ('教师', '校外')"),
        ("日期 >= date('2026-09-01')", "日期 <= date('2026-09-01')"),
        ("日期 >= date('2026-09-01')", "日期 <= date('9999-12-31')"),
        ("金额 / 人数 > 100", "人数 = 3"),
        ("isblank(品名)", "金额 > 3"),
        ("not(金额 > 1000)", "金额 <= 500"),
        ("contains(品名, '酸')", "品名 = '硫酸'"),
    ],
)
def test_two_values_of_a_fact_that_can_hold_at_once(one, other):
    """C2: the warning is at the later cell and holds a case; the case is true."""
    policy = sound_policy(f"{FACTS}| 甲 | '{one} | 级别 = 1 |\n| 乙 | '{other} | 级别 = 2 |")
    [fault] = check(policy, NAMES)
    assert (fault.code, fault.place.cell) == ("POLICY-026", "C3")
    facts = dict(fault.facts)
    assert (facts["value"], facts["other_value"], facts["other"]) == ("2", "1", "制度!C2")
    values = {}
    for pair in facts["case"].split("，") if facts["case"] != "—" else ():
        name, text = pair.split(" = ")
        kind = NAMES.names[name].kind
        read = {
            Kind.NUMBER: Decimal,
            Kind.BOOLEAN: lambda word: word.lower() in ("true", "1"),
            Kind.DATE: date.fromisoformat,
        }
        values[name] = None if text == "空" else read.get(kind, str)(text)
    found = infer(policy, Environment(values, now=NOON), FixpointEngine())
    assert found.facts["级别"] == (1, 2)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("金额 > 1000", "金额 <= 1000"),
        ("金额 > 1000", "not(金额 > 1000)"),
        ("金额 >= 1000 且 金额 < 2000", "金额 >= 2000"),
        ("类型 = '学生'", "类型 = '教师'"),
        ("类型 in ('学生', '校外')", "类型 = '教师'"),
        ("进口", "非 进口"),
        ("进口 = TRUE", "进口 = FALSE"),
        ("isblank(品名)", "not(isblank(品名))"),
        ("日期 < date('2026-09-01')", "日期 >= date('2026-09-01')"),
        ("类型 = '学生' 且 (金额 > 5 或 人数 > 5)", "类型 = '教师' 且 (金额 > 5 或 人数 > 5)"),
        ("否", "金额 > 1"),
    ],
)
def test_conditions_that_exclude_each_other_are_not_blamed(one, other):
    """C3."""
    assert warned(f"{FACTS}| 甲 | '{one} | 级别 = 1 |\n| 乙 | '{other} | 级别 = 2 |") == []


def test_conditions_over_facts_are_followed_to_the_rows_that_conclude_them():
    """C2, C3."""
    chain = "| 丙 | 金额 > 1000 | 大额 |\n| 丁 | 人数 > 5 | 多人 |\n| 戊 | 金额 < 10 | 小额 |\n"
    assert warned(f"{FACTS}{chain}| 甲 | 大额 | 级别 = 1 |\n| 乙 | 多人 | 级别 = 2 |") == [("POLICY-026", "C6")]
    assert warned(f"{FACTS}{chain}| 甲 | 大额 | 级别 = 1 |\n| 乙 | 小额 | 级别 = 2 |") == []
    assert warned(f"{FACTS}{chain}| 甲 | 大额 | 级别 = 1 |\n| 乙 | 非 大额 | 级别 = 2 |") == []
    assert warned(f"{FACTS}{chain}| 甲 | 大额 | 级别 = 1 |\n| 乙 | 非 多人 | 级别 = 2 |") == [("POLICY-026", "C6")]


@pytest.mark.parametrize("ask", ["selected(类, '易制毒')", "count(类) > 1"])
def test_a_fact_that_the_policy_asks_as_a_list_may_have_several_values(ask):
    """C3."""
    rows = f"{FACTS}| 甲 | 金额 > 1 | 类 = 易制爆 |\n| 乙 | 金额 > 2 | 类 = 易制毒 |\n"
    assert warned(rows) == [("POLICY-026", "C3")]
    assert warned(f'{rows}| 丙 | "{ask} | 备案 |'.replace('"', "'", 1)) == []


def test_the_same_value_twice_is_no_conflict():
    assert warned(f"{FACTS}| 甲 | 金额 > 1 | 级别 = 1 |\n| 乙 | 金额 > 2 | 级别 = 1 |") == []


DATED = """
| 编号 | 当 | 则 | 生效 | 失效 | 结论 | 说明 |
| 旧 | 金额 > 1000 | 级别 = 1 | | 2026-08-31 | 提醒 | 旧办法 |
| 新 | 金额 > 1000 | 级别 = 2 | 2026-09-01 | | 提醒 | 新办法 |
"""


@pytest.mark.parametrize(
    ("day", "ids"), [(date(2026, 8, 31), ["旧 warn"]), (date(2026, 9, 1), ["新 warn"]), (date(2030, 1, 1), ["新 warn"])]
)
def test_rows_are_in_force_on_their_first_and_last_day(day, ids):
    """C4; and rows that are never in force together do not conflict."""
    policy = sound_policy(DATED)
    assert check(policy, NAMES) == ()
    now = datetime(day.year, day.month, day.day, 12, tzinfo=NOON.tzinfo)
    found = infer(policy, Environment({"金额": Decimal(2000)}, now=now), FixpointEngine())
    assert said(found) == ids
    row = found.decision.explanation[0 if ids[0].startswith("旧") else 1]
    assert row.parts[0].place.cell in ("E2", "D3")
    assert row.parts[0].label.startswith("today()")


def test_a_row_that_is_not_in_force_does_not_ask_for_its_data():
    """C4: it is no "not checked"."""
    policy = sound_policy(DATED)
    assert said(infer(policy, Environment({"金额": None}, now=NOON), FixpointEngine())) == ["新 warn?金额"]


def test_dates_that_meet_and_dates_that_do_not_conflict():
    assert warned(DATED.replace("2026-08-31", "2026-09-01")) == [("POLICY-026", "C3")]


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        ("下月", "", [("POLICY-010", "D2")]),
        ("2026-09-02", "2026-09-01", [("POLICY-011", "E2")]),
        ("2026-09-01", "2026-09-01", []),
    ],
)
def test_faults_of_dates(first, last, found):
    _, faults = read_policy(f"| 编号 | 当 | 则 | 生效 | 失效 |\n| 1 | x > 1 | 甲 | {first} | {last} |")
    assert [(item.code, item.place.cell) for item in faults] == found


CHAIN = [
    "| 1 | 金额 > 1000 | 大额 | | |",
    "| 2 | 大额 且 进口 | 需论证；级别 = 2 | 提醒 | 须论证 |",
    "| 3 | 需论证 且 人数 < 3 | | 必须 | 专家不足 |",
    "| 4 | 非 需论证 | 普通 | 允许 | 可直接购买 |",
    "| 5 | 级别 >= 2 且 类型 = '校外' | | 禁止 | 校外不得购买 |",
]


@settings(max_examples=40, deadline=None)
@given(
    st.permutations(range(5)),
    st.sampled_from([None, Decimal(10), Decimal(2000)]),
    st.sampled_from([None, Decimal(1), Decimal(5)]),
    st.sampled_from([None, True, False]),
    st.sampled_from([None, "学生", "校外"]),
)
def test_the_answer_and_the_check_do_not_depend_on_the_order_of_rows(order, amount, people, imported, kind):
    """All four verdicts and "not checked", in any order of the rows."""
    head = "| 编号 | 当 | 则 | 结论 | 说明 |\n"
    env = Environment({"金额": amount, "人数": people, "进口": imported, "类型": kind}, now=NOON)
    answers = []
    for rows in (CHAIN, [CHAIN[i] for i in order]):
        policy = sound_policy(head + "\n".join(rows))
        assert check(policy, NAMES) == ()
        found = infer(policy, env, FixpointEngine())
        answers.append((dict(found.facts), found.undecided, sorted(said(found))))
    assert answers[0] == answers[1]


def test_conflicts_are_the_same_in_every_order():
    rows = ["| 甲 | 金额 > 1 | 级别 = 1 |", "| 乙 | 金额 > 2 | 级别 = 2 |", "| 丙 | 金额 < 0 | 级别 = 3 |"]
    for order in permutations(rows):
        [fault] = check(sound_policy(FACTS + "\n".join(order)), NAMES)
        assert {dict(fault.facts)["value"], dict(fault.facts)["other_value"]} == {"1", "2"}


def test_rows_that_always_hold_conflict_at_the_row():
    assert warned(f"{HEAD}| 甲 | | 允许 | 可以 |\n| 乙 | - | 禁止 | 不可 |") == [("POLICY-025", "A3")]


def _steps(condition, value, count):
    rows = "\n".join(f"| {i} | 金额 {condition} {i} | 级别{'' if value else i} = {value and i} |" for i in range(count))
    return sound_policy(f"| 编号 | 当 | 则 |\n{rows}")


def test_every_condition_is_searched_for_lists_once(monkeypatch):
    """C5."""
    walked, original = [], conflicts.walk
    monkeypatch.setattr(conflicts, "walk", lambda node: walked.append(node) or original(node))
    assert check(_steps(">", 0, 60), NAMES) == ()
    assert len(walked) == 60


@pytest.mark.parametrize("condition", ["=", ">"])
def test_the_search_ends_after_so_many_pairs_and_rows(condition, monkeypatch):
    """C5: of rows that exclude each other no case is run; of others only a few are, for each runs the whole policy."""
    monkeypatch.setattr(conflicts, "_MOST_PAIRS", 500)
    monkeypatch.setattr(conflicts, "_MOST_ROWS", 3000)
    pairs, runs = [], []
    together, run = conflicts._Search._together, conflicts.Run.run
    monkeypatch.setattr(conflicts._Search, "_together", lambda *given: pairs.append(given) or together(*given))
    monkeypatch.setattr(conflicts.Run, "run", lambda self: runs.append(self) or run(self))
    found = check(_steps(condition, True, 60), NAMES)
    if condition == "=":
        assert (len(pairs), len(runs)) == (500, 0)
    else:
        assert len(pairs) == len(runs) == len(found) - 1 == 3000 // 60
    assert [item.code for item in found if item.severity == "notice"] == ["POLICY-027"]
