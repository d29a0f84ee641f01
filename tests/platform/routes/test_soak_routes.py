"""A million random actions on random routes, and no case that is stuck.

`make soak` takes a million; `ROUTE_ACTIONS=100000` in the environment bounds them. After every action the case is in order
(`test_random_routes.py`), and from where a walk ends everybody's approval brings it to its end.
"""

from __future__ import annotations

import os
import random
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from random_routes import CAMPUS, approve_all, check_effects, check_state, doings, routes
from route_people import context

from banshi.platform.routes.flow import begin
from banshi.platform.routes.model import Route
from banshi.platform.routes.state import RouteOutcome, RouteState

ACTIONS = int(os.environ.get("ROUTE_ACTIONS", "1000000"))
OF_A_ROUTE = 100
TOLD_EVERY = 50_000


class Walks:
    """Cases one after another on a route until so many actions are done; what was done is counted."""

    def __init__(self) -> None:
        self.routes = self.cases = self.actions = 0

    def walk(self, route: Route, chance: random.Random) -> None:
        """Walk a route."""
        self.routes += 1
        done = 0
        while done < OF_A_ROUTE:
            self.cases += 1
            before = done
            done += self._case(route, chance, OF_A_ROUTE - done)
            if done == before:
                break  # the case was at its end when it was sent
        told = self.actions // TOLD_EVERY
        self.actions += done
        if self.actions // TOLD_EVERY > told:
            print(f"\n{self}", flush=True)

    def __str__(self) -> str:
        return f"{self.actions} actions in {self.cases} cases on {self.routes} routes, none stuck"

    @staticmethod
    def _case(route: Route, chance: random.Random, most: int) -> int:
        text = 0
        seen = {"text": text}
        around = replace(
            context(n=Decimal(chance.randint(0, 6))), directory=CAMPUS, seen=lambda step: f"{step.id}:{seen['text']}"
        )
        progress = begin(route, around)
        check_effects(RouteState(), progress)
        state = progress.state
        for count in range(most):
            check_state(route, state, around)
            possible = list(doings(route, state, around))
            if not possible:
                assert state.outcome.final, "no case is stuck"
                return count
            doing = chance.choice(possible)
            seen["text"] += chance.random() < 0.2
            progress = doing(route, state, around)
            check_effects(state, progress)
            state = progress.state
        if not state.outcome.final:
            assert approve_all(route, state, around, chance.randint(0, 3)).outcome is RouteOutcome.APPROVED
        return most


@pytest.mark.soak
@pytest.mark.timeout(0)
def test_no_case_is_stuck_after_random_actions() -> None:
    walks = Walks()

    @settings(
        max_examples=2 * ACTIONS // OF_A_ROUTE,  # some routes end where they begin; what is left over does nothing
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(routes(), st.integers(0, 2**32))
    def many(route: Route, seed: int) -> None:
        if walks.actions < ACTIONS:
            walks.walk(route, random.Random(seed))

    many()
    print(f"\n{walks}")
    assert walks.actions >= ACTIONS
