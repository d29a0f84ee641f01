"""durable-rules over many evaluations: every answer right, and neither process grows.

200,000 of them are run by `make soak`, through ten workers; 4,000 through one by `make test`.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from banshi.rules.policies import DurableEngine, durable_engine
from banshi.rules.policies.program import Program, Rule, fixpoint

EVALUATIONS = 200_000
MEASURED_EVERY = 2_000
A_FEW = 4_000
GROWTH = 3 * 1024
"""KiB. The library keeps 12 KiB a rule for every state that is not deleted: 2,000 of these would be 480 MiB."""


def resident(pid: int | str) -> int:
    """The resident memory of a process in KiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))


def a_policy(chance: random.Random) -> Program:
    inputs, facts = [f"c{i}" for i in range(20)], [f"r{i}" for i in range(20)]
    rules = tuple(
        Rule(facts[i], tuple(sorted(set(chance.sample(inputs, 2) + chance.sample(facts[:i], min(i, 2))))))
        for i in range(20)
    )
    return Program("二十条", (rules,))


def run(evaluations: int, every: int) -> tuple[dict[int, list[int]], list[int]]:
    """Evaluate, compare each answer; the memory of every worker, and our own, measured now and then."""
    chance = random.Random(2028)
    program = a_policy(chance)
    engine = DurableEngine(self_tests=20)
    workers: dict[int, list[int]] = {}
    own = []
    try:
        for i in range(evaluations):
            facts = frozenset(f"c{k}" for k in range(20) if chance.random() < 0.6)
            answer = engine.infer(program, 0, facts)
            assert (answer.engine, answer.reason) == ("durable-rules", "")
            assert answer.facts == fixpoint(program.strata[0], facts)
            if i % every == every - 1:
                pid = engine.workers()["二十条"]
                workers.setdefault(pid, []).append(resident(pid))
                own.append(resident("self"))
                print(i + 1, workers[pid][-1], own[-1], flush=True)
    finally:
        engine.close()
    return workers, own


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.skipif(bool(durable_engine.missing()), reason="durable-rules is not built here")
def test_two_hundred_thousand_evaluations_in_flat_memory():
    workers, own = run(EVALUATIONS, MEASURED_EVERY)
    assert EVALUATIONS // 20_000 <= len(workers) <= EVALUATIONS // 20_000 + 1, "workers are replaced when they are due"
    assert max(sizes[-1] - sizes[0] for sizes in workers.values()) < GROWTH
    assert own[-1] - own[len(own) // 10] < GROWTH


@pytest.mark.skipif(bool(durable_engine.missing()), reason="durable-rules is not built here")
def test_a_few_thousand_evaluations_in_flat_memory():
    workers, own = run(A_FEW, A_FEW // 8)
    [sizes] = workers.values()
    assert sizes[-1] - sizes[1] < GROWTH
    assert own[-1] - own[1] < GROWTH
