"""Passes of cases, from the step that gives one to the gate that lets in and out.

G1 a step gives its passes when it is passed, the approval those that no step does; the code is for the applicant alone
G2 a gate lets in once, and out; the same scan again gets the first answer, and has one effect
G3 not yet, over, wrong place, inside already, used up, withdrawn, unknown: each has its reason; whoever is inside may leave
G4 of two gates at once one lets in
G5 going out does the step of the gate, with the moments in the form; where the form wants more, the step stays
G6 a pass ends when its case is sent back, and when another is given in its place
G7 keepers are those who are asked on the case, and those whom the sheet names; nobody checks her own
G8 sensitive fields are whole for whoever is asked on the case, and masked at gates; owners and auditors do not see where people went
G9 the deletion of personal data, by request and by period, reaches passes and scans, and the log verifies
G11 a pass that is given anew knows who is inside with the one before it
G12 not yet says from when, over until when
G13 a pass without exits says so on the way out
G14 a pass whose places come out blank is not shown as valid
G10 codes are not to be guessed: 128 bits, none alike, wrong signs found; too many unknown ones are refused, good ones never
"""

from __future__ import annotations

import math
import threading
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from paper_halls import Clock
from pass_halls import ANSWERS, PASSES, code_of, decide, open_pass_hall, scan, send
from workbooks import workbook_from_text

from banshi.platform.audit.verify import verify
from banshi.platform.cases.gates import Gate, Scan
from banshi.platform.cases.passes import TooManyUnknown
from banshi.platform.documents.codes import PASS_LENGTH, SIGNS, new_code, read_code
from banshi.platform.errors import Declined, NotAllowed, OtherCommand
from banshi.platform.hall import Hall
from banshi.storage.passes import PassFilter


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hall(tmp_path: Path, clock: Clock):
    made = open_pass_hall(tmp_path, clock)
    yield made
    made.close()


def given(hall: Hall, **answers: object) -> tuple[str, str]:
    """A case whose visitor's pass was given, and the code."""
    case = send(hall, {**ANSWERS, **answers})
    decide(hall, case, "20004")
    return case, code_of(hall, case)


def kinds(hall: Hall, case: str) -> list[str]:
    return [event.kind for event in hall.case(hall.directory.people["20001"], case).events]


def test_a_step_gives_a_pass_and_the_approval_the_others(hall: Hall, clock: Clock) -> None:
    """G1."""
    me = hall.directory.people["20001"]
    case = send(hall)
    assert hall.passes.of_case(me, case) == []
    decide(hall, case, "20004")
    (one,) = hall.passes.of_case(me, case)
    assert (one.title, one.state, one.places, one.left, one.inside) == ("访客通行证", "not_yet", ["海棠1栋"], 1, False)
    assert one.since is not None
    assert one.until is not None
    assert (one.since.isoformat(), one.until.isoformat()) == ("2026-07-01T02:00:00+00:00", "2026-07-01T02:30:00+00:00")
    assert hall.passes.of_case(me, case, "en")[0].title == "Visitor pass"
    assert [row.code for row in hall.passes.of_case(hall.directory.people["20004"], case)] == [""]
    assert [row.code for row in hall.passes.of_case(hall.directory.people["20005"], case)] == [""], "owners neither"
    assert one.code not in repr(hall.case(me, case))
    with pytest.raises(NotAllowed):
        hall.passes.of_case(hall.directory.people["20002"], case)
    decide(hall, case, "20004", answers={"实际进入": "2026-07-01T10:00", "实际离开": "2026-07-01T10:20"})
    assert [row.title for row in hall.passes.of_case(me, case)] == ["访客通行证", "门禁"]
    door = hall.passes.of_case(me, case)[1]
    assert door.until is not None
    assert door.until.isoformat() == "2026-07-02T16:00:00+00:00", "a day is until its end"


def test_a_gate_lets_in_and_out_once(hall: Hall, clock: Clock) -> None:
    """G2, G5."""
    case, code = given(hall)
    clock.go(minutes=35)
    first = scan(hall, code, id="s1")
    assert (first.allowed, first.reason, first.direction, first.repeated) == (True, "in", "in", False)
    assert first.title == "访客通行证"
    again = scan(hall, code, id="s1")
    assert (again.allowed, again.direction, again.repeated) == (True, "in", True)
    with pytest.raises(OtherCommand):
        scan(hall, code, id="s1", direction="out")
    assert kinds(hall, case).count("scanned") == 1
    assert scan(hall, code).reason == "too_soon", "the same code, still held before the reader, is not its way out"
    clock.go(minutes=10)
    assert scan(hall, code, direction="in").reason == "already_inside"
    out = scan(hall, code, id="s2")
    assert (out.allowed, out.direction) == (True, "out")
    assert scan(hall, code, id="s1").direction == "in", "the first answer, whatever came since"
    clock.go(minutes=1)
    view = hall.case(hall.directory.people["20001"], case)
    assert view.row.state == "approved", "the gate did the last step"
    assert (view.answers["实际进入"], view.answers["实际离开"]) == (
        "2026-07-01T10:05:00+08:00",
        "2026-07-01T10:15:00+08:00",
    )
    (done,) = [event for event in view.events if event.kind in ("done", "approved") and event.step == "门岗"]
    assert (done.actor, done.detail) == ("系统", "门岗查验通行证即完成")
    used = scan(hall, code)
    assert (used.allowed, used.reason) == (False, "already_used")
    details = [event.detail for event in view.events if event.kind == "scanned"]
    assert details[0] == "访客通行证；进门 · 海棠1栋 · 可以进入"
    assert len(details) == 4


def test_every_hindrance_has_its_reason(hall: Hall, clock: Clock) -> None:
    """G3."""
    case, code = given(hall)
    assert scan(hall, code).reason == "not_yet"
    clock.go(minutes=35)
    assert scan(hall, code, Gate("银杏2栋")).reason == "wrong_place"
    with pytest.raises(NotAllowed):
        scan(hall, code, place="银杏2栋")
    assert scan(hall, code, place=" 海棠１栋 ").allowed, "half and full width are one place"
    clock.go(hours=1)
    late = scan(hall, code)
    assert (late.allowed, late.reason, late.direction) == (True, "late", "out")
    case, code = given(hall, 到访="2026-07-01T11:00:00+08:00", 离开="2026-07-01T11:20:00+08:00")
    clock.go(hours=1)
    assert scan(hall, code).reason == "over"
    assert scan(hall, code, direction="out").reason == "not_inside"
    assert (
        scan(hall, new_code(PASS_LENGTH)).reason == scan(hall, "").reason == scan(hall, "x" * 5000).reason == "unknown"
    )
    assert scan(hall, "", language="en").message == "There is no such pass"
    case, code = given(hall, 到访="2026-07-01T11:00:00+08:00", 离开="2026-07-02T11:20:00+08:00")
    me, (row,) = hall.directory.people["20001"], hall.passes.of_case(hall.directory.people["20001"], case)
    with pytest.raises(Declined):
        hall.passes.withdraw(me, row.id, " ", "w0000001")
    with pytest.raises(NotAllowed):
        hall.passes.withdraw(hall.directory.people["20002"], row.id, "不来了", "w0000002")
    assert hall.passes.withdraw(me, row.id, "不来了", "w0000003").done
    assert hall.passes.withdraw(me, row.id, "不来了", "w0000003").repeated
    assert scan(hall, code).reason == "withdrawn"
    assert hall.passes.of_case(me, case)[0].code == ""
    assert hall.passes.of_case(me, case)[0].why == "不来了"


def test_of_two_gates_at_once_one_lets_in(hall: Hall, clock: Clock) -> None:
    """G4."""
    case, code = given(hall)
    clock.go(minutes=35)
    answers: list[bool] = []
    gates = [Gate(f"海棠1栋/{n}") for n in range(6)]
    threads = [
        threading.Thread(target=lambda gate=gate: answers.append(scan(hall, code, gate, "in").allowed))
        for gate in gates
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [False] * 5 + [True]
    assert kinds(hall, case).count("scanned") == 6, "each is kept"


def test_where_the_form_wants_more_the_step_stays(tmp_path: Path, clock: Clock) -> None:
    """G5."""
    text = PASSES.replace("| end_group   |", "| text | 随身物品 | 随身物品 | Things | | |\n| end_group   |")
    hall = open_pass_hall(tmp_path, clock, text)
    case, code = given(hall)
    clock.go(minutes=35)
    assert scan(hall, code, direction="in").allowed
    assert scan(hall, code, direction="out").allowed
    assert hall.case(hall.directory.people["20001"], case).row.state == "open"
    assert [task.step_name for task in hall.case(hall.directory.people["20004"], case).tasks] == ["门岗"]
    hall.close()


def test_doors_count_uses_and_no_exits(hall: Hall, clock: Clock) -> None:
    """G3: two uses at the east and the west gate, without exits."""
    case, _ = given(hall)
    decide(hall, case, "20004", answers={"实际进入": "2026-07-01T10:00", "实际离开": "2026-07-01T10:20"})
    code = code_of(hall, case, "门禁")
    east = Gate("东门/1")
    assert scan(hall, code, east).direction == "in"
    clock.go(seconds=6)
    assert scan(hall, code, Gate("西门")).allowed
    clock.go(seconds=6)
    assert scan(hall, code, east).reason == "already_used"
    assert scan(hall, code, east, "out").reason == "no_exits"


def test_a_pass_ends_when_its_case_is_sent_back(hall: Hall, clock: Clock) -> None:
    """G6."""
    case, code = given(hall)
    clock.go(minutes=35)
    decide(hall, case, "20004", "return", return_to="initiator")
    assert scan(hall, code).reason == "withdrawn"
    me = hall.directory.people["20001"]
    assert hall.passes.of_case(me, case, "en")[0].why == "its case was sent back, withdrawn or refused"
    view = hall.case(me, case)
    assert hall.act(me, case, "", "resubmit", answers=dict(ANSWERS), seq=view.seq, command_id="again-001").done
    decide(hall, case, "20004")
    rows = hall.passes.of_case(me, case)
    assert [row.state for row in rows] == ["withdrawn", "given"]
    assert scan(hall, rows[1].code).allowed
    assert scan(hall, code).reason == "withdrawn"
    assert kinds(hall, case).count("pass withdrawn") == 1
    other, code = given(hall)
    view = hall.case(me, other)
    assert hall.withdraw(me, other, seq=view.seq, command_id="taken-back").done
    assert scan(hall, code).reason == "withdrawn"


def test_keepers(hall: Hall, clock: Clock) -> None:
    """G7, G8."""
    people = hall.directory.people
    case, code = given(hall)
    clock.go(minutes=35)

    def keep(person: str, said: str = code, place: str = "海棠1栋", n: str = "1"):
        return hall.passes.check(people[person], Scan(id=f"keep-{person}-{n}", code=said, place=place))

    for nobody in ("20001", "20002", "20003", "20005"):
        with pytest.raises(NotAllowed):
            keep(nobody)
    with pytest.raises(Declined):
        keep("20004", place=" ")
    number = hall.case(people["20001"], case).row.number
    answer = keep("20004", number.lower())
    assert answer.allowed
    assert answer.shows == [["访客姓名", "李建国"], ["楼栋", "海棠1栋"]]
    assert scan(hall, number).reason == "unknown", "a number is for keepers alone"
    masked = scan(hall, code, direction="in").shows
    assert masked == [["访客姓名", "李**"], ["楼栋", "海棠1栋"]]
    event = next(event for event in hall.case(people["20001"], case).events if event.kind == "scanned")
    assert event.actor == "赵磊"
    clock.go(minutes=1)
    assert keep("20004", n="2").direction == "out"
    door = code_of(hall, case, "门禁")
    assert keep("20003", door, "东门", "3").allowed, "the sheet names her"
    own = send(hall, person="20003")
    for answers in ({}, {"answers": {"实际进入": "2026-07-01T10:00", "实际离开": "2026-07-01T10:20"}}):
        decide(hall, own, "20004", **answers)
    with pytest.raises(NotAllowed, match="of her own"):
        keep("20003", code_of(hall, own, "门禁", "20003"), "东门", "4")


def test_where_people_went_is_for_those_who_handle_the_case(hall: Hall, clock: Clock) -> None:
    """G8."""
    case, code = given(hall)
    clock.go(minutes=35)
    scan(hall, code)

    def told(person: str) -> list[str]:
        return [
            event.detail for event in hall.case(hall.directory.people[person], case).events if event.kind == "scanned"
        ]

    assert told("20001") == told("20004") == ["访客通行证；进门 · 海棠1栋 · 可以进入"]
    assert told("20005") == told("20006") == ["访客通行证；****"]


def test_deleting_personal_data_reaches_passes_and_scans(hall: Hall, clock: Clock, tmp_path: Path) -> None:
    """G9."""
    case, code = given(hall)
    clock.go(minutes=35)
    scan(hall, code, direction="in")
    scan(hall, code, direction="out")
    people = hall.directory.people
    clock.go(days=190)
    assert hall.erase_due() == 1
    assert hall.erase_due() == 0
    me = people["20001"]
    visitor, door = hall.passes.of_case(me, case)
    assert (visitor.state, visitor.code, visitor.erased) == ("withdrawn", "", True)
    assert door.erased
    assert scan(hall, code).reason == "unknown"
    scans = [event.detail for event in hall.case(me, case).events if event.kind == "scanned"]
    assert scans == ["访客通行证；****", "访客通行证；****"], "and no scan is kept any more"
    export = tmp_path / "log.zip"
    export.write_bytes(b"".join(hall.export_ledger(people["20006"])[2]))
    assert verify(export).fine
    raw = b"".join(path.read_bytes() for path in tmp_path.glob("banshi.sqlite*"))
    assert code.encode() not in raw
    assert "海棠1栋/东门".encode() not in raw


def test_codes_are_not_to_be_guessed(hall: Hall, clock: Clock) -> None:
    """G10."""
    assert (PASS_LENGTH - 1) * math.log2(len(SIGNS)) >= 128
    codes = {new_code(PASS_LENGTH) for _ in range(2000)}
    assert len(codes) == 2000
    code = next(iter(codes))
    other = next(sign for sign in SIGNS if sign != code[3])
    assert read_code(code[:3] + other + code[4:], PASS_LENGTH) == ""
    assert read_code(code.lower(), PASS_LENGTH) == code
    _, good = given(hall)
    clock.go(minutes=35)
    for _ in range(60):
        assert scan(hall, new_code(PASS_LENGTH)).reason == "unknown"
    with pytest.raises(TooManyUnknown):
        scan(hall, new_code(PASS_LENGTH))
    assert scan(hall, good).allowed
    clock.now += timedelta(minutes=1)
    assert scan(hall, "2").reason == "unknown"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("| 访客 | 访客通行证 |", "|  | 访客通行证 |", "PASS-001"),
        ("| 门禁 | 门禁 ", "| 访客 | 门禁 ", "PASS-002"),
        ("| once |", "| 偶尔 |", "PASS-003"),
        ("| 2 times | no |", "| 2 times | 也许 |", "PASS-004"),
        ("发通行证:访客 ", "发通行证:放客 ", "PASS-005"),
        ("| 访客、楼栋 |", "| 访客、楼东 |", "PASS-006"),
        ("| 访客、楼栋 |", "| 访客、楼栋 |", "PASS-007"),
        ("| 40     | 实际进入", "| 45     | 实际进入", "PASS-008"),
        ("| 实际进入 | 实际离开 |\n| 门禁", "| 楼栋 | 实际离开 |\n| 门禁", "PASS-009"),
        ("| claim | 门岗 |", "| claim | 实际离开 |", "PASS-010"),
        ("| 访客通行证 | Visitor pass        | ${到访} | ${离开} | ${楼栋} | once | yes ", "| 访客通行证 | V | ${到访} | ${离开} | ${楼栋} | once | no ", "PASS-011"),
        ('date("2026-07-02") | 东门、西门 | 2 times', " | 东门、西门 | 不限", "PASS-013"),
        ("| 40     | 实际进入", "| 40     | 实际进入", "PASS-014"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_the_sheet_is_told(hall: Hall, old: str, new: str, code: str) -> None:
    assert PASSES.count(old) == 1
    report = hall.workshop.check(
        hall.directory.people["20005"], "visit.xlsx", workbook_from_text(PASSES.replace(old, new))
    )
    assert code in [found.code for found in report.diagnostics]


def test_an_example_may_expect_passes(hall: Hall) -> None:
    """`expect pass` names those that come of it when everybody approves."""
    rows = """
## examples
| example | applicant | 访客 | 楼栋 | 到访 | 离开 | expect pass |
| 来访 | '20001 | 李建国 | 海棠1栋 | 2026-07-01 10:00 | 2026-07-01 10:30 | 访客、门禁 |
| 不对 | '20001 | 李建国 | 海棠1栋 | 2026-07-01 10:00 | 2026-07-01 10:30 | 门禁 |
"""
    report = hall.workshop.check(hall.directory.people["20005"], "visit.xlsx", workbook_from_text(PASSES + rows))
    assert [example.passed for example in report.examples] == [True, False]


def test_an_export_of_the_log_says_nothing_of_where_people_went(hall: Hall, clock: Clock, tmp_path: Path) -> None:
    """G8: also of a service without sensitive questions; and it verifies."""
    _, code = given(hall)
    clock.go(minutes=35)
    scan(hall, code)
    export = tmp_path / "log.zip"
    export.write_bytes(b"".join(hall.export_ledger(hall.directory.people["20006"])[2]))
    verdict = verify(export)
    assert verdict.fine
    assert verdict.sealed > 0
    with zipfile.ZipFile(export) as files:
        text = b"".join(files.read(name) for name in files.namelist()).decode("utf-8", "replace")
    assert "scanned" in text
    assert "东门" not in text
    assert code not in text


def test_a_pass_that_is_given_anew_knows_who_is_inside(hall: Hall, clock: Clock) -> None:
    """G11: the case comes back while the visitor is inside; with the new code nobody else gets in, and either lets her out."""
    me = hall.directory.people["20001"]

    def anew(case: str) -> str:
        decide(hall, case, "20004", "return", return_to="initiator")
        clock.go(seconds=1)
        view = hall.case(me, case)
        assert hall.act(
            me, case, "", "resubmit", answers=dict(ANSWERS), seq=view.seq, command_id=f"r{view.seq}{case}"
        ).done
        decide(hall, case, "20004")
        return code_of(hall, case)

    case, old = given(hall)
    clock.go(minutes=35)
    assert scan(hall, old, direction="in").allowed
    new = anew(case)
    assert (scan(hall, new, direction="in").reason, scan(hall, old, direction="in").reason) == (
        "already_inside",
        "withdrawn",
    )
    row = hall.passes.of_case(me, case)[-1]
    assert (row.inside, row.left) == (True, 0)
    clock.go(minutes=1)
    assert scan(hall, old, direction="out").allowed
    assert scan(hall, new, direction="out").reason == "not_inside", "whoever left with the one left with the other"
    assert hall.case(me, case).answers["实际进入"] == "2026-07-01T10:05:00+08:00"
    case, old = given(hall)
    assert scan(hall, old, direction="in").allowed
    new = anew(case)
    assert scan(hall, new, direction="out").allowed
    assert scan(hall, old, direction="out").reason == "not_inside"
    assert scan(hall, new, direction="in").reason == "already_used", "it was for one visit"
    case, old = given(hall)
    assert scan(hall, old, direction="in").allowed
    decide(hall, case, "20004", "return", return_to="initiator")
    assert scan(hall, old, direction="out").allowed, "before the new one is given"
    clock.go(seconds=1)
    view = hall.case(me, case)
    assert hall.act(me, case, "", "resubmit", answers=dict(ANSWERS), seq=view.seq, command_id="resubmit-3").done
    decide(hall, case, "20004")
    assert scan(hall, code_of(hall, case), direction="in").allowed


def test_a_keeper_is_told_from_when_and_until_when(hall: Hall, clock: Clock) -> None:
    """G12."""
    _, code = given(hall)
    early = scan(hall, code)
    assert early.message == "还没到有效时间：2026-07-01 10:00 起有效"
    assert (early.since, early.until) == (
        datetime(2026, 7, 1, 2, tzinfo=UTC),
        datetime(2026, 7, 1, 2, 30, tzinfo=UTC),
    )
    assert scan(hall, code, language="en").message == "The pass does not count yet: from 2026-07-01 10:00"
    clock.go(hours=2)
    assert scan(hall, code).message == "已过有效时间：有效至 2026-07-01 10:30"
    assert scan(hall, code, language="en").message == "The pass is over: until 2026-07-01 10:30"


def test_a_pass_without_exits_says_so(hall: Hall, clock: Clock) -> None:
    """G13."""
    case, _ = given(hall)
    decide(hall, case, "20004", answers={"实际进入": "2026-07-01T10:00", "实际离开": "2026-07-01T10:20"})
    code, east = code_of(hall, case, "门禁"), Gate("东门")
    assert scan(hall, code, east).allowed
    out = scan(hall, code, east, "out", language="en")
    assert (out.reason, out.message) == ("no_exits", "This pass keeps no exits: nothing is scanned on the way out")


def test_a_pass_without_places_is_not_shown_as_valid(tmp_path: Path, clock: Clock) -> None:
    """G14: the question of the place was left empty."""
    text = PASSES.replace(
        "| select_one 楼栋 | 楼栋 | 楼栋     | Building            | yes ",
        "| select_one 楼栋 | 楼栋 | 楼栋     | Building            |  ",
    )
    assert text != PASSES
    hall = open_pass_hall(tmp_path, clock, text)
    case = send(hall, {**ANSWERS, "楼栋": ""})
    decide(hall, case, "20004")
    clock.go(minutes=35)
    (row,) = hall.passes.of_case(hall.directory.people["20001"], case)
    assert (row.state, row.code) == ("nowhere", "")
    (stored,) = hall._store.passes(PassFilter(case_id=case))
    at_gate = scan(hall, stored.code)
    assert (at_gate.allowed, at_gate.reason) == (False, "nowhere")
    hall.close()
