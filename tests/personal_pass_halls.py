"""A hall with a service whose sheet gives residents personal passes, with codes that change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import count
from pathlib import Path

from halls import open_test_hall

from banshi.platform.cases.gates import Answer, Gate, Scan
from banshi.platform.hall import Hall

RESIDENTS = """
## settings
| form_id | form_title | form_title::English (en) | category | owner  |
| dorm    | 住宿通行   | Residents                | 学生     | 设备处 |

## data.住宿名册
| 学工号* | 楼栋*   | 房间 | 身份   | 截止       |
| '20001  | 海棠1栋 | 301  | 本科生 | 2026-07-15 |
| '20002  | 海棠1栋 | 302  | 教职工 |            |
| '20002  | 银杏2栋 | 101  | 教职工 |            |
| '20003  | 银杏2栋 | 201  | 退宿   |            |
| '20005  | 海棠1栋 | 303  | 本科生 |            |

## rules.门禁时间
| hit | first |
| when ${身份} | when ${时刻} | then 通行 |
| 教职工 | any           | 放行   |
| any    | [05:40,23:00) | 放行   |
| any    | [23:00,24:00) | 迟归   |
| any    | any           | 不放行 |

## personal passes
| pass | title    | title::English (en) | roll     | when                | until   | places  | hours    | shows | keeper             | office             | kept |
| 住宿 | 住宿通行 | Residence           | 住宿名册 | ${身份} != "退宿"   | ${截止} | ${楼栋} | 门禁时间 | 房间  | role:保卫处.审核岗 | role:财务处.审核岗 | 3个月 |
"""

EAST = Gate("海棠1栋/东门")
_SCANS = count(1)


def open_resident_hall(folder: Path, clock: Callable[[], datetime], text: str = RESIDENTS) -> Hall:
    """The test hall with that service."""
    return open_test_hall(folder, clock=clock, services={"dorm": text})


def shown(hall: Hall, person: str = "20001") -> str:
    """The code on somebody's screen now."""
    (row,) = hall.personal_passes.mine(hall.directory.people[person])
    return row.code


def scanned(hall: Hall, code: str, gate: Gate = EAST, direction: str = "", **more: str) -> Answer:
    """What a gate is told."""
    scan = Scan(id=more.get("id") or f"turn-{next(_SCANS)}", code=code, direction=direction)
    return hall.passes.check(gate, scan, more.get("language", "zh"))
