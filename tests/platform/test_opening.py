"""Steps that open cases of other services, from the workbook to both cases.

O1 passing a step sends a case, in the applicant's name or another's, filled in · O2 one for every row · O3 once: repeated,
by two tickers, across a kill at any moment · O4 what cannot be opened is said on the case, and can be tried again or given
up · O5 a step waits for verdicts and goes on, returns or refuses · O6 conditions read verdicts · O7 after a return, what
stands is not opened again · O8 each case knows the other, and shows what the viewer may see · O9 fields are filled and
numbers drawn, without gaps · O10 a preview says what will be opened.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest
from halls import ORGANISATION, write

from banshi.platform.cases.case import fold
from banshi.platform.cases.desk import Act
from banshi.platform.errors import Declined, NotAllowed
from banshi.platform.hall import Hall
from banshi.platform.people.directory import Person
from banshi.platform.views import CaseView
from banshi.rules.policies import FixpointEngine
from banshi.storage.attachments import AttachmentFolder
from banshi.storage.contract import CaseFilter
from banshi.storage.sql import SqlStore

STUDENT, HEAD, FINANCE, SECURITY, OWNER, ADMIN = "20001", "20002", "20003", "20004", "20005", "20007"

PURCHASE = """
## settings
| form_id  | form_title | owner  |
| purchase | 设备采购   | 设备处 |

## survey
| type         | name   | label  | required | calculation  |
| text         | 事由   | 事由   | yes      |              |
| begin_repeat | 明细   | 明细   |          |              |
| text         | 品名   | 品名   | yes      |              |
| integer      | 数量   | 数量   | yes      |              |
| decimal      | 单价   | 单价   |          |              |
| decimal      | 金额   | 金额   |          | ${{数量}} * ${{单价}} |
| person       | 保管人 | 保管人 |          |              |
| end_repeat   |        |        |          |              |
| text         | 立项号 | 立项号 |          |              |
| text         | 结论   | 结论   |          |              |

## route
| step | name     | who                | mode   | when   | hide         | do   |
| 10   | 申请     | initiator          |        |        | 立项号、结论 |      |
| 20   | 院系审核 | role:保卫处.审核岗 |        |        |              | {do} |
| 30   | 等待验收 | 系统               | {wait} |        |              |      |
| 40   | 复核     | role:财务处.审核岗 |        | {when} |              |      |
"""
ACCEPTANCE = """
## settings
| form_id    | form_title | owner  | number         | applicants |
| acceptance | 设备验收   | 财务处 | YS{yyyy}{0001} | {who}      |

## survey
| type    | name   | label  | required | constraint | default |
| text    | 名称   | 名称   | yes      |            |         |
| integer | 件数   | 件数   | yes      | . < 100    |         |
| decimal | 金额   | 金额   |          |            |         |
| text    | 立项号 | 立项号 |          |            |         |
| text    | 等级   | 等级   |          |            | 普通    |

## route
| step | name | who                |
| 10   | 申请 | initiator          |
| 20   | 验收 | role:财务处.审核岗 |
"""
EACH = "open:acceptance(each 明细, 名称=品名, 件数=数量, 金额=金额)"


def save(folder: Path, do: str = EACH, wait: str = "等待", when: str = "", who: str = "") -> None:
    definitions = folder / "definitions"
    write(definitions, "organisation/organisation.xlsx", ORGANISATION)
    write(definitions, "acceptance/acceptance.xlsx", ACCEPTANCE.replace("{who}", who))
    write(definitions, "purchase/purchase.xlsx", PURCHASE.format(do=do, wait=wait, when=when))


def open_hall(folder: Path) -> Hall:
    hall = Hall(
        store=SqlStore(folder / "banshi.sqlite"),
        attachments=AttachmentFolder(folder / "attachments"),
        definitions=folder / "definitions",
        engine=FixpointEngine(),
    )
    hall.scan()
    assert {"purchase", "acceptance"} <= set(hall._library.live), hall._library.faulty()
    return hall


@pytest.fixture
def hall_with(tmp_path: Path) -> Iterator[Callable[..., Hall]]:
    halls: list[Hall] = []

    def made(**cells: str) -> Hall:
        save(tmp_path, **cells)
        halls.append(open_hall(tmp_path))
        return halls[-1]

    yield made
    for hall in halls:
        hall.close()


def person(hall: Hall, person_id: str) -> Person:
    return hall.directory.people[person_id]


ROWS = (
    {"品名": "示波器", "数量": 2, "单价": Decimal("1200.50")},
    {"品名": "烘箱", "数量": 1, "单价": Decimal(3400)},
    {"品名": "离心机", "数量": 3, "单价": Decimal(800)},
)


def send(hall: Hall, *rows: Mapping[str, object], command: str = "c1") -> str:
    answers = {"事由": "实验教学", "明细": [dict(row) for row in rows or ROWS]}
    receipt = hall.submit(person(hall, STUDENT), "purchase", answers, command_id=command)
    assert receipt.done, receipt.problems
    return receipt.case_id


def decide(hall: Hall, who: str, case_id: str, action: str = "approve", **more: str) -> None:
    view = hall.case(person(hall, who), case_id)
    command = f"{case_id}-{who}-{action}-{view.seq}"
    receipt = hall.act(
        person(hall, who), case_id, view.tasks[0].id, action, seq=view.seq, command_id=command, opinion="核对过", **more
    )
    assert receipt.done, receipt.problems


def children(hall: Hall) -> list[CaseView]:
    """The acceptances in the order in which they were opened."""
    rows = hall._store.cases(CaseFilter(service_id="acceptance"), size=300)[0]
    return [hall.case(person(hall, FINANCE), row.id) for row in sorted(rows, key=lambda row: row.number)]


def fire_all(hall: Hall) -> None:
    while hall.fire_timers():
        pass


def check_folds(hall: Hall) -> None:
    """The projections are what the events add up to."""
    for row in hall._store.cases(CaseFilter(), size=300)[0]:
        assert fold(row.id, hall._store.events(row.id)).stored() == row


def steps(hall: Hall, case_id: str) -> dict[str, str]:
    return {step.id: step.state for step in hall.case(person(hall, STUDENT), case_id).steps}


def test_every_row_opens_a_case_in_the_applicants_name(hall_with: Callable[..., Hall]) -> None:
    """O1, O2: filled in from the row; each has a number of its own, and its default where nothing was given."""
    hall = hall_with()
    case_id = send(hall)
    assert children(hall) == []
    decide(hall, SECURITY, case_id)
    made = children(hall)
    assert [view.row.number[-4:] for view in made] == ["0001", "0002", "0003"]
    assert [view.answers["名称"] for view in made] == ["示波器", "烘箱", "离心机"]
    assert [view.answers["件数"] for view in made] == [2, 1, 3]
    assert [view.answers["金额"] for view in made] == [Decimal("2401.00"), Decimal(3400), Decimal(2400)]
    assert {view.answers["等级"] for view in made} == {"普通"}
    assert {view.row.applicant for view in made} == {"陈晓雨"}
    assert steps(hall, case_id) == {"10": "done", "20": "done", "30": "active", "40": "pending"}
    fire_all(hall)
    assert len(children(hall)) == 3
    check_folds(hall)


def test_in_the_name_of_somebody_else(hall_with: Callable[..., Hall]) -> None:
    """O1: whom a field of the row names applies; a row that names nobody opens nothing, and says so."""
    hall = hall_with(do="开:acceptance（每行 明细，代 字段:保管人，名称=品名 & “（验收）”，件数=数量）")
    case_id = send(hall, {**ROWS[0], "保管人": HEAD}, ROWS[1])
    decide(hall, SECURITY, case_id)
    [made] = children(hall)
    assert (made.row.applicant, made.answers["名称"]) == ("王建国", "示波器（验收）")
    assert made.events[0].actor.endswith("（代王建国）")
    failed = hall.case(person(hall, STUDENT), case_id).related[1]
    assert (failed.state, failed.row, failed.why) == ("failed", 2, "“字段:保管人”没有人")


def test_an_opening_is_sent_once(hall_with: Callable[..., Hall], tmp_path: Path) -> None:
    """O3: the ticker of another process and a repeat of the approval open nothing twice."""
    hall = hall_with()
    case_id = send(hall)
    view = hall.case(person(hall, SECURITY), case_id)
    for _ in range(2):
        hall.act(person(hall, SECURITY), case_id, view.tasks[0].id, "approve", seq=view.seq, command_id="k")
    with closing(open_hall(tmp_path)) as other:
        timers = [timer for row in ROWS for timer in hall._store.timers(case_id)]
        for timer in timers:
            other._opener.fire(timer)
            hall._opener.fire(timer)
    assert len(children(hall)) == 3
    assert hall._store.timers(case_id) == []


@pytest.mark.parametrize(
    ("cells", "rows", "why"),
    [
        ({"who": f"person:{HEAD}"}, ROWS[:1], "这项服务不面向陈晓雨"),
        ({}, ({"品名": "试管", "数量": 500},), "件数: “件数”不符合填写要求。"),
        ({"do": "open:acceptance(each 明细, 名称=品名, 件数=数量 / (数量 - 2))"}, ROWS[:1], "件数: "),
    ],
    ids=["not open to her", "refused by the form", "not to be computed"],
)
def test_what_cannot_be_opened_is_said(
    hall_with: Callable[..., Hall], cells: dict[str, str], rows: tuple[Mapping[str, object], ...], why: str
) -> None:
    """O4: on the case, and to the owner of the service; nothing else is held up, and the step waits."""
    hall = hall_with(**cells)
    case_id = send(hall, *rows)
    decide(hall, SECURITY, case_id)
    assert children(hall) == []
    view = hall.case(person(hall, OWNER), case_id)
    assert [(one.state, one.may_give_up) for one in view.related] == [("failed", True)]
    assert why in view.related[0].why
    assert [row.title for row in hall.tasks(person(hall, OWNER), state="unread").items] == [view.row.title]
    assert steps(hall, case_id)["30"] == "active"
    assert not hall.case(person(hall, STUDENT), case_id).related[0].may_try
    with pytest.raises(NotAllowed):
        hall.open_again(person(hall, STUDENT), case_id, view.related[0].key, command_id="a")
    check_folds(hall)


def test_the_owner_tries_again_or_gives_up(hall_with: Callable[..., Hall], tmp_path: Path) -> None:
    """O4: after the other service was mended, the same case is opened, once; given up, it counts as refused."""
    hall = hall_with(who=f"person:{HEAD}", when="子办件.未通过 > 0")
    case_id = send(hall, *ROWS[:2])
    decide(hall, SECURITY, case_id)
    owner = person(hall, OWNER)
    first, second = hall.case(owner, case_id).related
    save(tmp_path, when="子办件.未通过 > 0")
    hall.scan()
    for _ in range(2):
        assert hall.open_again(owner, case_id, first.key, command_id="again").done
    hall.open_again(owner, case_id, second.key, give_up=True, command_id="given up")
    with pytest.raises(Declined):
        hall.open_again(owner, case_id, second.key, command_id="too late")
    [made] = children(hall)
    decide(hall, FINANCE, made.row.id)
    assert steps(hall, case_id)["40"] == "active"
    kinds = [event.kind for event in hall._store.events(case_id)]
    assert [kinds.count(kind) for kind in ("not opened", "tried again", "opened", "gave up")] == [2, 1, 1, 1]
    check_folds(hall)


WAITS = {
    # cell: the verdicts in order, then where the case stands
    "等待": [("ara", "40"), ("aaa", "40")],
    "等待 任一": [("ra", "40"), ("rrr", "40")],
    "wait(2) !refuse": [("aa", "40"), ("rr", "refused")],
    "等待 全部 !拒绝": [("ar", "refused"), ("aaa", "40")],
    "等待 !退回": [("ar", "returned"), ("aaa", "40")],
}


@pytest.mark.parametrize(("wait", "verdicts", "stands"), [(k, v, s) for k, pairs in WAITS.items() for v, s in pairs])
def test_a_step_waits_for_verdicts(hall_with: Callable[..., Hall], wait: str, verdicts: str, stands: str) -> None:
    """O5: it is settled with the verdict that settles it, and not before."""
    hall = hall_with(wait=wait)
    case_id = send(hall)
    decide(hall, SECURITY, case_id)
    for made, verdict in zip(children(hall), verdicts, strict=False):
        assert steps(hall, case_id)["30"] == "active"
        decide(hall, FINANCE, made.row.id, "approve" if verdict == "a" else "refuse")
    view = hall.case(person(hall, STUDENT), case_id)
    now = {step.id: step.state for step in view.steps}
    assert (view.row.state if stands != "40" else now["40"]) == ("active" if stands == "40" else stands)
    assert [event.step for event in view.events if event.kind == "waited"] == ["等待验收"] * (stands == "40")
    check_folds(hall)


@pytest.mark.parametrize(("wait", "kind"), [("等待 !退回", "returned"), ("等待 !拒绝", "refused")])
def test_who_is_sent_back_is_told_which_case_and_why(hall_with: Callable[..., Hall], wait: str, kind: str) -> None:
    """O5, O8: the record names the case and its reason; the reason only to those who may see that case."""
    hall = hall_with(wait=wait, do="开:acceptance（每行 明细，代 字段:保管人，名称=品名，件数=数量）")
    case_id = send(hall, {**ROWS[0], "保管人": STUDENT}, {**ROWS[1], "保管人": HEAD})
    decide(hall, SECURITY, case_id)
    mine, _ = children(hall)
    decide(hall, FINANCE, mine.row.id, "refuse")
    told = hall.case(person(hall, STUDENT), case_id).events[-1]
    assert (told.kind, told.actor, told.step) == (kind, "系统", "等待验收")
    assert f"设备验收 {mine.row.number} 未通过：核对过" in told.detail
    english = hall.case(person(hall, STUDENT), case_id, "en").events[-1].detail
    assert english.startswith("Too few of the cases that were opened were approved; ")
    assert english.split("; ")[1] == f"设备验收 {mine.row.number} refused: 核对过"
    security = hall.case(person(hall, SECURITY), case_id).events[-1].detail
    assert f"设备验收 {mine.row.number} 未通过" in security
    assert "核对过" not in security
    assert hall._store.case(case_id).returns == (kind == "returned")
    check_folds(hall)


def test_who_gave_up_or_withdrew_is_told_too(hall_with: Callable[..., Hall]) -> None:
    """O4, O5: a case that was withdrawn, and one that could not be opened and was given up with its reason."""
    hall = hall_with(wait="等待 1 !退回")
    case_id = send(hall, ROWS[0], {**ROWS[1], "数量": 100})
    decide(hall, SECURITY, case_id)
    [made] = children(hall)
    hall.withdraw(person(hall, STUDENT), made.row.id, seq=made.seq, command_id="w")
    failed = hall.case(person(hall, STUDENT), case_id).related[1]
    hall.open_again(person(hall, OWNER), case_id, failed.key, give_up=True, command_id="g")
    told = hall.case(person(hall, STUDENT), case_id).events[-1]
    assert told.kind == "returned"
    assert f"设备验收 {made.row.number} 已撤回" in told.detail
    assert f"设备验收：{failed.why}" in told.detail


@pytest.mark.parametrize(("when", "asked"), [("子办件.未通过 > 0", True), ("opened.20.refused > 1", False)])
def test_a_condition_reads_verdicts(hall_with: Callable[..., Hall], when: str, asked: bool) -> None:
    """O6: of all that were opened, and of those of one step."""
    hall = hall_with(when=when)
    case_id = send(hall)
    decide(hall, SECURITY, case_id)
    for made, action in zip(children(hall), ("approve", "refuse", "approve"), strict=True):
        decide(hall, FINANCE, made.row.id, action)
    assert (steps(hall, case_id)["40"] == "active") is asked
    assert hall.case(person(hall, STUDENT), case_id).row.state == ("open" if asked else "approved")


def test_nothing_to_open_is_nothing_to_wait_for(hall_with: Callable[..., Hall]) -> None:
    """O5: a form without rows goes on at once."""
    hall = hall_with()
    receipt = hall.submit(person(hall, STUDENT), "purchase", {"事由": "调拨", "明细": []}, command_id="c")
    decide(hall, SECURITY, receipt.case_id)
    assert steps(hall, receipt.case_id)["40"] == "active"
    told = hall.case(person(hall, STUDENT), receipt.case_id).events[-1]
    assert (told.kind, told.step, told.detail) == ("waited", "等待验收", "没有开出事项，不用等")


def test_what_stands_is_not_opened_again(hall_with: Callable[..., Hall]) -> None:
    """O7: after a return, an approved row is taken again as it is, a refused one and a changed one are opened anew."""
    hall = hall_with(wait="等待 !退回")
    case_id = send(hall)
    decide(hall, SECURITY, case_id)
    scope, oven, _ = children(hall)
    decide(hall, FINANCE, scope.row.id)
    decide(hall, FINANCE, oven.row.id, "refuse")
    student = person(hall, STUDENT)
    view = hall.case(student, case_id)
    assert view.row.state == "returned"
    rows = [ROWS[0], ROWS[1], {**ROWS[2], "数量": 4}]
    answers = {**view.answers, "明细": rows}
    assert hall.act(student, case_id, "", "resubmit", answers=answers, seq=view.seq, command_id="again").done
    decide(hall, SECURITY, case_id)
    made = children(hall)
    assert [(one.answers["名称"], one.answers["件数"], one.row.state) for one in made] == [
        ("示波器", 2, "approved"),
        ("烘箱", 1, "refused"),
        ("离心机", 3, "open"),
        ("烘箱", 1, "open"),
        ("离心机", 4, "open"),
    ]
    related = hall.case(student, case_id).related
    assert sorted((one.number[-1], one.state) for one in related) == [
        ("1", "approved"),
        ("2", "replaced"),
        ("3", "replaced"),
        ("4", "open"),
        ("5", "open"),
    ]
    for one in made[3:]:
        decide(hall, FINANCE, one.row.id)
    assert steps(hall, case_id)["40"] == "active"
    check_folds(hall)


def test_a_withdrawn_case_leaves_what_it_opened(hall_with: Callable[..., Hall]) -> None:
    """O5, O8: the cases that were opened go on; their verdicts change nothing any more."""
    hall = hall_with()
    case_id = send(hall)
    decide(hall, SECURITY, case_id)
    view = hall.case(person(hall, STUDENT), case_id)
    hall.withdraw(person(hall, STUDENT), case_id, seq=view.seq, command_id="w")
    made = children(hall)
    assert {one.row.state for one in made} == {"open"}
    decide(hall, FINANCE, made[0].row.id)
    view = hall.case(person(hall, STUDENT), case_id)
    assert (view.row.state, [one.state for one in view.related]) == ("withdrawn", ["approved", "open", "open"])
    check_folds(hall)


def test_each_case_knows_the_other(hall_with: Callable[..., Hall]) -> None:
    """O8: the applicant sees both; who handles one only knows of the other by service and number."""
    hall = hall_with()
    case_id = send(hall, *ROWS[:1])
    decide(hall, SECURITY, case_id)
    [made] = children(hall)
    number = hall.case(person(hall, STUDENT), case_id).row.number
    [parent] = hall.case(person(hall, STUDENT), made.row.id).related
    assert (parent.relation, parent.case_id, parent.number, parent.step) == ("opened by", case_id, number, "院系审核")
    assert (parent.may_see, parent.title) == (True, "设备采购（陈晓雨）")
    [parent] = hall.case(person(hall, FINANCE), made.row.id).related
    assert (parent.may_see, parent.title, parent.service, parent.number) == (False, "", "设备采购", number)
    [child] = hall.case(person(hall, SECURITY), case_id).related
    assert (child.may_see, child.title, child.number, child.state) == (False, "", made.row.number, "open")
    told = [event.detail for event in hall.case(person(hall, SECURITY), case_id).events if event.kind == "opened"]
    assert told == [f"设备验收 {made.row.number}"]


def test_fields_are_filled_and_numbers_drawn(hall_with: Callable[..., Hall]) -> None:
    """O9: in the order of the cell, so that what is opened can carry the number; a case keeps its number."""
    hall = hall_with(
        do='编号:立项号=LX{{yyyy}}{{001}}; 填:结论="同意立项" & 立项号; 开:acceptance(名称=事由, 件数=1, 立项号=立项号)'.replace(
            "{{", "{"
        ).replace("}}", "}"),
        wait="等待 !退回",
    )
    student, cases = person(hall, STUDENT), [send(hall, command=f"c{i}") for i in range(2)]
    for case_id in reversed(cases):
        decide(hall, SECURITY, case_id)
    year = hall._clock().strftime("%Y")
    found = [hall.case(student, case_id).answers for case_id in cases]
    assert [answers["立项号"] for answers in found] == [f"LX{year}002", f"LX{year}001"]
    assert [answers["结论"] for answers in found] == [f"同意立项LX{year}002", f"同意立项LX{year}001"]
    assert sorted(view.answers["立项号"] for view in children(hall)) == [f"LX{year}001", f"LX{year}002"]
    made = next(view for view in children(hall) if view.answers["立项号"].endswith("2"))
    decide(hall, FINANCE, made.row.id, "refuse")
    view = hall.case(student, cases[0])
    hall.act(student, cases[0], "", "resubmit", answers=view.answers, seq=view.seq, command_id="again")
    decide(hall, SECURITY, cases[0])
    assert hall.case(student, cases[0]).answers["立项号"] == f"LX{year}002"
    third = send(hall, command="c9")
    decide(hall, SECURITY, third)
    assert hall.case(student, third).answers["立项号"] == f"LX{year}003"
    check_folds(hall)


def test_a_preview_says_what_will_be_opened(hall_with: Callable[..., Hall]) -> None:
    """O10: before it is sent, and while it is on its way."""
    hall = hall_with(when="子办件.未通过 > 0")
    answers = {"事由": "实验教学", "明细": [dict(row) for row in ROWS]}
    ahead = hall.preview(person(hall, STUDENT), "purchase", answers)
    assert {step.id: list(step.opens) for step in ahead} == {"10": [], "20": ["设备验收 ×3"], "30": [], "40": []}
    assert [step.state for step in ahead] == ["pending", "pending", "pending", "skipped"]
    assert ahead[2].reason == "等开出的事项办完"
    case_id = send(hall)
    now = hall.case(person(hall, STUDENT), case_id).steps
    assert {step.id: list(step.opens) for step in now}["20"] == ["设备验收 ×3"]


def test_a_kill_at_any_moment_opens_every_row_once(tmp_path: Path) -> None:
    """O3: of processes that open rows and are killed again and again, nothing is lost and nothing doubled."""
    save(tmp_path)
    many = [{"品名": f"电脑{i}", "数量": i} for i in range(1, 13)]
    with closing(open_hall(tmp_path)) as hall:
        cases = [send(hall, *many, command=f"c{i}") for i in range(2)]
        for case_id in cases:
            task = hall.case(person(hall, SECURITY), case_id).tasks[0]
            what = Act(case_id=case_id, task_id=task.id, action="approve", seq=1, command_id=case_id)
            assert hall._desk.act(person(hall, SECURITY), what, "zh").done  # nothing is opened at once
    chance, left = random.Random(11), [24]
    while left[-1]:
        _killed_while_opening(tmp_path, cases, chance)
        with closing(SqlStore(tmp_path / "banshi.sqlite")) as store:
            left.append(sum(len(store.timers(case_id)) for case_id in cases))
    assert len(set(left)) > 3, "several were killed in the middle"
    with closing(open_hall(tmp_path)) as hall:
        assert hall.fire_timers() == 0
        assert [view.row.number[-4:] for view in children(hall)] == [f"{number:04}" for number in range(1, 25)]
        for case_id in cases:
            related = hall.case(person(hall, STUDENT), case_id).related
            assert [one.row for one in related] == list(range(1, 13))
            assert len({one.case_id for one in related}) == 12
            kinds = [event.kind for event in hall._store.events(case_id)]
            assert kinds.count("opened") == 12
        check_folds(hall)


def _killed_while_opening(folder: Path, cases: list[str], chance: random.Random) -> None:
    """A process that opens one row after another, killed at some moment of one of the next six."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            hall = open_hall(folder)
            os.write(writing, b"!")
            for case_id in cases:
                for timer in hall._store.timers(case_id):
                    hall._opener.fire(timer)
                    os.write(writing, b"!")
        finally:
            os._exit(1)
    os.close(writing)
    for _ in range(chance.randint(1, 6)):
        os.read(reading, 1)
    time.sleep(chance.uniform(0, 0.03))
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    os.close(reading)
