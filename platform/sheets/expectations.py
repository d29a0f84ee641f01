"""Expect columns of examples: `expect route`, `expect who 40`, `expect fees.total`, `期望 规则.危化品.审批级别`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from banshi.platform.service.model import Service
from banshi.platform.sheets.names import Names
from banshi.platform.sheets.sheet_names import FAMILIES
from banshi.platform.workbook.columns import plain, suggest
from banshi.rules.expressions import fold_name

_EXPECT = re.compile(r"\s*(?:expect(?:ed)?\b|期望|预期)\s*[:：]?\s*(.*)", re.IGNORECASE | re.DOTALL)
_WHO = re.compile(r"(?:who|办理人|人员)\s*(?:环节|step)?\s*(\S+)", re.IGNORECASE)
_WORDS = {
    "route": ("route", "路线", "流程", "路径"),
    "error": ("error", "错误", "拦截", "提示错误"),
    "document": ("document", "文书"),
    "pass": ("pass", "通行证"),
    "notices": ("notices", "通知"),
}
NOTHING = frozenset({"无", "没有", "none", "no", "-"})
"""What the cell of an expectation says where nothing should come of it."""
_TOTAL = frozenset(map(plain, ("total", "合计", "总额", "总计")))


class UnknownExpectation(Exception):
    """A column that expects what nobody knows; `near` is empty for what this version cannot check."""

    def __init__(self, near: str) -> None:
        super().__init__(near)
        self.near = near


def expected_part(text: str) -> str:
    """What a header expects: `expect fees.total` → `fees.total`; empty for a header that expects nothing."""
    found = _EXPECT.fullmatch(text)
    return found[1].strip() if found else ""


def expectation_key(text: str, service: Service, names: Names) -> str:
    """The canonical key of an expect column; raises UnknownExpectation.

    `route` · `error` · `notices` · `document` · `pass` · `who <step>` · `fees.total` · `fees.<name>.<item>` · `rules.<name>.<output>` ·
    `policy.<name>.<fact or id>` · `value <name>`, each with the names as the workbook spells them.
    """
    part = fold_name(expected_part(text))
    word = next((name for name, words in _WORDS.items() if plain(part) in map(plain, words)), "")
    there = {
        "route": service.routing is not None,
        "notices": bool(service.notices),
        "document": bool(service.documents),
        "pass": bool(service.passes),
    }
    if word and there.get(word, True):
        return word
    who = _WHO.fullmatch(part)
    if who and service.routing is not None and any(step.id == who[1] for step in service.routing.steps):
        return f"who {who[1]}"
    known = {plain(key): key for key in _dotted(service)}
    family, dot, rest = part.partition(".")
    family = next((name for name, words in FAMILIES.items() if plain(family) in map(plain, words)), "")
    if family and dot:
        head, _, last = rest.rpartition(".")
        if family == "fees" and plain(last) in _TOTAL:
            rest = f"{head}.total" if head else "total"
        key = known.get(plain(f"{family}.{rest}"))
        if key is not None:
            return key
    definition = names.find(part)
    if definition is not None:
        return f"value {definition.name}"
    raise UnknownExpectation(_near(part, service, names))


def key_text(key: str) -> str:
    """The Chinese words of an expectation's key: `rules.级别.级别` → `规则.级别.级别`, `who 20` → `办理人 20`."""
    if key in _WORDS:
        return _WORDS[key][1]
    if key.startswith("who "):
        return f"办理人 {key.removeprefix('who ')}"
    family, dot, rest = key.partition(".")
    if not dot or family not in FAMILIES:
        return key.removeprefix("value ")
    head, _, last = rest.rpartition(".")
    if family == "fees" and last == "total":
        rest = f"{head}.合计" if head else "合计"
    return f"{FAMILIES[family][-1]}.{rest}"


def _dotted(service: Service) -> Iterator[str]:
    """Every key of the rules, the tariffs and the policies."""
    if service.tariffs:
        yield "fees.total"
    for name, tariff in service.tariffs.items():
        yield f"fees.{name}.total"
        yield from (f"fees.{name}.{item}" for item in (*tariff.items, *tariff.carry_names.values()))
    for name, table in service.tables.items():
        yield from (f"rules.{name}.{output}" for output in table.output_names)
    for name, policy in service.policies.items():
        yield from (f"policy.{name}.{fact}" for fact in sorted(policy.output_names))
        yield from (f"policy.{name}.{statement.id}" for statement in policy.statements if statement.id)


def _near(part: str, service: Service, names: Names) -> str:
    steps = service.routing.steps if service.routing else ()
    known = [
        *(("route",) if service.routing else ()),
        "error",
        *(("notices",) if service.notices else ()),
        *(("document",) if service.documents else ()),
        *(("pass",) if service.passes else ()),
        *(f"who {step.id}" for step in steps),
        *_dotted(service),
        *(definition.name for definition in names.all()),
    ]
    near = suggest(part, known)
    return f"expect {near}" if near else ""
