"""What the auditor's console finds, and the search for decisions.

F1  Who decides on her own case, or at two steps of one, is named; whoever acts at one step again after a return is not.
F2  Decisions on days off and outside the hours are named, to the minute.
F3  Unusual amounts are those of the documented formula, computed here by hand.
F4  Rows that no decision of the live version has named are listed, and none that one has.
F5  Decisions are found by person, period, cell and amount, each exactly.
F6  What is found is exported as it is shown.
F7  Programs find the same over REST, with the same filters; what is no day is said.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import openpyxl
import pytest
from fastapi import FastAPI
from halls import open_test_hall, write

from banshi.platform.audit.findings import KINDS, four_eyes, unusual
from banshi.platform.errors import NotAllowed
from banshi.platform.hall import Hall
from banshi.platform.people.who import Who, parse_who
from banshi.platform.routes.model import Mode, Route, RouteStep, SelfApproval
from banshi.rules.diagnostics import NOWHERE
from banshi.storage.contract import StoredCase, StoredEvent
from banshi.ui.rest import api
from banshi.ui.screens import errors
from banshi.ui.screens.frame import Site
from banshi.ui.settings import Settings

CAMPUS = ZoneInfo("Asia/Shanghai")
STUDENT, HEAD, FINANCE, SECURITY, OWNER, AUDITOR = (f"2000{i}" for i in range(1, 7))

CALENDAR = """
## calendar
| date       | kind |
| 2026-03-04 | 休息 |
| 2026-03-07 | 上班 |

## hours
| from  | until |
| 08:00 | 12:00 |
| 14:30 | 17:30 |
"""

# One person is asked at two steps, and heads may have to decide on what they ask for themselves.
TWICE = """
## settings
| form_id | form_title | owner  | number         |
| seal    | 用印       | 设备处 | YY{yyyy}{0001} |

## survey
| type    | name | label |
| text    | 事由 | 事由  |
| decimal | 份数 | 份数  |

## fees.工本费
| item | label  | quantity | rate | method | when          |
| 普通 | 普通   | ${份数}  | 2    | flat   | ${份数} <= 50 |
| 大批 | 大批   | ${份数}  | 1.5  | flat   | ${份数} > 50  |

## route
| step | name   | who                | same |
| 10   | 申请   | initiator          |             |
| 20   | 初审   | person:20002       | 自审允许 |
| 30   | 复审   | person:20002       | 不跳、自审允许 |
"""


class Office:
    """A hall whose clock can be set."""

    def __init__(self, folder: Path, seal: str = TWICE) -> None:
        self.now = datetime(2026, 3, 3, 9, tzinfo=CAMPUS)
        self.hall: Hall = open_test_hall(folder, clock=lambda: self.now, services={"calendar": CALENDAR, "seal": seal})
        self.count = 0

    def person(self, key: str) -> Any:
        return self.hall.directory.people[key]

    def at(self, day: int, hour: int, minute: int = 0) -> None:
        self.now = datetime(2026, 3, day, hour, minute, tzinfo=CAMPUS)

    def send(self, who: str = STUDENT, copies: int | str = 3, service: str = "seal") -> str:
        self.count += 1
        answers = (
            {"事由": "合同", "份数": Decimal(copies)}
            if service == "seal"
            else {"用途": "测试", "天数": Decimal(copies)}
        )
        receipt = self.hall.submit(self.person(who), service, answers, command_id=f"c{self.count}")
        assert receipt.done, receipt.problems
        return receipt.case_id

    def decide(self, case_id: str, who: str, action: str = "approve") -> None:
        self.count += 1
        view = self.hall.case(self.person(who), case_id)
        done = self.hall.act(
            self.person(who),
            case_id,
            view.tasks[0].id,
            action,
            opinion="意见",
            seq=view.seq,
            command_id=f"a{self.count}",
        )
        assert done.done, done.problems

    def found(self, **filters: str) -> list[tuple[str, str, str, str]]:
        rows = self.hall.findings(self.person(AUDITOR), **filters)
        return [(row.group, row.number, row.person, row.about) for row in rows if row.group != "unused"]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    opened = Office(tmp_path)
    yield opened
    opened.hall.close()


def test_f1_who_decides_twice_or_for_herself_is_named(office: Office) -> None:
    plain = office.send(service="borrowing")
    office.decide(plain, HEAD)
    office.decide(plain, FINANCE)
    assert office.found() == []
    twice = office.send()
    office.decide(twice, HEAD)
    assert office.found() == []
    office.decide(twice, HEAD)
    assert office.found() == [("twice", "YY20260001", "王建国", "初审、复审")]
    own = office.send(HEAD)
    office.decide(own, HEAD)
    assert [one for one in office.found() if one[0] != "twice"] == [("allowed", "YY20260002", "王建国", "初审")]
    assert office.found(service_id="borrowing") == []
    assert office.found(until="2026-03-02") == []


def test_f1_who_decides_for_herself_against_the_sheet_stands_first() -> None:
    at = datetime(2026, 3, 3, 9, tzinfo=CAMPUS)
    case = StoredCase(
        id="c", number="1", service_id="seal", version="v", title="", applicant=HEAD, state="open", submitted_at=at,
        changed_at=at, snapshot={}, seq=2,
    )  # fmt: skip
    event = StoredEvent(case_id="c", seq=2, kind="approved", at=at, actor=HEAD, payload={"step": "20"})
    superior = Route(
        steps=(RouteStep(id="20", name="初审", mode=Mode.ANY, who=Who(), self_approval=SelfApproval.SUPERIOR),)
    )
    allowed = Route(
        steps=(RouteStep(id="20", name="初审", mode=Mode.ANY, who=Who(), self_approval=SelfApproval.ALLOW),)
    )
    assert [one.kind for one in four_eyes(case, [event], superior)] == ["own"]
    assert [one.kind for one in four_eyes(case, [event], allowed)] == ["allowed"]
    assert [one.kind for one in four_eyes(case, [event], None)] == ["own"]
    asked, _ = parse_who("initiator", NOWHERE)
    assert asked is not None
    confirmed = Route(steps=(RouteStep(id="20", name="核对", mode=Mode.ANY, who=asked),))
    assert [*four_eyes(case, [event], confirmed)] == [], "the route asks the applicant herself"
    other = replace(case, applicant=STUDENT)
    later = replace(event, payload={"step": "30"})
    assert [one.kind for one in four_eyes(other, [event, later], confirmed)] == ["twice"]
    assert KINDS.index("own") < KINDS.index("allowed")


def test_f3_bills_to_which_no_charge_applies_are_no_amounts(tmp_path: Path) -> None:
    total = "| 合计 | 合计 | | | total | |\n"
    office = Office(
        tmp_path,
        TWICE.replace("| 普通 | 普通   | ${份数}  | 2    | flat   | ${份数} <= 50 |\n", "").replace(
            "\n## route", total + "\n## route"
        ),
    )
    for _ in range(40):
        office.send(copies=3)
    for copies in (60, 62, 64, 66, 68, 70, 72, 74, 76, 78):
        office.send(copies=copies)
    assert [one for one in office.found() if one[0] == "amount"] == []
    office.send(copies=9000)
    assert [one[1] for one in office.found() if one[0] == "amount"] == ["YY20260051"]
    office.hall.close()


@pytest.mark.parametrize(
    ("day", "at", "outside"),
    [
        (3, time(8, 0), False), (3, time(7, 59), True), (3, time(12, 0), True), (3, time(14, 30), False),
        (3, time(17, 29), False), (3, time(17, 30), True), (4, time(9, 0), True),  # a day off
        (7, time(9, 0), False), (8, time(9, 0), True),  # a Saturday that is worked, a Sunday
    ],
)  # fmt: skip
def test_f2_decisions_outside_the_hours_are_named(office: Office, day: int, at: time, outside: bool) -> None:
    office.at(3, 8)
    case = office.send(service="borrowing")
    office.at(day, at.hour, at.minute)
    office.decide(case, HEAD)
    assert office.found() == ([("outside", "JY20260001", "王建国", "学院负责人")] if outside else [])


def test_f3_an_amount_far_from_the_others_is_unusual() -> None:
    """Median 12; distances 2 1 1 0 0 0 0 1 1 88: their median is 1, the scale 1.4826, and 88 / 1.4826 is more than 3.5."""
    amounts = [10, 11, 11, 12, 12, 12, 12, 13, 13, 100]
    assert unusual(amounts) == (12, [9])
    assert unusual(amounts[1:]) == (0.0, [])
    # 3.5 times 1.4826 is 5.1891.
    assert unusual([*amounts[:9], 17.18]) == (12, [])
    assert unusual([*amounts[:9], 17.19]) == (12, [9])
    # More than half are alike: the mean of the distances, 1.0, times 1.2533 is the scale.
    assert unusual([12] * 9 + [22]) == (12, [9])
    assert unusual([12] * 10) == (12, [])


def test_f3_the_last_total_of_every_case_counts_by_tariff_and_version(office: Office) -> None:
    for copies in (3, 4, 4, 5, 5, 5, 6, 6, 7):
        office.send(copies=copies)
    big = office.send(copies="40.5")
    (row,) = office.hall.findings(office.person(AUDITOR), service_id="seal")[:1]
    assert (row.group, row.number, row.about, row.value, row.usual) == (
        "amount",
        "YY20260010",
        "工本费",
        "81.00",
        "10.00",
    )
    assert office.hall.decision(office.person(AUDITOR), row.decision_id).case_id == big


def test_f4_rows_that_never_decided_are_listed_until_they_do(office: Office) -> None:
    def unused() -> list[tuple[str, str]]:
        rows = office.hall.findings(office.person(AUDITOR), service_id="seal")
        return [(row.about, row.value) for row in rows if row.group == "unused"]

    assert unused() == [("fees.工本费", "2、3")]
    office.send(copies=3)
    assert unused() == [("fees.工本费", "3")]
    office.send(copies=60)
    assert unused() == []
    # A new version begins anew.
    office.at(5, 9)
    write(office.hall.definitions, "seal/seal.xlsx", TWICE.replace("| 1.5  |", "| 1.4  |"))
    office.hall.scan()
    assert unused() == [("fees.工本费", "2、3")]


def test_f5_decisions_are_found_by_person_period_cell_and_amount(office: Office) -> None:
    office.send(copies=19)  # 38.00
    office.at(5, 9)
    office.send(HEAD, copies=69)  # 103.50, by the other row
    office.send(FINANCE, copies=119)  # 178.50

    def found(**filters: str) -> list[str]:
        rows = office.hall.decisions(office.person(AUDITOR), **filters).items
        return sorted(row.record["outputs"]["工本费.total"].__format__("f") for row in rows)

    assert found(person="王建国") == found(person=HEAD) == ["103.50"]
    assert found(person="没有此人") == []
    assert found(since="2026-03-04") == ["103.50", "178.50"]
    assert found(until="2026-03-03") == found(until="2026-03-04") == ["38.00"]
    assert found(cell="fees.工本费!D2") == ["38.00"]
    assert found(cell="fees.工本费!D3") == ["103.50", "178.50"]
    assert found(cell="fees.工本费!D") == []
    assert found(amount="38") == found(amount="38.00") == ["38.00"]
    assert found(amount="8") == found(amount="多少") == []
    assert found(amount="103.5", person=HEAD, cell="fees.工本费!D3") == ["103.50"]


def test_f6_what_is_found_is_exported(office: Office, tmp_path: Path) -> None:
    office.send(copies=60)
    name, _, parts = office.hall.export_log(office.person(AUDITOR), "jsonl", cell="fees.工本费!D3")
    (line,) = b"".join(parts).decode().splitlines()
    told = json.loads(line)
    assert (name[:8], told["name"], told["record"]["outputs"]["大批"]) == ("rule-log", "工本费", 90.0)
    assert b"90.00" in line.encode()
    path = tmp_path / "found.xlsx"
    path.write_bytes(b"".join(office.hall.export_findings(office.person(AUDITOR), "xlsx", language="en")[2]))
    rows = list(openpyxl.load_workbook(path).active.iter_rows(values_only=True))
    assert rows[0][:3] == ("Kind", "Time", "Case number")
    assert ("Rows of rules never used", "fees.工本费", "2") in [(row[0], row[6], row[7]) for row in rows]


def test_only_auditors_see_findings(office: Office) -> None:
    with pytest.raises(NotAllowed):
        office.hall.findings(office.person(OWNER))


async def test_f7_the_log_is_searched_over_rest(office: Office, tmp_path: Path) -> None:
    office.send(copies=19)
    office.at(5, 9)
    office.send(HEAD, copies=69)
    app = FastAPI()
    app.include_router(api.router(Site(office.hall, Settings(data=tmp_path))))
    errors.install(app)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://hall") as web:
        made = await web.post("/api/v1/sessions", json={"person": AUDITOR})
        head = {"authorization": f"Bearer {made.json()['token']}"}

        async def found(path: str, **filters: str) -> Any:
            return await web.get(f"/api/v1/{path}", params=filters, headers=head)

        for filters in ({"person": "王建国"}, {"cell": "fees.工本费!D3"}, {"amount": "103.5"}, {"since": "2026-03-04"}):
            told = (await found("decisions", **filters)).json()
            assert [(one["name"], one["record"]["outputs"]["大批"]) for one in told["items"]] == [("工本费", 103.5)], (
                filters
            )
            lines = (await found("exports/decisions.jsonl", **filters)).text.splitlines()
            assert [json.loads(line)["record"]["outputs"]["大批"] for line in lines] == [103.5]
            printed = await found("exports/decisions.pdf", **filters)
            assert (printed.headers["content-type"], printed.content[:5]) == ("application/pdf", b"%PDF-")
        assert (await found("decisions", until="2026-03-03")).json()["total"] == 1
        assert (await found("decisions", since="三月")).status_code == 422
        kinds = {one["kind"] for one in (await found("findings", since="2026-03-04")).json()}
        assert kinds == {one.kind for one in office.hall.findings(office.person(AUDITOR), since="2026-03-04")} != set()
