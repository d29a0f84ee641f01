"""What the shipped workbooks do by the clock, in a hall of their own.

K1 readings of yesterday that are 20 % above the quota on the third day open an alert; on the second day the head of the unit is told
K2 on working days whoever has lessons is told of each once, and nobody on days off
K3 prepaid rooms are charged the kilowatt-hours beyond the quota, in the account that students top up
K4 whoever sits or invigilates an examination is told the day before and on the day, at weekends too
K5 on the 2nd of the month the energy desk gets what each building lost: its meter less its circuits
K6 what is 20 % above the quota is not rounded: 19.95 % opens no alert and tells nobody
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from clocked import CAMPUS, Clock, fire, runs
from halls import open_shipped_hall

from banshi.platform.hall import Hall
from banshi.storage.contract import CaseFilter

SHIPPED = (
    *("campus-repair", "energy-alert", "timetable-push"),
    *("electricity-topup", "dormitory-electricity"),
)


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 11, 24, 12, 0, tzinfo=CAMPUS))


@pytest.fixture
def hall(tmp_path: Path, clock: Clock) -> Iterator[Hall]:
    opened = open_shipped_hall(tmp_path, clock, *SHIPPED)
    fire(opened)
    yield opened
    opened.close()


def at(hall: Hall, clock: Clock, year: int, month: int, day: int, hour: int, minute: int) -> None:
    """Let the clock come to a moment, and do what is due."""
    clock.now = datetime(year, month, day, hour, minute, tzinfo=CAMPUS)
    fire(hall)


def told(hall: Hall, person: str, service: str) -> list[str]:
    """The texts of a service in somebody's inbox."""
    return sorted(row.text for row in hall.outbox.inbox(hall.directory.people[person]).items if row.service == service)


def test_k1_alerts_open_on_the_third_day(hall: Hall, clock: Clock) -> None:
    at(hall, clock, 2026, 11, 25, 2, 1)
    (opened,) = runs(hall, "超额立案", "energy-alert")
    # Of yesterday's four, one is at 19.2 % and one on its second day; the reading of the day before is over.
    assert (opened.done, opened.skipped, opened.failed) == (2, 5, 0)
    cases = [case.title for case in hall._store.iter_cases(CaseFilter(service_id="energy-alert"))]
    assert sorted(cases) == ["化学楼 电 超 22%", "湖东综合楼 气 超 20%"]
    (reminded,) = [text for text in told(hall, "10560", "能耗超额预警处置") if "再超一天" in text]
    assert reminded.startswith("银杏2栋 电已连续 2 天超过定额 20 %（实际 12000，定额 10000）")
    at(hall, clock, 2026, 11, 26, 2, 1)
    cases = [case.title for case in hall._store.iter_cases(CaseFilter(service_id="energy-alert"))]
    assert sorted(cases) == ["化学楼 电 超 22%", "湖东综合楼 气 超 20%", "银杏2栋 电 超 21%"]


def test_k2_lessons_of_the_day(hall: Hall, clock: Clock) -> None:
    at(hall, clock, 2026, 11, 26, 7, 1)  # a Thursday
    thursday = [
        "今天 10:00（第 3-4 节）有机化学，滨江B203，柳青。",
        "今天 14:00（第 5-6 节）物理化学，滨江B203，白露。",
    ]
    assert told(hall, "2024110101", "个人课表推送") == thursday
    assert told(hall, "2024110102", "个人课表推送") == thursday[:1]
    assert told(hall, "12011", "个人课表推送") == []
    at(hall, clock, 2026, 11, 29, 7, 1)  # a Friday without lessons, and a weekend
    assert told(hall, "2024110101", "个人课表推送") == thursday


def test_k3_prepaid_rooms_are_charged(hall: Hall, clock: Clock, tmp_path: Path) -> None:
    """The readings of November beyond the quota: 2318.5 - 2210 - 4 × 10 = 68.5 of 60 kWh, 940 - 880 - 6 × 10 = 0, 1555.25 - 1500 - 4 × 10 = 15.25."""
    path = tmp_path / "definitions" / "electricity-topup" / "electricity-topup.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["账户"]
    (opening,) = [cell.column for cell in sheet[1] if cell.value == "期初"]
    sheet.cell(2, opening, 60)
    book.save(path)
    hall.scan()
    at(hall, clock, 2026, 12, 1, 3, 1)
    rows, _ = hall._store.balances("electricity-topup:购电", size=100)
    assert {row.holder: Decimal(row.available) / 100 for row in rows} == {"银杏2栋 506": Decimal("44.75")}
    (run,) = runs(hall, "预付房间出账", "dormitory-electricity")
    assert [note["row"] for note in run.notes] == ["10 海棠1栋 305"]


def test_k4_examinations_are_told_the_day_before_and_on_the_day(hall: Hall, clock: Clock) -> None:
    """One on Saturday, November 28: two students with their seats, and who invigilates."""
    at(hall, clock, 2026, 11, 26, 18, 1)
    assert not [text for text in told(hall, "2024110101", "个人课表推送") if "考" in text]
    at(hall, clock, 2026, 11, 27, 18, 1)
    tomorrow = "明天 9:00 考 有机化学：滨江B305，12 号座。请带身份证、学生证，提前 15 分钟到场。"
    assert [text for text in told(hall, "2024110101", "个人课表推送") if "考" in text] == [tomorrow]
    assert "13 号座" in told(hall, "2024110102", "个人课表推送")[-1]
    at(hall, clock, 2026, 11, 28, 6, 31)
    at(hall, clock, 2026, 11, 28, 6, 32)
    both = ["今天 9:00 考 有机化学：滨江B305，12 号座。请带身份证、学生证，提前 15 分钟到场。", tomorrow]
    assert [text for text in told(hall, "2024110101", "个人课表推送") if "考" in text] == both
    told_teacher = [text for text in told(hall, "11020", "个人课表推送") if "监考" in text]
    assert told_teacher == [f"{day} 9:00 监考 有机化学：滨江B305。请提前 30 分钟领卷。" for day in ("今天", "明天")]
    assert told(hall, "2023310109", "个人课表推送") == [], "another examination, on another day"
    wrong = {"问题类型": "考试", "课程名称": "有机化学", "上课日期": "2026-11-28", "情况": "B305 那天有别的考试"}
    receipt = hall.submit(hall.directory.people["11020"], "timetable-push", wrong, command_id="wrong")
    assert (
        hall._store.case(receipt.case_id).snapshot["answers"]["我的考试"] == "有机化学 11 月 28 日 9:00 滨江B305 监考"
    )
    at(hall, clock, 2026, 12, 23, 18, 1)
    assert told(hall, "2023310109", "个人课表推送") == [
        "明天 9:00 考 管理学原理：湖东C201，18 号座。请带身份证、学生证，提前 15 分钟到场。"
    ]


def test_k5_losses_of_the_month_are_reported(hall: Hall, clock: Clock, tmp_path: Path) -> None:
    """Of 40,000 kWh of the chemistry building its circuits have 10,000, 15,000 and 11,000; of East Lake's 30,000 one of two circuits was read."""
    path = tmp_path / "definitions" / "energy-alert" / "energy-alert.xlsx"
    book = openpyxl.load_workbook(path)
    day = datetime(2026, 11, 30)
    for title, used in (
        ("抄表", {"化学楼": 40000, "湖东综合楼": 30000}),
        ("支路抄表", {"照明插座": 10000, "空调": 15000, "实验动力": 11000}),
    ):
        sheet = book[f"数据-{title}"]
        for row in [[cell.value for cell in cells] for cells in sheet.iter_rows(min_row=8)]:
            read, last = (3, 2) if title == "抄表" else (4, 3)
            building, energy, circuit = row[0], row[1], row[2]
            key = building if title == "抄表" else circuit
            if energy == "电" and row[last] == datetime(2026, 10, 31) and key in used:
                sheet.append([*row[:last], day, row[read] + used[key]])
    book.save(path)
    assert all(report.publishable for report in hall.scan())
    at(hall, clock, 2026, 12, 2, 8, 1)
    for person in ("10540", "10511"):
        (message,) = [row for row in hall.outbox.inbox(hall.directory.people[person]).items if "损耗月报" in row.text]
        _, data = hall.outbox.file(hall.directory.people[person], message.key, 0)
        header, *rows = openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows(values_only=True)
        assert header == ("校区", "建筑", "能源", "总表", "支路合计", "损耗", "损耗率", "缺抄支路", "上月缺抄支路")
        assert sorted(rows) == [
            ("湖东校区", "湖东综合楼", "电", 30000, None, None, None, 1, 0),
            ("滨江校区", "化学楼", "电", 40000, 36000, 4000, 10, 0, 0),
        ]


def test_k6_nothing_is_rounded_up_to_a_fifth(hall: Hall, clock: Clock, tmp_path: Path) -> None:
    """50,379 kWh on a quota of 42,000 and 11,995 on 10,000 are 19.95 % above; 96 m³ of gas on 80 are 20 %."""
    path = tmp_path / "definitions" / "energy-alert" / "energy-alert.xlsx"
    book = openpyxl.load_workbook(path)
    for row in book["数据-读数"].iter_rows(min_row=2):
        row[4].value = {"N20261124-01": 50379, "N20261124-03": 11995}.get(row[0].value, row[4].value)
    book.save(path)
    hall.scan()
    at(hall, clock, 2026, 11, 25, 2, 1)
    cases = [case.title for case in hall._store.iter_cases(CaseFilter(service_id="energy-alert"))]
    assert cases == ["湖东综合楼 气 超 20%"]
    assert not [text for text in told(hall, "10560", "能耗超额预警处置") if "再超一天" in text]
