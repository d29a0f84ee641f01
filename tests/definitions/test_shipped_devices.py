"""Alerts of classroom devices, by the shipped workbook: opened at night by readings of the day before, one a device at a time.

N1 a device at its limit, off line or broken opens one alert, whose level follows; one below its limit, or whose reading is old, opens none
N2 while its alert is not confirmed a device opens no other, neither at night nor by hand; afterwards it does
N3 what Campus Repairs takes is opened there and waited for; a mobile is needed
N4 a device that was taken out of use opens none, until its alert is in the sheet of those put back
N5 the rows for examples open none, however new
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from clocked import CAMPUS, Clock, fire, runs
from halls import open_shipped_hall

from banshi.platform.hall import Hall
from banshi.platform.views import Receipt
from banshi.storage.contract import CaseFilter, StoredCase

SERVICE, FIRST, SECOND = "device-alert", "10941", "10943"


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 11, 24, 12, 0, tzinfo=CAMPUS))


@pytest.fixture
def hall(tmp_path: Path, clock: Clock) -> Iterator[Hall]:
    opened = open_shipped_hall(tmp_path, clock, "campus-repair", SERVICE)
    fire(opened)
    yield opened
    opened.close()


def night(hall: Hall, clock: Clock, day: int) -> None:
    clock.now = datetime(2026, 11, day, 2, 31, tzinfo=CAMPUS)
    fire(hall)


def alerts(hall: Hall) -> dict[str, list[StoredCase]]:
    """The alerts by device."""
    found: dict[str, list[StoredCase]] = {}
    for case in hall._store.iter_cases(CaseFilter(service_id=SERVICE)):
        found.setdefault(case.snapshot["answers"]["设备号"], []).append(case)
    return found


def read_again(hall: Hall, day: int) -> None:
    """The same readings, of another day."""
    path = hall.definitions / SERVICE / f"{SERVICE}.xlsx"
    book = openpyxl.load_workbook(path)
    for row in book["数据-设备读数"].iter_rows(min_row=2):
        row[5].value = datetime(2026, 11, day)
    book.save(path)
    assert all(report.publishable for report in hall.scan())


def act(hall: Hall, key: str, case_id: str, action: str = "approve", **more: Any) -> Receipt:
    person = hall.directory.people[key]
    seq = hall.case(person, case_id).seq
    (task,) = [row for row in hall.tasks(person).items if row.case_id == case_id]
    return hall.act(person, case_id, task.id, action, seq=seq, command_id=f"{key}{action}{case_id}{seq}", **more)


def by_hand(hall: Hall, device: str, command: str) -> Receipt:
    answers = {"设备号": device, "来源": "人工", "现象": "画面发黄、偏暗"}
    return hall.submit(hall.directory.people[FIRST], SERVICE, answers, command_id=command)


def test_n1_readings_of_yesterday_open_alerts(hall: Hall, clock: Clock) -> None:
    night(hall, clock, 25)
    assert {device: [case.snapshot["answers"]["级别"] for case in cases] for device, cases in alerts(hall).items()} == {
        "SB-B203-T": ["一般"], "SB-B305-T": ["急"], "SB-A102-T": ["急"], "SB-B203-K": ["一般"],
        "SB-A401-K": ["一般"], "SB-C201-K": ["急"], "SB-A401-Z": ["急"], "SB-C201-Z": ["急"],
    }  # fmt: skip
    (run,) = runs(hall, "设备告警", SERVICE)
    assert (run.done, run.failed) == (8, 0)


def test_n1_old_readings_open_nothing(hall: Hall, clock: Clock) -> None:
    clock.now = datetime(2026, 11, 26, 1, 0, tzinfo=CAMPUS)
    read_again(hall, 23)
    night(hall, clock, 26)
    assert alerts(hall) == {}


def test_n2_a_device_has_one_open_alert(hall: Hall, clock: Clock) -> None:
    assert by_hand(hall, "SB-B203-T", "hand").done
    night(hall, clock, 25)
    read_again(hall, 25)
    night(hall, clock, 26)
    assert {device: len(cases) for device, cases in alerts(hall).items()}["SB-B203-T"] == 1
    assert sum(map(len, alerts(hall).values())) == 8
    assert [run.failed for run in runs(hall, "设备告警", SERVICE)] == [0, 0], "it is left out, not refused"
    (problem,) = by_hand(hall, "SB-B203-T", "again").problems
    assert (problem.path, problem.message.split("；")[0]) == ("设备号", "这台设备已有没办完的告警，办完再登记")
    (case,) = alerts(hall)["SB-B203-T"]
    assert act(hall, SECOND, case.id, answers={"处理方式": "自修"}).done
    assert act(hall, SECOND, case.id, answers={"处理说明": "灯泡已换"}).done
    read_again(hall, 26)
    night(hall, clock, 27)
    assert len(alerts(hall)["SB-B203-T"]) == 1, "repaired, and not confirmed"
    assert act(hall, FIRST, case.id, answers={"复测": "2", "确认结果": "恢复"}).done
    read_again(hall, 27)
    night(hall, clock, 28)
    assert len(alerts(hall)["SB-B203-T"]) == 2, "the reading is at its limit still"


def test_n3_a_repair_is_opened_and_waited_for(hall: Hall, clock: Clock) -> None:
    night(hall, clock, 25)
    (case,) = alerts(hall)["SB-B203-K"]
    lacking = act(hall, SECOND, case.id, answers={"处理方式": "转报修"})
    assert [problem.path for problem in lacking.problems] == ["报修电话"]
    assert act(hall, SECOND, case.id, answers={"处理方式": "转报修", "报修电话": "13800000041"}).done
    fire(hall)
    (repair,) = hall._store.iter_cases(CaseFilter(service_id="campus-repair"))
    said = repair.snapshot["answers"]
    assert (said["校区"], said["楼栋"], said["地点"], said["类别"]) == ("滨江校区", "第一教学楼", "滨江B203", "空调")
    assert "SB-B203-K" in said["故障描述"]
    steps = hall.case(hall.directory.people[SECOND], case.id).steps
    assert [step.name for step in steps if step.state in ("active", "waiting", "now")] == ["等待修好"]


def test_n4_a_device_out_of_use_stays_closed(hall: Hall, clock: Clock) -> None:
    night(hall, clock, 25)
    (case,) = alerts(hall)["SB-B305-T"]
    assert act(hall, SECOND, case.id, answers={"处理方式": "自修"}).done
    assert act(hall, SECOND, case.id, answers={"处理说明": "光路损坏，报废"}).done
    assert act(hall, FIRST, case.id, answers={"确认结果": "停用"}).done
    for day in (25, 26):
        read_again(hall, day)
        night(hall, clock, day + 1)
    assert len(alerts(hall)["SB-B305-T"]) == 1
    (problem,) = by_hand(hall, "SB-B305-T", "out of use").problems
    assert (problem.path, "恢复使用" in problem.message) == ("设备号", True)
    path = hall.definitions / SERVICE / f"{SERVICE}.xlsx"
    book = openpyxl.load_workbook(path)
    book["数据-恢复使用"].append([case.number, "换了新灯泡"])
    book.save(path)
    read_again(hall, 27)
    night(hall, clock, 28)
    assert len(alerts(hall)["SB-B305-T"]) == 2
    assert [run.failed for run in runs(hall, "设备告警", SERVICE)] == [0, 0, 0, 0]


def test_n5_rows_for_examples_open_nothing(hall: Hall, clock: Clock) -> None:
    read_again(hall, 24)
    night(hall, clock, 25)
    assert len(alerts(hall)) == 8
    assert all(device.startswith("SB-") for device in alerts(hall))
