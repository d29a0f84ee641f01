"""Numbers and ranges as staff write them: read where they have one meaning, refused where not, never a quiet word.

A1 A spelling with one plain meaning is read. A2 One with several is an error, unless the column is plainly of words: by
the form, by its header, by a choice list or by other cells. A3 Codes with digits stay words. A4 A list that lets
everything through is an error.
"""

from __future__ import annotations

from decimal import Decimal

import pytest
from rule_sheets import codes, env, read_table
from workbooks import workbook_from_text

from banshi.platform.sheets import load_bytes
from banshi.rules.decision import Outcome
from banshi.rules.diagnostics import Diagnostic
from banshi.rules.expressions import Name, Scope
from banshi.rules.tables import bind, check, decide
from banshi.rules.values import Kind

D = Decimal


def said(header: str, cells: tuple[str, ...], name: Name | None = None, *, rest: bool = True) -> list[Diagnostic]:
    """Everything that the reader and the check say of a column; `rest` adds a last row for everything else."""
    rows = "".join(f"| {cell} | {at} |\n" for at, cell in enumerate(cells)) + ("| | 99 |" if rest else "")
    table, found = read_table(f"| 命中 | 首个 |\n| 当 {header} | 则 结果 |\n{rows}")
    assert table is not None
    label = header.partition(":")[0].strip()
    return [*found, *check(table, Scope({label: name or Name(table.inputs[0].kind, guessed=True)}))]


def errors(header: str, cells: tuple[str, ...], name: Name | None = None) -> list[tuple[str, str]]:
    return [(item.code, item.place.cell) for item in said(header, cells, name) if item.severity == "error"]


@pytest.mark.parametrize(
    ("cell", "fits", "not_fits"),
    [
        ("100以上（含）", ["100", "101"], ["99.99"]),
        ("100以上（含100）", ["100"], ["99"]),
        ("100（含）以上", ["100"], ["99"]),
        ("100以上（不含）", ["100.01"], ["100"]),
        ("100（不含）以下", ["99"], ["100"]),
        ("100以下（含本数）", ["100"], ["101"]),
        ("最少100", ["100"], ["99"]),
        ("最多100", ["100"], ["101"]),
        ("最低100", ["100"], ["99"]),
        ("最高100", ["100"], ["101"]),
        ("满100", ["100"], ["99"]),
        ("100起", ["100"], ["99"]),
        ("100到500", ["100", "500"], ["99", "501"]),
    ],
)
def test_what_has_one_meaning_is_read_without_a_word(cell: str, fits: list[str], not_fits: list[str]) -> None:
    assert said("金额", (cell,)) == []
    table, _ = read_table(f"| 当 金额 | 则 结果 |\n| {cell} | 1 |")
    assert table is not None
    outcomes = {number: decide(table, env(金额=D(number))).outcome is Outcome.OK for number in (*fits, *not_fits)}
    assert outcomes == {number: number in fits for number in (*fits, *not_fits)}


@pytest.mark.parametrize(
    "cell",
    [
        "100元以上（含100元）",
        "100（含）元以上",
        "100（含）",
        "100+",
        "100左右",
        "介于100和500之间",
        "100或200",
        "100和200",
        "100/200",
        "'100 000",
        "约100",
        "1000000元以上",
        "10万元以上",
        "满三年",
        "5月4日",
        "100-500",
    ],
)
def test_what_has_several_meanings_is_refused_where_nothing_says_that_it_is_a_word(cell: str) -> None:
    assert errors("金额", (cell,)) == [("TABLE-088", "A3")]
    quoted = f'"{cell.removeprefix(chr(39))}"'
    assert errors("金额", (quoted,)) == []
    assert errors("金额: 文本", (cell,)) == []
    assert errors("金额", (cell,), Name(Kind.TEXT)) == []
    assert errors("金额", (cell, "面议")) == []


@pytest.mark.parametrize(
    "cells",
    [
        ("90-100", "60-89", "0-59"),
        ("90－100", "60－89"),
        ("20-45", "8-19", "5-7", "1-4"),
        ("100-500", "20-50"),
        ("1000000元以上", "10万元以上"),
        ("约100", "100"),
    ],
)
def test_every_such_cell_of_a_column_is_named(cells: tuple[str, ...]) -> None:
    found = errors("档", cells)
    assert found == [("TABLE-088", f"A{row}") for row, cell in enumerate(cells, start=3) if cell != "100"]


@pytest.mark.parametrize("rest", ["其他", "其余", "不限"])
def test_a_word_for_everything_else_makes_no_column_of_words(rest: str) -> None:
    assert errors("金额", ("1000000元以上", "10万元以上", rest)) == [("TABLE-088", "A3"), ("TABLE-088", "A4")]


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("房间", ("3-201", "3-202")),
        ("房间", ("1-2", "3-4")),
        ("教室", ("101/102",)),
        ("地点", ("3-201", "4-305", "10-101")),
        ("地点", ("3-201",)),
        ("付款方式", ("3-201",)),
        ("型号", ("A100", "B-200")),
        ("型号", ("100", "A200")),
        ("课程", ("2026-1", "2026-2")),
        ("试剂", ("7722-84-1", "75-05-8")),
        ("联系", ("010-62751114", "021-65642222")),
        ("联系", ("0755-26032000", "0755-26032001")),
        ("设备", ("100/0.4kV", "35/10kV")),
        ("学年", ("2025-2026", "2026-2027")),
        ("学年", ("2025/2026",)),
        ("班级", ("1-2", "3-4")),
        ("联系", ("13800138000/13900139000",)),
        ("级别", ("1级", "2级")),
        ("班", ("1-2班", "3-4班")),
        ("时间", ("8:00", "9:30")),
    ],
)
def test_codes_with_digits_stay_words(header: str, cells: tuple[str, ...]) -> None:
    assert said(header, cells) == []


@pytest.mark.parametrize("cells", [("满100", "100到500", "面议"), ("100+", "90-100", "10万以上"), ("100/200",)])
def test_the_choices_of_a_question_are_words_however_they_are_called(cells: tuple[str, ...]) -> None:
    rows = "".join(f"| 档 | {cell} | {cell} |\n" for cell in cells)
    rules = "".join(f"| {cell} | {at} |\n" for at, cell in enumerate(cells))
    service, found = load_bytes(
        workbook_from_text(f"""
            ## survey
            | type | name | label |
            | select_one 档 | 档 | 档次 |
            ## choices
            | list_name | name | label |
            {rows}
            ## 规则-表
            | 当 档 | 则 结果 |
            {rules}
        """),
        "x.xlsx",
    )
    assert [item for item in found if item.code.startswith("TABLE") and item.code != "TABLE-020"] == []
    assert service is not None
    table = service.tables["表"]
    for at, cell in enumerate(cells):
        assert decide(table, env(档=cell)).outputs == {"结果": D(at)}


def test_without_a_form_the_cells_decide() -> None:
    _, found = load_bytes(
        workbook_from_text("## 规则-等级\n| 当 得分 | 则 等级 |\n| 90-100 | 优 |\n| 60-89 | 合格 |\n| 0-59 | 不合格 |"),
        "x.xlsx",
    )
    assert codes(found) == [("A2", "TABLE-088"), ("A3", "TABLE-088"), ("A4", "TABLE-088")]


@pytest.mark.parametrize("cells", [("100,000", "50,000"), ("100,000", ">=200"), ("1,000,000",)])
def test_thousands_are_no_list(cells: tuple[str, ...]) -> None:
    found = errors("金额", cells)
    assert found == [("TABLE-023", f"A{row}") for row, cell in enumerate(cells, start=3) if "," in cell]


@pytest.mark.parametrize(
    ("header", "cell", "told"),
    [
        ("金额", "12,500", True),
        ("金额", "1,200,300", True),
        ("金额", "'12, 500", False),
        ("金额", "12、500", False),
        ("金额", "100,200", False),
        ("楼号", "12,500", False),
        ("金额", "1,2,3", False),
    ],
)
def test_a_list_that_may_be_one_number_is_told(header: str, cell: str, told: bool) -> None:
    found = said(header, (cell,), Name(Kind.NUMBER))
    assert [(item.code, item.severity) for item in found] == ([("TABLE-089", "warning")] if told else [])


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        ("＞100，≤500", "(100,500]"),
        (">=100,<500", "[100,500)"),
        ("≤500、>100", "(100,500]"),
        (">=2026-03-01, <=2026-07-15", "[2026-03-01,2026-07-15]"),
    ],
)
def test_a_list_that_lets_everything_through_names_the_range(cell: str, meant: str) -> None:
    (found,) = said("金额", (cell,))
    assert (found.code, found.severity) == ("TABLE-090", "error")
    assert all(meant in found.remedy(language) for language in ("zh", "en"))


@pytest.mark.parametrize(
    "cell", ["<06:00, >=22:00", "<5、>10", "<5、>=5", "<100, >100", "[1,5]、[3,9]", ">100 且 <=500"]
)
def test_a_list_that_leaves_something_out_stays(cell: str) -> None:
    assert errors("数", (cell,)) == []


def test_a_word_among_days_is_the_odd_one_and_a_day_among_words_is_not() -> None:
    days = ("2026-05-01", "2026-10-01", "2027-01-01")
    for odd in ("中秋节", "5月4日"):
        assert [item.place.cell for item in said("日期", (*days, odd)) if item.severity == "error"] == ["A6"]
    assert errors("品名", ("甲苯", "乙醚", "2026-05-01")) == [("TABLE-018", "A5")]


def test_a_bound_table_decides_by_words_where_its_choices_are_called_like_ranges() -> None:
    table, found = read_table("| 当 档 | 则 结果 |\n| 10万到20万 | 1 |\n| 20万到30万 | 2 |")
    assert table is not None
    assert found == []
    bound = bind(table, Scope({"档": Name(Kind.TEXT, frozenset({"10万到20万", "20万到30万"}))}))
    assert decide(bound, env(档="20万到30万")).outputs == {"结果": D(2)}
