"""An office adds to a project's budget, or takes back.

G1 Who looks after the account may, for holders that there are, with an amount, a reason and a number; others may not.
G2 What is booked is a movement of its own: the balance is the opening and all movements; a repeat of the command books nothing more.
G3 From some amount on another person confirms it; who proposed it may not, and of two who confirm one books.
G4 No more is taken back than may be spent, and what was booked can be reversed.
G5 The ledger of events tells the same movements.
G6 A number of a voucher is known again however it is written, whoever holds what was booked or waits by it: it is told, and
booked once more only by whoever says so; all that goes by it counts towards the amount that takes two.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from budgets import CLAIMS, FINANCE, HEAD, KEY, OWNER, STUDENT, Claims

from banshi.platform.cases.booked import short
from banshi.platform.errors import Declined, HallError, NotAllowed, NotFound, OtherCommand
from banshi.storage.accounts import TransactionFilter, from_json
from banshi.storage.contract import Overdrawn, Store
from banshi.storage.sql import SqlStore
from banshi.storage.tiny import TinyStore

KEPT = CLAIMS.replace("| shared |", "| shared | keepers |").replace("| orders |", "| orders | role:财务处.审核岗 |")


@pytest.fixture(params=["sql", "tiny"])
def claims(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Claims]:
    store: Store = SqlStore(tmp_path / "b.sqlite") if request.param == "sql" else TinyStore()
    opened = Claims(tmp_path, store, claims=KEPT)
    assert opened.reports["claims"].publishable, [str(one) for one in opened.reports["claims"].diagnostics]
    opened.hall.accounts._from_two = Decimal(5000)
    yield opened
    assert store.wrong_balances() == []
    opened.hall.close()


def grant(
    claims: Claims,
    amount: str,
    command: str = "c1",
    by: str = FINANCE,
    project: str = "NSFC-1",
    repeated=False,
    **more: str,
):
    said = {"reason": "2026 年追加经费", "reference": "财字〔2026〕12号", **more}
    return claims.hall.accounts.grants.post(
        claims.person(by), KEY, project, amount, said["reason"], said["reference"], command, repeated=repeated
    )


def look(claims: Claims, amount: str, project: str = "NSFC-1", reference: str = "财字〔2026〕12号"):
    grants = claims.hall.accounts.grants
    return grants.look(claims.person(FINANCE), KEY, project, amount, "追加", reference, "en")


def test_g1_who_and_for_whom(claims):
    for by in (STUDENT, HEAD):
        with pytest.raises(NotAllowed):
            grant(claims, "100", by=by)
    for project in ("NSFC-9", ""):
        with pytest.raises(NotFound):
            grant(claims, "100", project=project)
    assert claims.store.balances(KEY)[0] == []
    assert grant(claims, "100", by=OWNER) is True


@pytest.mark.parametrize(
    ("amount", "more", "said"),
    [
        ("0", {}, "0"),
        ("很多", {}, "“很多”"),
        ("1.005", {}, "“1.005”"),
        ("NaN", {}, "“NaN”"),
        ("1,5", {}, "“1,5”"),
        ("1，5", {}, "“1，5”"),
        ("12,34", {}, "“12,34”"),
        ("1_5", {}, "“1_5”"),
        ("1e20", {}, "9999999999999.99"),
        ("10", {"reason": " "}, "Say why"),
        ("10", {"reference": ""}, "voucher"),
        ("10", {"reason": "长" * 501}, "500"),
    ],
)
def test_g1_what_is_missing_is_told_and_nothing_booked(claims, amount, more, said):
    with pytest.raises(Declined) as told:
        grant(claims, amount, **more)
    assert said in told.value.message("en")
    assert claims.store.balances(KEY)[0] == []


def test_g2_a_look_books_nothing_and_says_what_it_comes_to(claims):
    view = look(claims, "1,200.50")
    assert (view.before, view.amount, view.after, view.unit) == ("900.00", "1200.50", "2100.50", "yuan")
    assert (view.holder_name, view.by_two, view.again) == ("NSFC-1 光催化制氢", False, 0)
    assert claims.store.balances(KEY)[0] == []
    grant(claims, "1,200.50")
    assert look(claims, "1").again == 1
    assert look(claims, "1", reference="财字〔2026〕13号").again == 0


def test_g2_it_is_a_movement_behind_the_opening_and_can_be_spent(claims):
    assert grant(claims, "600") is True
    assert grant(claims, "600") is True, "the same command again"
    assert claims.balance() == (150000, 0)
    moves = list(claims.store.iter_transactions(TransactionFilter(account=KEY, holder="NSFC-1")))
    assert {(one.kind, one.reason, one.reference, one.actor) for one in moves} == {
        ("opening", "", "", "system"),
        ("grant", "2026 年追加经费", "财字〔2026〕12号", FINANCE),
    }
    assert len(moves) == 2
    claims.send("1500", command="spend")
    assert claims.balance() == (0, 150000)
    (mine,) = [one for one in claims.hall.accounts.mine(claims.person(STUDENT)) if one.holder == "NSFC-1"]
    assert (mine.available, mine.held) == ("0.00", "1500.00")


def test_g3_a_large_one_takes_two_persons(claims):
    bank = claims.hall.accounts
    assert look(claims, "5000").by_two
    assert grant(claims, "5000") is False
    assert grant(claims, "5000") is False, "the same command again"
    assert claims.store.balances(KEY)[0] == []
    (seen,) = bank.receipts(claims.person(OWNER)).items
    assert (seen.state, seen.amount, seen.holder, seen.why, seen.gateway_no) == (
        "proposed",
        "5000.00",
        "NSFC-1",
        "2026 年追加经费",
        "财字〔2026〕12号",
    )
    with pytest.raises(NotAllowed):
        bank.confirm(claims.person(FINANCE), seen.key)
    bank.confirm(claims.person(OWNER), seen.key)
    with pytest.raises(HallError):
        bank.confirm(claims.person(OWNER), seen.key)
    assert claims.balance() == (590000, 0)
    assert bank.receipts(claims.person(OWNER)).total == 0
    assert grant(claims, "6000", "c2", reference="财字〔2026〕13号") is False
    (seen,) = bank.receipts(claims.person(OWNER)).items
    bank.decline(claims.person(OWNER), seen.key)
    assert claims.balance() == (590000, 0)


def test_g4_taking_back_and_reversing(claims):
    assert look(claims, "-900").after == "0.00"
    # The sheet lets a project go 100 below zero.
    with pytest.raises(Declined, match=r"1000\.00 taken back"):
        look(claims, "-1000.01")
    with pytest.raises(Declined, match=r"1000\.00 taken back"):
        grant(claims, "-1000.01")
    assert grant(claims, "-400") is True
    assert claims.balance() == (50000, 0)
    claims.send("450", command="s")
    with pytest.raises(Declined):
        grant(claims, "-150.01", "c2", reference="财字〔2026〕13号")
    bank, finance = claims.hall.accounts, claims.person(FINANCE)
    _, page = bank.statement(finance, KEY, "NSFC-1")
    back = next(one for one in page.items if one.kind == "takeback")
    assert (back.amount, back.reference) == ("-400.00", "财字〔2026〕12号")
    assert bank.reverse(finance, back.id, "文号写错") is True
    assert claims.balance() == (45000, 45000)
    sums = {one.part: one.amount for one in claims.store.part_sums(KEY)}
    assert sums["granted"] == 0


def test_g4_whoever_confirms_a_reversal_is_told_whose_and_what_it_is(claims):
    bank, finance = claims.hall.accounts, claims.person(FINANCE)
    assert grant(claims, "600", "a") is True
    assert grant(claims, "-400", "b", reference="财字〔2026〕13号") is True
    bank._from_two = Decimal(100)
    _, page = bank.statement(finance, KEY, "NSFC-1")
    for one in page.items:
        if one.kind != "opening":
            assert bank.reverse(finance, one.id, f"写错：{one.reference}") is False
    seen = {row.undoes.kind: row for row in bank.receipts(finance, language="en").items}
    told = {kind: (row.what, row.amount, row.holder_name, row.undoes.amount, row.number) for kind, row in seen.items()}
    assert told == {
        "grant": ("reversal", "-600.00", "NSFC-1 光催化制氢", "600.00", "财字〔2026〕12号"),
        "takeback": ("reversal", "400.00", "NSFC-1 光催化制氢", "-400.00", "财字〔2026〕13号"),
    }


def test_g4_too_little_is_told_with_what_is_held_and_without_advice_that_does_not_fit(claims):
    assert grant(claims, "2100") is True
    claims.send("2000.02", command="held")
    bank, finance = claims.hall.accounts, claims.person(FINANCE)
    _, page = bank.statement(finance, KEY, "NSFC-1")
    with pytest.raises(HallError) as told:
        bank.reverse(finance, next(one.id for one in page.items if one.kind == "grant"), "重复拨入")
    said = told.value.message("zh")
    # 900 + 2100 = 3000, less 2000.02 is 999.98, less 2100 is 1100.02 below zero, 1000.02 below the floor of -100
    for part in ("余额 3000.00 元", "冻结 2000.02 元", "可用 999.98 元", "还差 1000.02 元", "没有冲正"):
        assert part in said
    assert "充值" not in said
    assert "办件" not in said
    assert "top" not in told.value.message("en")
    spent = short(Overdrawn(KEY, "NSFC-1", "元", 99998, 200000, 0), claims.store, claims.hall._library.services)
    assert "其中冻结 2000.02 元" in spent.message("zh")
    assert "办件没有变动；请调减金额" in spent.message("zh")


@pytest.mark.parametrize("first", ["600", "6000"])
def test_g2_an_id_is_not_taken_for_another_amount_holder_or_number(claims, first):
    booked = grant(claims, first, "same")
    assert grant(claims, f"{Decimal(first):,}", "same") is booked, "the same amount in other letters"
    for said in ({"amount": "601"}, {"project": "NSFC-2"}, {"reference": "另一号"}, {"reason": "另一事由"}):
        with pytest.raises(OtherCommand):
            grant(claims, **{"amount": first, "command": "same", **said})
    waiting = claims.hall.accounts.receipts(claims.person(OWNER)).total
    assert (claims.balance(), waiting) == (((150000, 0), 0) if booked else ((0, 0), 1))


def code(claims, amount, command, **more) -> str:
    """What is booked, or the class of the error."""
    try:
        return str(grant(claims, amount, command, **more))
    except HallError as error:
        return type(error).__name__


def test_g6_a_number_that_waits_is_not_confirmed_twice_unless_somebody_says_so(claims):
    bank = claims.hall.accounts
    assert grant(claims, "6000", "a", reference="财预-02") is False
    assert grant(claims, "6000", "b", by=OWNER, reference="财预-02", repeated=True) is False
    rows = {row.by: row for row in bank.receipts(claims.person(OWNER)).items}
    (first, second) = (rows[claims.hall.directory.name(one, "zh")] for one in (FINANCE, OWNER))
    assert [one.key for one in first.same] == [second.key]
    with pytest.raises(HallError) as told:
        bank.confirm(claims.person(OWNER), first.key)
    assert told.value.status == 409
    assert "6000.00" in told.value.message("zh")
    assert claims.store.balances(KEY)[0] == []
    bank.confirm(claims.person(OWNER), first.key, repeated=True)
    (left,) = bank.receipts(claims.person(FINANCE)).items
    assert [(one.holder, one.amount, one.waits) for one in left.same] == [("NSFC-1", "6000.00", False)]
    with pytest.raises(HallError):
        bank.confirm(claims.person(FINANCE), left.key)
    assert claims.balance() == (690000, 0)


@pytest.mark.parametrize(
    "again",
    ["财字〔2026〕12号", "财字[2026]12号", "财字（2026）１２号", " 财字 (2026) 12 号\u200b", "财字【2026】12号"],
)
def test_g6_a_number_is_known_again_for_another_holder(claims, again):
    assert grant(claims, "600") is True
    seen = look(claims, "1", "NSFC-2", again)
    assert (seen.again, [one.holder for one in seen.same]) == (1, ["NSFC-1"])
    assert code(claims, "1", "c2", project="NSFC-2", reference=again) == "BookedBefore"
    assert claims.balance("NSFC-2") == (0, 0)
    assert code(claims, "1", "c2", project="NSFC-2", reference=again, repeated=True) == "True"
    assert claims.balance("NSFC-2") == (80150, 0)


def test_g6_letters_are_alike_and_other_numbers_are_not(claims):
    assert grant(claims, "600", reference="CY-2026-02") is True
    assert look(claims, "1", reference="cy–2026–02").again == 1
    for other in ("CY-2026-021", "CY-202602", "Y-2026-02"):
        assert look(claims, "1", reference=other).again == 0


def test_g6_what_is_split_takes_two_and_what_was_reversed_does_not_count(claims):
    assert grant(claims, "4999.99", "a") is True
    assert look(claims, "0.01", "NSFC-2").by_two
    assert not look(claims, "4999.99", reference="另一号").by_two
    assert grant(claims, "-0.01", "b", project="NSFC-2", repeated=True) is False
    bank, finance = claims.hall.accounts, claims.person(FINANCE)
    bank.decline(claims.person(OWNER), bank.receipts(finance).items[0].key)
    _, page = bank.statement(finance, KEY, "NSFC-1")
    assert bank.reverse(finance, next(one.id for one in page.items if one.kind == "grant"), "多写一位") is True
    assert look(claims, "499.99").again == 0
    assert grant(claims, "499.99", "c") is True


def test_g5_events_tell_it(claims):
    grant(claims, "600")
    events = claims.store.events("accounts")
    told = [from_json(raw, at=one.at, actor=one.actor) for one in events for raw in one.payload.get("movements", ())]
    assert {one.id: one.postings for one in told} == {
        one.id: one.postings for one in claims.store.iter_transactions(TransactionFilter(account=KEY))
    }


def test_a_project_of_which_nothing_was_booked_is_found(claims):
    bank, finance = claims.hall.accounts, claims.person(FINANCE)
    assert bank.holders(finance, KEY).total == 0
    (found,) = bank.holders(finance, KEY, "nsfc-2").items
    assert (found.holder, found.holder_name, found.available) == ("NSFC-2", "NSFC-2 膜分离", "800.50")
    grant(claims, "1", project="NSFC-2")
    assert [one.available for one in bank.holders(finance, KEY, "NSFC-2").items] == ["801.50"]
    assert [one.holder for one in bank.holders(finance, KEY, "NSFC").items] == ["NSFC-2", "NSFC-1", "NSFC-3"]
