"""Steps that an open question would skip: told where the condition compares what may be left empty, and only there."""

from __future__ import annotations

import pytest
from workbooks import workbook_from_text

from banshi.platform.sheets import load_bytes

PURCHASE = """
    ## settings
    | form_id | purchase |
    | form_title | 采购 |
    ## survey
    | type | name | label | required | calculation | default |
    | integer | 数量 | 数量 | {required} | | {default} |
    | decimal | 单价 | 单价 | yes | | |
    | calculate | 金额 | | | '${{数量}} * ${{单价}} | |
    | text | 理由 | 理由 | | | |
    ## route
    | step | name | who | when | require | edit |
    | 10 | 申请 | initiator | | | |
    | 20 | 负责人 | head(申请部门) | | {require} | {require} |
    | 30 | 分管领导 | head(申请部门) | {when} | | |
"""


def test_the_formula_that_is_proposed_can_be_copied():
    _, found = load_bytes(
        workbook_from_text(PURCHASE.format(when="${数量} > 3", required="", default="", require="")), "p.xlsx"
    )
    (one,) = (item for item in found if item.code == "ROUTE-016")
    assert "coalesce(${数量}, …)" in one.remedy()
    assert "coalesce(${数量}, …)" in one.remedy("en")


def told(when: str, required: str = "", default: str = "", require: str = "") -> list[tuple[str, str]]:
    text = PURCHASE.format(when=when, required=required, default=default, require=require)
    loaded, found = load_bytes(workbook_from_text(text), "purchase.xlsx")
    assert loaded is not None, found
    return [(str(item.place), item.message()) for item in found if item.code == "ROUTE-016"]


@pytest.mark.parametrize(
    "when",
    [
        "${金额} >= 10000",
        "${数量} > 3",
        "10000 <= ${单价} * ${数量}",
        "round(${金额}, 0) = 5",
        "if(${数量} > 3, true(), false())",
    ],
)
def test_a_comparison_that_an_open_question_turns_to_no_is_told_at_its_cell(when):
    ((place, message),) = told(when)
    assert place == "route!D4"
    assert "30" in message
    assert "“数量”" in message


@pytest.mark.parametrize(
    "when",
    [
        "coalesce(${金额}, 99999) >= 10000",
        "${数量} = '' or ${金额} >= 10000",
        "not(${数量} <= 3)",
        "${数量} != 3",
        "${单价} > 3",
        "${理由} = '急'",
    ],
)
def test_a_condition_that_says_what_an_open_question_means_is_not_told(when):
    assert told(when) == []


def test_a_question_that_somebody_must_answer_before_is_not_told():
    assert told("${数量} > 3", required="yes") == []
    assert told("${数量} > 3", default="1") == []
    assert told("${数量} > 3", require="数量") == []
    assert told("${数量} > 3", require="*") == []


@pytest.mark.parametrize("late", ["30", "40"])
def test_a_step_that_asks_too_late_helps_nothing(late):
    """The step itself, or one behind it, asks for the number: by then the step is skipped."""
    rows = {
        "30": "| 30 | 分管领导 | head(申请部门) | ${数量} > 3 | 数量 | 数量 |",
        "40": "| 40 | 归档 | head(申请部门) | | 数量 | 数量 |",
    }
    text = PURCHASE.format(when="${数量} > 3", required="", default="", require="").rstrip()
    old = text.splitlines()[-1].strip()
    new = rows[late] if late == "30" else f"{old}\n{rows[late]}"
    loaded, found = load_bytes(workbook_from_text(text.replace(old, new)), "purchase.xlsx")
    assert loaded is not None
    assert [str(item.place) for item in found if item.code == "ROUTE-016"] == ["route!D4"]
