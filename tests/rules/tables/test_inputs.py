"""Inputs as they are sent: what cells of a workbook say is read, what may mean two things or nothing is not."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal

import pytest

from banshi.rules.tables.inputs import input_value, read_input
from banshi.rules.tables.literals import UNREADABLE
from banshi.rules.values import ErrorValue, Kind

D = Decimal
CHINA = timezone(timedelta(hours=8))


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        (Kind.BOOLEAN, "是", True),
        (Kind.BOOLEAN, " Yes ", True),
        (Kind.BOOLEAN, "false", False),
        (Kind.BOOLEAN, "假", False),
        (Kind.BOOLEAN, "１", True),
        (Kind.BOOLEAN, D(0), False),
        (Kind.BOOLEAN, "", None),
        (Kind.NUMBER, "1,200.50", D("1200.50")),
        (Kind.NUMBER, "１２００", D(1200)),
        (Kind.NUMBER, "2万", D(20000)),
        (Kind.NUMBER, "30%", D("0.3")),
        (Kind.NUMBER, "1e3", D(1000)),
        (Kind.NUMBER, 0.1, D("0.1")),
        (Kind.DATE, "2026/9/1", date(2026, 9, 1)),
        (Kind.DATE, "2026年9月1日", date(2026, 9, 1)),
        (Kind.DATE, "2026-09-01T00:00:00+08:00", date(2026, 9, 1)),
        (Kind.DATE, datetime(2026, 9, 1), date(2026, 9, 1)),
        (Kind.DATETIME, "2026/9/1 8:30", datetime(2026, 9, 1, 8, 30)),
        (Kind.DATETIME, "2026-09-01T08:30:00+08:00", datetime(2026, 9, 1, 8, 30, tzinfo=CHINA)),
        (Kind.DATETIME, "2026/9/1", datetime(2026, 9, 1)),
        (Kind.TIME, "8:30", time(8, 30)),
        (Kind.TEXT, D("2023001"), "2023001"),
        (Kind.TEXT, "1,200", "1,200"),
        (Kind.ANY, "是", "是"),
        (Kind.LIST, "甲 乙", ("甲", "乙")),
    ],
)
def test_what_leaves_no_doubt_is_read(kind, raw, value):
    found = read_input(raw, kind)
    assert (type(found), found) == (type(value), value)


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        (Kind.BOOLEAN, "也许"),
        (Kind.BOOLEAN, D(2)),
        (Kind.NUMBER, "abc"),
        (Kind.NUMBER, "六百"),
        (Kind.NUMBER, "1,20"),
        (Kind.NUMBER, "1.200,50"),
        (Kind.NUMBER, "1_000"),
        (Kind.NUMBER, "NaN"),
        (Kind.NUMBER, True),
        (Kind.NUMBER, [D(1)]),
        (Kind.DATE, "9/1/2026"),
        (Kind.DATE, "2026-02-30"),
        (Kind.DATE, "2026-09-01T08:30"),
        (Kind.DATE, "2026-09-01号"),
        (Kind.DATE, D(46266)),
        (Kind.TIME, "25:00"),
        (Kind.TIME, "08:30+08:00"),
        (Kind.DATETIME, "明天"),
        (Kind.TEXT, True),
    ],
)
def test_anything_else_is_an_error_that_names_the_input_and_its_value(kind, raw):
    assert read_input(raw, kind) is UNREADABLE
    value = input_value("金额", raw, kind)
    assert isinstance(value, ErrorValue)
    assert value.diagnostic.code == "TABLE-078"
    assert "金额" in value.diagnostic.message()
