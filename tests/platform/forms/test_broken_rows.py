"""An error in one row of a column, where the column is used: told once, as it is, in the reader's language.

No sentence about the error becomes part of a value or of another sentence.
"""

from __future__ import annotations

import re
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
| lab | 组会登记 |
## survey
| type | name | label | calculation |
| begin_repeat | 组 | 组 | |
| integer | 人数 | 人数 | |
| calculate | 人均 | | 100 div ${{人数}} |
| end_repeat | | | |
| text | 结果 | 结果 | {} |
"""


@pytest.mark.parametrize(
    "calculation",
    ["sum(${人均})", "max(${人均}) + 1", "join('；', ${人均})", "concat('共', ${人均})", "trim('共') & ${人均}"],
)
def test_an_error_of_a_row_is_told_once(calculation: str) -> None:
    service, faults = load_bytes(workbook_from_text(FORM.format(calculation)), "组会.xlsx")
    assert service is not None, faults
    now = datetime(2026, 9, 1, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
    found = evaluate_form(service, {"组": [{"人数": "0"}, {"人数": "4"}]}, now=now, engine=FixpointEngine())
    assert found.values["结果"] is None
    [error] = found.errors
    assert (error.path, error.code) == ("组[1].人均", "FORM-050")
    assert str(error.place).startswith("survey!D4")
    plain = error.message("en").replace("人均", "").replace("人数", "")
    assert not re.search("[\u4e00-\u9fff]", plain), error.message("en")
