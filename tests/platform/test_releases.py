"""Publishing: notes, dates, a second person's consent, two owners at once, going back, several processes.

R1 a publication keeps its note, who, when and how · R2 a planned version goes live at its instant, once, whatever restarts,
clocks and processes do · R3 it is examined again then, and says what it failed of · R4 one that was planned for another
version is held until somebody says that it is to go on · R5 where the live version asks for consent, nobody publishes
alone: not by upload, folder, date or going back · R6 the second of two owners is told, and may go on · R7 going back is
publishing an earlier version that still passes; open cases stay · R8 any two versions can be compared · R9 what one
process publishes, the others take up.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from halls import BORROWING, ORGANISATION, open_test_hall, write
from postgres import cluster
from workbooks import workbook_from_text

from banshi.platform.errors import Declined, HallError, NewerVersion, NotAllowed, NotFound, PlanChanged
from banshi.platform.hall import Hall
from banshi.platform.people.directory import Person
from banshi.platform.publishing.library import Library
from banshi.platform.views import PlanRow, Report, VersionRow
from banshi.rules.policies import FixpointEngine
from banshi.rules.values import CAMPUS_ZONE
from banshi.storage.sql import SqlStore

STUDENT, HEAD, FINANCE, OWNER, AUDITOR, ADMIN = "20001", "20002", "20003", "20005", "20006", "20007"
START = datetime(2026, 11, 20, 9, 0, tzinfo=CAMPUS_ZONE)
DECEMBER = datetime(2026, 12, 1, 0, 0, tzinfo=CAMPUS_ZONE)
DEARER = BORROWING.replace("| 12.5 | flat", "| 15 | flat").replace("| 87.5 ", "| 105 ").replace("| 100 ", "| 120 ")
DEAREST = BORROWING.replace("| 12.5 | flat", "| 20 | flat").replace("| 87.5 ", "| 140 ").replace("| 100 ", "| 160 ")
GUARDED = BORROWING.replace("| owner  |", "| owner  | 复核 |").replace("| 设备处 |", "| 设备处 | 是 |")
SECURITY = "| '20004 | 赵磊   | Zhao Lei     | 保卫处     | 保卫处.审核岗        | yes  |\n"


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hall(tmp_path: Path, clock: Clock) -> Iterator[Hall]:
    opened = open_test_hall(tmp_path, clock=clock)
    yield opened
    opened.close()


@cache
def book(text: str) -> bytes:
    """The same bytes for the same text: a workbook holds the second in which it was saved."""
    return workbook_from_text(text)


def who(hall: Hall, person: str = OWNER) -> Person:
    return hall.directory.people[person]


def publish(hall: Hall, text: str, person: str = OWNER, **how: Any) -> VersionRow | PlanRow:
    report, made = hall.workshop.publish(who(hall, person), "borrowing.xlsx", book(text), **how)
    assert made is not None, [item.message() for item in report.diagnostics]
    return made


def plan(hall: Hall, text: str = DEARER, at: datetime | None = DECEMBER, person: str = OWNER, **how: Any) -> PlanRow:
    made = publish(hall, text, person, at=at, **how)
    assert isinstance(made, PlanRow)
    return made


def check(hall: Hall, text: str, person: str = OWNER) -> Report:
    return hall.workshop.check(who(hall, person), "borrowing.xlsx", workbook_from_text(text))


def state(hall: Hall, made: PlanRow, person: str = OWNER) -> PlanRow:
    return next(row for row in hall.workshop.plans(who(hall, person), "borrowing") if row.id == made.id)


def live(hall: Hall) -> str:
    return hall.workshop.versions(who(hall), "borrowing")[0].version


def week(hall: Hall) -> str:
    """What a week costs now."""
    filled = hall.evaluate(who(hall, STUDENT), "borrowing", {"用途": "测试", "天数": 7})
    return f"{float(filled['bills']['fees']['total']):g}"


@contextmanager
def declined(kind: type[HallError], *words: str) -> Iterator[None]:
    """What the user is told has these words."""
    with pytest.raises(kind) as told:
        yield
    for word in words:
        assert word in told.value.message("zh")


# R1


def test_r1_a_publication_tells_who_when_how_and_what_has_changed(hall: Hall, clock: Clock) -> None:
    clock.now += timedelta(hours=1)
    publish(hall, DEARER, note="  租金每天 15 元，设备处〔2026〕12 号文  ")
    last, first = hall.workshop.versions(who(hall), "borrowing")
    assert (last.note, last.origin, last.published_by, last.published_at, last.live) == (
        "租金每天 15 元，设备处〔2026〕12 号文", "upload", OWNER, clock.now, True,
    )  # fmt: skip
    assert (first.note, first.origin, first.live) == ("", "file", False)


def test_r1_a_note_that_is_too_long_publishes_nothing(hall: Hall) -> None:
    before = live(hall)
    publish(hall, DEARER, note="长" * 500)
    with declined(Declined, "501"):
        publish(hall, DEAREST, note="长" * 501)
    assert live(hall) != before
    assert len(hall.workshop.versions(who(hall), "borrowing")) == 2


# R2


def test_r2_a_planned_version_goes_live_at_its_instant_and_once(hall: Hall, clock: Clock) -> None:
    made = plan(hall, note="十二月起每天 15 元")
    assert (made.state, made.at, made.made_by, made.behind) == ("planned", DECEMBER, OWNER, False)
    (owned,) = hall.workshop.owned(who(hall))
    assert [row.id for row in owned.plans] == [made.id]
    clock.now = DECEMBER - timedelta(microseconds=1)
    assert (hall.publish_planned(), week(hall)) == (0, "87.5")
    clock.now = DECEMBER
    assert (hall.publish_planned(), hall.publish_planned()) == (1, 0)
    assert week(hall) == "105"
    last, _ = hall.workshop.versions(who(hall), "borrowing")
    assert (last.origin, last.note, last.published_by, last.published_at) == (
        "planned", "十二月起每天 15 元", OWNER, DECEMBER,
    )  # fmt: skip
    assert state(hall, made).state == "published"
    assert hall.workshop.owned(who(hall))[0].plans == []


def test_r2_after_a_restart_and_with_a_clock_that_goes_back(tmp_path: Path, hall: Hall, clock: Clock) -> None:
    plan(hall)
    hall.close()
    clock.now = DECEMBER + timedelta(days=3)  # the hall was closed at the instant
    again = open_test_hall(tmp_path, clock=clock)
    assert (week(again), again.publish_planned(), week(again)) == ("87.5", 1, "105")
    clock.now = START
    assert again.publish_planned() == 0
    publish(again, DEAREST)
    clock.now = DECEMBER + timedelta(days=4)
    assert again.publish_planned() == 0
    assert week(again) == "140"
    again.close()


def test_r2_the_same_command_twice_is_one_plan_and_it_can_be_cancelled(hall: Hall, clock: Clock) -> None:
    made = plan(hall, command_id="click-1")
    assert plan(hall, command_id="click-1") == made
    assert plan(hall, DEAREST, command_id="click-1").id != made.id
    assert hall.workshop.cancel(who(hall), "borrowing", made.id).state == "cancelled"
    with declined(Declined, "已经结束"):
        hall.workshop.cancel(who(hall), "borrowing", made.id)
    clock.now = DECEMBER
    assert hall.publish_planned() == 1
    assert week(hall) == "140"
    assert state(hall, made).changed_by == OWNER


def test_r2_what_has_passed_is_live_already_or_has_faults_cannot_be_planned(hall: Hall) -> None:
    with declined(Declined, "2026-11-20 09:00 已经过去"):
        plan(hall, at=START)
    data = hall.workshop.workbook_bytes(who(hall), "borrowing", live(hall))[1]
    with declined(Declined, "现行版本"):
        hall.workshop.publish(who(hall), "borrowing.xlsx", data, at=DECEMBER)
    faulty = workbook_from_text(DEARER.replace("${天数}  |", "${夭数}  |"))
    report, made = hall.workshop.publish(who(hall), "borrowing.xlsx", faulty, at=DECEMBER)
    assert (report.publishable, made) == (False, None)
    organisation = workbook_from_text(ORGANISATION.replace("陈晓雨", "陈小雨"))
    with declined(Declined, "只能立即发布"):
        hall.workshop.publish(who(hall, ADMIN), "organisation.xlsx", organisation, at=DECEMBER)
    assert hall.workshop.plans(who(hall), "borrowing") == []


def test_r2_the_year_9999_cannot_be_planned(hall: Hall) -> None:
    with declined(Declined, "太远", "两年以内"):
        plan(hall, at=datetime(9999, 1, 1, tzinfo=CAMPUS_ZONE))
    with declined(Declined, "太远"):
        plan(hall, at=START.replace(year=START.year + 2, day=START.day + 2))
    assert plan(hall, at=START.replace(year=START.year + 2)).state == "planned"


def test_r2_the_same_content_for_the_same_instant_is_one_plan(hall: Hall, clock: Clock) -> None:
    made = plan(hall, command_id="click-1")
    again = plan(hall, command_id="click-2", person=ADMIN)
    assert (again.id, again.made_by, made.known, again.known) == (made.id, OWNER, False, True)
    later = plan(hall, at=DECEMBER + timedelta(days=1))
    assert not later.known
    publish(hall, DEAREST)
    # Made for the version before, it would be held: the new one takes its place.
    renewed = plan(hall)
    assert (renewed.known, state(hall, made).state, state(hall, made).why) == (False, "cancelled", "proposed again")
    clock.now = DECEMBER
    assert hall.publish_planned() == 2, "the one that goes live, and the one whose content is live with it"
    assert (state(hall, renewed).state, week(hall)) == ("published", "105")
    assert (state(hall, later).state, state(hall, later).why) == ("published", "already live")


def test_r2_a_service_may_begin_at_a_date(hall: Hall, clock: Clock) -> None:
    text = BORROWING.replace("| borrowing |", "| lending |").replace("仪器借用", "仪器出借")
    made = plan(hall, text)
    assert [(row.id, row.live) for row in hall.workshop.owned(who(hall)) if row.plans] == [("lending", None)]
    with pytest.raises(NotFound):
        hall.card(who(hall, STUDENT), "lending")
    with pytest.raises(NotAllowed):
        hall.workshop.cancel(who(hall, FINANCE), "lending", made.id)
    clock.now = DECEMBER
    assert hall.publish_planned() == 1
    assert hall.card(who(hall, STUDENT), "lending").title == "仪器出借"


FIRING = """
import sys
from datetime import datetime
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from halls import open_test_hall
at = datetime.fromisoformat(sys.argv[3])
hall = open_test_hall(Path(sys.argv[2]), clock=lambda: at)
print("ready", flush=True)
sys.stdin.readline()
print(hall.publish_planned(), flush=True)
hall.close()
"""


def test_r2_two_processes_publish_it_once(tmp_path: Path, hall: Hall, clock: Clock) -> None:
    made = plan(hall)
    command = [sys.executable, "-c", FIRING, str(Path(__file__).parents[1]), str(tmp_path), DECEMBER.isoformat()]
    processes = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    told = sorted(process.communicate(timeout=60)[0] for process in processes)
    assert told == ["0\n", "1\n"]
    assert [row.origin for row in hall.workshop.versions(who(hall), "borrowing")] == ["planned", "file"]
    assert state(hall, made).state == "published"


def test_r2_four_threads_that_have_examined_it_publish_it_once(tmp_path: Path, hall: Hall) -> None:
    made, barrier, found = plan(hall), threading.Barrier(4), []
    stores = [SqlStore(tmp_path / "banshi.sqlite") for _ in range(4)]

    def fire(store: SqlStore) -> None:
        barrier.wait()
        found.append(store.publish_plan(made.id, DECEMBER))

    threads = [threading.Thread(target=fire, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [version.sha256 for version in found if version] == [made.sha256]
    for store in stores:
        store.close()


# R3


def leave(hall: Hall, tmp_path: Path, *, back: bool = False) -> None:
    """The only reviewer of the security office leaves, with the office; or comes back."""
    text = ORGANISATION if back else ORGANISATION.replace(SECURITY, "").replace("| 保卫处   | '20004 |\n", "")
    write(tmp_path / "definitions", "organisation/organisation.xlsx", text)
    hall.scan()


def test_r3_what_no_longer_passes_is_not_published_and_says_why(tmp_path: Path, hall: Hall, clock: Clock) -> None:
    made = plan(hall)
    leave(hall, tmp_path)
    clock.now = DECEMBER
    assert (hall.publish_planned(), hall.publish_planned(), week(hall)) == (1, 0, "87.5")
    failed = state(hall, made)
    assert failed.state == "failed"
    assert any("保卫处.审核岗" in fault.message() and fault.place.sheet == "route" for fault in failed.faults)
    assert hall.workshop.owned(who(hall))[0].plans[0].state == "failed"
    leave(hall, tmp_path, back=True)
    assert hall.workshop.go_on(who(hall), "borrowing", made.id).state == "published"
    assert week(hall) == "105"


def test_r3_examples_are_computed_as_of_the_instant(hall: Hall, clock: Clock) -> None:
    """An example whose result depends on the day holds on the planned day, not today; and not a day later."""
    dated = DEARER.replace("|                    |\n| note ", "| date('2026-12-01') - today() |\n| note ").replace(
        "| example | applicant | 用途 | 天数 |", "| example | applicant | 用途 | 天数 | expect 押金 |"
    )
    dated = dated.replace("| 测试 | 7    |", "| 测试 | 7 | 0 |").replace("| 测试 | 8    |", "| 测试 | 8 | 0 |")
    report, made = hall.workshop.publish(who(hall), "borrowing.xlsx", workbook_from_text(dated))
    assert [item.passed for item in report.examples] == [False, False]
    made = plan(hall, dated)
    clock.now = DECEMBER + timedelta(days=1)  # the hall was closed for a day
    assert hall.publish_planned() == 1
    failed = state(hall, made)
    assert (failed.state, len(failed.faults)) == ("failed", 2)
    assert "“-1”" in failed.faults[0].message()


def test_r3_a_plan_whose_owner_left_waits_for_somebody_who_owns_the_service(
    tmp_path: Path, hall: Hall, clock: Clock
) -> None:
    made = plan(hall)
    left = ORGANISATION.replace("设备处     | owner ", "设备处     | teacher ")
    assert left != ORGANISATION
    write(tmp_path / "definitions", "organisation/organisation.xlsx", left)
    hall.scan()
    clock.now = DECEMBER
    assert (hall.publish_planned(), hall.publish_planned(), week(hall)) == (1, 0, "87.5")
    held = state(hall, made, ADMIN)
    assert (held.state, held.why) == ("held", "owner left")
    assert hall.workshop.go_on(who(hall, ADMIN), "borrowing", made.id).state == "published"
    assert week(hall) == "105"


# R4


def test_r4_a_plan_for_an_older_version_is_held_until_it_is_to_go_on(hall: Hall, clock: Clock) -> None:
    made = plan(hall)
    publish(hall, DEAREST)
    assert (state(hall, made).state, state(hall, made).behind) == ("planned", True)
    clock.now = DECEMBER
    assert (hall.publish_planned(), hall.publish_planned(), week(hall)) == (1, 0, "140")
    assert state(hall, made).state == "held"
    with pytest.raises(NewerVersion):
        hall.workshop.go_on(who(hall), "borrowing", made.id, replaces=made.based_on)
    done = hall.workshop.go_on(who(hall), "borrowing", made.id, replaces=live(hall))
    assert (done.state, week(hall)) == ("published", "105")


def test_r4_a_plan_for_an_older_version_is_held_whether_it_would_pass_or_not(
    tmp_path: Path, hall: Hall, clock: Clock
) -> None:
    made = plan(hall)
    publish(hall, DEAREST)
    leave(hall, tmp_path)
    clock.now = DECEMBER
    hall.publish_planned()
    assert (state(hall, made).state, state(hall, made).faults) == ("held", [])


def test_r4_it_may_go_on_before_its_instant(hall: Hall, clock: Clock) -> None:
    made = plan(hall)
    publish(hall, DEAREST)
    on = hall.workshop.go_on(who(hall), "borrowing", made.id)
    assert (on.state, on.behind, on.based_on) == ("planned", False, live(hall))
    clock.now = DECEMBER
    hall.publish_planned()
    assert week(hall) == "105"


def test_r4_what_was_published_by_hand_meanwhile_is_done(hall: Hall, clock: Clock) -> None:
    made = plan(hall)
    publish(hall, DEARER)
    assert (state(hall, made).state, state(hall, made).why, state(hall, made).changed_by) == (
        "published", "already live", "",
    )  # fmt: skip
    clock.now = DECEMBER
    assert hall.publish_planned() == 0
    assert [row.origin for row in hall.workshop.versions(who(hall), "borrowing")] == ["upload", "file"]


# R5


@pytest.fixture
def guarded(hall: Hall) -> Hall:
    assert isinstance(publish(hall, GUARDED), VersionRow)
    return hall


def test_r5_the_second_person_consents(guarded: Hall) -> None:
    hall = guarded
    made = publish(hall, DEARER, note="调价")
    assert isinstance(made, PlanRow)
    assert (made.state, made.may_consent, week(hall)) == ("proposed", False, "87.5")
    with declined(NotAllowed, "自己提交的"):
        hall.workshop.consent(who(hall), "borrowing", made.id)
    for stranger in (FINANCE, AUDITOR):
        with pytest.raises(NotAllowed):
            hall.workshop.consent(who(hall, stranger), "borrowing", made.id)
    assert state(hall, made, ADMIN).may_consent
    assert hall.workshop.consent(who(hall, ADMIN), "borrowing", made.id).state == "published"
    last = hall.workshop.versions(who(hall), "borrowing")[0]
    assert (last.origin, last.published_by, last.consent_by, last.note) == ("upload", OWNER, ADMIN, "调价")
    assert week(hall) == "105"
    # The version that is live now does not ask for it any more.
    assert isinstance(publish(hall, DEAREST), VersionRow)


def test_r5_a_proposal_whose_time_has_passed_goes_live_on_consent(guarded: Hall, clock: Clock) -> None:
    hall = guarded
    made = plan(hall)
    assert (made.state, made.late) == ("proposed", False)
    clock.now = DECEMBER + timedelta(hours=2)
    assert hall.publish_planned() == 0
    assert state(hall, made).late
    assert hall.workshop.consent(who(hall, ADMIN), "borrowing", made.id).state == "published"


def test_r5_declining_says_why(guarded: Hall) -> None:
    hall = guarded
    made = publish(hall, DEARER, ADMIN)
    with declined(Declined, "理由"):
        hall.workshop.decline(who(hall), "borrowing", made.id, "  ")
    done = hall.workshop.decline(who(hall), "borrowing", made.id, "要等校长办公会")
    assert (done.state, done.why, done.changed_by) == ("declined", "要等校长办公会", OWNER)
    with pytest.raises(Declined):
        hall.workshop.consent(who(hall), "borrowing", made.id)


def test_r5_with_a_date_it_waits_for_both(guarded: Hall, clock: Clock) -> None:
    hall = guarded
    made = plan(hall)
    clock.now = DECEMBER
    assert (made.state, hall.publish_planned()) == ("proposed", 0)
    hall.workshop.consent(who(hall, ADMIN), "borrowing", made.id)
    assert week(hall) == "105"
    early = plan(hall, GUARDED, DECEMBER + timedelta(days=1))
    assert early.state == "planned", "the live version asks for nothing"


def test_r5_a_file_in_the_folder_is_a_proposal(tmp_path: Path, guarded: Hall, clock: Clock) -> None:
    hall = guarded
    for text in (DEARER, DEAREST):
        clock.now += timedelta(minutes=1)
        write(tmp_path / "definitions", "borrowing/borrowing.xlsx", text)
        hall.scan()
        hall.scan()
    rows = hall.workshop.plans(who(hall), "borrowing")
    assert [(row.state, row.origin, row.made_by, row.why) for row in rows] == [
        ("proposed", "file", "", ""),
        ("cancelled", "file", "", "saved again"),
    ]
    assert week(hall) == "87.5"
    stood = hall.workshop.consent(who(hall), "borrowing", rows[0].id)
    assert (stood.state, stood.made_by, stood.may_consent, week(hall)) == ("proposed", OWNER, False, "87.5")
    with pytest.raises(NotAllowed):
        hall.workshop.consent(who(hall), "borrowing", rows[0].id)
    hall.workshop.consent(who(hall, ADMIN), "borrowing", rows[0].id)
    assert week(hall) == "140"
    last = hall.workshop.versions(who(hall), "borrowing")[0]
    assert (last.origin, last.published_by, last.consent_by) == ("file", OWNER, ADMIN)


def test_r5_going_back_asks_too(guarded: Hall) -> None:
    hall = guarded
    report, made = hall.workshop.rollback(who(hall), "borrowing")
    assert isinstance(made, PlanRow)
    assert (made.origin, made.state, live(hall)) == ("rollback", "proposed", report.replaces)
    hall.workshop.consent(who(hall, ADMIN), "borrowing", made.id)
    assert hall.workshop.versions(who(hall), "borrowing")[0].origin == "rollback"


def test_r5_consent_is_to_what_was_seen(guarded: Hall) -> None:
    """Two proposals: when one is live, the other one is for an older version, and nobody consents to it unknowingly."""
    hall = guarded
    guarded_dearer = GUARDED.replace("| 12.5 | flat", "| 15 | flat").replace("| 87.5 ", "| 105 ")
    first = publish(hall, guarded_dearer.replace("| 100 ", "| 120 "))
    second = publish(hall, DEAREST)
    hall.workshop.consent(who(hall, ADMIN), "borrowing", first.id)
    assert state(hall, second).behind
    with declined(NewerVersion, first.version):
        hall.workshop.consent(who(hall, ADMIN), "borrowing", second.id)
    on = hall.workshop.go_on(who(hall), "borrowing", second.id)
    assert (on.state, on.behind) == ("proposed", False)
    assert hall.workshop.consent(who(hall, ADMIN), "borrowing", second.id).state == "published"


def test_r5_what_was_consented_to_for_another_version_is_asked_anew(guarded: Hall, clock: Clock) -> None:
    hall = guarded
    made = plan(hall)
    hall.workshop.consent(who(hall, ADMIN), "borrowing", made.id)
    other = publish(hall, GUARDED.replace("仪器借用", "仪器设备借用"))
    hall.workshop.consent(who(hall, ADMIN), "borrowing", other.id)
    clock.now = DECEMBER
    hall.publish_planned()
    assert state(hall, made).state == "held"
    on = hall.workshop.go_on(who(hall), "borrowing", made.id)
    assert (on.state, on.consent_by, week(hall)) == ("proposed", "", "87.5")


def test_r5_a_proposal_for_a_version_that_asked_goes_on_under_one_that_does_not(guarded: Hall) -> None:
    hall = guarded
    waiting, freeing = publish(hall, DEAREST), publish(hall, DEARER)
    hall.workshop.consent(who(hall, ADMIN), "borrowing", freeing.id)
    assert state(hall, waiting).behind
    assert hall.workshop.go_on(who(hall), "borrowing", waiting.id).state == "published"
    assert week(hall) == "140"


def test_r5_only_yes_and_no_are_understood_and_somebody_must_be_able_to(hall: Hall) -> None:
    report = check(hall, GUARDED.replace("| 是 |", "| 看情况 |"))
    (found,) = [item for item in report.diagnostics if item.code == "SHEET-130"]
    assert (found.place.sheet, found.place.cell, report.publishable) == ("settings", "E2", False)
    assert check(hall, GUARDED).diagnostics == [] or "SHEET-131" not in {
        d.code for d in check(hall, GUARDED).diagnostics
    }
    assert isinstance(publish(hall, GUARDED.replace("| 是 |", "| no |")), VersionRow)
    assert isinstance(publish(hall, DEARER), VersionRow)


def test_r5_a_service_that_nobody_could_consent_to_is_warned_of(tmp_path: Path, hall: Hall) -> None:
    text = ORGANISATION.replace("信息中心   | administrator", "信息中心   |").replace("|        | yes  |", "| | yes |")
    write(tmp_path / "definitions", "organisation/organisation.xlsx", text)
    hall.scan()
    report = check(hall, GUARDED)
    assert [item.code for item in report.diagnostics if item.code.startswith("SHEET-13")] == ["SHEET-131"]
    assert report.publishable


# R6


def test_r6_the_second_owner_is_told_and_may_go_on(hall: Hall, clock: Clock) -> None:
    seen = check(hall, DEAREST)
    clock.now += timedelta(minutes=5)
    first = publish(hall, DEARER, ADMIN)
    with pytest.raises(NewerVersion) as told:
        publish(hall, DEAREST, replaces=seen.replaces)
    for part in ("孙静", "2026-11-20 09:05", first.version):
        assert part in told.value.message("zh")
    assert "Sun Jing" in told.value.message("en")
    assert week(hall) == "105"
    again = check(hall, DEAREST)
    assert any("15" in change.zh and "20" in change.zh for change in again.changes), "differences from hers"
    publish(hall, DEAREST, replaces=again.replaces)
    assert week(hall) == "140"


def test_r6_of_two_at_the_same_instant_one_wins(hall: Hall) -> None:
    seen, barrier, told = live(hall), threading.Barrier(2), []

    def go(text: str) -> None:
        barrier.wait()
        try:
            told.append(publish(hall, text, replaces=seen).version)
        except NewerVersion as error:
            told.append(error.version)

    threads = [threading.Thread(target=go, args=(text,)) for text in (DEARER, DEAREST)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == [live(hall)] * 2
    assert len(hall.workshop.versions(who(hall), "borrowing")) == 2


def test_r6_another_process_between_the_check_and_the_write(
    tmp_path: Path, hall: Hall, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, library = open_test_hall(tmp_path, clock=clock), hall._library
    write_down = library.publish

    def late(*arguments: Any, **how: Any) -> Any:
        monkeypatch.undo()
        publish(other, text)
        return write_down(*arguments, **how)

    text = DEARER
    monkeypatch.setattr(library, "publish", late)
    with declined(NewerVersion, "周倩"):
        publish(hall, DEAREST, replaces=live(hall))
    assert week(hall) == "105"
    text = BORROWING.replace("仪器借用", "仪器设备借用")
    monkeypatch.setattr(library, "publish", late)
    publish(hall, DEAREST)  # who does not mind goes on
    assert [row.published_by for row in hall.workshop.versions(who(hall), "borrowing")] == [OWNER] * 3 + [""]
    assert week(hall) == "140"
    other.close()


def test_r6_two_who_decide_on_one_plan(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    made = plan(hall)
    store, change = hall._store, hall._store.change_plan

    def late(plan: Any, seen: str) -> bool:
        monkeypatch.undo()
        hall.workshop.cancel(who(hall, ADMIN), "borrowing", made.id)
        return change(plan, seen)

    monkeypatch.setattr(store, "change_plan", late)
    with pytest.raises(PlanChanged):
        hall.workshop.cancel(who(hall), "borrowing", made.id)
    assert state(hall, made).changed_by == ADMIN


# R7


def test_r7_going_back_publishes_the_version_before_and_open_cases_stay(hall: Hall) -> None:
    first = live(hall)
    publish(hall, DEARER)
    case = hall.submit(who(hall, STUDENT), "borrowing", {"用途": "测试", "天数": 7}, command_id="case-one").case_id
    second = live(hall)
    told = hall.workshop.check_version(who(hall), "borrowing", first)
    assert any("15" in change.zh and "12.5" in change.zh for change in told.changes)
    _, version = hall.workshop.rollback(who(hall), "borrowing", first, note="价格有误，先退回", replaces=told.replaces)
    assert isinstance(version, VersionRow)
    assert (version.version, version.origin, version.note, version.live) == (
        first,
        "rollback",
        "价格有误，先退回",
        True,
    )
    assert (week(hall), hall.case(who(hall, STUDENT), case).version[:12]) == ("87.5", second)
    _, back = hall.workshop.rollback(who(hall), "borrowing")
    assert back is not None
    assert (back.version, week(hall)) == (second, "105")


def test_r7_a_version_that_no_longer_passes_does_not_come_back(tmp_path: Path, hall: Hall) -> None:
    publish(hall, BORROWING.replace("| 31   | 保卫处     | role:保卫处.审核岗 |      | ${天数} > 7   | 会签  |\n", "")
            .replace("10>20>{30,31}", "10>20>30"))  # fmt: skip
    leave(hall, tmp_path)
    before = live(hall)
    report, version = hall.workshop.rollback(who(hall), "borrowing")
    assert (version, live(hall), report.publishable) == (None, before, False)
    assert any("保卫处.审核岗" in item.message() for item in report.diagnostics)


def test_r7_who_may_and_what_there_is(hall: Hall) -> None:
    with declined(Declined, "没有更早的版本"):
        hall.workshop.rollback(who(hall), "borrowing")
    with pytest.raises(NotFound):
        hall.workshop.rollback(who(hall), "borrowing", "0" * 12)
    publish(hall, DEARER)
    for person in (STUDENT, AUDITOR):
        with pytest.raises(NotAllowed):
            hall.workshop.rollback(who(hall, person), "borrowing")
    # The organisation is the administrators'.
    renamed = workbook_from_text(ORGANISATION.replace("陈晓雨", "陈小雨"))
    hall.workshop.publish(who(hall, ADMIN), "organisation.xlsx", renamed)
    assert who(hall, STUDENT).name == "陈小雨"
    with pytest.raises(NotAllowed):
        hall.workshop.rollback(who(hall), "organisation")
    hall.workshop.rollback(who(hall, ADMIN), "organisation")
    assert who(hall, STUDENT).name == "陈晓雨"


# R8


def test_r8_any_two_versions_are_compared_planned_ones_too(hall: Hall) -> None:
    first = live(hall)
    publish(hall, DEARER)
    second = live(hall)
    planned = plan(hall, DEAREST)
    rate = ("12.5", "15", "20")
    for old, new, before, after in (
        (first, second, 0, 1),
        (second, first, 1, 0),
        (first, "", 0, 1),
        (first, planned.version, 0, 2),
        (second, planned.version, 1, 2),
    ):
        found = hall.workshop.compare(who(hall), "borrowing", old, new)
        (change,) = [item for item in found.changes if item.place.sheet == "fees"]
        assert f"{rate[before]} → {rate[after]}" in change.zh, (old, new)
        assert f"{rate[before]} → {rate[after]}" in change.en
        assert (found.old, found.new, found.live) == (old, new or second, second)
    assert hall.workshop.compare(who(hall), "borrowing", first, first).changes == ()
    assert hall.workshop.workbook_bytes(who(hall), "borrowing", planned.sha256)[1] == book(DEAREST)
    with pytest.raises(NotFound):
        hall.workshop.compare(who(hall), "borrowing", first, "0" * 12)
    with pytest.raises(NotAllowed):
        hall.workshop.compare(who(hall, STUDENT), "borrowing", first, second)


# R9


def test_r9_another_process_takes_up_what_was_published(tmp_path: Path, hall: Hall, clock: Clock) -> None:
    other = open_test_hall(tmp_path, clock=clock)
    assert other.refresh() == 0
    publish(hall, DEARER)
    assert (week(other), other.refresh(), other.refresh(), week(other)) == ("87.5", 1, 0, "105")
    other.workshop.rollback(who(other), "borrowing")
    hall.refresh()
    assert week(hall) == "87.5"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hall._store, "live_versions", None)  # where nothing is new, nothing more is asked
        assert hall.refresh() == 0
    # Whoever publishes there is told of what was published here, though that process has not looked yet.
    seen = check(other, DEAREST)
    publish(hall, DEARER)
    with pytest.raises(NewerVersion):
        publish(other, DEAREST, replaces=seen.replaces)
    made = plan(hall, DEAREST)
    assert [row.id for row in other.workshop.plans(who(other), "borrowing")] == [made.id], "the sign of a plan"
    other.close()


def test_r9_the_organisation_is_taken_up_with_what_it_makes_possible(tmp_path: Path, hall: Hall, clock: Clock) -> None:
    other = open_test_hall(tmp_path, clock=clock)
    text = BORROWING.replace("| borrowing |", "| lending |").replace("role:财务处", "role:后勤处")
    write(tmp_path / "definitions", "lending/lending.xlsx", text)
    for one in (hall, other):
        one.scan()
        assert "lending/lending.xlsx" in one._library.faulty()
    grown = ORGANISATION.replace("| 财务处.审核岗        |", "| 财务处.审核岗、后勤处.审核岗 |").replace(
        "| 审计处   | '20006 |", "| 审计处   | '20006 |\n| 后勤处 | '20003 |"
    )
    hall.workshop.publish(who(hall, ADMIN), "organisation.xlsx", workbook_from_text(grown))
    other.refresh()
    for one in (hall, other):
        assert "lending" in one._library.live
        assert one._library.faulty() == {}
    hall.workshop.rollback(who(hall, ADMIN), "organisation")
    other.refresh()
    for one in (hall, other):
        assert "lending/lending.xlsx" in one._library.faulty()
    other.close()


def test_r9_postgresql_too(tmp_path: Path, clock: Clock) -> None:
    write(tmp_path, "organisation/organisation.xlsx", ORGANISATION)
    write(tmp_path, "borrowing/borrowing.xlsx", BORROWING)
    with cluster() as url:
        stores = [SqlStore(url) for _ in range(2)]
        one, other = (Library(store, tmp_path, FixpointEngine(), clock) for store in stores)
        one.scan()
        assert other.refresh() == 2
        data = workbook_from_text(DEARER)
        checked = one.examine("borrowing.xlsx", data)
        version = one.publish(checked, data, origin="upload", person=OWNER, replaces=one.live_hash("borrowing"))
        assert version is not None
        assert other.refresh() == 1
        assert other.live["borrowing"][1] == version
        for store in stores:
            store.close()
