"""Slips that published forms hold, each told at its cell, with what to write instead.

1. `=` on a multiple choice: the advice is what the author has to write, with its own sign and its own name.
2. A value that no answer can have: of a choice that is taken by its place, of a label that is looked up, of a column of choices.
3. A function that nobody has is told by its whole name; a row of what is no repeat cannot be taken.
4. A misspelt column beside the right one is a fault, one of the author's own a warning.
"""

from __future__ import annotations

import pytest
from workbooks import workbook_from_text

from banshi.platform.sheets import load_bytes
from banshi.rules.diagnostics import Severity

FORM = """
## settings
| form_id | form_title |
| visit | 走访登记 |
## survey
| type | name | label | relevant | constraint | choice_filter | calculation |
| begin_repeat | 成员 | 成员 | | | | |
| integer | 年龄 | 年龄 | | | | |
| end_repeat | | | | | | |
| text | 说明 | 说明 | | | | |
| date | 生日 | 生日 | | | | |
| select_multiple 材料 | 材料 | 材料 | | CONSTRAINT | | |
| select_one 校区 | 校区 | 校区 | RELEVANT | | FILTER | |
| calculate | 值 | | | | | CALCULATION |
## choices
| list_name | name | label | 片区 |
| 材料 | card | 身份证 | |
| 材料 | form | 申请表 | |
| 校区 | east | 东校区 | 北片 老区 |
| 校区 | west | 西校区 | 南片 |
"""


def told(**cells: str) -> list[tuple[str, str, str]]:
    """The code, the place and the remedy of each error, in English."""
    text = FORM
    for name in ("CONSTRAINT", "RELEVANT", "FILTER", "CALCULATION"):
        text = text.replace(name, cells.get(name.lower(), "1" if name == "CALCULATION" else ""))
    _, found = load_bytes(workbook_from_text(text), "走访.xlsx")
    return [
        (item.code, str(item.place), f"{item.message('en')} {item.remedy('en')}")
        for item in found
        if item.severity is Severity.ERROR
    ]


@pytest.mark.parametrize(
    ("cells", "place", "instead"),
    [
        ({"constraint": ". = 'card'"}, "survey!E7", "Write selected(., 'card')."),
        ({"constraint": ". != 'card'"}, "survey!E7", "Write not(selected(., 'card'))."),
        ({"relevant": "${材料} != 'card'"}, "survey!D8", "Write not(selected(${材料}, 'card'))."),
    ],
)
def test_advice_for_multiple_choices(cells: dict[str, str], place: str, instead: str) -> None:
    [(code, at, said)] = told(**cells)
    assert (code, at) == ("EXPR-045", place)
    assert said.startswith("“材料”")
    assert said.endswith(instead)


@pytest.mark.parametrize(
    ("cells", "place"),
    [
        ({"calculation": "if(selected-at(${材料}, 0) = 'crad', 1, 2)"}, "survey!G9"),
        ({"calculation": "jr:choice-name('esat', '${校区}')"}, "survey!G9"),
        ({"filter": "片区 = '东片'"}, "survey!F8"),
        ({"constraint": "selected(., 'crad')"}, "survey!E7"),
    ],
)
def test_values_that_nothing_has(cells: dict[str, str], place: str) -> None:
    assert [(code, at) for code, at, _ in told(**cells)] == [("EXPR-044", place)]


@pytest.mark.parametrize(
    "cells",
    [
        {"calculation": "if(selected-at(${材料}, 0) = 'card', 1, 2)"},
        {"calculation": "jr:choice-name('east', '${校区}')"},
        {"filter": "片区 = '南片' or selected(片区, '老区') or 片区 = '北片 老区' or name = 'east'"},
        {"calculation": "difference-in-months(${生日}, today())"},
        {"calculation": "indexed-repeat(${年龄}, ${成员}, 3)"},
    ],
)
def test_what_can_be_is_not_told(cells: dict[str, str]) -> None:
    assert told(**cells) == []


@pytest.mark.parametrize(
    ("calculation", "code", "said"),
    [
        ("difference-in-days(${生日}, today())", "EXPR-024", "“difference-in-days”"),
        ("count-or-sum(${生日})", "EXPR-024", "“count-or-sum”"),
        ("jr:choicename('east', '${校区}')", "EXPR-024", "Did you mean: jr:choice-name?"),
        ("indexed-repeat(${年龄}, ${说明}, 3)", "EXPR-087", "“说明” is no repeat"),
    ],
)
def test_functions_that_are_none(calculation: str, code: str, said: str) -> None:
    [(found, place, sentence)] = told(calculation=calculation)
    assert (found, place) == (code, "survey!G9")
    assert said in sentence


@pytest.mark.parametrize(("column", "error"), [("relevent", True), ("labels", False), ("负责人", False)])
def test_a_slip_beside_the_right_column(column: str, error: bool) -> None:
    text = f"""
## survey
| type | name | label | relevant | {column} |
| text | 名 | 名 | | x |
"""
    _, found = load_bytes(workbook_from_text(text), "走访.xlsx")
    at = [(item.code, item.severity, item.message("en")) for item in found if str(item.place) == "survey!E1"]
    assert len(at) == 1
    assert (at[0][1] is Severity.ERROR) == error
    assert ("Did you mean: relevant?" in at[0][2]) == error
