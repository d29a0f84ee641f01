"""Numbers in words that decided quietly: one scale for two ends, headers that sound like codes, phrases beside one another."""

from __future__ import annotations

import pytest
from workbooks import workbook_from_text

from banshi.platform.sheets import load_bytes

TABLE = "## 规则-r\n| 命中 | 首个 |\n| 当 {header} | 则 审批 |\n| {first} | 校长 |\n| {second} | 分管 |\n| | 部门 |"


def found(header: str, first: str, second: str) -> dict[str, str]:
    """Severity by code, of the two cells."""
    text = TABLE.format(header=header, first=first, second=second)
    _, told = load_bytes(workbook_from_text(text), "r.xlsx")
    return {item.code: str(item.severity) for item in told if item.place.cell in ("A3", "A4")}


@pytest.mark.parametrize("cell", ["5～20万", "5至20万", "5..20万", "0.01～0.05万", "[5,20万)"])
def test_one_scale_behind_two_ends_is_asked_for(cell: str) -> None:
    """5 to 200,000, or 50,000 to 200,000? Nobody means the first, and a table must not guess."""
    assert found("金额", cell, ">100万") == {"TABLE-092": "error"}


@pytest.mark.parametrize("cell", ["5万～20万", "0～20万", "500～1万", "50000~200000"])
def test_ends_that_mean_one_thing_are_read(cell: str) -> None:
    assert found("金额", cell, ">100万") == {}


@pytest.mark.parametrize(
    ("header", "first", "second", "code"),
    [
        ("班级人数", "46-60", "20-45", "TABLE-088"),
        ("房间面积", "60-100", "20-59", "TABLE-088"),
        ("教室容量", "100-200", "30-99", "TABLE-088"),
        ("房间维修金额", "100,000", "50,000", "TABLE-023"),
        ("宿舍费", "100+", "约100", "TABLE-088"),
        ("预算", "100-500", "50-99", "TABLE-088"),
    ],
)
def test_an_amount_of_something_with_codes_is_an_amount(header: str, first: str, second: str, code: str) -> None:
    assert found(header, first, second).get(code) == "error"


@pytest.mark.parametrize(
    ("header", "first", "second"), [("房间", "3-201", "3-202"), ("学期", "2025-2026-1", "2025-2026-2")]
)
def test_codes_stay_words(header: str, first: str, second: str) -> None:
    assert found(header, first, second) == {}


def test_a_phrase_does_not_make_a_word_of_its_neighbour() -> None:
    assert found("金额", "达到1000000", "10万元以上") == {"TABLE-088": "error"}
