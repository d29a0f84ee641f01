"""What people around a case do with one another, through the hall and a real store.

G1 handing on, asking others and taking back leave their trail · G2 who stands in acts under her own name, for the other,
where the route lets her · G3 copies are for reading, and open the case to whoever has one · G4 comments and whom they
mention · G5 urging, once in a while · G6 approving together does only what may be done together · G7 a return straight
back asks nobody again, a return by change only those whose facts changed · G8 the route says for whom a step waits · G9 deciding where nobody has claimed claims.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from halls import open_test_hall

from banshi.platform.cases.case import fold
from banshi.platform.errors import Declined, NotAllowed, TooEarly
from banshi.platform.hall import Hall
from banshi.platform.people.directory import Person
from banshi.platform.routes.state import RouteState
from banshi.platform.views import CaseView, Receipt
from banshi.rules.values import CAMPUS_ZONE
from banshi.storage.contract import TaskFilter

STUDENT, HEAD, FINANCE, SECURITY, OWNER, AUDITOR, ADMIN = (f"2000{i}" for i in range(1, 8))
SEAL = """
## settings
| form_id | form_title | category | owner  | number         |
| seal    | 用印申请   | 行政     | 设备处 | YY{yyyy}{0001} |

## survey
| type    | name | label    | required |
| text    | 用途 | 用途     | yes      |
| integer | 份数 | 份数     | yes      |
| text    | 备案号 | 备案号 |          |

## route
| step | name       | who                | mode | ops   | edit   | differ | back            | cc                     |
| 10   | 申请       | initiator          |      |       |        |        |                 |                        |
| 20   | 学院负责人 | head(申请部门)     |      | +批量 |        |        |                 |                        |
| 30   | 财务处     | role:财务处.审核岗 |      |       |        | 20     | initiator,20    | role:保卫处.审核岗 @pass |
| 40   | 保卫处     | role:保卫处.审核岗 | do   |       | 备案号 |        | initiator,20,30 | initiator @end         |
"""


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=CAMPUS_ZONE)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hall(tmp_path: Path, clock: Clock) -> Iterator[Hall]:
    opened = open_test_hall(tmp_path, clock=clock, services={"seal": SEAL})
    yield opened
    opened.close()


def person(hall: Hall, person_id: str) -> Person:
    return hall.directory.people[person_id]


def send(hall: Hall, command: str = "c1", copies: int = 2) -> str:
    answers = {"用途": "成绩单盖章", "份数": Decimal(copies)}
    receipt = hall.submit(person(hall, STUDENT), "seal", answers, command_id=command)
    assert receipt.done, receipt.problems
    return receipt.case_id


def do(hall: Hall, who: str, case_id: str, action: str = "approve", **more: Any) -> Receipt:
    view = hall.case(person(hall, who), case_id)
    task_id = more.pop("task_id", "") or view.tasks[0].id
    command = f"{who}-{action}-{view.seq}"
    receipt = hall.act(person(hall, who), case_id, task_id, action, seq=view.seq, command_id=command, **more)
    check(hall, case_id)
    return receipt


def check(hall: Hall, case_id: str) -> None:
    """The projection is the fold of the events, and the open tasks are those of the route."""
    stored = hall._store.case(case_id)
    assert stored is not None
    assert fold(case_id, hall._store.events(case_id)).stored() == stored
    rows, _ = hall._store.tasks(TaskFilter(case_id=case_id, state="open"), size=100)
    opened = {(row.task.step_id, row.task.round, row.task.person) for row in rows}
    assert opened == {(t.step, t.round, t.person) for t in RouteState.from_json(stored.snapshot["route"]).tasks()}


def look(hall: Hall, who: str, case_id: str) -> CaseView:
    return hall.case(person(hall, who), case_id)


def test_g1_a_task_is_handed_on_and_the_trail_says_to_whom(hall: Hall) -> None:
    case_id = send(hall)
    assert do(hall, HEAD, case_id, "transfer", people=[OWNER], opinion="我今天出差").done
    assert hall.task_count(person(hall, HEAD)) == 0
    assert hall.task_count(person(hall, OWNER)) == 1
    event = look(hall, OWNER, case_id).events[-1]
    assert (event.kind, event.actor, event.opinion, event.detail) == ("transfer", "王建国", "我今天出差", "→ 周倩")
    with pytest.raises(NotAllowed, match="nobody decides on her own application"):
        do(hall, OWNER, case_id, "transfer", people=[STUDENT])


def test_g1_who_is_consulted_answers_and_the_task_comes_back(hall: Hall) -> None:
    case_id = send(hall)
    do(hall, HEAD, case_id, "consult", people=[OWNER, AUDITOR])
    assert look(hall, HEAD, case_id).tasks == []
    task = look(hall, OWNER, case_id).tasks[0]
    assert (task.consulted, task.actions, task.edit) == ("王建国", ["approve"], ())
    assert not do(hall, OWNER, case_id, opinion="").done  # an answer says something
    assert do(hall, OWNER, case_id, opinion="符合用印办法").done
    assert do(hall, AUDITOR, case_id, opinion="没有意见").done
    assert [task.step_id for task in look(hall, HEAD, case_id).tasks] == ["20"]
    assert [event.kind for event in look(hall, HEAD, case_id).events][-2:] == ["answered", "answered"]


def test_g1_an_added_signer_may_be_taken_out_and_an_approval_taken_back(hall: Hall) -> None:
    case_id = send(hall)
    do(hall, HEAD, case_id, "after", people=[OWNER])
    do(hall, HEAD, case_id)
    assert look(hall, HEAD, case_id).row.current_steps == ["学院负责人"]
    undo = {item.action: item for item in look(hall, HEAD, case_id).undo}
    assert undo["remove signer"].person_name == "周倩"
    do(hall, HEAD, case_id, "remove signer", people=[OWNER], task_id=undo["remove signer"].task_id)
    assert look(hall, FINANCE, case_id).row.current_steps == ["财务处"]
    back = look(hall, HEAD, case_id).undo
    assert [item.action for item in back] == ["take back"]
    do(hall, HEAD, case_id, "take back", task_id=back[0].task_id)
    assert hall.task_count(person(hall, FINANCE)) == 0
    assert [task.step_id for task in look(hall, HEAD, case_id).tasks] == ["20"]
    do(hall, HEAD, case_id)
    do(hall, FINANCE, case_id)
    assert look(hall, HEAD, case_id).undo == []  # somebody has acted on it


def stand_in(hall: Hall, clock: Clock, away: str, instead: str, days: int = 3, **more: Any) -> None:
    hall.let_stand_in(person(hall, away), instead, clock.now, clock.now + timedelta(days=days), command_id="s1", **more)


def test_g2_who_stands_in_acts_under_her_own_name(hall: Hall, clock: Clock) -> None:
    case_id = send(hall)
    with pytest.raises(NotAllowed):
        look(hall, SECURITY, case_id)
    stand_in(hall, clock, HEAD, SECURITY, note="出差")
    assert hall.task_count(person(hall, SECURITY)) == 1
    row = hall.tasks(person(hall, SECURITY)).items[0]
    assert (row.whose, row.person) == ("王建国", HEAD)
    assert do(hall, SECURITY, case_id).done
    event = look(hall, SECURITY, case_id).events[-1]
    assert (event.kind, event.actor) == ("approved", "赵磊（代王建国）")
    assert hall.case(person(hall, STUDENT), case_id, "en").events[-1].actor == "Zhao Lei (for Wang Jianguo)"
    clock.now += timedelta(days=3)
    send(hall, "c2")
    assert hall.task_count(person(hall, SECURITY)) == 0


def test_g2_who_is_asked_herself_does_not_also_stand_in_there(hall: Hall, clock: Clock) -> None:
    """Added beside the head for whom she stands in, she has one task and not two; elsewhere she stands in as ever."""
    stand_in(hall, clock, HEAD, OWNER)
    case_id, other = send(hall), send(hall, "c2")
    do(hall, HEAD, case_id, "beside", people=[OWNER])
    tasks = hall.tasks(person(hall, OWNER)).items
    assert sorted((row.case_id, row.whose) for row in tasks) == sorted([(case_id, ""), (other, "王建国")])
    assert hall.task_count(person(hall, OWNER)) == 2
    assert [task.whose for task in look(hall, OWNER, case_id).tasks] == [""]
    do(hall, OWNER, case_id)
    assert look(hall, OWNER, case_id).tasks == []
    assert hall.task_count(person(hall, OWNER)) == 1


def test_g2_separation_of_duties_holds_for_who_stands_in(hall: Hall, clock: Clock) -> None:
    case_id = send(hall)
    stand_in(hall, clock, HEAD, FINANCE)
    do(hall, FINANCE, case_id)  # for the head of the college: may not decide step 30 any more
    assert [person.id for step in look(hall, STUDENT, case_id).steps if step.id == "30" for person in step.people] == [
        ADMIN
    ]


def test_g2_only_for_some_services_and_ended_early(hall: Hall, clock: Clock) -> None:
    send(hall)
    stand_in(hall, clock, HEAD, OWNER, services=["borrowing"])
    assert hall.task_count(person(hall, OWNER)) == 0
    hall.let_stand_in(person(hall, HEAD), OWNER, clock.now, clock.now + timedelta(days=1), command_id="s2")
    assert hall.task_count(person(hall, OWNER)) == 1
    with pytest.raises(Declined):
        hall.let_stand_in(person(hall, HEAD), HEAD, clock.now, clock.now + timedelta(days=1), command_id="s3")
    rows = {row.id: row for row in hall.stand_ins(person(hall, OWNER))}
    hall.end_stand_in(person(hall, OWNER), f"{HEAD}:s2")
    assert (rows[f"{HEAD}:s2"].state, rows[f"{HEAD}:s1"].services) == ("now", ["borrowing"])
    assert hall.task_count(person(hall, OWNER)) == 0


def test_g3_copies_are_to_read_and_open_the_case(hall: Hall) -> None:
    case_id = send(hall)
    do(hall, HEAD, case_id)
    with pytest.raises(NotAllowed):
        look(hall, SECURITY, case_id)
    do(hall, FINANCE, case_id)
    assert hall.task_count(person(hall, SECURITY), "unread") == 1
    assert hall.read_copies(person(hall, SECURITY), case_id) == 1
    assert hall.read_copies(person(hall, SECURITY), case_id) == 0
    assert [row.state for row in hall.tasks(person(hall, SECURITY), state="read").items] == ["read"]
    do(hall, SECURITY, case_id, answers={"备案号": "BA-7"})
    assert hall.task_count(person(hall, STUDENT), "unread") == 1  # at the end


def test_g4_a_comment_reaches_whom_it_mentions(hall: Hall) -> None:
    case_id = send(hall)
    head = person(hall, HEAD)
    hall.comment(head, case_id, "请看一下份数", mentions=[OWNER], command_id="m1")
    hall.comment(head, case_id, "请看一下份数", mentions=[OWNER], command_id="m1")
    check(hall, case_id)
    assert hall.task_count(person(hall, OWNER), "unread") == 1
    events = look(hall, OWNER, case_id).events
    assert [(event.kind, event.opinion, event.detail) for event in events if event.kind == "commented"] == [
        ("commented", "请看一下份数", "→ 周倩")
    ]
    assert look(hall, OWNER, case_id).tasks == []
    with pytest.raises(Declined):
        hall.comment(person(hall, STUDENT), case_id, "请帮忙", mentions=[AUDITOR], command_id="m2")
    with pytest.raises(NotAllowed):
        hall.comment(person(hall, SECURITY), case_id, "打扰", command_id="m3")
    # What was seen before a comment came may still be decided on: nothing that is decided has changed.
    assert do(hall, HEAD, case_id).done


def test_g5_urging_is_told_and_not_repeated_at_once(hall: Hall, clock: Clock) -> None:
    case_id = send(hall)
    student = person(hall, STUDENT)
    hall.urge(student, case_id, command_id="u1")
    assert hall.urge(student, case_id, command_id="u1").repeated
    assert look(hall, HEAD, case_id).events[-1].kind == "urged"
    with pytest.raises(TooEarly) as refused:
        hall.urge(student, case_id, command_id="u2")
    assert f"{clock.now + timedelta(hours=4):%H:%M}" in refused.value.message(), "on the campus's clock"
    clock.now += timedelta(hours=4)
    assert hall.urge(student, case_id, command_id="u2").done
    with pytest.raises(NotAllowed):
        hall.urge(person(hall, HEAD), case_id, command_id="u3")


def test_g6_only_what_may_be_is_approved_together(hall: Hall) -> None:
    first, second = send(hall), send(hall, "c2")
    rows = {row.case_id: row for row in hall.tasks(person(hall, HEAD)).items}
    assert all(row.bulk for row in rows.values())
    ids = [rows[first].id, rows[second].id]
    assert hall.act_in_bulk(person(hall, HEAD), ids, command_id="b1") == [(ids[0], ""), (ids[1], "")]
    assert hall.act_in_bulk(person(hall, HEAD), ids, command_id="b1") == [(ids[0], ""), (ids[1], "")]
    assert [event.kind for event in look(hall, HEAD, first).events].count("approved") == 1
    row = hall.tasks(person(hall, FINANCE)).items[0]
    told = hall.act_in_bulk(person(hall, FINANCE), [row.id], command_id="b2")
    assert (row.bulk, told) == (False, [(row.id, "流程没有允许这一环节批量办理。")])
    assert hall.task_count(person(hall, FINANCE)) == 2


@pytest.mark.parametrize(("how", "mended", "asked"), [
    ("through", 2, "20"), ("straight", 3, "30"), ("changed", 2, "30"), ("changed", 3, "20"),
])  # fmt: skip
def test_g7_what_a_mended_case_asks_again(hall: Hall, how: str, mended: int, asked: str) -> None:
    case_id = send(hall)
    do(hall, HEAD, case_id)
    do(hall, FINANCE, case_id, "return", opinion="份数？", return_to="initiator", how=how)
    view = look(hall, STUDENT, case_id)
    answers = {"用途": "成绩单盖章", "份数": Decimal(mended)}
    receipt = hall.act(
        person(hall, STUDENT), case_id, "", "resubmit", answers=answers, seq=view.seq, command_id="again"
    )
    assert receipt.done
    check(hall, case_id)
    stored = hall._store.case(case_id)
    assert stored is not None
    assert [task.step for task in RouteState.from_json(stored.snapshot["route"]).tasks()] == [asked]


def test_g8_files_go_with_an_opinion_and_a_comment(hall: Hall) -> None:
    """Whoever may read the opinion may open them; nobody sends another's file, or one twice."""
    case_id = send(hall)
    head, student, stranger = person(hall, HEAD), person(hall, STUDENT), person(hall, SECURITY)

    def attached(who: Person, name: str) -> str:
        return str(hall.attach(who, name, iter([b"%PDF-1.4\n%%EOF\n"]))["id"])

    said, opinion = attached(head, "份数说明.pdf"), attached(head, "意见.pdf")
    with pytest.raises(Declined):
        hall.comment(student, case_id, "拿来", files=[said], command_id="f0")
    for _ in range(2):  # a repeat is told the same
        assert hall.comment(head, case_id, "见附件", files=[said], command_id="f1").done
    with pytest.raises(NotAllowed):
        hall.attachment(stranger, said)
    with pytest.raises(Declined):
        do(hall, HEAD, case_id, files=[said])  # it belongs to the comment
    seq = look(hall, HEAD, case_id).seq
    for _ in range(2):
        task = f"{case_id}.20.1.{HEAD}"
        assert hall.act(head, case_id, task, "approve", files=[opinion], seq=seq, command_id="f2").done
    check(hall, case_id)
    events = look(hall, STUDENT, case_id).events
    told = {event.kind: [file["name"] for file in event.files] for event in events if event.files}
    assert told == {"commented": ["份数说明.pdf"], "approved": ["意见.pdf"]}
    for file in (said, opinion):
        assert hall.attachment(student, file)[1] == "application/pdf"
    with pytest.raises(NotAllowed):
        hall.attachment(stranger, opinion)
    # Handed on, the files go with the words.
    note = attached(person(hall, FINANCE), "请看.pdf")
    do(hall, FINANCE, case_id, "transfer", people=["20007"], files=[note])
    assert [file["name"] for file in look(hall, STUDENT, case_id).events[-1].files] == ["请看.pdf"]


def asked(hall: Hall, case_id: str, step_id: str, language: str = "zh") -> list[tuple[str, str, str, str]]:
    """For whom a step waits, as the applicant sees it: name, role, because of whom, since when."""
    view = hall.case(person(hall, STUDENT), case_id, language)
    step = next(step for step in view.steps if step.id == step_id)
    return [
        (one.person.name, one.role, one.by, f"{one.since.astimezone(CAMPUS_ZONE):%H:%M}" if one.since else "")
        for one in step.asked
    ]


def test_the_route_says_for_whom_a_step_waits(hall: Hall, clock: Clock) -> None:
    """G8: each with her role and since when; who comes later without."""
    case_id = send(hall)
    assert asked(hall, case_id, "20") == [("王建国", "", "", "09:00")]
    clock.now += timedelta(minutes=10)
    do(hall, HEAD, case_id, "consult", people=[SECURITY])
    assert asked(hall, case_id, "20") == [("赵磊", "consult", "王建国", "09:10"), ("王建国", "", "", "")]
    assert asked(hall, case_id, "20", "en")[0] == ("赵磊", "consult", "Wang Jianguo", "09:10")
    clock.now += timedelta(minutes=10)
    do(hall, SECURITY, case_id, opinion="可以")
    assert asked(hall, case_id, "20") == [("王建国", "", "", "09:20")]
    do(hall, HEAD, case_id, "after", people=[AUDITOR])
    do(hall, HEAD, case_id, "beside", people=[OWNER])
    assert asked(hall, case_id, "20") == [
        ("王建国", "", "", "09:20"),
        ("周倩", "beside", "王建国", "09:20"),
        ("吴刚", "after", "王建国", ""),
    ]
    clock.now += timedelta(minutes=10)
    do(hall, HEAD, case_id)
    assert asked(hall, case_id, "20") == [
        ("周倩", "beside", "王建国", "09:20"),
        ("吴刚", "after", "王建国", "09:30"),
    ]
    assert asked(hall, case_id, "30") == []


def test_the_route_says_who_acted_for_whom(hall: Hall, clock: Clock) -> None:
    """G2: at the step as in the record."""
    now = clock.now
    hall.let_stand_in(person(hall, HEAD), ADMIN, now, now + timedelta(days=1), command_id="s")
    case_id = send(hall)
    do(hall, ADMIN, case_id)
    view = hall.case(person(hall, STUDENT), case_id, "en")
    step = next(step for step in view.steps if step.id == "20")
    assert [step.instead[one.id] for one in step.people] == ["Sun Jing"]
    assert view.events[-1].actor == "Sun Jing (for Wang Jianguo)"


CLAIMED = """
## settings
| form_id | form_title | owner  |
| key     | 领用钥匙   | 设备处 |

## survey
| type | name | label | required |
| text | 房间 | 房间  | yes      |

## route
| step | name | who                                     | mode  |
| 10   | 申请 | initiator                               |       |
| 20   | 发放 | role:财务处.审核岗 + role:保卫处.审核岗 | claim |
"""


@pytest.mark.parametrize("claimed_before", [False, True])
def test_deciding_without_claiming_says_that_it_claims(tmp_path: Path, claimed_before: bool) -> None:
    """G9: the record says so, and only where nobody had claimed it."""
    hall = open_test_hall(tmp_path, services={"key": CLAIMED})
    case_id = hall.submit(person(hall, STUDENT), "key", {"房间": "101"}, command_id="k").case_id
    if claimed_before:
        do(hall, FINANCE, case_id, "claim")
        assert asked(hall, case_id, "20")[0][:2] == ("李敏", "claimed")
    assert do(hall, FINANCE, case_id).done
    approved = next(e for e in hall.case(person(hall, STUDENT), case_id).events if e.kind == "approved")
    assert approved.detail == ("" if claimed_before else "办理时即领取")
    hall.close()
