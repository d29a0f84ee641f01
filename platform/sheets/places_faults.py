"""The catalogue of faults in the setting `places` (codes `PLACE-…`)."""

from __future__ import annotations

from banshi.rules.diagnostics import Severity, fault

BAD_PLACES = fault(
    "PLACE-001",
    Severity.ERROR,
    "地点“{text}”读不懂。",
    "The places “{text}” cannot be read.",
    do_zh="写数据表的名称和说出地点的列，如 教室[房间号]。",
    do_en="Write a data sheet and its column that names a place, such as rooms[number].",
)
NO_SHEET = fault(
    "PLACE-002",
    Severity.ERROR,
    "没有名为“{name}”的数据表。",
    "There is no data sheet called “{name}”.",
    do_zh="加一张“数据-{name}”表，或改用已有的。",
    do_en="Add a sheet data.{name}, or name one that is there.",
)
NO_COLUMN = fault(
    "PLACE-003",
    Severity.ERROR,
    "数据表“{sheet}”没有列“{name}”。",
    "The data sheet “{sheet}” has no column “{name}”.",
    do_zh="写数据表里的列名。",
    do_en="Name a column of it.",
)
NOTHING_FILLED = fault(
    "PLACE-004",
    Severity.WARNING,
    "数据表“{sheet}”没有一列与表单的字段同名，扫各处的二维码什么也不会填好。",
    "No column of the data sheet “{sheet}” is called as a field of the form is: the codes of places would fill nothing in.",
    do_zh="把列名改成表单的字段名，如 房间。",
    do_en="Call a column as the field is called, such as room.",
)
