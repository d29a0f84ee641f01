"""Deadlines: how their cells read, and which instants they come to.

D1 days as the Civil Code counts them, by the holidays of 2026 that are shipped · D2 hours, round the clock and of the
office · D3 per cent of the time in the same kind of time · D4 data sheets and fields · D5 faults at their cells.
The instants are worked out by hand from the State Council's list of days off and make-up days.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from route_people import context, route_of
from workbooks import workbook_from_text

from banshi.platform.people.calendar import Calendar, read_calendar
from banshi.platform.routes.deadline import Deed, Reckoner, Span, Unit, parse_due
from banshi.platform.routes.flow import act, begin
from banshi.platform.routes.state import RouteState
from banshi.platform.sheets import load_bytes
from banshi.platform.workbook import read_workbook
from banshi.rules.cells import Cell
from banshi.rules.datasets import Dataset
from banshi.rules.diagnostics import Diagnostic
from banshi.rules.values import Value

CAMPUS = ZoneInfo("Asia/Shanghai")
SHIPPED = Path(__file__).parents[3] / "definitions" / "calendar" / "calendar.xlsx"


def shipped() -> Calendar:
    workbook, _ = read_workbook(SHIPPED.read_bytes(), "calendar.xlsx")
    assert workbook is not None
    calendar, found = read_calendar(workbook)
    assert not found
    return calendar


CALENDAR = shipped()
REPAIRS = Dataset(
    name="维修时限",
    columns=("类别", "时限", "说明"),
    keys=("类别",),
    rows=(
        {"类别": Cell("水电"), "时限": Cell("4小时"), "说明": Cell("昼夜")},
        {"类别": Cell("门窗"), "时限": Cell("2工作日"), "说明": Cell("上班时间")},
    ),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CAMPUS)


def reckoner(calendar: Calendar = CALENDAR, **names: Value) -> Reckoner:
    return Reckoner(names=names, datasets={"维修时限": REPAIRS}, calendar=calendar)


def due_of(cell: str, since: str, **names: Value) -> str:
    due = parse_due(cell)
    assert due is not None
    found = reckoner(**names).deadline(due, (), at(since))
    return f"{found.due:%Y-%m-%d %H:%M}" if found else ""


@pytest.mark.parametrize(
    ("cell", "since", "due"),
    [
        # Friday 13 February 2026; the 14th, a Saturday, is a make-up day, 15 to 23 are the Spring Festival.
        ("1工作日", "2026-02-13 10:00", "2026-02-14 18:00"),
        ("2工作日", "2026-02-13 10:00", "2026-02-24 18:00"),
        # 30 September to 7 October is the National Day; 8 and 9 October are Thursday and Friday, the 10th a make-up day.
        ("1工作日", "2026-09-30 17:59", "2026-10-08 18:00"),
        ("3个工作日", "2026-09-30 09:00", "2026-10-10 18:00"),
        # Asked on a day off: the first working day is the first that counts.
        ("2 working days", "2026-10-03 12:00", "2026-10-09 18:00"),
        # 20 September 2026 is a Sunday on which people work.
        ("1 workday", "2026-09-18 08:00", "2026-09-20 18:00"),
        # Days of the calendar: the last one moves only when it is a day off.
        ("3天", "2026-03-02 09:00", "2026-03-05 18:00"),
        ("3 days", "2026-09-30 09:00", "2026-10-08 18:00"),
        ("8天", "2026-09-30 09:00", "2026-10-08 18:00"),
    ],
)
def test_d1_days(cell: str, since: str, due: str) -> None:
    assert due_of(cell, since) == due


@pytest.mark.parametrize(
    ("cell", "since", "due"),
    [
        ("4小时", "2026-10-01 22:30", "2026-10-02 02:30"),
        ("30分钟", "2026-03-02 23:45", "2026-03-03 00:15"),
        # The office: 08:00-12:00, 14:00-18:00.
        ("4工作小时", "2026-03-02 10:00", "2026-03-02 16:00"),
        ("4 office hours", "2026-03-02 08:00", "2026-03-02 12:00"),
        ("2工作小时", "2026-03-02 12:30", "2026-03-02 16:00"),
        ("9 working hours", "2026-09-30 17:00", "2026-10-08 18:00"),
        ("30工作分钟", "2026-02-14 17:45", "2026-02-24 08:15"),
    ],
)
def test_d2_hours(cell: str, since: str, due: str) -> None:
    assert due_of(cell, since) == due


@pytest.mark.parametrize(
    ("cell", "since", "expected"),
    [
        # 10 hours: 8 hours on, 10, 15.
        ("10小时", "2026-03-02 09:00", ["03-02 17:00", "03-02 19:00", "03-03 00:00"]),
        # Monday 17:00 to Wednesday 18:00 are 1 + 8 + 8 hours of the office; 80 % are 13 h 36, 150 % are 25 h 30.
        ("2工作日", "2026-03-02 17:00", ["03-04 14:36", "03-04 18:00", "03-05 18:30→03-06 08:30"]),
        # 8 hours of the office from Friday noon over the National Day: 80 % are 6 h 24 (4 before it), 150 % are 12.
        ("8工作小时", "2026-09-30 14:00", ["10-08 10:24", "10-08 12:00", "10-08 18:00"]),
    ],
)
def test_d3_per_cent_of_the_time(cell: str, since: str, expected: list[str]) -> None:
    step = route_of(
        f"| step | name | who | due | overdue |\n| 20 | 审核 | 角色:财务处.审核岗 | {cell} | 80%提醒，100%催办;150% 转上级 |"
    ).steps[0]
    assert [entry.deed for entry in step.overdue] == [Deed.REMIND, Deed.URGE, Deed.ESCALATE]
    assert step.due is not None
    found = reckoner().deadline(step.due, step.overdue, at(since))
    assert found is not None
    assert [f"{when:%m-%d %H:%M}" for when in found.deeds] == [text.rpartition("→")[2] for text in expected]


@pytest.mark.parametrize(
    ("cell", "names", "due"),
    [
        ("表:维修时限[类别]", {"类别": "水电"}, "2026-03-02 14:00"),
        ("table: 维修时限.时限 [${类别}]", {"类别": "门窗"}, "2026-03-04 18:00"),
        ("表：维修时限［类别］", {"类别": "屋顶"}, ""),
        ("表:维修时限[类别]", {}, ""),
        ("字段:需求日期", {"需求日期": date(2026, 3, 10)}, "2026-03-10 18:00"),
        ("字段:需求日期-1天", {"需求日期": date(2026, 3, 10)}, "2026-03-09 18:00"),
        # Three working days before Thursday 8 October are 30, 29 and 28 September.
        ("field:${需求日期} - 3 working days", {"需求日期": date(2026, 10, 8)}, "2026-09-28 18:00"),
        ("字段:需求日期+2小时", {"需求日期": datetime(2026, 3, 10, 9, 30)}, "2026-03-10 11:30"),
        ("字段:需求日期-1天", {}, ""),
    ],
)
def test_d4_data_sheets_and_fields(cell: str, names: Mapping[str, Value], due: str) -> None:
    assert due_of(cell, "2026-03-02 10:00", **names) == due


def test_d4_a_date_that_has_passed_is_due_at_once() -> None:
    step = route_of(
        "| step | name | who | due | overdue |\n| 20 | 审核 | 发起人 | 字段:需求日期 | 50%提醒;150%催办 |"
    ).steps[0]
    assert step.due is not None
    since = at("2026-03-02 10:00")
    found = reckoner(需求日期=date(2026, 2, 1)).deadline(step.due, step.overdue, since)
    assert found is not None
    assert (found.due, found.deeds) == (at("2026-02-01 18:00"), (since, since))


def test_office_hours_are_those_of_the_calendar_workbook() -> None:
    sheets = """
    ## calendar
    | date | kind |
    | 2026-10-01 | off |
    ## hours
    | from | until |
    | 14:30 | 17:30 |
    | 8:00 | 11:30 |
    | 11:00 | 13:00 |
    | 早上 | 中午 |
    """
    workbook, _ = read_workbook(workbook_from_text(sheets), "calendar.xlsx")
    assert workbook is not None
    calendar, found = read_calendar(workbook)
    assert [(fault.code, fault.place.cell) for fault in found] == [("WHO-060", "A4"), ("WHO-060", "A5")]
    due = reckoner(calendar).after(Span(5, Unit.WORKING_HOUR), at("2026-09-30 09:00"))
    assert due == at("2026-09-30 17:00")  # 2 h 30 in the morning, 2 h 30 in the afternoon


def test_a_year_that_the_calendar_does_not_reach_follows_the_week() -> None:
    assert due_of("1工作日", "2027-01-01 10:00") == "2027-01-04 18:00"


@pytest.mark.parametrize(
    "cell",
    ["2", "工作日", "0天", "1.5小时", "两天", "-2天", "2工作曰", "字段:需求日期-4工作小时", "表:维修时限", "99999天"],
)
def test_d5_what_is_no_deadline(cell: str) -> None:
    assert parse_due(cell) is None


BOOK = """
## settings
| form_id | form_title |
| repair  | 报修       |
## survey
| type    | name     | label |
| text    | 类别     | 类别  |
| date    | 需求日期 | 日期  |
| begin repeat | 明细 | 明细 |
| text    | 部位     | 部位  |
| end repeat |       |       |
## data.维修时限
| *类别 | 时限   |
| 水电  | 4小时  |
| 门窗  | 尽快   |
## route
| step | name | who          | due | overdue | mode | opinion |
| 10   | 报修 | initiator    |     |         |      |         |
"""


def faults(row: str, book: str = BOOK) -> set[tuple[str, str]]:
    _, found = load_bytes(workbook_from_text(book + row), "repair.xlsx")
    return {(item.code, str(item.place)) for item in found if item.code.startswith(("ROUTE-04", "ROUTE-05"))}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("| 20 | 维修 | person:1 | 2工作日 | 80%提醒;100%催办;150%转上级;200%抄送:发起人 | | |", set()),
        ("| 20 | 维修 | person:1 | 2工作曰 | | | |", {("ROUTE-040", "route!D3")}),
        ("| 20 | 维修 | person:1 | 2天 | 提醒 | | |", {("ROUTE-041", "route!E3")}),
        ("| 20 | 维修 | person:1 | 2天 | 100%抄送 | | |", {("ROUTE-041", "route!E3")}),
        ("| 20 | 维修 | person:1 | 2天 | 100%催办:发起人 | | |", {("ROUTE-041", "route!E3")}),
        ("| 20 | 维修 | person:1 | 表:维修期限[类别] | | | |", {("ROUTE-042", "route!D3")}),
        (
            "| 20 | 维修 | person:1 | 表:维修时限[种类] | | | |",
            {("ROUTE-043", "data.维修时限!B3"), ("ROUTE-044", "route!D3")},
        ),
        ("| 20 | 维修 | person:1 | 表:维修时限[类别] | | | |", {("ROUTE-043", "data.维修时限!B3")}),
        ("| 20 | 维修 | person:1 | 字段:需要日期-1天 | | | |", {("ROUTE-044", "route!D3")}),
        (
            "| 20 | 维修 | person:1 | 表:维修时限[部位] | | | |",
            {("ROUTE-043", "data.维修时限!B3"), ("ROUTE-052", "route!D3")},
        ),
        ("| 20 | 维修 | person:1 | 字段:类别-1天 | | | |", {("ROUTE-045", "route!D3")}),
        ("| 20 | 维修 | person:1 | 2天 | 100%自动通过 | | 必填 |", {("ROUTE-046", "route!E3")}),
        ("| 20 | 维修 | person:1 | 2天 | 100%自动通过 | | |", set()),
        ("| 20 | 维修 | person:1 | 2天 | 80%自动退回 | | |", {("ROUTE-047", "route!E3")}),
        ("| 20 | 维修 | person:1 | | 100%催办 | | |", {("ROUTE-048", "route!E3")}),
        ("| 20 | 维修 | | 2天 | | 自动 | |", {("ROUTE-049", "route!D3")}),
        ("| 20 | 维修 | person:1 | 2天 | 100%自动拒绝 | 办理 | |", {("ROUTE-050", "route!E3")}),
        ("| 20 | 维修 | person:1 | 2天 | | | |\n| 30 | 验收 | person:1 | 4小时 | | | |", {("ROUTE-051", "route!D3")}),
        (
            "| 20 | 维修 | person:1 | 表:维修时限[类别] | | | |\n| 30 | 验收 | person:1 | 1天 | | | |",
            {("ROUTE-043", "data.维修时限!B3"), ("ROUTE-051", "route!D3")},
        ),
    ],
)
def test_d5_faults_at_their_cells(row: str, expected: set[tuple[str, str]]) -> None:
    assert faults(row) == expected


@pytest.mark.parametrize(("right", "expected"), [("edit", set()), ("require", {("ROUTE-046", "route!E3")})])
def test_d5_a_step_passes_by_itself_where_what_it_may_fill_in_may_stay_blank(
    right: str, expected: set[tuple[str, str]]
) -> None:
    book = BOOK.replace("| opinion |", f"| {right} |")
    assert faults("| 20 | 确认 | person:1 | 3天 | 100%自动通过 | | 部位 |", book) == expected


def test_d5_every_fault_is_told_in_both_languages() -> None:
    _, found = load_bytes(
        workbook_from_text(BOOK + "| 20 | 维修 | person:1 | 尽快 | 80%自动通过;催 | | 必填 |"), "repair.xlsx"
    )
    told = {item.code: item for item in found if item.code.startswith("ROUTE-04")}
    assert set(told) == {"ROUTE-040", "ROUTE-041", "ROUTE-046", "ROUTE-047", "ROUTE-048"}
    assert all(item.message("zh") != item.message("en") for item in told.values())


def test_a_service_may_have_one_deadline_for_every_step() -> None:
    book = BOOK.replace("| form_id | form_title |", "| form_id | form_title | 默认时限 |").replace(
        "报修       |", "报修 | 3工作日 |", 1
    )
    rows = "| 20 | 维修 | person:1 | | 100%自动通过 | | |\n| 30 | 验收 | person:1 | 1天 | | | |"
    service, found = load_bytes(workbook_from_text(book + rows), "repair.xlsx")
    assert service is not None
    assert service.routing is not None
    spans = [step.due.span for step in service.routing.steps if step.due]
    assert spans == [Span(3, Unit.WORKING_DAY), Span(3, Unit.WORKING_DAY), Span(1, Unit.DAY)]
    assert not any(item.code == "ROUTE-048" for item in found)


def test_the_sum_of_the_deadlines_is_that_of_the_longest_path() -> None:
    rows = """
    | step | name | who | due | group |
    | 20 | 学院 | 角色:财务处.审核岗 | 2工作日 | |
    | 30 | 财务 | 角色:财务处.审核岗 | 3工作日 | 会签 |
    | 40 | 保卫 | 角色:财务处.审核岗 | 1工作日 | 会签 |
    | 40.1 | 复核 | 角色:财务处.审核岗 | 1工作日 | 会签 |
    | 50 | 归档 | 角色:财务处.审核岗 | 4小时 | |
    """
    from banshi.platform.routes.deadline_check import check_deadlines
    from banshi.rules.expressions import Scope

    [notice] = check_deadlines(route_of(rows), Scope({}), None, {})
    assert isinstance(notice, Diagnostic)
    assert "20>30>50" in notice.message("zh")
    assert "5 工作日 + 4 小时" in notice.message("zh")
    assert "5 working days + 4 hours" in notice.message("en")


TWO = """
| step | name | who | due |
| 20 | 财务 | 角色:财务处.审核岗 | 表:维修时限[类别] |
| 30 | 保卫 | 角色:保卫处.审核岗 | |
"""


def test_a_step_knows_since_and_until_when_and_keeps_it_in_storage() -> None:
    route = route_of(TWO)
    around = context(类别="水电")
    object.__setattr__(around, "datasets", {"维修时限": REPAIRS})
    state = begin(route, around).state
    asked = state.steps["20"]
    assert (asked.since, asked.due) == (around.now, at("2026-03-02 13:00"))
    assert asked.timers == (at("2026-03-02 13:00"),), "the default: remind at 100 %"
    assert RouteState.from_json(state.to_json()) == state
    later = act(route, state, "20", state.tasks()[0].person, "approve", around).state
    assert later.steps["30"].since == around.now
    assert (later.steps["30"].due, later.steps["30"].timers) == (None, ())


def test_a_state_of_an_older_release_is_still_read() -> None:
    state = begin(route_of(TWO), context(类别="水电")).state
    old = state.to_json()
    for step in old["steps"]:
        for name in ("since", "due", "timers"):
            del step[name]
    read = RouteState.from_json(old)
    assert (read.steps["20"].since, read.steps["20"].due, read.steps["20"].timers) == (None, None, ())
    assert read.tasks() == state.tasks()


def test_d4_a_number_is_looked_up_as_it_reads() -> None:
    rows = ({"级": Cell(Decimal(1)), "时限": Cell("1天")},)
    dataset = Dataset(name="级", columns=("级", "时限"), keys=("级",), rows=rows)
    due = parse_due("表:级[级别]")
    assert due is not None
    found = Reckoner(names={"级别": Decimal(1)}, datasets={"级": dataset}, calendar=CALENDAR)
    assert found.span(due, date(2026, 3, 2)) == Span(1, Unit.DAY)


def test_d5_the_sum_counts_the_longest_of_a_data_sheet() -> None:
    book = BOOK.replace("| 门窗  | 尽快   |", "| 门窗  | 2工作日 |")
    rows = "| 20 | 维修 | person:1 | 表:维修时限[类别] | | | |\n| 30 | 验收 | person:1 | 1天 | | | |"
    _, found = load_bytes(workbook_from_text(book + rows), "repair.xlsx")
    (told,) = (item.message("zh") for item in found if item.code == "ROUTE-051")
    assert "20>30" in told
    assert "2 工作日 + 1 天" in told
