"""durable-rules over 200,000 evaluations: every answer right, and neither process grows. Run by `make soak`."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from banshi.rules.policies import DurableEngine, durable_engine
from banshi.rules.policies.program import Program, Rule, fixpoint

EVALUATIONS = 200_000
MEASURED_EVERY = 2_000
GROWTH = 3 * 1024
"""KiB. The library loses 12 KiB a rule for every state that is not deleted: 50,000 of them would be gigabytes."""


def resident(pid: int | str) -> int:
    """The resident memory of a process in KiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))


def a_policy(chance: random.Random) -> Program:
    inputs, facts = [f"c{i}" for i in range(30)], [f"r{i}" for i in range(50)]
    rules = tuple(
        Rule(facts[i], tuple(sorted(set(chance.sample(inputs, 2) + chance.sample(facts[:i], min(i, 2))))))
        for i in range(50)
    )
    return Program("五十条", (rules,))


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.skipif(bool(durable_engine.missing()), reason="durable-rules is not built here")
def test_two_hundred_thousand_evaluations_in_flat_memory(monkeypatch):
    monkeypatch.setattr(durable_engine, "_QUESTIONS", EVALUATIONS + 1)  # one worker for all of them
    chance = random.Random(2028)
    program = a_policy(chance)
    engine = DurableEngine(self_tests=20)
    worker, own = [], []
    try:
        for i in range(EVALUATIONS):
            facts = frozenset(f"c{k}" for k in range(30) if chance.random() < 0.6)
            answer = engine.infer(program, 0, facts)
            assert (answer.engine, answer.reason) == ("durable-rules", "")
            assert answer.facts == fixpoint(program.strata[0], facts)
            if i % MEASURED_EVERY == MEASURED_EVERY - 1:
                worker.append((engine.workers()["五十条"], resident(engine.workers()["五十条"])))
                own.append(resident("self"))
    finally:
        engine.close()
    assert len({pid for pid, _ in worker}) == 1, "the worker was replaced"
    print(f"worker {worker[0][1]} -> {worker[-1][1]} KiB, owner {own[0]} -> {own[-1]} KiB")
    assert worker[-1][1] - worker[len(worker) // 10][1] < GROWTH
    assert own[-1] - own[len(own) // 10] < GROWTH
