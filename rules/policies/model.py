"""Policies: statements that conclude facts and give verdicts, and what a run of them found."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from banshi.rules.decision import Decision
from banshi.rules.diagnostics import NOWHERE, Place
from banshi.rules.expressions import Expression
from banshi.rules.policies.conditions import fact_name
from banshi.rules.values import Value

if TYPE_CHECKING:  # the compiler needs the records below
    from banshi.rules.policies.compiler import Plan

NAMED = re.compile(r"\$\{([^{}]+)\}")
"""`${name}` in a message or remedy: the value is filled in."""


class Verdict(StrEnum):
    """What a statement says: `forbid` stops a submission, `require` lists what is missing, blank only concludes."""

    FORBID = "forbid"
    REQUIRE = "require"
    WARN = "warn"
    ALLOW = "allow"
    NONE = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """One fact of a `then` cell: `管制类别 = 易制爆`, computed (`级别 = =费用/100`), bare (`需要 公安备案`)."""

    name: str
    value: Value | Expression = True
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One row of a policy sheet. A blank `when` always holds. `place` is the row's first cell, `text_places` the cells of
    its texts, by the name of the text.

    Both dates are included; `in_force` are the same as conditions, at their cells.
    """

    id: str
    when: Expression | None
    then: tuple[Conclusion, ...] = ()
    valid_from: date | None = None
    valid_until: date | None = None
    in_force: tuple[Expression, ...] = ()
    verdict: Verdict = Verdict.NONE
    message: str = ""
    remedy: str = ""
    reference: str = ""
    message_en: str = ""
    remedy_en: str = ""
    text_places: Mapping[str, Place] = field(default_factory=dict)
    place: Place = NOWHERE

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """Every expression of the row."""
        computed = tuple(fact.value for fact in self.then if isinstance(fact.value, Expression))
        return (self.when, *computed) if self.when else computed

    @property
    def texts(self) -> Iterator[tuple[str, Place]]:
        """Its message and remedy in both languages, each with its cell."""
        texts = {"message": self.message, "remedy": self.remedy}
        texts |= {"message_en": self.message_en, "remedy_en": self.remedy_en}
        yield from ((text, self.text_places.get(key, self.place)) for key, text in texts.items())

    @property
    def named(self) -> dict[str, Place]:
        """The names that its message and remedy fill in, each with the first cell that does."""
        found: dict[str, Place] = {}
        for text, place in self.texts:
            for name in NAMED.findall(text):
                found.setdefault(name.strip(), place)
        return found


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A policy sheet: statements whose order does not matter."""

    name: str
    statements: tuple[Statement, ...]
    place: Place = NOWHERE

    @cached_property
    def plan(self) -> Plan:
        """The policy as it is run, compiled once.

        Raises:
            Circular: statements deny each other in a circle; `check` reports it, and such a workbook is not published.
        """
        from banshi.rules.policies.compiler import compile_policy

        return compile_policy(self)

    @cached_property
    def output_names(self) -> frozenset[str]:
        """The facts that its statements conclude."""
        return frozenset(fact.name for statement in self.statements for fact in statement.then)

    @cached_property
    def names(self) -> frozenset[str]:
        """The fields that it reads: everything its expressions and texts name, without its own facts."""
        read = {name for row in self.statements for name in row.named}
        read.update(name for row in self.statements for expression in row.expressions for name in expression.names)
        return frozenset(name for name in read if fact_name(name) not in self.output_names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one statement says of one case.

    With `not_checked`, the statement neither holds nor fails: data is missing (`missing` names the fields), or it could
    not be computed (`computed` is false). `message` says which of the two, not what the statement says when it holds.
    """

    id: str
    verdict: Verdict
    message: str
    remedy: str = ""
    reference: str = ""
    message_en: str = ""
    remedy_en: str = ""
    place: Place = NOWHERE
    not_checked: bool = False
    missing: tuple[str, ...] = ()
    computed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """The rows that led to a row that holds, itself last; the facts that it concludes; `reads` are the names from
    elsewhere (fields, other sheets) that all of them were decided by, as facts are compared.
    """

    rows: tuple[Statement, ...]
    facts: Mapping[str, Value]
    reads: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """The answer of a policy: facts concluded, findings in row order, who answered (and why it was the fixpoint).

    `facts` holds what was concluded: a value, or a tuple of distinct values in row order. `values` holds every fact of
    the policy, for the names that others read: what was concluded; False (a bare fact) or the empty tuple where it is
    known that nothing was; an ErrorValue where missing data leaves it open (`undecided`). `chains`, where they were asked
    for, has one for every row that holds, in row order.
    """

    facts: Mapping[str, Value]
    values: Mapping[str, Value]
    findings: tuple[Finding, ...]
    engine: str
    reason: str = ""
    undecided: frozenset[str] = frozenset()
    chains: tuple[Chain, ...] = ()
    decision: Decision
