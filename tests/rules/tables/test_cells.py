"""What a cell under `when` says (workbook.md, section 5): every spelling with inputs that fit and inputs that do not."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

import pytest
from rule_sheets import NOW, codes, env, read_table

from banshi.rules.cells import Cell
from banshi.rules.decision import Outcome
from banshi.rules.diagnostics import Place
from banshi.rules.expressions import parse
from banshi.rules.tables import Hit, Input, Output, Result, Row, Table, decide, faults, reading
from banshi.rules.tables.kinds import settle
from banshi.rules.tables.reading import read_test
from banshi.rules.values import Kind

D = Decimal


def one_cell(*values: object, kind: Kind | None = None):
    """A table of one input `x` with these cells, which answers with the numbers of the rows that hold."""
    expression, _ = parse("x", Place("规则", "A1"))
    assert expression is not None
    tests, found = [], []
    for number, value in enumerate(values, start=2):
        test, notes = read_test(Cell(value, Place("规则", f"A{number}")))
        tests.append(test)
        found += notes
    rows = tuple(
        Row(number=number, tests=(test,), results=(Result(value=D(number)),)) for number, test in enumerate(tests, 2)
    )
    column = Input(expression=expression, kind=kind or Kind.ANY, declared=kind is not None)
    inputs, rows, notes = settle((column,), rows)
    table = Table(name="测试", inputs=inputs, outputs=(Output(name="行"),), rows=rows, hit=Hit.COLLECT)
    return table, found + notes


def holds(cell: object, value: object, kind: Kind | None = None) -> bool:
    table, found = one_cell(cell, kind=kind)
    assert not [item for item in found if item.severity == "error"], codes(found)
    decision = decide(table, env(x=value))
    assert decision.outcome is Outcome.OK
    return bool(decision.outputs)


ANYTHING = (None, "-", "任意", "－", "any")


@pytest.mark.parametrize("cell", ANYTHING)
@pytest.mark.parametrize("value", [D(3), "甲", None, "", True, date(2026, 9, 1)])
def test_anything_holds_for_whatever_is_given_and_for_nothing(cell, value):
    assert holds(cell, value)


@pytest.mark.parametrize(
    ("cell", "fits", "not_fits"),
    [
        # equals
        ("易制毒", ["易制毒"], ["易制爆", "", None]),
        ('"a, b"', ["a, b"], ["a", "b"]),
        ("“甲、乙”", ["甲、乙"], ["甲"]),
        ('"空"', ["空"], [None, ""]),
        (D(100), [D(100), D("100.00")], [D(99), D("100.01"), None]),
        (date(2026, 9, 1), [date(2026, 9, 1)], [date(2026, 9, 2), None]),
        ("2026-09-01", [date(2026, 9, 1)], [date(2026, 8, 31)]),
        ("2026年9月1日", [date(2026, 9, 1)], [date(2026, 8, 31)]),
        ("是", [True, "是"], [False, "否", None]),
        ("否", [False, "否"], [True, None]),
        (True, [True], [False, None]),
        ("（98％）硫酸", ["（98％）硫酸", "(98%)硫酸"], ["硫酸"]),
        # equals any of them
        ("甲, 乙", ["甲", "乙"], ["丙", None]),
        ("甲、乙", ["甲", "乙"], ["甲、乙"]),
        ("甲，乙", ["甲", "乙"], ["丙"]),
        ("甲\n乙", ["甲", "乙"], ["丙"]),
        ("1、3，5", [D(1), D(3), D(5)], [D(2), D(4), None]),
        ('甲、"乙, 丙"', ["甲", "乙, 丙"], ["乙", "丙"]),
        ("空、甲", [None, "", "甲"], ["乙"]),
        ("<10、>=100", [D(9), D(100)], [D(10), D(50), None]),
        # compares
        (">=100", [D(100), D(101)], [D("99.99"), None]),
        ("≥100", [D(100)], [D("99.99")]),
        ("＞＝100", [D(100)], [D(99)]),
        ("不低于100", [D(100)], [D(99)]),
        ("大于等于 100", [D(100)], [D(99)]),
        (">100", [D("100.01")], [D(100), None]),
        ("超过100", [D(101)], [D(100)]),
        ("<100", [D(99)], [D(100), None]),
        ("＜１００", [D(99)], [D(100)]),
        ("不超过100", [D(100)], [D("100.01")]),
        ("<=-5", [D(-5), D(-6)], [D(-4)]),
        ("<>甲", ["乙"], ["甲", None, ""]),
        ("!=3", [D(2)], [D(3), None]),
        ("超过100不超过200", [D(101), D(200)], [D(100), D(201), None]),
        ("大于等于10小于13", [D(10), D("12.9")], [D(9), D(13), None]),
        (">=10 且 <13", [D(10), D("12.9")], [D(9), D(13), None]),
        (">=20万", [D(200000)], [D(199999)]),
        (">5%", [D("0.06")], [D("0.05")]),
        (">=2026-09-01", [date(2026, 9, 1)], [date(2026, 8, 31), None]),
        ("晚于2026-09-01", [date(2026, 9, 2)], [date(2026, 9, 1)]),
        (">=22:00", [time(22, 0), time(23, 59)], [time(21, 59), None]),
        ("100及以上", [D(100)], [D(99)]),
        # lies between
        ("[100,200)", [D(100), D("199.99")], [D("99.99"), D(200), None]),
        ("（100，200］", [D("100.01"), D(200)], [D(100), D("200.01")]),
        ("[100..200)", [D(100)], [D(200)]),
        ("[100,]", [D(100), D(10**9)], [D(99)]),
        ("100..200", [D(100), D(200)], [D(99), D(201), None]),
        ("100~200", [D(100), D(200)], [D(99), D(201)]),
        ("100～200", [D(100), D(200)], [D(99), D(201)]),
        ("2026-03-01..2026-07-15", [date(2026, 3, 1), date(2026, 7, 15)], [date(2026, 7, 16), None]),
        # is none of them
        ("not(甲, 乙)", ["丙"], ["甲", "乙", None, ""]),
        ("非 甲、乙", ["丙"], ["甲", "乙", None]),
        ("不是甲", ["丙"], ["甲", None]),
        ("NOT（甲）", ["丙"], ["甲"]),
        ("not([100,200))", [D(99), D(200)], [D(100), D(150), None]),
        ("非 空", ["甲"], [None, ""]),
        # is missing, is present
        ("空", [None, ""], ["甲", "空"]),
        ("empty", [None], [D(0)]),
        ("非空", ["甲", D(0), False], [None, ""]),
        ("not empty", ["甲"], [None]),
        # formula
        ("=?>100", [D(101)], [D(100), None]),
        ("=mod(?, 2)=0", [D(4)], [D(3), None]),
        ("=100", [D(100)], [D(99), None]),
    ],
)
def test_a_cell_holds_for_what_it_says_and_for_nothing_else(cell, fits, not_fits):
    assert [value for value in fits if not holds(cell, value)] == []
    assert [value for value in not_fits if holds(cell, value)] == []


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (D(100), "100"),
        (">=10", "9"),
        (">10", "20"),
        ("<>10", "甲"),
        ("not(10)", "甲"),
        ("甲", D(1)),
        ("<>甲", D(1)),
        (D(1), True),
        (True, D(1)),
        (">=10", date(2026, 9, 1)),
        ("2026-09-01", "2026-09-01"),
        (D(0), False),
    ],
)
def test_a_comparison_never_crosses_types_and_says_so(cell, value):
    table, _ = one_cell(cell)
    decision = decide(table, env(x=value))
    assert decision.outputs == []
    assert [item.code for item in decision.diagnostics] == ["TABLE-073"]


@pytest.mark.parametrize(("cell", "code"), [("1000-5000", "TABLE-024"), ("许多", "TABLE-017")])
def test_what_was_meant_for_a_range_is_told_how_ranges_are_written(cell, code):
    _, found = read_table(f"| 当 金额 | 则 甲 |\n| >=5000 | 1 |\n| {cell} | 2 |")
    assert [(item.place.cell, item.code) for item in found] == [("A3", code)]


@pytest.mark.parametrize("cell", [None, "-", "非空"])
def test_a_value_of_another_kind_is_still_something(cell):
    table, _ = one_cell(">=10", cell)
    assert decide(table, env(x="甲")).outputs == [{"行": D(3)}]


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (">=一百", "TABLE-012"),
        (">=100元", "TABLE-012"),
        ("不低于100元", "TABLE-012"),
        (">=1,000", "TABLE-023"),
        ("<1,000", "TABLE-023"),
        ("[100,200", "TABLE-013"),
        ("100..200)", "TABLE-013"),
        ("(100..200", "TABLE-013"),
        ("[1,000,2,000)", "TABLE-025"),
        ("(1，000，2，000]", "TABLE-025"),
        ("[甲,乙]", "TABLE-013"),
        ("100..甲", "TABLE-013"),
        ("100..2026-09-01", "TABLE-013"),
        ("甲~乙", "TABLE-013"),
        ("(甲, 乙)", "TABLE-013"),
        ("[200,100]", "TABLE-014"),
        ("[100,100)", "TABLE-014"),
        ("甲,,乙", "TABLE-015"),
        ("甲、", "TABLE-015"),
        ('"甲', "TABLE-011"),
        ('甲"乙"', "TABLE-011"),
        ("a>b", "TABLE-010"),
        ("? > 100", "TABLE-010"),
        ("x=1", "TABLE-010"),
        ("甲、非 乙", "TABLE-022"),
        ("<>甲、乙", "TABLE-022"),
        ("甲、任意", "TABLE-022"),
        (">=1 且 >=2", "TABLE-022"),
        ("=>100", "EXPR-"),
    ],
)
def test_a_cell_that_cannot_be_read_is_a_fault_at_its_cell_and_never_no_match(cell, code):
    table, found = one_cell(cell)
    assert found[0].place == Place("规则", "A2") or found[0].place.cell == "A2"
    assert found[0].code.startswith(code)
    assert decide(table, env(x=D(150))).outcome is Outcome.ERROR


def test_numbers_written_as_text_in_a_column_of_texts_are_text():
    table, found = one_cell("A1", D(2), "00123")
    assert not found
    assert decide(table, env(x="2")).outputs == [{"行": D(3)}]
    assert decide(table, env(x="00123")).outputs == [{"行": D(4)}]
    assert decide(table, env(x="123")).outputs == []


def test_a_word_in_a_column_of_numbers_is_a_fault():
    _, found = one_cell(">=100", "未知")
    assert codes(found) == [("A3", "TABLE-017")]


def test_a_date_among_numbers_is_named_as_a_work_of_excel():
    _, found = one_cell(D(5), date(2026, 1, 3), D(7))
    assert codes(found) == [("A3", "TABLE-018")]


def test_a_day_in_a_column_of_instants_is_the_whole_day():
    table, found = one_cell("<=2026-09-30", "2026-09-30", ">2026-09-30", kind=Kind.DATETIME)
    assert not found
    evening = datetime(2026, 9, 30, 23, 0, tzinfo=NOW.tzinfo)
    assert decide(table, env(x=evening)).outputs == [{"行": D(2)}, {"行": D(3)}]
    assert decide(table, env(x=datetime(2026, 10, 1, tzinfo=NOW.tzinfo))).outputs == [{"行": D(4)}]


def test_cas_numbers_that_excel_made_dates_of_are_repaired_by_their_check_digit():
    # 75-05-8 acetonitrile, 79-01-6 trichloroethylene: valid CAS numbers that are valid dates (research/rules.md 2.3).
    table, found = one_cell("7722-64-7", date(1975, 5, 8), date(1979, 1, 6))
    assert codes(found) == [("A3", "TABLE-019"), ("A4", "TABLE-019")]
    assert decide(table, env(x="75-05-8")).outputs == [{"行": D(3)}]
    assert decide(table, env(x="79-01-6")).outputs == [{"行": D(4)}]


def test_a_date_that_is_no_cas_number_stays_a_fault_among_cas_numbers():
    _, found = one_cell("7722-64-7", date(1975, 5, 7))
    assert codes(found) == [("A3", "TABLE-018")]


def test_a_hundred_and_above_includes_a_hundred_with_a_warning():
    table, found = one_cell("100以上")
    assert codes(found) == [("A2", "TABLE-020")]
    assert decide(table, env(x=D(100))).outputs == [{"行": D(2)}]


def test_what_a_text_says_is_read_once_and_told_in_every_cell(monkeypatch):
    read, original = [], reading._split
    monkeypatch.setattr(reading, "_split", lambda text: read.append(text) or original(text))
    cells = [f"[{low},{low + 1})" for low in range(7000, 7050)]
    table, found = one_cell(*cells, *cells, "7000以上", "[7001", "7000以上", "[7001")
    assert read == [*cells, "7000以上", "[7001"]
    assert [(item.code, item.place.cell) for item in found] == [
        (faults.INCLUDES_END.code, "A102"),
        (faults.BAD_RANGE.code, "A103"),
        (faults.INCLUDES_END.code, "A104"),
        (faults.BAD_RANGE.code, "A105"),
    ]
    places = [row.tests[0].cell.place.cell for row in table.rows]
    assert places == [f"A{number}" for number in range(2, 106)]
