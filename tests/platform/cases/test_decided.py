"""What rules decided on a case, in its place and in the reader's language.

1. Each decision says at which deed it was made, and which of several is the last; the archive's page says so too.
2. Outputs, lines of bills and choices are called by their labels in the reader's language.
3. A case is called in English by the workbook's title with the labels of choices, else by service and applicant.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from halls import open_test_hall, write

from banshi.platform.hall import Hall
from banshi.platform.people.directory import Person

STUDENT, HEAD, FINANCE, OWNER, AUDITOR = "20001", "20002", "20003", "20005", "20006"
START = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
CHEMICALS = """
## settings
| form_id   | form_title | form_title::English (en) | owner  | instance_name |
| chemicals | 试剂采购   | Purchase of reagents     | 设备处 | {title} |

## survey
| type              | name     | label    | label::English (en) | required | calculation |
| select_one 科目   | 科目     | 经费科目 | Account             | yes      | |
| text              | 品名     | 品名     | Reagent             | yes      | |
| decimal           | 数量     | 数量     | Quantity            |          | |
| calculate         | 分级     | 会签级别 | Level               |          | ${{等级}} |

## choices
| list_name | name   | label  | label::English (en) |
| 科目      | 教学费 | 教学费 | Teaching            |
| 科目      | 科研费 | 科研费 | Research            |
| 科目      | other  | 其他   | Other               |
| 等级      | 须会签 | 须会签 | Countersigned       |
| 等级      | 一般   | 一般   | Ordinary            |

## rules.会签
| when 数量 | then 等级 | then 建议科目 |
| <=10      | 一般      | 教学费        |
| >10       | 须会签    | 科研费        |

## fees
| item | label | label::English (en) | quantity | rate | method |
| 料费 | 试剂款 | Reagents           | ${{数量}} | {rate}    | flat   |

## route
| step | name       | name::English (en) | who                | edit |
| 10   | 申请       | Application        | initiator          |      |
| 20   | 学院负责人 | Head of school     | head(申请部门)     | 数量 |
| 30   | 财务处     | Finance            | role:财务处.审核岗 |      |
"""
TITLE = 'CONCAT(${科目}, " ", ${品名})'


class Clock:
    now = START

    def __call__(self) -> datetime:
        Clock.now += timedelta(seconds=1)
        return Clock.now


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def hall(folder: Path) -> Iterator[Hall]:
    opened = open_test_hall(folder, clock=Clock(), services={"chemicals": CHEMICALS.format(title=TITLE, rate=12)})
    yield opened
    opened.close()


def who(hall: Hall, key: str) -> Person:
    return hall.directory.people[key]


def send(hall: Hall, command: str = "a") -> str:
    answers = {"科目": "科研费", "品名": "无水乙醇", "数量": 8}
    receipt = hall.submit(who(hall, STUDENT), "chemicals", answers, command_id=command)
    assert receipt.done, receipt.problems
    return receipt.case_id


def approve(hall: Hall, key: str, case_id: str, **answers: object) -> None:
    case = hall.case(who(hall, key), case_id)
    receipt = hall.act(
        who(hall, key), case_id, case.tasks[0].id, "approve", answers=answers or None, seq=case.seq, command_id=key
    )
    assert receipt.done, receipt.problems


def publish(hall: Hall, text: str) -> None:
    write(hall.definitions, "chemicals/chemicals.xlsx", text)
    (report,) = hall.scan()
    assert report.publishable, report


def test_1_each_decision_says_when_it_was_made_and_whether_it_still_holds(hall: Hall) -> None:
    case_id = send(hall)
    approve(hall, HEAD, case_id, 数量=20)
    old = hall.case(who(hall, OWNER), case_id).decisions[0].version
    publish(hall, CHEMICALS.format(title=TITLE, rate=15))
    owner = who(hall, OWNER)
    assert hall.workshop.move_cases(owner, "chemicals", [case_id], command_id="m") == [(case_id, "")]
    case = hall.case(who(hall, STUDENT), case_id)
    tables = [(one.deed, one.current) for one in case.decisions if one.kind == "table"]
    assert tables == [("提交申请", False), ("学院负责人：同意", False), ("转到新版本", True)]
    bills = [(one.told[-1], one.current) for one in case.decisions if one.kind == "tariff"]
    assert bills == [("合计 = 96.00", False), ("合计 = 240.00", False), ("合计 = 300.00", True)]
    assert [one.deed for one in hall.case(who(hall, STUDENT), case_id, "en").decisions if one.kind == "table"] == [
        "Sent",
        "Head of school: Approved",
        "Moved to another version",
    ]
    approve(hall, FINANCE, case_id)
    file = b"".join(hall.archive_case(owner, case_id)[2])
    page = zipfile.ZipFile(io.BytesIO(file)).read("case.html").decode()
    new = hall.case(owner, case_id).decisions[-1].version
    assert f"学院负责人：同意；版本 {old}；已由后来的结论取代" in page
    assert f"转到新版本；版本 {new}</th>" in page


def test_2_results_are_called_by_their_labels(hall: Hall) -> None:
    case_id = send(hall)
    told = {one.kind: one.told for one in hall.case(who(hall, STUDENT), case_id, "en").decisions}
    assert told["table"] == ("Level = Ordinary", "建议科目 = Teaching")
    assert told["tariff"] == ("Reagents = 96.00", "Total = 96.00")
    zh = {one.kind: one.told for one in hall.case(who(hall, STUDENT), case_id).decisions}
    assert zh["table"] == ("会签级别 = 一般", "建议科目 = 教学费")
    assert zh["tariff"][0] == "试剂款 = 96.00"
    (one,) = [d for d in hall.decisions(who(hall, AUDITOR), language="en").items if d.kind == "table"]
    assert hall.decision(who(hall, AUDITOR), one.id, "en").told == one.told == told["table"]
    assert one.record["outputs"] == {"等级": "一般", "建议科目": "教学费"}, "the log keeps what was decided"


@pytest.mark.parametrize(
    ("title", "zh", "en"),
    [
        (TITLE, "科研费 无水乙醇", "Research 无水乙醇"),
        ('IF(${科目} = "科研费", "科研用", "教学用")', "科研用", "科研用"),
        ("CONCAT(jr:choice-name(${科目}, '${科目}'), ROUND(${数量}, 0))", "科研费8", "Research8"),
        ("", "试剂采购（陈晓雨）", "Purchase of reagents (Chen Xiaoyu)"),
    ],
)
def test_3_a_case_is_called_in_the_readers_language(tmp_path: Path, title: str, zh: str, en: str) -> None:
    text = CHEMICALS.format(title=title, rate=Decimal("12"))
    hall = open_test_hall(tmp_path, clock=Clock(), services={"chemicals": text})
    try:
        case_id = send(hall)
        student, head = who(hall, STUDENT), who(hall, HEAD)
        assert [hall.case(student, case_id, language).row.title for language in ("zh", "en")] == [zh, en]
        assert [hall.my_cases(student, language=language).items[0].title for language in ("zh", "en")] == [zh, en]
        assert [hall.tasks(head, language=language).items[0].title for language in ("zh", "en")] == [zh, en]
    finally:
        hall.close()
