"""Jobs for cases, and pushes to other systems.

A1 a job for cases takes those of its state and condition, and tells their applicants · A2 a case that has moved on meanwhile is left out ·
A3 a report of cases has masks over what is sensitive · A4 a push goes through the outbox, once a row · A5 what cannot be computed is
told with its row.
"""

from __future__ import annotations

import io
import json
from contextlib import closing
from pathlib import Path

import openpyxl
import pytest
from clocked import MONDAY, Clock, fire, open_hall, runs
from workbooks import workbook_from_text

from banshi.platform.sheets.load import load_bytes
from banshi.storage.contract import CaseFilter, MessageFilter

STUDENT, FINANCE, OWNER = "20001", "20003", "20005"
LOANS = """
## settings
| form_id | form_title | owner  | number      |
| loans   | 图书借阅   | 设备处 | TS{yyyy}{001} |

## survey
| type    | name   | label    | required | sensitive |
| text    | 书名   | 书名     | yes      |           |
| integer | 天数   | 借期     | yes      |           |
| text    | 手机   | 手机     |          | 手机      |

## route
| step | name | who                |
| 10   | 申请 | initiator          |
| 20   | 办理 | role:财务处.审核岗 |

## notices
| name | on     | text                                        |
| 到期 | called | ${书名}（${办件.单号}）还有 ${天数} 天到期  |

## connect
| name | kind | url                            | map                                                  |
| 馆藏 | REST | https://library.gdut.edu.cn/due | number=${办件.单号}; days=${天数}; per=100 / ${天数} |

## schedule
| job      | every      | for           | when        | do                                                              | to                 |
| 到期提醒 | 每天 08:00 | cases:open    | ${天数} < 4 | 提醒:到期                                                       |                    |
| 推送     | 每天 09:00 | 办件          |             | push:馆藏                                                       |                    |
| 清单     | 每天 10:00 | 办件:办理中   |             | 报表(单号=${办件.单号}, 书名=${书名}, 手机=${手机}, 申请人=${applicant.name}) | role:财务处.审核岗 |
| 全部     | 每天 11:00 | 办件          |             | 报表                                                            |                    |
"""


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hall(tmp_path: Path, clock: Clock):
    with closing(open_hall(tmp_path, clock, loans=LOANS)) as made:
        wrong = [f"{one.place} {one.message()}" for bad in made._library.faulty().values() for one in bad.diagnostics]
        assert "loans" in made._library.live, wrong
        fire(made)
        for n, (book, days) in enumerate((("高等数学", 3), ("普通化学", 9), ("大学物理", 0))):
            answers = {"书名": book, "天数": days, "手机": "13812345678"}
            assert made.submit(made.directory.people[STUDENT], "loans", answers, command_id=f"c{n}").done
        yield made


def inbox(hall, who: str) -> list[str]:
    return [row.text for row in hall.outbox.inbox(hall.directory.people[who]).items if row.service == "图书借阅"]


def approve(hall, number: str) -> None:
    case = next(case for case in hall._store.iter_cases(CaseFilter(service_id="loans")) if case.number == number)
    view = hall.case(hall.directory.people[FINANCE], case.id)
    hall.act(
        hall.directory.people[FINANCE], case.id, view.tasks[0].id, "approve", seq=view.seq, command_id=f"a{number}"
    )


def table(hall, who: str) -> list[list[object]]:
    message = next(row for row in hall.outbox.inbox(hall.directory.people[who]).items if row.files)
    _, data = hall.outbox.file(hall.directory.people[who], message.key, 0)
    return [[cell.value for cell in row] for row in openpyxl.load_workbook(io.BytesIO(data)).active]


def test_a1_cases_of_a_state_and_a_condition_are_taken(hall, clock):
    approve(hall, "TS2026003")
    clock.now = MONDAY.replace(hour=8)
    fire(hall)
    assert inbox(hall, STUDENT) == ["高等数学（TS2026001）还有 3 天到期"]
    (run,) = runs(hall, "到期提醒", "loans")
    assert (run.total, run.done, run.skipped, run.failed) == (2, 1, 1, 0)
    (row,) = [row for row in hall.outbox.inbox(hall.directory.people[STUDENT]).items if row.service == "图书借阅"]
    assert (row.number, row.opens) == ("TS2026001", True)


def test_a2_a_case_that_moved_on_meanwhile_is_left_out(hall, clock, monkeypatch):
    from banshi.platform.jobs import scheduler

    monkeypatch.setattr(scheduler, "PORTION", 1)
    clock.now = MONDAY.replace(hour=8)
    while not any(run.done for run in runs(hall, "到期提醒", "loans")):
        hall.jobs.fire_due()
    approve(hall, "TS2026003")
    fire(hall)
    assert inbox(hall, STUDENT) == ["高等数学（TS2026001）还有 3 天到期"]
    (run,) = runs(hall, "到期提醒", "loans")
    assert (run.total, run.done, run.skipped) == (3, 1, 2)


def test_a3_a_report_of_cases_has_masks(hall, clock):
    clock.now = MONDAY.replace(hour=10)
    fire(hall)
    rows = table(hall, FINANCE)
    assert rows[0] == ["单号", "书名", "手机", "申请人"]
    assert [row[0] for row in rows[1:]] == ["TS2026001", "TS2026002", "TS2026003"]
    assert {row[3] for row in rows[1:]} == {"陈晓雨"}
    assert all("12345678" not in str(row[2]) and str(row[2]) for row in rows[1:])


def test_a3_the_usual_report_goes_to_the_owners(hall, clock):
    clock.now = MONDAY.replace(hour=11)
    fire(hall)
    rows = table(hall, OWNER)
    assert rows[0] == ["单号", "标题", "状态", "申请人", "提交时间"]
    assert [row[0] for row in rows[1:]] == ["TS2026001", "TS2026002", "TS2026003"]


def test_a4_and_a5_a_push_is_written_once_a_row_and_what_fails_is_told(hall, clock):
    clock.now = MONDAY.replace(hour=9)
    fire(hall)
    found, _ = hall._store.messages(MessageFilter(channel="webhook"))
    waiting = [json.loads(one.content["body"]) for one in found if one.state == "waiting"]
    assert sorted((one["number"], one["days"]) for one in waiting) == [("TS2026001", 3), ("TS2026002", 9)]
    (run,) = runs(hall, "推送", "loans")
    assert (run.done, run.failed) == (2, 1)
    (note,) = run.notes
    assert note["row"] == "TS2026003"
    assert "per" in note["why"]["zh"]
    clock.go(minutes=5)
    fire(hall)
    assert hall._store.messages(MessageFilter(channel="webhook"))[1] == 3


BASE = LOANS.split("| 到期提醒")[0]


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("| 甲 | 每月最后周 | 办件 | | 提醒:到期 | |", [("SCHED-001", "B2")]),
        ("| 甲 | 每天 | 房间 | | 提醒:到期 | |", [("SCHED-003", "C2")]),
        ("| 甲 | 每天 | 办件:快了 | | 提醒:到期 | |", [("SCHED-003", "C2")]),
        ("| 甲 | 每天 | 办件 | | 打印:到期 | |", [("SCHED-004", "E2")]),
        ("| 甲 | 每天 | 办件 | | set:结论=1 | |", [("SCHED-004", "E2")]),
        ("| 甲 | 每天 | 办件 | | bill:电费 | |", [("SCHED-019", "E2")]),
        ("| 甲 | 每天 | 办件 | | 提醒:到期 | |\n| 甲 | 每天 | 办件 | | 提醒:到期 | |", [("SCHED-006", "A3")]),
        ("| | 每天 | 办件 | | 提醒:到期 | |", [("SCHED-007", "B2")]),
        ("| 甲 | 每天 | 办件 | | 提醒:过期 | |", [("SCHED-008", "E2")]),
        ("| 甲 | 每天 | 办件 | | 推送:书店 | |", [("SCHED-010", "E2")]),
        ("| 甲 | 每天 | | | open:alarm(建筑=\"甲\") | |", [("SCHED-011", "E2"), ("SCHED-015", "E2")]),
        ("| 甲 | 每天 | 办件 | | open:alarm(楼=\"甲\") | |", [("SCHED-015", "E2"), ("SCHED-014", "E2")]),
        ("| 甲 | 每天 | 办件 | | open:nothing(楼=\"甲\") | |", [("SCHED-013", "E2")]),
        ("| 甲 | 每天 | 办件 | | 报表(手机=${手机}) | |", [("SCHED-017", "E2")]),
        ("| 甲 | 每天 | 办件 | | 推送 | |", [("SCHED-019", "E2")]),
        ("| 甲 | 每天 | 办件 | ${周数} > 3 | 提醒:到期 | |", [("EXPR-020", "D2")]),
    ],
)  # fmt: skip
def test_faults_are_at_their_cells(row, found):
    from clocked import ALARM

    alarm, _ = load_bytes(workbook_from_text(ALARM), "alarm.xlsx")
    _, told = load_bytes(workbook_from_text(BASE + row + "\n"), "loans.xlsx", services={"alarm": alarm})
    here = [(one.code, one.place.cell) for one in told if one.place.sheet == "schedule"]
    assert sorted(here) == sorted(found)


def test_a_term_that_is_over_is_told(hall):
    text = LOANS.replace("每天 08:00", "每学期第1周")
    checked = hall.workshop.check(hall.directory.people[OWNER], "loans.xlsx", workbook_from_text(text))
    codes = {(one.code, one.place.cell) for one in checked.diagnostics if one.place.sheet == "schedule"}
    assert codes == {
        ("SCHED-002", "B2"),
        ("SCHED-018", "B3"),
        ("SCHED-018", "B4"),
        ("SCHED-018", "B5"),
        ("SCHED-017", "E4"),
    }
