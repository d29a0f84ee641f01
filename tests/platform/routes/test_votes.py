"""Votes: a second, exact count over whole vote vectors, in every order and from every moment.

V1 what a step comes to is what the full count says, in every order · V2 it is decided as soon as, and never before, the
votes that are missing cannot change it · V3 weights are exact · V4 whoever adds a signer changes nothing that her vote
counts.

The count here is written from the standard (`ratio 2/3`, `at least 2`, `weight >50`): it tries every way in which those
who have not voted yet could vote, and calls a step decided when they all come to the same.
"""

from __future__ import annotations

import random
from decimal import Decimal
from fractions import Fraction
from itertools import product

import pytest

from banshi.platform.routes.model import Mode, Threshold
from banshi.platform.routes.state import Action, Signer, Signing, StepState, StepStatus, Vote
from banshi.platform.routes.voting import Verdict, verdict

YES, NO = Action.APPROVE, Action.REFUSE
COUNTED: list[tuple[Mode, Threshold]] = [
    *((Mode.RATIO, Threshold(Fraction(n, d), share=True)) for n, d in ((1, 2), (2, 3), (3, 4), (1, 1), (1, 3))),
    *((Mode.RATIO, Threshold(Fraction(n, d), share=True, strict=True)) for n, d in ((1, 2), (2, 3))),
    *((Mode.AT_LEAST, Threshold(Fraction(n))) for n in (1, 2, 4, 7)),
    (Mode.WEIGHT, Threshold(Fraction(50), strict=True)),
    (Mode.WEIGHT, Threshold(Fraction(50))),
    (Mode.WEIGHT, Threshold(Fraction(1, 2), share=True, strict=True)),
    (Mode.WEIGHT, Threshold(Fraction(2, 3), share=True)),
]


def full_count(mode: Mode, threshold: Threshold | None, ballots: dict[str, bool], weights: dict[str, Fraction]) -> bool:
    """Whether a step passes when everybody has voted; where all of them are too few, all of them are wanted."""
    if mode in (Mode.ALL, Mode.SEQUENCE):
        return all(ballots.values())
    assert threshold is not None
    whole = sum(weights.values(), Fraction())
    yes = sum((weights[person] for person, ballot in ballots.items() if ballot), Fraction())
    needed = threshold.value * whole if threshold.share else threshold.value
    if needed > whole or (threshold.strict and needed == whole):
        return all(ballots.values())
    return yes > needed if threshold.strict else yes >= needed


def foreseeable(
    mode: Mode, threshold: Threshold | None, so_far: dict[str, bool], weights: dict[str, Fraction]
) -> Verdict:
    """What every way in which the others may still vote comes to, or that it is open."""
    left = [person for person in weights if person not in so_far]
    ends = {
        full_count(mode, threshold, {**so_far, **dict(zip(left, more, strict=True))}, weights)
        for more in product((True, False), repeat=len(left))
    }
    return Verdict.OPEN if len(ends) == 2 else Verdict.APPROVED if ends == {True} else Verdict.REFUSED


def asked(mode: Mode, weights: dict[str, Fraction]) -> StepState:
    given = tuple(Decimal(weight.numerator) / Decimal(weight.denominator) for weight in weights.values())
    return StepState(
        status=StepStatus.ACTIVE,
        mode=mode,
        people=tuple(weights),
        weights=given if mode is Mode.WEIGHT else (),
    )


@pytest.mark.parametrize(("mode", "threshold"), [*COUNTED, (Mode.ALL, None), (Mode.SEQUENCE, None)])
def test_v1_v2_v3_a_step_is_decided_as_soon_as_nothing_can_change_it(mode: Mode, threshold: Threshold | None) -> None:
    chance = random.Random(f"{mode}{threshold}")
    for _ in range(60):
        people = [f"委员{i}" for i in range(chance.randint(1, 7))]
        heavy = mode is Mode.WEIGHT
        weights = {
            p: Fraction(chance.choice([1, 5, 10, 20, 30, 45]), 2 if heavy else 1) if heavy else Fraction(1)
            for p in people
        }
        ballots = {person: chance.random() < 0.65 for person in people}
        ends = set()
        for _ in range(3):
            order = people if mode is Mode.SEQUENCE else chance.sample(people, len(people))
            so_far: dict[str, bool] = {}
            votes: tuple[Vote, ...] = ()
            first = Verdict.OPEN
            for person in order:
                so_far[person] = ballots[person]
                votes = (*votes, Vote(person, YES if ballots[person] else NO))
                state = asked(mode, weights)
                now = verdict(
                    StepState(status=state.status, mode=mode, people=state.people, weights=state.weights, votes=votes),
                    threshold,
                )
                assert now is foreseeable(mode, threshold, so_far, weights), (weights, so_far)
                first = now if first is Verdict.OPEN else first
                assert now is first, "what was decided stays decided"
            ends.add(first)
        assert ends == {Verdict.APPROVED if full_count(mode, threshold, ballots, weights) else Verdict.REFUSED}


@pytest.mark.parametrize("mode", [Mode.ONE, Mode.ANY, Mode.CLAIM])
@pytest.mark.parametrize("ballot", [YES, NO])
def test_v1_where_one_is_enough_the_first_vote_decides(mode: Mode, ballot: Action) -> None:
    state = StepState(status=StepStatus.ACTIVE, mode=mode, people=("李敏", "钱进"), votes=(Vote("钱进", ballot),))
    assert verdict(state) is (Verdict.APPROVED if ballot is YES else Verdict.REFUSED)
    assert verdict(StepState(status=StepStatus.ACTIVE, mode=mode, people=("李敏", "钱进"))) is Verdict.OPEN


def test_v3_thirds_are_not_rounded() -> None:
    # 2/3 of 3 are 2 and not 1.98 or 2.01; more than a half of 4 are 3.
    two_thirds, majority = Threshold(Fraction(2, 3), share=True), Threshold(Fraction(1, 2), share=True, strict=True)
    three = StepState(
        status=StepStatus.ACTIVE, mode=Mode.RATIO, people=tuple("甲乙丙"), votes=(Vote("甲", YES), Vote("丙", YES))
    )
    assert verdict(three, two_thirds) is Verdict.APPROVED
    four = StepState(
        status=StepStatus.ACTIVE, mode=Mode.RATIO, people=tuple("甲乙丙丁"), votes=(Vote("甲", YES), Vote("丙", YES))
    )
    assert verdict(four, majority) is Verdict.OPEN


def counts_as(person: str, signers: tuple[Signer, ...], ballots: dict[str, bool]) -> bool | None:
    """What somebody's voice comes to with those whom she added: no when one says no, yes when all say yes."""
    team, found = [person], [person]
    while team:
        team = [signer.person for signer in signers if signer.by in team]
        found += team
    voices = [ballots.get(member) for member in found]
    return False if False in voices else None if None in voices else True


@pytest.mark.parametrize("mode", [Mode.ALL, Mode.ANY, Mode.RATIO, Mode.AT_LEAST])
def test_v4_added_signers_speak_with_whoever_added_them(mode: Mode) -> None:
    chance = random.Random(f"signers {mode}")
    threshold = {Mode.RATIO: Threshold(Fraction(2, 3), share=True), Mode.AT_LEAST: Threshold(Fraction(2))}.get(mode)
    for _ in range(400):
        people = [f"v{i}" for i in range(chance.randint(1, 4))]
        everybody, signers = list(people), []
        for i in range(chance.randint(0, 5)):
            signers.append(
                Signer(
                    f"x{i}", chance.choice(everybody), chance.choice([Signing.BEFORE, Signing.AFTER, Signing.BESIDE])
                )
            )
            everybody.append(f"x{i}")
        ballots = {p: chance.random() < 0.75 for p in everybody if chance.random() < 0.8}
        state = StepState(
            status=StepStatus.ACTIVE,
            mode=mode,
            people=tuple(people),
            signers=tuple(signers),
            votes=tuple(Vote(p, YES if yes else NO) for p, yes in ballots.items()),
        )
        voices = {p: counts_as(p, tuple(signers), ballots) for p in people}
        if mode is Mode.ANY:
            said = set(voices.values())
            expected = Verdict.REFUSED if False in said else Verdict.APPROVED if True in said else Verdict.OPEN
        else:
            so_far = {p: voice for p, voice in voices.items() if voice is not None}
            expected = foreseeable(mode, threshold, so_far, dict.fromkeys(people, Fraction(1)))
        assert verdict(state, threshold) is expected, (voices, signers)
