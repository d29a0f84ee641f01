"""A small hall for tests: an organisation, one service with fee, policy and a route with a countersign."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from workbooks import workbook_from_text

from banshi.platform.hall import Hall, campus_time
from banshi.rules.policies import FixpointEngine
from banshi.storage.attachments import AttachmentFolder
from banshi.storage.sql import SqlStore

SHIPPED = Path(__file__).parents[1] / "definitions"
ORGANISATION = """
## people
| id     | name   | english_name | department | roles                | demo |
| '20001 | 陈晓雨 | Chen Xiaoyu  | 化工学院   |                      | yes  |
| '20002 | 王建国 | Wang Jianguo | 化工学院   |                      | yes  |
| '20003 | 李敏   | Li Min       | 财务处     | 财务处.审核岗        | yes  |
| '20004 | 赵磊   | Zhao Lei     | 保卫处     | 保卫处.审核岗        | yes  |
| '20005 | 周倩   | Zhou Qian    | 设备处     | owner                | yes  |
| '20006 | 吴刚   | Wu Gang      | 审计处     | auditor              | yes  |
| '20007 | 孙静   | Sun Jing     | 信息中心   | administrator        | yes  |

## departments
| name     | head   |
| 化工学院 | '20002 |
| 财务处   | '20003 |
| 保卫处   | '20004 |
| 设备处   | '20005 |
| 审计处   | '20006 |
| 信息中心 | '20007 |
"""

BORROWING = """
## settings
| form_id   | form_title | category | owner  | number           |
| borrowing | 仪器借用   | 实验室   | 设备处 | JY{yyyy}{0001} |

## survey
| type    | name   | label    | required | constraint | calculation        |
| text    | 用途   | 用途     | yes      |            |                    |
| integer | 天数   | 借用天数 | yes      | . > 0      |                    |
| decimal | 押金   | 押金     |          |            |                    |
| note    | 提示   | 请爱护仪器 |        |            |                    |

## fees
| item | label | quantity | rate | method |
| 租金 | 租金  | ${天数}  | 12.5 | flat   |

## route
| step | name       | who                | mode | when          | group |
| 10   | 申请       | initiator          |      |               |       |
| 20   | 学院负责人 | head(申请部门)     |      |               |       |
| 30   | 财务处     | role:财务处.审核岗 |      |               | 会签  |
| 31   | 保卫处     | role:保卫处.审核岗 |      | ${天数} > 7   | 会签  |

## examples
| example | applicant | 用途 | 天数 | expect fees.total | expect route   |
| 一周   | '20001    | 测试 | 7    | 87.5              | 10>20>30       |
| 八天   | '20001    | 测试 | 8    | 100               | 10>20>{30,31}  |
"""

# The same with a file to attach, filed under a class for thirty years.
FILED = (
    BORROWING.replace("| owner  | number           |", "| owner  | number           | 档案分类号 | 保管期限 |")
    .replace("| JY{yyyy}{0001} |", "| JY{yyyy}{0001} | 0012-WS | 30年 |")
    .replace("| note    | 提示", "| file | 合同 | 借用合同 | | | |\n| note    | 提示")
)


def write(folder: Path, name: str, text: str) -> Path:
    """Save a workbook from a text table as Excel would: whole, under its name."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(workbook_from_text(text))
    return path


def definitions_in(folder: Path, services: Mapping[str, str] | None = None) -> Path:
    """The folder of workbooks of a hall, with the organisation, the borrowing service and others where it is not there yet."""
    definitions = folder / "definitions"
    if not definitions.exists():
        write(definitions, "organisation/organisation.xlsx", ORGANISATION)
        for name, text in {"borrowing": BORROWING, **(services or {})}.items():
            write(definitions, f"{name}/{name}.xlsx", text)
    return definitions


@cache
def _empty() -> bytes:
    """The file of a store with its tables and nothing in them."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "banshi.sqlite"
        SqlStore(path).close()
        return path.read_bytes()


def store_in(folder: Path) -> SqlStore:
    """The store of a hall; a new one is a copy, because migrations take longer than many a test.

    To the log all copies are one hall.
    """
    path = folder / "banshi.sqlite"
    if not path.exists():
        path.write_bytes(_empty())
    return SqlStore(path)


def open_shipped_hall(folder: Path, clock: Callable[[], datetime], *services: str, **more: Any) -> Hall:
    """A hall with services as they are shipped, the organisation and the calendar; none of them has an error."""
    for name in ("organisation", "calendar", *services):
        shutil.copytree(SHIPPED / name, folder / "definitions" / name, dirs_exist_ok=True)
    hall = Hall(
        store=store_in(folder),
        attachments=AttachmentFolder(folder / "attachments"),
        definitions=folder / "definitions",
        engine=FixpointEngine(),
        clock=clock,
        log_key=folder / "log-key.pem",
        **more,
    )
    assert [str(one) for report in hall.scan() for one in report.diagnostics if one.severity == "error"] == []
    return hall


def open_test_hall(
    folder: Path, *, clock: Callable[[], datetime] = campus_time, services: Mapping[str, str] | None = None
) -> Hall:
    """A hall on a folder, with the organisation, the borrowing service and others published the first time."""
    definitions = definitions_in(folder, services)
    hall = Hall(
        store=store_in(folder),
        attachments=AttachmentFolder(folder / "attachments"),
        definitions=definitions,
        engine=FixpointEngine(),
        clock=clock,
        log_key=folder / "log-key.pem",
    )
    hall.scan()
    return hall
