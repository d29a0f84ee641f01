"""The organisation and the calendar, read from workbooks."""

from __future__ import annotations

from datetime import date

import pytest
from workbooks import workbook_from_text

from banshi.platform.people.calendar import OutsideCalendar, read_calendar
from banshi.platform.people.organisation import read_organisation
from banshi.platform.workbook import Workbook, read_workbook


def book(text: str) -> Workbook:
    workbook, found = read_workbook(workbook_from_text(text), "w.xlsx")
    assert workbook is not None, found
    return workbook


def test_people_roles_and_the_head_of_the_nearest_department_above() -> None:
    directory, found = read_organisation(
        book(
            """
## 人员
| 工号   | 姓名   | 部门   | 角色                        | 演示 | 校区   |
| '00123 | 王建国 | 化工系 | 化工学院.秘书、owner        | 是   | 大学城 |
| '00124 | 李敏   | 财务处 |                             |      |        |

## 部门
| 部门     | 负责人 | 上级     |
| 化工学院 | '00124 |          |
| 化工系   |        | 化工学院 |
| 财务处   |        |          |
"""
        )
    )
    assert found == []
    person = directory.people["00123"]
    assert person.roles == {"化工学院.秘书", "owner"}
    assert (person.demo, person.attributes) == (True, {"校区": "大学城"})
    head = directory.head("化工系")
    assert head is not None
    assert head.id == "00124"


def test_every_fault_is_at_its_cell() -> None:
    _, found = read_organisation(
        book(
            """
## people
| id     | name | department |
| '00123 | 王建 | 化工系     |
| '00123 | 李敏 | 财务处     |
| '00125 |      |            |

## departments
| name   | head   | parent |
| 化工院 | '00999 | 学校   |
| 学校   |        | 化工院 |
| 财务处 |        |        |
"""
        )
    )
    assert {(item.code, str(item.place)) for item in found} == {
        ("WHO-020", "people!A3"),
        ("WHO-021", "people!A4"),
        ("WHO-022", "people!C2"),
        ("WHO-023", "departments!B2"),
        ("WHO-024", "departments!C2"),
        ("WHO-024", "departments!C3"),
    }


CALENDAR = """
## 日历
| 日期       | 类型 | 名称     |
| 2026-02-14 | 上班 | 春节调休 |
| 2026-02-16 | 休息 | 春节     |
| 2026-02-17 | 休息 | 春节     |
"""


def test_make_up_days_and_days_off() -> None:
    calendar, found = read_calendar(book(CALENDAR))
    assert found == []
    # 2026-02-14 is a Saturday, 15 a Sunday, 16 and 17 a Monday and Tuesday.
    assert [calendar.is_working_day(date(2026, 2, day)) for day in (13, 14, 15, 16, 17, 18)] == [
        True, True, False, False, False, True,
    ]  # fmt: skip
    assert calendar.add_working_days(date(2026, 2, 13), 2) == date(2026, 2, 18)
    assert calendar.working_days_between(date(2026, 2, 13), date(2026, 2, 18)) == 3


def test_a_year_that_the_calendar_does_not_reach_is_said() -> None:
    calendar, _ = read_calendar(book(CALENDAR))
    with pytest.raises(OutsideCalendar):
        calendar.is_working_day(date(2027, 1, 4))
