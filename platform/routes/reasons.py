"""Why the platform did something by itself."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Reason(StrEnum):
    """Why the platform did something by itself."""

    NONE = ""
    CONDITION = "condition"
    CONDITION_ERROR = "condition error"
    SUBMITTED = "submitted"
    AUTO = "auto"
    SAME = "same person"
    SELF = "self"
    EMPTY = "nobody"
    SUPERIOR = "superior"
    ADMIN = "admin"
    UNNAMED = "unnamed"
    STAND_IN = "stand-in"
    FILLED_UP = "filled up"
    JOINED = "joined"
    DECIDED = "decided"
    RETURNED = "returned"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    CLAIMED = "claimed"
    RELEASED = "released"
    TRANSFERRED = "transferred"
    SIGNERS_FIRST = "signers first"
    REMOVED = "removed"
    TAKEN_BACK = "taken back"
    UNCHANGED = "unchanged"
    NOTIFIED = "notified"
    CALLED_BACK = "called back"
    CALLBACK_FAILED = "callback failed"
    CALLBACK_WAITING = "callback waiting"
    OVERDUE = "overdue"
    SCANNED = "scanned"
    APART = "apart"
    MIGRATED = "migrated"
    OPENED_DONE = "opened done"
    OPENED_UNMET = "opened unmet"
    OPENED_NONE = "opened none"
    OPENED_WAITING = "opened waiting"

    def text(self, language: str = "zh") -> str:
        """The reason as a sentence for people."""
        zh, en = _TEXTS[self]
        return en if language == "en" else zh


_TEXTS: Mapping[Reason, tuple[str, str]] = {
    Reason.NONE: ("", ""),
    Reason.CONDITION: ("进入条件不满足", "The condition does not hold"),
    Reason.CONDITION_ERROR: ("进入条件无法计算，仍请办理", "The condition cannot be computed, so the step is asked"),
    Reason.SUBMITTED: ("提交申请即完成", "Done by sending the form"),
    Reason.AUTO: ("系统自动办理", "Done by the system"),
    Reason.SAME: ("同一人已在前面的环节同意", "The same person has already approved"),
    Reason.SELF: ("办理人就是申请人", "The person to ask is the applicant"),
    Reason.EMPTY: ("没有找到办理人", "Nobody was found to ask"),
    Reason.SUPERIOR: ("由上级办理", "The superior is asked instead"),
    Reason.ADMIN: ("没有找到办理人，由管理员办理", "Nobody was found, so an administrator is asked"),
    Reason.UNNAMED: (
        "表单里没有填办理人；不填时由管理员办理",
        "The form names nobody; without a name an administrator is asked",
    ),
    Reason.STAND_IN: ("没有找到办理人，由指定人员办理", "Nobody was found, so the named stand-in is asked"),
    Reason.FILLED_UP: ("人数不足，已补足办理人", "Too few were found, so others are asked as well"),
    Reason.JOINED: ("并行的另一支已完成", "Another branch was finished first"),
    Reason.DECIDED: ("已由其他人办理", "Somebody else has decided"),
    Reason.RETURNED: ("申请已退回", "The application was returned"),
    Reason.REFUSED: ("申请未通过", "The application was refused"),
    Reason.WITHDRAWN: ("申请人已撤回", "The applicant withdrew"),
    Reason.CLAIMED: ("已由其他人领取", "Somebody else has claimed it"),
    Reason.RELEASED: ("领取的人已放回", "Whoever had claimed it has released it"),
    Reason.TRANSFERRED: ("已转给其他人办理", "It was handed to somebody else"),
    Reason.SIGNERS_FIRST: ("先由加签或被征求意见的人办理", "Those who were added are asked first"),
    Reason.REMOVED: ("加签已撤销", "The added signer was removed"),
    Reason.TAKEN_BACK: ("前一环节的人拿回了办件", "Whoever had decided before took it back"),
    Reason.UNCHANGED: (
        "内容没有变化，原来的意见仍然有效",
        "Nothing that was decided on has changed, so the decision stands",
    ),
    Reason.NOTIFIED: ("已知会", "Told"),
    Reason.CALLED_BACK: ("外部系统已回复", "The other system has answered"),
    Reason.CALLBACK_FAILED: ("外部系统没有办成，由管理员处理", "The other system failed, so an administrator is asked"),
    Reason.CALLBACK_WAITING: ("等外部系统答复", "Waits for another system"),
    Reason.APART: ("办过另一环节的人须回避", "Whoever acted at the other step may not act here"),
    Reason.MIGRATED: ("办件转到了新版本", "The case was moved to another version"),
    Reason.OPENED_DONE: ("开出的事项已经办完", "The cases that were opened are done"),
    Reason.OPENED_UNMET: ("开出的事项没有全部通过", "Too few of the cases that were opened were approved"),
    Reason.OPENED_WAITING: ("等开出的事项办完", "Waits for the cases that were opened"),
    Reason.OPENED_NONE: ("没有开出事项，不用等", "No case was opened, so there is nothing to wait for"),
    Reason.SCANNED: ("门岗查验通行证即完成", "Done by a scan of the pass"),
    Reason.OVERDUE: ("超过时限，系统自动办理", "Overdue, so the system did it"),
}
