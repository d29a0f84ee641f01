"""Jobs for many people, in portions, by servers that are killed.

P1 everybody is told once, whatever is killed when · P2 progress is to be seen, and goes on where it was · P3 a server that stops
leaves its job to the next one at once, one that died after its lease · P4 cases that were opened before a kill are not opened again.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from clocked import ALARM, MONDAY, OWNER, Clock, runs
from halls import ORGANISATION, write

from banshi.platform.hall import Hall
from banshi.platform.jobs import scheduler
from banshi.rules.policies import FixpointEngine
from banshi.storage.attachments import AttachmentFolder
from banshi.storage.contract import CaseFilter, MessageFilter
from banshi.storage.sql import SqlStore

STUDENTS = 600
TIMETABLE = """
## settings
| form_id   | form_title | owner  |
| timetable | 课表推送   | 设备处 |

## notices
| name | on     | text                                      | dedupe |
| 课表 | called | ${applicant.name}，今天的课以教务系统为准 | {dedupe} |

## schedule
| job      | every          | for         | do        |
| 每日课表 | 每工作日 07:00 | people 学生 | remind:课表 |
| 开单     | 每工作日 07:30 | people 学生 | open:alarm(建筑=${applicant.name}, 超出率=0.1) |
"""


def organisation(students: int) -> str:
    head, rest = ORGANISATION.split("\n## departments")
    head = head.replace("| demo |", "| demo | kind |")
    rows = [f"| '3{n:06} | 学生{n} | | 化工学院 | | | 学生 |" for n in range(students)]
    return "\n".join([head.rstrip(), *rows]) + "\n\n## departments" + rest


def hall_of(folder: Path, clock: Clock, students: int = STUDENTS, dedupe: str = "") -> Hall:
    definitions = folder / "definitions"
    fresh = not definitions.exists()
    if fresh:
        write(definitions, "organisation/organisation.xlsx", organisation(students))
        write(definitions, "timetable/timetable.xlsx", TIMETABLE.replace("{dedupe}", dedupe))
        write(definitions, "alarm/alarm.xlsx", ALARM)
    hall = Hall(
        store=SqlStore(folder / "banshi.sqlite"),
        attachments=AttachmentFolder(folder / "attachments"),
        definitions=definitions,
        engine=FixpointEngine(),
        clock=clock,
    )
    if fresh:
        hall.scan()
        wrong = [f"{one.place} {one.message()}" for bad in hall._library.faulty().values() for one in bad.diagnostics]
        assert "timetable" in hall._library.live, wrong
        hall.jobs.fire_due()
    return hall


def told(hall: Hall) -> Counter[str]:
    found, _ = hall._store.messages(MessageFilter(channel="inbox"), size=1_000_000)
    return Counter(message.target for message in found)


def done(store: SqlStore) -> int:
    return sum(run.done for run in store.runs("timetable", "每日课表"))


def server(folder: Path, clock: Clock) -> int:
    """Another process that has opened the hall and fires what is due, until it is killed or nothing is left."""
    ready, say = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            hall = hall_of(folder, clock)
            os.write(say, b"r")
            while hall.jobs.fire_due():
                pass
        finally:
            os._exit(0)
    os.close(say)
    assert os.read(ready, 1) == b"r"
    os.close(ready)
    return pid


def test_p1_everybody_is_told_once_by_servers_that_are_killed(tmp_path, monkeypatch):
    monkeypatch.setattr(scheduler, "LEASE", timedelta(0))  # whoever was killed need not be waited for
    monkeypatch.setattr(scheduler, "PORTION", 20)
    chance, clock = random.Random(7), Clock()
    hall_of(tmp_path, clock).close()
    clock.now = MONDAY.replace(hour=7)
    kills, progress = 0, [0]
    with closing(SqlStore(tmp_path / "banshi.sqlite")) as store:
        while progress[-1] < STUDENTS:
            pid = server(tmp_path, clock)
            wanted = min(progress[-1] + scheduler.PORTION * chance.randrange(4), STUDENTS)
            limit = time.monotonic() + 60
            while done(store) < wanted:
                assert time.monotonic() < limit, "nothing goes on"
                time.sleep(0.001)
            time.sleep(chance.uniform(0.0, 0.01))
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            kills += 1
            progress.append(done(store))
            assert kills < 100, progress
    assert kills > 3, "nobody was killed on the way"
    assert progress == sorted(progress), "what was done stays done"
    with closing(hall_of(tmp_path, clock)) as hall:
        while hall.jobs.fire_due():
            pass
        (run,) = runs(hall, "每日课表", "timetable")
        assert (run.state, run.total, run.done, run.skipped, run.failed) == ("done", STUDENTS, STUDENTS, 0, 0)
        assert told(hall) == Counter({f"3{n:06}": 1 for n in range(STUDENTS)})


def test_p2_progress_is_seen_and_a_server_that_stops_leaves_the_rest_to_the_next(tmp_path):
    clock = Clock()
    hall = hall_of(tmp_path, clock, 500)
    clock.now = MONDAY.replace(hour=7)
    hall.jobs.fire_due()
    row = next(row for row in hall.jobs.jobs(hall.directory.people[OWNER]) if row.job == "每日课表")
    assert [(run.state, run.done, run.total) for run in row.runs] == [("running", 200, 500)]
    with closing(hall_of(tmp_path, clock)) as other:
        assert other.jobs.fire_due() == 0, "it is the first one's"
    hall.close()
    with closing(hall_of(tmp_path, clock)) as other:
        assert other.jobs.fire_due() == 1
        assert runs(other, "每日课表", "timetable")[0].done == 400
        clock.go(minutes=3)
        with closing(hall_of(tmp_path, clock)) as third:
            assert third.jobs.fire_due() == 1, "the lease of one that may have died is over"
        assert runs(other, "每日课表", "timetable")[0].state == "done"
        other.jobs.fire_due()  # comes late, and writes nothing
        (run,) = runs(other, "每日课表", "timetable")
        assert (run.done, run.state) == (500, "done")
        assert set(told(other).values()) == {1}


def test_p4_cases_that_were_opened_before_a_kill_are_not_opened_again(tmp_path, monkeypatch):
    clock = Clock()
    hall = hall_of(tmp_path, clock, 30)
    clock.now = MONDAY.replace(hour=7, minute=30)
    hall.jobs.pause(hall.directory.people[OWNER], "timetable", "每日课表")
    monkeypatch.setattr(type(hall._store), "write_run", lambda *_, **__: False)  # killed before it is written down
    hall.jobs.fire_due()
    assert hall._store.count_cases(CaseFilter(service_id="alarm")) == 20
    monkeypatch.undo()
    clock.go(minutes=3)
    with closing(hall_of(tmp_path, clock)) as other:
        # People are called otherwise now, so that the forms would be filled in otherwise too.
        write(tmp_path / "definitions", "organisation/organisation.xlsx", organisation(30).replace("学生2", "同学2"))
        other.scan()
        while other.jobs.fire_due():
            pass
        (run,) = runs(other, "开单", "timetable")
        assert (run.done, run.failed, run.state) == (30, 0, "done")
        cases = list(other._store.iter_cases(CaseFilter(service_id="alarm")))
        assert Counter(case.applicant for case in cases) == Counter({f"3{n:06}": 1 for n in range(30)})
    hall._store.close()


def test_p1_what_is_told_once_by_its_own_key_is_told_once_by_hand_too(tmp_path):
    clock = Clock()
    with closing(hall_of(tmp_path, clock, 3, dedupe='${applicant.id} & "/" & format-date(today(), "%Y%m%d")')) as hall:
        clock.now = MONDAY.replace(hour=7)
        owner = hall.directory.people[OWNER]
        for command in ("", "c1"):
            if command:
                hall.jobs.run_now(owner, "timetable", "每日课表", command_id=command)
            while hall.jobs.fire_due():
                pass
        assert set(told(hall).values()) == {1}
        clock.go(days=1)
        while hall.jobs.fire_due():
            pass
        assert set(told(hall).values()) == {2}
