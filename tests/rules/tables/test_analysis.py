"""Gaps, and rows that can never decide: tables with known answers, and every table against plain enumeration.

Requirements (workbook.md 5): every gap, masked and unreachable row is reported, each with one concrete example; no false
alarm on whole numbers, texts and dates; what was not analysed to the end is said.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, time, timedelta
from decimal import Decimal
from itertools import combinations, product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_sheets import env, read_table, table_of
from tables_by_scan import DAY, build, constant_rows

from banshi.rules.diagnostics import NOWHERE
from banshi.rules.expressions import Name, Scope, bounds, parse
from banshi.rules.tables import Hit, bind, check, decide
from banshi.rules.tables.atoms import BLOCK, DAYS, Space
from banshi.rules.tables.gaps import BUDGET, find_gaps
from banshi.rules.tables.reach import find_unreachable
from banshi.rules.tables.search import throughout
from banshi.rules.values import Kind

D = Decimal
SCOPE = Scope(
    {
        "车型": Name(Kind.TEXT, frozenset({"大客", "中巴"})),
        "小时": Name(Kind.NUMBER),
        "整小时": Name(Kind.NUMBER, whole=True),
        "人数": Name(Kind.NUMBER, whole=True, bounds=((D(1), 0), None)),
        "里程": Name(Kind.NUMBER, bounds=((D(0), 0), None)),
        "日期": Name(Kind.DATE),
        "时间": Name(Kind.TIME),
        "时刻": Name(Kind.DATETIME),
        "加急": Name(Kind.BOOLEAN),
        "品名": Name(Kind.TEXT),
        "明细": Name(Kind.LIST),
        "类别": Name(Kind.TEXT, values=frozenset({"普通", "易制爆", "易制毒"})),
        "级别": Name(Kind.NUMBER, values=frozenset({D(1), D(2), D(3)})),
        "免审": Name(Kind.BOOLEAN, values=frozenset({True})),
    }
)


def said(text: str, *wanted: str) -> list[tuple[str, str]]:
    """Cell and sentence of what the check says under some codes."""
    return [(item.place.cell, item.message("zh")) for item in check(table_of(text), SCOPE) if item.code in wanted]


def gaps_of(text: str) -> list[str]:
    """The example inputs of the gaps."""
    return [message.removesuffix("：没有任何一行适用。") for _, message in said(text, "TABLE-053")]


HIRE = """
    | 当 车型 | 当 {hours} | 则 费用 |
    | 大客 | <=2 | 150 |
    | 大客 | (2,4] | 200 |
    | 大客 | [5,8] | 400 |
    | 中巴 | <=2 | 100 |
    | 中巴 | (2,4] | 150 |
    | 中巴 | [5,8] | 300 |
"""
"""A published hire tariff of a university's cars: up to 2 hours, 2 to 4 hours, 5 to 8 hours."""


def test_the_published_hire_tariff_has_a_hole_between_four_and_five_hours():
    found = gaps_of(HIRE.format(hours="小时"))
    assert found == ["小时 = 4.5", "小时 = 9"]
    table = table_of(HIRE.format(hours="小时"))
    assert decide(table, env(车型="中巴", 小时=D("4.5"))).outcome == "no match"


def test_whole_hours_have_no_hole_between_four_and_five():
    assert gaps_of(HIRE.format(hours="整小时")) == ["整小时 = 9"]
    assert gaps_of(HIRE.format(hours="小时 : 整数")) == ["小时 = 9"]
    assert gaps_of(HIRE.format(hours="count(明细)")) == ["count(明细) = 9"]


@pytest.mark.parametrize(
    ("column", "cells", "examples"),
    [
        ("整小时", ["<=3", ">=4"], []),
        ("小时", ["<=3", ">=4"], ["小时 = 3.5"]),
        ("整小时", ["<3", ">3"], ["整小时 = 3"]),
        ("整小时", ["<3.5", ">3.5"], []),
        ("人数", ["1", "2..10", ">10"], []),
        ("人数", [">=2"], ["人数 = 1"]),
        ("里程", ["[0,20]", ">20"], []),
        ("小时", ["[0,20]", ">20"], []),
        ("小时", [">0"], ["小时 = 0"]),
        ("小时", ["[5,8]", ">8"], ["小时 = 0"]),
        ("小时", ["[-5,0)", ">=0"], ["小时 = -6"]),
        ("日期", ["<=2026-03-31", ">=2026-04-01"], []),
        ("日期", ["<2026-03-31", ">2026-03-31"], ["日期 = 2026-03-31"]),
        ("日期", ["<=2026-03-31", ">=2026-04-03"], ["日期 = 2026-04-01"]),
        ("时间", ["<=08:59", "09:00..16:59", ">=17:00"], []),
        ("时间", ["<08:59", ">=09:00"], ["时间 = 08:59:00"]),
        ("时刻", ["<=2026-03-31", ">=2026-04-01"], []),
        ("加急", ["是", "否"], []),
        ("加急", ["是"], ["加急 = 否"]),
        ("车型", ["大客", "中巴"], []),
        ("车型", ["非 大客"], ["车型 = 大客"]),
        ("品名", ["乙醇", "非 乙醇"], []),
        ("小时", ["<3", ">=3", "空"], []),
        ("小时", ["<3、空", ">3"], ["小时 = 3"]),
        ("小时", ["非空"], []),
        ("小时", ["'=?>3"], []),
        ("小时", ["<3", "'=?>10"], []),
        ("是否加急", ["是", "否"], []),
    ],
)
def test_one_column(column, cells, examples):
    rows = "\n".join(f"| {cell} | {n} |" for n, cell in enumerate(cells))
    assert gaps_of(f"| 当 {column} | 则 甲 |\n{rows}") == examples


def test_a_missing_input_is_asked_for_where_the_column_speaks_of_it():
    text = "| 当 车型 | 当 小时 | 则 甲 |\n| 大客 | 空 | 1 |\n| | 非空 | 2 |"
    assert gaps_of(text) == ["车型 = 中巴，小时 = 空"]


def test_open_text_is_asked_about_other_words_only_where_a_row_holds_for_any():
    closed = "| 当 品名 | 当 小时 | 则 甲 |\n| 乙醇 | <3 | 1 |\n| 乙醇 | >=3 | 2 |\n| 丙酮 | | 3 |"
    assert gaps_of(closed) == []
    notice = said(closed, "TABLE-055")
    assert [cell for cell, _ in notice] == ["A1"]
    assert "其他" in notice[0][1]
    general = closed + "\n| 非 乙醇、丙酮 | <3 | 4 |"
    assert gaps_of(general) == ["品名 = 其他，小时 = 3"]
    assert said(general, "TABLE-055") == []


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        # Of a third class all titles are answered; that says nothing of the titles of the first.
        ("| 一类 | 院士、校领导 | 1 |\n| 一类 | 教授 | 2 |\n| 三类 | | 3 |", ["A1", "B1"]),
        ("| 一类 | 院士、校领导 | 1 |\n| | | 3 |", []),
        ("| 一类 | 院士 | 1 |\n| 三类 | | 3 |\n| 一类 | 非 院士 | 2 |", ["A1"]),
    ],
)
def test_a_blank_elsewhere_leaves_the_words_of_a_text_as_they_are(rows, told):
    text = "| 命中 | 首个 |\n| 当 档次 | 当 职务 | 则 座位 |\n" + rows
    found = check(table_of(text), Scope({"档次": Name(Kind.TEXT), "职务": Name(Kind.TEXT)}))
    assert [(item.code, item.severity) for item in found] == [("TABLE-055", "notice")] * len(told)
    assert [item.place.cell for item in found] == [cell.replace("1", "2") for cell in told]


@pytest.mark.parametrize(
    ("cells", "bounds", "told"),
    [
        (("1", "2", "3"), (None, None), ["TABLE-066"]),
        (("1、2", "3"), (None, None), ["TABLE-066"]),
        (("1", "2", ""), (None, None), []),
        (("1", "2", ">3"), (None, None), ["TABLE-053", "TABLE-053"]),
        (("1", "2", "非 1、2"), (None, None), []),
        (("1", "2"), ((D(1), 0), (D(3), 1)), ["TABLE-053"]),
    ],
)
def test_numbers_of_which_no_cell_is_a_range_are_codes(cells, bounds, told):
    rows = "".join(f"| {cell} | {at} |\n" for at, cell in enumerate(cells))
    scope = Scope({"楼号": Name(Kind.NUMBER, whole=True, bounds=bounds)})
    found = check(table_of(f"| 命中 | 首个 |\n| 当 楼号 | 则 片区 |\n{rows}"), scope)
    assert [item.code for item in found] == told


@pytest.mark.parametrize("header", ["当 级别 | 当 时长(天数", "当 级别 | 当", "当 级别 | 类别"])
def test_of_a_table_with_a_header_that_cannot_be_read_no_rows_are_compared(header):
    headers = header.split(" | ")
    text = f"| {headers[0]} | {headers[1]} | 则 价 |\n| 1 | 甲 | 5 |\n| 1 | 乙 | 6 |"
    table, found = read_table(text)
    assert table is not None
    assert {item.code for item in found} & {"EXPR-013", "TABLE-005", "BOOK-020"}
    assert [item.code for item in check(table, SCOPE) if item.code.startswith("TABLE-05")] == []


@pytest.mark.parametrize(
    ("column", "cells", "examples"),
    [
        ("类别", ["普通", "易制爆、易制毒"], []),
        ("类别", ["普通", "易制毒"], ["类别 = 易制爆"]),
        ("类别", ["普通", "非 普通"], []),
        ("级别", ["1", "2", "3"], []),
        ("级别", ["1", ">=3"], ["级别 = 2"]),
        ("级别", [">1"], ["级别 = 1"]),
        ("免审", ["是"], []),
    ],
)
def test_of_the_output_of_another_table_only_what_it_can_give_is_asked(column, cells, examples):
    text = f"| 当 {column} | 则 甲 |\n" + "\n".join(f"| {cell} | {n} |" for n, cell in enumerate(cells))
    assert gaps_of(text) == examples
    assert said(text, "TABLE-055") == []


def test_a_row_for_what_the_other_table_never_gives_can_never_decide():
    assert unreached("| 当 类别 | 则 甲 |\n| 普通、易制爆、易制毒 | 1 |\n| 剧毒 | 2 |") == [("A3", "TABLE-058")]


def test_a_negative_that_another_cell_of_its_row_makes_idle_is_still_named():
    text = "| 当 小时 | 当 小时 | 则 甲 |\n| {} | >=0 | 1 |"
    assert gaps_of(text.format("非 -1")) == ["小时 = -1"]
    assert gaps_of(text.format("非 5")) == ["小时 = 5"]


def test_a_word_that_stands_for_others_is_one_that_no_row_names():
    text = "| 当 品名 | 当 小时 | 则 甲 |\n| 其他 | | 1 |\n| | <3 | 2 |"
    assert gaps_of(text) == []
    [(cell, told)] = said(text, "TABLE-055")
    assert (cell, "“别的”" in told) == ("A1", True)


@pytest.mark.parametrize("above", ["| 否则 | 0 |", "| 命中 | 汇总 |", "| 命中 | 全部 |", "| 命中 | 计数 |"])
def test_nothing_is_a_gap_where_something_answers_for_no_row(above):
    assert gaps_of(f"{above}\n| 当 小时 | 则 甲 |\n| <3 | 1 |") == []


@pytest.mark.parametrize("hit", ["唯一", "首个", "一致", "求和", "最小", "最大"])
def test_a_gap_is_a_warning_under_every_policy_that_gives_no_answer(hit):
    found = check(table_of(f"| 命中 | {hit} |\n| 当 小时 | 则 甲 |\n| <3 | 1 |"), SCOPE)
    assert [(item.code, item.severity) for item in found] == [("TABLE-053", "warning")]


def test_dated_rows_have_a_gap_between_two_periods_but_none_before_or_after_the_table():
    text = "| 当 加急 | 生效 | 失效 | 则 甲 |\n| | 2014-01-01 | 2026-03-31 | 1 |\n| | {} | 2026-12-31 | 2 |"
    assert gaps_of(text.format("2026-04-01")) == []
    assert gaps_of(text.format("2026-04-03")) == ["2026-04-01"]


def test_of_many_gaps_the_rest_is_counted():
    rows = "\n".join(f"| [{2 * n},{2 * n + 1}) | {n} |" for n in range(60))
    found = said(f"| 当 整小时 | 则 甲 |\n{rows}", "TABLE-053", "TABLE-054")
    assert len(found) == 21
    # The even hours from 0 to 118 are answered: the odd ones between are gaps, and what lies beyond.
    assert found[20][1].startswith(
        "除了已列出的 20 处，还有 40 处没有任何一行适用，从（整小时 = 41）到（整小时 = 119）"
    )
    assert found[0][1].startswith("整小时 = 1：")
    assert found[1][1].startswith("整小时 = 3：")


def test_of_gaps_that_nobody_can_count_that_is_said():
    rows = "\n".join(f"| [{2 * n},{2 * n + 1}) | {n} |" for n in range(300))
    (told,) = said(f"| 当 整小时 | 则 甲 |\n{rows}", "TABLE-054", "TABLE-062")
    assert "至少还有 180 处" in told[1]


def test_of_many_rows_out_of_reach_the_rest_is_named_by_number():
    rows = "\n".join(f"| >={n} | {n} |" for n in range(60)) + "\n| <-5 | 60 |" + "\n| 3 | 61 |"
    found = said(f"| 命中 | 首个 |\n| 当 小时 | 则 甲 |\n{rows}", "TABLE-056", "TABLE-059")
    assert [cell for cell, _ in found] == [*(f"A{n}" for n in range(4, 54)), "A54"]
    assert found[-1][1] == "除了已列出的 50 行，还有 10 行永远轮不到：第 54–62、64 行。"


def unreached(text: str) -> list[tuple[str, str]]:
    return [
        (item.place.cell, item.code)
        for item in check(table_of(text), SCOPE)
        if item.code in ("TABLE-056", "TABLE-057", "TABLE-058")
    ]


def test_one_row_masks_another():
    text = "| 命中 | 首个 |\n| 当 小时 | 当 车型 | 则 甲 |\n| >=3 | | 1 |\n| [5,8] | 大客 | 2 |\n| | | 3 |"
    assert unreached(text) == [("A4", "TABLE-056")]
    ((_, message),) = said(text, "TABLE-056")
    assert "第 3 行（A3）" in message
    assert "小时 = 5，车型 = 大客" in message
    assert decide(table_of(text), env(小时=5, 车型="大客")).outputs == {"甲": D(1)}


def test_several_rows_together_hide_another_where_no_single_one_does():
    text = """
        | 命中 | 首个 |
        | 当 小时 | 当 车型 | 则 甲 |
        | 1 | 大客 | 0 |
        | <=4 | | 1 |
        | | 中巴 | 2 |
        | >4 | 大客、空 | 3 |
        | 非空 | 大客 | 4 |
        | | | 5 |
    """
    assert unreached(text) == [("A7", "TABLE-057")]
    ((_, message),) = said(text, "TABLE-057")
    assert "第 4、6 行" in message
    assert "车型 = 大客" in message


def test_a_catch_all_row_below_a_complete_table_still_answers_for_a_missing_input():
    text = "| 命中 | 首个 |\n| 当 小时 | 则 甲 |\n| <3 | 1 |\n| >=3 | 2 |\n| | 3 |"
    assert unreached(text) == []
    assert unreached(text.replace("| | 3 |", "| 非空 | 3 |")) == [("A5", "TABLE-057")]


def test_under_priority_the_order_of_results_decides_who_is_hidden():
    text = """
        | 命中 | 优先 |
        | 取值.结论 | 禁止、允许 |
        | 当 小时 | 则 结论 |
        | [5,8] | 允许 |
        | >=3 | 禁止 |
        | <3 | 允许 |
    """
    assert unreached(text) == [("A4", "TABLE-056")]
    assert unreached(text.replace("禁止、允许", "允许、禁止")) == []


def test_a_row_whose_own_cells_exclude_each_other_never_fits():
    text = "| 当 小时 下限(含) | 当 小时 上限(不含) | 则 甲 |\n| 8 | 5 | 1 |\n| 1 | 2 | 2 |"
    assert unreached(text) == [("A2", "TABLE-058")]


def test_formulas_hide_nothing():
    assert unreached("| 命中 | 首个 |\n| 当 小时 | 则 甲 |\n| '=?>=0 | 1 |\n| >5 | 2 |") == []


def test_rows_of_earlier_periods_hide_nothing_of_later_ones():
    text = "| 命中 | 首个 |\n| 当 小时 | 生效 | 失效 | 则 甲 |\n| | | 2026-08-31 | 1 |\n| >5 | {} | | 2 |"
    assert unreached(text.format("2026-08-31")) == []
    assert unreached(text.format("2026-08-31").replace("| | 2 |", "| 2026-08-31 | 2 |")) == [("A4", "TABLE-056")]


def test_what_was_not_analysed_to_the_end_is_said(monkeypatch):
    monkeypatch.setattr("banshi.rules.tables.gaps.BUDGET", 1)
    monkeypatch.setattr("banshi.rules.tables.reach.ROW_BUDGET", 0)
    text = "| 命中 | 首个 |\n| 当 小时 | 当 车型 | 则 甲 |\n| <=4 | | 1 |\n| | 中巴 | 2 |\n| >3 | 大客 | 4 |"
    found = check(table_of(text), SCOPE)
    assert [(item.code, item.severity) for item in found] == [("TABLE-060", "notice")] * 2


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ("| <=10 | a |\n| >=10 | b |", [("A4", "TABLE-061")]),
        ("| <=10 | a |\n| >=10 | a |", []),
        ("| <=10 | 1 |\n| >=10 | 1.0 |", []),
        ("| <=10 | a |\n| >10 | b |", []),
        ('| <=10 | a |\n| >=10 | \'="b" |', []),
    ],
)
def test_rows_that_fit_together_must_agree_under_any(rows, found):
    text = f"| 命中 | 一致 |\n| 当 小时 | 则 甲 |\n{rows}"
    told = [item for item in check(table_of(text), SCOPE) if item.code in ("TABLE-050", "TABLE-061")]
    assert [(item.place.cell, item.code) for item in told] == found
    if found:
        assert "小时 = 10" in told[0].message()
        assert str(decide(table_of(text), env(小时=D(10))).outcome) == "conflict"


@pytest.mark.parametrize(
    ("constraint", "expected"),
    [
        (". >= 0", ((D(0), 0), None)),
        (". > 0 and . < 100", ((D(0), 1), (D(100), 0))),
        ("0 <= . and . <= 5", ((D(0), 0), (D(5), 1))),
        (". >= 0 or . = -1", (None, None)),
        (". <> 3", (None, None)),
    ],
)
def test_a_constraint_bounds_its_field(constraint, expected):
    assert bounds(parse(constraint, NOWHERE)[0]) == expected


# Enumeration: every input that the cells of `tables_by_scan` can tell apart, by what the cells mean there.
NUMBERS = [None, *(D(n) / 2 for n in range(-10, 40))]
WORDS = [None, "易制毒", "易制爆", "剧毒", "普通", "不在表里"]
OFFSETS = range(-8, 9)
DATES = [None, *(DAY + timedelta(days=n) for n in OFFSETS)]


def fitting(specs, column, value) -> int:
    return sum(
        (cell.missing if value is None else bool(cell.means(value))) << row
        for row, cell in enumerate(spec[column] for spec in specs)
    )


def axes_of(specs):
    """The rows that fit every number, word, date and day, by themselves."""
    in_force = {
        n: sum(((s[4] is None or s[4] <= n) and (s[5] is None or n <= s[5])) << row for row, s in enumerate(specs))
        for n in OFFSETS
    }
    return (
        {value: fitting(specs, 0, value) & fitting(specs, 1, value) for value in NUMBERS},
        {value: fitting(specs, 2, value) for value in WORDS},
        {value: fitting(specs, 3, value) for value in DATES},
        in_force,
    )


def asked(specs, axes):
    """What an author is asked to cover, told anew: see the module `gaps`."""
    numbers, words, dates, days = axes

    def speaks(*columns):
        return any(
            ("空" in str(s[c].typed) and s[c].typed != "非空") or (s[c].missing and s[c].typed not in (None, "-"))
            for s in specs
            for c in columns
        )

    if not speaks(0, 1):
        numbers = {value: mask for value, mask in numbers.items() if value is not None}
    if not any(re.search(r"-\d", str(s[c].typed)) for s in specs for c in (0, 1)):
        numbers = {value: mask for value, mask in numbers.items() if value is None or value >= 0}
    named = {w for s in specs for w in WORDS[1:] if w in str(s[2].typed)}
    spoken_of = any(str(s[2].typed).startswith(("非", "not")) for s in specs)
    general = words["不在表里"] != 0 and (spoken_of or not named)
    kept = {w: m for w, m in words.items() if w is not None and (general or w in named)}
    if speaks(2):
        kept[None] = words[None]
    if not speaks(3):
        dates = {value: mask for value, mask in dates.items() if value is not None}
    meant = [n for n, mask in days.items() if mask]
    days = {n: mask for n, mask in days.items() if meant and meant[0] <= n <= meant[-1]}
    return numbers, kept, dates, days


def holes(axes) -> bool:
    return any(not a & b & c & d for a, b, c, d in product(*({*axis.values()} for axis in axes)))


@settings(max_examples=80, deadline=None)
@given(st.lists(constant_rows, min_size=1, max_size=7))
def test_gaps_are_found_exactly_where_enumeration_finds_an_input_that_no_row_fits(specs):
    axes = asked(specs, axes_of(specs))
    space = Space.of(build(specs), {})
    found = find_gaps(space, BUDGET)
    assert bool(found.boxes) == holes(axes)
    for box in found.boxes:
        example = space.example(box, gap=True)
        fixed = [dict(axis) for axis in axes]
        for at, label in enumerate(("量", "类", "日")):
            if label in example:
                value = example[label]
                fixed[at] = {value: axes_of_value(specs, at, value)}
        if DAYS in example:
            n = (example[DAYS] - DAY).days
            fixed[3] = {n: in_force_on(specs, n)}
        # Whatever stands in the inputs that the example leaves out, no row fits.
        assert not any(a & b & c & d for a, b, c, d in product(*({*axis.values()} for axis in fixed)))


def axes_of_value(specs, at, value) -> int:
    if at == 0:
        return fitting(specs, 0, value) & fitting(specs, 1, value)
    return fitting(specs, at + 1, value)


def in_force_on(specs, n) -> int:
    return sum(((s[4] is None or s[4] <= n) and (s[5] is None or n <= s[5])) << row for row, s in enumerate(specs))


@settings(max_examples=80, deadline=None)
@given(st.lists(constant_rows, min_size=2, max_size=8), st.randoms(use_true_random=False), st.booleans())
def test_a_row_is_out_of_reach_exactly_where_enumeration_never_lets_it_win(specs, random, by_priority):
    table = replace(build(specs), hit=Hit.FIRST)
    order = list(range(len(specs)))
    if by_priority:
        random.shuffle(order)
        ranks = tuple(D(row + 2) for row in order)
        table = replace(table, hit=Hit.PRIORITY, priorities=(("行", ranks),))
    together = {a & b & c & d for a, b, c, d in product(*({*axis.values()} for axis in axes_of(specs)))}
    winners = {next(row for row in order if mask >> row & 1) for mask in together if mask}
    found = find_unreachable(Space.of(table, {}))
    assert found.unknown == ()
    assert {item.row for item in found.unreachable} == set(order) - winners
    for item in found.unreachable:
        own = [mask for mask in together if mask >> item.row & 1]
        earlier = order[: order.index(item.row)]
        alone = [row for row in earlier if own and all(mask >> row & 1 for mask in own)]
        assert (len(item.by) == 1) == bool(alone)
        assert set(item.by) <= set(earlier)
        assert all(any(mask >> row & 1 for row in item.by) for mask in own)
        for left_out in item.by:
            rest = [row for row in item.by if row != left_out]
            assert not all(any(mask >> row & 1 for row in rest) for mask in own)


def test_rows_that_allow_a_whole_run_are_found_block_by_block():
    """Against plain intersection, over runs that lie inside, across and on the ends of blocks."""
    rows = [(low, low + width) for low in range(0, 120, 7) for width in (1, 3, 40, 90)]
    text = "\n".join(f"| [{low},{high}) | {low} |" for low, high in rows)
    axis = Space.of(bind(table_of(f"| 当 小时 | 则 费用 |\n{text}"), SCOPE), {}).axes[0]
    count = len(axis.masks)
    assert count > 2 * BLOCK
    everything = (1 << len(rows)) - 1
    for start in range(count):
        plain = everything
        for stop in range(start + 1, count + 1):
            plain &= axis.masks[stop - 1]
            assert throughout(axis, start, stop, everything) == plain


def test_an_example_names_an_input_where_what_nobody_expects_would_decide():
    """Numbers below zero need no row, but here one answers for them, so the hours have to be said."""
    assert gaps_of("| 当 里程 | 当 小时 | 则 甲 |\n| >=0 | <0 | 1 |") == ["小时 = 0"]


def fitted(table, example):
    """The rows that fit an example, with nothing in the inputs that it leaves out, from the top: the table is run."""
    given = {label: value for label, value in example.items() if label != DAYS}
    day = example.get(DAYS, DAY)
    now = datetime.combine(day, time(12), tzinfo=ZoneInfo("Asia/Shanghai"))
    return [int(outputs["行"]) - 2 for outputs in decide(table, env(given, now)).outputs or ()]


@settings(max_examples=150, deadline=None)
@given(st.lists(constant_rows, min_size=1, max_size=7))
def test_every_example_is_an_input_that_shows_what_it_stands_for(specs):
    """Of gaps, of overlaps and of rows out of reach: the example is run."""
    table = build(specs)
    space = Space.of(table, {})
    for box in find_gaps(space, BUDGET).boxes:
        assert fitted(table, space.example(box, gap=True)) == []
    for row, other in combinations(range(len(specs)), 2):
        shared = space.shared(row, other)
        if shared is not None:
            assert {row, other} <= set(fitted(table, space.example(shared)))
    for item in find_unreachable(replace(space, table=replace(table, hit=Hit.FIRST))).unreachable:
        if item.by:
            assert item.row in fitted(table, space.example(space.box(item.row)))[1:]


@pytest.mark.parametrize(
    ("rows", "said_whole"),
    [
        ("| <=4 | 1 |\n| >=5 | 2 |", True),  # between 4 and 5
        ("| <=4 | 1 |\n| >=6 | 2 |", False),  # 5 is whole
        ("| <=4 | 1 |", False),
    ],
)
def test_whole_numbers_are_advised_only_where_they_would_close_the_gap(rows: str, *, said_whole: bool) -> None:
    [gap] = [item for item in check(table_of(f"| 当 数量 | 则 甲 |\n{rows}"), SCOPE) if item.code == "TABLE-053"]
    assert ("“数量”只会是整数" in gap.remedy("zh"), "“数量” is always whole" in gap.remedy("en")) == (said_whole,) * 2
    assert "…" not in gap.remedy("zh") + gap.remedy("en")


def test_whole_numbers_are_no_advice_about_words() -> None:
    [gap] = [
        item for item in check(table_of("| 当 类别 | 则 甲 |\n| 普通、易制毒 | 1 |"), SCOPE) if item.code == "TABLE-053"
    ]
    assert "整数" not in gap.remedy("zh")
