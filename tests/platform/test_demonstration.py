"""Half a year in a small hall."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from halls import BORROWING, ORGANISATION, write

from banshi.platform.demonstration import DAYS, demonstrate
from banshi.platform.errors import Declined
from banshi.platform.keeping import rebuild
from banshi.platform.stores import store_of_folder
from banshi.rules.values import CAMPUS_ZONE
from banshi.storage.contract import CaseFilter, StoredCase, TaskFilter

SHIPPED = Path(__file__).parents[2] / "definitions"
UNTIL = datetime(2026, 11, 20, 18, 0, tzinfo=CAMPUS_ZONE)


def cases_of(folder: Path) -> list[StoredCase]:
    store = store_of_folder(folder, "")
    try:
        return list(store.iter_cases(CaseFilter()))
    finally:
        store.close()


@pytest.fixture(scope="module")
def definitions(tmp_path_factory):
    folder = tmp_path_factory.mktemp("definitions")
    write(folder, "organisation/organisation.xlsx", ORGANISATION)
    write(folder, "borrowing/borrowing.xlsx", BORROWING)
    return folder


def test_half_a_year_is_played(definitions, tmp_path):
    told: list[tuple[int, int]] = []
    data = tmp_path / "data"
    played = demonstrate(
        data=data, definitions=definitions, until=UNTIL, cases=25, seed=3, told=lambda *now: told.append(now)
    )
    cases = cases_of(data)
    assert played.sent == len(cases) == sum(played.states.values()) == 25
    assert told[-1] == (25, 25)
    assert all(UNTIL - timedelta(days=DAYS) <= case.submitted_at <= UNTIL for case in cases)
    assert len({case.submitted_at.date() for case in cases}) > 10
    assert {case.state for case in cases} > {"open", "approved"}
    assert len({case.applicant for case in cases}) > 1
    assert {case.snapshot["answers"]["天数"] for case in cases} > {7, 8}
    assert rebuild(f"sqlite:///{data / 'banshi.sqlite'}", lambda *_: None, dry_run=True) == []


@pytest.fixture(scope="module")
def outings(tmp_path_factory):
    """Half a year of trips and visitors in the shipped workbooks."""
    folder = tmp_path_factory.mktemp("outings")
    for name in ("organisation", "calendar", "vehicle-booking", "dormitory-visitors"):
        shutil.copytree(SHIPPED / name, folder / "definitions" / name)
    demonstrate(data=folder / "data", definitions=folder / "definitions", until=UNTIL, cases=32, seed=1)
    store = store_of_folder(folder / "data", "")
    yield store
    store.close()


def told(case: StoredCase, name: str) -> datetime | None:
    value = case.snapshot["answers"].get(name)
    return datetime.fromisoformat(value) if value else None


def test_nothing_happens_before_its_time_and_nothing_in_the_future(outings):
    for case in outings.iter_cases(CaseFilter()):
        at = [event.at for event in outings.events(case.id)]
        assert at == sorted(at), case.number
        assert case.submitted_at == at[0], case.number
        assert at[-1] <= UNTIL, case.number
        for task in [row.task for row in outings.tasks(TaskFilter(case_id=case.id), size=99)[0]]:
            assert task.done_at is None or task.since <= task.done_at <= UNTIL, (case.number, task.step_id)


def test_trips_are_recorded_when_they_are_over_and_then_settled(outings):
    trips = list(outings.iter_cases(CaseFilter(service_id="vehicle-booking")))
    recorded = 0
    for case in trips:
        over = told(case, "返回时间")
        assert over is not None
        assert over > case.submitted_at, case.number
        if over < UNTIL - timedelta(days=1):
            assert case.state in ("approved", "refused", "withdrawn"), (case.number, over, case.state)
        for row in outings.tasks(TaskFilter(case_id=case.id), size=99)[0]:
            if row.task.step_id in ("50", "60") and row.task.done_at is not None:
                recorded += 1
                assert row.task.done_at >= over, case.number
    assert recorded > 5
    sent = [case for case in trips if told(case, "返回时间") < UNTIL and case.snapshot["answers"].get("车辆")]
    assert len(sent) * 5 >= len(trips) * 2, "most of those that are not refused, withdrawn or still to come"


def test_visitors_come_and_leave_within_their_visit(outings):
    came = 0
    for case in outings.iter_cases(CaseFilter(service_id="dormitory-visitors")):
        first, last = told(case, "到访"), told(case, "离开")
        entered, left = told(case, "实际进入"), told(case, "实际离开")
        if first is None or entered is None:
            continue
        came += 1
        assert case.submitted_at <= first <= entered <= left <= last <= UNTIL, case.number
    assert came > 3


def test_cases_end_in_every_way(outings):
    for service, states in (
        ("vehicle-booking", {"approved", "refused", "withdrawn", "open"}),
        ("dormitory-visitors", {"approved", "refused", "withdrawn"}),
    ):
        assert states <= {case.state for case in outings.iter_cases(CaseFilter(service_id=service))}


def test_every_state_occurs_where_nothing_ends_by_itself(definitions, tmp_path):
    played = demonstrate(data=tmp_path / "data", definitions=definitions, until=UNTIL, cases=16, seed=2)
    assert set(played.states) == {"open", "approved", "refused", "returned", "withdrawn"}


def test_the_same_seed_is_the_same_half_year(definitions, tmp_path):
    seen = []
    for name, seed in (("one", 5), ("two", 5), ("three", 6)):
        demonstrate(data=tmp_path / name, definitions=definitions, until=UNTIL, cases=8, seed=seed)
        seen.append([(c.submitted_at, c.applicant, c.number, c.state) for c in cases_of(tmp_path / name)])
    assert seen[0] == seen[1] != seen[2]


def test_a_folder_with_something_in_it_is_left_alone(definitions, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/banshi.sqlite").write_bytes(b"real")
    with pytest.raises(Declined, match="new folder"):
        demonstrate(data=tmp_path / "data", definitions=definitions, until=UNTIL)
    assert (tmp_path / "data/banshi.sqlite").read_bytes() == b"real"


@pytest.fixture(scope="module")
def classrooms(tmp_path_factory):
    """Half a year of lessons with a roll, and of devices whose alerts a job opens at night."""
    folder = tmp_path_factory.mktemp("classrooms")
    for name in ("organisation", "calendar", "class-attendance", "class-sign", "device-alert", "campus-repair"):
        shutil.copytree(SHIPPED / name, folder / "definitions" / name)
    demonstrate(data=folder / "data", definitions=folder / "definitions", until=UNTIL, cases=12, seed=2)
    store = store_of_folder(folder / "data", "")
    yield store
    store.close()


@pytest.mark.soak
def test_lessons_are_on_the_day_on_which_their_roll_is_called(classrooms):
    lessons = [case for case in classrooms.iter_cases(CaseFilter()) if case.service_id == "class-attendance"]
    assert lessons
    for case in lessons:
        assert case.snapshot["answers"]["日期"] == case.submitted_at.astimezone(CAMPUS_ZONE).date().isoformat()


@pytest.mark.soak
def test_somebody_comes_to_what_jobs_have_opened(classrooms):
    alerts = [case for case in classrooms.iter_cases(CaseFilter()) if case.service_id == "device-alert"]
    assert len(alerts) > 4
    for case in alerts:
        tasks = [row.task for row in classrooms.tasks(TaskFilter(case_id=case.id), size=99)[0]]
        assert any(task.done_at for task in tasks), case.number


@pytest.mark.soak
def test_offices_act_on_working_days_and_by_day(classrooms):
    """Golden week of 2026 is from 1 to 7 October."""
    for case in classrooms.iter_cases(CaseFilter()):
        if case.service_id != "device-alert":
            continue  # students sign in at the lesson, and repairs are recorded when they are over
        for row in classrooms.tasks(TaskFilter(case_id=case.id), size=99)[0]:
            if row.task.done_at is None or row.task.person == case.applicant:
                continue
            at = row.task.done_at.astimezone(CAMPUS_ZONE)
            assert 9 <= at.hour < 19, (case.number, at)
            assert not datetime(2026, 10, 1, tzinfo=CAMPUS_ZONE) <= at < datetime(2026, 10, 8, tzinfo=CAMPUS_ZONE)
