"""The chain behind a row that holds: the rows whose facts it stands on, theirs, and so on, none before what it needs.

Facts may support each other in a circle, so a chain is read off the order in which rows come to hold from the fields up,
not off the rows that name each other. Of several rows that would each do, the first is named.
"""

from __future__ import annotations

from collections.abc import Iterable

from banshi.rules.expressions import Expression
from banshi.rules.policies.conditions import Condition, Every, Leaf, fact_name, facts_in
from banshi.rules.policies.model import Chain
from banshi.rules.policies.run import Run


def chains(run: Run) -> tuple[Chain, ...]:
    """The chain of every row that holds, in row order."""
    waiting = [i for i in range(len(run.policy.statements)) if run.held(i)]
    behind: dict[int, tuple[int, ...]] = {}  # in the order in which rows come to hold
    while waiting:
        found = {i: needs for i in waiting if (needs := _needs(run, i, behind)) is not None}
        for i, needs in (found or dict.fromkeys(waiting, frozenset[int]())).items():
            led = {j for need in needs for j in behind[need]}
            behind[i] = (*(j for j in behind if j in led), i)
        waiting = [i for i in waiting if i not in behind]
    return tuple(_chain(run, behind[i]) for i in sorted(behind))


def _chain(run: Run, rows: tuple[int, ...]) -> Chain:
    statements = [run.policy.statements[i] for i in rows]
    values = [(fact.name, run.value((rows[-1], j))) for j, fact in enumerate(statements[-1].then)]
    reads = {name for row in statements for part in row.expressions for name in part.names}
    return Chain(
        rows=tuple(statements),
        facts={name: found.value for name, found in values if found.truth.held},
        reads=frozenset(fact_name(name) for name in reads) - run.policy.output_names,
    )


def _needs(run: Run, row: int, known: Iterable[int]) -> frozenset[int] | None:
    """The rows that a row holds by, out of those that are known to hold; None where they do not suffice."""
    needs = _of(run, run.plan.conditions[row], known)
    computed = (fact.value for fact in run.policy.statements[row].then if isinstance(fact.value, Expression))
    reads = {fact for value in computed for fact in facts_in(value.root, run.policy.output_names)}
    rest = _concluding(run, reads, known)
    return None if needs is None or rest is None else needs | rest


def _of(run: Run, condition: Condition, known: Iterable[int]) -> frozenset[int] | None:
    if isinstance(condition, Leaf):
        return _of_leaf(run, condition, known)
    parts = [_of(run, part, known) for part in condition.parts]
    sound = [part for part in parts if part is not None]
    if isinstance(condition, Every):
        return frozenset[int]().union(*sound) if len(sound) == len(parts) else None
    return sound[0] if sound else None


def _of_leaf(run: Run, leaf: Leaf, known: Iterable[int]) -> frozenset[int] | None:
    if not run.truth(leaf).held:
        return None
    if not leaf.live:  # what is denied or counted stands on all rows that have a say in it
        return _concluding(run, leaf.facts, known)
    fitting = (i for i, j in run.plan.spots[leaf.one] if i in known and run.holds_with(leaf, (i, j)))
    return next((frozenset({i}) for i in fitting), None)


def _concluding(run: Run, facts: Iterable[str], known: Iterable[int]) -> frozenset[int] | None:
    rows = {i for fact in facts for i, _ in run.plan.spots[fact_name(fact)] if run.held(i)}
    return frozenset(rows) if rows <= set(known) else None
