"""A route without its people and answers: what may stand where, whatever conditions say and whoever is found.

A state is one byte a step (the codes below), a code more where the case was returned to its initiator, or one byte alone
at the end. It stands for all real states that it `covers`: by whom a step was closed is left open where that decides
nothing, so that routes of many steps have few states. The frontier is that of `moves.py`, one step entered at a time; a
property test holds the two together: whatever happens to a real case, an abstract state that was found covers it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from banshi.platform.routes.hooks import Unmet
from banshi.platform.routes.model import BackMode, Empty, Mode, Operation, Route, RouteStep, Same, SelfApproval
from banshi.platform.routes.moves import INITIATOR
from banshi.platform.routes.reasons import Reason
from banshi.platform.routes.returns import after
from banshi.platform.routes.state import RouteOutcome, RouteState, StepState, StepStatus
from banshi.platform.routes.tree import Position, Tree

PENDING, KEPT, FRESH, ACTIVE, AWAITED = range(5)
PASSED, STOOD, CUT_PARTLY, SKIPPED, CUT, CUT_KEPT = range(5, 11)
"""Codes of a step, from `PASSED` on of a closed one.

In a race, where it matters what was passed: `KEPT` is pending with a decision from before a return; `FRESH` is asked while the
platform still goes on, so that nobody can have voted yet; `PASSED` is done; `STOOD` was not asked, since earlier approvals
stood for it; `CUT…` was cut off by a faster branch: after some votes, with nothing, with what was kept. Elsewhere `PENDING`
stands for all that the platform has yet to come to, be it closed when it does, and `PASSED` for everything closed. `AWAITED`
waits for another system, or for cases that were opened.
"""

RETURNED = 20
APPROVED, REFUSED = bytes([21]), bytes([22])
FINAL = frozenset({APPROVED, REFUSED})

_WAITING = frozenset({Mode.CALLBACK, Mode.WAIT})
_JOINED = frozenset({CUT_PARTLY, CUT, CUT_KEPT})
_KEEP = {PASSED: KEPT, KEPT: KEPT, CUT_KEPT: KEPT}
_VOTED = frozenset({PASSED, STOOD, CUT_PARTLY})
_RESTED = bytes.maketrans(bytes([FRESH]), bytes([ACTIVE]))


def covers(state: bytes, real: RouteState, tree: Tree) -> bool:
    """Whether a real state is one of those that an abstract one stands for. One that was withdrawn has no place here."""
    if real.outcome.final:
        return state == (APPROVED if real.outcome is RouteOutcome.APPROVED else REFUSED)
    if state in FINAL or (state[-1] == RETURNED) is not (real.outcome is RouteOutcome.RETURNED):
        return False
    return all(
        code in _codes(step, race=tree.blocks[tree.positions[step_id].block].race)
        for (step_id, step), code in zip(real.steps.items(), state, strict=False)
    )


def _codes(step: StepState, *, race: bool) -> tuple[int, ...]:
    match step.status:
        case StepStatus.PENDING:
            return (KEPT,) if race and step.kept is not None else (PENDING, KEPT)
        case StepStatus.ACTIVE:
            return (AWAITED,) if step.mode in _WAITING else (ACTIVE,)
        case _ if step.reason is Reason.JOINED:
            return (CUT_KEPT,) if step.kept is not None else (CUT_PARTLY,) if step.passed else (CUT, CUT_KEPT)
        case _:
            done = PASSED if step.status is StepStatus.DONE else STOOD if step.passed else SKIPPED
            return (done,) if race else (PASSED, PENDING)


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happens, and the states that it may lead to.

    `what` is `enter` (the platform goes on, or comes to rest), `done`, `refuse`, `return`, `take back`, `answer` or `fail`
    (of another system), or `send` (again, by the initiator).
    """

    what: str
    step: str
    results: tuple[bytes, ...]

    @property
    def forward(self) -> bool:
        """Whether it brings the case nearer to its end."""
        return self.what in ("enter", "done", "answer", "send")


class Abstract:
    """The moves of a route with free conditions and people.

    `clock` are the ids of steps that may return to the initiator by themselves. With `administrators` False nobody takes
    over what another system has failed to do. `reached` are the ids of the steps that somebody can have done: only to these
    one returns.
    """

    def __init__(self, route: Route, clock: Collection[str] = (), *, administrators: bool = True) -> None:
        self.steps = route.steps
        self.reached: set[str] = set()
        self.tree = Tree(route)
        self._clock = clock
        self._administrators = administrators
        self._number = number = {step.id: at for at, step in enumerate(route.steps)}
        places = self.tree.positions
        self._places: tuple[Position, ...] = tuple(places[step.id] for step in route.steps)
        self._blocks = tuple(
            tuple(tuple(number[step.id] for step in branch) for branch in block.branches) for block in self.tree.blocks
        )
        self._race = tuple(self.tree.blocks[place.block].race for place in self._places)
        self._leading = tuple(number[step.id] for step in self.tree.leading)
        self._after = [tuple(number[s.id] for s in after(self.tree, step.id)) for step in route.steps]
        self._earlier = [self._deciding_before(at) for at in range(len(route.steps))]
        self._entries = [_entries(step, may_stand=bool(self._earlier[at])) for at, step in enumerate(route.steps)]
        self._back = [self._targets(at, step, number) for at, step in enumerate(route.steps)]
        self._between: dict[tuple[int, int], tuple[int, ...]] = {}
        self.start = self._sent(bytearray(len(route.steps)))

    def happenings(self, state: bytes) -> Iterator[Happening]:
        """All that may happen now, but withdrawing; while the platform can go on by itself, only that."""
        if state in FINAL:
            return
        if state[-1] == RETURNED:
            yield Happening("send", "", self._sent(bytearray(state[:-1])))
            return
        going_on = self._entering(state)
        if going_on is not None:
            yield going_on
            return
        if FRESH in state:
            yield Happening("enter", "", (state.translate(_RESTED),))
            return
        for at, code in enumerate(state):
            step = self.steps[at]
            if code == AWAITED:
                yield Happening("answer", step.id, (_with(state, at, PASSED),))
                yield from self._failing(state, at, step)
            elif code == ACTIVE and (step.mode is not Mode.CALLBACK or self._administrators):
                yield from self._deciding(state, at, step)
            elif code == PASSED and self._may_take_back(state, at):
                yield Happening("take back", step.id, (self._taken_back(state, at),))

    def _failing(self, state: bytes, at: int, step: RouteStep) -> Iterator[Happening]:
        """What may come of a step that waits, when it does not get what it waits for."""
        if step.mode is Mode.CALLBACK:
            yield Happening("fail", step.id, (_with(state, at, ACTIVE),))
        elif step.wait.unmet is Unmet.REFUSE:
            yield Happening("refuse", step.id, (REFUSED,))
        elif step.wait.unmet is Unmet.RETURN:
            yield Happening("return", step.id, (self._sent_back(state, at, -1, BackMode.THROUGH),))

    def _deciding(self, state: bytes, at: int, step: RouteStep) -> Iterator[Happening]:
        yield Happening("done", step.id, (_with(state, at, PASSED),))
        if step.mode.decides or step.id in self._clock:
            yield Happening("refuse", step.id, (REFUSED,))
        for goal in self._back[at]:
            if goal < 0 or self._is_there(state, at, goal):
                for how in self._ways(step, goal):
                    yield Happening("return", step.id, (self._sent_back(state, at, goal, how),))

    def _ways(self, step: RouteStep, goal: int) -> Collection[BackMode]:
        """The ways of returning that lead to different states; outside races some lead to the same."""
        ways = {BackMode.THROUGH, BackMode.STRAIGHT, BackMode.CHANGED}
        if step.back_mode is not BackMode.ASK:
            ways = {step.back_mode}
        if not any(self._race):
            ways = {BackMode.STRAIGHT if goal >= 0 and how is BackMode.STRAIGHT else BackMode.THROUGH for how in ways}
        return sorted(ways)

    def _may_take_back(self, state: bytes, at: int) -> bool:
        """Whether somebody may take back what she has done: nothing was done behind it, and her branch was not cut off."""
        step = self.steps[at]
        if step.id not in self.reached or step.hooks or Operation.TAKE_BACK not in step.operations:
            return False
        if at in self._leading or not self._may_be_asked(at):
            return False
        place = self._places[at]
        branch = self._blocks[place.block][place.branch]
        if place.block > self._first_open(state) or any(state[other] < PASSED for other in branch[: place.index]):
            return False
        return not any(state[other] in _JOINED for other in branch) and not any(
            self._acted_on(state[other], other) for other in self._after[at]
        )

    def _acted_on(self, code: int, at: int) -> bool:
        """Whether somebody must have done something with a step, or the platform something that cannot be undone."""
        step = self.steps[at]
        if code == AWAITED:
            return step.mode is Mode.CALLBACK
        if code == STOOD:
            return bool(step.hooks)
        if code != PASSED or (not self._race[at] and not _sure(self._entries[at])):
            return False
        by_clock = step.mode is Mode.WAIT or step.mode is Mode.NOTIFY or step.id in self._clock
        return bool(step.hooks) or not by_clock

    def _deciding_before(self, at: int) -> tuple[int, ...]:
        """The steps of which an earlier decision may stand for a step."""
        here = self._places[at]
        earlier = (i for i, place in enumerate(self._places) if place.before(here) and i not in self._leading)
        return tuple(i for i in earlier if self.steps[i].mode.decides)

    def _may_be_asked(self, at: int) -> bool:
        """Whether somebody may ever have done it by hand."""
        mode = self.steps[at].mode
        return mode.asks or (mode is Mode.CALLBACK and self._administrators)

    def _is_there(self, state: bytes, at: int, goal: int) -> bool:
        """Whether somebody may have done a step to which another wants to return."""
        place = self._places[goal]
        beside = not self._race[goal] and place.beside(self._places[at])
        cut_off = any(state[other] in _JOINED for other in self._blocks[place.block][place.branch])
        return (state[goal] == PASSED or beside) and not cut_off and self.steps[goal].id in self.reached

    def _targets(self, at: int, step: RouteStep, number: dict[str, int]) -> tuple[int, ...]:
        """The steps to which one may return at some time; -1 is the initiator."""
        here = self._places[at]
        found = {-1} if step.id in self._clock else set[int]()
        for entry in step.back:
            if entry == INITIATOR:
                found.add(-1)
            elif entry in ("any", "previous"):
                beside = entry == "any"
                found |= {i for i, p in enumerate(self._places) if p.before(here) or (beside and p.beside(here))} | {-1}
            elif entry in number:
                found.add(number[entry])
        may = {-1 if goal in self._leading else goal for goal in found}
        return tuple(sorted(goal for goal in may if goal < 0 or self._may_be_asked(goal)))

    # What a move leads to

    def _sent(self, codes: bytearray) -> tuple[bytes, ...]:
        for at in self._leading:
            codes[at] = PASSED
        return (bytes(codes),)

    def _sent_back(self, state: bytes, at: int, goal: int, how: BackMode) -> bytes:
        codes = bytearray(state)
        if goal < 0:
            self._clear(codes, range(len(codes)), how, (at, *self._leading), None)
            return bytes(codes) + bytes([RETURNED])
        if (goal, at) not in self._between:
            between = self.tree.between(self.steps[goal].id, self.steps[at].id)
            self._between[goal, at] = tuple(self._number[step.id] for step in between)
        self._clear(codes, self._between[goal, at], how, (goal, at), self._places[goal])
        self._reopen(codes, goal)
        return bytes(codes)

    def _clear(
        self, codes: bytearray, steps: Iterable[int], how: BackMode, again: tuple[int, ...], goal: Position | None
    ) -> None:
        for at in steps:
            code = codes[at]
            if at in again or how is BackMode.THROUGH or (code == PASSED and not self._race[at]):
                codes[at] = PENDING
            elif how is BackMode.CHANGED:
                codes[at] = _KEEP.get(code, PENDING) if self._race[at] else PENDING
            elif code in (STOOD, SKIPPED) or (
                code in (ACTIVE, AWAITED) and (goal is None or goal.before(self._places[at]))
            ):
                codes[at] = PENDING

    def _reopen(self, codes: bytearray, at: int) -> None:
        """The race of a step is open again."""
        for branch in self._blocks[self._places[at].block]:
            for other in branch:
                if codes[other] in _JOINED:
                    codes[other] = PENDING

    def _taken_back(self, state: bytes, at: int) -> bytes:
        codes = bytearray(state)
        self._reopen(codes, at)
        for other in self._after[at]:
            codes[other] = PENDING
        codes[at] = ACTIVE
        return bytes(codes)

    # The frontier

    def _entering(self, state: bytes) -> Happening | None:
        """The next thing that the platform does by itself."""
        block = self._first_open(state)
        if block == len(self._blocks):
            return Happening("enter", "", (APPROVED,))
        branches = self._blocks[block]
        need = self.tree.blocks[block].need
        if self._race[branches[0][0]] and self._won(state, branches) >= need:
            return Happening("enter", "", tuple(self._cut_off(state, branches)))
        firsts = [next((at for at in branch if state[at] < PASSED), -1) for branch in branches]
        for at in firsts:
            if at >= 0 and state[at] <= KEPT:
                return Happening("enter", self.steps[at].id, tuple(self._entered(state, at)))
        return None

    def _first_open(self, state: bytes) -> int:
        """The number of the first block that is not complete."""
        first = next((at for at, code in enumerate(state) if code < PASSED), None)
        return len(self._blocks) if first is None else self._places[first].block

    def _entered(self, state: bytes, at: int) -> Iterator[bytes]:
        race = self._race[at]
        if state[at] == KEPT or not race:
            yield _with(state, at, PASSED)
        for code in self._entries[at]:
            if code == REFUSED[0]:
                yield REFUSED
            elif code == RETURNED:
                yield bytes(len(state)) + bytes([RETURNED])
            elif not race:
                if code < PASSED:
                    yield _with(state, at, code)
            elif code != STOOD or self._stands(state, at):
                yield _with(state, at, FRESH if code == ACTIVE else code)

    def _stands(self, state: bytes, at: int) -> bool:
        """Whether there is a decision that may stand for a step."""
        return any(state[earlier] in _VOTED for earlier in self._earlier[at])

    def _cut_off(self, state: bytes, branches: Iterable[Iterable[int]]) -> list[bytes]:
        made = [state]
        for branch in branches:
            for at in branch:
                if state[at] < PASSED:
                    made = [_with(one, at, code) for one in made for code in self._cut(state, at)]
        return made

    def _cut(self, state: bytes, at: int) -> Iterator[int]:
        """What becomes of a step that is cut off; of several people, or of those whom they have added, some may have voted."""
        step, code = self.steps[at], state[at]
        yield CUT_KEPT if code == KEPT else CUT
        several = step.mode.asks_everybody
        if code == ACTIVE:
            partly = step.mode.decides and (several or step.mode.counts or Operation.SIGN in step.operations)
        else:
            partly = code == FRESH and several and STOOD in self._entries[at] and self._stands(state, at)
        if partly:
            yield CUT_PARTLY

    def _won(self, state: bytes, branches: tuple[tuple[int, ...], ...]) -> int:
        return sum(
            all(state[at] >= PASSED for at in branch) and any(state[at] in _VOTED for at in branch)
            for branch in branches
        )


def _sure(entries: Collection[int]) -> bool:
    """Whether a step that is closed was passed for sure: it cannot be skipped, and nothing stands for it."""
    return not {SKIPPED, STOOD}.intersection(entries)


def _with(state: bytes, at: int, code: int) -> bytes:
    return state[:at] + bytes([code]) + state[at + 1 :]


def _entries(step: RouteStep, *, may_stand: bool) -> tuple[int, ...]:
    """What may become of a step that is entered."""
    skipped = {SKIPPED} if step.when is not None else set[int]()
    match step.mode:
        case Mode.AUTO | Mode.NOTIFY:
            return tuple({PASSED, *skipped})
        case Mode.CALLBACK:
            return (AWAITED, *skipped)
        case Mode.WAIT:
            at_once = {Unmet.GO_ON: PASSED, Unmet.REFUSE: REFUSED[0], Unmet.RETURN: RETURNED}[step.wait.unmet]
            return tuple({AWAITED, PASSED, at_once, *skipped})
    found = {ACTIVE, *skipped}
    guards = step.mode.decides and not step.who.names_initiator
    if step.empty is Empty.SKIP or (guards and step.self_approval is SelfApproval.SKIP):
        found.add(SKIPPED)
    if may_stand and step.mode.decides and not step.mode.counts and not step.asks_more and step.same is not Same.KEEP:
        found.add(STOOD)
    if step.empty is Empty.REFUSE:
        found.add(REFUSED[0])
    elif step.empty is not Empty.SKIP:
        found.add(RETURNED)
    return tuple(sorted(found))
