"""Plant faults in a copy of the engine of routes, and see which of them its tests catch.

`python tests/faults_in_routes.py [how many]` runs `tests/platform/routes` against every fault (or the first so many), two at
a time, and fails unless nine in ten are caught. A fault is one text that stands exactly once in a file, and what stands there
instead; a run that takes too long counts as caught, since an engine that never answers is no engine, and is told apart.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import Queue

import hypothesis.strategies  # noqa: F401  (imported once, before the forks, as are the others)
import openpyxl  # noqa: F401
import playwright.sync_api  # noqa: F401
import pytest

ROOT = Path(__file__).parent.parent
LIMIT = 240
"""Seconds for the tests against one fault; without a fault they take a tenth of that on an idle machine."""
COPIED = ("platform", "rules", "storage", "typings", "pyproject.toml")
FORK = multiprocessing.get_context("fork")
TESTS = ("test_doings", "test_returning", "test_flow", "test_votes", "test_histories", "test_random_routes")


@dataclass(frozen=True)
class Fault:
    """What is wrong, in which file of `platform/routes`: one text instead of another."""

    what: str
    file: str
    old: str
    new: str


FAULTS = [
    Fault("the threshold itself is not enough", "model", "else approving >= needed", "else approving > needed"),
    Fault("more than a half takes a half", "model", "approving > needed if", "approving >= needed if"),
    Fault("all of too few are not enough", "voting", "if not threshold.met(whole, whole):", "if False:"),
    Fault("refusals never end a vote", "voting", "threshold.met(whole - weight(refusing), whole)", "True"),
    Fault("one of all is enough", "voting", "if state.mode.asks_everybody or state.mode.counts else 1", "if state.mode.counts else 1"),
    Fault("a vote counts before its signers", "voting", "if state.through(person)]", "if state.vote_of(person)]"),
    Fault("a signer's refusal is nobody's", "voting", "if state.against(person)]", 'if (v := state.vote_of(person)) and v.action == "refuse"]'),
    Fault("weights in the wrong order", "voting", "map(Fraction, state.weights)", "map(Fraction, state.weights[::-1])"),
    Fault("a sequence asks two at once", "state", "people = people[:1]", "people = people[:2]"),
    Fault("a claimed step asks everybody", "state", "people = [self.claimed]", "pass"),
    Fault("nobody waits for the consulted", "state", "if s.signing in (Signing.BEFORE, Signing.CONSULT)]", "if s.signing is Signing.BEFORE]"),
    Fault("signers before do not hold", "state", "if vote is None and not held:", "if vote is None:"),
    Fault("signers after are never asked", "state", "now += [s.person for s in added if s.signing is Signing.AFTER]", "pass"),
    Fault("the consulted have approved", "state", " and not self.consulted(vote.person)", ""),
    Fault("stand-ins have no hand in it", "state", "return approvers | {", "return approvers or {"),
    Fault("additions nest without end", "state", "1 + self.depth(signer.by)", "1"),
    Fault("a removed signer leaves her own behind", "state", ".union(*(self.line(signer.person) for signer in self.added_by(person)))", ""),
    Fault("signers are not read from storage", "state", 'for s in raw.get("signers", ())', "for s in ()"),
    Fault("kept decisions are not read from storage", "state", "kept=None if kept is None else _step(kept)", "kept=None"),
    Fault("one may return to what nobody did", "state", "self.status is StepStatus.DONE and any(not vote.automatic for vote in self.votes)", "self.status is StepStatus.DONE"),
    Fault("join any waits for two", "tree", '"any": 1', '"any": 2'),
    Fault("branches wait for one another", "tree", "return self.branch == other.branch and self.index", "return self.index"),
    Fault("a return leaves the step it came from", "tree", ": start.block + 1]", ": start.block]"),
    Fault("a return beside leaves the step it came from", "tree", "if goal.beside(start):", "if False:"),
    Fault("a return leaves the rest of the branch", "tree", "branches[at.branch][at.index :]", "branches[at.branch][at.index : at.index + 1]"),
    Fault("previous knows only the first branch", "tree", "for branch in stage]", "for branch in stage[:1]]"),
    Fault("through goes straight", "moves", "if step.id in again or how is BackMode.THROUGH:", "if step.id in again:"),
    Fault("changed asks everybody", "moves", "self.clear((step,), keep=True)", "self.clear((step,))"),
    Fault("straight forgets what was skipped", "moves", "return state.reason is not Reason.JOINED", "return False"),
    Fault("straight leaves tasks behind the target", "moves", "(goal is None or goal.before(self.tree.positions[step.id]))", "goal is None"),
    Fault("a race stays decided after a return", "moves", "self.clear(other for other in race.steps if self.states[other.id].reason is Reason.JOINED)", "pass"),
    Fault("a race waits for one more", "moves", "block.branches)) >= block.need", "block.branches)) > block.need"),
    Fault("a skipped branch wins", "moves", "return self._complete(branch) and any(self.states[step.id].passed for step in branch)", "return self._complete(branch)"),
    Fault("a decision stands on other facts", "moves", "kept.seen != self.context.seen(step) or ", ""),
    Fault("a decision of the barred stands", "moves", " or kept.hands & barred(step, self.states, self.context)", ""),
    Fault("an approval stands for one that is gone", "moves", "return automatic <= earlier_approvers(step, self.tree, self.states)", "return True"),
    Fault("rounds are not counted", "moves", "StepState(round=self.states[step.id].round + 1, mode=step.mode)", "StepState(round=1, mode=step.mode)"),
    Fault("an empty condition holds", "moves", "value is None or value is False", "value is False"),
    Fault("skipped steps send copies at the end", "moves", "if state.round and state.reason is not Reason.CONDITION:", "if state.round:"),
    Fault("a barred administrator is asked", "asking", "for person in holders if person.id not in kept_away", "for person in holders"),
    Fault("a barred head is asked", "asking", "if head is not None and head.id not in kept_away", "if head is not None"),
    Fault("what was seen is not kept", "moves", "seen=self.context.seen(step), **facts", "**facts"),
    Fault("acted at both, review first", "moves", "if hands & {*state.hands, *state.waiting}:", "if hands & set(state.waiting):"),
    Fault("acted at both, side by side", "moves", "self._keep_apart(step)\n        self.settle", "self.settle"),
    Fault("a done task is cancelled too", "moves", "if person not in state.waiting and person != done:", "if person not in state.waiting:"),
    Fault("open tasks are opened again", "moves", "if person not in before:", "if True:"),
    Fault("what stood keeps its old round", "moves", "replace(kept, round=self.states[step.id].round, reason", "replace(kept, reason"),
    Fault("anybody stands in", "flow", "if by and (why := hindrance(", "if by and False and (why := hindrance("),
    Fault("the consulted refuse", "flow", "if not step_state.mode.decides or step_state.consulted(person_id):", "if not step_state.mode.decides:"),
    Fault("signers do not come along", "flow", "signers=tuple(Signer(now(s.person), now(s.by), s.signing) for s in state.signers),", ""),
    Fault("a claim stays behind", "flow", "claimed=now(state.claimed),", ""),
    Fault("a removed signer still holds", "flow", "    move.settle(step, person_id)\n", ""),
    Fault("whoever decided is removed", "flow", "acted = any(map(step_state.vote_of, gone))", "acted = False"),
    Fault("additions nest to four", "flow", ">= MOST_ADDITIONS", "> MOST_ADDITIONS"),
    Fault("a race stays decided after a take-back", "flow", "[*after(move.tree, step_id), *cut_off]", "after(move.tree, step_id)"),
    Fault("the person chooses against the sheet", "flow", "if wanted not in (BackMode.ASK, step.back_mode):", "if False:"),
    Fault("handed to anybody", "flow", "if why := hindrance(step, move.states, to, context, leaving=person_id):", "if why := \"\":"),
    Fault("escalated to anybody", "flow", "if superior is not None and not hindrance(step, move.states, superior.id, context, leaving=person_id):", "if superior is not None:"),
    Fault("a failed callback passes", "flow", "else:\n        move.ask_administrators(step, Reason.CALLBACK_FAILED)", "else:\n        move.finish(step)\n        move.advance()"),
    Fault("a claim is claimed again", "flow", "is not Mode.CLAIM or step_state.claimed or", "is not Mode.CLAIM or"),
    Fault("return to a branch that was cut off", "returns", "return state.steps[step_id].by_hand and all(state.steps[s.id].reason is not Reason.JOINED for s in branch)", "return state.steps[step_id].by_hand"),
    Fault("no return beside", "returns", "(places[i].before(here) or places[i].beside(here))", "places[i].before(here)"),
    Fault("taken back within a step that went on", "returns", "if _acted_on_within(step_state, person_id):", "if False:"),
    Fault("taken back without effect", "returns", "and _closed_without(", "and False and _closed_without("),
    Fault("taken back while a step ahead is mended", "returns", "if not all(state.steps[step.id].closed for step in ahead):", "if False:"),
    Fault("taken back after somebody acted", "returns", "return not any(_acted_on(step,", "return True or not any(_acted_on(step,"),
    Fault("one of several is all of them", "asking", "people = people[:1]", "pass"),
    Fault("one stands in for two", "asking", "{*state.everybody, *(vote.by for vote in state.votes)}", "{*state.everybody}"),
    Fault("the applicant is handed her own case", "asking", "if person_id == context.initiator.id and keeps_applicant_out(step)", "if False and keeps_applicant_out(step)"),
    Fault("a stand-in is not barred", "asking", "found.update(states[name].hands)", "found.update(states[name].approvers)"),
    Fault("too few are not filled up", "asking", "if step.mode is Mode.AT_LEAST and step.threshold is not None and len(people)", "if step.threshold is not None and 0 > len(people)"),
    Fault("more than wanted are filled up", "asking", "(*people, *more)[:wanted]", "(*people, *more)"),
    Fault("what must be filled in is skipped", "asking", " or step.mode.counts or step.asks_more:", " or step.mode.counts:"),
    Fault("one earlier approval stands for all", "asking", "if step.mode.asks_everybody and len(votes) < len(people):", "if False:"),
    Fault("sending the form approves", "asking", "and states[earlier.id].reason is not Reason.SUBMITTED", ""),
    Fault("every weight is one", "asking", "named.get(person.id, Decimal(1))", "Decimal(1)"),
]  # fmt: skip


def copy(folder: Path) -> Path:
    """A copy of what the tests of routes need; the package `banshi` is the copy, whatever is installed."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    (folder / "tests/platform").mkdir(parents=True)
    for helper in (ROOT / "tests").glob("*.py"):
        shutil.copy(helper, folder / "tests")
    shutil.copytree(ROOT / "tests/platform/routes", folder / "tests/platform/routes")
    return folder


def _in_copy(folder: Path, report: Path, arguments: list[str]) -> None:
    """What a forked process does: the tests of a copy, whose packages and helpers come before all others."""
    with report.open("w", encoding="utf-8") as out:
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)
    os.chdir(folder)
    sys.path[:] = [str(folder / "typings"), str(folder / "tests"), *(p for p in sys.path if p != str(ROOT / "tests"))]
    assert not any(name.startswith("banshi") for name in sys.modules)
    from banshi.platform.routes import flow

    assert Path(flow.__file__).resolve().is_relative_to(folder.resolve()), flow.__file__
    code = pytest.main(arguments)
    sys.stdout.flush()
    os._exit(int(code))


def tested(folder: Path, limit: float) -> str:
    """What the tests say in a copy: `green`, the first test that fails, or `too slow`."""
    report = folder / "report.txt"
    files = [f"tests/platform/routes/{name}.py" for name in TESTS]
    arguments = ["-x", "-q", "-p", "no:cacheprovider", "--no-header", "--tb=no", *files]
    process = FORK.Process(target=_in_copy, args=(folder, report, arguments))
    process.start()
    process.join(limit)
    if process.is_alive():
        process.kill()
        process.join()
        return "too slow"
    if process.exitcode == 0:
        return "green"
    said = report.read_text(encoding="utf-8")
    lines = [line for line in said.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return lines[0].partition("::")[2].partition(" ")[0] if lines else said[-300:]


def plant(fault: Fault, folder: Path) -> str:
    """Plant one fault in a copy, test it, and take the fault out again."""
    path = folder / "platform/routes" / f"{fault.file}.py"
    whole = path.read_text(encoding="utf-8")
    assert whole.count(fault.old) == 1, f"{fault.what}: its text stands {whole.count(fault.old)} times in {path.name}"
    path.write_text(whole.replace(fault.old, fault.new), encoding="utf-8")
    for compiled in path.parent.glob(f"__pycache__/{fault.file}.*"):
        compiled.unlink()
    try:
        return tested(folder, LIMIT)
    finally:
        path.write_text(whole, encoding="utf-8")
        for compiled in path.parent.glob(f"__pycache__/{fault.file}.*"):
            compiled.unlink()


def main(most: int) -> int:
    """Plant the faults and report; 1 when fewer than nine in ten are caught."""
    for fault in FAULTS:
        text = (ROOT / "platform/routes" / f"{fault.file}.py").read_text(encoding="utf-8")
        assert text.count(fault.old) == 1, f"{fault.what}: its text stands {text.count(fault.old)} times"
    with tempfile.TemporaryDirectory() as scratch:
        copies: Queue[Path] = Queue()
        for name in ("one", "two"):
            (Path(scratch) / name).mkdir()
            copies.put(copy(Path(scratch) / name))
        first = copies.get()
        assert (found := tested(first, 10 * LIMIT)) == "green", f"without a fault the tests are not green: {found}"
        copies.put(first)

        def one(fault: Fault) -> str:
            folder = copies.get()
            try:
                found = plant(fault, folder)
            finally:
                copies.put(folder)
            print(
                f"{'SURVIVED' if found == 'green' else 'caught  '}  {fault.file}: {fault.what}  [{found}]", flush=True
            )
            return found

        with ThreadPoolExecutor(2) as pool:
            results = list(pool.map(one, FAULTS[:most]))
    caught = sum(found != "green" for found in results)
    print(f"{caught} of {len(results)} faults caught, {results.count('too slow')} of them by the time limit")
    return int(caught * 10 < len(results) * 9)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else len(FAULTS)))
