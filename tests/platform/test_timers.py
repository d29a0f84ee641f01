"""Timers from the workbook to the timeline.

T1 each deed does what its cell says · T2 closing a step ends its timers · T3 a firing has one effect: repeated, by two
tickers, across a kill at any moment, across jumps of the clock · T4 one that fails stops no other · T5 who is asked sees
since when and until when · T6 a reminder disturbs nobody who is about to decide.
"""

from __future__ import annotations

import logging
import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from halls import ORGANISATION, store_in, write
from postgres import cluster
from sqlalchemy import create_engine, make_url

from banshi.platform.cases.case import fold
from banshi.platform.cases.records import events_of
from banshi.platform.errors import Stale
from banshi.platform.hall import Hall
from banshi.platform.jobs.ticker import Ticker
from banshi.platform.people.directory import Person
from banshi.platform.routes import flow
from banshi.platform.routes.asking import FlowContext
from banshi.platform.routes.state import RouteState
from banshi.rules.policies import FixpointEngine
from banshi.storage.attachments import AttachmentFolder
from banshi.storage.contract import Command
from banshi.storage.sql import SqlStore

STUDENT, HEAD, FINANCE, SECURITY, ADMIN = "20001", "20002", "20003", "20004", "20007"
CAMPUS = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=CAMPUS)

SERVICE = """
## settings
| form_id | form_title | owner  |
| repair  | 宿舍报修   | 设备处 |

## survey
| type    | name | label | required |
| text    | 事由 | 事由  | yes      |
| integer | 天数 | 天数  |          |

## route
| step | name | who                | due   | overdue | mode |
| 10   | 申请 | initiator          |       |         |      |
| 20   | 审核 | role:财务处.审核岗 | {due} | {overdue} |    |
| 30   | 归档 | role:保卫处.审核岗 |       |         | do   |
"""
# The head of the finance office needs somebody above her.
PEOPLE = (
    ORGANISATION.replace("| name     | head   |", "| name     | head   | parent |").replace(
        "| 财务处   | '20003 |", "| 财务处   | '20003 | 学校 |"
    )
    + "| 学校     | '20007 |        |\n"
)


class Clock:
    """A clock that the test moves."""

    def __init__(self, now: datetime = MONDAY) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def go(self, **length: float) -> None:
        self.now += timedelta(**length)


def open_hall(folder: Path, clock: Clock, store: SqlStore | None = None) -> Hall:
    hall = Hall(
        store=store or store_in(folder),
        attachments=AttachmentFolder(folder / "attachments"),
        definitions=folder / "definitions",
        engine=FixpointEngine(),
        clock=clock,
    )
    hall.scan()
    return hall


def save(folder: Path, overdue: str, due: str = "10小时") -> None:
    write(folder / "definitions", "organisation/organisation.xlsx", PEOPLE)
    write(folder / "definitions", "repair/repair.xlsx", SERVICE.format(due=due, overdue=overdue))


def person(hall: Hall, person_id: str) -> Person:
    return hall.directory.people[person_id]


def send(hall: Hall, command: str = "c1") -> str:
    answers = {"事由": "水龙头漏水", "天数": Decimal(2)}
    receipt = hall.submit(person(hall, STUDENT), "repair", answers, command_id=command)
    assert receipt.done, receipt.problems
    return receipt.case_id


def decide(hall: Hall, who: str, case_id: str, action: str = "approve", seq: int = 0, **more: str) -> None:
    view = hall.case(person(hall, who), case_id)
    command = f"{who}-{action}-{view.seq}"
    hall.act(person(hall, who), case_id, view.tasks[0].id, action, seq=seq or view.seq, command_id=command, **more)


def told(hall: Hall, case_id: str) -> list[str]:
    """The kinds of what happened after the case was sent."""
    return [event.kind for event in hall._store.events(case_id)][1:]


def fire_all(hall: Hall) -> None:
    while hall.fire_timers():
        pass


def check_fold(hall: Hall, case_id: str) -> None:
    """The projection is what the events add up to, timers or not."""
    assert fold(case_id, hall._store.events(case_id)).stored() == hall._store.case(case_id)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hall(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Hall]:
    """A hall whose step 20 has the overdue cell of the test's parameter."""
    save(tmp_path, request.param)
    opened = open_hall(tmp_path, clock)
    yield opened
    opened.close()


overdue = lambda cell: pytest.mark.parametrize("hall", [cell], indirect=True)  # noqa: E731


@overdue("80%提醒;100%催办")
def test_t1_reminders_stand_in_the_timeline_and_at_the_task(hall: Hall, clock: Clock) -> None:
    case_id = send(hall)
    clock.go(hours=8, seconds=-1)
    fire_all(hall)
    assert told(hall, case_id) == []
    clock.go(seconds=1)
    fire_all(hall)
    [task] = hall.tasks(person(hall, FINANCE)).items
    assert (told(hall, case_id), task.reminded_at, task.overdue) == (["reminded"], clock.now, False)
    clock.go(hours=3)
    fire_all(hall)
    [task] = hall.tasks(person(hall, FINANCE)).items
    assert (told(hall, case_id), task.reminded_at, task.overdue) == (["reminded", "urged"], clock.now, True)
    assert hall._store.timers(case_id) == []
    check_fold(hall, case_id)


@overdue("150%转上级;200%催办")
def test_t1_the_superior_is_asked_in_her_place(hall: Hall, clock: Clock) -> None:
    case_id = send(hall)
    clock.go(hours=15)
    fire_all(hall)
    assert hall.tasks(person(hall, FINANCE)).total == 0
    [task] = hall.tasks(person(hall, ADMIN)).items
    # It is not a new deadline: she has what is left of the old one.
    assert (task.step_id, task.due, task.overdue) == ("20", MONDAY + timedelta(hours=10), True)
    event = hall.case(person(hall, STUDENT), case_id).events[-1]
    assert (event.kind, event.actor, event.detail) == ("escalated", "系统", "→ 孙静；由上级办理")
    clock.go(hours=5)
    fire_all(hall)
    [task] = hall.tasks(person(hall, ADMIN)).items
    assert task.reminded_at == clock.now
    decide(hall, ADMIN, case_id)
    check_fold(hall, case_id)


@overdue("100%转上级;200%转上级")
def test_t1_where_nobody_stands_above_those_who_are_asked_are_urged(hall: Hall, clock: Clock) -> None:
    case_id = send(hall)
    clock.go(hours=20)
    fire_all(hall)
    assert told(hall, case_id) == ["escalated", "urged"]


@overdue("100%自动通过")
def test_t1_a_step_passes_by_itself(hall: Hall, clock: Clock) -> None:
    case_id = send(hall)
    clock.go(hours=10)
    fire_all(hall)
    event = hall.case(person(hall, STUDENT), case_id).events[-1]
    assert (event.kind, event.actor, event.detail) == ("approved", "系统", "超过时限，系统自动办理")
    assert [task.step_id for task in hall.tasks(person(hall, SECURITY)).items] == ["30"]
    check_fold(hall, case_id)


@overdue("120%自动退回")
def test_t1_a_step_goes_back_by_itself_and_is_asked_anew(hall: Hall, clock: Clock) -> None:
    case_id = send(hall)
    clock.go(hours=12)
    fire_all(hall)
    view = hall.case(person(hall, STUDENT), case_id)
    assert (view.row.state, view.may_edit, view.events[-1].kind) == ("returned", True, "returned")
    clock.go(hours=1)
    hall.act(person(hall, STUDENT), case_id, "", "resubmit", seq=view.seq, command_id="again")
    # A round of its own: it fires again.
    [timer] = hall._store.timers(case_id)
    assert (timer.round, timer.at) == (2, clock.now + timedelta(hours=12))
    clock.go(hours=12)
    fire_all(hall)
    assert told(hall, case_id) == ["returned", "resubmitted", "returned"]
    check_fold(hall, case_id)


@overdue("100%自动拒绝")
def test_t1_a_step_refuses_by_itself(hall: Hall, clock: Clock) -> None:
    case_id = send(hall)
    clock.go(hours=10)
    fire_all(hall)
    assert (told(hall, case_id), hall.case(person(hall, STUDENT), case_id).row.state) == (["refused"], "refused")
    check_fold(hall, case_id)


@overdue("100%抄送:部门负责人(申请部门)")
def test_t1_people_get_a_copy(hall: Hall, clock: Clock) -> None:
    case_id = send(hall)
    clock.go(hours=10)
    fire_all(hall)
    event = hall.case(person(hall, STUDENT), case_id, "en").events[-1]
    assert (event.kind, event.detail) == ("copied", "→ Wang Jianguo")
    check_fold(hall, case_id)


@overdue("100%提醒")
def test_t2_a_step_that_is_closed_ends_its_timers(hall: Hall, clock: Clock) -> None:
    done, withdrawn = send(hall, "c1"), send(hall, "c2")
    assert [len(hall._store.timers(case_id)) for case_id in (done, withdrawn)] == [1, 1]
    decide(hall, FINANCE, done)
    view = hall.case(person(hall, STUDENT), withdrawn)
    hall.withdraw(person(hall, STUDENT), withdrawn, seq=view.seq, command_id="w")
    assert [hall._store.timers(case_id) for case_id in (done, withdrawn)] == [[], []]
    clock.go(days=9)
    assert hall.fire_timers() == 0


@overdue("80%提醒;100%催办")
def test_t2_a_step_that_is_taken_back_goes_on_with_its_timers(hall: Hall, clock: Clock) -> None:
    """It is the same round: what has fired does not fire again, what has not still does."""
    case_id = send(hall)
    clock.go(hours=8)
    fire_all(hall)
    decide(hall, FINANCE, case_id)
    case, service = hall._desk.handled(person(hall, FINANCE), case_id)
    around = FlowContext(directory=hall.directory, initiator=person(hall, STUDENT), now=clock.now)
    progress = flow.take_back(service.routing, RouteState.from_json(case.route), "20", FINANCE, around)
    events = events_of("taken back", FINANCE, clock.now, progress, {"step": "20"})
    change = hall._desk.change(case, events, service, progress)
    hall._store.commit(Command(id="back", actor=FINANCE, at=clock.now, change=change, case_id=case_id))
    fire_all(hall)
    assert told(hall, case_id) == ["reminded", "approved", "taken back"]
    assert [timer.k for timer in hall._store.timers(case_id)] == [1]
    clock.go(hours=2)
    fire_all(hall)
    assert told(hall, case_id) == ["reminded", "approved", "taken back", "urged"]
    assert hall._store.timers(case_id) == []


@overdue("80%提醒;100%催办;150%转上级;200%自动通过")
def test_t3_a_clock_that_jumps_forwards_fires_each_once_and_in_order(hall: Hall, clock: Clock) -> None:
    case_id = send(hall)
    clock.go(days=300)
    fire_all(hall)
    assert told(hall, case_id) == ["reminded", "urged", "escalated", "approved"]


@overdue("80%提醒;100%催办;150%转上级;200%自动通过")
def test_t3_a_clock_that_jumps_back_fires_none_twice(hall: Hall, clock: Clock) -> None:
    case_id = send(hall)
    for hours in (9, -20, 11, -5, 6, -300, 330, -30, 40):
        clock.go(hours=hours)
        fire_all(hall)
    assert told(hall, case_id) == ["reminded", "urged", "escalated", "approved"]
    check_fold(hall, case_id)


@overdue("100%催办")
def test_t3_a_firing_that_is_repeated_has_one_effect(hall: Hall, clock: Clock) -> None:
    """The row comes back, as from a backup: its command is known."""
    case_id = send(hall)
    clock.go(hours=10)
    [timer] = hall._store.timers(case_id)
    fire_all(hall)
    from banshi.storage.schema import timers

    with hall._store._database.engine.begin() as connection:
        row = {"id": timer.id, "case_id": case_id, "step_id": "20", "round": 1, "k": 0, "at": timer.at}
        connection.execute(timers.insert().values(**row, free_at=timer.at, tries=0))
    clock.go(hours=1)
    fire_all(hall)
    assert (told(hall, case_id), hall._store.timers(case_id)) == (["urged"], [])


def test_t3_a_kill_at_any_moment_of_the_firing_loses_and_doubles_nothing(tmp_path: Path) -> None:
    """Kills at random moments of firing fifteen cases' timers, until all have fired in spite of them."""
    save(tmp_path, "80%提醒;100%催办;150%自动通过")
    clock, chance = Clock(), random.Random(11)
    with closing(open_hall(tmp_path, clock)) as hall:
        cases = [send(hall, f"c{i}") for i in range(15)]
    clock.go(days=1)
    left = [45]
    while left[-1]:
        clock.go(minutes=120)  # whatever the dead one had taken is free again
        _killed_while_firing(tmp_path, clock, chance)
        with closing(SqlStore(tmp_path / "banshi.sqlite")) as store:
            left.append(sum(len(store.timers(case_id)) for case_id in cases))
    assert len(set(left)) > 3, "several were killed in the middle"
    with closing(open_hall(tmp_path, clock)) as hall:
        assert hall.fire_timers() == 0
        assert {tuple(told(hall, case_id)) for case_id in cases} == {("reminded", "urged", "approved")}
        assert [task.step_id for task in hall.tasks(person(hall, SECURITY), size=100).items] == ["30"] * 15
        for case_id in cases:
            assert hall._store.timers(case_id) == []
            check_fold(hall, case_id)


def _killed_while_firing(folder: Path, clock: Clock, chance: random.Random) -> None:
    """A process that fires timers one by one, killed at some moment of one of the next eight."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            timekeeper = open_hall(folder, clock)._timekeeper
            os.write(writing, b"!")
            while timekeeper.fire_due(1):
                os.write(writing, b"!")
        finally:
            os._exit(1)
    os.close(writing)
    for _ in range(chance.randint(1, 8)):
        os.read(reading, 1)
    time.sleep(chance.uniform(0, 0.02))
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    os.close(reading)


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a store that several processes share."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'shared.sqlite'}"
        return
    with cluster() as url:
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql("CREATE DATABASE shared")
        engine.dispose()
        yield make_url(url).set(database="shared").render_as_string(hide_password=False)


def test_t3_two_tickers_on_one_store_fire_each_timer_once(where: str, tmp_path: Path) -> None:
    """Two tickers in this process and two processes beside them; every timer is fired by one of the four."""
    save(tmp_path, "80%提醒;100%催办;150%自动通过")
    clock = Clock()
    with closing(open_hall(tmp_path, clock, SqlStore(where))) as hall:
        cases = [send(hall, f"c{i}") for i in range(30)]
    clock.go(days=1)
    pids = []
    for _ in range(2):
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                fire_all(open_hall(tmp_path, clock, SqlStore(where)))
                code = 0
            finally:
                os._exit(code)
        pids.append(pid)
    halls = [open_hall(tmp_path, clock, SqlStore(where)) for _ in range(2)]
    tickers = [Ticker(hall.fire_timers, seconds=0.01) for hall in halls]
    for ticker in tickers:
        ticker.start()
    assert [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids] == [0, 0]
    for ticker in tickers:
        ticker.stop()
    # A later deed may close a step before an earlier one has its turn in another process; none comes twice.
    for minutes in (1, 10, 100):
        clock.go(minutes=minutes)
        fire_all(halls[0])
    for case_id in cases:
        happened = told(halls[0], case_id)
        assert happened[-1] == "approved"
        assert len(set(happened)) == len(happened)
        assert halls[0]._store.timers(case_id) == []
        check_fold(halls[0], case_id)
    for hall in halls:
        hall.close()


@overdue("100%催办")
def test_t4_a_timer_that_fails_stops_no_other_and_is_told(
    hall: Hall, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broken, good = send(hall, "c1"), send(hall, "c2")
    clock.go(hours=10)
    case = hall._desk.case

    def fails(case_id: str):
        if case_id == broken:
            raise LookupError("the version is gone")
        return case(case_id)

    monkeypatch.setattr(hall._desk, "case", fails)
    with caplog.at_level(logging.ERROR, "banshi"):
        fire_all(hall)
    assert (told(hall, broken), told(hall, good)) == ([], ["urged"])
    assert f"timer:{broken}.20.1.0" in caplog.text
    monkeypatch.undo()
    clock.go(seconds=30)
    fire_all(hall)
    assert told(hall, broken) == [], "it waits a minute"
    clock.go(seconds=31)
    fire_all(hall)
    assert told(hall, broken) == ["urged"]


def test_t4_a_ticker_goes_on_after_an_error_and_stops_when_it_is_told(caplog: pytest.LogCaptureFixture) -> None:
    looks, three = [], threading.Event()

    def fire() -> int:
        looks.append(1)
        if len(looks) == 3:
            three.set()
        if len(looks) == 1:
            raise OSError("no disk")
        return 0

    ticker = Ticker(fire, seconds=0.001)
    ticker.start()
    assert three.wait(10)
    ticker.stop()
    seen = len(looks)
    time.sleep(0.02)
    assert len(looks) == seen
    assert "no disk" in caplog.text


@overdue("100%催办")
def test_t5_people_see_since_when_and_until_when(hall: Hall, clock: Clock) -> None:
    case_id = send(hall)
    clock.go(hours=9)
    [task] = hall.tasks(person(hall, FINANCE)).items
    assert (task.since, task.due, task.overdue) == (MONDAY, MONDAY + timedelta(hours=10), False)
    clock.go(hours=2)
    steps = {step.id: step for step in hall.case(person(hall, STUDENT), case_id).steps}
    assert (steps["20"].since, steps["20"].due, steps["20"].overdue) == (MONDAY, MONDAY + timedelta(hours=10), True)
    assert (steps["30"].due, steps["30"].overdue) == (None, False)
    decide(hall, FINANCE, case_id)
    [task] = hall.tasks(person(hall, FINANCE), state="done").items
    assert not task.overdue, "done is done"


@overdue("100%催办;200%自动退回")
def test_t6_a_reminder_makes_nobody_stale_but_a_decision_does(hall: Hall, clock: Clock) -> None:
    reminded, returned = send(hall, "c1"), send(hall, "c2")
    seen = hall.case(person(hall, FINANCE), reminded).seq
    clock.go(hours=10)
    fire_all(hall)
    decide(hall, FINANCE, reminded, seq=seen)
    assert told(hall, reminded) == ["urged", "approved"]
    view = hall.case(person(hall, FINANCE), returned)
    clock.go(hours=10)
    fire_all(hall)
    with pytest.raises(Stale):
        hall.act(person(hall, FINANCE), returned, view.tasks[0].id, "approve", seq=view.seq, command_id="too late")
    assert told(hall, returned) == ["urged", "returned"]
