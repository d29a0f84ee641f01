"""A hall with a service that gives passes: one for a visitor, which the gate lets in and out once, and one for doors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import count
from pathlib import Path

from halls import open_test_hall

from banshi.platform.cases.gates import Answer, Gate, Scan
from banshi.platform.hall import Hall

PASSES = """
## settings
| form_id | form_title | form_title::English (en) | category | owner  | number         | personal_data_kept |
| visit   | 访客登记   | Visitors                 | 学生     | 设备处 | FK{yyyy}{0001} | 6个月              |

## survey
| type        | name     | label    | label::English (en) | required | sensitive |
| text        | 访客     | 访客姓名 | Visitor             | yes      | 姓名      |
| select_one 楼栋 | 楼栋 | 楼栋     | Building            | yes      |           |
| datetime    | 到访     | 到访时间 | From                | yes      |           |
| datetime    | 离开     | 离开时间 | Until               | yes      |           |
| begin_group | 门岗     | 门岗登记 | At the gate         |          |           |
| datetime    | 实际进入 | 实际进入 | Entered             |          |           |
| datetime    | 实际离开 | 实际离开 | Left                |          |           |
| end_group   |          |          |                     |          |           |

## choices
| list_name | name    | label   | label::English (en) |
| 楼栋      | 海棠1栋 | 海棠1栋 | Crabapple Hall 1    |
| 楼栋      | 银杏2栋 | 银杏2栋 | Ginkgo Hall 2       |

## route
| step | name     | name::English (en) | who                | mode  | edit | hide | require | back      | do              |
| 10   | 登记     | Request            | initiator          |       |      | 门岗 |         |           |                 |
| 20   | 保卫处   | Security           | role:保卫处.审核岗 |       |      | 门岗 |         | initiator |                 |
| 30   | 发通行证 | Pass given         |                    | auto  |      |      |         |           | 发通行证:访客   |
| 40   | 门岗     | At the gate        | role:保卫处.审核岗 | claim | 门岗 |      | 门岗    | initiator |                 |

## passes
| pass | title      | title::English (en) | since   | until   | places  | uses | exits | shows      | keeper             | on_out | entered  | left     |
| 访客 | 访客通行证 | Visitor pass        | ${到访} | ${离开} | ${楼栋} | once | yes   | 访客、楼栋 |                    | 40     | 实际进入 | 实际离开 |
| 门禁 | 门禁       | Door                |         | date("2026-07-02") | 东门、西门 | 2 times | no | 楼栋 | role:财务处.审核岗 |        |          |          |
"""

ANSWERS: Mapping[str, object] = {
    "访客": "李建国",
    "楼栋": "海棠1栋",
    "到访": "2026-07-01T10:00:00+08:00",
    "离开": "2026-07-01T10:30:00+08:00",
}
GATE = Gate("海棠1栋/东门")
_SENT = count(1)
_SCANS = count(1)


def open_pass_hall(folder: Path, clock: Callable[[], datetime], text: str = PASSES) -> Hall:
    """The test hall with that service."""
    return open_test_hall(folder, clock=clock, services={"visit": text})


def send(hall: Hall, answers: Mapping[str, object] = ANSWERS, person: str = "20001") -> str:
    """A case that was sent; its id."""
    me = hall.directory.people[person]
    receipt = hall.submit(me, "visit", answers, command_id=f"visit-{next(_SENT)}", language="zh")
    assert receipt.done, receipt.problems
    return receipt.case_id


def decide(hall: Hall, case_id: str, person: str, action: str = "approve", **more: object) -> None:
    """One step of a case is passed, or sent back."""
    me = hall.directory.people[person]
    view = hall.case(me, case_id)
    (task,) = view.tasks
    receipt = hall.act(
        me, case_id, task.id, action, opinion="已核", seq=view.seq, command_id=f"d{case_id}{view.seq}", **more
    )
    assert receipt.done, receipt.problems


def code_of(hall: Hall, case_id: str, title: str = "访客通行证", person: str = "20001") -> str:
    """The code that the applicant is shown."""
    return next(
        one.code for one in reversed(hall.passes.of_case(hall.directory.people[person], case_id)) if one.title == title
    )


def scan(hall: Hall, code: str, gate: Gate = GATE, direction: str = "", **more: str) -> Answer:
    """What a gate is told."""
    scan_id = more.get("id") or f"scan-{next(_SCANS)}"
    return hall.passes.check(
        gate, Scan(id=scan_id, code=code, place=more.get("place", ""), direction=direction), more.get("language", "zh")
    )
