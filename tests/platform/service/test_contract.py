"""The calls from Python that others' tools make, just as the contract writes them (section 7 of the design)."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest
from workbooks import workbook_from_text

from banshi.platform.service import load

BILL = """
## settings
| form_id | form_title |
| power   | 宿舍电费   |

## survey
| type    | name | label    |
| decimal | 用量 | 用电量   |
| integer | 人数 | 入住人数 |

## rules.档
| when ${用量} | then 档 |
| <=40         | 正常    |
| >40          | 超额    |

## fees.电费
| item | quantity               | rate  | method | round        |
| 超额 | max(用量 - 10 * 人数, 0) | 0.698 | flat   | 0.01 half-up |

## route
| step | name | who       |
| 10   | 上报 | initiator |
"""


def test_load_and_what_a_service_can_be_asked(tmp_path):
    path = tmp_path / "电费.xlsx"
    path.write_bytes(workbook_from_text(BILL))
    service, diagnostics = load(path)
    assert service is not None
    assert [one for one in diagnostics if one.severity == "error"] == []
    answers = {"用量": 95, "人数": 4}
    assert service.decide("档", answers).outputs == {"档": "超额"}
    # (95 - 40) x 0.698 = 38.39
    assert service.bill("电费", pd.DataFrame([answers]))["total"].tolist() == [Decimal("38.39")]
    form = service.form(answers)
    assert not form.errors
    assert "用量" in form.relevant
    assert [step.id for step in service.route(answers)] == ["10"]


def test_load_says_what_is_wrong_and_raises_only_for_a_file_that_is_not_there(tmp_path):
    path = tmp_path / "坏.xlsx"
    path.write_bytes(b"no workbook")
    service, diagnostics = load(str(path))
    assert service is None
    assert diagnostics
    with pytest.raises(OSError, match="没有"):
        load(tmp_path / "没有.xlsx")
