"""People whom the applicant chooses when she sends a form, and people drawn by lot, from the form to the tasks.

K1 the number and the range of a choice are checked at sending · K2 it is kept beside the answers, in the events and in a
draft · K3 who sends again keeps her choice, or makes another · K4 a step that is skipped asks for no choice · K5 lots: before
sending nobody is known, afterwards the preview is what happens.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from halls import open_test_hall, write

from banshi.platform.cases.case import fold
from banshi.platform.hall import Hall
from banshi.platform.people.directory import Person
from banshi.platform.views import Receipt
from banshi.storage.contract import TaskFilter

STUDENT, HEAD, FINANCE, SECURITY, OWNER, AUDITOR, ADMIN = (f"2000{i}" for i in range(1, 8))
REVIEW = """
## settings
| form_id | form_title | owner  |
| review  | 立项评审   | 设备处 |

## survey
| type    | name | label    | required |
| text    | 题目 | 题目     | yes      |
| integer | 金额 | 金额     | yes      |

## route
| step | name     | who                                                                          | mode | when            | same |
| 10   | 申请     | initiator                                                                    |      |                 |      |
| 20   | 学院     | head(申请部门)                                                               |      |                 | keep |
| 30   | 专家论证 | choose(人:20003 + 人:20004 + 人:20006 + 人:20001, 2-3, 财务处≥1)             | all  | ${金额} >= 1000 | keep |
| 40   | 抽查     | random(人:20003 + 人:20004 + 人:20005 + 人:20006 + 人:20007, 2)              | all  |                 | keep |
"""
GOOD = {"30": [FINANCE, SECURITY]}


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    opened = open_test_hall(tmp_path)
    write(opened.definitions, "review/review.xlsx", REVIEW)
    (report,) = opened.scan()
    assert report.publishable, [item.message() for item in report.diagnostics]
    yield opened
    opened.close()


def person(hall: Hall, person_id: str = STUDENT) -> Person:
    return hall.directory.people[person_id]


def send(hall: Hall, chosen: Any, amount: int = 5000, command: str = "c1") -> Receipt:
    answers = {"题目": "催化剂表征", "金额": amount}
    return hall.submit(person(hall), "review", answers, command_id=command, language="en", chosen=chosen)


def decide(hall: Hall, who: str, case_id: str, action: str = "approve", **more: Any) -> Receipt:
    view = hall.case(person(hall, who), case_id)
    task = view.tasks[0]
    return hall.act(
        person(hall, who), case_id, task.id, action, seq=view.seq, command_id=f"{case_id}-{view.seq}", **more
    )


@pytest.mark.parametrize(
    ("chosen", "problem"),
    [
        (None, "专家论证: 2–3 people are to be chosen, and 0 are."),
        ({"30": [FINANCE]}, "专家论证: 2–3 people are to be chosen, and 1 are."),
        ({"30": [SECURITY, AUDITOR]}, "专家论证: at least 1 “财务处” are to be chosen, and 0 are."),
        ({"30": [FINANCE, SECURITY, OWNER]}, "专家论证: “20005” is not among those who may be chosen."),
        ({"30": [FINANCE, SECURITY, STUDENT]}, "专家论证: “20001” is not among those who may be chosen."),
    ],
)
def test_k1_a_choice_that_will_not_do_is_told_with_its_step(hall: Hall, chosen: Any, problem: str) -> None:
    receipt = send(hall, chosen)
    assert not receipt.done
    assert problem in [item.message for item in receipt.problems]
    assert {item.path for item in receipt.problems} == {"chosen.30"}
    assert hall.my_cases(person(hall)).total == 0


def test_k2_the_chosen_are_asked_and_kept_beside_the_answers(hall: Hall) -> None:
    case_id = send(hall, GOOD).case_id
    store = hall._store
    stored = store.case(case_id)
    assert stored is not None
    assert stored.snapshot["chosen"] == GOOD
    assert set(stored.snapshot["answers"]) == {"题目", "金额"}
    assert fold(case_id, store.events(case_id)).chosen == GOOD
    decide(hall, HEAD, case_id)
    view = hall.case(person(hall), case_id)
    assert [(p.id, step.state) for step in view.steps if step.id == "30" for p in step.people] == [
        (FINANCE, "active"),
        (SECURITY, "active"),
    ]


def test_k2_a_draft_keeps_the_choice(hall: Hall) -> None:
    me = person(hall)
    hall.save_draft(me, "review", {"题目": "催化"}, "v", chosen=GOOD)
    session = hall.open_form(me, "review")
    assert (session.chosen, dict(session.answers)) == (GOOD, {"题目": "催化"})
    hall.save_draft(me, "review", {"题目": "催化"}, "v")
    assert hall.open_form(me, "review").chosen == {}


def test_k2_the_form_is_told_whom_to_choose_from(hall: Hall) -> None:
    found = hall.evaluate(person(hall), "review", {"题目": "催化", "金额": 5000}, "en")
    (choice,) = found["choosing"]
    assert (choice["step"], choice["least"], choice["most"]) == ("30", 2, 3)
    # The applicant does not decide on her own case, so she is not offered.
    assert [one["id"] for one in choice["people"]] == [FINANCE, SECURITY, AUDITOR]
    assert [one["of"] for one in choice["people"]] == [["财务处"], [], []]
    route = {step["id"]: step for step in found["route"]}
    assert route["30"]["people"] == []
    assert route["30"]["reason"] == "the applicant chooses 2–3 of 3"
    chosen = hall.evaluate(person(hall), "review", {"题目": "催化", "金额": 5000}, "en", chosen=GOOD)
    assert next(step for step in chosen["route"] if step["id"] == "30")["people"] == ["Li Min", "Zhao Lei"]


def test_k3_who_sends_again_keeps_her_choice_or_makes_another(hall: Hall) -> None:
    case_id = send(hall, GOOD).case_id
    for number, (chosen, kept) in enumerate([(None, GOOD), ({"30": [FINANCE, AUDITOR]}, {"30": [FINANCE, AUDITOR]})]):
        decide(hall, HEAD, case_id, "return", opinion="请补充", return_to="initiator")
        view = hall.case(person(hall), case_id)
        assert view.chosen == GOOD
        again = hall.act(
            person(hall), case_id, "", "resubmit", seq=view.seq, command_id=f"again-{number}", chosen=chosen
        )
        assert again.done
        stored = hall._store.case(case_id)
        assert stored is not None
        assert stored.snapshot["chosen"] == kept
    decide(hall, HEAD, case_id, "return", opinion="请补充", return_to="initiator")
    view = hall.case(person(hall), case_id)
    bad = hall.act(
        person(hall), case_id, "", "resubmit", seq=view.seq, command_id="bad", chosen={"30": [OWNER, FINANCE]}
    )
    assert [item.path for item in bad.problems] == ["chosen.30", "chosen.30"]


def test_k4_a_step_whose_condition_does_not_hold_asks_for_no_choice(hall: Hall) -> None:
    assert hall.evaluate(person(hall), "review", {"题目": "催化", "金额": 999})["choosing"] == []
    receipt = send(hall, {"30": [OWNER]}, amount=999)
    assert receipt.done
    stored = hall._store.case(receipt.case_id)
    assert stored is not None
    assert stored.snapshot["chosen"] == {}


def test_k5_a_lot_is_unknown_before_sending_and_foreseen_afterwards(hall: Hall) -> None:
    before = hall.evaluate(person(hall), "review", {"题目": "催化", "金额": 999}, "en")
    step = next(step for step in before["route"] if step["id"] == "40")
    assert (step["people"], step["reason"]) == ([], "2 of 5, drawn by lot")
    drawn = set()
    for number in range(6):
        case_id = send(hall, None, amount=999, command=f"c{number}").case_id
        foreseen = [p.id for step in hall.case(person(hall), case_id).steps if step.id == "40" for p in step.people]
        assert len(foreseen) == 2
        decide(hall, HEAD, case_id)
        tasks, _ = hall._store.tasks(TaskFilter(case_id=case_id), size=100)
        assert {row.task.person for row in tasks if row.task.step_id == "40"} == set(foreseen)
        drawn.add(tuple(foreseen))
    assert len(drawn) > 1  # 10 draws are equally likely: all six alike once in 100,000


def test_k1_a_form_filled_in_by_excel_cannot_choose_and_says_so(hall: Hall) -> None:
    name, data = hall.template(person(hall), "review")
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book.worksheets[0]
    columns = {str(cell.value).rstrip("* "): cell for row in sheet.iter_rows() for cell in row if cell.value}
    for label, value in (("题目", "催化剂表征"), ("金额", 5000)):
        sheet.cell(columns[label].row + 1, columns[label].column).value = value
    buffer = io.BytesIO()
    book.save(buffer)
    filling = hall.check_filling(person(hall), "review", name, buffer.getvalue())
    assert [(row.state, [item.code for item in row.diagnostics]) for row in filling.rows] == [("faulty", ["FILL-020"])]
