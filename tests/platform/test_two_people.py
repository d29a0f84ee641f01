"""Two people on one case, from the same seen state, in every order.

P1 of two deeds that meet, the second is told who was first and leaves nothing behind, or both fit · P2 after every deed the
projection is the fold of the events, and the table of tasks says what the route says · P3 deeds that meet within one
transaction: one is written · P4 what is drawn and chosen stays so when a case moves on without a vote.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from halls import open_test_hall
from workbooks import workbook_from_text

from banshi.platform.cases.case import fold
from banshi.platform.errors import HallError, NotAllowed, Stale
from banshi.platform.hall import Hall
from banshi.platform.routes.state import RouteState
from banshi.storage.contract import TaskFilter

STUDENT, HEAD, FINANCE, SECURITY, OWNER, AUDITOR, ADMIN = (f"2000{i}" for i in range(1, 8))

WORKBOOK = """
## settings
| form_id | form_title | owner  | number         |
| lending | 危化品借用 | 设备处 | WH{yyyy}{0001} |
## survey
| type | name | label | required |
| text | 用途 | 用途  | yes      |
## route
| step | name     | who                                    | mode     | group |
| 10   | 申请     | initiator                              |          |       |
| 20   | 抢占审核 | person:20003 + person:20004            | claim    |       |
| 30   | 财务会签 | person:20002 + person:20003            | all      | 会签  |
| 31   | 保卫会签 | role:保卫处.审核岗                     |          | 会签  |
| 40   | 依次签发 | person:20007 + person:20005            | sequence |       |
"""


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    opened = open_test_hall(tmp_path)
    report, version = opened.workshop.publish(
        opened.directory.people[OWNER], "lending.xlsx", workbook_from_text(WORKBOOK)
    )
    assert version is not None, [item.message() for item in report.diagnostics]
    yield opened
    opened.close()


class Desk:
    """One case; every deed is done from what its person saw, under a command of its own."""

    def __init__(self, hall: Hall, number: int) -> None:
        self.hall, self.count, self.name = hall, 0, str(number)
        receipt = hall.submit(
            hall.directory.people[STUDENT], "lending", {"用途": "催化剂表征"}, command_id=f"s{number}"
        )
        assert receipt.done, receipt.problems
        self.case = receipt.case_id

    @property
    def state(self) -> RouteState:
        stored = self.hall._store.case(self.case)
        assert stored is not None
        return RouteState.from_json(stored.snapshot["route"])

    @property
    def seq(self) -> int:
        stored = self.hall._store.case(self.case)
        assert stored is not None
        return stored.seq

    def task(self, who: str) -> str:
        """The id of somebody's task, the open one first."""
        rows = [row.task for row in self.hall._store.tasks(TaskFilter(case_id=self.case), size=100)[0]]
        mine = sorted((t for t in rows if t.person == who and t.step_id), key=lambda t: t.state != "open")
        return mine[0].id if mine else ""

    def do(self, who: str, deed: str, *, seq: int, task: str, **more: Any) -> None:
        self.count += 1
        command, person = f"{self.name}-{self.count}", self.hall.directory.people[who]
        if deed == "comment":
            receipt = self.hall.comment(person, self.case, "请尽快办理", command_id=command)
        elif deed == "withdraw":
            receipt = self.hall.withdraw(person, self.case, seq=seq, command_id=command)
        else:
            task = "" if deed == "resubmit" else task
            receipt = self.hall.act(
                person, self.case, task, deed, seq=seq, command_id=command, **{"opinion": "请核", **more}
            )
        assert receipt.done, receipt.problems

    def now(self, who: str, deed: str, **more: Any) -> None:
        self.do(who, deed, seq=self.seq, task=self.task(who), **more)
        self.check()

    def check(self) -> None:
        """P2."""
        store = self.hall._store
        stored = store.case(self.case)
        assert stored is not None
        assert fold(self.case, store.events(self.case)).stored() == stored
        open_tasks = [
            row.task for row in store.tasks(TaskFilter(case_id=self.case), size=100)[0] if row.task.state == "open"
        ]
        assert {(t.step_id, t.round, t.person) for t in open_tasks} == {
            (task.step, task.round, task.person) for task in self.state.tasks()
        }
        assert len(open_tasks) == len(self.state.tasks())


BACK = {"return_to": "initiator"}
Deed = tuple[str, str, dict[str, Any]]


def deeds(who: str, *names: str, to: str = AUDITOR) -> list[Deed]:
    more = {"return": BACK, "transfer": {"people": [to]}, "before": {"people": [to]}, "after": {"people": [to]},
            "beside": {"people": [to]}, "consult": {"people": [to]}, "remove signer": {"people": [to]}}  # fmt: skip
    return [(who, name, more.get(name, {})) for name in names]


DECIDE = ("approve", "refuse", "return", "transfer", "before", "consult", "comment")


def claimed(desk: Desk) -> None:
    desk.now(FINANCE, "claim")


def signing(desk: Desk) -> None:
    """Finance and the head sign beside the security office."""
    desk.now(SECURITY, "approve")


def half_signed(desk: Desk) -> None:
    signing(desk)
    desk.now(HEAD, "approve")


def with_signer(desk: Desk) -> None:
    """The head has asked the auditor first."""
    signing(desk)
    desk.now(HEAD, "before", people=[AUDITOR])


def returned(desk: Desk) -> None:
    desk.now(FINANCE, "return", **BACK)


def passed(desk: Desk) -> None:
    """The claimed step is done, and nobody has acted on it."""
    desk.now(FINANCE, "approve")


SCENES: list[tuple[Any, list[Deed], list[Deed]]] = [
    (None, deeds(FINANCE, "claim", *DECIDE), deeds(SECURITY, "claim", "approve", "return", "transfer", "before", "comment", to=ADMIN)),
    (None, deeds(FINANCE, "claim", *DECIDE), deeds(STUDENT, "withdraw", "comment")),
    (claimed, deeds(FINANCE, "release", "approve", "transfer", "return"), deeds(STUDENT, "withdraw", "comment")),
    (signing, deeds(FINANCE, *DECIDE), deeds(HEAD, "approve", "refuse", "return", "beside", "comment", to=ADMIN)),
    (half_signed, deeds(FINANCE, "approve", "refuse", "return", "before"), deeds(HEAD, "take back", "comment")),
    (with_signer, deeds(AUDITOR, "approve", "refuse", "return", "transfer", "comment", to=OWNER), deeds(HEAD, "remove signer", "comment")),
    (returned, deeds(STUDENT, "resubmit", "withdraw", "comment"), deeds(STUDENT, "resubmit", "withdraw", "comment")),
    (passed, deeds(FINANCE, "take back", "comment"), deeds(SECURITY, "approve", "refuse", "return", "transfer")),
]  # fmt: skip


@pytest.mark.parametrize("scene", range(len(SCENES)))
def test_p1_p2_every_pair_of_deeds_in_both_orders(hall: Hall, scene: int) -> None:
    begin, ours, theirs = SCENES[scene]
    for number, (one, other, swapped) in enumerate(product(ours, theirs, (False, True))):
        desk = Desk(hall, 1000 * scene + number)
        if begin is not None:
            begin(desk)
        seen = desk.seq
        tasks = {who: desk.task(who) for who in (one[0], other[0])}
        first, second = (other, one) if swapped else (one, other)
        desk.do(first[0], first[1], seq=seen, task=tasks[first[0]], **first[2])
        desk.check()
        won, events = desk.state, len(hall._store.events(desk.case))
        if second[1] == "comment":
            # What is said does not depend on what others did: both fit.
            desk.do(second[0], second[1], seq=seen, task=tasks[second[0]], **second[2])
            assert len(hall._store.events(desk.case)) > events
            assert desk.state == won
        elif first[1] == "comment":
            # Nothing that is decided on has changed by what was said: it is not in the way.
            desk.do(second[0], second[1], seq=seen, task=tasks[second[0]], **second[2])
            assert len(hall._store.events(desk.case)) > events
        else:
            with pytest.raises(Stale) as told:
                desk.do(second[0], second[1], seq=seen, task=tasks[second[0]], **second[2])
            assert hall.directory.people[first[0]].name in told.value.message("zh")
            assert (desk.state, len(hall._store.events(desk.case))) == (won, events)
        desk.check()


@pytest.mark.parametrize("scene", range(len(SCENES)))
def test_p1_whoever_looks_again_may_do_what_still_fits_or_is_told(hall: Hall, scene: int) -> None:
    """The second one reads the case anew and tries once more: it fits, or it is refused; nothing is half done."""
    begin, ours, theirs = SCENES[scene]
    fitted, refused = 0, set()
    for number, (one, other) in enumerate(product(ours, theirs)):
        desk = Desk(hall, 1000 * scene + number)
        if begin is not None:
            begin(desk)
        task = desk.task(other[0])
        desk.now(one[0], one[1], **one[2])
        before = desk.state
        try:
            desk.do(other[0], other[1], seq=desk.seq, task=task, **other[2])
        except HallError as told:
            refused.add(type(told))
            assert desk.state == before
        else:
            fitted += 1
        desk.check()
    assert fitted
    assert refused <= {Stale, NotAllowed}


@pytest.mark.parametrize("deed", ["approve", "transfer", "before", "refuse"])
def test_p3_at_the_very_same_time_one_is_written(hall: Hall, deed: str) -> None:
    for number in range(4):
        desk = Desk(hall, number)
        seen, ready = desk.seq, threading.Barrier(2)
        told: list[str] = []

        def race(
            who: str,
            to: str,
            desk: Desk = desk,
            seen: int = seen,
            ready: threading.Barrier = ready,
            told: list[str] = told,
        ) -> None:
            task, more = desk.task(who), {"people": [to]} if deed in ("transfer", "before") else {}
            command, person = f"{desk.name}-{who}", hall.directory.people[who]
            ready.wait()
            try:
                hall.act(person, desk.case, task, deed, seq=seen, command_id=command, opinion="请核", **more)
            except Stale:
                told.append("stale")
            else:
                told.append("done")

        people = [threading.Thread(target=race, args=pair) for pair in ((FINANCE, AUDITOR), (SECURITY, ADMIN))]
        for someone in people:
            someone.start()
        for someone in people:
            someone.join()
        assert sorted(told) == ["done", "stale"]
        assert desk.seq == seen + len(hall._store.events(desk.case)[seen:])
        desk.check()


def test_p4_whom_the_applicant_chose_is_asked_however_the_step_before_was_closed(hall: Hall) -> None:
    workbook = (
        WORKBOOK.replace("lending", "choosing").replace("WH", "XZ").partition("## route")[0]
        + """
## route
| step | name     | who                                                          | mode |
| 10   | 申请     | initiator                                                    |      |
| 20   | 学院     | head(申请部门)                                               |      |
| 30   | 自选专家 | choose(person:20004 + person:20005 + person:20007, 1)        |      |
"""
    )
    report, version = hall.workshop.publish(hall.directory.people[OWNER], "choosing.xlsx", workbook_from_text(workbook))
    assert version is not None, [item.message() for item in report.diagnostics]
    student, head = hall.directory.people[STUDENT], hall.directory.people[HEAD]
    sent = hall.submit(student, "choosing", {"用途": "评审"}, command_id="c", chosen={"30": [OWNER]})
    assert sent.done, sent.problems
    for count, (action, more) in enumerate(
        [("after", {"people": [AUDITOR]}), ("approve", {}), ("remove signer", {"people": [AUDITOR]})]
    ):
        seq = hall.case(head, sent.case_id).seq
        hall.act(head, sent.case_id, f"{sent.case_id}.20.1.{HEAD}", action, seq=seq, command_id=f"h{count}", **more)
    stored = hall._store.case(sent.case_id)
    assert stored is not None
    assert [task.person for task in RouteState.from_json(stored.snapshot["route"]).tasks()] == [OWNER]


def test_p4_whom_the_form_names_gets_the_copy_of_the_end_when_it_is_withdrawn(hall: Hall) -> None:
    workbook = """
## settings
| form_id | form_title | owner  | number         |
| noting  | 用车       | 设备处 | YC{yyyy}{0001} |
## survey
| type   | name | label  | required |
| person | 随行 | 随行人 | yes      |
## route
| step | name     | who            | cc                 |
| 10   | 申请     | initiator      |                    |
| 20   | 学院     | head(申请部门) | field:随行@end     |
"""
    report, version = hall.workshop.publish(hall.directory.people[OWNER], "noting.xlsx", workbook_from_text(workbook))
    assert version is not None, [item.message() for item in report.diagnostics]
    student = hall.directory.people[STUDENT]
    sent = hall.submit(student, "noting", {"随行": SECURITY}, command_id="c")
    assert sent.done, sent.problems
    assert hall.task_count(hall.directory.people[SECURITY], "unread") == 0
    hall.withdraw(student, sent.case_id, seq=hall.case(student, sent.case_id).seq, command_id="w")
    assert hall.task_count(hall.directory.people[SECURITY], "unread") == 1
