"""Whoever publishes a workbook by which rows of a register go or change is asked first, on every way.

1. A workbook, a table of its data and an earlier version are refused with the sentence of REG-014 unless somebody says `rows`.
2. A file in the folder is not published, but waits, with that sentence, until an owner consents; saved again without the fault
   it is published.
3. Of a service that asks for consent, whoever consents reads it.
4. A version that was planned when there were no such rows is held at its time; going on publishes it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from halls import open_test_hall, write
from workbooks import workbook_from_text

from banshi.platform.errors import Declined
from banshi.platform.hall import Hall
from banshi.platform.replacing.views import Origin
from banshi.platform.views import PlanRow
from banshi.rules.values import CAMPUS_ZONE

sys.path.insert(0, str(Path(__file__).parent))
from test_register_changes import CARS, OWNER, STUDENT, renamed

ADMIN = "20007"
RENAMED = renamed("出发", "出发日", "开始=出发日; 人数=人数")
OTHER_TITLE = CARS.replace("用车预约", "公务用车预约")
BY_NAME = CARS.replace("; 人数=人数", "")
SENTENCE = "台账“占用”里办件记的 5 行中，0 行没有了，5 行变了"


class Clock:
    now = datetime(2026, 9, 1, 9, tzinfo=CAMPUS_ZONE)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hall(tmp_path: Path, clock: Clock, request: pytest.FixtureRequest) -> Iterator[Hall]:
    opened = open_test_hall(tmp_path, services={"car": getattr(request, "param", CARS)}, clock=clock)
    apply(opened)
    yield opened
    opened.close()


def apply(hall: Hall, cases: int = 5) -> None:
    for number in range(1, cases + 1):
        answers = {"车辆": f"粤B{number:05}", "出发": "2026-10-01", "人数": str(number)}
        assert hall.submit(hall.directory.people[STUDENT], "car", answers, command_id=f"c{number}").done


def who(hall: Hall, person: str = OWNER):
    return hall.directory.people[person]


def publish(hall: Hall, text: str, **more: object):
    return hall.workshop.publish(who(hall), "car.xlsx", workbook_from_text(text), **more)[1]


def days(hall: Hall) -> list[str]:
    found = hall.data.rows(who(hall), "car", "占用", origin=Origin.CASES)
    return [row[found.columns.index("开始")] for row in found.rows]


def asked(error: pytest.ExceptionInfo[Declined], sentence: str = SENTENCE) -> bool:
    said = error.value.message("zh")
    return sentence in said and "--rows" in said and "rows=true" in said and "rows=true" in error.value.message("en")


def test_1_a_workbook(hall: Hall) -> None:
    with pytest.raises(Declined) as error:
        publish(hall, RENAMED)
    assert asked(error)
    assert days(hall) == ["2026-10-01"] * 5
    assert publish(hall, OTHER_TITLE) is not None, "nothing is lost by another title"
    assert publish(hall, RENAMED, rows=True) is not None
    assert days(hall) == [""] * 5


def test_1_an_earlier_version(hall: Hall) -> None:
    publish(hall, RENAMED, rows=True)
    answers = {"车辆": "粤C00001", "出发日": "2026-10-09", "人数": "9"}
    assert hall.submit(who(hall, STUDENT), "car", answers, command_id="n").done
    with pytest.raises(Declined) as error:
        hall.workshop.rollback(who(hall), "car")
    assert asked(error, "6 行中，0 行没有了，6 行变了")
    assert sorted(days(hall)) == [""] * 5 + ["2026-10-09"]
    assert hall.workshop.rollback(who(hall), "car", rows=True)[1] is not None
    assert sorted(days(hall)) == [""] + ["2026-10-01"] * 5


@pytest.mark.parametrize("hall", [BY_NAME], indirect=True)
def test_1_a_table_of_its_data(hall: Hall) -> None:
    table = "车辆,开始\r\n粤A00001,2026-09-01\r\n".encode()
    with pytest.raises(Declined) as error:
        hall.data.replace(who(hall), "car", "占用", "占用.csv", table)
    assert asked(error)
    assert hall.data.rows(who(hall), "car", "占用").columns == ("车辆", "开始", "人数")
    assert hall.data.replace(who(hall), "car", "占用", "占用.csv", table, rows=True)[1] is not None
    assert hall.data.rows(who(hall), "car", "占用").columns == ("车辆", "开始")


def save(hall: Hall, tmp_path: Path, text: str) -> list[tuple[str, str, str]]:
    """What came of a file that was saved: the plans."""
    write(tmp_path / "definitions", "car/car.xlsx", text)
    hall.scan()
    hall.scan()
    return [(row.state, row.origin, row.why) for row in hall.workshop.plans(who(hall), "car")]


def test_2_a_file_waits_for_an_owner(hall: Hall, tmp_path: Path) -> None:
    assert save(hall, tmp_path, RENAMED) == [("proposed", "file", "")]
    (plan,) = hall.workshop.plans(who(hall), "car")
    assert (plan.alone, plan.may_consent, [one.code for one in plan.faults]) == (True, True, ["REG-014"])
    assert SENTENCE in plan.faults[0].message("zh")
    assert "待生效的版本" in plan.faults[0].remedy("zh")
    shown = next(one for one in hall.workshop.owned(who(hall)) if one.id == "car")
    assert [row.id for row in shown.plans] == [plan.id]
    assert days(hall) == ["2026-10-01"] * 5
    done = hall.workshop.consent(who(hall), "car", plan.id)
    assert (done.state, days(hall)) == ("published", [""] * 5)
    live = hall.workshop.versions(who(hall), "car")[0]
    assert (live.origin, live.consent_by) == ("file", OWNER)


def test_2_saved_again_without_the_fault_it_is_published(hall: Hall, tmp_path: Path) -> None:
    save(hall, tmp_path, RENAMED)
    assert save(hall, tmp_path, OTHER_TITLE) == [("cancelled", "file", "saved again")]
    assert hall.workshop.versions(who(hall), "car")[0].origin == "file"
    assert (len(hall.workshop.versions(who(hall), "car")), days(hall)) == (2, ["2026-10-01"] * 5)


CONSENT = CARS.replace("| owner  | number         |", "| owner  | number         | consent |").replace(
    "| YC{yyyy}{0001} |", "| YC{yyyy}{0001} | yes |"
)


@pytest.mark.parametrize("hall", [CONSENT], indirect=True)
def test_3_whoever_consents_reads_it(hall: Hall, tmp_path: Path) -> None:
    draft = CONSENT.replace("${人数} > 0", "${人数} > 2")
    with pytest.raises(Declined):
        publish(hall, draft)
    made = publish(hall, draft, rows=True)
    assert isinstance(made, PlanRow)
    (plan,) = hall.workshop.plans(who(hall, ADMIN), "car")
    assert (plan.state, plan.alone, [one.code for one in plan.faults]) == ("proposed", False, ["REG-014"])
    assert hall.workshop.consent(who(hall, ADMIN), "car", plan.id).state == "published"
    # A file: the first who consents stands for it, as without registers.
    save(hall, tmp_path, CONSENT.replace("${人数} > 0", "${人数} > 3"))
    plan = hall.workshop.plans(who(hall), "car")[0]
    assert (plan.alone, hall.workshop.consent(who(hall), "car", plan.id).state) == (False, "proposed")
    assert hall.workshop.consent(who(hall, ADMIN), "car", plan.id).state == "published"
    assert len(days(hall)) == 2


def test_4_planned_before_there_were_rows(tmp_path: Path, clock: Clock) -> None:
    hall = open_test_hall(tmp_path, services={"car": CARS}, clock=clock)
    made = publish(hall, RENAMED, at=clock.now + timedelta(days=30))
    assert (made.state, list(made.faults)) == ("planned", [])
    apply(hall)
    clock.now += timedelta(days=30)
    assert hall.publish_planned() == 1
    (plan,) = hall.workshop.plans(who(hall), "car")
    assert (plan.state, plan.why, [one.code for one in plan.faults]) == ("held", "rows go", ["REG-014"])
    assert days(hall) == ["2026-10-01"] * 5
    assert hall.workshop.go_on(who(hall), "car", plan.id).state == "published"
    assert days(hall) == [""] * 5
    hall.close()


def test_4_planned_by_somebody_who_was_told(hall: Hall, clock: Clock) -> None:
    at = clock.now + timedelta(days=30)
    with pytest.raises(Declined):
        publish(hall, RENAMED, at=at)
    assert publish(hall, RENAMED, at=at, rows=True).state == "planned"
    clock.now = at
    assert (hall.publish_planned(), days(hall)) == (1, [""] * 5)
