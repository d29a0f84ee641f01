"""Claims of the shipped workbooks: reimbursements and journeys abroad share their invoices and the funds of projects.

C1 an invoice that stands in a claim of either service is refused by the other until that claim is refused; of an older invoice number and code count together
C2 of many who send the same invoice at once, through both services, one is taken
C3 a journey abroad holds the funds of its project, is charged what was approved when it is paid, and gives the rest back; refused it gives all back
C4 no two services number their cases alike
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from clocked import CAMPUS, Clock
from halls import open_shipped_hall

from banshi.platform.hall import Hall
from banshi.platform.views import Receipt

DEFINITIONS = Path(__file__).parents[2] / "definitions"
TRAVELLER, HEAD, LEADER, INTERNATIONAL = "13011", "13010", "11011", "10920"
FUNDS = "青禾科基 2026-031"
DIGITAL, OTHER = "26442000000012345678", "26442000000012345679"
CLAIM = {
    "经济科目": "专用材料费", "经费项目": FUNDS, "项目部门": "经济与管理学院", "项目负责人": LEADER, "事由": "购买会议资料", "收款方式": "工资卡",
}  # fmt: skip
ABROAD = {
    "项目部门": "经济与管理学院", "项目负责人": LEADER, "经费项目": FUNDS, "批件号": "QH2026-0031", "批准天数": 5, "事由": "东京大学合作研究",
    "国家": "日本", "离境日期": "2026-09-14", "入境日期": "2026-09-18", "城市": "2021-日本-东京", "住宿晚数": 4, "供餐天数": 1, "派车天数": 0,
    "住宿外币": 80000, "国际旅费": "4200", "签证费": "350", "保险费": "150", "保险单号": "BX-2026-77", "借款": 0,
}  # fmt: skip
TOTAL = Decimal("11660.00")
"""4 nights of 20,000, 4 days of 10,000 and 5 of 5,000 yen at 0.048, and 4,700 yuan of fares, visa and insurance."""


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    opened = open_shipped_hall(
        tmp_path,
        Clock(datetime(2026, 11, 24, 9, 0, tzinfo=CAMPUS)),
        "reimbursement",
        "travel-abroad",
        "laboratory-purchasing",
    )
    yield opened
    opened.close()


def file(hall: Hall, name: str) -> list[dict[str, Any]]:
    return [hall.attach(hall.directory.people[TRAVELLER], name, iter([b"%PDF-1.4\n%%EOF\n"]))]


def claim(hall: Hall, command: str, *numbers: str, code: str = "") -> Receipt:
    """A reimbursement with an invoice of 10 yuan for each number."""
    rows = [{"费用类型": "货物", "开票日期": "2026-10-20", "发票号码": one, "票面金额": "10"} for one in numbers]
    rows = [{**row, "发票代码": code} if code else row for row in rows]
    answers = {**CLAIM, "发票": file(hall, "发票.pdf"), "报销明细": rows}
    return hall.submit(hall.directory.people[TRAVELLER], "reimbursement", answers, command_id=command)


def abroad(hall: Hall, command: str, *numbers: str, code: str = "") -> Receipt:
    """A journey abroad with an invoice of 10 yuan for each number."""
    rows = [{"发票项目": "国际旅费", "开票日期": "2026-08-20", "发票号码": one, "票面金额": "10"} for one in numbers]
    rows = [{**row, "发票代码": code} if code else row for row in rows]
    answers = {
        **ABROAD,
        "批件": file(hall, "批件.pdf"),
        "票据": file(hall, "票据.pdf"),
        "有国内发票": "是" if rows else "否",
        "国内发票": rows,
    }
    return hall.submit(hall.directory.people[TRAVELLER], "travel-abroad", answers, command_id=command)


def act(hall: Hall, key: str, case_id: str, action: str = "approve", **more: Any) -> None:
    person = hall.directory.people[key]
    seq = hall.case(person, case_id).seq
    (task,) = [row for row in hall.tasks(person).items if row.case_id == case_id]
    said = {"opinion": "已核对", "command_id": f"{key}{action}{seq}", **more}
    receipt = hall.act(person, case_id, task.id, action, seq=seq, **said)
    assert receipt.done, receipt.problems


def left(hall: Hall) -> tuple[Decimal, Decimal]:
    """What the project may still spend and what is held, in yuan."""
    rows, _ = hall._store.balances("reimbursement:项目经费", [FUNDS])
    return (Decimal(rows[0].available) / 100, Decimal(rows[0].held) / 100)


@pytest.mark.parametrize(("first", "then"), [(claim, abroad), (abroad, claim)])
def test_c1_an_invoice_is_claimed_in_one_of_the_services(hall: Hall, first: Any, then: Any) -> None:
    taken = first(hall, "first", DIGITAL)
    assert taken.done, taken.problems
    again = then(hall, "again", OTHER, DIGITAL)
    row = "国内发票" if then is abroad else "报销明细"
    assert [problem.path for problem in again.problems] == [f"{row}[2].发票号码"]
    assert "一张发票只能报一次" in again.problems[0].message
    assert not again.done
    act(hall, LEADER, taken.case_id, "refuse", opinion="不属本项目")
    assert then(hall, "later", OTHER, DIGITAL).done


def test_c1_an_older_invoice_is_known_by_number_and_code(hall: Hall) -> None:
    assert claim(hall, "old", "01234567", code="044002200111").done
    assert abroad(hall, "same", "01234567", code="044002200111").problems
    assert abroad(hall, "another", "01234567", code="044002200112").done
    assert claim(hall, "third", "01234567", code="044002200112").problems


def test_c2_of_many_who_send_at_once_one_is_taken(hall: Hall) -> None:
    receipts: list[Receipt] = []
    start = threading.Barrier(6)

    def send(number: int) -> None:
        start.wait()
        receipts.append((claim if number % 2 else abroad)(hall, f"race{number}", DIGITAL))

    threads = [threading.Thread(target=send, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(receipt.done for receipt in receipts) == [False] * 5 + [True]


def test_c3_a_journey_holds_and_is_charged_the_funds_of_its_project(hall: Hall) -> None:
    whole = Decimal(5000000)
    case = abroad(hall, "journey").case_id
    assert left(hall) == (whole - TOTAL, TOTAL)
    act(hall, LEADER, case)
    act(hall, HEAD, case)
    act(hall, INTERNATIONAL, case, answers={"批件核对": "相符"})
    act(hall, "10411", case, answers={"核定金额": "11600"})
    act(hall, "10414", case)
    assert left(hall) == (whole - TOTAL, TOTAL)
    act(hall, "10415", case, answers={"付款凭证号": "银付 2026-11-0412"})
    assert left(hall) == (whole - 11600, 0)
    refused = abroad(hall, "second").case_id
    assert left(hall) == (whole - 11600 - TOTAL, TOTAL)
    act(hall, LEADER, refused, "refuse", opinion="不属本项目")
    assert left(hall) == (whole - 11600, 0)


def test_c4_no_two_services_number_their_cases_alike() -> None:
    patterns: dict[str, list[str]] = {}
    for path in DEFINITIONS.glob("*/*.xlsx"):
        book = openpyxl.load_workbook(path, read_only=True)
        if "设置" in book.sheetnames:
            said = {row[0]: row[1] for row in book["设置"].iter_rows(values_only=True)}
            patterns.setdefault(str(said["单号"]).split("{")[0], []).append(path.stem)
    assert len(patterns) > 20
    assert {prefix: names for prefix, names in patterns.items() if len(names) > 1} == {}
