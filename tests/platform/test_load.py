"""How the hall is loaded, as monitoring asks it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from halls import open_test_hall

from banshi.platform.errors import NotAllowed
from banshi.rules.values import CAMPUS_ZONE

TIMED = """
## settings
| form_id   | form_title | owner  |
| borrowing | 仪器借用   | 设备处 |

## survey
| type    | name | label    |
| integer | 天数 | 借用天数 |

## route
| step | name       | who            | due   |
| 10   | 申请       | initiator      |       |
| 20   | 学院负责人 | head(申请部门) | 4小时 |
"""


def test_cases_and_tasks_are_counted_for_administrators_only(tmp_path):
    now = [datetime(2026, 11, 2, 9, tzinfo=CAMPUS_ZONE)]
    hall = open_test_hall(tmp_path, clock=lambda: now[0], services={"borrowing": TIMED})
    person = hall.directory.people
    cases = []
    for days in (3, 9):
        answers = {"天数": days}
        cases.append(hall.submit(person["20001"], "borrowing", answers, command_id=f"c{days}"))
    hall.withdraw(person["20001"], cases[0].case_id, seq=cases[0].seq, command_id="w")
    load = hall.load(person["20007"])
    assert {row["state"]: number for row, number in load["cases"] if number} == {"open": 1, "withdrawn": 1}
    assert [(row, number) for row, number in load["tasks"]] == [({"overdue": "no"}, 1), ({"overdue": "yes"}, 0)]
    assert load["services"] == [({"state": "live"}, 1), ({"state": "faulty"}, 0)]
    now[0] += timedelta(days=1)
    assert hall.load(person["20007"])["tasks"] == [({"overdue": "no"}, 0), ({"overdue": "yes"}, 1)]
    with pytest.raises(NotAllowed):
        hall.load(person["20001"])
    hall.close()
