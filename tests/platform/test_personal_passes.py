"""Personal passes: residents with codes that change.

P1 whoever the roll names for whom the condition holds has the pass; it tells where and until when
P2 the code is another one every half minute, lets through once, counts five seconds around its period, and is soon worthless
P3 in and out are kept; the same scan again gets the first answer; of gates at once one lets in
P4 the table says who is let in late, or not at all; out is let whoever is inside, at any time
P5 whoever is taken off the roll is refused at once, whose time is over too
P6 keepers are those whom the sheet names, nobody checks her own; gates see masked names
P7 passages are deleted after the period of the sheet, and when somebody asks for it; codes of before are worth nothing then
P8 what is wrong in the sheet is told
P9 codes of others, made up or of long ago are nobody's
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from halls import write
from paper_halls import Clock
from personal_pass_halls import EAST, RESIDENTS, open_resident_hall, scanned, shown
from workbooks import workbook_from_text

from banshi.platform.cases.gates import Gate, Scan
from banshi.platform.documents.codes import PERIOD, SIGNS, TURNING_LENGTH, new_holder, turning_code
from banshi.platform.errors import Declined, NotAllowed, OtherCommand
from banshi.platform.hall import Hall
from banshi.storage.passages import PassageFilter, StoredPassage


@pytest.fixture
def clock() -> Clock:
    """At the beginning of a half minute."""
    return Clock()


@pytest.fixture
def hall(tmp_path: Path, clock: Clock):
    made = open_resident_hall(tmp_path, clock)
    yield made
    made.close()


def kept(hall: Hall, person: str = "20001") -> list[StoredPassage]:
    return list(hall._store.iter_passages(PassageFilter(service_id="dorm", name="住宿", person=person)))


def test_p1_who_holds_one(hall: Hall) -> None:
    people = hall.directory.people
    (row,) = hall.personal_passes.mine(people["20001"])
    assert (row.title, row.state, row.places, row.inside, row.exits) == ("住宿通行", "given", ("海棠1栋",), False, True)
    assert row.until == datetime(2026, 7, 15, 16, tzinfo=UTC), "the last day counts"
    assert row.seconds == PERIOD + 1
    assert hall.personal_passes.mine(people["20001"], "en")[0].title == "Residence"
    assert hall.personal_passes.mine(people["20003"]) == [], "the condition does not hold"
    assert hall.personal_passes.mine(people["20004"]) == []
    assert [hall.personal_passes.holds_any(people[one]) for one in ("20001", "20004")] == [True, False]


def test_p2_the_code_changes_and_lets_through_once(hall: Hall, clock: Clock) -> None:
    first = shown(hall)
    assert len(first) == TURNING_LENGTH
    clock.go(seconds=29)
    assert shown(hall) == first
    clock.go(seconds=1)
    second = shown(hall)
    assert second != first
    assert second[:10] == first[:10]
    clock.go(seconds=4)
    assert scanned(hall, first).allowed, "a few seconds of grace"
    assert scanned(hall, first, Gate("海棠1栋/西门")).reason == "code_used"
    assert scanned(hall, second, direction="out").allowed, "the next code is another one"
    clock.go(seconds=31)
    late = scanned(hall, second)
    assert (late.allowed, late.reason, late.message) == (False, "old_code", "这个码已经换掉，请出示屏幕上现在的码")
    third = shown(hall)
    clock.go(seconds=29)
    assert scanned(hall, third, Gate("银杏2栋")).reason == "wrong_place"
    assert scanned(hall, third).allowed, "where it let nobody in it is not used up"
    clock.go(minutes=11)
    assert scanned(hall, third).reason == "unknown"


def test_p2_the_server_whose_clock_is_ahead(hall: Hall, clock: Clock) -> None:
    clock.go(seconds=30)
    ahead = shown(hall)
    clock.go(seconds=-4)
    assert scanned(hall, ahead).allowed
    clock.go(seconds=-3)
    assert scanned(hall, ahead).reason == "unknown"


def test_p3_in_and_out_are_kept(hall: Hall, clock: Clock) -> None:
    code = shown(hall)
    came = scanned(hall, code, id="s1")
    assert (came.allowed, came.reason, came.direction, came.title, came.place) == (
        True,
        "in",
        "in",
        "住宿通行",
        "海棠1栋",
    )
    again = scanned(hall, code, id="s1")
    assert (again.allowed, again.reason, again.repeated) == (True, "in", True)
    with pytest.raises(OtherCommand):
        scanned(hall, code, id="s1", direction="out")
    assert hall.personal_passes.mine(hall.directory.people["20001"])[0].inside
    clock.go(minutes=2)
    assert scanned(hall, shown(hall)).direction == "out"
    clock.go(minutes=2)
    assert scanned(hall, shown(hall), direction="out").reason == "again", "nobody is kept in"
    assert [(one.direction, one.reason, one.allowed, one.place, one.gate) for one in kept(hall)] == [
        ("in", "in", 1, "海棠1栋", "海棠1栋/东门"),
        ("out", "out", 1, "海棠1栋", "海棠1栋/东门"),
        ("out", "again", 1, "海棠1栋", "海棠1栋/东门"),
    ]
    assert kept(hall)[0].at == datetime(2026, 7, 1, 1, 30, tzinfo=UTC)


def test_p3_of_gates_at_once_one_lets_in(hall: Hall) -> None:
    code, reasons = shown(hall), list[str]()
    threads = [
        threading.Thread(target=lambda n=n: reasons.append(scanned(hall, code, Gate(f"海棠1栋/{n}"), "in").reason))
        for n in range(5)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(reasons) == ["code_used"] * 4 + ["in"]
    assert len(kept(hall)) == 5, "each is kept"


def test_p4_late_and_closed(hall: Hall, clock: Clock) -> None:
    for at, reason, allowed in (
        ("22:59:59", "in", True),
        ("23:00:00", "late_in", True),
        ("23:59:30", "late_in", True),
        ("00:00:00", "closed", False),
        ("05:39:30", "closed", False),
        ("05:40:00", "in", True),
    ):
        hour, minute, second = map(int, at.split(":"))
        clock.now = (clock.now + timedelta(days=1)).replace(hour=hour, minute=minute, second=second)
        assert clock.now.day < 15
        answer = scanned(hall, shown(hall), direction="in")
        assert (answer.reason, answer.allowed) == (reason, allowed), at
        clock.go(seconds=40)
        assert scanned(hall, shown(hall), direction="out").allowed, "out at any time"
    assert [one.reason for one in kept(hall) if one.reason == "late_in"] == ["late_in"] * 2
    assert scanned(hall, shown(hall, "20002"), Gate("银杏2栋")).reason == "in", (
        "staff at any hour, and in either building"
    )
    clock.now = (clock.now + timedelta(days=1)).replace(hour=3)
    assert scanned(hall, shown(hall, "20002"), direction="in").allowed


def test_p5_off_the_roll(hall: Hall, clock: Clock, tmp_path: Path) -> None:
    code = shown(hall)
    assert scanned(hall, code).allowed
    clock.go(seconds=30)
    code = shown(hall)
    gone = RESIDENTS.replace("| '20001  | 海棠1栋 | 301  | 本科生 | 2026-07-15 |\n", "")
    assert gone != RESIDENTS
    write(tmp_path / "definitions", "dorm/dorm.xlsx", gone)
    hall.scan()
    refused = scanned(hall, code, direction="in")
    assert (refused.allowed, refused.reason) == (False, "not_listed")
    assert scanned(hall, code, direction="out").allowed, "whoever is inside may leave"
    assert hall.personal_passes.mine(hall.directory.people["20001"]) == []
    write(tmp_path / "definitions", "dorm/dorm.xlsx", RESIDENTS)
    hall.scan()
    clock.now = datetime.fromisoformat("2026-07-15T23:59:59+08:00")
    code = shown(hall)
    clock.go(seconds=1)
    over = scanned(hall, code)
    assert (over.allowed, over.reason, over.message) == (False, "over", "已过有效时间：有效至 2026-07-16 00:00")
    (row,) = hall.personal_passes.mine(hall.directory.people["20001"])
    assert (row.state, row.code) == ("over", "")


def test_p6_keepers(hall: Hall, clock: Clock) -> None:
    people = hall.directory.people

    def keep(by: str, code: str, n: str):
        return hall.passes.check(people[by], Scan(id=f"keep-{n}", code=code, place="海棠1栋"))

    code = shown(hall)
    for nobody in ("20001", "20002", "20003", "20005", "20007"):
        with pytest.raises(NotAllowed):
            keep(nobody, code, nobody)
    answer = keep("20004", code, "1")
    assert answer.allowed
    assert answer.shows == [["姓名", "陈晓雨"], ["房间", "301"]]
    assert kept(hall)[0].checked_by == "20004"
    clock.go(seconds=30)
    assert scanned(hall, shown(hall)).shows == [["姓名", "陈**"]]


def test_p7_passages_are_forgotten(hall: Hall, clock: Clock, tmp_path: Path) -> None:
    people = hall.directory.people
    scanned(hall, shown(hall))
    clock.go(days=1)
    scanned(hall, shown(hall, "20002"))
    clock.now = datetime.fromisoformat("2026-10-01T09:29:59+08:00")
    hall.erase_due()
    assert len(kept(hall)) == 1
    clock.go(hours=2)
    assert hall.erase_due() == 1
    assert (kept(hall), len(kept(hall, "20002"))) == ([], 1)
    with pytest.raises(NotAllowed):
        hall.erase_passages(people["20005"], "20002", "本人要求")
    with pytest.raises(Declined):
        hall.erase_passages(people["20007"], "20002", " ")
    code = shown(hall, "20002")
    assert hall.erase_passages(people["20007"], "20002", "本人要求") == 1
    assert kept(hall, "20002") == []
    assert scanned(hall, code).reason == "unknown"
    assert scanned(hall, shown(hall, "20002")).allowed, "she still lives there"
    raw = b"".join(path.read_bytes() for path in tmp_path.glob("banshi.sqlite*"))
    assert code[:10].encode() not in raw
    scanned(hall, shown(hall, "20005"))
    (tmp_path / "definitions" / "dorm" / "dorm.xlsx").unlink()
    without = RESIDENTS.replace("| 住宿 | 住宿通行", "| 出入 | 住宿通行")
    write(tmp_path / "definitions", "dorm/dorm.xlsx", without)
    hall.scan()
    clock.go(days=32)
    assert hall.erase_due() == 2, "of a pass that no sheet has any more, after a month"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("| 住宿 | 住宿通行 |", "|  | 住宿通行 |", "PERSONAL-001"),
        ("| 3个月 |", "| 3个月 |\n| 住宿 | 又一种 | | 住宿名册 | | | | | | | role:财务处.审核岗 | 1年 |", "PERSONAL-002"),
        ("| hours    | shows |", "| exits    | shows |", "PERSONAL-003"),
        ("| 3个月 |", "| 很久 |", "PERSONAL-004"),
        ("| 3个月 |", "|  |", "PERSONAL-004"),
        ("| Residence           | 住宿名册 |", "| Residence           | 住宿名单 |", "PERSONAL-005"),
        ("## data.住宿名册\n", "## data.住宿名册\n| register | 登记 |\n", "PERSONAL-006"),
        ("| 房间  | role", "| 房号  | role", "PERSONAL-007"),
        ("| 门禁时间 | 房间", "| 门禁时刻 | 房间", "PERSONAL-008"),
        ("| when ${身份} |", "| when ${学历} |", "PERSONAL-009"),
        ("| any    | any           | 不放行 |", "| any    | any           | 看情况 |", "PERSONAL-010"),
        ("| hit | first |\n", "| hit | first |\n| otherwise | 准进 |\n", "PERSONAL-010"),
        ("| role:财务处.审核岗 | 3个月 |", "|  | 3个月 |", "PERSONAL-011"),
        ("| hit | first |", "| hit | collect |", "PERSONAL-013"),
        ("| hit | first |", "| hit | count |", "PERSONAL-013"),
        ("| any    | [05:40,23:00) | 放行   |", "| any    | 白天          | 放行   |", "PERSONAL-014"),
    ],
)  # fmt: skip
def test_p8_faults(hall: Hall, old: str, new: str, code: str) -> None:
    assert RESIDENTS.count(old) == 1
    owner = hall.directory.people["20005"]
    assert [
        one.code for one in hall.workshop.check(owner, "dorm.xlsx", workbook_from_text(RESIDENTS)).diagnostics
    ] == []
    report = hall.workshop.check(owner, "dorm.xlsx", workbook_from_text(RESIDENTS.replace(old, new)))
    assert code in [found.code for found in report.diagnostics]


def test_p9_codes_are_not_to_be_guessed(hall: Hall, clock: Clock) -> None:
    code = shown(hall)
    made_up = turning_code(code[:10], "00" * 32, int(clock.now.timestamp()) // PERIOD)
    assert made_up != code
    for said in (made_up, turning_code(new_holder(), "00" * 32, 1), "2" * TURNING_LENGTH):
        assert scanned(hall, said).reason == "unknown"
    other = code[:-2] + next(sign for sign in SIGNS if sign != code[-2]) + code[-1]
    assert scanned(hall, other).reason == "unknown", "the sign to check does not fit"
    secret = hall._store.holder(code[:10]).secret
    codes = {turning_code(code[:10], secret, period) for period in range(20_000)}
    assert len(codes) == 20_000
    assert kept(hall) == []
    assert scanned(hall, code.lower(), EAST).allowed


def test_p6_nobody_checks_her_own_and_no_place_is_told(tmp_path: Path, clock: Clock) -> None:
    """A keeper who lives there, and a row whose building was left blank."""
    rows = "| '20004  | 海棠1栋 | 304  | 本科生 |            |\n| '20006  |         | 305  | 本科生 |            |\n"
    text = RESIDENTS.replace("| 楼栋*   |", "| 楼栋    |").replace("| '20005  |", rows + "| '20005  |")
    hall = open_resident_hall(tmp_path, clock, text.replace("| '20002  | 银杏2栋 | 101  | 教职工 |            |\n", ""))
    keeper = hall.directory.people["20004"]
    with pytest.raises(NotAllowed, match="of her own"):
        hall.passes.check(keeper, Scan(id="keep-own", code=shown(hall, "20004"), place="海棠1栋"))
    (row,) = hall.personal_passes.mine(hall.directory.people["20006"])
    assert (row.state, row.code, row.places) == ("nowhere", "", ())
    hall.close()


@pytest.mark.parametrize(
    ("heading", "cell", "code"),
    [
        ("星期", "周六", "PERSONAL-014"),
        ("星期", "6,周日", "PERSONAL-014"),
        ("weekday", "9", "PERSONAL-014"),
        ("星期", "[6,7]", ""),
        ("星期", "6,7", ""),
        ("星期", "any", ""),
        ("地点", "海棠1栋", ""),
    ],
)
def test_p8_cells_that_never_fit(hall: Hall, heading: str, cell: str, code: str) -> None:
    table = f"| when ${{身份}} | when ${{{heading}}} | then 通行 |\n| 教职工 | {cell} | 放行   |\n| any    | any           | 不放行 |\n"
    start = RESIDENTS.index("| when ${身份}")
    end = RESIDENTS.index("\n## personal passes")
    text = RESIDENTS[:start] + table + RESIDENTS[end:]
    report = hall.workshop.check(hall.directory.people["20005"], "dorm.xlsx", workbook_from_text(text))
    found = [(one.code, one.place.cell) for one in report.diagnostics if one.code.startswith("PERSONAL")]
    assert found == ([(code, "B3")] if code else [])


def test_p8_the_hit_policy_is_told_in_its_sheet(hall: Hall) -> None:
    text = RESIDENTS.replace("| hit | first |", "| hit | collect |")
    report = hall.workshop.check(hall.directory.people["20005"], "dorm.xlsx", workbook_from_text(text))
    (found,) = [one for one in report.diagnostics if one.code == "PERSONAL-013"]
    assert (found.place.sheet, found.place.cell) == ("rules.门禁时间", "B1")
