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
from banshi.platform.routes.model import BackMode, Empty, Mode, Route, RouteStep, Same, SelfApproval
from banshi.platform.routes.moves import INITIATOR
from banshi.platform.routes.reasons import Reason
from banshi.platform.routes.returns import after
from banshi.platform.routes.state import RouteOutcome, RouteState, StepState, StepStatus
from banshi.platform.routes.tree import Position, Tree

PENDING, KEPT, ACTIVE, AWAITED, MAYBE = range(5)
PASSED, CUT_PARTLY, SKIPPED, CUT, CUT_KEPT = range(5, 10)
"""Codes of a step, from `PASSED` on of a closed one.

In a race, where it matters what was passed: `KEPT` is pending, perhaps with a decision from before a return; `MAYBE` is
closed, or pending after a return straight back; `CUT…` was cut off by a faster branch: after some votes, with nothing, with
what was kept. Elsewhere `PENDING` stands for all that the platform has yet to come to, be it closed when it does, and
`PASSED` for everything closed. `AWAITED` waits for another system, or for cases that were opened.
"""

RETURNED = 20
APPROVED, REFUSED = bytes([21]), bytes([22])
FINAL = frozenset({APPROVED, REFUSED})

_WAITING = frozenset({Mode.CALLBACK, Mode.WAIT})
_JOINED = frozenset({CUT_PARTLY, CUT, CUT_KEPT})
_CUT = {PENDING: (CUT,), KEPT: (CUT_KEPT,), ACTIVE: (CUT, CUT_PARTLY), AWAITED: (CUT,)}
_KEEP = {PASSED: KEPT, MAYBE: KEPT, KEPT: KEPT, CUT_KEPT: KEPT}


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
            return (KEPT,) if race and step.kept is not None else (PENDING, KEPT, MAYBE)
        case StepStatus.ACTIVE:
            return (AWAITED,) if step.mode in _WAITING else (ACTIVE,)
        case _ if step.reason is Reason.JOINED:
            return (CUT_KEPT,) if step.kept is not None else (CUT_PARTLY,) if step.passed else (CUT, CUT_KEPT)
        case _:
            return (PASSED, PENDING) if not race else (PASSED, MAYBE) if step.passed else (SKIPPED,)


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happens, and the states that it may lead to.

    `what` is `enter` (the platform goes on), `done`, `refuse`, `return`, `take back`, `answer` or `fail` (of another
    system), or `send` (again, by the initiator).
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
        self._entries = [_entries(step, self._may_stand(at)) for at, step in enumerate(route.steps)]
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
        step = self.steps[at]
        by_hand = step.id in self.reached and _may_be_asked(step) and at not in self._leading
        place = self._places[at]
        ahead = self._blocks[place.block][place.branch][: place.index]
        return by_hand and place.block <= self._first_open(state) and all(state[other] >= PASSED for other in ahead)

    def _may_stand(self, at: int) -> bool:
        """Whether there is an earlier decision that may stand for a step."""
        here = self._places[at]
        earlier = (i for i, place in enumerate(self._places) if place.before(here) and i not in self._leading)
        return any(self.steps[i].mode.decides for i in earlier)

    def _is_there(self, state: bytes, at: int, goal: int) -> bool:
        """Whether somebody may have done a step to which another wants to return."""
        closed = state[goal] in (PASSED, MAYBE) or self._places[goal].beside(self._places[at])
        return closed and self.steps[goal].id in self.reached

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
        return tuple(sorted(goal for goal in may if goal < 0 or _may_be_asked(self.steps[goal])))

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
            elif code == PASSED:
                codes[at] = MAYBE
            elif code == SKIPPED or (code in (ACTIVE, AWAITED) and (goal is None or goal.before(self._places[at]))):
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
        first = branches[0][0]
        firsts = [next((at for at in branch if state[at] < PASSED), -1) for branch in branches]
        if self._race[first]:
            unsure = [at for branch in branches for at in branch if state[at] == MAYBE]
            if not unsure and self._won(state, branches) >= self.tree.blocks[block].need:
                return Happening("enter", "", tuple(_cut_off(state, branches)))
            firsts = unsure or firsts
        for at in firsts:
            if at >= 0 and state[at] == MAYBE:
                return Happening("enter", "", (_with(state, at, PASSED), _with(state, at, PENDING)))
            if at >= 0 and state[at] <= KEPT:
                return Happening("enter", self.steps[at].id, tuple(self._entered(state, at)))
        return None

    def _first_open(self, state: bytes) -> int:
        """The number of the first block that is not complete."""
        first = next((at for at, code in enumerate(state) if code < PASSED), None)
        return len(self._blocks) if first is None else self._places[first].block

    def _entered(self, state: bytes, at: int) -> Iterator[bytes]:
        if state[at] == KEPT or not self._race[at]:
            yield _with(state, at, PASSED)
        for code in self._entries[at]:
            if code == REFUSED[0]:
                yield REFUSED
            elif code == RETURNED:
                yield bytes(len(state)) + bytes([RETURNED])
            elif self._race[at] or code < PASSED:
                yield _with(state, at, code)

    def _won(self, state: bytes, branches: tuple[tuple[int, ...], ...]) -> int:
        return sum(
            all(state[at] >= PASSED for at in branch) and any(state[at] in (PASSED, CUT_PARTLY) for at in branch)
            for branch in branches
        )


def _may_be_asked(step: RouteStep) -> bool:
    """Whether somebody may ever have done it by hand."""
    return step.mode not in (Mode.AUTO, Mode.NOTIFY, Mode.WAIT)


def _cut_off(state: bytes, branches: Iterable[Iterable[int]]) -> list[bytes]:
    made = [state]
    for branch in branches:
        for at in branch:
            if state[at] < PASSED:
                made = [_with(one, at, code) for one in made for code in _CUT[state[at]]]
    return made


def _with(state: bytes, at: int, code: int) -> bytes:
    return state[:at] + bytes([code]) + state[at + 1 :]


def _entries(step: RouteStep, may_stand: bool) -> tuple[int, ...]:
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
        found.add(PASSED)
    if step.empty is Empty.REFUSE:
        found.add(REFUSED[0])
    elif step.empty is not Empty.SKIP:
        found.add(RETURNED)
    return tuple(sorted(found))
