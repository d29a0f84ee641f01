"""Explanations: each part with the author's text and its value; why a result is empty or an error; the dataset's cell."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from banshi.rules.cells import Cell
from banshi.rules.datasets import Dataset
from banshi.rules.decision import Explanation
from banshi.rules.diagnostics import Place
from banshi.rules.expressions import Environment, evaluate, explain, parse
from banshi.rules.values import Value

NOW = datetime(2026, 9, 1, 8, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
D = Decimal


def explained(text: str, **names: Value) -> Explanation:
    expression, _ = parse(text, Place("fees", "C3"))
    assert expression is not None
    env = Environment(names, {"电价": TARIFF}, now=NOW)
    found = explain(expression, env)
    assert found.value == evaluate(expression, env)
    return found


TARIFF = Dataset(
    "电价", ("档次", "单价"), ("档次",), ({"档次": Cell("二"), "单价": Cell(D("0.698"), Place("data", "B3"))},)
)


def outline(line: Explanation) -> list[object]:
    return [line.label, line.value, *(outline(part) for part in line.parts)]


def test_parts_with_their_values_and_only_the_branch_taken() -> None:
    found = explained("=IF(用电量 >\n额度, (用电量-额度)*0.698, 1/0)", 用电量=D(65), 额度=D(10))
    assert outline(found) == [
        "IF(用电量 > 额度, (用电量-额度)*0.698, 1/0)", D("38.390"),
        ["用电量 > 额度", True, ["用电量", D(65)], ["额度", D(10)]],
        ["(用电量-额度)*0.698", D("38.390"), ["(用电量-额度)", D(55), ["用电量", D(65)], ["额度", D(10)]]],
    ]  # fmt: skip


def test_places_are_the_cell_and_the_characters() -> None:
    found = explained("1 + 用电量 * 2", 用电量=D(3))
    assert [str(found.place), found.place.span] == ["fees!C3", (0, 11)]
    assert found.parts[0].place.span == (4, 11)


def test_an_empty_result_says_which_part_was_empty() -> None:
    found = explained("用电量 * 单价 + 1", 用电量=D(3), 单价=None)
    assert found.value is None
    assert "用电量 * 单价" in found.zh
    product = found.parts[0]
    assert "单价" in product.zh
    assert "单价" in product.en
    assert "empty" in product.en
    assert [part.en for part in product.parts] == ["", "not filled in"]


def test_an_error_says_why() -> None:
    found = explained("round(用电量 / 人数, 2)", 用电量=D(3), 人数=D(0))
    assert "用电量 / 人数" in found.zh
    assert "Division by zero" in found.parts[0].en


def test_a_looked_up_value_names_its_cell() -> None:
    found = explained("lookup(电价, 档, 单价) * 2", 档="二")
    assert str(found.parts[0].place) == "data!B3"
    assert str(found.place) == "fees!C3"


def test_a_constant_explains_itself() -> None:
    assert outline(explained("0.5")) == ["0.5", D("0.5")]
