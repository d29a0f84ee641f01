"""Sheet names: what a sheet is, known by its English or Chinese name with an optional suffix."""

from __future__ import annotations

import re
import unicodedata

from banshi.platform.workbook.columns import plain, suggest
from banshi.platform.workbook.faults import DUPLICATE_SHEET, LOOKALIKE_SHEET, OWN_SHEET, UNKNOWN_SHEET
from banshi.rules.diagnostics import Diagnostic, Place

KINDS: dict[str, tuple[str, ...]] = {
    "settings": ("settings", "设置"),
    "survey": ("survey", "表单"),
    "choices": ("choices", "选项"),
    "rules": ("rules", "规则"),
    "route": ("route", "流程"),
    "fees": ("fees", "收费"),
    "policy": ("policy", "制度"),
    "data": ("data", "数据"),
    "examples": ("examples", "用例"),
    "accounts": ("accounts", "账户"),
    "documents": ("documents", "文书"),
    "passes": ("passes", "通行证"),
    "personal_passes": ("personal passes", "personal_passes", "个人通行证"),
    "codes": ("codes", "动态码"),
    "notices": ("notices", "通知"),
    "schedule": ("schedule", "定时"),
    "connect": ("connect", "接口"),
    "board": ("board", "看板"),
    "migrate": ("migrate", "迁移"),
    "people": ("people", "人员"),
    "departments": ("departments", "部门"),
    "posts": ("posts", "岗位"),
    "roles": ("roles", "角色"),
    "delegations": ("delegations", "代理", "委托"),
    "calendar": ("calendar", "日历", "校历"),
    "holidays": ("holidays", "假期", "节假日", "放假"),
    "makeup": ("makeup", "make-up days", "make up days", "调休"),
    "hours": ("hours", "作息"),
    "terms": ("terms", "学期"),
    "entities": ("entities",),
    "external_choices": ("external_choices", "external choices"),
}
"""Every kind of sheet of the standard with its words. `note` and `unknown` are kinds without words."""

_MEANT = {
    "settings": ("service", "config", "服务", "配置", "基本信息"),
    "survey": ("form", "questions", "fields", "问卷", "字段", "题目"),
    "choices": ("options", "lists", "选择", "下拉"),
    "rules": ("table", "decision", "决策表", "决策"),
    "route": ("approval", "workflow", "steps", "审批", "环节"),
    "fees": ("tariff", "prices", "费用", "电价", "价格"),
    "policy": ("policies", "regulation", "政策", "规定"),
    "examples": ("tests", "cases", "示例", "例子", "测试"),
    "notices": ("messages", "mail", "消息", "短信"),
    "documents": ("prints", "papers", "打印", "证明"),
}
"""What people call a sheet who do not know its name: proposed, never understood."""

_NAMED = ("规则", "收费", "制度", "数据")
"""The Chinese kinds of which there are several, each with a name of its own behind a hyphen."""
_OWN = frozenset({"字典", "来源", "备注", "依据", "说明", "模板", "样例", "汇总", "汇编", "文件", "清单"})
"""What makes another word of such a kind, with which people call sheets of their own."""

_BY_WORD = {plain(word): kind for kind, words in KINDS.items() for word in words}
_SUFFIX = re.compile(r"\s*[.\-‐‑‒–—―。]\s*")
_STRAY = re.compile(
    r"(notes?|lists?|info|legend|versions?|history|log|changes|changelog|translations?|codebook|instructions?|sheet|"
    r"备注|修改记录|说明书?|.*[\w）)]\s*(\(\d+\)|\d+|copy|old|backup|副本|旧版?|备份))",
    re.IGNORECASE,
)
"""Names of sheets that people keep beside the form: no word of the standard was meant."""
_NOTE = re.compile(r"#|说明|readme", re.IGNORECASE)


def sheet_kind(name: str) -> tuple[str, str]:
    """The kind and suffix of a sheet name: `规则-危化品` → `rules`, `危化品`; `unknown` when it is no known word."""
    text = unicodedata.normalize("NFKC", name).strip()
    if _NOTE.match(text):
        return "note", ""
    if plain(text) in _BY_WORD:
        return _BY_WORD[plain(text)], ""
    head, *rest = _SUFFIX.split(text, maxsplit=1)
    kind = _BY_WORD.get(plain(head))
    return (kind, rest[0].strip()) if kind and rest else ("unknown", "")


def check_names(names: list[str]) -> list[Diagnostic]:
    """Misspelt sheets (with "did you mean"), sheets of the author's own, and sheets that are the same thing twice."""
    found: list[Diagnostic] = []
    seen: dict[tuple[str, str], str] = {}
    for name in names:
        kind, suffix = sheet_kind(name)
        if kind == "note":
            continue
        if kind == "unknown":
            # A third of the published forms carry sheets of their own, such as a legend or a log of changes.
            near = "" if _STRAY.fullmatch(name.strip()) else _near(name)
            found.append((UNKNOWN_SHEET if near else OWN_SHEET).at(Place(name), sheet=name, near=near))
            continue
        first = seen.setdefault((kind, plain(suffix)), name)
        if first != name:
            same_words = plain(first) == plain(name)
            fault = LOOKALIKE_SHEET if same_words else DUPLICATE_SHEET
            found.append(fault.at(Place(name), sheet=name, first=first))
    return found


def _near(name: str) -> str:
    head, *rest = re.split(r"([.\-–—])", unicodedata.normalize("NFKC", name), maxsplit=1)
    near = suggest(head, (word for words in KINDS.values() for word in words))
    if not near:
        english = plain(head).isascii()
        near = next((KINDS[kind][0 if english else 1] for kind, words in _MEANT.items() if plain(head) in words), "")
    if near:
        return near + "".join(rest)
    text = name.strip()
    named = next((word for word in _NAMED if text.startswith(word) and text.removeprefix(word).strip() not in _OWN), "")
    return f"{named}-{text.removeprefix(named).strip()}" if named else ""
