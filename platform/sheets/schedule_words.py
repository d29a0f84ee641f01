"""The words of the sheet `schedule`, English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping

from banshi.platform.routes.state import RouteOutcome
from banshi.platform.service.jobs import Deed, Over

OVERS: Mapping[str, tuple[str, ...]] = {
    Over.ONCE: ("once", "一次", "无"),
    Over.DATA: ("data", "数据", "数据表"),
    Over.CASES: ("cases", "办件"),
    Over.PEOPLE: ("people", "人员"),
}
EVERYBODY = ("everybody", "全体", "所有人")
STATES: Mapping[str, tuple[str, ...]] = {
    RouteOutcome.OPEN: ("open", "办理中"),
    RouteOutcome.RETURNED: ("returned", "已退回", "退回"),
    RouteOutcome.APPROVED: ("approved", "已办结", "办结"),
    RouteOutcome.REFUSED: ("refused", "不通过", "未通过"),
    RouteOutcome.WITHDRAWN: ("withdrawn", "已撤回", "撤回"),
}
DEEDS: Mapping[str, tuple[str, ...]] = {
    Deed.OPEN: ("open", "开", "开办件"),
    Deed.REMIND: ("remind", "提醒", "通知"),
    Deed.PUSH: ("push", "推送"),
    Deed.REPORT: ("report", "报表"),
    Deed.BILL: ("bill", "出账"),
}
BILLED: Mapping[str, tuple[str, ...]] = {"account": ("account", "账户"), "holder": ("holder", "持有者")}
"""What stands in the brackets of `bill`."""
MAIL = ("mail", "邮件")
INBOX = ("inbox", "站内", "站内信")
