"""Personal passes of people with several rows on the roll, or who move, and whoever is inside when her pass ends.

M1 the row for the place of the scan counts; its holder sees all her places
M2 she leaves where she came in, also when the roll moved her meanwhile; a scan at another place is an entry
M3 whoever is inside has a code to leave with, when her pass is over or she is off the roll; once she left she has none
M4 nobody waits for whoever went out and is off the roll since, or whose pass is over
M5 an expression that gives several places in one text gives several places
M6 days written as text are days; what is no day is told at its cell
M7 a scan that others overtake again and again is told that the code was used
M8 an id that was another scan's is told in words for gates
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from halls import write
from paper_halls import Clock
from personal_pass_halls import EAST, RESIDENTS, open_resident_hall, scanned, shown
from workbooks import workbook_from_text

from banshi.platform.cases.gates import Answer, Gate, Scan
from banshi.platform.errors import OtherCommand
from banshi.platform.hall import Hall
from banshi.storage.contract import StaleWrite

MINE = "| '20001  | 海棠1栋 | 301  | 本科生 | 2026-07-15 |\n"
ROOMS = RESIDENTS.replace(MINE, MINE + "| '20001  | 读者楼  | 研修间 | 本科生 | 2026-07-31 |\n")


@pytest.fixture
def clock() -> Clock:
    """At the beginning of a half minute."""
    return Clock()


@pytest.fixture
def hall(tmp_path: Path, clock: Clock):
    made = open_resident_hall(tmp_path, clock, ROOMS)
    yield made
    made.close()


def kept_at(hall: Hall, place: str, direction: str = "") -> Answer:
    """What the keeper is told who checks at a place."""
    scan = Scan(id=f"keep-{hall._clock().isoformat()}", code=shown(hall), place=place, direction=direction)
    return hall.passes.check(hall.directory.people["20004"], scan)


def test_m1_the_row_of_the_place_counts(hall: Hall, clock: Clock) -> None:
    answer = kept_at(hall, "读者楼")
    assert answer.shows == [["姓名", "陈晓雨"], ["房间", "研修间"]]
    assert answer.until == datetime(2026, 7, 31, 16, tzinfo=UTC), "the last day counts"
    clock.go(minutes=1)
    answer = kept_at(hall, "海棠1栋", "in")
    assert answer.shows == [["姓名", "陈晓雨"], ["房间", "301"]]
    assert answer.until == datetime(2026, 7, 15, 16, tzinfo=UTC)
    (row,) = hall.personal_passes.mine(hall.directory.people["20001"])
    assert (row.places, row.until) == (("海棠1栋", "读者楼"), datetime(2026, 7, 31, 16, tzinfo=UTC))
    assert row.counts == (
        (("海棠1栋",), datetime(2026, 7, 15, 16, tzinfo=UTC)),
        (("读者楼",), datetime(2026, 7, 31, 16, tzinfo=UTC)),
    )
    clock.now = datetime(2026, 7, 20, 1, tzinfo=UTC)
    (row,) = hall.personal_passes.mine(hall.directory.people["20001"])
    assert row.places == ("读者楼",), "the other row is over"


def test_m2_moved_while_inside(hall: Hall, clock: Clock, tmp_path: Path) -> None:
    assert scanned(hall, shown(hall)).reason == "in"
    clock.go(minutes=1)
    write(tmp_path / "definitions", "dorm/dorm.xlsx", RESIDENTS.replace(MINE, MINE.replace("海棠1栋", "银杏2栋")))
    hall.scan()
    new = Gate("银杏2栋")
    arrived = scanned(hall, shown(hall), new)
    assert (arrived.direction, arrived.reason) == ("in", "again"), "she never left the old house"
    clock.go(minutes=1)
    assert scanned(hall, shown(hall), EAST, "out").reason == "wrong_place", "she is not there any more"
    left = scanned(hall, shown(hall), new)
    assert (left.direction, left.reason) == ("out", "out")


@pytest.mark.parametrize("said", ["", "out"])
def test_m2_she_leaves_the_old_house(hall: Hall, clock: Clock, tmp_path: Path, said: str) -> None:
    assert scanned(hall, shown(hall)).reason == "in"
    clock.go(minutes=1)
    write(tmp_path / "definitions", "dorm/dorm.xlsx", RESIDENTS.replace(MINE, MINE.replace("海棠1栋", "银杏2栋")))
    hall.scan()
    assert scanned(hall, shown(hall), EAST, "in").reason == "wrong_place"
    left = scanned(hall, shown(hall), Gate("海棠1栋/西门"), said)
    assert (left.direction, left.reason, left.allowed) == ("out", "out", True)
    clock.go(minutes=1)
    assert scanned(hall, shown(hall), EAST, "out").reason == "wrong_place", "she left"
    assert scanned(hall, shown(hall), Gate("银杏2栋")).reason == "in"


def test_m2_where_she_came_in_was_deleted(hall: Hall, clock: Clock) -> None:
    assert scanned(hall, shown(hall), direction="in").reason == "in"
    assert hall._store.delete_passages("dorm", "住宿", clock.now.astimezone(UTC) + timedelta(seconds=1)) == 1
    clock.go(minutes=1)
    left = scanned(hall, shown(hall), Gate("读者楼"))
    assert (left.direction, left.reason) == ("out", "out")


@pytest.mark.parametrize("why", ["off the roll", "over", "condition"])
def test_m3_a_code_to_leave_with(hall: Hall, clock: Clock, tmp_path: Path, why: str) -> None:
    person = hall.directory.people["20001"]
    assert scanned(hall, shown(hall)).reason == "in"
    clock.go(minutes=1)
    rooms = {"off the roll": "", "over": MINE.replace("07-15", "06-15"), "condition": MINE.replace("本科生", "退宿")}
    write(tmp_path / "definitions", "dorm/dorm.xlsx", RESIDENTS.replace(MINE, rooms[why]))
    hall.scan()
    assert hall.personal_passes.holds_any(person)
    (row,) = hall.personal_passes.mine(person)
    assert (row.state, row.inside, row.seconds) == ("leaving", True, 31)
    refused = scanned(hall, row.code, direction="in")
    assert refused.reason == ("over" if why == "over" else "not_listed")
    left = scanned(hall, row.code)
    assert (left.direction, left.reason) == ("out", "out")
    found = [(row.state, row.code) for row in hall.personal_passes.mine(person)]
    assert found == ([("over", "")] if why == "over" else [])
    assert hall.personal_passes.holds_any(person) == (why != "off the roll")


@pytest.mark.parametrize("room", ["", MINE.replace("07-15", "06-15")])
def test_m4_nobody_waits(hall: Hall, clock: Clock, tmp_path: Path, room: str) -> None:
    for person in ("20001", "20005"):
        scanned(hall, shown(hall, person), direction="out")
        clock.go(seconds=1)
    office = hall.directory.people["20003"]
    (figures,) = hall.passages.overview(office)
    assert (figures.away_count, [one[0] for one in figures.away]) == (2, ["20001", "20005"])
    write(tmp_path / "definitions", "dorm/dorm.xlsx", RESIDENTS.replace(MINE, room))
    hall.scan()
    (figures,) = hall.passages.overview(office)
    assert (figures.away_count, [one[0] for one in figures.away]) == (1, ["20005"])


def test_m5_several_places_in_one_text(tmp_path: Path, clock: Clock) -> None:
    hall = open_resident_hall(tmp_path, clock, RESIDENTS.replace(MINE, MINE.replace("海棠1栋", "海棠1栋、读者楼")))
    (row,) = hall.personal_passes.mine(hall.directory.people["20001"])
    assert row.places == ("海棠1栋", "读者楼")
    assert scanned(hall, shown(hall), Gate("读者楼")).allowed
    hall.close()


@pytest.mark.parametrize(
    ("written", "until"),
    [
        ("2026-07-15", datetime(2026, 7, 15, 16, tzinfo=UTC)),
        ("2026-07-15 18:00", datetime(2026, 7, 15, 10, tzinfo=UTC)),
        ("２０２６-０７-１５", datetime(2026, 7, 15, 16, tzinfo=UTC)),
    ],
)
def test_m6_days_as_text(tmp_path: Path, clock: Clock, written: str, until: datetime) -> None:
    text = RESIDENTS.replace("| 2026-07-15 |", f"| '{written} |")
    hall = open_resident_hall(tmp_path, clock, text)
    (row,) = hall.personal_passes.mine(hall.directory.people["20001"])
    assert (row.state, row.until) == ("given", until)
    report = hall.workshop.check(hall.directory.people["20005"], "dorm.xlsx", workbook_from_text(text))
    assert report.diagnostics == []
    hall.close()


@pytest.mark.parametrize("written", ["毕业为止", "'2026-02-30", "'15/07/2026", "46218"])
def test_m6_what_is_no_day(hall: Hall, written: str) -> None:
    text = RESIDENTS.replace("| 2026-07-15 |", f"| {written} |")
    report = hall.workshop.check(hall.directory.people["20005"], "dorm.xlsx", workbook_from_text(text))
    assert [(one.code, one.place.sheet, one.place.cell) for one in report.diagnostics] == [
        ("PERSONAL-012", "data.住宿名册", "E2")
    ]


def test_m7_of_very_many_scans_at_once(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(*_: object) -> None:
        raise StaleWrite(0)

    monkeypatch.setattr(hall._store, "pass_through", lost)
    answer = scanned(hall, shown(hall))
    assert (answer.allowed, answer.reason) == (False, "code_used")


def test_m8_an_id_of_another_scan(hall: Hall, clock: Clock) -> None:
    scanned(hall, shown(hall), id="gate-0001")
    clock.go(minutes=1)
    with pytest.raises(OtherCommand) as told:
        scanned(hall, shown(hall), id="gate-0001")
    assert "扫码编号" in told.value.message("zh")
    assert "住宿" not in told.value.message("zh")
    assert "Reload" not in told.value.message("en")
