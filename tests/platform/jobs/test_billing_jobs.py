"""`bill` in the sheet schedule: every room of a data sheet is charged once a firing.

B1 what the fee sheet says, and nobody twice when the portion is done again after a kill · B2 rows of one room in two portions are
both charged · B3 who has too little is told with her row and stops nobody · B4 faults at their cells
"""

from __future__ import annotations

from decimal import Decimal

import pytest
from clocked import MONDAY, Clock, fire, open_hall, runs
from workbooks import workbook_from_text

from banshi.platform.jobs import scheduler
from banshi.platform.sheets.load import load_bytes

POWER = """
## settings
| form_id | form_title | owner  |
| power   | 宿舍电费   | 设备处 |

## survey
| type    | name | label  |
| text    | 房间 | 房间   |
| decimal | 用量 | 用电量 |

## data.读数
| 房间    | 用量 |
| 海棠301 | 100  |
| 海棠302 | 40   |
| 海棠303 | 300  |
| 海棠301 | 50   |
| 海棠304 | 0    |

## fees.电费
| item | quantity | rate  | method | round        |
| 电费 | ${用量}  | 0.698 | flat   | 0.01 half-up |

## accounts
| account | holder        | unit | floor | opening |
| 购电    | 房间: ${房间} | 元   | 0     | 200     |

## route
| step | name | who       |
| 10   | 申请 | initiator |

## schedule
| job  | every     | for  | when | do                                    |
| 月结 | 每天 7:00 | {for} | ${用量} > 0 | {do} |
"""
MONTHLY = POWER.replace("{for}", "读数").replace("{do}", "出账:电费(账户=购电, 持有者=房间)")


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def hall(tmp_path, clock):
    opened = open_hall(tmp_path, clock, power=MONTHLY)
    fire(opened)
    yield opened
    opened.close()


def left(hall):
    rows, _ = hall._store.balances("power:购电", size=100)
    return {row.holder: Decimal(row.available) / 100 for row in rows}


@pytest.mark.parametrize("portion", [200, 1, 3])
def test_b1_b2_b3_every_row_is_charged_once(hall, clock, monkeypatch, portion):
    monkeypatch.setattr(scheduler, "PORTION", portion)
    clock.now = MONDAY.replace(hour=8)
    fire(hall)
    # 100 and 50 kWh: 69.80 + 34.90; 300 kWh would cost 209.40, of 200.
    assert left(hall) == {"海棠301": Decimal("95.30"), "海棠302": Decimal("172.08")}
    (run,) = runs(hall, "月结", "power")
    assert (run.done, run.skipped, run.failed) == (3, 1, 1)
    assert [(note["row"], note["why"]["zh"]) for note in run.notes] == [("3 海棠303", "余额不足，没有扣")]
    fire(hall)
    assert left(hall)["海棠301"] == Decimal("95.30")


def test_b1_a_portion_that_is_done_again_charges_nobody_twice(hall, clock, monkeypatch):
    clock.now = MONDAY.replace(hour=8)
    written = hall._store.write_run
    lost = iter([True])

    def killed(run, *, free_at):
        """Killed after the charges and before the run is written."""
        if run.service_id == "power" and run.done and next(lost, False):
            raise KeyboardInterrupt
        return written(run, free_at=free_at)

    monkeypatch.setattr(hall._store, "write_run", killed)
    with pytest.raises(KeyboardInterrupt):
        fire(hall)
    assert left(hall)["海棠301"] == Decimal("95.30")
    hall.jobs._scheduler._work = None
    clock.go(minutes=5)
    fire(hall)
    assert left(hall) == {"海棠301": Decimal("95.30"), "海棠302": Decimal("172.08")}
    (run,) = runs(hall, "月结", "power")
    assert (run.done, run.state) == (3, "done")


@pytest.mark.parametrize(
    ("subject", "deed", "codes"),
    [
        ("读数", "出账:电费(账户=购电, 持有者=房间)", []),
        ("读数", "bill:电费(account=购电, holder=${房间})", []),
        ("读数", "出账:电费", ["SCHED-019"]),
        ("读数", "出账:电费(账户=购电)", ["SCHED-019"]),
        ("办件", "出账:电费(账户=购电, 持有者=房间)", ["SCHED-021"]),
        ("读数", "出账:电费(账户=购电, 持有者=宿舍)", ["SCHED-022"]),
        ("读数", "出账:水费(账户=购电, 持有者=房间)", ["SCHED-023"]),
        ("读数", "出账:电费(账户=经费, 持有者=房间)", ["SCHED-024"]),
    ],
)
def test_b4_faults_are_at_their_cells(subject, deed, codes):
    _, found = load_bytes(workbook_from_text(POWER.replace("{for}", subject).replace("{do}", deed)), "power.xlsx")
    told = [item for item in found if item.code.startswith("SCHED") and item.severity == "error"]
    assert [item.code for item in told] == codes
    assert {item.place.cell for item in told} <= {"C2", "E2"}
