"""What an engine is given: rules over propositions that are true or not, nothing else.

All that is text, number, date or money was decided by our expressions before. A rule says: when all of `needs` are
true, `gives` is true. Nothing is negated here: `compile.py` puts what is negated into an earlier stratum.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

MOST_NEEDS = 8
"""Conditions of one rule. With 60 rules a ruleset this keeps below 511 distinct conditions, where the engine hangs."""


@dataclass(frozen=True, slots=True, order=True)
class Rule:
    """When all of `needs` are true, `gives` is true. Propositions are short ASCII names made by the compiler."""

    gives: str
    needs: tuple[str, ...]


@dataclass(frozen=True)
class Program:
    """The strata of one policy version, run one after another: what an earlier one concluded is given to the later."""

    name: str
    strata: tuple[tuple[Rule, ...], ...]

    @cached_property
    def digest(self) -> str:
        """The same rules have the same digest: an engine keeps one worker for it."""
        return hashlib.sha256(repr((self.name, self.strata)).encode()).hexdigest()[:16]


def fixpoint(rules: Iterable[Rule], facts: Iterable[str]) -> frozenset[str]:
    """Everything that is true: the facts and all that follows. Applies every rule until nothing new is concluded."""
    known = set(facts)
    waiting = list(rules)
    grown = True
    while grown:
        grown = False
        for rule in waiting:
            if rule.gives not in known and known.issuperset(rule.needs):
                known.add(rule.gives)
                grown = True
    return frozenset(known)
