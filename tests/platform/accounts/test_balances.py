"""Balances in forms: what a form may ask of accounts, whom it tells, and what counts when it is sent.

B1  `available` is what may still be spent (less what others hold, down to the floor), `balance` what there is.
B2  Whoever may not see a balance gets an error that names no amount, the same as for a holder that there is not.
B3  A holder that is not the applicant's is refused when the form is sent; the choices are hers alone.
B4  What counts is the server's value at the moment of sending; a claim to the fen of it is taken, one more fen is not.
B5  A case sees what it holds itself as still there: sent again with another sum it changes its hold, and no step stumbles.
B6  Two claims at once never overdraw, on either store.
B7  The decision keeps the value that was used, and replaying it gives the same when the balance has moved; an ended case keeps it.
B8  An account may be shared with a service of another office, by its own sheet alone.
B9  Refused and withdrawn, a case gives back what it holds; paid, it charges what was approved and gives back the rest.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from budgets import AUDITOR, CLAIMS, FINANCE, HEAD, KEY, NOW, OWNER, STUDENT, Claims
from halls import write
from workbooks import workbook_from_text

from banshi.platform.accounts.views import BalanceView
from banshi.platform.audit.replay import Replay, StoredBooks
from banshi.platform.cases.booked import Short
from banshi.platform.filling.template import template
from banshi.platform.forms import evaluate_form
from banshi.platform.sheets import load_bytes
from banshi.platform.trial import Trial
from banshi.rules.policies import FixpointEngine
from banshi.storage.accounts import AVAILABLE, INCOME, Posting, Transaction
from banshi.storage.contract import Change, Command, DecisionFilter, Store
from banshi.storage.sql import SqlStore
from banshi.storage.tiny import TinyStore

D = Decimal


@pytest.fixture(params=["sqlite", "tiny"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made = SqlStore(tmp_path / "banshi.sqlite") if request.param == "sqlite" else TinyStore()
    yield made
    made.close()


@pytest.fixture
def claims(tmp_path: Path, store: Store) -> Claims:
    return Claims(tmp_path, store)


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Claims]:
    """The same on one store, where the store makes no difference."""
    made = SqlStore(tmp_path / "banshi.sqlite")
    yield Claims(tmp_path, made)
    made.close()


def seen(claims: Claims, project: str, amount: object = 1, by: str = STUDENT, **more: Any) -> dict[str, Any]:
    return claims.hall.evaluate(claims.person(by), "claims", {"项目": project, "金额": amount}, **more)


def wrong(told: dict[str, Any]) -> dict[str, str]:
    return {error["path"]: error["message"] for error in told["errors"]}


def spend(claims: Claims, fen: int, project: str = "NSFC-1") -> None:
    """Somebody else's charge, booked beside the services."""
    own = Posting(account=KEY, part=AVAILABLE, holder=project, unit="元", amount=-fen)
    other = Posting(account=KEY, part=INCOME, holder="", unit="元", amount=fen)
    move = Transaction(id=f"x{project}{fen}", at=NOW, kind="charge", actor="t", postings=(own, other))
    claims.store.commit(Command(id=move.id, actor="t", at=NOW, change=Change(transactions=[move])))


def test_the_workbooks_and_their_examples_are_sound(plain: Claims) -> None:
    for name in ("claims", "orders"):
        report = plain.reports[name]
        assert report.publishable
        assert [one.name for one in report.examples if not one.passed] == []
    assert len(plain.reports["claims"].examples) == 4


def test_b1_what_is_there_and_what_may_be_spent(claims: Claims) -> None:
    # Nothing is booked: 900 to begin with, and the floor lets it fall to -100.
    assert seen(claims, "NSFC-1")["values"] == {"可用": D("1000.00"), "账面": D("900.00")}
    claims.send(250, command="one")
    assert claims.balance() == (65000, 25000)
    assert seen(claims, "NSFC-1")["values"] == {"可用": D("750.00"), "账面": D("900.00")}
    spend(claims, 10050)
    assert seen(claims, "NSFC-1")["values"] == {"可用": D("649.50"), "账面": D("799.50")}
    assert seen(claims, "")["values"] == {"可用": None, "账面": None}


@pytest.mark.parametrize("project", ["NSFC-3", "NSFC-99"])
def test_b2_strangers_learn_nothing(plain: Claims, project: str) -> None:
    told = seen(plain, project)
    assert told["values"] == {"可用": None, "账面": None}
    assert wrong(told) == {"项目": f"“经费项目”里没有选项“{project}”。"}
    assert "安防" not in str(told)  # not even what the project is called
    stranger = plain.hall.evaluate(plain.person(FINANCE), "orders", {"课题": project, "总额": 1})
    assert {error["path"] for error in stranger["errors"]} == {"课题"}


def test_b2_the_owner_and_the_auditor_see_all_and_the_sentence_tells_no_amount(plain: Claims) -> None:
    for person in (OWNER, AUDITOR):
        assert seen(plain, "NSFC-3", by=person)["values"]["账面"] == D("7.00")
        assert "项目" in wrong(seen(plain, "NSFC-3", by=person))  # to see is not to spend
    bare = CLAIMS.replace("| account 经费 | 项目 |", "| text         | 项目 |")
    service, _ = load_bytes(workbook_from_text(bare), "claims.xlsx")
    assert service is not None
    balances = plain.hall._desk._around(
        service, plain.person(STUDENT), "zh", "", plain.hall._desk._registers.around(service)
    )["balances"]
    made = evaluate_form(
        service, {"项目": "NSFC-3", "金额": 1}, now=NOW, balances=balances, engine=FixpointEngine(),
        directory=plain.hall.directory, person=plain.person(STUDENT),
    )  # fmt: skip
    told = next(error for error in made.errors if error.path == "可用")
    assert told.message("zh") == "“还可用”算不出来：“NSFC-3”在账户“经费”里的余额您看不到，或没有这个持有者。"
    assert told.message("en").startswith("“还可用” cannot be computed: You may not see what “NSFC-3” has in “经费”")


def test_b3_the_choices_are_the_persons_own_with_what_is_left(plain: Claims) -> None:
    def offered(by: str, said: str = "", language: str = "zh") -> list[tuple[str, str]]:
        found = plain.hall.find_choices(
            plain.person(by), "项目", said, answers={}, service_id="claims", language=language
        )
        return [(one.name, one.label) for one in found]

    assert offered(STUDENT) == [
        ("NSFC-1", "NSFC-1 光催化制氢 · 可用 1,000.00 元"),
        ("NSFC-2", "NSFC-2 膜分离 · 可用 900.50 元"),
    ]
    assert offered(STUDENT, "膜", "en") == [("NSFC-2", "NSFC-2 膜分离 · 900.50 yuan available")]
    assert offered(HEAD) == [("NSFC-1", "NSFC-1 光催化制氢 · 可用 1,000.00 元")]
    assert offered(FINANCE) == []
    # The same list in another service, which only names the account.
    (one, _) = plain.hall.find_choices(plain.person(STUDENT), "课题", "", answers={}, service_id="orders")
    assert one.label == "NSFC-1 光催化制氢 · 可用 1,000.00 元"
    shown = plain.hall.accounts.mine(plain.person(STUDENT))
    assert [(one.holder, one.holder_name, one.available) for one in shown if isinstance(one, BalanceView)] == [
        ("NSFC-1", "NSFC-1 光催化制氢", "900.00"),
        ("NSFC-2", "NSFC-2 膜分离", "800.50"),
    ]


def test_b3_a_foreign_project_is_not_sent(plain: Claims) -> None:
    receipt = plain.hall.submit(plain.person(STUDENT), "claims", {"项目": "NSFC-3", "金额": 1}, command_id="f")
    assert not receipt.done
    assert [problem.path for problem in receipt.problems] == ["项目"]
    assert plain.balance("NSFC-3") == (0, 0)


def test_b3_templates_offer_them_and_take_either_name(plain: Claims) -> None:
    hall, person = plain.hall, plain.person(STUDENT)
    service = hall._library.service("claims")
    data = template(service, "zh", hall.directory, hall._desk.holders(service, person))
    book = openpyxl.load_workbook(io.BytesIO(data))
    words = {cell.value for sheet in book for row in sheet.iter_rows() for cell in row}
    assert {"NSFC-1 光催化制氢", "NSFC-2 膜分离"} <= words
    assert not any("安防" in str(word) for word in words)
    sheet = book.worksheets[0]
    names = {cell.value: cell.column for cell in sheet[1]}
    for row, (project, amount) in enumerate((("NSFC-1 光催化制氢", 10), ("NSFC-2", 20), ("NSFC-3", 1)), 3):
        sheet.cell(row, names["项目"]).value, sheet.cell(row, names["金额"]).value = project, amount
    filled = io.BytesIO()
    book.save(filled)
    found = hall.check_filling(person, "claims", "报销.xlsx", filled.getvalue())
    assert [row.state for row in found.rows] == ["ready", "ready", "faulty"]


def test_b4_to_the_fen(claims: Claims) -> None:
    too_much = claims.hall.submit(
        claims.person(STUDENT), "claims", {"项目": "NSFC-1", "金额": "1000.01"}, command_id="1"
    )
    assert [problem.message for problem in too_much.problems] == ["项目只剩 1,000.00 元可用。"]
    claims.send("1000.00", command="2")
    assert claims.balance() == (-10000, 100000)


def test_b4_what_was_shown_does_not_count(plain: Claims) -> None:
    """Between the look and the sending somebody else has spent it; what the browser says of it is not believed."""
    plain.send(100, command="early")
    assert not wrong(seen(plain, "NSFC-1", 900))
    spend(plain, 20000)
    answers = {"项目": "NSFC-1", "金额": 900, "可用": 5000}
    receipt = plain.hall.submit(plain.person(STUDENT), "claims", answers, command_id="late")
    assert [problem.message for problem in receipt.problems] == ["项目只剩 700.00 元可用。"]


def test_b5_sent_again_with_another_sum(claims: Claims) -> None:
    case = claims.send(1000, command="a")
    claims.act(HEAD, case, "return", return_to="initiator")
    assert claims.balance() == (-10000, 100000)
    student = claims.person(STUDENT)

    def again(amount: object, command: str) -> list[str]:
        seq = claims.hall.case(student, case).seq
        answers = {"项目": "NSFC-1", "金额": amount}
        receipt = claims.hall.act(student, case, "", "resubmit", answers=answers, seq=seq, command_id=command)
        return [problem.message for problem in receipt.problems]

    assert again("1000.01", "b") == ["项目只剩 1,000.00 元可用。"]
    assert again("400", "c") == []
    assert claims.balance() == (50000, 40000)
    claims.act(HEAD, case, "return", return_to="initiator")
    assert again("1000", "d") == []
    assert claims.balance() == (-10000, 100000)


def test_b5_a_step_that_edits_does_not_stumble_over_its_own_hold(claims: Claims) -> None:
    case = claims.send(1000, command="a")
    claims.act(HEAD, case)
    claims.act(FINANCE, case, answers={"核定": 990})
    assert claims.balance() == (-9000, 0)
    view = claims.hall.case(claims.person(STUDENT), case)
    assert view.row.state == "approved"
    assert view.answers["可用"] == D("1000.00")


def test_b6_two_at_once_never_overdraw(claims: Claims) -> None:
    """Ten claims of 300 out of 1000 that may be spent: three fit, whoever comes first."""
    gate = threading.Barrier(10)
    done: list[str] = []

    def one(number: int) -> None:
        gate.wait()
        answers = {"项目": "NSFC-1", "金额": 300}
        try:
            receipt = claims.hall.submit(claims.person(STUDENT), "claims", answers, command_id=f"t{number}")
        except Short:
            done.append("short")
        else:
            done.append("held" if receipt.done else "told")

    threads = [threading.Thread(target=one, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(done), done.count("held")) == (10, 3)
    assert claims.balance() == (0, 90000)


def test_b7_the_decision_keeps_what_was_used(plain: Claims) -> None:
    case = plain.send(600, command="a")
    (decision,) = plain.store.iter_decisions(DecisionFilter(case_id=case))
    assert decision.record["inputs"] == {"可用": D("1000.00")}
    assert decision.record["outputs"] == {"档": "宽裕"}
    spend(plain, 30000)
    assert seen(plain, "NSFC-1")["outputs"]["档"] == "紧张"
    assert Replay(StoredBooks(plain.store), FixpointEngine()).of(decision) == []
    # Without a store beside it, what the case kept is its value: comparisons of drafts, say.
    service = plain.hall._library.service("claims")
    kept = plain.hall._desk.case(case).answers
    made = evaluate_form(service, kept, stored=kept, now=NOW, engine=FixpointEngine(), person=plain.person(STUDENT))
    assert made.names["可用"] == D("1000.00")


def test_b7_an_ended_case_keeps_it(plain: Claims) -> None:
    case = plain.send(600, command="a")
    plain.act(HEAD, case, "refuse")
    spend(plain, 50000)
    desk, service = plain.hall._desk, plain.hall._library.service("claims")
    kept = desk.case(case).answers
    made = desk.evaluate(service, kept, plain.person(STUDENT), "zh", case_id=case, stored=kept)
    assert made.names["可用"] == D("1000.00")


def test_b8_another_office_uses_it(claims: Claims) -> None:
    claims.send(600, command="a")
    order = claims.hall.submit(claims.person(STUDENT), "orders", {"课题": "NSFC-1", "总额": "400.01"}, command_id="o1")
    assert [problem.path for problem in order.problems] == ["总额"]
    order = claims.hall.submit(claims.person(STUDENT), "orders", {"课题": "NSFC-1", "总额": 400}, command_id="o2")
    assert order.done
    assert claims.balance() == (-10000, 100000)


def test_b8_only_by_the_sheet_of_the_account(tmp_path: Path) -> None:
    alone = Claims(tmp_path, TinyStore(), claims=CLAIMS.replace("| orders |", "|        |"))
    (fault,) = [item for item in alone.reports["orders"].diagnostics if item.code == "ACCT-012"]
    assert not alone.reports["orders"].publishable
    assert str(fault.place) == "accounts!B2"
    assert "“orders”" in fault.remedy()
    assert "“claims”" in fault.remedy()


@pytest.mark.parametrize("end", ["refuse", "withdraw"])
def test_b9_what_is_not_paid_comes_back(claims: Claims, end: str) -> None:
    case = claims.send(600, command="a")
    if end == "refuse":
        claims.act(HEAD, case, "refuse")
    else:
        student = claims.person(STUDENT)
        assert claims.hall.withdraw(student, case, seq=claims.hall.case(student, case).seq, command_id="w").done
    assert claims.balance() == (90000, 0)


def test_b9_paid_is_what_was_approved(claims: Claims) -> None:
    case = claims.send(600, command="a")
    claims.act(HEAD, case)
    claims.act(FINANCE, case, answers={"核定": "512.34"})
    assert claims.balance() == (90000 - 51234, 0)


def test_b5_whoever_has_left_a_project_can_still_mend_her_claim(plain: Claims, tmp_path: Path) -> None:
    """The case has booked in it, so it stays hers to see and to charge there; elsewhere it is a stranger's."""
    student = plain.person(STUDENT)
    sent = plain.hall.submit(student, "orders", {"课题": "NSFC-1", "总额": 600}, command_id="o")
    plain.act(HEAD, sent.case_id, "return", return_to="initiator")
    left = CLAIMS.replace("| NSFC-1 | '20001 | 光催化制氢 |\n", "").replace("'20001    | NSFC-1", "'20002    | NSFC-1")
    write(tmp_path / "definitions", "claims/claims.xlsx", left)
    assert [report.publishable for report in plain.hall.scan()] == [True]
    another = plain.hall.evaluate(student, "orders", {"课题": "NSFC-1", "总额": 1})
    assert {error["path"] for error in another["errors"]} == {"课题"}
    seq = plain.hall.case(student, sent.case_id).seq
    answers = {"课题": "NSFC-1", "总额": 1000}
    again = plain.hall.act(student, sent.case_id, "", "resubmit", answers=answers, seq=seq, command_id="o2")
    assert again.done, again.problems
    assert plain.balance() == (-10000, 100000)


def test_a_trial_has_books_of_its_own(plain: Claims) -> None:
    """It begins with what the sheet says, whatever the hall has booked, and moves nothing there."""
    plain.send(600, command="a")
    trial = Trial(plain.hall, plain.person(OWNER), "claims.xlsx", workbook_from_text(CLAIMS))
    student = trial.hall.directory.people[STUDENT]
    told = trial.hall.evaluate(student, "claims", {"项目": "NSFC-1", "金额": 1000})
    assert (told["values"]["可用"], told["errors"]) == (D("1000.00"), [])
    assert trial.hall.submit(student, "claims", {"项目": "NSFC-1", "金额": 1000}, command_id="t").done
    assert trial.hall.evaluate(student, "claims", {"项目": "NSFC-1", "金额": 1})["values"]["可用"] == D("0.00")
    trial.close()
    assert plain.balance() == (30000, 60000)
