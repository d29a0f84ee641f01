"""The words of the sheets `notices` and `connect`, English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping

from banshi.platform.service.notices import ConnectionKind, On

EVENTS: Mapping[str, tuple[str, ...]] = {
    On.SUBMITTED: ("submitted", "提交"),
    On.ASKED: ("asked", "待办"),
    On.PASSED: ("passed", "通过"),
    On.RETURNED: ("returned", "退回"),
    On.RESUBMITTED: ("resubmitted", "重新提交"),
    On.REMINDED: ("reminded", "催办", "提醒"),
    On.APPROVED: ("approved", "办结"),
    On.REFUSED: ("refused", "拒绝", "不通过"),
    On.WITHDRAWN: ("withdrawn", "撤回"),
    On.CALLED: ("called", "调用"),
    On.LOW: ("low balance", "余额不足"),
}
CHANNELS: Mapping[str, tuple[str, ...]] = {
    "inbox": ("inbox", "站内", "站内信"),
    "mail": ("mail", "邮件"),
    "webhook": ("webhook", "接口"),
}
ASKED = ("asked", "办理人", "待办人")
"""Among the people who are told: whoever is asked to act."""
CONNECTION_KINDS: Mapping[str, tuple[str, ...]] = {
    ConnectionKind.WEBHOOK: ("webhook", "推送"),
    ConnectionKind.REST: ("REST", "接口"),
}
KINDS_NOT_AVAILABLE = ("file", "文件")
