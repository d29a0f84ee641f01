"""Whether a route is sound: from wherever a case may stand it can be brought to its end, and no step is dead.

That nobody is asked at the end holds as well: at its end an abstract state has no steps. A case can be brought to its
end if approving alone leads there, whatever the conditions say on the way and whoever is found. Small routes are explored
to the last state, large ones by ways that are drawn with a fixed seed, so that a check says the same every time.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from banshi.platform.routes.abstract import ACTIVE, AWAITED, FINAL, RETURNED, Abstract
from banshi.platform.routes.model import Mode, Route

MOST_STATES = 2000
"""How many states are looked at one by one before ways are drawn instead."""
MOST_MOVES = 20_000
"""How many moves are looked at, those of long routes counted several times, so that a check takes some tenths of a second;
drawing ways takes a quarter more."""


@dataclass(frozen=True, slots=True)
class Soundness:
    """What exploring a route found: whether all its states were seen, and how many.

    `stuck` are the ids of steps at which a case may wait for ever, `dead` of those that are never asked or done.
    """

    proved: bool
    states: int
    stuck: tuple[str, ...] = ()
    dead: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether every case can be brought to its end, and every step is reached by some."""
        return not (self.stuck or self.dead)

    def text(self, language: str = "zh") -> str:
        """How far the exploring went, as a sentence."""
        if self.proved:
            return (f"The route was explored to the last of its {self.states} states." if language == "en"
                    else f"已走遍流程的全部 {self.states} 个状态。")  # fmt: skip
        return (f"{self.states} states of the route were explored at random." if language == "en"
                else f"流程太大，随机走了 {self.states} 个状态。")  # fmt: skip


@lru_cache(maxsize=256)
def soundness(route: Route, most: int = MOST_STATES, *, administrators: bool = True) -> Soundness:
    """What exploring the route finds; `administrators` says whether there is anybody who helps when a system fails."""
    clock = tuple(step.id for step in route.steps if step.due and any(entry.deed.decides for entry in step.overdue))
    seen = Seen(Abstract(route, clock, administrators=administrators))
    proved = seen.explore(most)
    if not proved:
        seen.walk(MOST_MOVES // 4)
    return seen.told(proved=proved)


class Seen:
    """What was seen of a route: its `states`, with what may come next by moving forward; in `lost` those without a way on."""

    def __init__(self, abstract: Abstract) -> None:
        self.abstract = abstract
        self.states: dict[bytes, tuple[tuple[bytes, ...], ...]] = {}
        self._alive = abstract.reached
        self._alive.update(step.id for step in abstract.tree.leading)
        self._stuck: set[str] = set()
        self.lost: list[bytes] = []
        self._moves = 0

    def explore(self, most: int) -> bool:
        """Look at every state; False as soon as there are more than that.

        One returns only to what somebody can have done: once more is known to be reached, all is looked at again.
        """
        known = -1
        while known < len(self._alive):
            known = len(self._alive)
            self.states.clear()
            self._moves = 0
            if not self._look_at_all(most):
                return False
        self._look_back()
        return True

    def _look_at_all(self, most: int) -> bool:
        waiting = deque(self.abstract.start)
        while waiting:
            state = waiting.popleft()
            if state in self.states or state in FINAL:
                continue
            if len(self.states) >= most or self._moves > MOST_MOVES:
                return False
            waiting += [result for results in self._look(state) for result in results]
        return True

    def walk(self, most: int) -> None:
        """Go ways that are drawn, forward two times of three, until that many moves were looked at."""
        self._alive.update(step.id for step in self.abstract.steps)
        draw = Random(0)  # noqa: S311  (no secret)
        end = self._moves + most
        while self._moves < end:
            state = draw.choice(self.abstract.start)
            while state not in FINAL and self._moves < end:
                every = self._look(state)
                forward = self.states[state]
                if not forward:
                    self._waits(state)
                    break
                some = forward if draw.random() < 2 / 3 else every
                state = draw.choice(draw.choice(some))

    def told(self, *, proved: bool) -> Soundness:
        """The result."""
        ids = [step.id for step in self.abstract.steps]
        dead = tuple(i for i in ids if i not in self._alive) if proved else ()
        return Soundness(proved, len(self.states), tuple(i for i in ids if i in self._stuck), dead)

    def _look(self, state: bytes) -> list[tuple[bytes, ...]]:
        """Everything that may come after a state."""
        happenings = list(self.abstract.happenings(state))
        self._moves += len(happenings) * (1 + len(self.abstract.steps) // 16)
        self.states[state] = tuple(happening.results for happening in happenings if happening.forward)
        entered = happenings[0].step if happenings and happenings[0].what == "enter" else None
        for step, code in zip(self.abstract.steps, state, strict=False):
            by_itself = step.mode in (Mode.AUTO, Mode.NOTIFY) and entered == step.id
            if by_itself or (entered is None and code in (ACTIVE, AWAITED)):
                self._alive.add(step.id)
        return [happening.results for happening in happenings]

    def _look_back(self) -> None:
        """Find the states from which approving does not lead to the end."""
        sure, rest = set(FINAL), list(reversed(self.states))
        while True:
            left = [state for state in rest if not self._is_sure(state, sure)]
            if len(left) == len(rest):
                break
            rest = left
        for state in rest:
            self._waits(state)

    def _is_sure(self, state: bytes, sure: set[bytes]) -> bool:
        """Whether one move leads to states that are sure, but where nobody is found; what is sure is remembered."""
        for results in self.states[state]:
            if all(r in sure or r[-1] == RETURNED for r in results) and not sure.isdisjoint(results):
                sure.add(state)
                return True
        return False

    def _waits(self, state: bytes) -> None:
        """A case cannot go on from this state: the first step at which it waits, if it does."""
        self.lost.append(state)
        waiting = (s.id for s, code in zip(self.abstract.steps, state, strict=False) if code in (ACTIVE, AWAITED))
        self._stuck.update([*waiting][:1])
