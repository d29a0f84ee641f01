"""Checking a policy: its expressions, the kinds of its facts, circles of denial, rows that contradict each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from banshi.rules.diagnostics import Diagnostic
from banshi.rules.expressions import Expression, Name, Scope, kind_of_expression, suggest
from banshi.rules.expressions import check as check_expression
from banshi.rules.expressions.tree import Operation, Reference, Text, walk
from banshi.rules.policies import faults
from banshi.rules.policies.compiler import Circular, compile_policy
from banshi.rules.policies.conditions import fact_name
from banshi.rules.policies.conflicts import Answering, conflicts
from banshi.rules.policies.model import NAMED, Conclusion, Policy, Statement
from banshi.rules.values import Kind, Value, kind_of

_KINDS = {
    Kind.NUMBER: ("数字", "a number"),
    Kind.TEXT: ("文字", "a text"),
    Kind.BOOLEAN: ("是/否", "yes or no"),
    Kind.DATE: ("日期", "a date"),
    Kind.DATETIME: ("日期时间", "a date with a time"),
    Kind.TIME: ("时间", "a time"),
    Kind.LIST: ("多个值", "a list"),
    Kind.ANY: ("任意值", "any value"),
}


def check(policy: Policy, scope: Scope, form: Answering | None = None) -> tuple[Diagnostic, ...]:
    """The faults of a policy, all at once, in row order.

    `scope` holds the fields and the outputs of tables and tariffs; the policy's own facts are added here. `form`
    computes what depends on answers, so that a case of two rows that contradict each other is one that can be.
    """
    inside = scope.with_names(_own_names(policy, scope))
    found: list[Diagnostic] = []
    for row in policy.statements:
        if row.when is not None:
            found += check_expression(row.when, inside, Kind.BOOLEAN)
            found += _halves(row.when, policy, scope)
        for fact in row.then:
            if isinstance(fact.value, Expression):
                found += check_expression(fact.value, inside)
        found += _texts(row, inside)
    found += _mixed(policy, scope)
    circle = _circle(policy)
    return (*found, *(circle or conflicts(policy, scope, form)))


def _halves(when: Expression, policy: Policy, scope: Scope) -> Iterator[Diagnostic]:
    """`需要 = "公安备案"`, where a row concludes `需要 公安备案`: no fact and no field is called 需要."""
    for node in walk(when.root):
        if not isinstance(node, Operation) or node.operator not in ("=", "!="):
            continue
        for name, text in (node.operands, node.operands[::-1]):
            if not isinstance(name, Reference) or not isinstance(text, Text):
                continue
            known, fact = scope.find(name.name), fact_name(f"{name.name} {text.value}")
            if known and known.guessed and fact in policy.output_names and name.name not in policy.output_names:
                yield faults.HALF_A_FACT.at(when.place_of(node), part=when.part(node), name=name.name, fact=fact)


def fact_names(policy: Policy, scope: Scope) -> dict[str, Name]:
    """What others may know of a policy's facts: their kinds, and as choices the values that its rows can conclude.

    A fact that rows may give different values is a list to others, as both may hold; `selected` asks it.
    """
    names = _own_names(policy, scope)
    for name, facts in _conclusions(policy).items():
        if len({repr(fact.value) for fact in facts}) > 1:
            names[name] = replace(names[name], kind=Kind.LIST, multiple=True)
    return names


def _own_names(policy: Policy, scope: Scope) -> dict[str, Name]:
    """The facts as the policy's own rows see them: a comparison holds when one of the values makes it hold."""
    names: dict[str, Name] = {}
    for name, facts in _conclusions(policy).items():
        kinds = {_kind(fact.value, scope) for fact in facts}
        texts = [fact.value for fact in facts if isinstance(fact.value, str)]
        choices = frozenset(texts) if len(texts) == len(facts) else None
        names[name] = Name(kinds.pop() if len(kinds) == 1 else Kind.ANY, choices, place=facts[0].place)
    return names


def _conclusions(policy: Policy) -> dict[str, list[Conclusion]]:
    by_name: dict[str, list[Conclusion]] = {}
    for row in policy.statements:
        for fact in row.then:
            by_name.setdefault(fact.name, []).append(fact)
    return by_name


def _kind(value: Value | Expression, scope: Scope) -> Kind:
    return kind_of_expression(value, scope) if isinstance(value, Expression) else kind_of(value)


def _mixed(policy: Policy, scope: Scope) -> list[Diagnostic]:
    """Facts whose values are of two kinds: comparisons never cross kinds, so some would silently never hold."""
    first: dict[str, tuple[Kind, Conclusion]] = {}
    found: list[Diagnostic] = []
    for row in policy.statements:
        for fact in row.then:
            kind = _kind(fact.value, scope)
            wanted, other = first.setdefault(fact.name, (kind, fact))
            if Kind.ANY not in (kind, wanted) and kind is not wanted:
                (zh, en), (zh_wanted, en_wanted) = _KINDS[kind], _KINDS[wanted]
                facts = {"name": fact.name, "other": other.place, "found": zh, "found_en": en}
                found.append(faults.MIXED_KINDS.at(fact.place, **facts, wanted=zh_wanted, wanted_en=en_wanted))
    return found


def _texts(row: Statement, scope: Scope) -> list[Diagnostic]:
    known = {fact_name(name) for name in scope.names}
    found = [faults.OPEN_IN_TEXT.at(place) for text, place in row.texts if "${" in NAMED.sub("", text)]
    return found + [
        faults.UNKNOWN_IN_TEXT.at(place, name=name, near=suggest(name, scope.names))
        for name, place in row.named.items()
        if fact_name(name) not in known
    ]


def _circle(policy: Policy) -> list[Diagnostic]:
    try:
        compile_policy(policy)
    except Circular as circle:
        rows = [policy.statements[i] for i in circle.statements]
        places = [row.when.place if row.when else row.place for row in rows]
        cells = "、".join(str(place) for place in places)
        return [faults.CIRCLE.at(place, cells=cells) for place in places]
    return []
