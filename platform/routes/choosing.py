"""What the applicant chooses before she sends: for which steps, from whom, and whether what she chose will do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from banshi.platform.people.chosen import wrong_with
from banshi.platform.people.directory import Person
from banshi.platform.people.terms import Term
from banshi.platform.people.who import choosable
from banshi.platform.routes.asking import FlowContext, who_context
from banshi.platform.routes.model import Route, RouteStep
from banshi.platform.routes.preview import final_state
from banshi.platform.routes.reasons import Reason


@dataclass(frozen=True, slots=True)
class Choosing:
    """One step that asks whom the applicant chooses: the term with its numbers, the people, the ids chosen so far."""

    step: RouteStep
    term: Term
    people: tuple[Person, ...]
    chosen: tuple[str, ...]

    @property
    def wrong(self) -> Iterator[tuple[str, str]]:
        """What keeps the form from being sent, in Chinese and English."""
        return wrong_with(self.term, self.people, self.chosen)


def choosing(route: Route, context: FlowContext) -> tuple[Choosing, ...]:
    """The choices that a form asks for, as it would go its way now; a step whose condition does not hold asks none."""
    if not any(step.who.choice for step in route.steps):
        return ()
    before = replace(context, case_id="")
    end = final_state(route, before)
    found = []
    for step in route.steps:
        if (term := step.who.choice) is None or end.steps[step.id].reason is Reason.CONDITION:
            continue
        people = choosable(step.who, who_context(step, end.steps, before))
        found.append(Choosing(step, term, people, tuple(context.chosen.get(step.id, ()))))
    return tuple(found)
