"""One run of a plan: two sets of propositions, those that certainly hold and those that may hold.

Missing data makes a condition neither true nor false. So every stratum is inferred twice: with what is not known taken
as false (what is concluded then is certain), and taken as true (what is not concluded then is certainly not so). What
lies between is "not checked". Where all is known the two are one and the engine is asked once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from banshi.rules.expressions import Environment, Expression
from banshi.rules.policies.compiler import Plan, Spot
from banshi.rules.policies.conditions import Condition, Every, Leaf, fact_name, facts_in
from banshi.rules.policies.engine import FIXPOINT, Engine
from banshi.rules.policies.model import Policy
from banshi.rules.policies.truth import Truth, every, known_value, some, truth_of, unknown_for
from banshi.rules.values import Value


@dataclass(frozen=True, slots=True)
class Concluded:
    """The value of one conclusion, and whether it is known."""

    value: Value
    truth: Truth


class Run:
    """The state of one run; `run()` fills it, the other methods ask about it."""

    def __init__(self, policy: Policy, plan: Plan, env: Environment, engine: Engine) -> None:
        self.policy = policy
        self.plan = plan
        self.engine_name = FIXPOINT
        self.reason = ""
        self._env = env
        self._engine = engine
        self._certain: set[str] = set()
        self._possible: set[str] = set()
        self._values: dict[Spot, Concluded] = {}

    def run(self) -> None:
        """Run stratum after stratum."""
        for level, stage in enumerate(self.plan.stages):
            for i in stage.statements:
                for j, fact in enumerate(self.policy.statements[i].then):
                    self._values[i, j] = self._conclude(fact.value)
            for given in stage.inputs:
                self._note(given.name, self.truth(given.condition))
            for support in stage.supports:
                self._note(support.name, self._with_value(support.leaf, support.spot))
            certain = self._infer(level, self._certain & stage.reads)
            same = self._certain & stage.reads == self._possible & stage.reads
            self._possible |= certain if same else self._infer(level, self._possible & stage.reads)
            self._certain |= certain

    def _infer(self, level: int, facts: set[str]) -> frozenset[str]:
        answer = self._engine.infer(self.plan.program, level, facts)
        if not self.reason:  # once the engine has failed, the answer as a whole is not its own
            self.engine_name, self.reason = answer.engine, answer.reason
        return answer.facts

    def _note(self, proposition: str, truth: Truth) -> None:
        if truth.held is not False:
            self._possible.add(proposition)
        if truth.held:
            self._certain.add(proposition)

    def _conclude(self, value: Value | Expression) -> Concluded:
        if not isinstance(value, Expression):
            return Concluded(value, Truth(True))
        hangs_on = [
            self._standing(spot) for fact in facts_in(value.root, self.policy.output_names) for spot in self._open(fact)
        ]
        if hangs_on:
            return Concluded(None, unknown_for(hangs_on))
        return Concluded(*known_value(value, self.env(), self.policy.output_names))

    def held(self, statement: int) -> bool | None:
        """Whether a statement holds; None when it was not checked."""
        name = f"r{statement}"
        return True if name in self._certain else None if name in self._possible else False

    def value(self, spot: Spot) -> Concluded:
        """The value of a conclusion."""
        return self._values[spot]

    def truth(self, condition: Condition) -> Truth:
        """What a condition comes to after the strata that have run."""
        if isinstance(condition, Leaf):
            return self._leaf(condition)
        parts = (self.truth(part) for part in condition.parts)
        return every(parts) if isinstance(condition, Every) else some(parts)

    def _leaf(self, leaf: Leaf) -> Truth:
        hangs_on = [self._standing(spot) for fact in leaf.facts for spot in self._open(fact)]
        if leaf.one:
            truth = some(self._holding(leaf))
        elif hangs_on:
            truth = unknown_for(hangs_on)
        else:
            truth = truth_of(leaf.expression, self.env() if leaf.facts else self._env, self.policy.output_names)
        return truth.turned() if leaf.negated else truth

    def _holding(self, leaf: Leaf) -> Iterator[Truth]:
        """For every conclusion of the fact: whether it stands and makes the leaf hold."""
        for spot in self.plan.spots[leaf.one]:
            if self.held(spot[0]) is not False:
                yield every((self._with_value(leaf, spot), self._standing(spot)))

    def _standing(self, spot: Spot) -> Truth:
        """Whether a conclusion that is not ruled out stands; its statement when that is open."""
        return self._values[spot].truth if self.held(spot[0]) else Truth(None, waits=frozenset((spot[0],)))

    def _with_value(self, leaf: Leaf, spot: Spot) -> Truth:
        concluded = self._values[spot]
        if concluded.truth.held is None:
            return concluded.truth
        return truth_of(leaf.expression, self.env({leaf.one: concluded.value}), self.policy.output_names)

    def holds_with(self, leaf: Leaf, spot: Spot) -> bool:
        """Whether a leaf that compares one fact holds with the value of one conclusion."""
        return self._with_value(leaf, spot).held is True

    def _open(self, fact: str) -> Iterator[Spot]:
        """The conclusions of a fact that are not decided."""
        for spot in self.plan.spots[fact]:
            held = self.held(spot[0])
            if held is None or (held and self._values[spot].truth.held is None):
                yield spot

    def why_not_checked(self, statement: int) -> Truth:
        """The data that is missing for a statement, through the chain of statements that it hangs on."""
        seen: dict[int, Truth] = {}
        waiting = [statement]
        while waiting:
            i = waiting.pop()
            if i not in seen:
                seen[i] = self.truth(self.plan.conditions[i])
                waiting += sorted(seen[i].waits)
        return unknown_for(seen.values())

    def facts(self) -> dict[str, Value]:
        """What was concluded: one value, or the tuple of distinct values in row order."""
        found: dict[str, list[Value]] = {}
        for i, row in enumerate(self.policy.statements):
            for j, fact in enumerate(row.then):
                if self.held(i) and (i, j) in self._values and self._values[i, j].truth.held:
                    values = found.setdefault(fact.name, [])
                    if not any(_same(value, self._values[i, j].value) for value in values):
                        values.append(self._values[i, j].value)
        return {name: values[0] if len(values) == 1 else tuple(values) for name, values in found.items()}

    def undecided(self) -> frozenset[str]:
        """The facts that missing data leaves open."""
        return frozenset(fact for fact in self.plan.spots if list(self._open(fact)))

    def env(self, instead: Mapping[str, Value] | None = None) -> Environment:
        """The environment with the facts concluded so far, or with the given ones."""
        own = self.facts() if instead is None else instead
        return replace(self._env, values=_Overlay(self._env.values, self.policy.output_names, own))


class _Overlay(Mapping[str, Value]):
    """Fields with a policy's own facts before them; a fact that was not concluded is empty, whatever the fields say."""

    def __init__(self, fields: Mapping[str, Value], names: frozenset[str], facts: Mapping[str, Value]) -> None:
        self._fields = fields
        self._names = names
        self._facts = facts

    def __getitem__(self, name: str) -> Value:
        fact = fact_name(name)
        return self._facts.get(fact) if fact in self._names else self._fields[name]

    def __iter__(self) -> Iterator[str]:
        yield from (name for name in self._fields if fact_name(name) not in self._names)
        yield from self._names

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _same(left: Value, right: Value) -> bool:
    return type(left) is type(right) and left == right
