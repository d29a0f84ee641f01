"""Data sheets that hold readings of meters.

R1 Rows above the header say what is what, in Chinese or English; what is wrong with them is told at their cells.
R2 The consumption is a column of its own, exact, that lookups and bills read.
R3 A gap, a jump, a rollover, a reading that went back and a day that was read twice are named at their cells.
R4 An exchange of the meter is no reading that went back.
R5 Over random meters with planted oddities the same is found as by an independent computation.
"""

from datetime import date, timedelta
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workbooks import workbook_from_text

from banshi.platform.sheets import load_bytes
from banshi.platform.sheets.data_sheet import parse_data
from banshi.platform.sheets.differences import differences
from banshi.platform.workbook import read_workbook
from banshi.platform.workbook.beside import packed
from banshi.platform.workbook.workbook import Row, Sheet
from banshi.rules.cells import Cell
from banshi.rules.diagnostics import Place, Severity

SAID = """
    | 读数 | 读数（度） |
    | 表计 | 楼栋, 房间 |
    | 抄表日 | 抄表日期 |
    | 位数 | 5 |
    | 周期 | 每月 |
    | 突变 | 3 |
    | 换表 | 换表 |
    | 楼栋* | 房间* | 抄表日期* | 读数（度） | 换表 |
"""


def data(text, name="数据-读数"):
    workbook, _ = read_workbook(workbook_from_text(f"## {name}\n{text}"), "x.xlsx")
    return parse_data(workbook.sheets[0])


def column(dataset, name="用量"):
    return [row[name].value for row in dataset.rows]


def test_r2_the_consumption_of_each_meter_is_exact():
    dataset, found = data(
        SAID
        + """
    | 海棠1栋 | 301 | 2026-09-30 | 1200.35 | |
    | 海棠1栋 | 302 | 2026-09-30 | 880 | |
    | 海棠1栋 | 301 | 2026-10-31 | 1295.10 | |
    | 海棠1栋 | 302 | 2026-10-31 | 880 | |
    | 海棠1栋 | 301 | 2026-11-30 | 1381.2 | |
    """
    )
    assert found == []
    assert dataset.columns == ("楼栋", "房间", "抄表日期", "读数（度）", "换表", "用量")
    assert column(dataset) == [None, None, Decimal("94.75"), Decimal(0), Decimal("86.10")]
    assert str(dataset.rows[2]["用量"].place) == "数据-读数!D11"


def test_r2_rows_need_not_stand_in_order_and_days_may_be_texts():
    dataset, found = data(
        SAID
        + """
    | 海棠1栋 | 301 | 2026年10月31日 | 1290 | |
    | 海棠1栋 | 301 | 2026/9/30 | 1200 | |
    """
    )
    assert found == []
    assert column(dataset) == [Decimal(90), None]
    assert [row["抄表日期"].value for row in dataset.rows] == [date(2026, 10, 31), date(2026, 9, 30)]


def test_r1_in_english():
    dataset, found = data(
        """
    | readings | reading |
    | meter | room |
    | at | read on |
    | digits | 4 |
    | interval | 7 days |
    | jump | 2.5 |
    | consumption | kWh |
    | room* | read on* | reading |
    | 301 | 2026-09-01 | 9990 |
    | 301 | 2026-09-08 | 12 |
    """,
        "data.meters",
    )
    assert column(dataset, "kWh") == [None, Decimal(22)]
    assert [(item.code, item.severity) for item in found] == [("READ-014", Severity.WARNING)]
    assert "9990" in found[0].message("en")
    assert "22" in found[0].message("en")


@pytest.mark.parametrize(
    ("row", "mended", "code", "cell"),
    [
        ("| 读数 | 读数（度） |", "| 读数 | 度数 |", "READ-002", "B1"),
        ("| 读数 | 读数（度） |", "| 读数 | 读数（度）, 换表 |", "READ-021", "B1"),
        ("| 抄表日 | 抄表日期 |", "", "READ-001", "A1"),
        ("| 位数 | 5 |", "| 位数 | 五 |", "READ-003", "B4"),
        ("| 位数 | 5 |", "| 位数 | 99 |", "READ-003", "B4"),
        ("| 周期 | 每月 |", "| 周期 | 经常 |", "READ-004", "B5"),
        ("| 周期 | 每月 |", "| 周期 | 0天 |", "READ-004", "B5"),
        ("| 突变 | 3 |", "| 突变 | 1 |", "READ-005", "B6"),
        ("| 换表 | 换表 |", "| 用量 | 房间 |", "READ-006", "B7"),
    ],
)
def test_r1_what_is_wrong_above_the_header(row, mended, code, cell):
    dataset, found = data(SAID.replace(row, mended) + "| 海棠1栋 | 301 | 2026-09-30 | 1200 | |")
    assert [(item.code, item.place.cell) for item in found] == [(code, cell)]
    assert found[0].severity is Severity.ERROR
    assert dataset.readings is None


@pytest.mark.parametrize("text", ["| 读数 | 抄表日 |\n| 1200 | 2026-09-30 |", "| 周期 | 天数 |\n| 每月 | 30 |"])
def test_r1_columns_of_these_names_are_columns(text):
    dataset, found = data(text)
    assert found == []
    assert dataset.readings is None
    assert len(dataset.rows) == 1


def told(*rows):
    """What is told of rows of one meter: `day reading exchange`."""
    lines = "\n".join(f"| 海棠1栋 | 301 | {day} | {reading} | {more} |" for day, reading, more in rows)
    dataset, found = data(SAID + lines)
    return column(dataset), [(item.code, item.place.cell) for item in found]


def test_r3_a_gap():
    amounts, found = told(("2026-08-31", 100, ""), ("2026-09-30", 190, ""), ("2026-12-01", 370, ""))
    assert amounts == [None, 90, 180]
    assert found == [("READ-012", "C11")]
    _, found = told(("2026-08-31", 100, ""), ("2026-10-01", 190, ""), ("2026-10-31", 280, ""))
    assert found == [], "read on the first of the next month: no month is missing"


def test_r3_a_jump_is_measured_by_the_periods_before_it():
    rows = [("2026-06-30", 100, ""), ("2026-07-31", 190, ""), ("2026-08-31", 290, ""), ("2026-09-30", 590, "")]
    amounts, found = told(*rows)
    assert amounts[-1] == 300
    assert found == [("READ-013", "D12")], "300 of a usual 95"
    assert told(*rows[:3], ("2026-09-30", 575, ""))[1] == [], "three times the median is none yet"
    assert told(*rows[:3], ("2026-10-31", 840, ""))[1] == [("READ-012", "C12")], "two periods, 550 in both"
    assert told(*rows[:3], ("2026-10-31", 861, ""))[1] == [("READ-012", "C12"), ("READ-013", "D12")]


def test_r3_a_rollover_or_back():
    amounts, found = told(("2026-08-31", 99950, ""), ("2026-09-30", "30.5", ""))
    assert (amounts, found) == ([None, Decimal("80.5")], [("READ-014", "D10")])
    amounts, found = told(("2026-08-31", 60000, ""), ("2026-09-30", 30, ""))
    assert (amounts, found) == ([None, None], [("READ-015", "D10")]), "40,030 in a month is none"
    without = SAID.replace("| 位数 | 5 |", "")
    _, found = data(without + "| 海棠1栋 | 301 | 2026-08-31 | 99950 | |\n| 海棠1栋 | 301 | 2026-09-30 | 30 | |")
    assert [item.code for item in found] == ["READ-015"], "nobody said when it is full"


def test_r3_the_same_day_twice():
    _, found = told(("2026-08-31", 100, ""), ("2026-08-31", 190, ""))
    assert ("READ-016", "C10") in found


@pytest.mark.parametrize(
    ("day", "reading", "exchange", "code", "cell"),
    [
        ("2026-08-31", "一百", "", "READ-007", "D9"),
        ("2026-08-31", "-5", "", "READ-007", "D9"),
        ("2026-08-31", "100000", "", "READ-008", "D9"),
        ("八月底", "100", "", "READ-009", "C9"),
        ("2026-08-31", "", "", "READ-011", "D9"),
        ("2026-08-31", "100", "新表", "READ-018", "E9"),
    ],
)
def test_r3_what_is_no_reading(day, reading, exchange, code, cell):
    assert (code, cell) in told((day, reading, exchange))[1]


@pytest.mark.parametrize(
    ("exchange", "amount", "codes"),
    [
        ("2310", Decimal(140), []),
        ("2310/5", Decimal(135), []),
        ("是", Decimal(30), ["READ-017"]),
        ("否", None, ["READ-015"]),
        ("2100", None, ["READ-015"]),
    ],
)
def test_r4_an_exchange(exchange, amount, codes):
    amounts, found = told(("2026-08-31", 2200, ""), ("2026-09-30", 30, exchange))
    assert amounts[1] == amount
    assert [code for code, _ in found] == codes


FORM = """
## settings
| title | 抄表 |
| id | meter |
## survey
| type | name | label | calculation |
| text | 房间 | 房间 | |
| calculate | 用量 | 用量 | LOOKUP("读数", KEYS(${房间}, "2026-10-31"), "用量") |
## 收费-电费
| 项目 | 计量 | 单价 |
| 电费 | LOOKUP("读数", KEYS(${房间}, "2026-10-31"), "用量") | 0.698 |
## 数据-读数
| 读数 | 表底 |
| 表计 | 房间 |
| 抄表日 | 抄表日 |
| 位数 | 5 |
| 房间* | 抄表日* | 表底 |
| 301 | 2026-09-30 | 99950.5 |
| 301 | 2026-10-31 | 44.5 |
"""


def test_r2_lookups_and_bills_read_it():
    service, found = load_bytes(workbook_from_text(FORM), "meter.xlsx")
    assert not [item for item in found if item.severity is Severity.ERROR], found
    assert service.datasets["读数"].rows[1]["用量"].value == Decimal(94)
    bills = service.bill("电费", pd.DataFrame([{"房间": "301"}]))
    assert bills.iloc[0, -1] == Decimal("65.61")


def test_r1_the_rows_may_stand_in_a_file():
    text = """
        ## settings
        | title | 抄表 |
        | id | meter |
        ## 数据-读数
        | 文件 | 读数.csv |
        | 读数 | 表底 |
        | 表计 | 房间 |
        | 抄表日 | 抄表日 |
    """
    rows = "房间*,抄表日*,表底\r\n0301,2026-09-30,100\r\n0301,2026-10-31,186\r\n".encode("gb18030")
    service, found = load_bytes(packed(workbook_from_text(text), {"读数.csv": rows}), "meter.xlsx")
    assert [item.code for item in found if item.severity is Severity.ERROR] == []
    assert [row["用量"].value for row in service.datasets["读数"].rows] == [None, Decimal(86)]


def test_r1_what_is_said_above_the_header_is_compared_as_such():
    old, new = (
        read_workbook(workbook_from_text(f"## 数据-读数\n{text}| 海棠1栋 | 301 | 2026-09-30 | {reading} | |"), "x")[0]
        for text, reading in ((SAID, 100), (SAID.replace("| 突变 | 3 |", "| 突变 | 4 |"), 101))
    )
    assert [one.message("zh") for one in differences(old, new)] == [
        "数据行“突变”：3 → 4",
        "数据行“海棠1栋 301 2026-09-30”的“读数（度）”：100 → 101",
    ]


# -- R5: an independent computation -----------------------------------------------------------------------------------

FULL = 100_000
MONTHS = [date(2024 + (m // 12), m % 12 + 1, 28) for m in range(30)]


@st.composite
def meters(draw):
    """A meter that uses 60 to 140 a month, with oddities planted at months of their own; all in hundredths of a unit."""
    count = draw(st.integers(6, 24))
    counter = draw(st.integers(0, FULL * 100 - 1))
    planted = draw(st.dictionaries(st.integers(4, count - 1), st.sampled_from(["jump", "gap", "back", "exchange"])))
    planted = {at: what for at, what in planted.items() if not {at - 1, at - 2} & planted.keys()}
    rows, truth = [], []
    for at in range(count):
        what = planted.get(at, "")
        use = draw(st.integers(6000, 14000))
        if what == "gap":
            counter += use
            truth.append(("unread", use))
            continue
        if what == "back" and (counter + use) % (FULL * 100) - use < 30_000_00:
            what = ""  # so far down that it would look like a rollover the other way round
        if what == "jump":
            use = 60_000 + draw(st.integers(0, 30_000))
        exchange = ""
        if what == "exchange":
            end, start = (counter + use) % (FULL * 100), draw(st.integers(0, 500_00))
            after = draw(st.integers(0, 50_00))
            exchange = f"{Decimal(end) / 100}/{Decimal(start) / 100}"
            counter, use = start + after, use + after
        else:
            counter += use
        if what == "back":
            counter = (counter - use) % (FULL * 100) - 30_000_00
            counter %= FULL * 100
        rows.append((MONTHS[at], Decimal(counter % (FULL * 100)) / 100, exchange))
        truth.append((what, use))
        counter %= FULL * 100
    return rows, truth


def sheet_of(rows):
    """The rows as a sheet."""
    said = [
        ("读数", "表底"),
        ("表计", "表"),
        ("抄表日", "日"),
        ("位数", 5),
        ("周期", "每月"),
        ("突变", 3),
        ("换表", "换"),
    ]
    table = [
        *said,
        ("表*", "日*", "表底", "换"),
        *(("甲", day, value, exchange or None) for day, value, exchange in rows),
    ]
    made = []
    for number, cells in enumerate(table, 1):
        values = (Decimal(cell) if isinstance(cell, int) else cell for cell in cells)
        made.append(Row(number, tuple(Cell(v, Place("数据-表", f"{'ABCD'[i]}{number}")) for i, v in enumerate(values))))
    return Sheet("数据-表", "data", "表", tuple(made))


@settings(max_examples=200, deadline=None)
@given(meters())
def test_r5_random_meters(meter):
    rows, truth = meter
    dataset, found = parse_data(sheet_of(rows))
    codes = {}
    for item in found:
        codes.setdefault(int(item.place.cell[1:]) - 9, set()).add(item.code)
    # What was used, from what was drawn and never from the readings: in hundredths.
    expected, waiting, at = [], 0, 0
    for what, use in truth:
        if what == "unread":
            waiting += use
            continue
        expected.append((what, use + waiting, bool(waiting)))
        waiting = 0
    for at, (what, use, gap) in enumerate(expected):
        amount, told_here = dataset.rows[at]["用量"].value, codes.get(at, set())
        if at == 0:
            assert (amount, told_here) == (None, set())
            continue
        assert ("READ-012" in told_here) == gap
        if what == "back":
            assert amount is None
            assert "READ-015" in told_here
            continue
        assert amount == Decimal(use) / 100
        assert "READ-015" not in told_here
        assert ("READ-013" in told_here) == (what == "jump")
        if what == "exchange":
            continue
        assert ("READ-014" in told_here) == (rows[at][1] < rows[at - 1][1])


def test_r5_days_of_every_length():
    """A period is missing where the days between two readings are nearer to two periods than to one."""
    for days in range(1, 400):
        rows = [(date(2026, 1, 1), Decimal(1), ""), (date(2026, 1, 1) + timedelta(days), Decimal(2), "")]
        _, found = parse_data(sheet_of(rows))
        missing = [dict(item.facts)["count"] for item in found if item.code == "READ-012"]
        periods = min(range(1, 20), key=lambda n: (abs(Decimal(days) - n * Decimal("30.4375")), -n))
        assert missing == ([str(periods - 1)] if periods > 1 else []), days
