"""The unit board.

B1 a head sees what lies at the desks of her unit and those below, whose, since when, and who has how much; nobody else does
B2 a case that she may not see stays closed: its number and service, neither title nor applicant
B3 she hands a task to another of her people where the route allows it; never to herself, to outsiders, or from outside
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from halls import open_test_hall, write

from banshi.platform.cases.case import fold
from banshi.platform.errors import NotAllowed
from banshi.platform.hall import Hall
from banshi.platform.people.directory import Person

CAMPUS = ZoneInfo("Asia/Shanghai")
STUDENT, CHIEF, FIRST, SECOND, CLERK, OUTSIDER, PRESIDENT = (
    "20001",
    "30001",
    "30002",
    "30003",
    "30004",
    "30005",
    "10000",
)

ORGANISATION = f"""
## people
| id           | name   | department | roles      |
| '{STUDENT}   | 陈晓雨 | 学校       |            |
| '{CHIEF}     | 郑实   | 财务处     |            |
| '{FIRST}     | 李敏   | 财务处     | 财务处.审核岗 |
| '{SECOND}    | 何川   | 财务处     |            |
| '{CLERK}     | 梁宽   | 收费科     | 收费科.经办岗 |
| '{OUTSIDER}  | 赵磊   | 保卫处     |            |
| '30006       | 钱进   | 保卫处     |            |
| '{PRESIDENT} | 高山   | 学校       |            |

## departments
| name   | head          | parent |
| 学校   | '{PRESIDENT}  |        |
| 财务处 | '{CHIEF}      | 学校   |
| 收费科 |               | 财务处 |
| 保卫处 | '{OUTSIDER}   | 学校   |
"""
REFUND = """
## settings
| form_id | form_title | owner  | instance_name |
| refund  | 退款申请   | 财务处 | ${事由}       |

## survey
| type | name | label | required |
| text | 事由 | 事由  | yes      |

## route
| step | name | who                | due       | overdue     | ops    |
| 10   | 申请 | initiator          |           |             |        |
| 20   | 审核 | role:财务处.审核岗 | 4小时     | 100% remind |        |
| 30   | 收费 | role:收费科.经办岗 |           |             | -转办  |
"""


class Clock:
    """A clock that the test moves."""

    now = datetime(2026, 9, 7, 9, tzinfo=CAMPUS)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hall(tmp_path: Path, clock: Clock) -> Iterator[Hall]:
    write(tmp_path / "definitions", "organisation/organisation.xlsx", ORGANISATION)
    write(tmp_path / "definitions", "refund/refund.xlsx", REFUND)
    made = open_test_hall(tmp_path, clock=clock)
    yield made
    made.close()


def person(hall: Hall, key: str) -> Person:
    return hall.directory.people[key]


def send(hall: Hall, why: str) -> str:
    receipt = hall.submit(person(hall, STUDENT), "refund", {"事由": why}, command_id=f"send-{why}")
    assert receipt.done, receipt.problems
    return receipt.case_id


def approve(hall: Hall, who: str, case: str) -> None:
    view = hall.case(person(hall, who), case)
    assert hall.act(
        person(hall, who), case, view.tasks[0].id, "approve", seq=view.seq, command_id=f"{who}-approve-{case}"
    ).done


def test_b1_whose_since_when_and_how_much(hall: Hall, clock: Clock) -> None:
    first = send(hall, "学费退款")
    clock.now += timedelta(hours=1)
    second = send(hall, "住宿费退款")
    approve(hall, FIRST, second)
    clock.now += timedelta(hours=4)
    third = send(hall, "考试费退款")
    found = hall.board(person(hall, CHIEF))
    assert found.units == ["收费科", "财务处"]
    assert [(load.id, load.department, load.open, load.overdue) for load in found.loads] == [
        (FIRST, "财务处", 2, 1),
        (CLERK, "收费科", 1, 0),
    ]
    rows = [(row.task.case_id, row.task.whose, row.task.step_name, row.task.overdue) for row in found.page.items]
    assert rows == [(first, "李敏", "审核", True), (second, "梁宽", "收费", False), (third, "李敏", "审核", False)]
    assert found.page.total == 3
    assert [row.task.case_id for row in hall.board(person(hall, CHIEF), whose=CLERK).page.items] == [second]
    assert hall.board(person(hall, PRESIDENT)).page.total == 3
    assert hall.board(person(hall, OUTSIDER)).page.total == 0  # her unit has none
    assert hall.board(person(hall, CHIEF), whose=OUTSIDER).page.total == 0
    for nobody in (STUDENT, FIRST):
        assert not hall.heads_unit(person(hall, nobody))
        with pytest.raises(NotAllowed):
            hall.board(person(hall, nobody))


def test_b1_who_stands_in_now(hall: Hall, clock: Clock) -> None:
    send(hall, "学费退款")
    now = clock.now

    def instead() -> list[str]:
        (row,) = hall.board(person(hall, CHIEF)).page.items
        return list(row.instead)

    assert instead() == []
    for services, command in ((["other"], "s1"), (["refund"], "s2")):
        hall.let_stand_in(
            person(hall, FIRST), SECOND, now, now + timedelta(hours=2), services=services, command_id=command
        )
        assert instead() == (["何川"] if services == ["refund"] else [])
    clock.now += timedelta(hours=3)
    assert instead() == []


def test_b2_what_she_may_not_see_stays_closed(hall: Hall) -> None:
    case = send(hall, "学费退款")
    (row,) = hall.board(person(hall, CHIEF)).page.items
    assert (row.seen, row.task.title, row.task.applicant) == (False, "", "")
    assert row.task.service == "退款申请"
    with pytest.raises(NotAllowed):
        hall.case(person(hall, CHIEF), case)
    hall.comment(person(hall, FIRST), case, "请郑处看一下", mentions=[CHIEF], command_id="mention-1")
    (row,) = hall.board(person(hall, CHIEF)).page.items
    assert (row.seen, row.task.title, row.task.applicant) == (True, "学费退款", "陈晓雨")


def test_b3_handing_over(hall: Hall) -> None:
    case, other = send(hall, "学费退款"), send(hall, "住宿费退款")
    approve(hall, FIRST, other)
    rows = {row.task.case_id: row for row in hall.board(person(hall, CHIEF)).page.items}
    assert {key: row.why_not for key, row in rows.items()} == {case: "", other: "流程不允许转办。"}
    task, fixed = rows[case].task.id, rows[other].task.id

    def hand(who: str, key: str, to: str, command: str) -> str:
        ((_, why),) = hall.hand_over(person(hall, who), [key], to, command_id=command)
        return why

    assert hand(CHIEF, fixed, SECOND, "hand-fixed")  # its route forbids it
    assert hand(CHIEF, task, CHIEF, "hand-self")
    assert hand(CHIEF, task, OUTSIDER, "hand-away")
    assert hand(CHIEF, task, FIRST, "hand-same")
    assert hand(OUTSIDER, task, "30006", "hand-grab")  # another unit's head, to her own people
    assert hand(FIRST, task, SECOND, "hand-clerk")  # a clerk is no head; her own she hands on from the case
    assert hand(CHIEF, "nothing.20.1.x", SECOND, "hand-none")
    assert hall.task_count(person(hall, SECOND)) == 0
    for _ in range(2):  # a repeat is told the same
        assert hand(CHIEF, task, SECOND, "hand-over") == ""
    assert hall.task_count(person(hall, FIRST)) == 0
    assert hall.task_count(person(hall, SECOND)) == 1
    assert hand(CHIEF, task, SECOND, "hand-late")  # it lies there no more
    event = hall.case(person(hall, SECOND), case).events[-1]
    assert event.kind == "transfer"
    assert (event.actor, event.detail) == ("郑实", "原在李敏处；→ 何川")
    stored = hall._store.case(case)
    assert stored is not None
    assert fold(case, hall._store.events(case)).stored() == stored
    with pytest.raises(NotAllowed):  # handing on lets nobody in
        hall.case(person(hall, CHIEF), case)
    approve(hall, SECOND, case)
    labels = [match.id for match in hall.find_unit_people(person(hall, CHIEF), "郑实")]
    assert labels == []
    assert [match.id for match in hall.find_unit_people(person(hall, CHIEF), "何川")] == [SECOND]
    assert hall.find_unit_people(person(hall, CHIEF), "赵磊") == []
