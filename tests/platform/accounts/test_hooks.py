"""What steps do with accounts, from the workbook to the balance.

H1  A step holds, charges and releases; what is held is charged first; the rest goes back when the case ends.
H2  A charge below the floor is refused with a sentence, and nothing is lost: the step is not passed.
H3  A step that is passed again books the difference.
H4  What is booked stands in the case's event, and is balanced.
H5  An account begins once, with what its sheet says, in the own service and in another one of the office.
H6  What an office has reversed by hand counts as not booked when its step is passed again.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from halls import open_test_hall

from banshi.platform.errors import Declined, HallError, Stale
from banshi.platform.hall import Hall
from banshi.platform.people.directory import Person
from banshi.storage.accounts import Transaction, TransactionFilter

STUDENT, HEAD, FINANCE = "20001", "20002", "20003"
KEEPER = Person(id="10911", name="管理员", roles=frozenset({"administrator"}))
BUYING = """
## settings
| form_id | form_title | owner  |
| buying  | 耗材采购   | 设备处 |

## survey
| type    | name | label    | required |
| text    | 项目 | 经费项目 | yes      |
| money   | 总额 | 订单总额 | yes      |
| decimal | 实付 | 实付金额 |          |

## accounts
| account | holder        | unit | floor | opening   | label::English (en) |
| 经费    | 项目: ${项目} | 元   | 100   | 数据.经费 | Project funds       |

## data.经费
| 项目*  | 余额  |
| NSFC-1 | 5000  |
| NSFC-2 | 800.5 |

## route
| step | name   | who                | mode | edit | back | do                             |
| 10   | 申请   | initiator          |      |      |      |                                |
| 20   | 审批   | head(申请部门)     | one  |      | any  | 冻结:经费 ${总额}, 采购订单    |
| 30   | 结算   | role:财务处.审核岗 | one  | 实付 | any  | 收费:经费 ${实付}, 耗材款；解冻:经费 |
| 40   | 归档   | role:保卫处.审核岗 | one  |      | any  |                                |
"""
OTHER = """
## settings
| form_id | form_title | owner  |
| fees    | 测试费     | 设备处 |

## survey
| type  | name | label    | required |
| text  | 课题 | 经费项目 | yes      |
| money | 金额 | 金额     | yes      |

## accounts
| account | of     | holder  |
| 经费    | buying | ${课题} |

## route
| step | name | who       | mode | do                 |
| 10   | 申请 | initiator |      | 收费 经费 ${金额}  |
"""
KEY = "buying:经费"
MATERIAL = """
## settings
| form_id  | form_title | owner  |
| material | 实验用料   | 设备处 |

## survey
| type  | name | label    | required |
| text  | 项目 | 经费项目 | yes      |
| money | 额   | 领用金额 | yes      |

## accounts
| account | holder        | unit | floor | opening |
| 料      | 项目: ${项目} | 元   | 0     | 1000    |

## route
| step | name | who            | mode | back      | do                  |
| 10   | 申请 | initiator      |      |           | 收费:料 ${额}, 领用 |
| 20   | 审批 | head(申请部门) | one  | initiator |                     |
"""


class Office:
    def __init__(self, folder: Path) -> None:
        now = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
        services = {"buying": BUYING, "fees": OTHER, "material": MATERIAL}
        self.hall: Hall = open_test_hall(folder, clock=lambda: now, services=services)
        self.store = self.hall._store

    def person(self, key: str) -> Person:
        return self.hall.directory.people[key]

    def send(self, total: object, project: str = "NSFC-1", command: str = "a") -> str:
        answers = {"项目": project, "总额": total}
        receipt = self.hall.submit(self.person(STUDENT), "buying", answers, command_id=command)
        assert receipt.done, receipt.problems
        return receipt.case_id

    def take(self, amount: object) -> str:
        """Material that is taken out and charged."""
        answers = {"项目": "NSFC-1", "额": amount}
        receipt = self.hall.submit(self.person(STUDENT), "material", answers, command_id="m")
        assert receipt.done, receipt.problems
        return receipt.case_id

    def resend(self, case_id: str, amount: object, command: str) -> None:
        seq = self.hall.case(self.person(STUDENT), case_id).seq
        sent = {"answers": {"项目": "NSFC-1", "额": amount}, "seq": seq, "command_id": command}
        assert self.hall.act(self.person(STUDENT), case_id, "", "resubmit", **sent).done

    def charge(self, case_id: str) -> Transaction:
        """The charge of a case that stands."""
        (one,) = [
            one
            for one in self.store.iter_transactions(TransactionFilter(case_id=case_id))
            if one.kind == "charge" and self.store.reversal_of(one.id) is None
        ]
        return one

    def left(self) -> int:
        rows, _ = self.store.balances("material:料", ["NSFC-1"])
        return rows[0].available

    def act(self, key: str, case_id: str, action: str = "approve", **more: object) -> None:
        person = self.person(key)
        view = self.hall.case(person, case_id)
        (task,) = [row for row in self.hall.tasks(person).items if row.case_id == case_id]
        said = {"opinion": "同意", "command_id": f"{key}{action}{case_id}{view.seq}", **more}
        receipt = self.hall.act(person, case_id, task.id, action, seq=view.seq, **said)
        assert receipt.done, receipt.problems

    def balance(self, project: str = "NSFC-1") -> tuple[int, int]:
        rows, _ = self.store.balances(KEY, [project])
        return (rows[0].available, rows[0].held) if rows else (0, 0)

    def kinds(self, case_id: str) -> list[str]:
        return [one.kind for one in self.store.iter_transactions(TransactionFilter(case_id=case_id))]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    opened = Office(tmp_path)
    yield opened
    assert opened.store.wrong_balances() == []
    opened.hall.close()


def test_what_is_held_is_charged_first_and_the_rest_released(office):
    case_id = office.send(1200)
    assert office.balance() == (0, 0)  # nothing was booked yet
    office.act(HEAD, case_id)
    assert office.balance() == (380000, 120000)
    office.act(FINANCE, case_id, answers={"实付": "1150.50"})
    assert office.balance() == (384950, 0)
    assert office.kinds(case_id) == ["hold", "charge", "release"]


def test_a_charge_beyond_what_is_held_takes_the_rest_from_the_balance(office):
    case_id = office.send(1200)
    office.act(HEAD, case_id)
    office.act(FINANCE, case_id, answers={"实付": "1300"})
    assert office.balance() == (370000, 0)
    (charge,) = [
        one for one in office.store.iter_transactions(TransactionFilter(case_id=case_id)) if one.kind == "charge"
    ]
    assert {(line.part, line.amount) for line in charge.postings} == {
        ("held", -120000), ("available", -10000), ("income", 130000)
    }  # fmt: skip
    assert charge.reason == "耗材款"


def test_a_charge_out_of_a_hold_tells_what_was_charged_and_by_whom(office):
    case_id = office.send(1200)
    office.act(HEAD, case_id)
    office.act(FINANCE, case_id, answers={"实付": "1200"})
    bank = office.hall.accounts
    _, page = bank.statement(KEEPER, KEY, "NSFC-1")
    told = {one.kind: (one.available, one.held, one.amount, one.from_hold, one.actor) for one in page.items}
    assert told["hold"] == ("-1200.00", "1200.00", "0.00", "0.00", HEAD)
    assert told["charge"] == ("0.00", "-1200.00", "-1200.00", "1200.00", FINANCE)
    (charge,) = [one for one in bank.of_case(case_id) if one.kind == "charge"]
    assert (charge.amount, charge.from_hold) == ("-1200.00", "1200.00")
    rows = b"".join(bank.export(KEEPER, KEY, "NSFC-1", "csv")[2]).decode("utf-8-sig").splitlines()
    at = [rows[0].split(",").index(name) for name in ("收支", "其中从冻结支出")]
    (row,) = [row.split(",") for row in rows if row.split(",")[1] == "扣款"]
    assert [row[n] for n in at] == ["-1200.00", "1200.00"]


def test_overdrawing_is_refused_and_the_step_not_passed(office):
    case_id = office.send("900.51", "NSFC-2")
    with pytest.raises(HallError) as told:
        office.act(HEAD, case_id)
    assert "余额 800.50 元" in told.value.message()
    assert "900.51 元" in told.value.message()
    assert "还差 0.01 元" in told.value.message()
    assert "0.01 yuan are missing" in told.value.message("en")
    assert office.balance("NSFC-2") == (0, 0)
    assert [row.case_id for row in office.hall.tasks(office.person(HEAD)).items] == [case_id]
    other = office.send("900.50", "NSFC-2", "b")  # the floor itself: 100 below zero
    office.act(HEAD, other)
    assert office.balance("NSFC-2") == (-10000, 90050)


def test_a_holder_without_an_opening_has_nothing(office):
    case_id = office.send("100.01", "横向-7")
    with pytest.raises(HallError):
        office.act(HEAD, case_id)


@pytest.mark.parametrize(("paid", "said"), [("12.345", "小数多于 2 位"), ("-3", "不能小于 0"), (None, "算不出金额")])
def test_what_is_no_amount_is_not_booked(office, paid, said):
    case_id = office.send(1200)
    office.act(HEAD, case_id)
    with pytest.raises(Declined) as told:
        office.act(FINANCE, case_id, answers={"实付": paid})
    assert said in told.value.message()
    assert office.balance() == (380000, 120000)


def test_what_is_held_goes_back_when_the_case_is_refused_or_withdrawn(office):
    refused, withdrawn = office.send(1000), office.send(500, command="b")
    office.act(HEAD, refused)
    office.act(HEAD, withdrawn)
    assert office.balance() == (350000, 150000)
    office.act(FINANCE, refused, "refuse")
    assert office.balance() == (450000, 50000)
    seq = office.hall.case(office.person(STUDENT), withdrawn).seq
    office.hall.withdraw(office.person(STUDENT), withdrawn, seq=seq, command_id="w")
    assert office.balance() == (500000, 0)


def test_a_step_that_is_passed_again_books_the_difference(office):
    case_id = office.send(1200)
    office.act(HEAD, case_id)
    office.act(FINANCE, case_id, "return", return_to="initiator")
    seq = office.hall.case(office.person(STUDENT), case_id).seq
    answers = {"项目": "NSFC-1", "总额": 1500}
    sent = {"answers": answers, "seq": seq, "command_id": "again"}
    assert office.hall.act(office.person(STUDENT), case_id, "", "resubmit", **sent).done
    office.act(HEAD, case_id)
    assert office.balance() == (350000, 150000)
    office.act(FINANCE, case_id, answers={"实付": 1500})
    office.act("20004", case_id, "return", return_to="30", how="through")
    office.act(FINANCE, case_id, answers={"实付": 1400})
    assert office.balance() == (360000, 0)
    office.act("20004", case_id)
    kinds = ["hold", "hold", "charge", "charge", "reversal"]
    assert sorted(kind for kind in office.kinds(case_id)) == sorted(kinds)


@pytest.mark.parametrize(("total", "bound"), [(1500, (350000, 0)), (1600, (340000, 10000))])
def test_what_was_charged_beyond_a_hold_is_not_held_once_more(office, total, bound):
    case_id = office.send(1200)
    office.act(HEAD, case_id)
    office.act(FINANCE, case_id, answers={"实付": 1500})
    assert office.balance() == (350000, 0)
    office.act("20004", case_id, "return", return_to="initiator")
    seq = office.hall.case(office.person(STUDENT), case_id).seq
    sent = {"answers": {"项目": "NSFC-1", "总额": total}, "seq": seq, "command_id": "again"}
    assert office.hall.act(office.person(STUDENT), case_id, "", "resubmit", **sent).done
    office.act(HEAD, case_id)
    assert office.balance() == bound


def test_what_an_office_reversed_is_charged_anew_when_the_step_is_passed_again(office):
    case_id = office.take(100)
    assert office.left() == 90000
    for amount, command, left in ((100, "b", 90000), (250, "c", 75000), (250, "d", 75000), (30, "e", 97000)):
        office.hall.accounts.reverse(KEEPER, office.charge(case_id).id, "数量登记有误")
        assert office.left() == 100000
        office.act(HEAD, case_id, "return", return_to="initiator")
        office.resend(case_id, amount, command)
        assert office.left() == left
        assert -sum(line.amount for line in office.charge(case_id).postings if line.part == "available") == 100 * amount
    office.act(HEAD, case_id, "return", return_to="initiator")
    office.resend(case_id, 40, "f")  # nothing reversed by hand: the case reverses its own charge
    assert office.left() == 96000


@pytest.mark.parametrize("amount", ["92233720368547758.08", "10000000000000", "1" + "0" * 27])
def test_an_amount_beyond_what_accounts_hold_is_told(office, amount):
    answers = {"项目": "NSFC-1", "额": amount}
    with pytest.raises(Declined) as told:
        office.hall.submit(office.person(STUDENT), "material", answers, command_id="m")
    assert f"“${{额}}”是 {amount}，太大：一笔最多 9999999999999.99" in told.value.message()
    assert "9999999999999.99 at most" in told.value.message("en")
    office.take(1000)  # the same command, with less: nothing was lost


def test_a_charge_reversed_while_the_step_is_passed_is_told_and_can_be_sent_again(office, monkeypatch):
    case_id = office.take(100)
    office.act(HEAD, case_id, "return", return_to="initiator")
    commit = office.store.commit

    def beaten(command):
        monkeypatch.setattr(office.store, "commit", commit)
        office.hall.accounts.reverse(KEEPER, office.charge(case_id).id, "数量登记有误")
        return commit(command)

    monkeypatch.setattr(office.store, "commit", beaten)
    with pytest.raises(Stale):
        office.resend(case_id, 250, "b")
    assert office.left() == 100000
    office.resend(case_id, 250, "b")
    assert office.left() == 75000


def test_what_is_booked_stands_in_the_event(office):
    case_id = office.send(1200)
    office.act(HEAD, case_id)
    told = [event.payload["movements"] for event in office.store.events(case_id) if "movements" in event.payload]
    assert [[one["kind"] for one in movements] for movements in told] == [["opening", "hold"]]
    stored = {one.id: one for one in office.store.iter_transactions(TransactionFilter(account=KEY))}
    for one in told[0]:
        lines = [[line.account, line.part, line.holder, line.unit, line.amount] for line in stored[one["id"]].postings]
        assert one["postings"] == lines


def test_another_service_of_the_office_charges_the_same_account(office):
    def apply(amount: object, command: str) -> None:
        answers = {"课题": "NSFC-2", "金额": amount}
        assert office.hall.submit(office.person(STUDENT), "fees", answers, command_id=command).done

    apply("300.50", "a")
    assert office.balance("NSFC-2") == (50000, 0)
    with pytest.raises(HallError):
        apply("600.01", "b")
    apply("600", "c")
    assert office.balance("NSFC-2") == (-10000, 0)
    openings = [one for one in office.store.iter_transactions(TransactionFilter(account=KEY)) if one.kind == "opening"]
    assert len(openings) == 1
