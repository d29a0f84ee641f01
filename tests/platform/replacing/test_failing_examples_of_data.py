"""Data are replaced though examples of the workbook fail with them, where somebody agrees to that.

F1 Without that nothing is published, and the report says which examples fail; with it the version keeps which.
F2 The next night the same examples fail: it is the same. A table with errors is refused all the same.
F3 The next check of the workbook says of an example that it fails in the live version already, and it blocks as ever.
F4 At an instant: what was agreed to holds then; an example that nobody agreed to does not go through.
F5 Such a version can be gone back to.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from halls import open_test_hall
from workbooks import workbook_from_text

from banshi.platform.hall import Hall
from banshi.platform.publishing.failing import allowing
from banshi.platform.replacing.desk import examples_fail
from banshi.platform.views import ExampleResult, PlanRow, Report, VersionRow
from banshi.rules.values import CAMPUS_ZONE

OWNER = "20005"
DEVICES = """
## settings
| form_id | form_title | owner  |
| devices | 设备告警   | 设备处 |
## survey
| type | name | label | calculation |
| text | 设备 | 设备  | |
| calculate | 小时 | 小时 | LOOKUP("读数", ${设备}, "小时") |
## 收费-电费
| 项目 | 名称 | 计量 | 单价 |
| 电费 | 电费 | ${小时} | 2 |
## 数据-读数
| 设备* | 小时 |
| 投影仪A101 | 40 |
| 投影仪A102 | 55 |
## route
| step | name | who |
| 10 | 申请 | initiator |
## examples
| example | applicant | 设备 | expect fees.total |
| 灯泡还新 | '20001 | 投影仪A101 | 80 |
| 灯泡快到期 | '20001 | 投影仪A102 | 110 |
"""
NIGHT = "设备,小时\r\n投影仪A101,41\r\n投影仪A102,55\r\n"
NEXT_NIGHT = "设备,小时\r\n投影仪A101,42\r\n投影仪A102,56\r\n"


class Clock:
    now = datetime(2026, 9, 1, 9, tzinfo=CAMPUS_ZONE)

    def __call__(self) -> datetime:
        return self.now


def report_of(*failed: str) -> Report:
    found = [ExampleResult(name=name, passed=name not in failed) for name in ("甲", "乙", "丙")]
    return Report(file="a.xlsx", sha256="0", service_id="a", examples=found, publishable=not failed)


@pytest.mark.parametrize(
    ("failed", "agreed", "goes"),
    [
        ((), (), True),
        (("甲",), ("甲", "乙"), True),
        (("甲", "丙"), ("甲",), False),
        (("丙",), None, True),
        (("甲",), (), False),
    ],
)
def test_f4_only_what_was_agreed_to(failed, agreed, goes):
    assert allowing(report_of(*failed), agreed).publishable is goes


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hall(tmp_path: Path, clock: Clock) -> Iterator[Hall]:
    opened = open_test_hall(tmp_path, services={"devices": DEVICES}, clock=clock)
    yield opened
    opened.close()


def owner(hall: Hall):
    return hall.directory.people[OWNER]


def put(hall: Hall, text: str, **more: object):
    return hall.data.replace(owner(hall), "devices", "读数", "读数.csv", text.encode(), **more)


def hours(hall: Hall) -> list[str]:
    return [row[1] for row in hall.data.rows(owner(hall), "devices", "读数").rows]


def kept(hall: Hall) -> list[list[str]]:
    return [list(row.failing) for row in hall.workshop.versions(owner(hall), "devices")]


def test_f1_somebody_agrees(hall: Hall) -> None:
    report, made = put(hall, NIGHT)
    assert (made, report.failing, report.replaceable) == (None, ("灯泡还新",), False)
    for language in ("zh", "en"):
        said = examples_fail(report, language)
        assert all(word in said for word in ("灯泡还新", "--examples", "examples=true"))
    assert hours(hall) == ["40", "55"]
    report, made = put(hall, NIGHT, examples=True)
    assert isinstance(made, VersionRow)
    assert (list(made.failing), hours(hall), examples_fail(report, "zh")) == (["灯泡还新"], ["41", "55"], "")
    assert kept(hall) == [["灯泡还新"], []]


def test_f2_every_night(hall: Hall) -> None:
    put(hall, NIGHT, examples=True)
    assert put(hall, NEXT_NIGHT)[1] is None
    assert list(put(hall, NEXT_NIGHT, examples=True)[1].failing) == ["灯泡还新", "灯泡快到期"]
    assert list(put(hall, "设备,小时\r\n投影仪A101,40\r\n投影仪A102,55\r\n", examples=True)[1].failing) == []
    report, made = put(hall, NIGHT.replace("41", "四十一"), examples=True)
    assert (made, report.failing, examples_fail(report, "zh")) == (None, (), "")


def test_f3_the_next_check_of_the_workbook(hall: Hall) -> None:
    put(hall, NIGHT, examples=True)
    draft = DEVICES.replace("| 投影仪A101 | 40 |", "| 投影仪A101 | 41 |").replace("设备告警", "教室设备告警")
    report = hall.workshop.check(owner(hall), "devices.xlsx", workbook_from_text(draft))
    (told,) = [one for one in report.diagnostics if "现行版本里已经不成立" in one.message("zh")]
    assert "灯泡还新" in told.message("zh")
    assert told.place.sheet == "examples"
    assert not report.publishable
    assert hall.workshop.publish(owner(hall), "devices.xlsx", workbook_from_text(draft))[1] is None
    mended = draft.replace("| 投影仪A101 | 80 |", "| 投影仪A101 | 82 |")
    report = hall.workshop.check(owner(hall), "devices.xlsx", workbook_from_text(mended))
    assert (report.publishable, [one.code for one in report.diagnostics if one.code == told.code]) == (True, [])
    assert hall.workshop.publish(owner(hall), "devices.xlsx", workbook_from_text(mended))[1] is not None
    assert kept(hall)[0] == []


def test_f4_at_an_instant(hall: Hall, clock: Clock) -> None:
    at = clock.now + timedelta(days=1)
    assert put(hall, NIGHT, at=at)[1] is None
    made = put(hall, NIGHT, at=at, examples=True)[1]
    assert isinstance(made, PlanRow)
    assert "灯泡还新" in "".join(one.message("zh") for one in made.faults)
    clock.now = at
    assert (hall.publish_planned(), hours(hall), kept(hall)[0]) == (1, ["41", "55"], ["灯泡还新"])


def test_f5_gone_back_to(hall: Hall) -> None:
    put(hall, NIGHT, examples=True)
    put(hall, NEXT_NIGHT, examples=True)
    before = hall.workshop.versions(owner(hall), "devices")[1]
    assert hall.workshop.check_version(owner(hall), "devices", before.sha256).publishable
    made = hall.workshop.rollback(owner(hall), "devices")[1]
    assert (made.sha256, list(made.failing), hours(hall)) == (before.sha256, ["灯泡还新"], ["41", "55"])
