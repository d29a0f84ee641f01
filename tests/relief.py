"""A service that asks for personal data, and cases of it: for tests of masks and of deletion."""

from __future__ import annotations

import sqlite3
from dataclasses import asdict
from pathlib import Path

from banshi.platform.hall import Hall
from banshi.platform.people.directory import Person
from banshi.platform.views import CaseView, DecisionView
from banshi.rules.values import dumps

# The numbers are the examples of GB 11643-1999 (its annex), and of no subscriber.
ID, OTHER_ID, PHONE, NAME = "11010519491231002X", "440524188001010014", "13800005678", "李沐阳"
SECRETS = (ID, OTHER_ID, PHONE, NAME)

RELIEF = """
## 设置
| 编号 | relief |
| 名称 | 临时困难补助 |
| 主管部门 | 设备处 |
| 单号 | KN{yyyy}{0001} |
| 标题 | CONCAT(${姓名}, " ", ${证件号}, " 的补助") |
| 档案分类号 | 0012-WS |
| 个人信息保存 | 3年 |

## 表单
| 类型 | 名称 | 标签 | 必填 | 校验 | 计算 | 敏感 |
| 文本 | 姓名 | 受助人 | 是 | | | 姓名 |
| 文本 | 证件号 | 身份证号 | 是 | is-id-card(.) | | 证件号 |
| 文本 | 手机 | 手机 | | | | 手机 |
| 单选 等级 | 困难等级 | 困难等级 | 是 | | | 是 |
| 金额 | 金额 | 申请金额 | 是 | | | |
| 附件 | 证明 | 收入证明 | | | | 是 |
| 计算 | 摘要 | 摘要 | | | CONCAT("证件 ", ${证件号}) | |
| 明细开始 | 家人 | 家庭成员 | | | | |
| 文本 | 家人证件 | 身份证号 | | | | 证件号 |
| 明细结束 | | | | | | |

## 选项
| 列表 | 名称 | 标签 |
| 等级 | 特困 | 特别困难 |
| 等级 | 一般 | 一般困难 |

## 规则-审查
| 命中 | 首个 | |
| 当 ${困难等级} | 当 ${证件号} | 则 说法 |
| 特困 | | '=CONCAT("查 ", ${证件号}) |
| 一般 | | 照常 |

## 流程
| 环节号 | 环节名称 | 办理人 | 进入条件 | 抄送 |
| '10 | 申请 | 发起人 | | |
| '20 | 学院审核 | 人:20002 | | 人:20004 @通过 |
| '30 | 复核 | 人:20003 | ${困难等级} = "一般" | |
"""


def person(hall: Hall, name: str) -> Person:
    return next(one for one in hall.directory.people.values() if one.name == name)


def sent(hall: Hall, key: str = "1") -> str:
    applicant = person(hall, "陈晓雨")
    file = hall.attach(applicant, f"{NAME}收入证明.pdf", iter([b"%PDF-1.4 income of " + ID.encode()]))
    answers = {
        "姓名": NAME, "证件号": ID, "手机": PHONE, "困难等级": "特困", "金额": "800", "证明": [file],
        "家人": [{"家人证件": OTHER_ID}],
    }  # fmt: skip
    receipt = hall.submit(applicant, "relief", answers, command_id=f"send-{key}")
    assert receipt.done, receipt.problems
    return receipt.case_id


def approved(hall: Hall, case_id: str, opinion: str = f"已核对 {ID}") -> None:
    head = person(hall, "王建国")
    view = hall.case(head, case_id)
    done = hall.act(
        head, case_id, view.tasks[0].id, "approve", opinion=opinion, seq=view.seq, command_id=f"ok-{case_id}"
    )
    assert done.done


def said(view: CaseView | DecisionView) -> str:
    """Everything that a view says, but for the empty form."""
    return dumps({key: value for key, value in asdict(view).items() if key != "schema"})


def found_in(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


def everything(folder: Path) -> str:
    """The bytes of the database, its journal and the attached files, as text; and every cell of every table."""
    database = sqlite3.connect(folder / "banshi.sqlite")
    tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    cells = [str(row) for table in tables if table != "versions" for row in database.execute(f"SELECT * FROM {table}")]
    database.close()
    files = [*folder.glob("banshi.sqlite*"), *(folder / "attachments").rglob("*")]
    return "\n".join(cells) + "".join(file.read_bytes().decode("latin-1") for file in files if file.is_file())


def in_bytes(text: str) -> str:
    return text.encode().decode("latin-1")
