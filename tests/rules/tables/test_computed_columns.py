"""Tables whose columns compute: an example is an input that the table itself answers as it is said, or there is none.

1. Two columns that compute with one field never stand for an input that no value of the field gives.
2. Whatever the formulas: every example that the check gives is run through the table.
3. What could not be tried out is said without an example, and is no error.
4. Days: what depends on today is tried out on the day of the check, and not without one.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_sheets import NOW, env, read_table, table_of

from banshi.rules.decision import Outcome
from banshi.rules.expressions import Name, Scope
from banshi.rules.tables import bind, check, decide
from banshi.rules.values import Kind

D = Decimal
SCOPE = Scope(
    {
        "数量": Name(Kind.NUMBER),
        "单价": Name(Kind.NUMBER),
        "人数": Name(Kind.NUMBER, whole=True, bounds=((D(1), 0), (D(100), 0))),
        "房号": Name(Kind.TEXT),
        "入校": Name(Kind.DATE),
    },
    now=NOW,
)
GAP, OVERLAP, MASKED, COVERED = "TABLE-053", "TABLE-050", "TABLE-056", "TABLE-057"
UNTRIED_GAP, UNTRIED_OVERLAP = "TABLE-063", "TABLE-064"


def values_of(example: str) -> dict[str, object]:
    """`数量 = 2.5，房号 = B2` as values."""
    if example == "任何输入 / any input":
        return {}
    found: dict[str, object] = {}
    for part in example.split("，"):
        name, text = part.split(" = ")
        try:
            found[name] = D(text)
        except ArithmeticError:
            day = re.fullmatch(r"\d{4}-\d\d-\d\d", text)
            found[name] = date.fromisoformat(text) if day else None if text == "空" else text
    return found


def told(text: str, scope: Scope = SCOPE) -> list[tuple[str, str]]:
    """Code and example ("" without one) of what is said of a table's rows as a whole, each example run through it."""
    table, faults = read_table(text)
    assert table is not None, faults
    table = bind(table, scope)
    found = []
    for item in check(table, scope):
        if item.code not in (GAP, OVERLAP, MASKED, COVERED, UNTRIED_GAP, UNTRIED_OVERLAP):
            continue
        message = item.message("zh")
        example = re.search("例如：(.*?)。", message)
        shown = example[1] if example else message.split("：")[0] if item.code == GAP else ""
        found.append((item.code, shown))
        if shown:
            decision = decide(table, env(values_of(shown), NOW))
            row = {str(row.number): row for row in table.rows}.get(re.findall(r"第 (\d+)", message + "第 0")[0])
            match item.code:
                case "TABLE-053":
                    assert decision.outcome is Outcome.NO_MATCH, (text, message)
                case "TABLE-050":
                    assert decision.outcome is Outcome.CONFLICT, (text, message)
                case _:
                    assert decision.outcome is Outcome.OK, (text, message)
                    assert row is not None
                    assert row.results[0].place not in decision.fired, (text, message)
    return found


def test_two_columns_that_compute_on_one_field():  # 1
    """Whatever rounds to 3 doubles to between 5 and 7: the table has no gap there, and only one row fits."""
    text = """
        | 当 round(数量,0) | 当 数量*2 | 则 费用 |
        | <=2 | <5  | 1 |
        | >=3 | >=5 | 2 |
    """
    assert told(text) == [(UNTRIED_GAP, "")]


def test_rows_that_only_seem_to_overlap():  # 1, 3
    text = """
        | 否则 | 9 |
        | 当 round(数量,0) | 当 数量*2 | 则 费用 |
        | <=2 | -  | 1 |
        | -   | >=5 | 2 |
    """
    assert told(text) == [(UNTRIED_OVERLAP, "")]
    assert all(item.severity == "notice" for item in check(table_of(text), SCOPE))


@pytest.mark.parametrize(
    ("columns", "cells", "codes"),
    [
        ("round(数量,0) | 当 数量*2", "<=2 | <4.4 ; >=3 | >=5", [GAP]),
        ("数量*单价", "<100 ; >200", [GAP]),
        ("int(数量/3)", "<=2 ; >=4", [GAP]),
        ("mod(人数,7)", "<=2 ; >=4", [GAP]),
        ("数量 | 当 数量*2", "<=2 | - ; >=3 | -", [GAP]),
        ("数量 - 单价", "<=10 ; >=10", [OVERLAP]),
        ("left(房号,2)", "B2 ; 非空", [OVERLAP]),
        ("year(入校)", "<=2024 ; >=2026", [GAP]),
    ],
)
def test_examples_of_formulas_are_found(columns, cells, codes):  # 2
    rows = "\n".join(f"| {row} | {i} |" for i, row in enumerate(cells.split(" ; ")))
    found = told(f"| 当 {columns} | 则 费用 |\n{rows}")
    assert set(codes) <= {code for code, _ in found} <= {*codes, UNTRIED_GAP}


def test_a_row_that_others_hide_is_hidden_with_or_without_an_example():  # 3
    text = """
        | 命中 | first |
        | 否则 | 9 |
        | 当 {column} | 则 费用 |
        | >=5 | 1 |
        | >=7 | 2 |
    """
    assert told(text.format(column="数量*2")) == [(MASKED, "数量 = 7")]
    assert told(text.format(column="数量*random()")) == [(MASKED, "")]


def test_what_depends_on_today():  # 4
    text = '| 当 datedif(入校, today(), "Y") | 则 费用 |\n| <=1 | 1 |\n| >=3 | 2 |'
    assert [code for code, example in told(text) if example] == [GAP]
    assert told(text, Scope(SCOPE.names)) == [(UNTRIED_GAP, "")]


FORMULAS = ("数量", "单价", "数量*2", "round(数量,0)", "int(数量/3)", "abs(数量)", "数量-单价", "数量+单价", "mod(人数,7)", "人数*10",
            "人数", "max(数量,单价)", "10/数量")  # fmt: skip
cells = st.one_of(
    st.just("-"),
    st.integers(-4, 12).flatmap(
        lambda n: st.sampled_from([f"<={n}", f">{n}", f"{n}", f"[{n},{n + 3})", f"<>{n}", "空"])
    ),
)


@settings(max_examples=120, deadline=None)
@given(
    st.lists(st.sampled_from(FORMULAS), min_size=2, max_size=3, unique=True),
    st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=5),
    st.sampled_from(["unique", "first"]),
)
def test_every_example_is_what_the_table_says_of_it(columns, rows, hit):  # 2
    head = " | ".join(f"当 {column}" for column in columns)
    body = "\n".join(f"| {' | '.join(row[: len(columns)])} | {i} |" for i, row in enumerate(rows))
    told(f"| 命中 | {hit} |\n| {head} | 则 费用 |\n{body}")
