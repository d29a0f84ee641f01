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


def word(words: Words, key: str, language: str) -> str:
    """The word for a code in a language; a code that a later version brought stays as it is."""
    return words[key][language == "en"] if key in words else key


def called(name: str, key: str, language: str) -> str:
    """Somebody or something by name and id: `李敏（20003）`; one of the two where the other is missing or says the same."""
    if not name or not key or name == key:
        return name or key
    return f"{name} ({key})" if language == "en" else f"{name}（{key}）"
