"""The words for what the store keeps as codes, Chinese and English: one table for screens, exports and the rule log."""

from __future__ import annotations

from collections.abc import Mapping

Words = Mapping[str, tuple[str, str]]

STATES: Words = {
    "open": ("办理中", "In progress"),
    "returned": ("已退回", "Returned"),
    "approved": ("已办结", "Completed"),
    "refused": ("未通过", "Refused"),
    "withdrawn": ("已撤回", "Withdrawn"),
}
KINDS: Words = {
    "table": ("决策表", "Decision table"),
    "tariff": ("收费", "Tariff"),
    "policy": ("制度", "Policy"),
}
OUTCOMES: Words = {
    "ok": ("正常", "Decided"),
    "no match": ("没有适用的行", "No row applies"),
    "conflict": ("矛盾", "Conflict"),
    "not checked": ("未核查", "Not checked"),
    "error": ("出错", "Error"),
}

EVENTS: Words = {
    "submitted": ("提交申请", "Sent"),
    "resubmitted": ("重新提交", "Sent again"),
    "approved": ("同意", "Approved"),
    "done": ("办理完成", "Done"),
    "refused": ("不同意", "Refused"),
    "returned": ("退回", "Returned"),
    "withdrawn": ("撤回", "Withdrawn"),
    "reminded": ("提醒办理", "Reminded"),
    "urged": ("催办", "Urged"),
    "escalated": ("超时转上级", "Overdue, so the superior is asked"),
    "copied": ("抄送", "Copied"),
    "migrated": ("转到新版本", "Moved to another version"),
    "called back": ("外部系统已办成", "The other system has done it"),
    "callback failed": ("外部系统没有办成", "The other system failed"),
    "skipped": ("跳过环节", "Step not needed"),
    "finished": ("办结", "Completed"),
    "claim": ("领取", "Claimed"),
    "release": ("放回", "Released"),
    "transfer": ("转办", "Handed on"),
    "consult": ("征求意见", "Asked for advice"),
    "answered": ("答复意见", "Gave advice"),
    "before": ("前加签", "Added a signer before"),
    "after": ("后加签", "Added a signer after"),
    "beside": ("并加签", "Added a signer beside"),
    "remove signer": ("撤销加签", "Took a signer out"),
    "take back": ("拿回", "Took the decision back"),
    "erased": ("删除个人信息", "Deleted personal data"),
    "looked": ("查看敏感信息", "Looked at a sensitive answer"),
    "commented": ("讨论", "Said"),
    "opened": ("开出事项", "Opened a case"),
    "not opened": ("没有开出事项", "Could not open a case"),
    "waiting": ("开始等待", "Began to wait"),
    "automatic": ("系统办理", "Done by the system"),
    "notified": ("知会", "Told"),
    "waited": ("等待结束", "The wait is over"),
    "opened case closed": ("开出的事项办完", "An opened case was decided"),
    "tried again": ("再开一次", "Tried to open it again"),
    "paper issued": ("开出文书", "Issued a paper"),
    "paper revoked": ("撤销文书", "Revoked a paper"),
    "pass given": ("发出通行证", "Gave a pass"),
    "pass withdrawn": ("收回通行证", "Withdrew a pass"),
    "scanned": ("查验通行证", "Checked a pass"),
    "gave up": ("不再开", "Gave up opening it"),
}


def word(words: Words, key: str, language: str) -> str:
    """The word for a code in a language; a code that a later version brought stays as it is."""
    return words[key][language == "en"] if key in words else key


def called(name: str, key: str, language: str) -> str:
    """Somebody or something by name and id: `李敏（20003）`; one of the two where the other is missing or says the same."""
    if not name or not key or name == key:
        return name or key
    return f"{name} ({key})" if language == "en" else f"{name}（{key}）"
