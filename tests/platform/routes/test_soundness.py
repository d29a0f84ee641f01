"""The exploring of routes: it covers whatever really happens, finds the dead steps that brute force finds, and is told
of routes that are broken on purpose.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from random_routes import doings, routes
from route_people import context, route_of

from banshi.platform.routes import soundness as exploring
from banshi.platform.routes.abstract import Abstract, Happening, covers
from banshi.platform.routes.flow import begin
from banshi.platform.routes.model import Mode, Route
from banshi.platform.routes.soundness import Seen, soundness
from banshi.platform.routes.state import StepStatus
from banshi.platform.routes.tree import Tree
from banshi.rules.diagnostics import NOWHERE
from banshi.rules.expressions import parse

MOST = 20_000
MOST_REAL = 400


def seen_of(route: Route) -> Seen | None:
    seen = Seen(Abstract(route, [step.id for step in route.steps]))
    return seen if seen.explore(MOST) else None


@settings(deadline=None)
@given(st.data())
def test_every_state_of_a_real_case_is_covered_by_one_that_was_found(data: st.DataObject) -> None:
    route = data.draw(routes())
    seen, tree = seen_of(route), Tree(route)
    if seen is None:
        return
    around = context(data.draw(st.sampled_from(["s1", "f2", "h1"])), n=data.draw(st.integers(1, 6)))
    state = begin(route, around).state
    for _ in range(8):
        assert any(covers(abstract, state, tree) for abstract in (*seen.states, *exploring.FINAL)), state
        possible = list(doings(route, state, around))
        if not possible:
            break
        state = data.draw(st.sampled_from(possible))(route, state, around).state


@settings(max_examples=60, deadline=None)
@given(routes())
def test_random_routes_never_wait_for_ever(route: Route) -> None:
    assert soundness(route).stuck == ()
    seen = Seen(Abstract(route))
    seen.walk(600)
    assert seen.told(proved=False).stuck == ()


def lively(route: Route) -> set[str] | None:
    """The steps that some case really reaches, whatever people do and however the answers change before each move.

    None where there are more than MOST_REAL states. People do everything but add others to their step.
    """
    free = [step.id for step in route.steps if step.when is not None]
    named = {i: parse(f"${{c{at}}}", NOWHERE)[0] for at, i in enumerate(free)}
    opened = Route(tuple(replace(step, when=named.get(step.id)) for step in route.steps))
    every = product([True, False], repeat=len(free))
    contexts = [context(**{f"c{at}": truth for at, truth in enumerate(truths)}) for truths in every]
    alive, known = {step.id for step in Tree(route).leading}, set[str]()
    waiting = deque(begin(opened, around).state for around in contexts)
    while waiting:
        state = waiting.popleft()
        steps = {i: replace(step, round=0, values=()) for i, step in state.steps.items()}
        if (key := repr((steps, state.outcome))) in known:
            continue
        if len(known) == MOST_REAL:
            return None
        known.add(key)
        for step in route.steps:
            by_itself = step.mode in (Mode.AUTO, Mode.NOTIFY) and steps[step.id].status is StepStatus.DONE
            if by_itself or steps[step.id].status is StepStatus.ACTIVE:
                alive.add(step.id)
        for around in contexts:
            for doing in doings(opened, state, around):
                if doing.what in ("act", "call_back", "resubmit", "take_back") and not doing.by:
                    waiting.append(doing(opened, state, around).state)
    return alive


SHAPES = ["one", "auto", "notify", "callback", "all"]
BACKS = ["", "任意 !直达", "任意 !按变更", "发起人 !直达"]


@st.composite
def races(draw: st.DrawFn) -> Route:
    """A group of two or three branches that may not wait for all of them, and a step behind it."""
    lines = ["| 10 | 申请 | initiator | | | | | | |"]
    join = draw(st.sampled_from(["any", "2", "all"]))
    for branch in range(draw(st.integers(2, 3))):
        for inner in range(draw(st.integers(1, 2)) if branch == 0 else 1):
            number = f"{20 + branch}" + (f".{inner}" if inner else "")
            when = draw(st.sampled_from(["", "", "${n} > 3"]))
            mode = draw(st.sampled_from(SHAPES))
            who = f"person:v{branch}" + (" + person:f1" if mode == "all" else "")
            back = draw(st.sampled_from(BACKS))
            lines.append(f"| {number} | 会办 | {who} | {mode} | {when} | 会办({join}) | keep | -加签 | {back} |")
    last = draw(st.sampled_from(BACKS))
    lines.append(f"| 90 | 办结 | role:保卫处.审核岗 | | | | keep | -加签 | {last} |")
    return route_of("| step | name | who | mode | when | group | same | ops | back |\n" + "\n".join(lines))


@settings(max_examples=25, deadline=None)
@given(races())
def test_the_dead_steps_are_those_that_brute_force_never_reaches(route: Route) -> None:
    alive, found = lively(route), soundness(route)
    assume(alive is not None and found.proved)
    assert alive is not None
    assert set(found.dead) == {step.id for step in route.steps} - alive


CUT_AT_ONCE = """
    | step | name | who | mode | when | group | same |
    | 10 | 申请 | initiator | | | | |
    | 20 | 会办20 | person:v0 | one | ${n} > 3 | 会办(any) | keep |
    | 20.1 | 会办20.1 | person:v0 | one | | 会办(any) | keep |
    | 21 | 会办21 | person:v1 | one | | 会办(any) | keep |
    | 22 | 会办22 | person:v2 | auto | | 会办(any) | keep |
    | 90 | 办结 | role:保卫处.审核岗 | | | | keep |
"""


def test_a_dead_step_beside_a_condition_is_found() -> None:
    """20, 20.1 and 21 are never asked, since 22 is through at once, also after a return straight back."""
    route = route_of(CUT_AT_ONCE)
    assert soundness(route) == replace(soundness(route), proved=True, dead=("20", "20.1", "21"), stuck=())
    assert {step.id for step in route.steps} - (lively(route) or set()) == {"20", "20.1", "21"}


RACE = """
    | step | name | who | mode | when | group |
    | 10 | 申请 | initiator | | | |
    | 20 | 系统核对 | | auto | {when} | 核对(any) |
    | 21 | 财务处核对 | role:财务处.审核岗 | | | 核对(any) |
    | 30 | 办结 | role:保卫处.审核岗 | | | |
"""


@pytest.mark.parametrize(("when", "dead"), [("", ("21",)), ("${n} > 3", ())])
def test_a_branch_that_is_through_at_once_leaves_nothing_to_the_others(when: str, dead: tuple[str, ...]) -> None:
    found = soundness(route_of(RACE.format(when=when)))
    assert (found.proved, found.dead, found.stuck) == (True, dead, ())


CALLBACK = """
    | step | name | who | mode |
    | 10 | 申请 | initiator | |
    | 20 | 一卡通开户 | | callback |
    | 30 | 办结 | role:保卫处.审核岗 | |
"""


def test_what_another_system_fails_to_do_stops_a_case_where_there_is_no_administrator() -> None:
    route = route_of(CALLBACK)
    assert soundness(route).sound
    assert soundness(route, administrators=False).stuck == ("20",)


class Broken(Abstract):
    """An engine that forgets a returned case: nobody can send it again."""

    def happenings(self, state: bytes):  # type: ignore[no-untyped-def]
        """Nothing happens to a returned case."""
        return (h for h in super().happenings(state) if h.what != "send")


class Forgetful(Abstract):
    """An engine that asks the people of a group, and goes on to no next step (an AND-join turned into a deadlock)."""

    def _entering(self, state: bytes) -> Happening | None:
        going_on = super()._entering(state)
        return None if going_on is not None and going_on.step == "90" else going_on


GROUP = """
    | step | name | who | group |
    | 10 | 申请 | initiator | |
    | 20 | 财务处 | role:财务处.审核岗 | 会签 |
    | 21 | 保卫处 | role:保卫处.审核岗 | 会签 |
    | 90 | 办结 | role:保卫处.审核岗 | |
"""


@pytest.mark.parametrize("engine", [Broken, Forgetful])
def test_an_engine_that_loses_a_case_would_be_found(engine: type[Abstract]) -> None:
    seen = Seen(engine(route_of(GROUP)))
    assert seen.explore(1000)
    assert seen.lost


def test_a_group_of_two_has_the_states_that_one_counts_by_hand() -> None:
    """Stable: both asked, one left of either, the last step, returned. Passing: before each entry, 10 done by sending."""
    seen = Seen(Abstract(route_of(GROUP)))
    assert seen.explore(1000)
    stable = [state for state in seen.states if not any(h.what == "enter" for h in seen.abstract.happenings(state))]
    assert len(stable) == 5


def test_a_route_that_is_too_large_is_said_to_be_explored_at_random() -> None:
    desks = "\n".join(f"| {20 + i} | 部门{i} | role:财务处.审核岗 | 会签 |" for i in range(14))
    route = route_of(f"| step | name | who | group |\n| 10 | 申请 | initiator | |\n{desks}")
    found = soundness(route)
    assert not found.proved
    assert found.stuck == ()
    assert str(found.states) in found.text()
    assert "random" in found.text("en")
