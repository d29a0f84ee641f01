"""What a draft would change, over stored cases.

1. Of every case: what it costs under both versions, whether it passes other steps, is forbidden, or could not be sent.
2. The cell that makes the difference is named; the parts of a difference add up to it.
3. Nothing of it is kept: no decision, event, task, number or attachment more than before.
4. Only the owners of the service; a draft with errors, or of a service that was never published, is declined.
5. A run can be stopped; its files open in Excel and add up.
"""

from __future__ import annotations

import csv
import io
import sqlite3
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from halls import open_test_hall, write
from openpyxl import load_workbook
from workbooks import workbook_from_text

from banshi.platform.errors import Declined, HallError, NotAllowed, NotFound
from banshi.platform.hall import Hall
from banshi.platform.impact import runs
from banshi.platform.impact.model import Consequence, Impact, ImpactQuestion, ImpactState
from banshi.platform.people.directory import Person
from banshi.rules.values import CAMPUS_ZONE

STUDENT, HEAD, OWNER, AUDITOR, ADMIN = "20001", "20002", "20005", "20006", "20007"
NOW = datetime(2026, 11, 2, 10, tzinfo=CAMPUS_ZONE)

# Electricity of laboratories: two tiers, a base charge, a class by a table, a policy, a route with a condition.
METER = """
## settings
| form_id | form_title | category | owner  | number         |
| meter   | 实验室电费 | 后勤     | 设备处 | DF{yyyy}{0001} |

## survey
| type    | name     | label    | required | constraint |
| text    | 房间     | 房间     | yes      |            |
| decimal | 用电量   | 用电量   | yes      | . >= 0     |
| select_one kinds | 类别 | 类别 | yes     |            |

## choices
| list_name | name | label |
| kinds     | 教学 | 教学  |
| kinds     | 科研 | 科研  |

## rules.基本费
| hit | unique |
| when 类别 | then 基本费: number |
| 教学      | 5                   |
| 科研      | 20                  |

## fees
| item   | label  | quantity    | from | to  | rate  | method   |
| 电费   | 电费   | ${用电量}   | 0    | 200 | 0.50  | marginal |
| 电费   | 电费   | ${用电量}   | 200  |     | 0.80  | marginal |
| 固定费 | 固定费 |             |      |     | ${基本费} | fixed |
| 合计   | 合计   | 电费+固定费 |      |     |       | total    |

## policy
| id | when              | verdict | message          |
| P1 | ${用电量} > 5000  | forbid  | 超过供电容量     |
| P2 | ${用电量} > 1000  | warn    | 用电量偏大       |

## route
| step | name       | who                | when             |
| 10   | 申请       | initiator          |                  |
| 20   | 学院负责人 | head(申请部门)     |                  |
| 30   | 财务处     | role:财务处.审核岗 | ${fees.total} > 400 |
"""


def tier(usage: Decimal, low: str, high: str) -> Decimal:
    """Two tiers by hand, to the fen."""
    first, rest = min(usage, Decimal(200)), max(usage - 200, Decimal(0))
    return (first * Decimal(low)).quantize(Decimal("0.01")) + (rest * Decimal(high)).quantize(Decimal("0.01"))


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    opened = open_test_hall(tmp_path, clock=lambda: NOW, services={"meter": METER})
    assert "meter" in opened.workshop._library.live, [d.message("en")+str(d.place) for r in opened.workshop._library.faulty().values() for d in r.diagnostics]
    yield opened
    opened.close()


def who(hall: Hall, person_id: str) -> Person:
    return hall.directory.people[person_id]


def send(hall: Hall, usage: object, kind: str = "教学", room: str = "101") -> str:
    receipt = hall.submit(
        who(hall, STUDENT), "meter", {"房间": room, "用电量": usage, "类别": kind}, command_id=f"{usage}{kind}{room}"
    )
    assert receipt.done, receipt.problems
    return receipt.case_id


def over(hall: Hall, run_id: str, person: str = OWNER) -> ImpactState:
    for _ in range(1200):
        state = hall.workshop.impact(who(hall, person), run_id)
        if state.over:
            return state
        time.sleep(0.05)
    raise AssertionError(state)


def begin(hall: Hall, text: str, person: str = OWNER, **asked: object) -> str:
    return hall.workshop.begin_impact(
        who(hall, person), "meter.xlsx", workbook_from_text(text), ImpactQuestion(**asked)
    )


def impact(hall: Hall, text: str, **asked: object) -> Impact:
    found = over(hall, begin(hall, text, **asked)).result
    assert found is not None
    return found


def test_0(hall: Hall) -> None:
    send(hall, 100), send(hall, 300), send(hall, 900, "科研"), send(hall, 2000)
    found = impact(hall, METER.replace("| 0.80 ", "| 0.90 ").replace("| ${用电量} > 5000 ", "| ${用电量} > 1500 "))
    print(found)
