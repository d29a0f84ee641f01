"""A billing run in a process of its own, which is killed in the middle; a partition is a few rooms, and slow."""

from __future__ import annotations

import sys
import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
from workbooks import workbook_from_text

from banshi.platform.accounts import billing
from banshi.platform.service.model import Service
from banshi.platform.sheets.load import load_bytes
from banshi.storage.sql import SqlStore

AT = datetime(2026, 12, 1, 2, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
METERS = """
## settings
| form_id | form_title | owner |
| meters  | 月度电费   | 后勤处 |

## survey
| type    | name | label | required |
| text    | 房间 | 房间  | yes      |
| decimal | 用量 | 用量  | yes      |

## accounts
| account | holder     | unit | opening | floor |
| 电费    | 房间: ${房间} | 元 | 50      | 0     |

## fees.月费
| item | label | quantity | rate  | method | round        |
| 电费 | 电费  | ${用量}  | 0.698 | flat   | 0.01 half-up |
"""


def meters() -> Service:
    """The service whose fee sheet is billed."""
    service, found = load_bytes(workbook_from_text(METERS), "meters.xlsx")
    assert service is not None
    assert not [one for one in found if one.severity == "error"], found
    return service


def rooms(count: int) -> pd.DataFrame:
    """Rooms with what they used: 1, 2, 3 … kWh."""
    return pd.DataFrame(
        {"房间": [f"R{n:04}" for n in range(1, count + 1)], "用量": [str(n) for n in range(1, count + 1)]}
    )


def run(store: SqlStore, count: int, *, at: datetime = AT, **more: object) -> billing.Charged:
    """A run over some rooms."""
    made = billing.Run(
        id="2026-11", service=meters(), fees="月费", account="电费", holder="房间", reason="十一月电费", **more
    )
    return billing.charge_run(store, made, rooms(count), at, told=_told)


def _told(done: int, total: int) -> None:
    print(done, total, flush=True)
    time.sleep(0.05)


if __name__ == "__main__":
    billing.PARTITION = 5
    run(SqlStore(Path(sys.argv[1])), int(sys.argv[2]))
