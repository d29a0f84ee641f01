"""The export of a service's cases: what an owner opens in Excel is in words, not in codes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from halls import open_test_hall
from workbooks import workbook_from_text

from banshi.platform.hall import Hall

SHARED = """
## settings
| form_id    | form_title | owner  |
| dormitory  | 宿舍电费   | 设备处 |

## survey
| type                 | name   | label    | label::English (en) |
| select_one 校区      | 校区   | 校区     | Campus              |
| select_multiple 用途 | 用途   | 用途     | Used for            |
| date                 | 抄表日 | 抄表日期 | Read on             |
| person               | 舍长   | 舍长     | Head of the room    |
| department           | 学院   | 学院     | School              |
| acknowledge          | 承诺   | 属实     | Confirmed           |
| file                 | 照片   | 电表照片 | Photo               |
| decimal              | 用电量 | 用电量   | Used                |
| begin_repeat         | 学生   | 住宿学生 | Residents           |
| text                 | 学号   | 学号     | Number              |
| text                 | 姓名   | 姓名     | Name                |
| select_one 校区      | 原校区 | 原校区   | Former campus       |
| end_repeat           |        |          |                     |

## choices
| list_name | name | label    | label::English (en) |
| 校区      | bj   | 滨江校区 | Riverside           |
| 用途      | light | 照明    | Light               |
| 用途      | air   | 空调    | Air conditioning    |

## fees.电费
| item | label | quantity  | rate | method | round        | share      |
| 电费 | 电费  | ${用电量} | 0.5  | flat   | 0.01 half-up | ${姓名}    |

## fees.服务费
| item | label  | quantity  | rate | method |
| 服务 | 服务费 | ${用电量} | 0.1  | flat   |
"""


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    hall = open_test_hall(tmp_path)
    report, version = hall.workshop.publish(
        hall.directory.people["20005"], "dormitory.xlsx", workbook_from_text(SHARED)
    )
    assert version, [item.message() for item in report.diagnostics]
    yield hall
    hall.close()


def send(hall: Hall, **more: Any) -> str:
    person = hall.directory.people["20001"]
    photo = hall.attach(person, "三月抄表.pdf", iter([b"%PDF-1.4\n%%EOF\n"]))
    answers = {
        "校区": "bj",
        "用途": ["light", "air"],
        "抄表日": "2026-03-31",
        "舍长": "20002",
        "学院": "化工学院",
        "承诺": True,
        "照片": photo,
        "用电量": Decimal("20.01"),
        "学生": [{"学号": "2024110101", "姓名": "李沐阳"}, {"学号": "2024110102", "姓名": "陈思", "原校区": "bj"}],
        **more,
    }
    receipt = hall.submit(person, "dormitory", answers, command_id=f"c{len(more)}")
    assert receipt.done, receipt.problems
    return receipt.number


def exported(hall: Hall, language: str) -> list[dict[str, Any]]:
    chunks = hall.workshop.export_cases(hall.directory.people["20005"], "dormitory", "xlsx", language=language)[2]
    header, *rows = openpyxl.load_workbook(io.BytesIO(b"".join(chunks))).active.iter_rows(values_only=True)
    assert len(set(header)) == len(header)
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_a_case_stands_in_words(hall: Hall) -> None:
    """20.01 at 0.50 is 10.005, half up 10.01; in two parts to the fen 5.01 and 5.00. The service is 2.001 unrounded."""
    number = send(hall)
    (row,) = exported(hall, "zh")
    assert isinstance(row.pop("提交时间"), datetime)
    assert row == {
        "单号": number,
        "状态": "已办结",
        "申请人": "陈晓雨（20001）",
        "校区": "滨江校区",
        "用途": "照明、空调",
        "抄表日期": datetime(2026, 3, 31),
        "舍长": "王建国（20002）",
        "学院": "化工学院",
        "属实": "是",
        "电表照片": "三月抄表.pdf",
        "用电量": 20.01,
        "住宿学生": "学号 2024110101，姓名 李沐阳\n学号 2024110102，姓名 陈思，原校区 滨江校区",
        "收费：电费": 10.01,
        "收费：服务费": 2.0,
        "合计": 12.01,
        "分摊": "李沐阳 5.01；陈思 5.00",
    }


def test_a_case_stands_in_english_words(hall: Hall) -> None:
    send(hall)
    (row,) = exported(hall, "en")
    assert (row["State"], row["Applicant"]) == ("Completed", "Chen Xiaoyu (20001)")
    assert (row["Campus"], row["Used for"], row["Confirmed"]) == ("Riverside", "Light, Air conditioning", "yes")
    assert row["Residents"].splitlines()[1] == "Number 2024110102, Name 陈思, Former campus Riverside"
    assert (row["Charge: 电费"], row["Total"], row["Shares"]) == (10.01, 12.01, "李沐阳 5.01; 陈思 5.00")


def test_what_was_not_filled_in_or_could_not_be_computed_is_empty(hall: Hall) -> None:
    send(hall, 用途=None, 舍长=None, 照片=None, 承诺=None, 学生=[], 用电量=None)
    (row,) = exported(hall, "zh")
    empty = ("用途", "舍长", "电表照片", "属实", "住宿学生", "收费：电费", "收费：服务费", "合计", "分摊")
    assert {row[name] for name in empty} == {None}
