"""The rows of a store as columns of numbers: cases, and the times that each of their steps was asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from banshi.platform.routes.deadline import Deed
from banshi.platform.routes.state import Action, RouteOutcome
from banshi.storage.contract import CaseFigures, TaskFigures

Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]

NEVER = -1
"""Stands for a moment that is not there."""

STATES = tuple(RouteOutcome)
_DEEDS = (*Action, *(deed for deed in Deed if deed.decides))
"""What closes a step: first what people decide, then what the clock does."""


@dataclass(slots=True)
class Codes:
    """Texts as numbers 0, 1, 2 … in the order in which they were met."""

    known: dict[str, int] = field(default_factory=dict)

    def of(self, texts: Iterable[str]) -> Numbers:
        """The numbers of texts."""
        known = self.known
        return np.array([known.setdefault(text, len(known)) for text in texts], dtype=np.int64)

    @property
    def texts(self) -> list[str]:
        """The texts by their numbers."""
        return list(self.known)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """Cases as columns. `service`, `applicant` and `unit` are codes, `state` is the place in `STATES`, moments in µs."""

    index: dict[str, int]
    services: Codes
    units: Codes
    service: Numbers
    applicant: Numbers
    unit: Numbers
    state: Numbers
    submitted: Numbers
    finished: Numbers
    returns: Numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """Each time that a step was asked. `case` is the place of its case, `step` a code; `closed` is NEVER while it waits.

    `decided` are those that people decided, `by_clock` those that were so at their deadline (whatever people had said).
    """

    steps: Codes
    names: dict[int, str]
    case: Numbers
    step: Numbers
    since: Numbers
    closed: Numbers
    due: Numbers
    decided: Flags
    by_clock: Flags
    refused: Flags
    returned: Flags


def case_columns(portions: Iterable[Sequence[CaseFigures]], unit_of: Callable[[str], str]) -> Cases:
    """The cases of a store's portions; `unit_of` gives the unit of an applicant's id."""
    services, applicants, units, states = (
        Codes(),
        Codes(),
        Codes(),
        Codes({str(state): i for i, state in enumerate(STATES)}),
    )
    ids: list[str] = []
    parts: list[tuple[Numbers, ...]] = []
    for portion in portions:
        one: Any = CaseFigures._make(zip(*portion, strict=True))
        ids.extend(one.id)
        parts.append(
            (
                services.of(one.service_id),
                applicants.of(one.applicant),
                states.of(one.state),
                _numbers(one.submitted_at),
                _numbers(one.finished_at),
                _numbers(one.returns),
            )
        )
    service, applicant, state, submitted, finished, returns = _joined(parts, 6)
    unit_codes = units.of(map(unit_of, applicants.texts))
    return Cases(
        index={case_id: place for place, case_id in enumerate(ids)},
        services=services,
        units=units,
        service=service,
        applicant=applicant,
        unit=unit_codes[applicant] if len(unit_codes) else applicant,
        state=state,
        submitted=submitted,
        finished=finished,
        returns=returns,
    )


def run_columns(portions: Iterable[Sequence[TaskFigures]], cases: Cases) -> Runs:
    """The tasks of a store's portions, put together by case, step and round; those of other cases are left out."""
    steps, actions = Codes(), Codes({"": 0, **{str(action): i for i, action in enumerate(_DEEDS, 1)}})
    names: dict[int, str] = {}
    parts: list[tuple[Numbers, ...]] = []
    place = cases.index.get
    for portion in portions:
        one: Any = TaskFigures._make(zip(*portion, strict=True))
        codes = steps.of(one.step_id)
        names.update(zip(codes.tolist(), one.step_name, strict=True))
        parts.append(
            (
                _numbers([place(case_id) for case_id in one.case_id]),
                codes,
                _numbers(one.round),
                _numbers(one.since),
                _numbers(one.done_at),
                _numbers(one.due),
                _numbers([state == "open" for state in one.state]),
                actions.of(one.action),
            )
        )
    columns = _joined(parts, 8)
    ours = columns[0] != NEVER
    return _together(steps, names, *(column[ours] for column in columns))


def _together(
    steps: Codes,
    names: dict[int, str],
    case: Numbers,
    step: Numbers,
    rounds: Numbers,
    since: Numbers,
    done: Numbers,
    due: Numbers,
    is_open: Numbers,
    action: Numbers,
) -> Runs:
    """One run for the tasks of a case, step and round: from the first task to the last one's end."""
    most_rounds = int(rounds.max(initial=0)) + 1
    key = (case * max(len(steps.known), 1) + step) * most_rounds + rounds
    order = np.argsort(key, kind="stable")
    first = np.flatnonzero(np.diff(key[order], prepend=NEVER))

    def over(how: np.ufunc, column: Numbers) -> Numbers:
        found: Numbers = how.reduceat(column[order], first) if len(first) else column[:0]
        return found

    waits = over(np.maximum, is_open) > 0
    did = [over(np.maximum, (action == i).astype(np.int64)) > 0 for i, _ in enumerate(_DEEDS, 1)]
    (approve, refuse, give_back), by_clock = did[: len(Action)], np.logical_or.reduce(did[len(Action) :])
    return Runs(
        steps=steps,
        names=names,
        case=case[order][first],
        step=step[order][first],
        since=over(np.minimum, since),
        closed=np.where(waits, NEVER, over(np.maximum, done)),
        due=over(np.maximum, due),
        decided=~waits & ~by_clock & (approve | refuse | give_back),
        by_clock=by_clock,
        refused=refuse,
        returned=give_back,
    )


def _numbers(column: Any) -> Numbers:
    """A column of whole numbers, NEVER where there is none."""
    return np.array([NEVER if moment is None else moment for moment in column], np.int64)


def _joined(parts: Sequence[tuple[Numbers, ...]], width: int) -> list[Numbers]:
    """Portions of columns as whole columns."""
    if not parts:
        return [np.zeros(0, np.int64)] * width
    return [np.concatenate(column) for column in zip(*parts, strict=True)]
