"""The process in which durable-rules runs: JSON lines in, JSON lines out. Started by path; imports nothing of ours.

The library crashes, hangs and errs in known ways, so it is kept here, where nothing is lost when the process is killed.
What this module does about each way:
- no timer threads (`_Host._run` does nothing); one thread; a new state a question, never deleted after an error;
- facts are triples `{t: 1, f: name, v: 1}`, every condition asks for `t: 1` first, and a catch-all rule always matches;
- no field is called `id` or `sid`, no negation, no numbers but 1, no regular expression, no text from a workbook;
- an action never asserts a fact twice, and its exceptions, which the library swallows, are looked for afterwards;
- the alarm clock of the system ends a process that computes for too long, even inside the library's C code.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from collections.abc import Callable
from typing import IO, Any

Rules = list[tuple[str, list[str]]]
_LIFE_SECONDS = 6
"""After this long over one question the process ends itself: its owner has given up before, or is dead."""
_CPU_SECONDS = 300
_MEMORY = 2 * 1024**3


class Fault(Exception):
    """The library did something other than infer."""


class Inference:
    """Strata of rulesets in durable-rules, and questions to them."""

    def __init__(self, strata: list[list[Rules]]) -> None:
        from durable.engine import Host

        class _Host(Host):  # type: ignore[misc]  # the library has no types
            def _run(self) -> None:
                """The library would start timer threads here and never stop them."""

        self._host = _Host()
        self._asked = 0
        self._known: set[str] = set()
        self._new: set[str] = set()
        self._names = [
            [self._register(f"s{i}r{j}", rules) for j, rules in enumerate(rulesets)]
            for i, rulesets in enumerate(strata)
        ]

    def _register(self, name: str, rules: Rules) -> tuple[str, frozenset[str]]:
        definition: dict[str, Any] = {}
        for i, (gives, needs) in enumerate(rules):
            conditions = [{f"m{k}": _is_fact(need)} for k, need in enumerate(needs)]
            definition[f"r{i}"] = {"all": conditions, "run": self._conclude(gives)}
        definition["always"] = {"all": [{"m0": {"t": 1}}], "run": lambda _: None}
        self._host.set_rulesets({name: definition})
        return name, frozenset(need for _, needs in rules for need in needs)

    def _conclude(self, gives: str) -> Callable[[Any], None]:
        def run(closure: Any) -> None:
            if gives not in self._known:
                self._known.add(gives)
                closure.assert_fact(_fact(gives))

        return run

    def ask(self, stratum: int, facts: list[str]) -> list[str]:
        """Everything that is true after the rulesets of a stratum, each given what those before it concluded."""
        self._known = set(facts)
        for name, needs in self._names[stratum]:
            self._run(name, sorted(needs & self._known))
        return sorted(self._known)

    def _run(self, ruleset: str, facts: list[str]) -> None:
        self._asked += 1
        sid = f"q{self._asked}"
        # The empty fact makes the catch-all match, so that deleting the state is safe even when nothing else does.
        asserted = [{**_fact(fact), "sid": sid} for fact in ["", *facts]]
        state = self._host.assert_facts(ruleset, asserted)
        exception = state.get("exception") if isinstance(state, dict) else f"no state: {state!r}"
        if exception:
            raise Fault(str(exception))
        held = {fact["f"] for fact in self._host.get_facts(ruleset, sid)}
        if not held <= self._known | {""}:
            raise Fault("The library holds facts that nobody asserted.")
        self._host.delete_state(ruleset, sid)


def _fact(name: str) -> dict[str, Any]:
    return {"t": 1, "f": name, "v": 1}


def _is_fact(name: str) -> dict[str, Any]:
    return {"$and": [{"t": 1}, {"f": name}, {"v": 1}]}


def serve(lines: IO[bytes], answers: IO[bytes]) -> None:
    """The first line is the program, every other a question; one line answers each. After a fault the process ends."""
    inference: Inference | None = None
    for line in lines:
        signal.alarm(_LIFE_SECONDS)
        try:
            message = json.loads(line)
            if inference is None:
                inference = Inference(message["strata"])
                answer: dict[str, Any] = {"ready": True}
            else:
                answer = {"n": message["n"], "facts": inference.ask(message["stratum"], message["facts"])}
        except BaseException as error:  # noqa: BLE001  (whatever it was, the owner is told and starts a new process)
            answer = {"error": f"{type(error).__name__}: {error}"[:500]}
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()
        if "error" in answer:
            os._exit(1)  # the library's own clean-up may crash after an error
        signal.alarm(0)
    os._exit(0)


def main() -> None:
    """Bound the process, keep the answers apart from whatever the library prints, and serve."""
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the hall, which then closes this process
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
