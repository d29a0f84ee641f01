"""What a draft would change, over stored cases.

1. Of every case: what it costs under both versions, whether it passes other steps, is forbidden, or could not be sent.
2. The cell that makes the difference is named; the parts of a difference add up to it.
3. Nothing of it is kept: no decision, event, task, number or attachment more than before.
4. Only the owners of the service; a draft with errors, or of a service that was never published, is declined.
5. A run can be stopped; its files open in Excel and add up.
"""

from __future__ import annotations

import csv
import io
import random
import sqlite3
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from halls import open_test_hall, write
from openpyxl import load_workbook
from workbooks import workbook_from_text

from banshi.platform.errors import Declined, HallError, NotAllowed, NotFound
from banshi.platform.hall import Hall
from banshi.platform.impact import runs
from banshi.platform.impact.model import Consequence, Impact, ImpactQuestion, ImpactState
from banshi.platform.impact.tally import bins
from banshi.platform.people.directory import Person
from banshi.rules.values import CAMPUS_ZONE

STUDENT, HEAD, OWNER, AUDITOR, ADMIN = "20001", "20002", "20005", "20006", "20007"
NOW = datetime(2026, 11, 2, 10, tzinfo=CAMPUS_ZONE)

# Electricity of laboratories: two tiers, a base charge, a class by a table, a policy, a route with a condition.
METER = """
## settings
| form_id | form_title | category | owner  | number         |
| meter   | 实验室电费 | 后勤     | 设备处 | DF{yyyy}{0001} |

## survey
| type    | name     | label    | required | constraint |
| text    | 房间     | 房间     | yes      |            |
| decimal | 用电量   | 用电量   | yes      | . >= 0     |
| select_one kinds | 类别 | 类别 | yes     |            |

## choices
| list_name | name | label |
| kinds     | 教学 | 教学  |
| kinds     | 科研 | 科研  |

## rules.基本费
| hit | unique |
| when 类别 | then 基本费: number |
| 教学      | 5                   |
| 科研      | 20                  |

## fees
| item   | label  | quantity    | from | to  | rate  | method   |
| 电费   | 电费   | ${用电量}   | 0    | 200 | 0.50  | marginal |
| 电费   | 电费   | ${用电量}   | 200  |     | 0.80  | marginal |
| 固定费 | 固定费 |             |      |     | ${基本费} | fixed |
| 合计   | 合计   | 电费+固定费 |      |     |       | total    |

## policy
| id | when              | verdict | message          |
| P1 | ${用电量} > 5000  | forbid  | 超过供电容量     |
| P2 | ${用电量} > 1000  | warn    | 用电量偏大       |

## route
| step | name       | who                | when             |
| 10   | 申请       | initiator          |                  |
| 20   | 学院负责人 | head(申请部门)     |                  |
| 30   | 财务处     | role:财务处.审核岗 | ${fees.total} > 400 |
"""


def tier(usage: Decimal, low: str, high: str) -> Decimal:
    """Two tiers by hand, to the fen."""
    first, rest = min(usage, Decimal(200)), max(usage - 200, Decimal(0))
    return (first * Decimal(low)).quantize(Decimal("0.01")) + (rest * Decimal(high)).quantize(Decimal("0.01"))


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    opened = open_test_hall(tmp_path, clock=lambda: NOW, services={"meter": METER})
    yield opened
    opened.close()


def who(hall: Hall, person_id: str) -> Person:
    return hall.directory.people[person_id]


def send(hall: Hall, usage: object, kind: str = "教学", room: str = "101") -> str:
    receipt = hall.submit(
        who(hall, STUDENT), "meter", {"房间": room, "用电量": usage, "类别": kind}, command_id=f"{usage}{kind}{room}"
    )
    assert receipt.done, receipt.problems
    return receipt.case_id


def over(hall: Hall, run_id: str, person: str = OWNER) -> ImpactState:
    for _ in range(1200):
        state = hall.workshop.impact(who(hall, person), run_id)
        if state.over:
            return state
        time.sleep(0.05)
    raise AssertionError(state)


def begin(hall: Hall, text: str, person: str = OWNER, **asked: object) -> str:
    return hall.workshop.begin_impact(
        who(hall, person), "meter.xlsx", workbook_from_text(text), ImpactQuestion(**asked)
    )


def impact(hall: Hall, text: str, **asked: object) -> Impact:
    found = over(hall, begin(hall, text, **asked)).result
    assert found is not None
    return found


def cells(found: Impact) -> dict[str, tuple[int, Decimal]]:
    """What each cell, or set of cells, makes: cases, money."""
    return {" ".join(cell.place for cell in group.cells): (group.cases, group.difference) for group in found.cells}


def everything(folder: Path) -> list[tuple[object, ...]]:
    """Every row of every table of the store."""
    with sqlite3.connect(folder / "banshi.sqlite") as base:
        names = [name for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        return [(name, *row) for name in names for row in base.execute(f"SELECT * FROM {name} ORDER BY 1")]


DEARER = METER.replace("| 0.50  |", "| 0.45  |").replace("| 0.80  |", "| 0.90  |")


def test_1_every_bill_is_the_one_that_is_computed_by_hand(hall: Hall) -> None:
    usages = [Decimal(text) for text in ("0", "35.5", "199.99", "200", "250", "300", "301.7", "640", "999")]
    for usage in usages:
        send(hall, usage)
    found = impact(hall, DEARER)
    by_hand = {usage: (tier(usage, "0.50", "0.80") + 5, tier(usage, "0.45", "0.90") + 5) for usage in usages}
    changes = {usage: new - old for usage, (old, new) in by_hand.items()}
    assert (found.old, found.new) == tuple(sum(side) for side in zip(*by_hand.values(), strict=True))
    assert found.counts == {
        Consequence.MORE: sum(change > 0 for change in changes.values()),
        Consequence.LESS: sum(change < 0 for change in changes.values()),
    }
    assert found.same == sum(change == 0 for change in changes.values()) == 2, "0, and 300 where both tiers even out"
    assert [row.difference for row in found.rows[Consequence.MORE]] == sorted(
        (change for change in changes.values() if change > 0), reverse=True
    )
    lower = {u: tier(min(u, Decimal(200)), "0.45", "0") - tier(min(u, Decimal(200)), "0.50", "0") for u in usages}
    assert cells(found) == {
        "fees!F2": (sum(change != 0 for change in lower.values()), sum(lower.values())),
        "fees!F3": (sum(u > 200 for u in usages), sum(changes.values()) - sum(lower.values())),
    }
    assert found.changes[0].zh == "收费“电费”的“rate”：0.5 → 0.45"
    assert (found.then_cases, found.then_old, found.differing, found.earlier) == (9, found.old, 0, 0)
    assert sum(one.cases for one in found.bins) == 7
    for one in found.bins:
        assert one.cases == sum(one.low <= change < one.high for change in changes.values() if change)


def test_1_the_histogram_holds_every_difference_once() -> None:
    lots = random.Random(5)
    for size in (1, 2, 30, 1000):
        for spread in (1, 50, 100_000):
            fen = [lots.randrange(-spread, 2 * spread) for _ in range(size)] + [0, 9_000_000][: size // 100]
            found = bins(fen)
            assert len(found) <= 15
            assert [one.cases for one in found] == [
                sum(one.low * 100 <= number < one.high * 100 for number in fen if number) for one in found
            ]
            assert sum(one.cases for one in found) == sum(number != 0 for number in fen)
            assert all(one.high == other.low for one, other in pairwise(found))
    assert bins([0, 0]) == []


def test_1_another_route_a_ban_and_what_could_not_be_sent(hall: Hall) -> None:
    small, large = send(hall, 600), send(hall, 2000)
    # 600: 100 + 320 + 5 = 425 passes the finance office; 2000 is forbidden from 1500 on.
    found = impact(hall, METER.replace("${fees.total} > 400", "${fees.total} > 500").replace("> 5000  |", "> 1500  |"))
    assert found.counts == {Consequence.ROUTE: 1, Consequence.REFUSED: 1}
    (moved,), (banned,) = found.rows[Consequence.ROUTE], found.rows[Consequence.REFUSED]
    assert (moved.id, moved.old_path, moved.new_path, moved.difference) == (small, "10>20>30", "10>20", 0)
    assert (banned.id, banned.notes[0].zh) == (large, "超过供电容量")
    assert cells(found) == {"route!D4": (1, 0), "policy!B2": (1, 0)}

    asks_more = METER.replace(
        "| select_one kinds", "| text    | 表号     | 表号     | yes      |            |\n| select_one kinds"
    )
    found = impact(hall, asks_more.replace(". >= 0", ". < 1000"))
    assert found.counts == {Consequence.UNSENT: 2}
    why = {
        note.zh: tuple(found.changes[i].place for i in note.cells)
        for row in found.rows[Consequence.UNSENT]
        for note in row.notes
    }
    assert set(why.values()) == {("survey!A4",), ("survey!E3",)}
    assert any("表号" in text for text in why)
    assert found.old == found.new, "what it would cost is told all the same"


def test_1_a_ban_that_is_lifted_and_a_warning(hall: Hall) -> None:
    send(hall, 3000)
    found = impact(hall, METER.replace("${用电量} > 1000 ", "${用电量} > 4000 "))
    assert found.counts == {Consequence.FINDING: 1}
    assert "不再命中 P2" in found.rows[Consequence.FINDING][0].notes[0].zh
    assert cells(found) == {"policy!B3": (1, 0)}
    hall.workshop.publish(who(hall, OWNER), "meter.xlsx", workbook_from_text(METER.replace("> 5000 ", "> 2500 ")))
    found = impact(hall, METER)
    assert found.counts == {Consequence.ACCEPTED: 1}
    assert (found.live_errors, found.earlier, found.differing) == (1, 1, 1), "the live version forbids it today"


def test_1_only_words_are_different(hall: Hall) -> None:
    send(hall, 2000)
    referring = METER.replace("| id | when              |", "| id | reference | when              |")
    referring = referring.replace("| P1 | ", "| P1 | 办法第一条 | ").replace("| P2 | ", "| P2 | 办法第二条 | ")
    stricter = referring.replace("> 5000  |", "> 1500  |")
    hall.workshop.publish(who(hall, OWNER), "meter.xlsx", workbook_from_text(stricter))
    found = impact(hall, stricter.replace("办法第一条", "新办法第三条").replace("超过供电容量", "超过变压器容量"))
    assert (found.same, found.counts, found.live_errors) == (1, {}, 1)


def test_1_no_total_under_the_draft(hall: Hall) -> None:
    send(hall, 100)
    draft = METER.replace("| ${基本费} |", "| ${基本费}*${面积} |").replace(
        "| select_one kinds", "| decimal | 面积 | 面积 | | |\n| select_one kinds"
    )
    found = impact(hall, draft)
    assert found.counts == {Consequence.UNBILLED: 1, Consequence.ROUTE: 1}, (
        "a condition that nobody can tell asks the office"
    )
    assert (found.billed, found.old, found.new) == (0, 0, 0)
    assert (found.rows[Consequence.UNBILLED][0].old, found.rows[Consequence.UNBILLED][0].new) == (55, None)


def test_1_what_offices_fill_in_and_whom_applicants_choose(hall: Hall) -> None:
    read = METER.replace("| when             |", "| when             | hide | edit |")
    read = read.replace(
        "| initiator          |                  |", "| initiator          |                  | 核定 | |"
    )
    read = read.replace(
        "| head(申请部门)     |                  |", "| head(申请部门)     |                  | | 核定 |"
    )
    read = read.replace(
        "| select_one kinds", "| decimal | 核定     | 核定量   | yes      | . >= 0     |\n| select_one kinds"
    )
    read = read.replace("| ${用电量}   | 0    | 200", "| ${核定}   | 0    | 200").replace(
        "| ${用电量}   | 200", "| ${核定}   | 200"
    )
    report, version = hall.workshop.publish(who(hall, OWNER), "meter.xlsx", workbook_from_text(read))
    assert version is not None, report.diagnostics
    waits, decided = send(hall, 900), send(hall, 300)
    case = hall.case(who(hall, HEAD), decided)
    receipt = hall.act(
        who(hall, HEAD), decided, case.tasks[0].id, "approve", answers={"核定": 250}, seq=case.seq, command_id="a"
    )
    assert receipt.done, receipt.problems
    found = impact(hall, read.replace("| 0.80  |", "| 0.90  |"))
    assert (found.counts, found.live_errors, found.differing) == ({Consequence.MORE: 1}, 0, 0)
    assert (found.rows[Consequence.MORE][0].id, found.difference) == (decided, 5), "50 by what the office has read"

    asks = METER.replace(
        "| 20   | 学院负责人 | head(申请部门)     |", "| 20   | 核对 | choose(role:财务处.审核岗, 1) |"
    )
    hall.workshop.publish(who(hall, OWNER), "meter.xlsx", workbook_from_text(METER))
    found = impact(hall, asks)
    assert found.counts[Consequence.UNSENT] == 2
    assert {row.id for row in found.rows[Consequence.UNSENT]} == {waits, decided}
    said = [note for row in found.rows[Consequence.UNSENT] for note in row.notes]
    told = [note for note in said if note.consequence is Consequence.UNSENT]
    assert ["核对" in note.zh for note in told] == [True, True]
    assert {found.changes[i].place for note in told for i in note.cells} == {"route!C3"}


def test_2_the_cell_behind_a_cell(hall: Hall) -> None:
    send(hall, 100), send(hall, 100, "科研"), send(hall, 900, "科研")
    found = impact(hall, METER.replace("| 科研      | 20  ", "| 科研      | 30  "))
    assert cells(found) == {"rules.基本费!B4": (2, Decimal(20))}
    assert found.counts == {Consequence.MORE: 2, Consequence.RESULT: 2}
    assert {note.zh for row in found.rows[Consequence.RESULT] for note in row.notes} == {
        "基本费：基本费=20 → 基本费=30"
    }

    # The route is the same; a dearer bill crosses its limit: 100 + 288 + 5 is below 400, 100 + 324 + 5 is not.
    crosses = send(hall, 560)
    found = impact(hall, METER.replace("| 0.80  |", "| 0.90  |"))
    (moved,) = found.rows[Consequence.ROUTE]
    assert (moved.id, moved.old_path, moved.new_path) == (crosses, "10>20", "10>20>30")
    assert {found.changes[i].place for note in moved.notes for i in note.cells} == {"fees!F3"}

    # Of a row of which several cells are changed, only the one that says it is meant; of a rule all of them.
    found = impact(hall, METER.replace("| 用电量   | yes      | . >= 0     |", "| 用电量   |          | . >= 200   |"))
    assert cells(found) == {"survey!E3": (2, 0)}
    wide = (
        METER[: METER.index("## rules")]
        + """## rules.基本费
        | hit | first |
        | when 类别 | when 用电量: number | then 基本费: number | then 档 |
        | 教学      | < 500               | 5                   | 小     |
        |           |                     | 20                  | 大     |

        """
        + METER[METER.index("## fees") :]
    )
    report, version = hall.workshop.publish(who(hall, OWNER), "meter.xlsx", workbook_from_text(wide))
    assert version is not None, report.diagnostics
    found = impact(hall, wide.replace("| < 500               | 5 ", "| < 600               | 6 "))
    assert cells(found) == {"rules.基本费!B3 rules.基本费!C3": (2, Decimal(1 - 14))}, "100: 6 for 5; 560: 6 for 20"
    hall.workshop.publish(who(hall, OWNER), "meter.xlsx", workbook_from_text(METER))

    # A row above moves the others: cells are named where they stand in the draft.
    shifted = (
        METER.replace(
            "| 电费   | 电费   | ${用电量}   | 0  ",
            "| 抄表费 | 抄表费 | 1           |      |     | 2     | flat     |\n| 电费   | 电费   | ${用电量}   | 0  ",
        )
        .replace("电费+固定费", "抄表费+电费+固定费")
        .replace("| 0.80  |", "| 0.90  |")
    )
    found = impact(hall, shifted)
    assert cells(found) == {
        "fees!A2": (4, Decimal(8)),
        "fees!F4": (2, Decimal(106)),
        "fees!A2 fees!F4 fees!C6": (1, 0),  # what makes the total that the route reads
    }

    # A threshold: the money that passes from one tier to the other is told at its cells.
    found = impact(hall, METER.replace("| 0    | 200 |", "| 0    | 300 |").replace("| 200  |     |", "| 300  |     |"))
    assert found.difference == Decimal("-60.00")
    assert sum(group.difference for group in found.cells) == found.difference
    assert {place for places in cells(found) for place in places.split()} == {"fees!E2", "fees!D3"}


def test_2_a_limit_and_a_price_list(hall: Hall) -> None:
    send(hall, 900)
    capped = METER.replace("rate  | method   |", "rate  | method   | maximum |").replace(
        "| total    |", "| total    | 600 |"
    )
    found = impact(hall, capped)
    assert found.difference == -65, "660 + 5 is capped at 600"
    assert [group.difference for group in found.cells] == [-65]

    listed = (
        METER.replace("| 0.80  |", "| '=lookup('电价', '二', '价') |")
        + "\n## data.电价\n| 档 * | 价 |\n| 一 | 0.5 |\n| 二 | 0.8 |\n"
    )
    report, version = hall.workshop.publish(who(hall, OWNER), "meter.xlsx", workbook_from_text(listed))
    assert version is not None, report.diagnostics
    found = impact(hall, listed.replace("| 二 | 0.8 |", "| 二 | 0.85 |"))
    assert cells(found) == {"data.电价!B3": (1, Decimal(35))}


# A quota per campus on a data sheet, looked up by a calculation, charged beyond; two tariffs, and a route by what both come to.
QUOTA = """
## 设置
| 编号  | 名称     | 类别 | 主管部门 | 单号           |
| meter | 宿舍电费 | 后勤 | 设备处   | DF{yyyy}{0001} |

## 表单
| 类型      | 名称   | 标签   | 必填 | 计算 |
| 单选 校区 | 校区   | 校区   | 是   |      |
| 小数      | 用电量 | 用电量 | 是   |      |
| 小数      | 人数   | 人数   | 是   |      |
| 计算      | 定额   | 定额   |      | LOOKUP("定额标准", ${校区}, "每生每月度数") |
| 计算      | 超额   | 超额   |      | MAX(0, ${用电量} - ${人数} * ${定额}) |

## 选项
| 列表 | 名称 | 标签 |
| 校区 | 滨江 | 滨江 |
| 校区 | 西山 | 西山 |

## 数据-定额标准
| 校区* | 每生每月度数 | 备注 |
| 滨江  | 10           |      |
| 西山  | 12           |      |

## 收费-超额
| 项目     | 计量    | 单价  | 方式 |
| 超额电费 | ${超额} | 0.70  | 单价 |

## 收费-表计
| 项目   | 计量 | 单价 | 方式 | 条件           |
| 抄表费 | 1    | 2    | 单价 | ${用电量} > 500 |

## 流程
| 环节号 | 环节名称 | 办理人             | 进入条件             |
| 10     | 申请     | 发起人             |                      |
| 20     | 负责人   | head(申请部门)     |                      |
| 30     | 财务处   | role:财务处.审核岗 | ${fees.total} >= 100 |
"""


def used(hall: Hall, campus: str, kwh: int) -> str:
    receipt = hall.submit(
        who(hall, STUDENT), "meter", {"校区": campus, "用电量": kwh, "人数": 4}, command_id=f"{campus}{kwh}"
    )
    assert receipt.done, receipt.problems
    return receipt.case_id


def test_2_the_row_of_a_data_sheet_behind_a_calculation(hall: Hall) -> None:
    _, version = hall.workshop.publish(who(hall, OWNER), "meter.xlsx", workbook_from_text(QUOTA))
    assert version is not None
    used(hall, "滨江", 30), used(hall, "滨江", 60), used(hall, "滨江", 181), used(hall, "西山", 200)
    lower = QUOTA.replace("| 滨江  | 10 ", "| 滨江  | 8  ")
    found = impact(hall, lower)
    # 60: 20 → 28 kWh; 181: 141 → 149 kWh, 98.70 → 104.30, so that the finance office looks at it.
    assert cells(found) == {"数据-定额标准!B2": (2, Decimal("11.20"))}
    assert found.counts == {Consequence.MORE: 2, Consequence.ROUTE: 1}
    # Another row that is changed, and a column that only says something, are not the cause; a price is, with it.
    found = impact(hall, lower.replace("| 西山  | 12           |      |", "| 西山  | 13           | 试行 |"))
    assert cells(found) == {"数据-定额标准!B2": (2, Decimal("11.20")), "数据-定额标准!B3": (1, Decimal("-2.80"))}
    found = impact(hall, lower.replace("0.70", "0.72"))
    assert cells(found) == {
        "数据-定额标准!B2 收费-超额!C2": (2, Decimal("14.74")),  # (28+149) × 0.72 − (20+141) × 0.70
        "收费-超额!C2": (1, Decimal("3.04")),  # 152 × 0.02
    }


def test_2_a_route_by_what_several_tariffs_come_to(hall: Hall) -> None:
    hall.workshop.publish(who(hall, OWNER), "meter.xlsx", workbook_from_text(QUOTA))
    used(hall, "滨江", 181), used(hall, "西山", 100)
    found = impact(hall, QUOTA.replace("0.70", "0.72").replace("| 2    | 单价 |", "| 3    | 单价 |"))
    (moved,) = found.rows[Consequence.ROUTE]
    assert {found.changes[i].place for note in moved.notes for i in note.cells} == {"收费-超额!C2"}


def test_1_a_tariff_counts_the_cases_to_which_it_applies(hall: Hall) -> None:
    hall.workshop.publish(who(hall, OWNER), "meter.xlsx", workbook_from_text(QUOTA))
    used(hall, "滨江", 181), used(hall, "西山", 100), used(hall, "西山", 501)
    found = impact(hall, QUOTA.replace("| 2    | 单价 |", "| 3    | 单价 |"))
    assert {bill.name: (bill.cases, bill.old, bill.new) for bill in found.bills} == {
        "超额": (3, Decimal("452.20"), Decimal("452.20")),  # 141 + 52 + 453 kWh
        "表计": (1, 2, 3),
    }


def test_3_nothing_is_kept(hall: Hall, tmp_path: Path) -> None:
    send(hall, 600), send(hall, 2000)
    before = everything(tmp_path)
    assert {row[0] for row in before} >= {"cases", "events", "decisions", "counters", "tasks", "commands"}
    numbered = DEARER.replace("| when             |", "| when             | do |").replace(
        "> 400 |", "> 100 | number:编号=BH{yyyy}{001} |"
    )
    numbered = numbered.replace("| select_one kinds", "| text | 编号 | 编号 | | | yes |\n| select_one kinds")
    numbered = numbered.replace("| required | constraint |", "| required | constraint | readonly |")
    assert impact(hall, numbered).counts == {Consequence.MORE: 2}
    assert everything(tmp_path) == before
    receipt = hall.submit(who(hall, STUDENT), "meter", {"房间": "1", "用电量": 1, "类别": "教学"}, command_id="next")
    assert receipt.number == "DF20260003"


def test_4_only_the_owner_and_only_a_draft_that_can_be_measured(hall: Hall) -> None:
    send(hall, 600)
    for person in (STUDENT, HEAD, AUDITOR):
        with pytest.raises(NotAllowed):
            begin(hall, DEARER, person)
    other = METER.replace("| 设备处 |", "| 财务处 |")
    write(hall.definitions, "other/other.xlsx", other.replace("| meter ", "| other "))
    hall.scan()
    with pytest.raises(NotAllowed):
        begin(hall, other.replace("| meter ", "| other "))
    with pytest.raises(Declined) as declined:
        begin(hall, METER.replace("| 0.80  |", "| 八角 |"))
    assert "有错误" in declined.value.message()
    with pytest.raises(Declined) as declined:
        begin(hall, METER.replace("| meter ", "| water "))
    assert "没有发布过" in declined.value.message()
    run_id = begin(hall, DEARER)
    for person, error in ((STUDENT, NotAllowed), (ADMIN, NotFound)):
        with pytest.raises(error):
            hall.workshop.impact(who(hall, person), run_id)
    assert over(hall, begin(hall, DEARER, ADMIN), ADMIN).result is not None


def test_4_which_cases(hall: Hall) -> None:
    ids = [send(hall, usage) for usage in (100, 200, 300)]
    with sqlite3.connect(hall.definitions.parent / "banshi.sqlite") as base:
        for case_id, days in zip(ids, (40, 3, 0), strict=True):
            at = int((NOW - timedelta(days=days)).timestamp()) * 1_000_000
            base.execute("UPDATE cases SET submitted_at = ? WHERE id = ?", (at, case_id))
        base.execute("UPDATE cases SET state = 'approved' WHERE id = ?", (ids[1],))
    day = NOW.date()
    assert impact(hall, METER).cases == 3
    assert impact(hall, METER, since=day - timedelta(days=3)).cases == 2
    assert impact(hall, METER, since=day - timedelta(days=3), until=day - timedelta(days=1)).cases == 1
    assert impact(hall, METER, until=day).cases == 3
    assert impact(hall, METER, states=("approved",)).old == 105


def test_4_prices_that_are_in_force_later(hall: Hall) -> None:
    send(hall, 100)
    dated = METER.replace("method   |", "method   | from_date | until_date |")
    dated = dated.replace(
        "| 0    | 200 | 0.50  | marginal |",
        "| 0    | 200 | 0.50  | marginal | | 2026-12-31 |\n| 电费 | 电费 | ${用电量} | 0 | 200 | 0.60 | marginal | 2027-01-01 | |",
    )
    assert impact(hall, dated).difference == 0, "as of the day when it was sent"
    found = impact(hall, dated, as_of=date(2027, 3, 1))
    assert found.difference == 10
    assert [group.difference for group in found.cells] == [10]


def test_4_a_version_that_cannot_be_read_any_more(hall: Hall, tmp_path: Path) -> None:
    case_id = send(hall, 900)
    send(hall, 600), send(hall, 100)
    with sqlite3.connect(tmp_path / "banshi.sqlite") as base:
        base.execute("UPDATE cases SET version = 'gone' WHERE id = ?", (case_id,))
    before = (
        METER.replace("| select_one kinds", "| calculate | 上次 | | | |\n| select_one kinds")
        .replace("constraint |\n", "constraint | calculation |\n")
        .replace("| calculate | 上次 | | | |", "| calculate | 上次 | | | | ${last-saved#用电量} |")
    )
    before = before.replace("| P2 | ", "| P3 | ${上次} > 500 | warn | 上次偏大 |\n| P2 | ")
    found = impact(hall, before.replace("| 0.80  |", "| 0.90  |"))
    assert (found.cases, found.earlier, found.difference) == (3, 1, 110)
    assert Consequence.FAILED not in found.counts
    told = {row.number: [note.zh for note in row.notes] for row in found.rows[Consequence.FINDING]}
    assert told["DF20260003"] == ["新命中 P3：上次偏大"]
    assert "上次偏大" not in str(told.get("DF20260002")), "nobody knows whose answers that version holds"


def test_5_a_run_is_stopped(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    for usage in range(3):
        send(hall, usage)
    owner, impacts = who(hall, OWNER), hall.workshop._impacts
    impacts._turn.acquire()
    waiting = begin(hall, DEARER)
    assert (hall.workshop.impact(owner, waiting).waiting, hall.workshop.impact(owner, waiting).total) == (True, 3)
    with pytest.raises(Declined):
        hall.workshop.export_impact(owner, waiting, "cases", "csv")
    hall.workshop.stop_impact(owner, waiting)
    impacts._turn.release()
    result = over(hall, waiting).result
    assert result is not None
    assert (result.complete, result.cases) == (False, 0)

    # In the middle: what was counted until then stays.
    reached = runs.threading.Event()

    def one_by_one(setup, cases, total):
        for batch in real(setup, cases, total):
            for one in batch:
                yield [one]
                reached.set()
                (run,) = impacts._runs.values()
                assert run.stop.wait(30)

    real = runs.compared
    monkeypatch.setattr(runs, "compared", one_by_one)
    run_id = begin(hall, DEARER)
    assert reached.wait(30)
    assert (hall.workshop.impact(owner, run_id).done, hall.workshop.impact(owner, run_id).result) == (1, None)
    hall.workshop.stop_impact(owner, run_id)
    result = over(hall, run_id).result
    assert result is not None
    assert (result.complete, result.cases) == (False, 1)
    with pytest.raises(NotFound):
        hall.workshop.impact(owner, waiting)


def test_5_processes_say_the_same_and_one_that_is_killed_is_told(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    for usage in range(0, 1400, 7):
        send(hall, usage, "科研" if usage % 2 else "教学")
    alone = impact(hall, DEARER)
    monkeypatch.setattr("banshi.platform.impact.workers.ALONE", 0)
    assert impact(hall, DEARER) == alone
    assert alone.cases == 200
    monkeypatch.setattr("banshi.platform.impact.workers._MODULE", "banshi.platform.impact.model")
    assert "进程中途结束" in (over(hall, begin(hall, DEARER)).failed or ("",))[0]


def test_5_files_add_up_and_run_nothing(hall: Hall) -> None:
    named = METER.replace("| number         |", "| number         | instance_name |").replace(
        "| DF{yyyy}{0001} |", "| DF{yyyy}{0001} | ${房间} |"
    )
    report, version = hall.workshop.publish(who(hall, OWNER), "meter.xlsx", workbook_from_text(named))
    assert version is not None, report.diagnostics
    send(hall, 900, room='=HYPERLINK("http://x")'), send(hall, 100), send(hall, 300)
    run_id = begin(hall, named.replace("| 0.50  |", "| 0.45  |").replace("| 0.80  |", "| 0.90  |"))
    result, owner = over(hall, run_id).result, who(hall, OWNER)
    assert result is not None
    name, _, parts = hall.workshop.export_impact(owner, run_id, "cases", "xlsx")
    assert name.startswith("meter-impact-")
    head, *rows = load_workbook(io.BytesIO(b"".join(parts))).active.iter_rows(values_only=True)
    money = {
        word: sum(Decimal(str(row[head.index(word)])) for row in rows) for word in ("现行费用", "新版费用", "差额")
    }
    assert money == {"现行费用": result.old, "新版费用": result.new, "差额": result.difference}
    assert [row[head.index("影响")] for row in rows] == ["费用增加", "费用减少", None]
    _, _, parts = hall.workshop.export_impact(owner, run_id, "cases", "csv", language="en")
    text = b"".join(parts).decode("utf-8-sig")
    table = list(csv.DictReader(io.StringIO(text)))
    assert sum(Decimal(row["Difference"]) for row in table) == result.difference
    assert table[0]["Title"].startswith("'=")
    assert table[0]["Cells that make it"] == "fees!F2, fees!F3"
    _, _, parts = hall.workshop.export_impact(owner, run_id, "cells", "xlsx")
    head, *rows = load_workbook(io.BytesIO(b"".join(parts))).active.iter_rows(values_only=True)
    assert sum(Decimal(str(row[3])) for row in rows) == result.difference
    with pytest.raises(HallError):
        hall.workshop.export_impact(owner, "another", "cases", "csv")


def test_5_what_was_decided_then_is_told_apart(hall: Hall) -> None:
    send(hall, 100), send(hall, 900)
    hall.workshop.publish(who(hall, OWNER), "meter.xlsx", workbook_from_text(DEARER))
    found = impact(hall, DEARER.replace("| 0.90  |", "| 1.00  |"))
    assert (found.earlier, found.differing) == (2, 2)
    assert (found.then_old, found.then_live) == (Decimal(55 + 665), Decimal(50 + 725))
    assert (found.old, found.new) == (Decimal(775), Decimal(845))
