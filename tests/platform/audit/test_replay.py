"""Replay of past decisions.

R1  What was not altered comes out as it was: tables, tariffs, policies, rows of a repeat, dates, texts that look like
    dates, missing inputs; by the calendar of that day, whatever was published since.
R2  What was altered in a record is named with decision, case, rule, cell, the stored value and the one computed again.
R3  A workbook that is not kept any more, or not as it was, is said, and stops no other decision.
R4  An export with workbooks gives the same as the hall.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from halls import open_test_hall, write

from banshi.platform.audit.replay import Difference, ExportedBooks, Replay, exported_decisions
from banshi.platform.audit.source import opened
from banshi.platform.errors import NotAllowed
from banshi.platform.hall import Hall
from banshi.rules.policies import FixpointEngine
from banshi.ui import cli

CAMPUS = ZoneInfo("Asia/Shanghai")
STUDENT, AUDITOR = "20001", "20006"

CALENDAR = """
## calendar
| date       | kind |
| 2026-03-04 | {kind} |
"""

PURCHASE = """
## settings
| form_id  | form_title | owner  | number         |
| purchase | 试剂采购   | 设备处 | CG{yyyy}{0001} |

## survey
| type         | name     | label    | calculation            |
| text         | 批号     | 批号     |                        |
| date         | 送货日   | 送货日   |                        |
| calculate    | 次日     | 次日     | ${送货日} + 1          |
| begin_repeat | 明细     | 明细     |                        |
| text         | 品名     | 品名     |                        |
| decimal      | 数量     | 数量     |                        |
| decimal      | 浓度     | 浓度     |                        |
| end_repeat   |          |          |                        |

## rules.判定
| hit | unique   |                |            |
| id  | 当 品名  | 当 浓度: number | 则 结论   |
| R1  | 高锰酸钾 | >= 5           | 易制爆     |
| R3  | 乙醇     |                | 易燃       |

## rules.加急
| hit | first                     |          |
| id  | 当 working-days(today(), ${送货日}): number | 则 加急 |
| U1  | <= 2                      | 是       |
| U2  |                           | 否       |

## rules.批次
| hit | first          |            |
| id  | 当 批号        | 则 批次    |
| B1  | '2026-03-01    | 首批       |
| B2  |                | 其他       |

## rules.存期
| hit | first                 |           |
| id  | 当 次日: date         | 则 存期   |
| S1  | >= 2026-03-06         | 长        |
| S2  |                       | 短        |

## fees.运费
| item | label | quantity     | rate | method | reference      |
| 运费 | 运费  | sum(${数量}) | 6    | flat   | 校设〔2026〕3号 |

## policy.采购
| id | when                    | verdict | message        |
| P1 | sum(${数量}) > 10       | warn    | 数量较多       |
| P2 | ${送货日} < today() | forbid  | 来不及         |
"""


@dataclass
class Office:
    """A hall whose clock can be set."""

    folder: Path
    now: datetime
    hall: Hall

    def send(self, command_id: str, **more: Any) -> str:
        rows = [{"品名": "高锰酸钾", "数量": Decimal("2.50"), "浓度": 8}, {"品名": "乙醇", "数量": 12, "浓度": None}]
        answers = {"批号": "2026-03-01", "送货日": "2026-03-05", "明细": rows, **more}
        receipt = self.hall.submit(self.hall.directory.people[STUDENT], "purchase", answers, command_id=command_id)
        assert receipt.done, receipt.problems
        return receipt.number

    def replayed(self, **filters: str) -> list[Difference]:
        return list(self.hall.replay(self.hall.directory.people[AUDITOR], **filters))

    def alter(self, *statements: tuple[str, tuple[Any, ...]]) -> None:
        """Behind the hall's back."""
        with sqlite3.connect(self.folder / "banshi.sqlite") as file:
            for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                file.execute(f"DROP TRIGGER {name}")
            for statement, values in statements:
                file.execute(statement, values)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    found = Office(tmp_path, datetime(2026, 3, 3, 9, tzinfo=CAMPUS), None)  # type: ignore[arg-type]
    found.hall = open_test_hall(
        tmp_path, clock=lambda: found.now, services={"calendar": CALENDAR.format(kind="休息"), "purchase": PURCHASE}
    )
    yield found
    found.hall.close()


def decided(office: Office, name: str) -> list[Any]:
    rows = office.hall.decisions(office.hall.directory.people[AUDITOR], size=100).items
    return [row for row in reversed(rows) if row.name == name]


def test_r1_what_was_not_altered_comes_out_as_it_was(office: Office) -> None:
    office.send("c1")
    office.send("c2", 批号="", 送货日="2026-03-03")
    office.send("c3", 明细=[{"品名": "高锰酸钾", "数量": 1, "浓度": 60}])
    assert [row.told[0] for row in decided(office, "判定")] == [
        "结论 = 易制爆", "结论 = 易燃", "结论 = 易制爆", "结论 = 易燃", "结论 = 易制爆"
    ]  # fmt: skip
    assert [row.told[0] for row in decided(office, "批次")] == ["批次 = 首批", "批次 = 其他", "批次 = 首批"]
    assert {row.record["outputs"]["存期"] for row in decided(office, "存期")} == {"长", "短"}
    assert {row.kind for row in office.hall.decisions(office.hall.directory.people[AUDITOR], size=100).items} == {
        "table", "tariff", "policy",
    }  # fmt: skip
    assert office.replayed() == []


def test_r1_the_day_and_the_calendar_are_those_of_then(office: Office) -> None:
    """The fourth of March was a day off; it is none any more when the log is replayed a week later."""
    office.send("c1")
    assert [row.told[0] for row in decided(office, "加急")] == ["加急 = 是"]
    office.now += timedelta(days=7)
    write(office.folder / "definitions", "calendar/calendar.xlsx", CALENDAR.format(kind="上班"))
    office.hall.scan()
    write(office.folder / "definitions", "purchase/purchase.xlsx", PURCHASE.replace("| 6    |", "| 7    |"))
    office.hall.scan()
    office.send("c2", 送货日="2026-03-12")
    assert [row.told[0] for row in decided(office, "运费")] == ["运费 = 87.00", "运费 = 101.50"]
    assert office.replayed() == []


@pytest.mark.parametrize(
    ("name", "before", "after", "what", "cell", "stored", "recomputed"),
    [
        ("运费", '"运费":87.00', '"运费":78.00', "运费", "fees.运费!A2", "78.00", "87.00"),
        ("加急", '"加急":"是"', '"加急":"否"', "加急", "rules.加急!C3", "否", "是"),
        ("加急", 'rules.加急!C3"]', 'rules.加急!C4"]', "fired", "rules.加急!C4", '["rules.加急!C4"]', '["rules.加急!C3"]'),
        ("采购", '"verdict":"warn"', '"verdict":"allow"', "findings", "policy.采购!A2", None, None),
    ],
)  # fmt: skip
def test_r2_what_was_altered_is_named(
    office: Office, name: str, before: str, after: str, what: str, cell: str, stored: str | None, recomputed: str | None
) -> None:
    number = office.send("c1")
    office.send("c2")
    office.alter(
        (
            "UPDATE decisions SET record = replace(record, ?, ?) WHERE name = ? AND number = ?",
            (before, after, name, number),
        )
    )
    (found,) = office.replayed()
    assert (found.decision.number, found.decision.name, found.what, found.cell) == (number, name, what, cell)
    if stored is not None:
        assert (found.stored, found.recomputed) == (stored, recomputed)


def test_r2_another_outcome_and_another_input_are_named(office: Office) -> None:
    office.send("c1")
    office.alter(
        ("UPDATE decisions SET outcome = 'no match' WHERE name = '运费'", ()),
        (
            'UPDATE decisions SET record = replace(record, \'"批号":"2026-03-01"\', \'"批号":"X"\') WHERE name = \'批次\'',
            (),
        ),
    )
    found = {(one.decision.name, one.what): (one.stored, one.recomputed) for one in office.replayed()}
    assert found[("运费", "outcome")] == ("no match", "ok")
    assert found[("批次", "批次")] == ("首批", "其他")


def test_r2_only_what_was_asked_for_is_replayed(office: Office) -> None:
    office.send("c1")
    office.alter(("UPDATE decisions SET outcome = 'no match' WHERE name = '运费'", ()))
    assert len(office.replayed()) == 1
    assert office.replayed(service_id="borrowing") == []
    assert office.replayed(until="2026-03-02") == []
    assert len(office.replayed(since="2026-03-03", until="2026-03-03")) == 1


def test_r3_a_workbook_that_is_not_as_it_was_is_said(office: Office) -> None:
    office.send("c1")
    write(office.folder / "definitions", "purchase/purchase.xlsx", PURCHASE.replace("| 6    |", "| 7    |"))
    office.hall.scan()
    office.send("c2")
    first = decided(office, "运费")[0].version
    office.alter(("UPDATE versions SET workbook = CAST(workbook || x'00' AS BLOB) WHERE sha256 LIKE ?", (f"{first}%",)))
    found = office.replayed()
    assert {(one.decision.version[:12], one.why[1]) for one in found} == {
        (first, "the workbook that is kept does not fit the hash of the version")
    }
    office.alter(("DELETE FROM versions WHERE sha256 LIKE ?", (f"{first}%",)))
    assert {one.why[1] for one in office.replayed()} == {"the workbook of the version is not kept"}


def test_r4_an_export_with_workbooks_gives_the_same(office: Office, tmp_path: Path) -> None:
    office.send("c1")
    office.alter(("UPDATE decisions SET record = replace(record, '87.00', '78.00') WHERE name = '运费'", ()))
    path = tmp_path / "log.zip"
    auditor = office.hall.directory.people[AUDITOR]
    path.write_bytes(b"".join(office.hall.export_ledger(auditor, workbooks=True)[2]))
    told: list[tuple[int, int]] = []
    with opened(path) as source:
        replay = Replay(ExportedBooks(source), FixpointEngine())
        found = list(replay.run(exported_decisions(source, "entries.jsonl"), 8, lambda *done: told.append(done)))
    assert [one.to_json() for one in found] == [one.to_json() for one in office.replayed()]
    assert {one.what for one in found} >= {"运费"}
    assert told[-1] == (8, 8)


def test_only_auditors_replay(office: Office) -> None:
    with pytest.raises(NotAllowed):
        office.hall.replay(office.hall.directory.people[STUDENT])


def test_r4_the_command_says_so(office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    number = office.send("c1")
    auditor = office.hall.directory.people[AUDITOR]
    for name, workbooks in (("bare.zip", False), ("whole.zip", True)):
        (tmp_path / name).write_bytes(b"".join(office.hall.export_ledger(auditor, workbooks=workbooks)[2]))
    assert cli.run(["log", "replay", "--data", str(tmp_path), "--lang", "en"]) == 0
    assert "Differences: 0." in capsys.readouterr().out
    assert cli.run(["log", "replay", str(tmp_path / "whole.zip"), "--lang", "zh"]) == 0
    assert cli.run(["log", "replay", str(tmp_path / "bare.zip"), "--lang", "zh"]) == 2
    assert cli.run(["log", "replay", str(tmp_path / "none.zip"), "--lang", "zh"]) == 2
    assert cli.run(["log", "replay", "--data", str(tmp_path), "--since", "3月"]) == 2
    office.alter(
        ("UPDATE decisions SET record = replace(record, '\"运费\":87.00', '\"运费\":78.00') WHERE name = '运费'", ())
    )
    capsys.readouterr()
    assert cli.run(["log", "replay", "--data", str(tmp_path), "--lang", "zh"]) == 1
    assert f"{number} 运费：运费（fees.运费!A2）记录为 78.00，重算为 87.00" in capsys.readouterr().out
    assert cli.run(["log", "replay", "--data", str(tmp_path), "--json"]) == 1
    (told,) = json.loads(capsys.readouterr().out)
    assert (told["number"], told["what"], told["stored"], told["recomputed"]) == (number, "运费", "78.00", "87.00")
