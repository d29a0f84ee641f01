"""Cutting a program into what durable-rules can bear, and refusing what it cannot.

The figures were found by trying: at 64 conditions that match at once the engine fires nothing or dies, at 512 distinct
conditions it hangs; a rule without conditions never fires.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from banshi.rules.policies.graph import groups
from banshi.rules.policies.program import MOST_NEEDS, Program, Rule

MOST_RULES = 59
"""Rules of one ruleset; the catch-all is the sixtieth."""
MOST_IN_PROGRAM = 1_000
_PROPOSITION = re.compile(r"[a-z][a-z0-9]{0,11}")


def refusal(program: Program) -> str:
    """Why durable-rules may not run a program, or an empty text."""
    rules = [rule for stratum in program.strata for rule in stratum]
    if len(rules) > MOST_IN_PROGRAM:
        return f"the policy has {len(rules)} rules, more than {MOST_IN_PROGRAM}"
    for rule in rules:
        if not 1 <= len(rule.needs) <= MOST_NEEDS:
            return f"a rule has {len(rule.needs)} conditions"
        if not all(_PROPOSITION.fullmatch(name) for name in (rule.gives, *rule.needs)):
            return f"{rule} names something that is not a proposition"
    circle = max((len(group) for stratum in program.strata for group in _groups(stratum)), default=0)
    return f"{circle} rules depend on each other in a circle" if circle > MOST_RULES else ""


def rulesets(stratum: Sequence[Rule]) -> list[list[Rule]]:
    """The rules of a stratum in portions, to be run one after another: none needs what a later one concludes."""
    portions: list[list[Rule]] = []
    for group in _groups(stratum):
        if not portions or len(portions[-1]) + len(group) > MOST_RULES:
            portions.append([])
        portions[-1] += group
    return portions


def _groups(stratum: Sequence[Rule]) -> list[list[Rule]]:
    by_gift: dict[str, list[Rule]] = {}
    for rule in stratum:
        by_gift.setdefault(rule.gives, []).append(rule)
    needs = {rule: [giver for need in rule.needs for giver in by_gift.get(need, ())] for rule in stratum}
    return groups(list(dict.fromkeys(stratum)), needs)
