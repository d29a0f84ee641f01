"""durable-rules behind its adapter.

E1  It answers as the plain fixpoint does, on random programs.
E2  A worker that dies, hangs or errs is killed and asked once more; then the fixpoint answers and says why.
E3  Its known traps do not arise: more than 60 rules, many conditions, field names, texts beside numbers, `$nex`.
E4  What it must not be given is refused, and a machine without it has the fixpoint.
"""

from __future__ import annotations

import importlib.util
import os
import random
import signal
import subprocess
import sys
import threading
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

import pytest
from policy_texts import run, said, sound_policy

from banshi.rules.diagnostics import NOWHERE
from banshi.rules.expressions.faults import DIVISION_BY_ZERO
from banshi.rules.policies import DurableEngine, FixpointEngine, durable_engine, load
from banshi.rules.policies.process import Worker, WorkerFailed
from banshi.rules.policies.program import Program, Rule, fixpoint
from banshi.rules.policies.split import MOST_RULES, refusal, rulesets
from banshi.rules.values import ErrorValue

pytestmark = pytest.mark.skipif(bool(durable_engine.missing()), reason="durable-rules is not built here")


@pytest.fixture(scope="module")
def engine():
    engine = DurableEngine(self_tests=20)
    yield engine
    engine.close()


@pytest.fixture
def fresh():
    """An engine of a test's own, without a self-test, so that its workers can be hurt."""
    engine = DurableEngine(self_tests=0, time_limit=0.5)
    yield engine
    engine.close()


CHAIN = Program("链", ((Rule("r1", ("c1",)), Rule("r2", ("r1", "c2")), Rule("r3", ("r2",))),))


def a_program(seed: int, count: int) -> Program:
    chance = random.Random(seed)
    inputs, facts = [f"c{i}" for i in range(count)], [f"r{i}" for i in range(count)]
    rules = tuple(
        Rule(chance.choice(facts), tuple(sorted(set(chance.choices(inputs + facts, k=chance.randint(1, 8))))))
        for _ in range(count)
    )
    return Program(f"random {seed}", (rules,))


@pytest.mark.parametrize(("seed", "count"), [(1, 3), (2, 10), (3, 25), (4, 59)])
def test_random_programs(engine, seed, count):
    """E1."""
    program, chance = a_program(seed, count), random.Random(seed)
    assert engine.load(program) == ""
    for _ in range(100):
        facts = frozenset(chance.sample([f"c{i}" for i in range(count)], chance.randint(0, count)))
        answer = engine.infer(program, 0, facts)
        assert (answer.facts, answer.engine) == (fixpoint(program.strata[0], facts), "durable-rules")


def test_a_killed_worker_is_replaced_within_the_question(fresh):
    """E2."""
    assert fresh.infer(CHAIN, 0, ["c1"]).facts == {"c1", "r1"}
    first = fresh.workers()["链"]
    os.kill(first, signal.SIGKILL)
    answer = fresh.infer(CHAIN, 0, ["c1", "c2"])
    assert (answer.facts, answer.engine) == ({"c1", "c2", "r1", "r2", "r3"}, "durable-rules")
    assert fresh.workers()["链"] != first


def test_a_worker_killed_in_the_middle_of_a_policy(fresh):
    """E2: with a thread that kills whatever lives, every answer is still right."""
    policy = sound_policy("| 编号 | 当 | 则 |\n| 1 | 乙 | 丙 |\n| 2 | x > 3 | 乙 |\n| 3 | 非 丙 | 丁 |")
    stop = threading.Event()

    def killer() -> None:
        while not stop.wait(0.05):
            for pid in fresh.workers().values():
                os.kill(pid, signal.SIGKILL)

    thread = threading.Thread(target=killer)
    thread.start()
    try:
        answers = [run(policy, fresh, x=Decimal(i % 7)).facts for i in range(30)]
    finally:
        stop.set()
        thread.join()
    assert answers == [{"丙": True, "乙": True} if i % 7 > 3 else {"丁": True} for i in range(30)]


def test_a_worker_killed_during_a_question(fresh):
    """E2: it has the question, and dies before it answers."""
    fresh.infer(CHAIN, 0, ["c1"])
    first = fresh.workers()["链"]
    os.kill(first, signal.SIGSTOP)
    asked = threading.Event()
    answers = []

    def ask() -> None:
        asked.set()
        answers.append(fresh.infer(CHAIN, 0, ["c1", "c2"]))

    thread = threading.Thread(target=ask)
    thread.start()
    asked.wait()
    slot = fresh._slot(CHAIN)
    while slot.worker is None or slot.worker.asked < 2:  # the question is on its way to the stopped process
        threading.Event().wait(0.001)
    os.kill(first, signal.SIGKILL)
    thread.join()
    assert [(answer.facts, answer.engine) for answer in answers] == [({"c1", "c2", "r1", "r2", "r3"}, "durable-rules")]
    assert fresh.workers()["链"] != first


def test_a_worker_that_hangs_is_killed_at_the_time_limit(fresh):
    """E2: stopped, it neither answers nor dies."""
    fresh.infer(CHAIN, 0, ["c1"])
    first = fresh.workers()["链"]
    os.kill(first, signal.SIGSTOP)
    answer = fresh.infer(CHAIN, 0, ["c1"])
    assert (answer.facts, answer.engine) == ({"c1", "r1"}, "durable-rules")
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)


def test_after_two_failures_the_fixpoint_answers_and_says_why(fresh, monkeypatch):
    """E2."""

    def silent(self: Worker, *_: object) -> frozenset[str]:
        self.kill()
        raise WorkerFailed("there was no answer in time")

    monkeypatch.setattr(Worker, "ask", silent)
    for reason in [*["no answer in time"] * 3, "rests for a minute"]:
        answer = fresh.infer(CHAIN, 0, ["c1"])
        assert (answer.facts, answer.engine) == ({"c1", "r1"}, "fixpoint")
        assert reason in answer.reason
    monkeypatch.undo()
    assert "rests" in fresh.infer(CHAIN, 0, ["c1"]).reason
    monkeypatch.setattr(durable_engine.time, "monotonic", lambda: 1e12)
    assert fresh._slot(CHAIN).rests_until < 1e12


def test_a_wrong_answer_is_never_believed(fresh, monkeypatch):
    """E2: memory that the library has damaged may answer without dying; the self-test refuses such a policy."""
    monkeypatch.setattr(Worker, "ask", lambda *_: frozenset({"r3"}))
    monkeypatch.setattr(Worker, "asked", 0, raising=False)
    answer = fresh.infer(CHAIN, 0, ["c1"])
    assert (answer.facts, answer.engine) == ({"c1", "r1"}, "fixpoint")
    assert "wrong" in answer.reason
    tested = DurableEngine(self_tests=5)
    assert "self-test" in tested.load(CHAIN)
    monkeypatch.undo()
    assert "self-test" in tested.infer(CHAIN, 0, ["c1"]).reason
    tested.close()


def test_a_worker_is_replaced_after_many_questions(fresh, monkeypatch):
    monkeypatch.setattr(durable_engine, "_QUESTIONS", 3)
    seen = set()
    for _ in range(7):
        assert fresh.infer(CHAIN, 0, ["c1"]).facts == {"c1", "r1"}
        seen.add(fresh.workers()["链"])
    assert len(seen) == 3


def test_only_so_many_workers_live(fresh, monkeypatch):
    monkeypatch.setattr(durable_engine, "_MOST_WORKERS", 2)
    programs = [Program(f"p{i}", CHAIN.strata) for i in range(4)]
    for program in [*programs, programs[0]]:
        assert fresh.infer(program, 0, ["c1"]).engine == "durable-rules"
        assert len(fresh.workers()) <= 2


def test_many_threads_ask_at_once(engine):
    """E2: the library itself dies of four threads."""
    program = a_program(7, 20)
    wrong: list[object] = []

    def ask(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(50):
            facts = frozenset(chance.sample([f"c{i}" for i in range(20)], 9))
            answer = engine.infer(program, 0, facts)
            if answer.facts != fixpoint(program.strata[0], facts) or answer.engine != "durable-rules":
                wrong.append(answer)

    threads = [threading.Thread(target=ask, args=(i,)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_two_threads_ask_while_workers_are_killed(fresh):
    """E2: nobody waits for ever, and no answer is another's."""
    program, stop = a_program(11, 12), threading.Event()
    answers: list[tuple[frozenset[str], frozenset[str]]] = []

    def ask(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(40):
            facts = frozenset(chance.sample([f"c{i}" for i in range(12)], 6))
            answers.append((facts, fresh.infer(program, 0, facts).facts))

    def kill() -> None:
        while not stop.wait(0.05):
            for pid in fresh.workers().values():
                os.kill(pid, signal.SIGKILL)

    threads, killer = [threading.Thread(target=ask, args=(i,)) for i in range(2)], threading.Thread(target=kill)
    for thread in (killer, *threads):
        thread.start()
    for thread in threads:
        thread.join()
    stop.set()
    killer.join()
    assert len(answers) == 80
    assert all(found == fixpoint(program.strata[0], facts) for facts, found in answers)


ODD_VALUES = (
    Decimal("NaN"), Decimal("Infinity"), Decimal("-0"), Decimal("1E+900"), Decimal("1E-900"), "", " ", "\x00", "😀", "\ud800",
    "{'$nex': 1}", "长" * 100_000, (), (None, "甲", Decimal(1)), tuple(map(Decimal, range(5_000))), True, None,
    date(9999, 12, 31), time(0, 0), datetime(1, 1, 1), ErrorValue(DIVISION_BY_ZERO.at(NOWHERE, part="1/0")),
)  # fmt: skip


@pytest.mark.parametrize("value", ODD_VALUES, ids=lambda value: repr(value)[:20])
def test_odd_values_never_reach_the_library(engine, value):
    """E3: whatever a field holds, the library answers what the fixpoint does, without a failure."""
    policy = sound_policy(
        "| 编号 | 当 | 则 | 结论 | 说明 |\n"
        "| 1 | x > 3 | 大 | | |\n"
        '| 2 | x = "甲" | 甲 | | |\n'
        "| 3 | isblank(x) | 空 | | |\n"
        "| 4 | 大 或 甲 | 有 | 提醒 | 有 |\n"
        "| 5 | 非 有 | 无 | | |\n"
    )
    found, plain = run(policy, engine, x=value), run(policy, FixpointEngine(), x=value)
    assert (found.engine, found.reason) == ("durable-rules", "")
    assert (found.facts, said(found)) == (plain.facts, said(plain))


def test_close_ends_the_processes(fresh):
    fresh.infer(CHAIN, 0, ["c1"])
    pid = fresh.workers()["链"]
    fresh.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert fresh.infer(CHAIN, 0, ["c1"]).engine == "durable-rules", "and it starts again when it is needed"


def test_a_worker_ends_with_its_owner(tmp_path):
    """E2: also when the hall is killed and can close nothing; the script itself is not imported by the worker."""
    script = tmp_path / "run.py"
    script.write_text(
        "from banshi.rules.policies import DurableEngine\n"
        "from banshi.rules.policies.program import Program, Rule\n"
        "print('started', flush=True)\n"
        "engine = DurableEngine(self_tests=0)\n"
        "print(engine.infer(Program('p', ((Rule('r1', ('c1',)),),)), 0, ['c1']).engine, flush=True)\n"
        "print(engine.workers()['p'], flush=True)\n"
        "input()\n"
    )
    process = subprocess.Popen([sys.executable, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert [process.stdout.readline() for _ in range(2)] == ["started\n", "durable-rules\n"]
    worker = int(process.stdout.readline())
    process.kill()
    process.wait()
    process.stdin.close()
    for _ in range(200):
        if not Path(f"/proc/{worker}").exists() or "Z" in Path(f"/proc/{worker}/stat").read_text().split()[2]:
            break
        threading.Event().wait(0.05)
    else:
        pytest.fail("the worker outlived its owner")


def test_more_than_sixty_rules_are_split(engine):
    """E3: 300 rules in a chain and 100 that one fact fires, where one ruleset would die."""
    chain = tuple(Rule(f"r{i + 1}", (f"r{i}", "c0")) for i in range(300))
    wide = tuple(Rule(f"w{i}", ("c0", "r300")) for i in range(100))
    mixed = list(chain + wide)
    random.Random(3).shuffle(mixed)
    program = Program("四百条", (tuple(mixed),))
    parts = rulesets(program.strata[0])
    assert max(len(part) for part in parts) <= MOST_RULES
    assert sorted(rule for part in parts for rule in part) == sorted(mixed)
    concluded = [{rule.gives for rule in part} for part in parts]
    for i, part in enumerate(parts):
        assert not {need for rule in part for need in rule.needs} & set().union(*concluded[i + 1 :])
    answer = engine.infer(program, 0, ["c0", "r0"])
    assert (len(answer.facts), answer.engine) == (402, "durable-rules")
    assert engine.infer(program, 0, ["c0"]).facts == {"c0"}


def test_many_conditions_at_once(engine):
    """E3: 59 rules that all match one fact, and 472 different conditions in one ruleset."""
    same = Program("同一事实", (tuple(Rule(f"r{i}", ("c0",)) for i in range(59)),))
    assert len(engine.infer(same, 0, ["c0"]).facts) == 60
    many = Program("多条件", (tuple(Rule(f"r{i}", tuple(f"c{i}x{j}" for j in range(8))) for i in range(59)),))
    answer = engine.infer(many, 0, [f"c{i}x{j}" for i in range(59) for j in range(8)])
    assert (len(answer.facts), answer.engine) == (59 * 9, "durable-rules")


def test_the_traps_of_names_and_types(engine):
    """E3: fields named `id` and `sid`, '9' beside 10, an empty field beside a number, a denial, a wide regex."""
    policy = sound_policy(
        "| 编号 | 当 | 则 |\n"
        "| 1 | id > 10 | 大 |\n"
        '| 2 | sid = "1" | 一 |\n'
        "| 3 | 数 = 100 | 百 |\n"
        "| 4 | 非 大 | 不大 |\n"
        '| 5 | regex(名, "[一-龥]+") | 中文 |\n'
        "| 6 | 巨 = 18446744073709551616 | 二的六十四次方 |\n"
        "| 7 | 微 = 0.0000001 | 微小 |\n"
        "| 8 | 大 或 一 或 百 | lsexqzd |\n"
        "| 9 | lsexqzd 且 真 | ztxtxde |\n"
    )
    facts = run(
        policy, engine, id=Decimal(9), sid="10", 数=Decimal(1), 名="硫酸", 巨=Decimal(2**63 - 1), 微=Decimal(0), 真=True
    )  # fmt: skip
    assert (facts.engine, facts.facts) == ("durable-rules", {"不大": True, "中文": True})
    others = run(
        policy, engine, id=Decimal(11), sid="1", 数=None, 名="H2SO4", 巨=Decimal(2**64), 微=Decimal("1e-7"), 真=True
    )
    assert others.facts == dict.fromkeys(["大", "一", "二的六十四次方", "微小", "lsexqzd", "ztxtxde"], True)
    assert said(others) == ["3 ?数"]


def test_three_hundred_fields_and_a_hundred_rows_that_match_at_once(engine):
    """E3: more than the library takes in one message (253 fields), and more matches than it bears (64)."""
    rows = "".join(f"| 行{i} | 字段{i} > 0 | 组{i % 3}；命中{i} |\n" for i in range(300))
    last = "| 末 | 组0 且 组1 且 组2 且 命中299 | 全部 |\n"
    policy = sound_policy(f"| 编号 | 当 | 则 |\n{last}{rows}")
    found = run(policy, engine, **{f"字段{i}": Decimal(1) for i in range(300)})
    assert (found.engine, found.reason, len(found.facts)) == ("durable-rules", "", 304)
    some = run(policy, engine, **{f"字段{i}": Decimal(i % 2) for i in range(300)})
    assert set(some.facts) == {f"命中{i}" for i in range(1, 300, 2)} | {"组0", "组1", "组2", "全部"}
    assert some.engine == "durable-rules"


@pytest.mark.parametrize(
    "rules",
    [
        (Rule("r1", ()),),
        (Rule("r1", tuple(f"c{i}" for i in range(9))),),
        (Rule("r1", ("需要",)),),
        (Rule("$nex", ("c1",)),),
        tuple(Rule(f"r{i}", (f"r{(i + 1) % 60}",)) for i in range(60)),
        tuple(Rule(f"r{i}", ("c1",)) for i in range(1001)),
    ],
    ids=["no condition", "nine conditions", "text", "operator", "a circle of sixty", "too many"],
)
def test_what_is_refused_is_answered_by_the_fixpoint(engine, rules):
    """E4."""
    program = Program("拒绝", (rules,))
    assert refusal(program)
    answer = engine.infer(program, 0, ["c1"])
    assert (answer.engine, answer.reason) == ("fixpoint", refusal(program))
    assert answer.facts == fixpoint(rules, ["c1"])


def test_a_machine_without_the_library(monkeypatch):
    """E4."""
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name.startswith("durable") else found(name))
    engine = DurableEngine()
    findings = run(sound_policy("| 编号 | 当 | 则 |\n| 1 | x > 3 | 乙 |"), engine, x=Decimal(5))
    assert (findings.facts, findings.engine) == ({"乙": True}, "fixpoint")
    assert "C compiler" in findings.reason
    assert engine.workers() == {}


def test_a_library_that_cannot_be_imported(fresh, monkeypatch, tmp_path):
    """E4: found, but broken."""
    (tmp_path / "durable").mkdir()
    (tmp_path / "durable" / "__init__.py").write_text("raise ImportError('no such symbol')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    answer = fresh.infer(CHAIN, 0, ["c1"])
    assert (answer.facts, answer.engine) == ({"c1", "r1"}, "fixpoint")
    assert "ImportError: no such symbol" in answer.reason


def test_a_policy_is_loaded_before_it_is_used(engine):
    policy = sound_policy(
        "| 编号 | 当 | 则 |\n| 1 | x > 3 | 乙 |\n| 2 | 非 乙 | 丙 |",
    )
    assert load(policy, engine) == ""
    assert load(policy, FixpointEngine()) == ""
    assert run(policy, engine, x=Decimal(5)).facts == run(policy, x=Decimal(5)).facts
