"""What the checker says of inputs without a row, and of rows that can never decide.

1. The published hire tariff: nothing between four and five hours.
2. No false alarm on whole numbers, on words of a list, on days, on amounts below nought, on open text.
3. Rows covered by one other row, by several together, by their own cells; under `first` and under `priority`.
4. Every gap is one, and every input without a row lies in a gap: against every input that the cells can tell apart.
5. The rows that can never decide are exactly those that never do.
6. Two thousand rows of six inputs are searched to the end.
"""

from __future__ import annotations

import itertools
import random
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_tables import DAY, build, constant_rows
from rule_sheets import table_of

from banshi.rules.expressions import Name, Scope
from banshi.rules.tables import Hit, check
from banshi.rules.tables.atoms import Domain
from banshi.rules.tables.gaps import gaps
from banshi.rules.tables.reach import unreachable
from banshi.rules.values import Kind

SCOPE = Scope(
    {
        "时长": Name(Kind.NUMBER),
        "人数": Name(Kind.NUMBER, whole=True),
        "车型": Name(Kind.TEXT, frozenset({"大客", "中巴"})),
        "用途": Name(Kind.TEXT),
        "出发": Name(Kind.DATE),
        "校外": Name(Kind.BOOLEAN),
    }
)


def said(text: str, *codes: str) -> list[tuple[str, str]]:
    """The cells with these codes, and the example that each names."""
    return [
        (item.place.cell, str(dict(item.facts).get("example", dict(item.facts).get("label", ""))))
        for item in check(table_of(text), SCOPE)
        if item.code in codes
    ]


GAP, MASKED, NEVER = "TABLE-053", "TABLE-055", "TABLE-056"
# Liaoning University of Science and Technology: within 20 km a coach costs 150 up to two hours, 200 from two to four,
# 400 from five to eight; a minibus 100, 150, 300.
HIRE = """
| 当 车型 | 当 时长 | 则 费用 |
| 大客 | (0,2] | 150 |
| 大客 | (2,4] | 200 |
| 大客 | [5,8] | 400 |
| 中巴 | (0,2] | 100 |
| 中巴 | (2,4] | 150 |
| 中巴 | [5,8] | 300 |
"""


def test_1_the_published_hire_tariff_has_a_hole_between_four_and_five_hours():
    found = said(HIRE, GAP)
    assert ("A1", "时长 = 4.5") in found
    assert ("A1", "时长 = 9") in found
    assert all("车型" not in example for _, example in found)  # it is there for every kind of vehicle
    assert said(HIRE.replace("[5,8]", "(4,8]"), GAP) == [("A1", "时长 = 9")]
    assert said("| 否则 | 0 | |" + HIRE, GAP) == []


@pytest.mark.parametrize(
    ("text", "examples"),
    [
        ("| 当 人数 | 则 甲 |\n| <=3 | 1 |\n| >=4 | 2 |", []),
        ("| 当 时长 | 则 甲 |\n| <=3 | 1 |\n| >=4 | 2 |", ["时长 = 3.5"]),
        ("| 当 人数 | 则 甲 |\n| <=3 | 1 |\n| >=6 | 2 |", ["人数 = 4"]),
        ("| 当 车型 | 则 甲 |\n| 大客 | 1 |\n| 中巴 | 2 |", []),
        ("| 当 车型 | 则 甲 |\n| 大客 | 1 |", ["车型 = 中巴"]),
        ("| 当 用途 | 则 甲 |\n| 教学 | 1 |\n| 科研 | 2 |", []),
        ("| 当 用途 | 当 校外 | 则 甲 |\n| 教学 | 是 | 1 |\n| 科研 | | 2 |", ["用途 = 教学，校外 = 否"]),
        ("| 当 出发 | 则 甲 |\n| <=2026-03-31 | 1 |\n| >=2026-04-01 | 2 |", []),
        ("| 当 出发 | 则 甲 |\n| 2026-03-01..2026-03-30 | 1 |\n| >=2026-04-01 | 2 |", ["出发 = 2026-03-31"]),
        ("| 当 时长 | 则 甲 |\n| [0,100) | 1 |\n| >=100 | 2 |", []),
        ("| 当 校外 | 则 甲 |\n| 是 | 1 |", ["校外 = 否"]),
        ("| 当 时长 | 则 甲 |\n| '=?>100 | 1 |\n| <50 | 2 |", []),
        ("| 命中 | 计数 |\n| 当 时长 | 则 甲 |\n| >100 | 1 |", []),
        ("| 当 车型 | 生效 | 失效 | 则 甲 |\n| | | 2026-06-30 | 1 |\n| | 2026-09-01 | | 2 |", ["日期 / date = 2026-07-01"]),
    ],
)  # fmt: skip
def test_2_gaps_without_a_false_alarm(text, examples):
    assert [example for _, example in said(text, GAP)] == examples


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("| 命中 | 首个 |\n| 当 时长 | 则 甲 |\n| >=1 | 1 |\n| >=2 | 2 |", ["A4"]),
        ("| 命中 | 首个 |\n| 当 时长 | 则 甲 |\n| <5 | 1 |\n| >=3 | 2 |\n| [1,9] | 3 |", ["A5"]),
        ("| 命中 | 首个 |\n| 当 时长 | 则 甲 |\n| <5 | 1 |\n| >=5 | 2 |\n| | 3 |", []),  # the third takes the empty ones
        ("| 命中 | 首个 |\n| 当 车型 | 则 甲 |\n| 大客 | 1 |\n| 中巴 | 2 |\n| 非空 | 3 |", ["A5"]),
        ("| 命中 | 首个 |\n| 当 用途 | 则 甲 |\n| 教学 | 1 |\n| 非 教学 | 2 |\n| 科研 | 3 |", ["A5"]),
        ("| 命中 | 首个 |\n| 当 时长 | 则 甲 |\n| '=?>=1 | 1 |\n| >=2 | 2 |", []),
        ("| 命中 | 首个 |\n| 当 人数 | 则 甲 |\n| <=3 | 1 |\n| >=4 | 2 |\n| [3,4] | 3 |", ["A5"]),
        ("| 命中 | 全部 |\n| 当 时长 | 则 甲 |\n| >=1 | 1 |\n| >=2 | 2 |", []),
        ("| 命中 | 优先 |\n| 取值.甲 | 高、低 |\n| 当 时长 | 则 甲 |\n| >=2 | 低 |\n| >=1 | 高 |", ["A4"]),
        ("| 命中 | 优先 |\n| 取值.甲 | 高、低 |\n| 当 时长 | 则 甲 |\n| >=2 | 高 |\n| >=1 | 低 |", []),
    ],
)  # fmt: skip
def test_3_rows_that_others_go_before(text, cells):
    assert [cell for cell, _ in said(text, MASKED)] == cells


def test_3_the_rows_that_cover_it_are_named_and_only_those():
    found = check(
        table_of(
            "| 命中 | 首个 |\n| 当 时长 | 则 甲 |\n| <0 | 0 |\n| <5 | 1 |\n| >=5 | 2 |\n| >=50 | 3 |\n| [1,9] | 4 |"
        ),
        SCOPE,
    )
    message = next(item for item in found if item.code == MASKED and item.place.cell == "A7").message("zh")
    assert "第 4、5 行（A4, A5）" in message
    assert re.search(r"时长 = \d", message)


def test_3_a_row_whose_own_cells_exclude_each_other():
    head = "| 当 时长 下限(含) | 当 时长 上限(不含) | 则 甲 |\n| 8 | 4 | 1 |\n| | | 2 |"
    assert said(head, NEVER) == [("A2", "时长")]


WORDS = ("易制毒", "易制爆", "剧毒", "普通")
NUMBERS = [Decimal(n) / 2 for n in range(-12, 44)]
DAYS = [DAY + timedelta(days=n) for n in range(-8, 9)]
DOMAINS = {"类": Domain(choices=frozenset(WORDS))}


def holds(cell, value) -> bool:
    return cell.missing if value is None else cell.means(value)


def in_force(row, today: int) -> bool:
    return (row[4] is None or row[4] <= today) and (row[5] is None or row[5] >= today)


def boxes(specs, *, missing: bool):
    """For each input its values, each as the set of rows whose cells hold for it; equal sets only once."""
    empty = [None] if missing else []

    def sets(values, fits):
        found = {}
        for value in values:
            found.setdefault(frozenset(i for i, row in enumerate(specs) if fits(row, value)), value)
        return found

    return (
        sets([*NUMBERS, *empty], lambda row, v: holds(row[0], v) and holds(row[1], v)),
        sets([*WORDS, *empty], lambda row, v: holds(row[2], v)),
        sets([*DAYS, *empty], lambda row, v: holds(row[3], v)),
        sets(range(-9, 10), in_force),
    )


def read_example(text: str) -> dict[str, object]:
    """The values that an example names."""
    found: dict[str, object] = {}
    for label, value in re.findall(r"(量|类|日|日期 / date) = ([^，]+)", text):
        if label == "量":
            found[label] = Decimal(value)
        else:
            found[label] = value if label == "类" else date.fromisoformat(value)
    return found


@settings(max_examples=120, deadline=None)
@given(st.lists(constant_rows, min_size=1, max_size=5))
def test_4_every_gap_is_one_and_no_gap_is_missed(specs):
    table = build(specs, Hit.UNIQUE)
    found = [read_example(str(dict(item.facts)["example"])) for item in gaps(table, DOMAINS) if item.code == GAP]
    numbers, words, days, today = boxes(specs, missing=False)
    for gap in found:
        fitting = {
            row
            for row in range(len(specs))
            if ("量" not in gap or (holds(specs[row][0], gap["量"]) and holds(specs[row][1], gap["量"])))
            and ("类" not in gap or holds(specs[row][2], gap["类"]))
            and ("日" not in gap or holds(specs[row][3], gap["日"]))
            and ("日期 / date" not in gap or in_force(specs[row], (gap["日期 / date"] - DAY).days))
        }
        # Whatever the inputs are that the example does not name: some cell of every row that is left says no.
        open_sets = [
            parts
            for name, parts in (("量", numbers), ("类", words), ("日", days), ("日期 / date", today))
            if name not in gap
        ]
        for chosen in itertools.product(*open_sets):
            assert not fitting.intersection(*chosen)
    without_row = any(
        not a & b & c & d
        for a, number in numbers.items() for b in words for c in days for d in today
        if number >= 0 and c and d
    )  # fmt: skip
    assert bool(found) or not without_row


@settings(max_examples=150, deadline=None)
@given(st.lists(constant_rows, min_size=1, max_size=6))
def test_5_exactly_the_rows_that_never_decide_are_named(specs):
    found = {int(item.place.cell[1:]) - 2 for item in unreachable(build(specs, Hit.FIRST), DOMAINS)}
    deciding = set()
    for a, b, c, d in itertools.product(*boxes(specs, missing=True)):
        if fitting := a & b & c & d:
            deciding.add(min(fitting))
    assert found == set(range(len(specs))) - deciding


def test_6_a_large_table_is_searched_to_the_end():
    chance = random.Random(20260901)
    rows = []
    for _ in range(2000):
        low = chance.randrange(0, 900)
        cells = [
            f"[{low},{low + chance.randrange(10, 300)})",
            "" if chance.random() < 0.2 else f">={chance.randrange(1000)}",
            *("" if chance.random() < 0.2 else f"c{chance.randrange(8)}" for _ in range(3)),
            "" if chance.random() < 0.2 else f"<{chance.randrange(1000)}",
        ]
        rows.append("| " + " | ".join(cells) + " | 1 |")
    head = "| 命中 | 首个 |\n| 当 量一: number | 当 量二: number | 当 类一: text | 当 类二: text | 当 类三: text | 当 量三: number | 则 甲 |\n"
    names = {name: Name(Kind.NUMBER) for name in ("量一", "量二", "量三")}
    names |= {name: Name(Kind.TEXT, frozenset(f"c{n}" for n in range(8))) for name in ("类一", "类二", "类三")}
    found = check(table_of(head + "\n".join(rows)), Scope(names))
    codes = [item.code for item in found]
    assert codes.count(GAP) > 0
    assert codes.count(MASKED) > 0
    assert "TABLE-057" not in codes
