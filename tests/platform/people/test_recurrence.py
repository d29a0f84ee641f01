"""When something comes again: what cells say, and which instants that gives.

E1 every way of writing is read, in both languages · E2 instants are those on paper, of Python's own calendar, and of
crontab(5) · E3 the campus's calendar: days off, make-up days, terms · E4 clocks
that are put forward or back · E5 what can never come, or cannot be read, is said.
"""

from __future__ import annotations

import calendar as months
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from workbooks import workbook_from_text

from banshi.platform.people.calendar import Calendar, SchoolTerm, read_calendar
from banshi.platform.people.recurrence import Every
from banshi.platform.sheets.every_text import parse_every
from banshi.platform.workbook.reader import read_workbook

CAMPUS = ZoneInfo("Asia/Shanghai")
# National Day 2026: 1 to 7 October off, 20 September and 10 October worked (国办发明电〔2025〕7号).
OCTOBER = Calendar(
    {**{date(2026, 10, day): False for day in range(1, 8)}, date(2026, 9, 20): True, date(2026, 10, 10): True},
    terms=(
        SchoolTerm("2026-2027-1", date(2026, 9, 9), date(2027, 1, 17)),
        SchoolTerm("2026-2027-2", date(2027, 3, 1), date(2027, 7, 4)),
    ),
)
START = datetime(2026, 9, 18, 9, 30, tzinfo=CAMPUS)  # a Friday


def every(text: str) -> Every:
    found = parse_every(text)
    assert found is not None, text
    return found


def firings(text: str, count: int = 3, since: datetime = START) -> list[str]:
    return [f"{at:%m-%d %H:%M}" for at in every(text).next(since, OCTOBER, count)]


@pytest.mark.parametrize(
    ("written", "first"),
    [
        ("每天 07:00", ["09-19 07:00", "09-20 07:00", "09-21 07:00"]),
        ("每日 7：00、12：30", ["09-18 12:30", "09-19 07:00", "09-19 12:30"]),
        ("every day at 7:00 and 12:30", ["09-18 12:30", "09-19 07:00", "09-19 12:30"]),
        ("每工作日 07:00", ["09-20 07:00", "09-21 07:00", "09-22 07:00"]),  # Sunday the 20th is made up for
        ("every working day 07:00", ["09-20 07:00", "09-21 07:00", "09-22 07:00"]),
        ("每周一 8:00", ["09-21 08:00", "09-28 08:00", "10-05 08:00"]),
        ("every Monday 8:00", ["09-21 08:00", "09-28 08:00", "10-05 08:00"]),
        ("每周五、周六 9:30", ["09-19 09:30", "09-25 09:30", "09-26 09:30"]),  # not this very moment
        ("every Fri and Sat 9:31", ["09-18 09:31", "09-19 09:31", "09-25 09:31"]),
        ("每周一至周五 8:00", ["09-21 08:00", "09-22 08:00", "09-23 08:00"]),
        ("每月1日", ["10-01 00:00", "11-01 00:00", "12-01 00:00"]),
        ("every month on the 1st and 15th 6:00", ["10-01 06:00", "10-15 06:00", "11-01 06:00"]),
        ("每月31日", ["10-31 00:00", "12-31 00:00", "01-31 00:00"]),
        ("每月最后一天 23:00", ["09-30 23:00", "10-31 23:00", "11-30 23:00"]),
        ("last day of the month 23:00", ["09-30 23:00", "10-31 23:00", "11-30 23:00"]),
        ("每月最后工作日", ["09-30 00:00", "10-30 00:00", "11-30 00:00"]),
        ("every month on the last working day", ["09-30 00:00", "10-30 00:00", "11-30 00:00"]),
        ("每月第1个工作日 9:00", ["10-08 09:00", "11-02 09:00", "12-01 09:00"]),
        ("every month on the first working day 9:00", ["10-08 09:00", "11-02 09:00", "12-01 09:00"]),
        ("每月第三个工作日", ["10-10 00:00", "11-04 00:00", "12-03 00:00"]),  # Saturday the 10th is made up for
        ("每年9月1日 8:00", ["09-01 08:00", "09-01 08:00", "09-01 08:00"]),
        ("每学期第1周", ["03-01 00:00"]),  # the week of Wednesday 9 September began on the 7th
        ("every term week 3, Wednesday 9:00", ["09-23 09:00", "03-17 09:00"]),
        ("每小时", ["09-18 10:00", "09-18 11:00", "09-18 12:00"]),
        ("every 20 minutes", ["09-18 09:40", "09-18 10:00", "09-18 10:20"]),
        ("0 7 * * 1-5", ["09-21 07:00", "09-22 07:00", "09-23 07:00"]),
        ("0 9 * * sun", ["09-20 09:00", "09-27 09:00", "10-04 09:00"]),
        ("0 9 * * 7", ["09-20 09:00", "09-27 09:00", "10-04 09:00"]),
        ("0 9 * * 0", ["09-20 09:00", "09-27 09:00", "10-04 09:00"]),
        ("*/25 10 * * *", ["09-18 10:00", "09-18 10:25", "09-18 10:50"]),
        # crontab(5): where both days are told, either is enough: “at 4:30 on the 1st and 15th, plus every Friday”.
        ("30 4 1,15 * 5", ["09-25 04:30", "10-01 04:30", "10-02 04:30"]),
        ("5 4 * jan,7 *", ["01-01 04:05", "01-02 04:05", "01-03 04:05"]),
    ],
)  # fmt: skip
def test_e1_and_e2_what_is_written_gives_these_instants(written, first):
    assert firings(written) == first


@pytest.mark.parametrize(
    "nonsense",
    ["", "常常", "每天 25:00", "每天 7:60", "每月32日", "每年2月30日", "0 7 * *", "61 7 * * *", "0 7 * 13 *", "*/0 * * * *",
     "每周八 8:00", "每周五至周一", "every 7 minutes", "every Mon Tue x", "每小时 7:00", "7:00"],
)  # fmt: skip
def test_e5_what_is_no_time_is_none(nonsense):
    assert parse_every(nonsense) is None


def test_e2_last_working_days_over_ten_years_are_those_of_a_count():
    plain = Calendar()
    expected = []
    for year in range(2026, 2036):
        for month in range(1, 13):
            days = [date(year, month, day) for day in range(1, months.monthrange(year, month)[1] + 1)]
            expected.append(max(day for day in days if day.isoweekday() <= 5))
    since = datetime(2025, 12, 31, 12, tzinfo=CAMPUS)
    assert [at.date() for at in every("每月最后工作日 8:00").next(since, plain, 120)] == expected


def test_e2_leap_days_come_and_impossible_days_never():
    since = datetime(2096, 3, 1, tzinfo=CAMPUS)
    assert every("0 0 29 2 *").after(since, Calendar()) == datetime(2104, 2, 29, tzinfo=CAMPUS)
    assert every("0 0 30 2 *").after(since, Calendar()) is None


@pytest.mark.parametrize(
    "text", ["每工作日 07:00", "每月最后工作日", "*/20 8-9 * * 1,3", "每学期第2周", "每月1日、15日 6:00"]
)
def test_e2_the_latest_is_what_going_forward_comes_to(text):
    one, ends = every(text), START + timedelta(days=220, hours=3)
    at, passed = START, []
    while (at := one.after(at, OCTOBER)) is not None and at <= ends:
        passed.append(at)
    assert one.latest(START, ends, OCTOBER) == passed[-1]
    assert one.between(START, passed[-1], OCTOBER) == len(passed) - 1
    assert one.latest(passed[-1], ends, OCTOBER) is None, "what was done is not the latest again"
    assert one.latest(START, passed[-1], OCTOBER) == passed[-1], "this very moment counts"


def test_e4_a_time_that_clocks_jump_over_comes_as_they_go_on_and_one_that_they_show_twice_comes_once():
    berlin = ZoneInfo("Europe/Berlin")  # 29 March 2026: 2:00 becomes 3:00; 25 October: 3:00 becomes 2:00
    spring = list(every("每天 02:30").next(datetime(2026, 3, 28, 12, tzinfo=berlin), Calendar(), 2))
    assert [at.isoformat() for at in spring] == ["2026-03-29T03:30:00+02:00", "2026-03-30T02:30:00+02:00"]
    autumn = list(every("每天 02:30").next(datetime(2026, 10, 24, 12, tzinfo=berlin), Calendar(), 2))
    assert [at.isoformat() for at in autumn] == ["2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"]


TERMS = """
## calendar
| 日期       | 类型 |
| 2026-10-01 | 休息 |

## 学期
| 学期        | 开始       | 结束       |
| 2026-2027-2 | 2027-03-01 | 2027-07-04 |
| 2026-2027-1 | 2026-09-07 | 2027-01-17 |
{more}
"""


def test_e3_terms_are_read_and_faults_named_at_their_rows():
    def read(more: str):
        book, _ = read_workbook(workbook_from_text(TERMS.format(more=more)), "calendar.xlsx")
        return read_calendar(book)

    calendar, found = read("")
    assert [(term.name, term.since, term.until) for term in calendar.terms] == [
        ("2026-2027-1", date(2026, 9, 7), date(2027, 1, 17)),
        ("2026-2027-2", date(2027, 3, 1), date(2027, 7, 4)),
    ]
    assert found == []
    calendar, found = read("| 夏季 | 2027-07-01 | 2027-07-20 |\n| 秋季 | 2027-12-01 | 2027-09-01 |")
    assert [(one.code, one.place.cell) for one in found] == [("WHO-061", "A4"), ("WHO-061", "A5")]
    assert len(calendar.terms) == 2
