"""A hall whose service tells people and another system, for tests."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from halls import ORGANISATION, store_in, write

from banshi.platform.hall import Hall
from banshi.platform.notices.sending import Sending, allowed_hosts
from banshi.platform.people.directory import Person
from banshi.rules.policies import FixpointEngine
from banshi.storage.attachments import AttachmentFolder
from banshi.storage.contract import MessageFilter, Store

STUDENT, HEAD, FINANCE, SECURITY, OWNER, AUDITOR, ADMIN = "20001", "20002", "20003", "20004", "20005", "20006", "20007"
CAMPUS = ZoneInfo("Asia/Shanghai")
EVENING = datetime(2026, 3, 2, 21, 30, tzinfo=CAMPUS)
SECRET = "shop-secret-of-the-test"

PEOPLE = (
    ORGANISATION.replace("| demo |\n", "| demo | email |\n")
    .replace(
        "| 化工学院   |                      | yes  |\n| '20002",
        "| 化工学院   |                      | yes  | chen@gdut.example.edu.cn |\n| '20002",
    )
    .replace(
        "| 化工学院   |                      | yes  |\n| '20003",
        "| 化工学院   |                      | yes  | wang@gdut.example.edu.cn |\n| '20003",
    )
)

BUYING = """
## settings
| form_id | form_title | form_title::English (en) | owner  | number         |
| buying  | 试剂采购   | Reagents                 | 设备处 | SJ{yyyy}{0001} |

## survey
| type              | name | label    | required |
| select_one grades | 等级 | 试剂等级 | yes      |
| integer           | 数量 | 数量     | yes      |
| money             | 单价 | 单价     |          |
| calculate         | 金额 | 金额     |          |
| person            | 保管 | 保管人   |          |

## choices
| list_name | name | label  | label::English (en) |
| grades    | AR   | 分析纯 | Analytical          |
| grades    | GR   | 优级纯 | Guaranteed          |

## route
| step | name       | name::en | who                | mode | due     | overdue | do |
| 10   | 申请       | Request  | initiator          |      |         |         |    |
| 20   | 学院负责人 | Head     | head(申请部门)     |      | 10小时  | 100%催办 | 推送:商城; 通知:已下单 |
| 30   | 验收       | Check    | role:保卫处.审核岗 | do   |         |         |    |

## notices
| name   | on          | when        | to               | channel        | text | text::English (en) | quiet       | dedupe |
| 已下单 | called      |             | 发起人 + 字段:保管 | 站内           | ${办件.单号}：${等级} ${数量} 瓶已下单，保管人 ${保管}。 | ${case.number}: ${数量} bottles, ${等级}, are ordered; keeper ${保管}. | | |
|        | asked:20    |             |                  | inbox、mail    | ${申请人.姓名}的采购待您审批，共 ${金额} 元。 | | 22:00-07:00 | |
|        | 退回        |             |                  | 站内           | ${办件.经办人}退回：${办件.意见} | | | |
|        | 催办        |             |                  | 邮件           | 请尽快办理 ${办件.标题}（期限 ${办件.期限}）。 | | 22:00-07:00 | |
|        | 办结        | ${数量} > 9 | 角色:财务处.审核岗 | 站内、接口:台账 | 大宗试剂 ${办件.单号} 已验收。 | | | ${办件.单号} |

## connect
| name | kind    | url    | auth | map | retry | key |
| 商城 | REST    | {shop} | shop | 订单号=${办件.单号}; 等级=${等级}; 数量=${数量}; 金额=${金额} | 3 | ${办件.单号} |
| 台账 | webhook | {shop} | shop | 数量=${数量} | | |
"""


class Clock:
    """A clock that the test moves."""

    def __init__(self, now: datetime = EVENING) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def go(self, **length: float) -> None:
        self.now += timedelta(**length)


def service(shop: str = "https://shop.example.edu.cn/orders") -> str:
    """The text of the workbook, with the shop's address."""
    text = BUYING.replace("{shop}", shop)
    return text.replace(
        "| calculate         | 金额 | 金额     |          |",
        "| calculate         | 金额 | 金额     |          | ${数量} * ${单价} |",
    ).replace(
        "| type              | name | label    | required |",
        "| type              | name | label    | required | calculation |",
    )


def open_hall(
    folder: Path, clock: Clock, *, shop: str = "", store: Store | None = None, sending: Sending | None = None
) -> Hall:
    """A hall with that service; `shop` is the address of a receiver."""
    write(folder / "definitions", "organisation/organisation.xlsx", PEOPLE)
    write(folder / "definitions", "buying/buying.xlsx", service(shop) if shop else service())
    hall = Hall(
        store=store or store_in(folder),
        attachments=AttachmentFolder(folder / "attachments"),
        definitions=folder / "definitions",
        engine=FixpointEngine(),
        clock=clock,
        log_key=folder / "log-key.pem",
        sending=sending,
    )
    wrong = [f"{one.place} {one.message()}" for report in hall.scan() for one in report.diagnostics]
    assert hall.titles(hall.directory.people[ADMIN]) == {"buying": "试剂采购"}, wrong
    return hall


def sending(port: int = 0, mail: int = 0) -> Sending:
    """What an administrator sets for a receiver and a mail server on this machine."""
    return Sending(
        mail=f"mailto://127.0.0.1:{mail}?from=hall@gdut.example.edu.cn&mode=insecure&name=办事大厅" if mail else "",
        hosts=allowed_hosts(f"127.0.0.1:{port}" if port else ""),
        secrets={"shop": SECRET},
        site="https://hall.gdut.example.edu.cn/",
    )


def person(hall: Hall, person_id: str) -> Person:
    return hall.directory.people[person_id]


def send(hall: Hall, command: str = "c1", count: int = 12) -> str:
    answers = {"等级": "AR", "数量": count, "单价": "19.90", "保管": FINANCE}
    receipt = hall.submit(person(hall, STUDENT), "buying", answers, command_id=command)
    assert receipt.done, receipt.problems
    return receipt.case_id


def decide(hall: Hall, who: str, case_id: str, action: str = "approve", **more: str) -> None:
    view = hall.case(person(hall, who), case_id)
    command = f"{case_id}-{action}-{view.seq}"
    hall.act(person(hall, who), case_id, view.tasks[0].id, action, seq=view.seq, command_id=command, **more)


def inbox(hall: Hall, who: str, language: str = "zh") -> list[str]:
    """What stands in somebody's inbox, the last first."""
    return [row.text for row in hall.outbox.inbox(person(hall, who), language=language).items]


def outside(hall: Hall) -> list[tuple[str, str, str]]:
    """What is told to the outside: channel, target and state, the first made first."""
    found, _ = hall._store.messages(MessageFilter(states=("waiting", "sent", "failed")), size=200)
    return sorted((one.channel, one.target, one.state) for one in found)
