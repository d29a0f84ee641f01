"""A service with a budget for tests: projects with members, a claim that may not exceed what is left, a hold and a charge."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from halls import ORGANISATION, write

from banshi.platform.hall import Hall
from banshi.platform.people.directory import Person
from banshi.rules.policies import FixpointEngine
from banshi.storage.attachments import AttachmentFolder
from banshi.storage.contract import Store

STUDENT, HEAD, FINANCE, GUARD, OWNER, AUDITOR = (f"2000{n}" for n in (1, 2, 3, 4, 5, 6))
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
KEY = "claims:经费"

CLAIMS = """
## settings
| form_id | form_title | owner  | number         |
| claims  | 经费报销   | 设备处 | BX{yyyy}{0001} |

## survey
| type         | name | label    | required | constraint                | constraint_message        | calculation                |
| account 经费 | 项目 | 经费项目 | yes      |                           |                           |                            |
| money        | 可用 | 还可用   |          |                           |                           | available("经费", ${项目}) |
| money        | 账面 | 账面余额 |          |                           |                           | 余额("经费", ${项目})      |
| money        | 金额 | 报销金额 | yes      | . > 0 and . <= ${可用}    | 项目只剩 ${可用} 元可用。 |                            |
| note         | 提示 | 还可用 ${可用} 元 |  |                           |                           |                            |
| money        | 核定 | 核定金额 |          | . <= ${金额}              |                           |                            |

## accounts
| account | holder        | unit | floor | opening   | members                        | shared | label::English (en) |
| 经费    | 项目: ${项目} | 元   | 100   | 数据.经费 | 数据.成员(项目, 工号, 名称)    | orders | Project funds       |

## data.经费
| 项目*  | 余额  |
| NSFC-1 | 900   |
| NSFC-2 | 800.5 |
| NSFC-3 | 7     |

## data.成员
| 项目   | 工号   | 名称       |
| NSFC-1 | '20001 | 光催化制氢 |
| NSFC-1 | '20002 | 光催化制氢 |
| NSFC-2 | '20001 | 膜分离     |
| NSFC-3 | '20004 | 安防传感   |

## rules.档
| hit           | first    |
| when ${可用}  | then 档  |
| >= 500        | 宽裕     |
| any           | 紧张     |

## route
| step | name   | who                | mode | edit | back      | do                        |
| 10   | 申请   | initiator          |      |      |           | 冻结:经费 ${金额}, 报销   |
| 20   | 审批   | head(申请部门)     | one  |      | initiator |                           |
| 30   | 结算   | role:财务处.审核岗 | one  | 核定 | any       | 收费:经费 ${核定}, 报销款 |

## examples
| example          | applicant | 项目   | 金额   | balance.经费 | expect 可用 | expect 账面 | expect rules.档.档 | expect error |
| 用期初           | '20001    | NSFC-1 | 1      |              | 1000        | 900         | 宽裕               |              |
| 恰好用完         | '20001    | NSFC-1 | 350.00 | 250          | 350         | 250         | 紧张               |              |
| 多一分           | '20001    | NSFC-1 | 350.01 | 250          |             |             |                    | 金额         |
| 别人的项目       | '20001    | NSFC-3 | 1      |              |             |             |                    | 项目         |
"""

ORDERS = """
## settings
| form_id | form_title | owner  |
| orders  | 耗材采购   | 保卫处 |

## survey
| type         | name | label    | required | constraint                        |
| account 经费 | 课题 | 经费项目 | yes      |                                   |
| money        | 总额 | 订单总额 | yes      | . <= 可用余额("经费", ${课题})    |

## accounts
| account | of     | holder  |
| 经费    | claims | ${课题} |

## route
| step | name | who            | mode | back      | do                |
| 10   | 申请 | initiator      |      |           | 冻结 经费 ${总额} |
| 20   | 审批 | head(申请部门) | one  | initiator |                   |

## examples
| example  | applicant | 课题   | 总额   | 余额.经费 | expect route | expect error |
| 恰好     | '20001    | NSFC-1 | 250    | 250       | 10>20        |              |
| 多一分   | '20001    | NSFC-1 | 250.01 | 250       |              | 总额         |
"""


class Claims:
    """A hall with both services on a store, and what people do in it."""

    def __init__(self, folder: Path, store: Store, *, claims: str = CLAIMS) -> None:
        definitions = folder / "definitions"
        write(definitions, "organisation/organisation.xlsx", ORGANISATION)
        write(definitions, "claims/claims.xlsx", claims)
        write(definitions, "orders/orders.xlsx", ORDERS)
        self.store = store
        self.hall = Hall(
            store=store,
            attachments=AttachmentFolder(folder / "attachments"),
            definitions=definitions,
            engine=FixpointEngine(),
            clock=lambda: NOW,
        )
        self.reports = {report.service_id: report for report in self.hall.scan()}

    def person(self, key: str) -> Person:
        return self.hall.directory.people[key]

    def send(self, amount: object, project: str = "NSFC-1", *, command: str, by: str = STUDENT) -> str:
        answers = {"项目": project, "金额": amount}
        receipt = self.hall.submit(self.person(by), "claims", answers, command_id=command)
        assert receipt.done, receipt.problems
        return receipt.case_id

    def act(self, key: str, case_id: str, action: str = "approve", **more: object) -> None:
        person = self.person(key)
        seq = self.hall.case(person, case_id).seq
        (task,) = [row for row in self.hall.tasks(person).items if row.case_id == case_id]
        said = {"opinion": "同意", "command_id": f"{key}{action}{case_id}{seq}", **more}
        receipt = self.hall.act(person, case_id, task.id, action, seq=seq, **said)
        assert receipt.done, receipt.problems

    def balance(self, project: str = "NSFC-1") -> tuple[int, int]:
        rows, _ = self.store.balances(KEY, [project])
        return (rows[0].available, rows[0].held) if rows else (0, 0)
