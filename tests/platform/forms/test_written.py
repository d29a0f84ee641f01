"""What people write has one meaning, whatever the way in; `written.json` holds the browser to the same table.

1. Numbers, yes and no, days, months, years, moments and times as people write them are read; what may mean two is told.
2. A question for a month or a year keeps its first day, also of a day that was given or computed.
3. A repeat that counts more rows than a form can have says so where the number was asked, and is not sent.
"""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

CASES = json.loads(Path(__file__).with_name("written.json").read_text("utf-8"))
del CASES["comment"]
FORM = """
## survey
| type | name | label | appearance |
| decimal | number | 数量 | |
| acknowledge | yes_no | 同意 | |
| date | date | 日期 | |
| date | month | 年月 | month-year |
| date | year | 年份 | year |
| datetime | datetime | 时刻 | |
| time | time | 时间 | |
"""
CODES = {
    "number": {"FORM-002", "FORM-005", "FORM-048"},
    "yes_no": {"FORM-009"},
    "date": {"FORM-006"},
    "month": {"FORM-046"},
    "year": {"FORM-047"},
    "datetime": {"FORM-008"},
    "time": {"FORM-007"},
}


@pytest.mark.parametrize(("kind", "said", "meant"), [(kind, *case) for kind, cases in CASES.items() for case in cases])
def test_what_people_write(evaluate: Any, kind: str, said: str, meant: Any) -> None:  # 1, 2
    found = evaluate(FORM, {kind: said})
    codes = {error.code for error in found.errors}
    if meant is None:
        assert codes
        assert codes <= CODES[kind]
        return
    assert codes == set()
    value = found.answers[kind]
    match kind:
        case "number":
            assert value == Decimal(meant)
        case "yes_no":
            assert value == ("OK" if meant else None)
        case "datetime":
            assert value.isoformat() == f"{meant}:00+08:00"
        case "time":
            assert value.isoformat()[:5] == meant
        case _:
            assert value.isoformat() == meant


def test_odd_commas_are_told_with_what_was_written(evaluate: Any) -> None:  # 1
    (error,) = evaluate(FORM, {"number": "1,00"}).errors
    assert error.code == "FORM-048"
    assert "1,00" in error.message("zh")
    assert "1,00" in error.message("en")


def test_the_first_day_also_of_a_computed_day(evaluate: Any) -> None:  # 2
    form = """
## survey
| type | name | label | appearance | calculation | default |
| date | 当月 | 当月 | month-year | today() | |
| date | 学年 | 学年 | year | | 2026-09-17 |
"""
    answers = evaluate(form.replace("today()", "date('2026-09-17')"), {}).answers
    assert {name: str(value) for name, value in answers.items()} == {"当月": "2026-09-01", "学年": "2026-01-01"}


COUNTED = """
## survey
| type | name | label | repeat_count |
| integer | 人数 | 人数 | |
| begin_repeat | 名单 | 名单 | {count} |
| text | 姓名 | 姓名 | |
| end_repeat | | | |
"""


@pytest.mark.parametrize(("count", "path"), [("${人数}", "人数"), ("${人数} + 1", "名单")])
def test_more_rows_than_a_form_can_have_are_told(evaluate: Any, count: str, path: str) -> None:  # 3
    most = 500 if path == "人数" else 499
    assert evaluate(COUNTED.format(count=count), {"人数": most}).errors == ()
    found = evaluate(COUNTED.format(count=count), {"人数": most + 1})
    (error,) = found.errors
    assert (error.path, error.code) == (path, "FORM-049")
    for language in ("zh", "en"):
        assert "501" in error.message(language)
        assert "500" in error.message(language)
    assert len(found.answers["名单"]) == 500


def test_a_count_that_is_none_makes_no_rows(evaluate: Any) -> None:  # 3
    assert evaluate(COUNTED.format(count="${人数}"), {"人数": -3}).answers.get("名单", []) == []
