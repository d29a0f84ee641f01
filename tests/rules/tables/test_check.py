"""What the checker says about a table once the names are known."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from rule_sheets import codes, env, read_table, table_of

from banshi.rules.expressions import Name, Scope
from banshi.rules.tables import bind, check, decide
from banshi.rules.values import Kind

D = Decimal
SCOPE = Scope(
    {
        "类别": Name(Kind.TEXT, frozenset({"易制毒", "易制爆", "普通"})),
        "多选": Name(Kind.LIST, frozenset({"甲", "乙"}), multiple=True),
        "数量": Name(Kind.NUMBER),
        "日期": Name(Kind.DATE),
        "单选": Name(Kind.TEXT, frozenset({"1", "2", "3"})),
        "说明": Name(Kind.TEXT),
        "加急": Name(Kind.BOOLEAN),
    }
)


def faults_of(text: str, *but: str) -> list[tuple[str, str]]:
    """What the check says; `but` leaves out what another test is about."""
    return [item for item in codes(check(table_of(text), SCOPE)) if item[1] not in but]


GAP, UNREACHABLE = "TABLE-053", "TABLE-056"


def test_a_sound_table_has_no_faults():
    assert (
        faults_of("""
        | 当 类别 | 当 数量 | 当 加急 | 则 审批 |
        | 易制毒、易制爆 | >=100 | | 校级 |
        | 易制毒、易制爆 | <100 | 是 | 院级 |
        | 易制毒、易制爆 | <100 | 否 | 组级 |
        | 普通 | | | 组级 |
    """)
        == []
    )


@pytest.mark.parametrize(
    ("text", "cell", "code"),
    [
        ("| 当 数量 | 则 甲 |\n| 易制毒 | 1 |", "A2", "TABLE-017"),
        ("| 当 类别 | 则 甲 |\n| >=100 | 1 |", "A2", "TABLE-017"),
        ("| 当 日期 | 则 甲 |\n| 100 | 1 |", "A2", "TABLE-017"),
        ("| 当 加急 | 则 甲 |\n| 也许 | 1 |", "A2", "TABLE-017"),
        ("| 当 类别 | 则 甲 |\n| 易制度 | 1 |", "A2", "TABLE-044"),
        ("| 当 类别 | 则 甲 |\n| 非 易制度 | 1 |", "A2", "TABLE-044"),
        ("| 当 类别 : 数字 | 则 甲 |\n| 100 | 1 |", "A1", "TABLE-043"),
        ("| 当 多选 | 则 甲 |\n| 甲 | 1 |", "A1", "TABLE-045"),
    ],
)
def test_a_cell_that_does_not_fit_the_field_is_a_fault_at_its_cell(text, cell, code):
    assert (cell, code) in faults_of(text)


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("1,2-二氯乙烷", ["TABLE-026"]),
        ("N,N-二甲基甲酰胺、乙醇", ["TABLE-026"]),
        ("乙醇；1，1，1-三氯乙烷", ["TABLE-026"]),
        ('"1,2-二氯乙烷"', []),
        ("硝酸钾,硝酸铵", []),
        ("A,B", []),
        ("2-丁酮,乙醇", []),
    ],
)
def test_a_comma_inside_the_name_of_a_chemical_is_told(cell, found):
    scope = Scope({"品名": Name(Kind.TEXT)})
    table, said = read_table(f"| 命中 | 首个 |\n| 当 品名 | 则 管 |\n| {cell} | 1 |\n| | 0 |")
    assert [(item.code, item.place.cell) for item in (*said, *check(table, scope))] == [(code, "A3") for code in found]


@pytest.mark.parametrize(
    ("ticked", "not_ticked"), [("是", "否"), ("TRUE", "FALSE"), ("yes", "no"), ("非 否", "否、空"), ("OK", "空")]
)
def test_a_tick_may_be_written_as_yes_and_no(ticked, not_ticked):
    scope = Scope({"承诺": Name(Kind.TEXT, choices=frozenset({"OK"}))})
    table = table_of(f"| 命中 | 首个 |\n| 当 承诺 | 则 甲 |\n| {ticked} | 1 |\n| {not_ticked} | 2 |")
    assert codes(check(table, scope)) == []
    outputs = [decide(bind(table, scope), env(承诺=value)).outputs for value in ("OK", None, "")]
    assert outputs == [{"甲": D(1)}, {"甲": D(2)}, {"甲": D(2)}]


@pytest.mark.parametrize(("choices", "found"), [(None, ["TABLE-024"]), (frozenset({"8:00-12:00", "14:00-18:00"}), [])])
def test_times_with_a_hyphen_are_a_range_unless_a_choice_is_called_so(choices, found):
    scope = Scope({"时段": Name(Kind.TEXT, choices=choices)})
    said = check(table_of("| 命中 | 首个 |\n| 当 时段 | 则 甲 |\n| 8:00-12:00 | 1 |\n| | 0 |"), scope)
    assert [item.code for item in said] == found


@pytest.mark.parametrize("text", ["已勾选", "1"])
def test_a_tick_is_told_how_to_be_written(text):
    scope = Scope({"承诺": Name(Kind.TEXT, choices=frozenset({"OK"}))})
    found = check(table_of(f"| 当 承诺 | 则 甲 |\n| {text} | 1 |\n| OK | 2 |\n| 空 | 3 |"), scope)
    assert [(cell, code) for cell, code in codes(found) if code == "TABLE-047"] == [("A2", "TABLE-047")]
    assert "OK" in found[0].remedy("zh")


def test_a_label_in_place_of_a_choice_gets_its_name():
    scope = Scope({"类别": Name(Kind.TEXT, choices=frozenset({"poison", "plain"}), labels={"易制毒": "poison"})})
    found = check(table_of("| 当 类别 | 则 甲 |\n| 易制毒 | 1 |"), scope)
    assert found[0].code == "TABLE-044"
    assert "poison" in found[0].message("zh")


def test_a_wrong_choice_gets_a_suggestion():
    found = check(table_of("| 当 类别 | 则 甲 |\n| 易制度 | 1 |"), SCOPE)
    assert "易制毒" in found[0].message("zh")
    assert found[0].severity == "error"


def test_unknown_names_are_faults_in_headers_tests_results_and_otherwise():
    found = faults_of("""
        | 否则 | '=没有一 |
        | 当 没有二 | 当 数量 | 则 甲 |
        | 1 | '=?>没有三 | '=没有四 |
    """)
    assert {cell for cell, code in found if code.startswith("EXPR")} == {"A2", "B1", "B3", "C3"}


def test_rows_that_overlap_under_unique_are_an_error_with_an_example_that_really_fits_both():
    table = table_of("""
        | 当 类别 | 当 数量 下限(含) | 当 数量 上限(不含) | 则 审批 |
        | 易制毒 | 0 | 100 | 组级 |
        | 易制毒 | 100 | 200 | 院级 |
        | 非 易制爆 | 150 | | 校级 |
        | 易制爆 | 150 | | 校级 |
    """)
    found = [item for item in check(table, SCOPE) if item.code != GAP]
    assert codes(found) == [("A4", "TABLE-050")]
    message = found[0].message("zh")
    assert "第 4 行" in message
    assert "第 3 行" in message
    assert "类别 = 易制毒，数量 = 150" in message
    assert decide(table, env(类别="易制毒", 数量=150)).outcome == "conflict"


def test_every_row_that_a_row_overlaps_is_named():
    cells = ["[7,8)", "0、>7", "2、>7", ">=6", "7"]
    table = table_of("| 当 数量 : 整数 | 则 甲 |\n" + "\n".join(f"| {cell} | {i} |" for i, cell in enumerate(cells)))
    fits = [lambda n: n == 7, lambda n: n == 0 or n > 7, lambda n: n == 2 or n > 7, lambda n: n >= 6, lambda n: n == 7]
    found = [item for item in check(table, SCOPE) if item.code == "TABLE-050"]
    told = set()
    for item in found:
        row = int(item.place.cell[1:]) - 2
        above = [other for other in range(row) if any(fits[row](n) and fits[other](n) for n in range(-5, 20))]
        first, *others = above
        facts = dict(item.facts)
        assert facts["other"] == str(first + 2)
        assert facts["also"] == (f" It also overlaps {'、'.join(str(n + 2) for n in others)}." if others else "")
        told.add(row)
    assert told == {2, 3, 4}


@pytest.mark.parametrize(
    ("first", "second", "overlap"),
    [
        (">=100", "<=100", "100"),
        (">100", "<=100", None),
        ("[0,10)", "[10,20)", None),
        ("[0,10]", "[10,20)", "10"),
        (">100", "<200", "150"),
        ("1、2", "2、3", "2"),
        ("not(1)", "1", None),
        ("not(1)", "<=1", "0"),
        ("空", "空", "空"),
        ("空", ">0", None),
        ("空", "", "空"),
        ("非空", "空", None),
    ],
)
def test_overlaps_of_numbers_have_a_witness(first, second, overlap):
    table = table_of(f"| 当 数量 | 则 甲 |\n| {first} | 1 |\n| {second} | 2 |")
    found = [item for item in check(table, SCOPE) if item.code == "TABLE-050"]
    assert bool(found) == (overlap is not None)
    if overlap is not None:
        assert f"数量 = {overlap}。" in found[0].message("zh")
        value = None if overlap == "空" else D(overlap)
        assert decide(table, env(数量=value)).outcome == "conflict"


def test_days_are_discrete():
    text = "| 当 日期 | 则 甲 |\n| {} | 1 |\n| {} | 2 |"
    assert faults_of(text.format("<=2026-03-31", ">=2026-04-01")) == []
    assert faults_of(text.format(">2026-03-31", "<2026-04-01")) == []
    assert faults_of(text.format(">2026-03-31", "<=2026-04-01")) == [("A3", "TABLE-050")]


def test_a_choice_list_limits_what_is_left():
    text = "| 当 类别 | 则 甲 |\n| {} | 1 |\n| {} | 2 |"
    assert faults_of(text.format("非 易制毒", "非 易制爆、普通")) == []
    assert faults_of(text.format("非 易制毒", "非 易制爆")) == [("A3", "TABLE-050")]


def test_rows_of_different_periods_do_not_overlap():
    text = "| 当 类别 | 生效 | 失效 | 则 甲 |\n| 普通 | | 2026-08-31 | 1 |\n| 普通 | {} | | 2 |"
    assert faults_of(text.format("2026-09-01"), GAP) == []
    assert faults_of(text.format("2026-08-31"), GAP) == [("A3", "TABLE-050")]


@pytest.mark.parametrize("hit", ["首个", "全部", "汇总", "计数"])
def test_other_policies_allow_overlaps(hit):
    assert faults_of(f"| 命中 | {hit} |\n| 当 数量 | 则 甲 |\n| >=1 | 1 |\n| >=0 | 2 |", GAP) == []


def test_nothing_is_said_about_rows_with_formulas():
    assert faults_of("| 当 数量 | 则 甲 |\n| '=?>1 | 1 |\n| >1 | 2 |") == []


def test_ranges_that_share_an_end_warn():
    text = "| 命中 | 首个 |\n| 当 类别 | 当 数量 | 则 甲 |\n| {} | 0..100 | 1 |\n| {} | 100~200 | 2 |"
    found = [item for item in check(table_of(text.format("普通", "普通")), SCOPE) if item.code != GAP]
    assert codes(found) == [("B4", "TABLE-051")]
    assert found[0].severity == "warning"
    assert faults_of(text.format("普通", "易制毒"), GAP) == []


def test_bound_to_its_field_a_number_in_a_column_of_texts_is_the_text():
    table = table_of("| 当 单选 | 则 甲 |\n| 1 | 一 |\n| 2、3 | 二 |")
    assert check(table, SCOPE) == ()
    bound = bind(table, SCOPE)
    assert decide(bound, env(单选="1")).outputs == {"甲": "一"}
    assert decide(bound, env(单选="3")).outputs == {"甲": "二"}
    assert decide(table, env(单选="1")).outputs is None


def test_bound_to_its_field_yes_is_a_boolean():
    bound = bind(table_of("| 当 加急 | 则 甲 |\n| 是 | 一 |\n| 否 | 二 |"), SCOPE)
    assert decide(bound, env(加急=True)).outputs == {"甲": "一"}
    assert decide(bound, env(加急="是")).outputs is None


def test_the_kind_of_a_computed_output_is_known_once_names_are():
    bound = bind(table_of("| 当 类别 | 则 甲 |\n| 普通 | '=数量*2 |\n| 易制毒 | 0 |"), SCOPE)
    assert bound.output_kinds == {"甲": Kind.NUMBER}


def test_of_many_overlaps_the_rest_is_named_by_rows():
    rows = "\n".join(f"| >={n} | {n} |" for n in range(80))
    found = [item for item in check(table_of("| 当 数量 | 则 甲 |\n" + rows), SCOPE) if item.code != "TABLE-053"]
    assert [item.code for item in found] == ["TABLE-050"] * 50 + ["TABLE-052"]
    assert str(found[-1].place.cell) == "A53"  # rows 3 to 52 are told, rows 53 to 81 are left
    assert found[-1].message().startswith("除了已列出的 50 处，还有 29 行与上面的行重叠：第 53–81 行")


def test_a_table_of_two_thousand_rows_is_checked():
    rows = "\n".join(f"| {n * 10} | {n * 10 + 10} | 普通 | {n} |" for n in range(2000))
    head = "| 否则 | 0 |\n"
    head += "| 当 数量 下限(含) | 当 数量 上限(不含) | 当 类别 | 则 甲 |\n"
    table = table_of(head + rows)
    assert check(table, SCOPE) == ()
    assert decide(table, env(数量=19995, 类别="普通")).outputs == {"甲": D(1999)}
    assert read_table(head + rows + "\n| 5 | 6 | 普通 | 1 |")[0] is not None


def test_a_table_that_is_bound_already_keeps_its_index():
    table = bind(table_of("| 当 数量 | 则 甲 |\n| <5 | 一 |\n| >=5 | 二 |"), SCOPE)
    assert bind(table, SCOPE) is table


DATED = """
    | 当 类别 | 则 审批 | 生效 | 失效 |
    | 甲 | 院级 | 2024-01-01 | 2024-12-31 |
    | 甲 | 校级 | 2025-01-01 | {until} |
"""


@pytest.mark.parametrize(
    ("until", "today", "found"),
    [
        ("2025-12-31", date(2026, 1, 1), [("A3", "TABLE-065")]),
        ("2025-12-31", date(2025, 12, 31), []),
        ("", date(2030, 1, 1), []),
        ("2025-12-31", None, []),
    ],
)
def test_a_table_of_which_every_row_has_expired(until, today, found):
    """By the clock of whoever checks; without one nothing is said."""
    now = None if today is None else datetime.combine(today, time(12), tzinfo=ZoneInfo("Asia/Shanghai"))
    scope = Scope({"类别": Name(Kind.TEXT)}, now=now)
    said = [item for item in check(table_of(DATED.format(until=until)), scope) if item.code == "TABLE-065"]
    assert codes(said) == found
    assert all("2025-12-31" in item.message("zh") and item.severity == "notice" for item in said)


def test_a_range_of_days_with_a_hyphen_is_told_how_to_write_it() -> None:
    text = "| 命中 | 首个 |\n| 当 日期: 日期 | 则 季 |\n| 2026/6/1-2026/6/30 | 夏 |\n| | 其他 |"
    assert [(item.code, item.place.cell) for item in read_table(text)[1]] == [("TABLE-024", "A3")]


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("2026.9.1-2026.12.31", "TABLE-082"),
        ("7月1日至8月31日", "TABLE-082"),
        ("2026.9.1", "TABLE-082"),
        ("5公斤以下", "TABLE-082"),
        ("三以上", "TABLE-082"),
        ("0-10人", "TABLE-082"),
        ("周一至周五", "TABLE-082"),
        ("未满三年", "TABLE-082"),
        ("不满三年", "TABLE-082"),
        ("满三年", "TABLE-082"),
        ("2025-2026学年", ""),
        ("2025-2027年", "TABLE-082"),
        ("除广州外", "TABLE-084"),
        ("其他", "TABLE-085"),
        ("其他城市", "TABLE-085"),
        ("其余人员", "TABLE-085"),
        ('"其他"', ""),
        ("3-201", ""),
        ("7722-64-7", ""),
        ("2-丁酮", ""),
        ("2,4-二硝基甲苯", "TABLE-026"),
        ("三好学生", ""),
        ("外国语学院", ""),
        ("B/305", ""),
        ("以上海为起点", ""),
    ],
)
def test_words_that_mean_more_than_they_say_are_told(cell: str, code: str) -> None:
    table, said = read_table(f"| 命中 | 首个 |\n| 当 品名 | 则 管 |\n| {cell} | 1 |\n| | 0 |")
    found = [item.code for item in (*said, *check(table, Scope({"品名": Name(Kind.TEXT)})))]
    assert found == ([code] if code else [])


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (("0-10", "11-20", "21-30"), True),
        (("0-10", "10-20"), True),
        (("2025-2026", "2026-2027"), False),
        (("2020-2024", "2025-2029"), True),
        (("3-201", "3-202"), False),
        (("5-1", "1-9"), False),
    ],
)
def test_ranges_that_follow_one_another_are_no_words(cells: tuple[str, ...], told: bool) -> None:
    rows = "".join(f"| {cell} | {at} |\n" for at, cell in enumerate(cells))
    table, said = read_table(f"| 命中 | 首个 |\n| 当 人数 | 则 价 |\n{rows}| | 0 |")
    found = [item.code for item in (*said, *check(table, Scope({"人数": Name(Kind.TEXT)})))]
    assert found == (["TABLE-082"] * len(cells) if told else [])


@pytest.mark.parametrize("header", ["节次", "房间号", "楼号", "class period"])
def test_periods_and_rooms_that_follow_one_another_are_no_ranges(header: str) -> None:
    text = f"| 命中 | 首个 |\n| 当 ${{{header}}} | 则 价 |\n| 1-2 | 1 |\n| 3-4 | 2 |\n| | 0 |"
    table, said = read_table(text)
    assert [item.code for item in (*said, *check(table, Scope({header: Name(Kind.TEXT)})))] == []


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (("北京或上海", "北京"), ["A3"]),
        (("广州", "深圳/广州"), ["A4"]),
        (("本科或专科", "研究生"), ["A3"]),  # 专科 is a choice of another question
        (("教学或科研合同", "采购合同"), []),
        (("学历/学位证明", "成绩单"), []),
        (("电子信息/人工智能", "土木"), []),
        (("遗失或损毁补办", "升级换卡"), []),
    ],
)
def test_a_list_is_told_where_a_part_of_it_is_known(cells: tuple[str, str], told: list[str]) -> None:
    table, said = read_table(f"| 命中 | 首个 |\n| 当 类 | 则 价 |\n| {cells[0]} | 1 |\n| {cells[1]} | 2 |\n| | 0 |")
    scope = Scope({"类": Name(Kind.TEXT), "层次": Name(Kind.TEXT, frozenset({"专科"}))})
    found = [(item.code, item.place.cell) for item in (*said, *check(table, scope))]
    assert found == [("TABLE-083", cell) for cell in told]


@pytest.mark.parametrize(
    ("cells", "choices", "told"),
    [
        (("师范", "非师范"), None, []),
        (("师范", "非师范", "国防"), frozenset({"师范", "非师范", "国防"}), []),
        (("管制", "非管制", "普通"), None, ["A4"]),
        (("管制", '"非管制"', "普通"), None, []),
    ],
)
def test_words_that_look_like_a_negation_are_told(
    cells: tuple[str, ...], choices: frozenset[str] | None, told: list[str]
) -> None:
    rows = "".join(f"| {cell} | {at} |\n" for at, cell in enumerate(cells))
    table, said = read_table(f"| 命中 | 首个 |\n| 当 身份 | 则 价 |\n{rows}| | 9 |")
    found = [(item.code, item.place.cell) for item in (*said, *check(table, Scope({"身份": Name(Kind.TEXT, choices)})))]
    assert [place for code, place in found if code == "TABLE-021"] == told


def test_a_choice_that_reads_so_is_a_word() -> None:
    scope = Scope({"城市": Name(Kind.TEXT, frozenset({"北京", "其他"}))})
    table, said = read_table("| 命中 | 首个 |\n| 当 城市 | 则 价 |\n| 北京 | 1 |\n| 其他 | 2 |")
    assert [item.code for item in (*said, *check(table, scope))] == []


@pytest.mark.parametrize(
    ("results", "cell"),
    [(("'10%", "'20%"), "B3"), (("￥1,200.50", "￥90"), "B3"), (("'10%", "免"), ""), (("甲", "乙"), "")],
)
def test_amounts_that_are_texts_are_told(results: tuple[str, str], cell: str) -> None:
    table, said = read_table(f"| 命中 | 首个 |\n| 当 量 | 则 折扣 |\n| <=1 | {results[0]} |\n| >1 | {results[1]} |")
    found = [(item.code, item.place.cell) for item in (*said, *check(table, Scope({"量": Name(Kind.NUMBER)})))]
    assert found == ([("TABLE-087", cell)] if cell else [])


@pytest.mark.parametrize(
    ("output", "results", "code"),
    [
        ("科目", ("'1001", "'2202"), ""),
        ("值", ("'0101", "'0203"), ""),
        ("值", ("13800138000", "029-88201000"), ""),
        ("联系电话", ("88201000", "'029-88201001转2"), ""),
        ("教室", ("201", "3-201"), ""),
        ("值", ("'10%", "'20%"), "TABLE-087"),
        ("值", ("201", "三楼"), "TABLE-032"),
    ],
)
def test_codes_need_not_be_numbers(output: str, results: tuple[str, str], code: str) -> None:
    table, said = read_table(f"| 命中 | 首个 |\n| 当 量 | 则 {output} |\n| <=1 | {results[0]} |\n| >1 | {results[1]} |")
    found = [item.code for item in (*said, *check(table, Scope({"量": Name(Kind.NUMBER)})))]
    assert found == ([code] if code else [])


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (("40以下", "41至50", "51及以上"), []),
        (("40以下", ">40"), []),
        (("<60", "60以上"), []),
        (("60以上", "50..59"), []),
        (("40以下", "40至50"), ["A2"]),
        (("40以下", ">=40"), ["A2"]),
        (("40以下", "42以上"), ["A2", "A3"]),
    ],
)
def test_a_neighbour_removes_the_doubt_whether_an_end_is_included(cells: tuple[str, ...], told: list[str]) -> None:
    rows = "".join(f"| {cell} | {at} |\n" for at, cell in enumerate(cells))
    found = [item for item in read_table(f"| 当 年龄 : 整数 | 则 档 |\n{rows}")[1] if item.code == "TABLE-020"]
    assert [item.place.cell for item in found] == told
