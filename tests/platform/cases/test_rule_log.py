"""The rule log of cases.

L1  A decision is logged when it is made, and again only when it came out anew.
L2  A search finds a decision by its applicant, its service and the texts that went in and came out.
L3  The exported log says kinds and outcomes in words, and names the service and the applicant.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from halls import ORGANISATION, write

from banshi.platform.hall import Hall
from banshi.rules.policies import FixpointEngine
from banshi.storage.attachments import AttachmentFolder
from banshi.storage.contract import DecisionFilter
from banshi.storage.sql import SqlStore

STUDENT, HEAD, AUDITOR = "20001", "20002", "20006"

PURCHASE = """
## settings
| form_id  | form_title | form_title::English (en) | owner  |
| purchase | 试剂采购   | Purchase of reagents     | 设备处 |

## survey
| type    | name | label    |
| text    | 品名 | 品名     |
| decimal | 数量 | 数量     |
| decimal | 浓度 | 浓度     |
| text    | 备注 | 审核备注 |

## rules.易制爆判定
| hit  | first    |                  |        |
| id   | 当 品名 | 当 浓度: number   | 则 结论 |
| R1   | 高锰酸钾 | >= 5             | 易制爆 |
| R2   |          |                  | 未核查 |

## fees.运费
| item | label | quantity | rate | method |
| 运费 | 运费  | ${数量}  | 6    | flat   |

## route
| step | name       | who            | edit           |
| 10   | 申请       | initiator      |                |
| 20   | 学院负责人 | head(申请部门) | 备注 浓度 数量 |
| 30   | 财务处     | role:财务处.审核岗 |            |
"""


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    write(tmp_path / "definitions", "organisation/organisation.xlsx", ORGANISATION)
    write(tmp_path / "definitions", "purchase/purchase.xlsx", PURCHASE)
    hall = Hall(
        store=SqlStore(tmp_path / "banshi.sqlite"),
        attachments=AttachmentFolder(tmp_path / "attachments"),
        definitions=tmp_path / "definitions",
        engine=FixpointEngine(),
    )
    reports = hall.scan()
    assert all(report.publishable for report in reports), [str(d.message()) for r in reports for d in r.diagnostics]
    yield hall
    hall.close()


def send(hall: Hall, **answers: Any) -> str:
    answers = {"品名": "高锰酸钾", "数量": Decimal(2), "浓度": Decimal(1), **answers}
    receipt = hall.submit(hall.directory.people[STUDENT], "purchase", answers, command_id="c1")
    assert receipt.done, receipt.problems
    return receipt.case_id


def approve(hall: Hall, case_id: str, **answers: Any) -> None:
    head = hall.directory.people[HEAD]
    view = hall.case(head, case_id)
    done = hall.act(head, case_id, view.tasks[0].id, "approve", answers=answers, seq=view.seq, command_id="a1")
    assert done.done, done.problems


def logged(hall: Hall, **filters: str) -> list[tuple[str, str]]:
    rows = hall.decisions(hall.directory.people[AUDITOR], **filters).items
    return [(row.name, row.told[0]) for row in reversed(rows)]


def test_l1_a_field_that_no_rule_reads_adds_no_line(hall: Hall) -> None:
    case_id = send(hall)
    before = logged(hall)
    assert sorted(before) == [("易制爆判定", "结论 = 未核查"), ("运费", "运费 = 12.00")]
    approve(hall, case_id, 备注="已电话核实")
    assert hall.case(hall.directory.people[HEAD], case_id).answers["备注"] == "已电话核实"
    assert logged(hall) == before


def test_l1_an_input_that_changes_adds_the_lines_that_read_it(hall: Hall) -> None:
    case_id = send(hall)
    before = logged(hall)
    approve(hall, case_id, 浓度=Decimal(8))
    assert logged(hall) == [*before, ("易制爆判定", "结论 = 易制爆")]


def test_l1_the_next_case_has_lines_of_its_own(hall: Hall) -> None:
    send(hall)
    answers = {"品名": "高锰酸钾", "数量": Decimal(2), "浓度": Decimal(1)}
    hall.submit(hall.directory.people[STUDENT], "purchase", answers, command_id="c2")
    assert len(logged(hall)) == 4


@pytest.mark.parametrize("query", ["陈晓雨", "chen xiaoyu", "试剂采购", "Purchase of reagents"])
def test_l2_who_applied_for_what_finds_all_its_decisions(hall: Hall, query: str) -> None:
    send(hall)
    assert len(logged(hall, query=query)) == 2


@pytest.mark.parametrize("query", ["高锰酸钾", "未核查", "陈晓雨 未核查"])
def test_l2_inputs_and_outputs_find_the_decision_that_has_them(hall: Hall, query: str) -> None:
    send(hall)
    assert [name for name, _ in logged(hall, query=query)] == ["易制爆判定"]
    assert logged(hall, query="氰化钾") == []


def test_l2_an_input_of_any_length_is_kept_within_bounds(hall: Hall) -> None:
    send(hall, 品名="重铬酸钾" * 5_000)
    assert max(len(row.words) for row in hall._store.iter_decisions(DecisionFilter())) <= 4_000
    assert [name for name, _ in logged(hall, query="陈晓雨 重铬酸钾 未核查")] == ["易制爆判定"]


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("zh", {"服务": "试剂采购", "服务编号": "purchase", "申请人": "陈晓雨", "申请人编号": STUDENT, "类别": "决策表", "结论": "正常"}),
        ("en", {"Service": "Purchase of reagents", "Service id": "purchase", "Applicant": "Chen Xiaoyu", "Applicant id": STUDENT,
                "Kind": "Decision table", "Outcome": "Decided"}),
    ],
)  # fmt: skip
def test_l3_the_exported_log_is_in_words(hall: Hall, language: str, told: dict[str, str]) -> None:
    send(hall)
    chunks = hall.export_log(hall.directory.people[AUDITOR], "xlsx", language=language, query="未核查")[2]
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(chunks))).active
    header, row = sheet.iter_rows(values_only=True)
    assert told.items() <= dict(zip(header, row, strict=True)).items()
