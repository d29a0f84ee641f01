"""Facts of a policy that are written with a blank (`需要 公安备案`) stand in conditions of other rows as they are written."""

from __future__ import annotations

from decimal import Decimal

import pytest
from rule_sheets import env
from workbooks import workbook_from_text

from banshi.platform.service.model import Service
from banshi.platform.sheets import load_bytes
from banshi.rules.diagnostics import Diagnostic
from banshi.rules.policies import FixpointEngine, infer

D = Decimal


def load(condition: str, fact: str = "需要 公安备案") -> tuple[Service, list[Diagnostic]]:
    service, found = load_bytes(
        workbook_from_text(f"""
            ## 制度-危化品
            | 编号 | 当 | 则 | 结论 | 说明 |
            | 甲 | 类别 = "易制爆" | {fact} | | |
            | 乙 | {condition} | | 必须 | 到公安机关备案 |
        """),
        "x.xlsx",
    )
    assert service is not None
    return service, found


@pytest.mark.parametrize(
    ("condition", "fact"),
    [
        ("需要 公安备案 且 数量 > 5", "需要 公安备案"),
        ("数量 > 5 且 需要  公安备案", "需要 公安备案"),
        ("需要公安备案 且 数量 > 5", "需要 公安备案"),
        ("${需要 公安备案} 且 数量 > 5", "需要 公安备案"),
        ("not(not(需要 公安备案)) and 数量 > 5", "需要 公安备案"),
        ('管制 类别 = "一类" 且 数量 > 5', "管制 类别 = 一类"),
        ("needs police notice and 数量 > 5", "needs police notice"),
    ],
)
@pytest.mark.parametrize(("kind", "amount", "holds"), [("易制爆", 6, True), ("易制爆", 5, False), ("普通", 6, False)])
def test_a_fact_reads_as_it_is_written(condition: str, fact: str, kind: str, amount: int, holds: bool) -> None:
    service, found = load(condition, fact)
    assert [item.code for item in found] == []
    findings = infer(service.policies["危化品"], env({"类别": kind, "数量": D(amount)}), FixpointEngine()).findings
    assert [item.id for item in findings] == (["乙"] if holds else [])


def test_texts_and_longer_names_are_left_alone_and_places_stay() -> None:
    service, found = load('说明 = "需要 公安备案" 且 需要 公安备案 且 (数量')
    (broken,) = found
    assert broken.place.cell == "B3"
    service, found = load('说明 = "需要 公安备案" 且 数量 > 5')
    statement = service.policies["危化品"].statements[1]
    assert found == []
    assert statement.when is not None
    assert '"需要 公安备案"' in statement.when.text
    _, found = load("需要 公安备案 且 数目量 > '5")
    assert {item.place.cell for item in found} == {"B3"}


@pytest.mark.parametrize("condition", ['需要 = "公安备案"', '"公安备案" = 需要', '数量 > 5 且 需要 = "公安备案"'])
def test_half_a_fact_is_told(condition: str) -> None:
    _, found = load(condition)
    (error,) = [item for item in found if item.severity == "error"]
    assert (error.code, error.place.cell) == ("POLICY-040", "B3")
    assert "需要公安备案" in error.remedy("zh")
    assert "需要公安备案" in error.remedy("en")


def test_another_comparison_with_an_input_is_none() -> None:
    _, found = load('单位 = "公安备案" 且 需要 公安备案')
    assert [item.code for item in found] == []


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"数量": "六", "限量": D(5)}, ("数量",)),
        ({"数量": D(6)}, ("限量",)),
        ({"数量": "六"}, ("限量",)),
        ({}, ("数量", "限量")),
    ],
)
def test_a_finding_names_what_has_to_be_given_and_nothing_else(
    given: dict[str, object], missing: tuple[str, ...]
) -> None:
    service, _ = load_bytes(
        workbook_from_text("## 制度-量\n| 编号 | 当 | 结论 | 说明 |\n| 甲 | 数量 > 限量 | 禁止 | 超量 |"), "x.xlsx"
    )
    assert service is not None
    (finding,) = infer(service.policies["量"], env(given), FixpointEngine()).findings
    assert finding.missing == missing
