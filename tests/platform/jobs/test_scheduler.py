"""Jobs by the clock, from the workbook to what they do.

J1 a job does what its cells say, for the rows that its condition takes · J2 each instant fires once: looked at again, by two
processes, after a restart · J3 what went by while no server ran is made up for once, and counted · J4 clocks that jump · J5 what is
published, changed, taken away, paused and asked for · J6 what fails in one row stops no other, and is told · J7 a trial fires nothing ·
J8 a report is a table for those who are named.
"""

from __future__ import annotations

import io
import threading
from contextlib import closing
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from clocked import ADMIN, CAMPUS, ENERGY, HEAD, OWNER, STUDENT, Clock, fire, open_hall, runs
from halls import write

from banshi.platform.errors import Declined, NotAllowed
from banshi.platform.hall import Hall
from banshi.storage.contract import CaseFilter, MessageFilter
from banshi.storage.tiny import TinyStore


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hall(tmp_path: Path, clock: Clock):
    with closing(open_hall(tmp_path, clock)) as made:
        fire(made)  # the jobs are seen for the first time
        yield made


def alarms(hall: Hall) -> list[tuple[str, str, object]]:
    cases = hall._store.iter_cases(CaseFilter(service_id="alarm"))
    return sorted((c.applicant, c.snapshot["answers"]["建筑"], c.snapshot["answers"]["超出率"]) for c in cases)


def inbox(hall: Hall, who: str, language: str = "zh") -> list[str]:
    return [row.text for row in hall.outbox.inbox(hall.directory.people[who], language=language).items]


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 9, day, hour, minute, tzinfo=CAMPUS)


def test_j1_a_case_is_opened_for_each_row_that_the_condition_takes(hall, clock):
    assert alarms(hall) == []
    clock.now = at(21, 7)
    fire(hall)
    # 130/100 and 240/200 reach 1.2, 119/100 and 90/100 do not; nobody is 99999.
    assert [(who, what, str(rate)) for who, what, rate in alarms(hall)] == [(STUDENT, "教学楼", "0.3")]
    (run,) = runs(hall)
    assert (run.state, run.total, run.done, run.skipped, run.failed) == ("done", 4, 1, 2, 1)
    why = {"zh": "“field:责任人”没有人", "en": "“field:责任人” names nobody"}
    assert run.notes == [{"row": "4 食堂", "why": why}]
    case = next(hall._store.iter_cases(CaseFilter(service_id="alarm")))
    event = hall.case(hall.directory.people[STUDENT], case.id).events[0]
    assert event.actor == "系统（代陈晓雨）"
    assert "开处置单" in event.detail


def test_j1_people_are_told_in_their_language_what_their_row_says(hall, clock):
    clock.now = at(21, 8)
    fire(hall)
    assert inbox(hall, STUDENT) == ["教学楼用了 130 度，定额 100 度（提醒）"]
    assert inbox(hall, HEAD) == ["图书馆用了 119 度，定额 100 度（提醒）"]
    assert inbox(hall, STUDENT, "en") == ["教学楼 used 130 of 100"]
    clock.now = at(28, 8)
    fire(hall)
    assert len(inbox(hall, STUDENT)) == 2, "the next week she is told again"


def test_j2_an_instant_fires_once_however_often_it_is_looked_at(hall, clock, tmp_path):
    for _ in range(3):
        clock.now = at(21, 7, 30)
        fire(hall)
        with closing(open_hall(tmp_path, clock)) as again:
            fire(again)
    assert len(runs(hall)) == 1
    assert len(alarms(hall)) == 1
    clock.now = at(22, 7)
    fire(hall)
    assert [run.at.astimezone(CAMPUS).day for run in runs(hall)] == [21, 22]
    assert len(alarms(hall)) == 2


def test_j2_two_servers_at_once_fire_once(tmp_path, clock):
    with (
        closing(open_hall(tmp_path, clock, every="* * * * *")) as one,
        closing(open_hall(tmp_path, clock, every="* * * * *")) as two,
    ):
        fire(one)
        for minute in range(1, 9):
            clock.now = at(21, 6, minute)
            threads = [threading.Thread(target=fire, args=(hall,)) for hall in (one, two)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert [run.at.astimezone(CAMPUS).minute for run in runs(one)] == list(range(1, 9))
        assert len(alarms(one)) == 8


def test_j3_what_went_by_while_no_server_ran_is_made_up_for_once(hall, clock):
    clock.now = at(21, 7)
    fire(hall)
    clock.now = at(25, 9, 40)  # the 22nd to the 25th went by
    fire(hall)
    first, second = runs(hall)
    assert (first.missed, second.missed) == (0, 3)
    assert second.at.astimezone(CAMPUS) == at(25, 7)
    assert len(alarms(hall)) == 2
    row = next(row for row in hall.jobs.jobs(hall.directory.people[OWNER]) if row.job == "开处置单")
    assert [(run.late, run.missed) for run in row.runs] == [(True, 3), (False, 0)]


def test_j3_nothing_from_before_a_job_was_published_is_made_up_for(tmp_path, clock):
    clock.now = at(21, 9)
    with closing(open_hall(tmp_path, clock)) as hall:
        fire(hall)
        clock.now = at(22, 6, 59)
        fire(hall)
        assert runs(hall) == []


def test_j4_a_clock_that_jumps_ahead_and_comes_back_loses_nothing_and_doubles_nothing(hall, clock):
    clock.now = at(21, 7)
    fire(hall)
    clock.now = datetime(2027, 3, 1, 7, 30, tzinfo=CAMPUS)
    fire(hall)
    clock.now = at(21, 7, 1)
    fire(hall)
    assert len(runs(hall)) == 2
    clock.now = at(22, 7)
    fire(hall)
    clock.now = at(21, 6, 30)
    fire(hall)
    clock.now = at(22, 7, 30)
    fire(hall)
    days = [run.at.astimezone(CAMPUS).date().isoformat() for run in runs(hall)]
    assert days == ["2026-09-21", "2026-09-22", "2027-03-01"]


def test_j5_another_time_counts_from_when_it_is_published(hall, clock, tmp_path):
    clock.now = at(21, 7)
    fire(hall)
    clock.now = at(21, 10)
    write(tmp_path / "definitions", "energy/energy.xlsx", ENERGY.replace("{every}", "每天 08:30"))
    hall.scan()
    fire(hall)
    assert len(runs(hall)) == 1, "8:30 had gone by when it was published"
    clock.now = at(22, 8, 30)
    fire(hall)
    assert [run.at.astimezone(CAMPUS).hour for run in runs(hall)] == [7, 8]


def test_j5_a_job_that_was_taken_away_and_comes_back_begins_anew(hall, clock, tmp_path):
    rows = [line for line in ENERGY.splitlines() if not line.startswith("| 开处置单")]
    write(tmp_path / "definitions", "energy/energy.xlsx", "\n".join(rows))
    hall.scan()
    clock.now = at(22, 7)
    fire(hall)
    assert runs(hall) == []
    clock.now = at(23, 10)
    write(tmp_path / "definitions", "energy/energy.xlsx", ENERGY.replace("{every}", "每天 07:00"))
    hall.scan()
    fire(hall)
    assert runs(hall) == []
    clock.now = at(24, 7)
    fire(hall)
    assert len(runs(hall)) == 1


def test_j5_a_paused_job_rests_and_goes_on_from_its_next_instant(hall, clock):
    owner = hall.directory.people[OWNER]
    hall.jobs.pause(owner, "energy", "开处置单")
    clock.now = at(22, 9)
    fire(hall)
    assert runs(hall) == []
    (row,) = [row for row in hall.jobs.jobs(owner) if row.job == "开处置单"]
    assert (row.paused_by, list(row.coming)) == ("周倩", [])
    hall.jobs.resume(owner, "energy", "开处置单")
    fire(hall)
    assert runs(hall) == []
    clock.now = at(23, 7)
    fire(hall)
    assert [(run.at.astimezone(CAMPUS).day, run.missed) for run in runs(hall)] == [(23, 0)]


def test_j5_an_owner_fires_her_job_by_hand_and_nobody_else_does(hall, clock):
    owner = hall.directory.people[OWNER]
    hall.jobs.run_now(owner, "energy", "开处置单", command_id="c1")
    with pytest.raises(Declined):
        hall.jobs.run_now(owner, "energy", "开处置单", command_id="c2")
    fire(hall)
    hall.jobs.run_now(owner, "energy", "开处置单", command_id="c1")
    fire(hall)
    assert [(run.origin, run.by) for run in runs(hall)] == [("by hand", OWNER)]
    assert len(alarms(hall)) == 1
    clock.now = at(21, 7)
    fire(hall)
    assert len(alarms(hall)) == 2, "its own instant comes all the same"
    for stranger in (STUDENT, "20006"):
        with pytest.raises(NotAllowed):
            hall.jobs.run_now(hall.directory.people[stranger], "energy", "开处置单", command_id="c3")
        assert hall.jobs.jobs(hall.directory.people[stranger]) == []
    assert len(hall.jobs.jobs(hall.directory.people[ADMIN])) == 3


def test_j6_the_next_three_instants_are_told(hall):
    rows = {row.job: [f"{at:%d %H:%M}" for at in row.coming] for row in hall.jobs.jobs(hall.directory.people[OWNER])}
    assert rows == {
        "开处置单": ["21 07:00", "22 07:00", "23 07:00"],
        "提醒": ["21 08:00", "28 08:00", "05 08:00"],
        "周报": ["25 17:00", "02 17:00", "09 17:00"],
    }


def test_j7_a_trial_fires_nothing(hall, clock, tmp_path):
    data = (tmp_path / "definitions/energy/energy.xlsx").read_bytes()
    store = TinyStore()
    trial, _ = hall.beside(hall.directory.people[OWNER], "energy.xlsx", data, store, clock)
    clock.now = at(28, 9)
    trial.fire_timers()
    assert store.jobs() == []
    assert store.messages(MessageFilter())[1] == 0


def test_j8_a_report_is_a_table_in_the_inbox_of_whoever_is_named(hall, clock):
    clock.now = at(25, 17)
    fire(hall)
    (message,) = [row for row in hall.outbox.inbox(hall.directory.people[ADMIN]).items if "报表" in row.text]
    name, data = hall.outbox.file(hall.directory.people[ADMIN], message.key, 0)
    assert name.endswith(".xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert [[cell.value for cell in row] for row in sheet] == [
        ["建筑", "差"], ["教学楼", 30], ["图书馆", 19], ["体育馆", -10], ["食堂", 40],
    ]  # fmt: skip
    with pytest.raises(NotAllowed):
        hall.outbox.file(hall.directory.people[STUDENT], message.key, 0)
