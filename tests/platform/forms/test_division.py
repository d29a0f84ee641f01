"""A hidden calculation that divides by 0.

1. Where nothing is decided by it, it is kept empty and the form can be sent; else whoever fills in is told which answers to check, in her language, and is led to them; the cell is named for the office.
2. The author is warned at the cell, unless a condition tests the divisor.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from workbooks import workbook_from_text

from banshi.platform.forms import evaluate_form
from banshi.platform.sheets import load_bytes
from banshi.rules.policies import FixpointEngine

FORM = """
## settings
| form_id | form_title |
| duty | 分组工时登记 |
## survey
| type | name | label::中文 (zh) | label::English (en) | calculation | relevant |
| begin_repeat | grp | 组 | Groups | | |
| text | gname | 组名 | Name of the group | | |
| begin_repeat | mem | 成员 | Members | | |
| decimal | hrs | 工时 | Hours | | |
| end_repeat | | | | | |
| calculate | gsum | | | sum(${hrs}) | |
| calculate | share | | | CALCULATION | RELEVANT |
READ
| end_repeat | | | | | |
"""


READ = "| text | why | 说明 | Why | | ${share} > 4 |"


def loaded(calculation: str, relevant: str = "", read: str = READ, more: str = ""):
    text = FORM.replace("CALCULATION", calculation).replace("RELEVANT", relevant).replace("READ", read) + more
    return load_bytes(workbook_from_text(text), "工时.xlsx")


def filled(service):
    now = datetime(2026, 9, 1, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
    answers = {"grp": [{"gname": "甲组", "mem": [{"hrs": "0"}]}]}
    return evaluate_form(service, answers, now=now, engine=FixpointEngine())


@pytest.mark.parametrize(
    "read",
    [
        "",
        "| note | said | 每人 ${share} | Each ${share} | | |",
        "| calculate | twice | | | ${share} * 2 | |",
        "| calculate | once | | | iferror(${share}, 0) | |",
    ],
)
def test_what_nothing_is_decided_by_is_kept_empty(read: str) -> None:
    service, found = loaded("8 div ${gsum}", read=read)
    evaluation = filled(service)
    assert evaluation.errors == ()
    assert evaluation.answers["grp"][0]["share"] is None
    assert "SHEET-076" not in {item.code for item in found}


@pytest.mark.parametrize(
    ("read", "more"),
    [
        (READ, ""),
        (
            "| text | why | 说明 | Why | | |",
            "## route\n| step | name | who | when |\n| 10 | 审核 | initiator | sum(${share}) > 1 |",
        ),
        (
            "| calculate | twice | | | ${share} * 2 | |",
            "## rules.档\n| when ${twice} | then 档 |\n| >1 | 高 |\n| - | 低 |",
        ),
        (
            "| note | x | x | x | | |\n| end_repeat | | | | | |\n| begin_group | g | | | | |\n| calculate | 计 | | | count(${grp}[share > 3]) | |\n| text | 原因 | 原因 | Why | | ${计} > 0 |",
            "",
        ),
        ("", "## notices\n| on | to | text |\n| submitted | initiator | 每人 ${share} |"),
    ],
)
def test_what_something_is_decided_by_keeps_the_form(read: str, more: str) -> None:
    service, _ = loaded("8 div ${gsum}", read=read, more=more)
    assert filled(service).errors


def test_other_errors_are_told() -> None:
    service, _ = loaded("8 div number('八小时')", read="")
    assert filled(service).errors


def test_the_answers_behind_it_are_named() -> None:
    service, _ = loaded("8 div ${gsum}")
    [error] = filled(service).errors
    assert (error.path, error.code, error.about) == ("grp[1].share", "FORM-050", "grp[1].mem")
    assert "“工时”" in error.message()
    assert "“Hours”" in error.message("en")
    assert "survey!E8" in error.remedy("en")


@pytest.mark.parametrize(
    ("calculation", "relevant", "warned"),
    [
        ("8 div ${gsum}", "", True),
        ("1 + 8 div count(${mem})", "", True),
        ("round(8 div sum(${hrs}), 2)", "", True),
        ("if(${gsum} > 0, 8 div ${gsum}, 0)", "", False),
        ("iferror(8 div ${gsum}, 0)", "", False),
        ("8 div ${gsum}", "${gsum} > 0", False),
        ("8 div count(${mem})", "count(${mem}) > 0", False),
        ("${gsum} div 8", "", False),
        ("8 div (${gsum} + 1)", "", False),
    ],
)
def test_the_author_is_warned(calculation: str, relevant: str, warned: bool) -> None:
    _, found = loaded(calculation, relevant)
    assert [(item.code, str(item.place).split(" ")[0]) for item in found if item.code == "SHEET-076"] == (
        [("SHEET-076", "survey!E8")] if warned else []
    )
