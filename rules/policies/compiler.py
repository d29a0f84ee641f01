"""From a policy to a plan: what our expressions decide, what the engine chains, and in which order (strata).

The engine gets propositions only. `r3` says that statement 3 holds; `c…` that a condition over fields holds; `m…` that
a fact compares so (`管制类别 = "易制爆"`), which follows from the statements that conclude such a value; `x…` are steps
in between. What denies a fact, or asks of it in another way, waits until all rows that conclude it have been run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from banshi.rules.expressions import Expression
from banshi.rules.policies.conditions import Condition, Every, Leaf, Some, conditions, facts_in, is_live, leaves
from banshi.rules.policies.graph import groups
from banshi.rules.policies.model import Policy, Statement
from banshi.rules.policies.program import MOST_NEEDS, Program, Rule

Spot = tuple[int, int]
"""A conclusion: the index of its statement, and its index among the statement's facts."""


@dataclass(frozen=True, slots=True)
class Input:
    """A proposition that our expressions decide before its stratum runs."""

    name: str
    condition: Condition


@dataclass(frozen=True, slots=True)
class Support:
    """A proposition: `leaf` holds with the value of one conclusion in the place of the fact."""

    name: str
    leaf: Leaf
    spot: Spot


@dataclass(frozen=True, slots=True)
class Stage:
    """What is decided before one stratum, and which statements belong to it."""

    statements: tuple[int, ...]
    inputs: tuple[Input, ...]
    supports: tuple[Support, ...]
    reads: frozenset[str]


@dataclass(frozen=True, slots=True)
class Plan:
    """A compiled policy. `conditions` are the `when` cells in row order, `spots` the conclusions by fact."""

    conditions: tuple[Condition, ...]
    spots: Mapping[str, tuple[Spot, ...]]
    stages: tuple[Stage, ...]
    program: Program


class Circular(Exception):
    """Statements that deny each other in a circle: their indexes."""

    def __init__(self, statements: tuple[int, ...]) -> None:
        super().__init__(f"The statements {statements} deny each other in a circle.")
        self.statements = statements


def compile_policy(policy: Policy) -> Plan:
    """The plan of a policy.

    Raises:
        Circular: the policy has no answer (`check` reports it at its cells).
    """
    own = policy.output_names
    read = tuple(_condition(row, own) for row in policy.statements)
    spots: dict[str, list[Spot]] = {}
    for i, row in enumerate(policy.statements):
        for j, fact in enumerate(row.then):
            spots.setdefault(fact.name, []).append((i, j))
    frozen = {name: tuple(found) for name, found in spots.items()}
    strata = _strata(policy, read, frozen)
    return _Builder(policy, read, frozen, strata).build()


def _condition(row: Statement, own: frozenset[str]) -> Condition:
    when = conditions(row.when, own) if row.when else Every()
    return Every((*map(Leaf, row.in_force), when)) if row.in_force else when


def _strata(policy: Policy, read: tuple[Condition, ...], spots: Mapping[str, tuple[Spot, ...]]) -> list[int]:
    """The stratum of every statement: not before what it uses, after what it denies or counts."""
    waits: list[set[int]] = []
    uses: list[set[int]] = []
    for row, condition in zip(policy.statements, read, strict=True):
        settled, live = _facts_needed(condition)
        for fact in row.then:
            if isinstance(fact.value, Expression):
                settled |= facts_in(fact.value.root, policy.output_names)
        waits.append(_concluding(settled, spots))
        uses.append(_concluding(live, spots))
    found = [0] * len(read)
    for group in groups(range(len(read)), {i: sorted(waits[i] | uses[i]) for i in range(len(read))}):
        if any(waits[i] & set(group) for i in group):
            raise Circular(tuple(sorted(group)))
        level = max((found[j] for i in group for j in uses[i] - set(group)), default=0)
        level = max([level, *(found[j] + 1 for i in group for j in waits[i])])
        for i in group:
            found[i] = level
    return found


def _facts_needed(condition: Condition) -> tuple[set[str], set[str]]:
    settled: set[str] = set()
    live: set[str] = set()
    for leaf in leaves(condition):
        (live if leaf.live else settled).update(leaf.facts)
    return settled, live


def _concluding(facts: Iterable[str], spots: Mapping[str, tuple[Spot, ...]]) -> set[int]:
    return {i for fact in facts for i, _ in spots[fact]}


class _Builder:
    def __init__(
        self,
        policy: Policy,
        read: tuple[Condition, ...],
        spots: Mapping[str, tuple[Spot, ...]],
        strata: list[int],
    ) -> None:
        self._policy = policy
        self._conditions = read
        self._spots = spots
        self._strata = strata
        count = max(strata, default=-1) + 1
        self._rules: list[list[Rule]] = [[] for _ in range(count)]
        self._inputs: list[list[Input]] = [[] for _ in range(count)]
        self._supports: list[list[Support]] = [[] for _ in range(count)]
        self._atoms: dict[tuple[str, str], str] = {}
        self._made = 0

    def build(self) -> Plan:
        for i, condition in enumerate(self._conditions):
            alternatives = condition.parts if isinstance(condition, Some) and is_live(condition) else (condition,)
            for part in self._merged(alternatives, Some):
                self._rule(f"r{i}", self._needs(part, self._strata[i]), self._strata[i])
        program = Program(self._policy.name, tuple(tuple(rules) for rules in self._rules))
        stages = tuple(self._stage(level) for level in range(len(self._rules)))
        return Plan(self._conditions, self._spots, stages, program)

    def _stage(self, level: int) -> Stage:
        return Stage(
            statements=tuple(i for i, stratum in enumerate(self._strata) if stratum == level),
            inputs=tuple(self._inputs[level]),
            supports=tuple(self._supports[level]),
            reads=frozenset(need for rule in self._rules[level] for need in rule.needs),
        )

    def _name(self, letter: str) -> str:
        self._made += 1
        return f"{letter}{self._made}"

    def _rule(self, gives: str, needs: list[str], level: int) -> None:
        needs = list(dict.fromkeys(needs))
        while len(needs) > MOST_NEEDS:
            step = self._name("x")
            self._rules[level].append(Rule(step, tuple(needs[:MOST_NEEDS])))
            needs = [step, *needs[MOST_NEEDS:]]
        self._rules[level].append(Rule(gives, tuple(needs)))

    def _needs(self, condition: Condition, level: int) -> list[str]:
        """The propositions that must all be true for a condition to hold."""
        if not is_live(condition):
            name = self._name("c")
            self._inputs[level].append(Input(name, condition))
            return [name]
        match condition:
            case Leaf():
                return [self._atom(condition)]
            case Every(parts=parts):
                return [need for part in self._merged(parts, Every) for need in self._needs(part, level)]
            case Some(parts=parts):
                step = self._name("x")
                for part in self._merged(parts, Some):
                    self._rule(step, self._needs(part, level), level)
                return [step]

    def _merged(self, parts: tuple[Condition, ...], joined: type[Every] | type[Some]) -> list[Condition]:
        """The parts, with all that the engine has no say in made one, so that it is one proposition."""
        decided = tuple(part for part in parts if not is_live(part))
        live = [part for part in parts if is_live(part)]
        return [joined(decided), *live] if decided else live

    def _atom(self, leaf: Leaf) -> str:
        """The proposition that a fact compares so; it follows from every conclusion that may make it hold."""
        key = (leaf.one, str(leaf.expression.to_json()))  # the same comparison in two rows is one proposition
        if key not in self._atoms:
            self._atoms[key] = self._name("m")
            for spot in self._spots[leaf.one]:
                level = self._strata[spot[0]]
                support = Support(self._name("s"), leaf, spot)
                self._supports[level].append(support)
                self._rule(self._atoms[key], [f"r{spot[0]}", support.name], level)
        return self._atoms[key]
