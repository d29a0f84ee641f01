"""durable-rules as an engine: one worker process a policy version, killed and asked again on any error.

Whatever happens to a worker, there is an answer: at the second failure the plain fixpoint gives it and says why. Every
answer of the engine is compared with the fixpoint too. That costs microseconds, and a process whose memory the library
has damaged may answer wrongly without dying.
"""

from __future__ import annotations

import atexit
import importlib.util
import os
import random
import sys
import threading
import time
import weakref
from collections import OrderedDict
from collections.abc import Iterable

from banshi.rules.policies.engine import DURABLE, FIXPOINT, Answer
from banshi.rules.policies.process import Worker, WorkerFailed, WrongAnswer
from banshi.rules.policies.program import Program, Rule, fixpoint
from banshi.rules.policies.split import refusal

TIME_LIMIT = 2.0
SELF_TESTS = 200
_MOST_WORKERS = 16
_QUESTIONS = 20_000
"""Questions after which a process is replaced by a fresh one."""
_PATIENCE = 3
"""Failed questions in a row after which the engine rests, so that people do not wait for time limits."""
_REST = 60.0


def missing() -> str:
    """Why durable-rules cannot run on this machine, or an empty text."""
    if os.name != "posix" or not sys.executable:
        return "durable-rules runs in a process of its own, which this system does not offer"
    if not all(importlib.util.find_spec(name) for name in ("durable", "durable_rules_engine")):
        return "durable-rules is not installed (it needs a C compiler)"
    return ""


class _Slot:
    """One policy version in the engine: its worker, its lock, what has gone wrong with it."""

    def __init__(self, program: Program) -> None:
        self.lock = threading.Lock()
        self.program = program
        self.worker: Worker | None = None
        self.refused = refusal(program)
        self.tested = False
        self.failures = 0
        self.rests_until = 0.0

    def ask(self, stratum: int, facts: frozenset[str], limit: float) -> frozenset[str]:
        """The worker's answer, checked; a worker that fails or errs is dead afterwards."""
        if self.worker is not None and self.worker.asked >= _QUESTIONS:
            self.stop()
        try:
            if self.worker is None:
                self.worker = Worker(self.program)
            found = self.worker.ask(stratum, facts, limit)
        except WorkerFailed:
            self.worker = None
            raise
        if found != fixpoint(self.program.strata[stratum], facts):
            self.stop()
            raise WrongAnswer
        return found

    def stop(self) -> None:
        """End the worker."""
        if self.worker is not None:
            self.worker.kill()
            self.worker = None


class DurableEngine:
    """The engine. Workers start when they are first needed and end with the hall, or when too many others live."""

    def __init__(self, *, time_limit: float = TIME_LIMIT, self_tests: int = SELF_TESTS) -> None:
        self._limit = time_limit
        self._self_tests = self_tests
        self._missing = missing()
        self._slots: OrderedDict[str, _Slot] = OrderedDict()
        self._lock = threading.Lock()
        _OPEN.add(self)

    def infer(self, program: Program, stratum: int, facts: Iterable[str]) -> Answer:
        """Everything that is true after the rules of one stratum were applied to `facts`."""
        given = frozenset(facts)
        reason = self.load(program)
        if reason:
            return Answer(fixpoint(program.strata[stratum], given), FIXPOINT, reason)
        slot = self._slot(program)
        with slot.lock:
            found = self._ask_twice(slot, stratum, given)
        if isinstance(found, WorkerFailed):
            return Answer(fixpoint(program.strata[stratum], given), FIXPOINT, f"durable-rules failed: {found.why}")
        return Answer(found, DURABLE)

    def load(self, program: Program) -> str:
        """Start and self-test a worker, once a program; why the engine will not take it, or an empty text."""
        if self._missing:
            return self._missing
        slot = self._slot(program)
        if slot.tested or slot.refused:
            return slot.refused
        with slot.lock:
            return slot.refused if slot.tested or slot.refused else self._test(slot)

    def close(self) -> None:
        """End every worker."""
        with self._lock:
            slots = list(self._slots.values())
            self._slots.clear()
        for slot in slots:
            with slot.lock:
                slot.stop()

    def workers(self) -> dict[str, int]:
        """The process number of every living worker by the name of its policy."""
        with self._lock:
            slots = list(self._slots.values())
        return {slot.program.name: worker.pid for slot in slots if (worker := slot.worker) is not None}

    def _slot(self, program: Program) -> _Slot:
        with self._lock:
            slot = self._slots.get(program.digest)
            if slot is None:
                slot = self._slots[program.digest] = _Slot(program)
            self._slots.move_to_end(program.digest)
            living = [other for other in self._slots.values() if other.worker is not None and other is not slot]
        for other in living[: max(0, len(living) - _MOST_WORKERS + 1)]:
            if other.lock.acquire(blocking=False):  # one that is answering just now is not in the way for long
                try:
                    other.stop()
                finally:
                    other.lock.release()
        return slot

    def _ask_twice(self, slot: _Slot, stratum: int, facts: frozenset[str]) -> frozenset[str] | WorkerFailed:
        """The answer, or the second failure in a row."""
        if time.monotonic() < slot.rests_until:
            return WorkerFailed(f"durable-rules failed {_PATIENCE} times in a row and rests for a minute")
        for _ in (1, 2):
            try:
                found = slot.ask(stratum, facts, self._limit)
            except WorkerFailed as failure:
                last = failure
                continue
            slot.failures = 0
            return found
        slot.failures += 1
        if slot.failures >= _PATIENCE:
            slot.failures, slot.rests_until = 0, time.monotonic() + _REST
        return last

    def _test(self, slot: _Slot) -> str:
        """Random inputs. Answers unlike the fixpoint's refuse the program for good, a dying process only this time."""
        chance = random.Random(slot.program.digest)  # noqa: S311  (the same policy is tested alike everywhere)
        for i in range(self._self_tests if slot.program.strata else 0):
            stratum = i % len(slot.program.strata)
            found = self._ask_twice(slot, stratum, _random_facts(slot.program.strata[stratum], chance))
            if isinstance(found, WrongAnswer):
                slot.refused = "durable-rules failed the self-test of this policy"
                slot.stop()
                return slot.refused
            if isinstance(found, WorkerFailed):
                return f"durable-rules failed twice: {found.why}"
        slot.tested = True
        return ""


def _random_facts(rules: tuple[Rule, ...], chance: random.Random) -> frozenset[str]:
    names = sorted({need for rule in rules for need in rule.needs})
    share = chance.random()
    return frozenset(name for name in names if chance.random() < share)


_OPEN: weakref.WeakSet[DurableEngine] = weakref.WeakSet()


@atexit.register
def _close_all() -> None:
    for engine in list(_OPEN):
        engine.close()
