"""What a rule computes fits its question: nobody who fills the form in could mend it.

The results that are written here were divided by hand; ODK cuts what is computed for a whole number.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

SHARED = """
## survey
| type | name | label | readonly | calculation | default |
| integer | 人数 | 参加人数 | | | |
| decimal | 人均 | 人均里程 | yes | 100 div ${人数} | |
| money | 人均费用 | 人均费用 | yes | 100 / ${人数} | |
| integer | 整车 | 整车数 | | -7 div ${人数} | |
| money | 小组费用 | 每两人一组 | | ${人均费用} * 2 | |
| money | 预付 | 预付 | | | 200 div 3 |
| decimal | 文字 | 由文字算出 | | concat('0.', 123456789 * 0 + 3, '00') | |
"""


@pytest.mark.parametrize(
    ("people", "mean", "cost", "group", "cars"),
    [
        ("3", "33." + 28 * "3", "33.33", "66.66", "-2"),
        ("32", "3.125", "3.13", "6.26", "0"),  # 3.125: half a fen goes up, and the next rule counts with what is shown
        ("7", "14." + "2857142857142857142857142857", "14.29", "28.58", "-1"),
        ("4", "25", "25", "50", "-1"),
    ],
)
def test_a_computed_number_fits_its_question(
    evaluate: Any, people: str, mean: str, cost: str, group: str, cars: str
) -> None:
    found = evaluate(SHARED, {"人数": people})
    assert found.errors == ()
    values = {name: found.values[name] for name in ("人均", "人均费用", "小组费用", "整车", "预付", "文字")}
    assert values == {
        "人均": Decimal(mean),
        "人均费用": Decimal(cost),
        "小组费用": Decimal(group),
        "整车": Decimal(cars),
        "预付": Decimal("66.67"),
        "文字": Decimal("0.3"),
    }
    assert found.answers["人均"] == Decimal(mean)


def test_what_people_type_is_not_rounded(evaluate: Any) -> None:
    found = evaluate(SHARED, {"人数": "4", "预付": "66.666"})
    assert [error.path for error in found.errors] == ["预付"]


def test_a_computed_number_too_large_for_its_question_is_told(evaluate: Any) -> None:
    text = SHARED.replace("100 div ${人数}", "power(10, 30) div ${人数}")
    found = evaluate(text, {"人数": "4"})
    assert [error.path for error in found.errors] == ["人均"]
