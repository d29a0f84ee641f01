"""A hall with a service that issues papers: a certificate in both languages, a permit that a step prints."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

from halls import open_test_hall

from banshi.platform.hall import Hall
from banshi.rules.values import CAMPUS_ZONE

PAPERS = """
## settings
| form_id | form_title | form_title::English (en) | category | owner  | number         |
| leave   | 离校登记   | Leave of the campus      | 学生     | 设备处 | LX{yyyy}{0001} |

## survey
| type               | name   | label    | label::English (en) | required | sensitive |
| text               | 事由   | 事由     | Reason              | yes      |           |
| date               | 返校日 | 返校日期 | Back on             | yes      |           |
| select_one 去向    | 去向   | 去向     | Where to            |          |           |
| money              | 押金   | 押金     | Deposit             |          |           |
| text               | 手机   | 手机     | Telephone           |          | 手机      |
| begin_repeat       | 物品   | 携带物品 | Things taken        |          |           |
| text               | 品名   | 品名     | Thing               |          |           |
| integer            | 件数   | 件数     | Pieces              |          |           |
| end_repeat         |        |          |                     |          |           |

## choices
| list_name | name | label | label::English (en) |
| 去向      | home | 家中  | Home                |
| 去向      | trip | 外出  | A trip              |

## route
| step | name     | name::English (en) | who                | do            |
| 10   | 申请     | Application        | initiator          |               |
| 20   | 保卫处   | Security           | role:保卫处.审核岗 | 打印:出门单   |
| 30   | 财务处   | Finance            | role:财务处.审核岗 |               |

## documents
| document | title    | title::English (en)   | when        | template | number         | language | valid | copies | shows        | seal                 |
| 出门单   | 物品出门单 |                     |             | <h1>{{文书.名称}}</h1><p>第 {{文书.文号}} 号</p><p>{{申请人.姓名}}（{{申请人.部门}}），{{去向}}，{{返校日}}前返校，押金 {{押金}} 元（{{rmb_capital(押金)}}）。</p><table>{% for 行 in 物品 %}<tr><td>{{loop.index}}</td><td>{{行.品名}}</td><td>{{行.件数}}</td></tr>{% endfor %}</table><p>共 {{物品\\|sum('件数')}} 件</p>{% for 意见 in 办件.意见 %}<p>{{意见.环节}}：{{意见.意见}} {{意见.姓名}} {{意见.日期}}</p>{% endfor %} | CM{yyyy}{0001} | | 30天  | 2      | 去向、手机   | 某某大学保卫处/出门专用章 |
| 离校证明 | 离校证明 | Certificate of leave  | 去向="home" |          | ZM{yyyy}-{0001} | 中英    |       |        | 返校日       |                      |
"""

ANSWERS: Mapping[str, object] = {
    "事由": "寒假回家",
    "返校日": "2026-09-01",
    "去向": "home",
    "押金": "1234.5",
    "手机": "13812345678",
    "物品": [{"品名": "显微镜", "件数": 2}, {"品名": "笔记本电脑 <b>", "件数": 1}],
}


_SENT = count(1)


class Clock:
    """Campus time that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 7, 1, 9, 30, tzinfo=CAMPUS_ZONE)

    def __call__(self) -> datetime:
        return self.now

    def go(self, **by: int) -> None:
        self.now += timedelta(**by)


def open_paper_hall(folder: Path, clock: Callable[[], datetime], text: str = PAPERS) -> Hall:
    """The test hall with that service."""
    return open_test_hall(folder, clock=clock, services={"leave": text})


def send(hall: Hall, answers: Mapping[str, object] = ANSWERS, person: str = "20001") -> str:
    """A case that was sent; its id."""
    me = hall.directory.people[person]
    receipt = hall.submit(me, "leave", answers, command_id=f"send-{next(_SENT)}", language="zh")
    assert receipt.done, receipt.problems
    return receipt.case_id


def approve(hall: Hall, case_id: str, person: str, opinion: str = "同意") -> None:
    """One step of a case is passed."""
    me = hall.directory.people[person]
    view = hall.case(me, case_id)
    (task,) = view.tasks
    receipt = hall.act(
        me, case_id, task.id, "approve", opinion=opinion, seq=view.seq, command_id=f"a{case_id}{person}{view.seq}"
    )
    assert receipt.done, receipt.problems
