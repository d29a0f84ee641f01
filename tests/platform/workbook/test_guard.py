"""Reading in a child process: the same result, and no file can take more than its share."""

import os
import time
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from workbooks import part, with_parts, workbook_from_text

from banshi.platform.workbook import read_workbook, read_workbook_guarded, transport
from banshi.rules.diagnostics import Severity

SHEET = "xl/worksheets/sheet1.xml"
GOOD = workbook_from_text(
    """
    ## rules.级别
    | when 金额 | then 级别 | 生效 | 时刻 | 登记 | 停用 |
    | 0.698 | 一\\n甲 | 2026-09-01 | 08:30 | 2026-09-01 08:30 | TRUE |
    | =A2 | | | | | |
    """,
    merged={"rules.级别": ["B2:B3"]},
)


def test_the_child_gives_what_reading_here_gives():
    assert read_workbook_guarded(GOOD, "规则.xlsx") == read_workbook(GOOD, "规则.xlsx")


def test_faults_come_through_the_pipe_whole():
    data = with_parts(GOOD, {"xl/vbaProject.bin": b"x"})
    here, there = read_workbook(data, "规则.xlsx")[1], read_workbook_guarded(data, "规则.xlsx")[1]
    assert [(i.code, i.place, i.message(), i.remedy("en")) for i in there] == [
        (i.code, i.place, i.message(), i.remedy("en")) for i in here
    ]
    assert {item.code for item in there} == {"BOOK-030", "BOOK-042"}


@pytest.mark.parametrize("data", [b"", b"a,b\n1,2\n", GOOD[:3000], b"PK\x03\x04junk"])
def test_what_is_no_workbook_is_said_as_reading_here_says_it(data):
    assert read_workbook_guarded(data, "x.xlsx") == read_workbook(data, "x.xlsx")


def heavy(cells, content):
    """A sheet of many cells in 20 columns."""
    xml = part(GOOD, SHEET)
    start, end = xml.index("<sheetData>"), xml.index("</sheetData>")
    letters = [chr(65 + column) for column in range(20)]
    rows = (
        f'<row r="{r}">' + "".join(f'<c r="{letter}{r}" s="0">{content}</c>' for letter in letters) + "</row>"
        for r in range(1, cells // 20 + 1)
    )
    return with_parts(GOOD, {SHEET: f"{xml[:start]}<sheetData>{''.join(rows)}{xml[end:]}"})


def stopped(result):
    workbook, (fault,) = result
    assert workbook is None
    assert fault.code == "BOOK-013"
    assert fault.severity is Severity.ERROR
    assert "x.xlsx" in fault.message()
    return fault


def test_a_file_that_takes_too_long_is_stopped():
    # More than two million blank cells: several seconds of walking on any machine of today, one second is given.
    data = heavy(2_000_000, "")
    start = time.process_time()
    stopped(read_workbook_guarded(data, "x.xlsx", seconds=1))
    assert time.process_time() - start < 1  # the work was not done here


def test_a_file_that_takes_too_much_memory_is_stopped():
    # A cell with its place takes some 350 bytes: this many pass every bound, but not 60 megabytes.
    data = heavy(120_000, "<v>1</v>")
    fault = stopped(read_workbook_guarded(data, "x.xlsx", megabytes=60, seconds=30))
    assert "60" in fault.message("en")
    assert read_workbook_guarded(GOOD, "x.xlsx", megabytes=60)[0] is not None


def test_the_child_sees_none_of_the_halls_settings_and_may_write_nothing(monkeypatch, tmp_path):
    from banshi.platform.workbook import guard

    monkeypatch.setenv("BANSHI_SECRET", "s3cret")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / "spy.py").write_text(
        "import os\n"
        "assert 'BANSHI_SECRET' not in os.environ\n"
        "from banshi.platform.workbook import child\n"
        "child._limit(5, 512, writes=False)\n"
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "try:\n"
        f"    with open({str(tmp_path / 'out')!r}, 'w') as file:\n        file.write('x' * 100)\n"
        "except OSError:\n    print('refused')\n"
    )
    monkeypatch.setattr(guard, "_MODULE", "spy")
    assert guard.run_child("read", b"", "x.xlsx", seconds=5, megabytes=512) == b"refused\n"
    assert "BANSHI_SECRET" in os.environ


def test_a_child_that_dies_or_talks_nonsense_gives_the_plain_fault(monkeypatch, tmp_path):
    from banshi.platform.workbook import guard

    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(guard, "_MODULE", "spy")
    for code in (
        "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
        "print('{}')",
        "print('x')",
        "raise ValueError",
        "print('[1]')",
    ):
        (tmp_path / "spy.py").write_text(code)
        stopped(read_workbook_guarded(GOOD, "dies-x.xlsx"))
    monkeypatch.undo()
    assert read_workbook_guarded(GOOD, "dies-x.xlsx")[0] is not None  # a child that died is asked anew


def test_the_same_bytes_are_read_once(monkeypatch):
    from banshi.platform.workbook import guard

    asked = []

    def run_child(task, data, *facts, **limits):
        asked.append((task, *facts))
        return ran(task, data, *facts, **limits)

    ran = guard.run_child
    monkeypatch.setattr(guard, "run_child", run_child)
    first = read_workbook_guarded(GOOD, "once.xlsx")
    again = read_workbook_guarded(GOOD, "once.xlsx")
    assert again == first == read_workbook(GOOD, "once.xlsx")
    assert again[0] is not first[0]  # nobody writes into another's rows
    assert asked == [("read", "once.xlsx")]
    other = workbook_from_text("## survey\n| type | name |\n| text | 甲 |")
    assert read_workbook_guarded(other, "once.xlsx") == read_workbook(other, "once.xlsx")
    assert read_workbook_guarded(GOOD, "twice.xlsx") == read_workbook(GOOD, "twice.xlsx")  # faults name the file
    assert read_workbook_guarded(GOOD, "once.xlsx", comments=True) == read_workbook(GOOD, "once.xlsx", comments=True)
    assert len(asked) == 4


def test_what_crosses_the_pipe_is_data_and_never_a_pickle():
    packed = transport.pack(*read_workbook(GOOD, "x.xlsx"))
    assert packed.startswith(b'{"workbook":')
    assert transport.unpack(packed)[0].sheets[0].rows[1].cells[0].value == Decimal("0.698")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_flipped_bytes_never_crash_the_guarded_reader(data):
    broken = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 5))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    workbook, found = read_workbook_guarded(bytes(broken), "x.xlsx")
    assert workbook is not None or len(found) == 1
