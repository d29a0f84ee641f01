"""Boards: from a sheet to numbers.

B1 each chart tells what a count on paper tells · B2 whoever may not see the cases sees no group of few people, and cannot work one
out · B3 sensitive fields are refused, and what was marked later is not shown · B4 faults are at their cells · B5 numbers go out as files.
"""

from __future__ import annotations

import csv
import io
from contextlib import closing
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from halls import ORGANISATION, write
from workbooks import workbook_from_text

from banshi.platform.errors import NotAllowed
from banshi.platform.hall import Hall
from banshi.platform.service.boards import ChartKind
from banshi.platform.sheets.load import load_bytes
from banshi.platform.statistics.boards import Columns, points
from banshi.platform.statistics.model import Question
from banshi.rules.policies import FixpointEngine
from banshi.storage.attachments import AttachmentFolder
from banshi.storage.contract import TaskFilter
from banshi.storage.sql import SqlStore
from banshi.storage.tiny import TinyStore

CAMPUS = ZoneInfo("Asia/Shanghai")
STUDENTS = [f"3000{n}" for n in range(8)]
OWNER, FINANCE = "20005", "20003"

REPAIR = """
## settings
| form_id | form_title | owner  | 申请对象 |
| repair  | 报修       | 设备处 | {open}   |

## choices
| list_name | name  | label |
| 类别      | water | 水    |
| 类别      | power | 电    |
| 类别      | lock  | 门锁  |

## survey
| type             | name | label | required | sensitive | calculation | default |
| select_one 类别  | 类别 | 类别  | yes      |           |             |         |
| money            | 费用 | 费用  |          |           |             | 0       |
| text             | 手机 | 手机  |          | {masked}  |             |         |
| calculate        | 双倍 |       |          |           | ${费用} * 2 |         |

## fees
| item | label | quantity | rate | method |
| 材料 | 材料  | ${费用}  | 1.5  | flat   |

## route
| step | name | who                | due |
| 10   | 申请 | initiator          |     |
| 20   | 受理 | role:财务处.审核岗 | 1 h |

## data.用电
| *楼  | *月份       | 度数 |
| 一号 | 2026-01-31 | 120  |
| 二号 | 2026-01-31 | 80.5 |
| 一号 | 2026-02-28 | 99.5 |

## 看板
| 图表 | 标题       | title::en      | 来源 | 分组           | 数值           | 条件             |
| 计数 | 各类报修   | By kind        | 办件 | ${类别}        |                |                  |
| 合计 | 各类费用   |                | 办件 | ${类别}        | ${费用}        | ${费用} > 0      |
| 趋势 | 每月报修   |                | 办件 |                |                |                  |
| 占比 | 各单位     |                | 办件 | ${办件.单位}   |                |                  |
| 排名 | 用电排名   |                | 用电 | ${楼}          | ${度数}        |                  |
| 趋势 | 每月用电   |                | 用电 | ${月份}        | ${度数}        |                  |
| 超期 | 待办超期   |                | 待办 |                |                |                  |
| 合计 | 应收       |                | 账单 | ${账单.收费}   | ${账单.合计}   |                  |
| 合计 | 双倍费用   |                | 办件 |                | ${双倍}        |                  |
"""


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 30, 9, tzinfo=CAMPUS)

    def __call__(self) -> datetime:
        return self.now


def people() -> str:
    head, rest = ORGANISATION.split("\n## departments")
    rows = [f"| '{one} | 学生{one} | | 化工学院 | | |" for one in STUDENTS]
    return "\n".join([head.rstrip(), *rows]) + "\n\n## departments" + rest


def text(masked: str = "手机", open_: str = "") -> str:
    return REPAIR.replace("{masked}", masked).replace("{open}", open_)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hall(tmp_path: Path, clock: Clock):
    write(tmp_path / "definitions", "organisation/organisation.xlsx", people())
    write(tmp_path / "definitions", "repair/repair.xlsx", text())
    made = Hall(
        store=SqlStore(tmp_path / "banshi.sqlite"),
        attachments=AttachmentFolder(tmp_path / "attachments"),
        definitions=tmp_path / "definitions",
        engine=FixpointEngine(),
        clock=clock,
    )
    made.scan()
    assert "repair" in made._library.live, [
        str(one) for bad in made._library.faulty().values() for one in bad.diagnostics
    ]
    with closing(made):
        # Four report water, three power, one a lock; the last two in April.
        kinds = ["water"] * 4 + ["power"] * 3 + ["lock"]
        for at, (who, kind) in enumerate(zip(STUDENTS, kinds, strict=True)):
            if at == 6:
                clock.now += timedelta(days=3)
            answers = {"类别": kind, "费用": str(Decimal("10.10") * at), "手机": f"1380000000{at}"}
            receipt = made.submit(made.directory.people[who], "repair", answers, command_id=f"c{at}")
            assert receipt.done, receipt.problems
        clock.now += timedelta(minutes=30)
        yield made


def told(hall: Hall, who: str, title: str, language: str = "zh") -> dict[str, str] | None:
    drawn = next(one for one in hall.boards.board(hall.directory.people[who], "repair", language) if one.title == title)
    return None if drawn.withheld else {point.label: str(point.number) for point in drawn.points}


def test_b1_charts_tell_what_a_count_on_paper_tells(hall):
    assert told(hall, OWNER, "各类报修") == {"水": "4", "电": "3", "门锁": "1"}
    assert told(hall, OWNER, "各类费用") == {
        "电": "151.50",
        "门锁": "70.70",
        "水": "60.60",
    }  # 40.4+50.5+60.6, 70.7, 10.1+20.2+30.3
    assert told(hall, OWNER, "每月报修") == {"2026-03": "6", "2026-04": "2"}
    assert told(hall, OWNER, "用电排名") == {"一号": "219.5", "二号": "80.5"}
    assert told(hall, OWNER, "每月用电") == {"2026-01": "200.5", "2026-02": "99.5"}
    assert told(hall, OWNER, "待办超期") == {"超期": "6", "未超期": "2"}
    assert told(hall, OWNER, "双倍费用") == {"全部": "565.60"}  # 10.10 × (0+…+7) × 2
    assert list(told(hall, OWNER, "应收").values()) == ["424.20"]  # 282.80 × 1.5
    assert told(hall, OWNER, "By kind", "en") == {"水": "4", "电": "3", "门锁": "1"}


def test_b1_a_step_of_two_people_waits_once(tmp_path):
    two = text().replace("| step | name | who                | due |", "| step | name | who | due | mode |")
    two = two.replace("| role:财务处.审核岗 | 1 h |", "| role:财务处.审核岗 + role:保卫处.审核岗 | 1 h | 会签 |")
    two += "| 计数 | 没有办完的环节 | | 待办 | ${待办.环节} | | |\n"
    clock = Clock()
    write(tmp_path / "definitions", "organisation/organisation.xlsx", people())
    write(tmp_path / "definitions", "repair/repair.xlsx", two)
    made = Hall(
        store=TinyStore(),
        attachments=AttachmentFolder(tmp_path / "attachments"),
        definitions=tmp_path / "definitions",
        engine=FixpointEngine(),
        clock=clock,
    )
    made.scan()
    with closing(made):
        for at in range(3):
            answers = {"类别": "water", "费用": "1", "手机": "13800000000"}
            receipt = made.submit(made.directory.people[STUDENTS[at]], "repair", answers, command_id=f"c{at}")
            assert receipt.done, receipt.problems
        assert made._store.tasks(TaskFilter(service_id="repair", state="open"))[1] == 6, "two people a case"
        assert told(made, OWNER, "没有办完的环节") == {"受理": "3"}
        assert told(made, OWNER, "待办超期") == {"未超期": "3"}
        (step,) = [
            one
            for one in made.statistics(made.directory.people[OWNER], Question(service_id="repair")).steps
            if one.waiting
        ]
        assert step.waiting == 3
        clock.now += timedelta(days=1)
        assert told(made, OWNER, "待办超期") == {"超期": "3"}


def test_b1_shares_are_of_all():
    found = points(ChartKind.SHARE, Columns(["甲", "乙", "乙"], [Decimal(1)] * 3, ["1", "2", "3"]), "其他")
    assert [(one.label, str(one.share)) for one in found] == [("乙", "66.67"), ("甲", "33.33")]
    assert points(ChartKind.COUNT, Columns([], [], []), "其他") == []


def test_b1_a_ranking_has_the_ten_largest():
    rows = Columns([str(n) for n in range(30)], [Decimal(n) for n in range(30)], [""] * 30)
    assert [int(one.number) for one in points(ChartKind.RANKING, rows, "其他")] == list(range(29, 19, -1))


def test_b2_the_public_sees_no_group_of_few(hall):
    # The lock is one person's: it goes with the next smallest, so that nobody can take the rest from the whole.
    assert told(hall, STUDENTS[0], "各类报修") == {"水": "4", "其他（合并）": "4"}
    assert told(hall, STUDENTS[0], "每月报修") is None or set(told(hall, STUDENTS[0], "每月报修")) == {"其他（合并）"}
    assert told(hall, STUDENTS[0], "用电排名") == {"一号": "219.5", "二号": "80.5"}, "a data sheet is no person's"
    assert told(hall, "20006", "各类报修") == {"水": "4", "电": "3", "门锁": "1"}, "auditors may see the cases"


def test_b2_what_is_put_together_is_never_of_few():
    rows = Columns(["甲"] * 5 + ["乙", "丙"], [Decimal(1)] * 7, ["1", "2", "3", "4", "5", "6", "7"])
    assert [(one.label, int(one.number)) for one in points(ChartKind.COUNT, rows, "其他", 3)] == [("其他", 7)]
    few = Columns(["甲", "甲"], [Decimal(1)] * 2, ["1", "2"])
    assert points(ChartKind.COUNT, few, "其他", 3) is None
    one = Columns(["甲"] * 9, [Decimal(1)] * 9, ["1"] * 9)
    assert points(ChartKind.COUNT, one, "其他", 3) is None, "nine cases of one person"


def test_b2_a_board_is_for_those_whom_the_service_is_for(hall, tmp_path):
    assert hall.boards.services(hall.directory.people[STUDENTS[0]]) == [("repair", "报修")]
    write(tmp_path / "definitions", "repair/repair.xlsx", text(open_="角色:财务处.审核岗"))
    hall.scan()
    assert hall.boards.services(hall.directory.people[STUDENTS[0]]) == []
    with pytest.raises(NotAllowed):
        hall.boards.board(hall.directory.people[STUDENTS[0]], "repair")
    assert hall.boards.services(hall.directory.people[FINANCE]) == [("repair", "报修")]


@pytest.mark.parametrize(
    ("row", "code", "cell"),
    [
        ("| 饼图 | 甲 | | 办件 | | | |", "BOARD-001", "A11"),
        ("| 计数 | 甲 | | 水电 | | | |", "BOARD-002", "D11"),
        ("| 计数 | | | 办件 | | | |", "BOARD-003", "B11"),
        ("| 合计 | 甲 | | 办件 | | | |", "BOARD-004", "A11"),
        ("| 计数 | 甲 | | 办件 | ${手机} | | |", "BOARD-005", "E11"),
        ("| 超期 | 甲 | | 办件 | | | |", "BOARD-006", "A11"),
        ("| 趋势 | 甲 | | 用电 | | | |", "BOARD-008", "A11"),
        ("| 计数 | 甲 | | 用电 | ${类别} | | |", "EXPR-020", "E11"),
    ],
)
def test_b3_and_b4_faults_are_at_their_cells(row, code, cell):
    _, found = load_bytes(workbook_from_text(text() + row + "\n"), "repair.xlsx")
    assert [(one.code, one.place.cell) for one in found if one.place.sheet == "看板"] == [(code, cell)]


def test_b5_numbers_go_out_as_files_with_the_same_care(hall):
    def rows(who: str):
        name, _, data = hall.boards.export(hall.directory.people[who], "repair", 0, "csv")
        assert name.startswith("各类报修-")
        return list(csv.reader(io.StringIO(b"".join(data).decode("utf-8-sig"))))

    assert rows(OWNER) == [
        ["分组", "数值", "占比（%）"],
        ["水", "4", "50.00"],
        ["电", "3", "37.50"],
        ["门锁", "1", "12.50"],
    ]
    assert rows(STUDENTS[0]) == [["分组", "数值", "占比（%）"], ["水", "4", "50.00"], ["其他（合并）", "4", "50.00"]]
