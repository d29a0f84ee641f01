"""Recorded histories: what happened to cases under a released engine happens again, and what it stored is read.

R1 the recorded moves lead to the recorded states, one by one · R2 states that 0.1.0 wrote, without weights, signers, claims
and kept decisions, are read with the same tasks, and go on to their end · R3 every kind of move is among the recorded ones.
"""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from random_routes import doings
from record_histories import HISTORIES, around, changed, doing_of, plain
from route_people import context, route_of

from banshi.platform.routes import flow
from banshi.platform.routes.flow import act, begin, resubmit
from banshi.platform.routes.state import RouteOutcome, RouteState

MOVES = sorted(path for path in HISTORIES.glob("*.jsonl") if not path.stem.endswith(".states"))
STATES = sorted(HISTORIES.glob("*.states.jsonl"))


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_r3_every_kind_of_move_is_recorded() -> None:
    assert MOVES
    assert STATES
    found = {move["what"] for path in MOVES for case in lines(path) for move in case["moves"]}
    # Withdrawing is no move of the random walks: it ends every one of them.
    assert found == {
        "act", "add_signers", "call_back", "claim", "escalate", "pass_overdue", "refuse_overdue", "release",
        "remove_signer", "resubmit", "return_overdue", "take_back", "transfer",
    }  # fmt: skip
    assert all(hasattr(flow, what) for what in found)


@pytest.mark.parametrize("path", MOVES, ids=lambda path: path.stem)
def test_r1_the_recorded_moves_lead_to_the_recorded_states(path: Path) -> None:
    for case in lines(path):
        route = route_of(case["route"])
        state = begin(route, around(case["n"], 0)).state
        before = plain(state)
        assert before == case["begun"]
        for count, move in enumerate(case["moves"]):
            state = doing_of(move)(route, state, around(case["n"], move["text"])).state
            after = plain(state)
            assert changed(before, after) == move["changed"], (case["name"], count, move["what"])
            before = after
            state = RouteState.from_json(after)


@pytest.mark.parametrize("path", STATES, ids=lambda path: path.stem)
def test_r2_what_a_released_version_stored_is_read_and_goes_on(path: Path) -> None:
    for case in lines(path):
        route, form = route_of(case["route"]), context(n=Decimal(case["n"]))
        for stored in case["states"]:
            assert not {"weights", "signers", "claimed", "seen", "kept"} & set(stored["state"]["steps"][0])
            state = RouteState.from_json(stored["state"])
            assert [[task.step, task.round, task.person] for task in state.tasks()] == stored["tasks"]
            for doing in doings(route, state, form):
                doing(route, state, form)
            while not state.outcome.final:
                if state.outcome is RouteOutcome.RETURNED:
                    state = resubmit(route, state, form).state
                else:
                    task = state.tasks()[0]
                    state = act(route, state, task.step, task.person, "approve", form).state
            assert state.outcome is RouteOutcome.APPROVED
