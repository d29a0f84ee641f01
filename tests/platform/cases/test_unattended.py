"""The timeline tells what steps without a deciding person did, each in its place and no more than once."""

from __future__ import annotations

from pathlib import Path

from halls import open_test_hall

PASS = """
## settings
| form_id | form_title | owner  |
| pass    | 夜间通行   | 设备处 |

## survey
| type | name | label | required |
| text | 事由 | 事由  | yes      |

## route
| step | name         | who                                       | mode     | name::English (en) |
| 10   | 申请         | initiator                                 |          | Application        |
| 20   | 发码         |                                           | auto     | Code               |
| 30   | 知会管理部门 | role:财务处.审核岗 + role:保卫处.审核岗   | notify   | Those concerned    |
| 40   | 门禁下发     |                                           | callback | Door               |
| 50   | 核对         | role:财务处.审核岗                        | do       | Check              |
"""


def test_what_no_person_decides_is_told(tmp_path: Path) -> None:
    hall = open_test_hall(tmp_path, services={"pass": PASS})
    applicant = hall.directory.people["20001"]
    receipt = hall.submit(applicant, "pass", {"事由": "夜间实验"}, command_id="a")
    assert receipt.done, receipt.problems

    view = hall.case(applicant, receipt.case_id)
    told = [(event.kind, event.step, event.actor) for event in view.events]
    assert told == [
        ("submitted", "", "陈晓雨"),
        ("automatic", "发码", "系统"),
        ("notified", "知会管理部门", "系统"),
        ("waiting", "门禁下发", "系统"),
    ]
    asked = [hall.directory.people[key].name for key in ("20003", "20004")]
    assert view.events[2].detail == "→ " + "、".join(asked)
    assert [event.detail for event in view.events if event.kind in ("automatic", "waiting")] == ["", ""]
    hall.close()
