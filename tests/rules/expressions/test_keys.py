"""`lookup` with a key of several columns (the lodging limits of Caihang〔2015〕497): one row, or an error that says why.

The check says it where the number of keys or the rows themselves show it; the run says it in any case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from banshi.rules.cells import Cell
from banshi.rules.datasets import Dataset
from banshi.rules.diagnostics import NOWHERE
from banshi.rules.expressions import Environment, Name, Scope, check, evaluate, parse
from banshi.rules.expressions.columns import Batch, column_part, evaluate_columns, values_of
from banshi.rules.values import ErrorValue, Kind, Value

D = Decimal
NOW = datetime(2026, 9, 1, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


def dataset(name: str, columns: Sequence[str], keys: int, *rows: Sequence[object]) -> Dataset:
    cells = tuple(dict(zip(columns, map(Cell, row), strict=True)) for row in rows)  # type: ignore[arg-type]
    return Dataset(name, tuple(columns), tuple(columns[:keys]), cells)


ROWS = (
    ("北京", "部级", D(1100)),
    ("北京", "司局级", D(650)),
    ("北京", "其余人员", D(500)),
    ("三亚", "其余人员", D(400)),
)
HEAD = ("城市", "级别", "标准")
REAGENTS = (("7601-90-3", "高氯酸[浓度＞72%]"), ("7601-90-3", "高氯酸[浓度≤50%]"), ("7722-84-1", "过氧化氢"))
DATED = ("档次", "from", "until", "单价")
DATASETS = {
    "住宿标准": dataset("住宿标准", HEAD, 2, *ROWS),
    "只标城市": dataset("只标城市", HEAD, 1, *ROWS),
    "易制爆": replace(dataset("易制爆", ("CAS", "名称"), 1, *REAGENTS), marked=False),
    "学期": dataset("学期", ("学年", "学期", "周数"), 2, (D(2025), D(1), D(18)), (D(2025), D(2), D(19))),
    "电价": dataset(
        "电价",
        DATED,
        1,
        ("一", None, date(2026, 6, 30), D("0.6")),
        ("一", date(2026, 7, 1), None, D("0.7")),
        ("二", None, date(2026, 9, 30), D("0.8")),
        ("二", date(2026, 9, 1), None, D("0.9")),
    ),
}
DATASETS["抄表"] = dataset(
    "抄表", ("表", "抄表日", "读数"), 2, ("A", datetime(2026, 10, 31), D(5000)), ("B", date(2026, 10, 31), D(7000))
)
NAMES = {"城市": Name(Kind.TEXT), "级别": Name(Kind.TEXT)}


def value(text: str, **names: Value) -> Value:
    expression, found = parse(text, NOWHERE)
    assert expression is not None, found
    return evaluate(expression, Environment(names, DATASETS, now=NOW))


def code(text: str, **names: Value) -> str:
    found = value(text, **names)
    assert isinstance(found, ErrorValue), found
    return found.diagnostic.code


def checked(text: str) -> list[str]:
    expression, found = parse(text, NOWHERE)
    assert expression is not None, found
    return [item.code for item in check(expression, Scope(NAMES, DATASETS, now=NOW))]


@pytest.mark.parametrize("day", [date(2026, 10, 31), datetime(2026, 10, 31), "2026-10-31"])
@pytest.mark.parametrize(("meter", "reading"), [("A", D(5000)), ("B", D(7000))])
def test_a_day_is_found_however_its_cell_is_formatted(meter: str, reading: Decimal, day: Value) -> None:
    assert value('lookup("抄表", keys(表, 日), "读数")', 表=meter, 日=day) == reading
    expression, _ = parse('lookup("抄表", keys(表, 日), "读数")', NOWHERE)
    assert expression is not None
    batch = Batch(size=1, names={"表": values_of([meter]), "日": values_of([day])}, datasets=DATASETS, now=NOW)
    assert evaluate_columns(expression, batch).value(0) == reading


@pytest.mark.parametrize(("city", "rank", "limit"), ROWS)
def test_each_row_is_found_by_its_keys(city: str, rank: str, limit: Decimal) -> None:
    for text in ('lookup("住宿标准", keys(城市, 级别), "标准")', "查表(住宿标准, 键(城市, 级别), 标准)"):
        assert value(text, 城市=city, 级别=rank) == limit
        assert checked(text) == []


def test_numbers_are_keys_too() -> None:
    assert value('lookup("学期", keys(年, 2), "周数")', 年=D("2025.0")) == D(19)
    assert value('lookup("学期", keys(年, 2), "周数")', 年="2025") == D(19)


def test_keys_that_no_row_has_are_an_error_or_the_fourth_argument() -> None:
    assert code('lookup("住宿标准", keys("三亚", "部级"), "标准")') == "EXPR-063"
    assert checked('lookup("住宿标准", keys("三亚", "部级"), "标准")') == ["EXPR-063"]
    assert value('lookup("住宿标准", keys("三亚", "部级"), "标准", 0)') == 0
    assert value('lookup("住宿标准", keys(城市, ""), "标准")', 城市="北京") is None
    assert value('lookup("住宿标准", keys(城市, 级别), "标准", 7)', 城市="北京") == 7


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('lookup("住宿标准", 城市, "标准")', "EXPR-071"),
        ('lookup("住宿标准", keys(城市), "标准")', "EXPR-071"),
        ('lookup("住宿标准", keys(城市, 级别, 1), "标准")', "EXPR-071"),
        ('lookup("只标城市", keys(城市, 级别), "标准")', "EXPR-071"),
        ('lookup("只标城市", 城市, "标准")', "EXPR-070"),
        ('lookup("住宿标准", 城市, 级别, "标准")', "EXPR-071"),
    ],
)
def test_keys_that_tell_no_row_are_errors_of_the_check_and_of_the_run(text: str, wanted: str) -> None:
    assert wanted in checked(text)
    assert code(text, 城市="北京", 级别="其余人员") == wanted


def test_a_key_that_one_row_has_is_found_where_others_repeat() -> None:
    assert checked('lookup("只标城市", "三亚", "标准")') == []
    assert value('lookup("只标城市", 城市, "标准")', 城市="三亚") == 400
    assert checked('lookup("只标城市", "北京", "标准")') == ["EXPR-070"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('lookup("易制爆", 城市, "名称")', ["EXPR-072"]),
        ('lookup("易制爆", "7722-84-1", "名称")', []),
        ('if(lookup("易制爆", 城市, "名称", "") <> "", "列入", "未列入")', []),
        ('lookup("易制爆", keys(城市, 级别), "名称")', ["EXPR-071"]),
    ],
)
def test_where_no_column_is_marked_the_first_row_counts_with_a_warning(text: str, wanted: list[str]) -> None:
    """Except where only asking whether there is one (the list of explosive precursors of 2017 has 高氯酸 three times)."""
    assert checked(text) == wanted
    assert value('lookup("易制爆", "7601-90-3", "名称")') == "高氯酸[浓度＞72%]"
    batch = Batch(size=3, names={"c": values_of([row[0] for row in REAGENTS])}, datasets=DATASETS, now=NOW)
    expression, _ = parse('lookup("易制爆", c, "名称")', NOWHERE)
    assert expression is not None
    found = evaluate_columns(expression, batch)
    assert [found.value(row) for row in range(3)] == ["高氯酸[浓度＞72%]", "高氯酸[浓度＞72%]", "过氧化氢"]


def test_rows_of_other_days_are_no_second_row_but_periods_that_overlap_are() -> None:
    assert value('lookup("电价", "一", "单价")') == D("0.7")
    assert checked('lookup("电价", "一", "单价")') == []
    assert code('lookup("电价", "二", "单价")') == "EXPR-070"
    assert checked('lookup("电价", "二", "单价")') == ["EXPR-070"]


def test_the_message_says_what_to_write() -> None:
    expression, _ = parse('lookup("住宿标准", 城市, "标准")', NOWHERE)
    assert expression is not None
    (found,) = check(expression, Scope(NAMES, DATASETS))
    for language in ("zh", "en"):
        assert 'lookup("住宿标准", keys(城市, 级别), …)' in found.remedy(language)
    expression, _ = parse('lookup("住宿标准", 城市, 级别, "标准", 0)', NOWHERE)
    assert expression is not None
    (found,) = [item for item in check(expression, Scope(NAMES, DATASETS)) if item.severity == "error"]
    assert found.code == "EXPR-029"
    assert "keys(" in found.remedy("zh")


def test_the_columns_find_what_the_scalar_finds() -> None:
    cities: list[Value] = [row[0] for row in ROWS] + ["三亚", "北京", None, ""]
    ranks: list[Value] = [row[1] for row in ROWS] + ["部级", None, "部级", "部级"]
    batch = Batch(
        size=len(cities), names={"城市": values_of(cities), "级别": values_of(ranks)}, datasets=DATASETS, now=NOW
    )
    for text in ('lookup("住宿标准", keys(城市, 级别), "标准")', 'lookup("只标城市", 城市, "标准")'):
        expression, _ = parse(text, NOWHERE)
        assert expression is not None
        found = evaluate_columns(expression, batch)
        plain = ~np.broadcast_to(column_part(expression, batch).odd, len(cities))
        for row, pair in enumerate(zip(cities, ranks, strict=True)):
            alone = value(text, 城市=pair[0], 级别=pair[1])
            assert bool(plain[row]) is not isinstance(alone, ErrorValue)
            assert type(found.value(row)) is type(alone)
            assert isinstance(alone, ErrorValue) or found.value(row) == alone, (text, pair)
