"""Related cases: the one that opened a case, and those that it opened, as a viewer may see them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from banshi.platform.cases.case import Case, of_stored
from banshi.platform.cases.desk import Desk
from banshi.platform.cases.titles import title_seen
from banshi.platform.forms import passing
from banshi.platform.forms.passing import Opening, openings_of
from banshi.platform.people.directory import Person
from banshi.platform.publishing.library import Library, owns
from banshi.platform.routes.reasons import Reason
from banshi.platform.routes.state import RouteOutcome
from banshi.platform.service.model import Service
from banshi.platform.views import RelatedCase
from banshi.storage.contract import Store

_NOT_A_CASE = (passing.DUE, passing.FAILED, passing.GIVEN_UP)


class Related:
    """See the module. Whoever may see a case knows of the others, by service and number; more only of those she may see."""

    def __init__(self, store: Store, library: Library, desk: Desk, may_see: Callable[[Person, Case], bool]) -> None:
        self._store = store
        self._library = library
        self._desk = desk
        self._may_see = may_see

    def of(
        self, person: Person, case: Case, service: Service, titles: Mapping[str, str], language: str
    ) -> Sequence[RelatedCase]:
        """The case that opened one, then those that it opened, step by step and row by row."""
        return [
            *self._parent(person, case, titles, language),
            *self._openings(person, case, service, titles, language),
        ]

    def why(self, person: Person, case_id: str, language: str) -> str:
        """Why a case was refused, as its record says; blank for somebody who may not see it."""
        stored = self._store.case(case_id)
        if stored is None or not self._may_see(person, of_stored(stored)):
            return ""
        said = [event.payload for event in self._store.events(case_id) if event.kind == "refused"][-1:]
        why = next((words.get("opinion") or Reason(words.get("reason", "")).text(language) for words in said), "")
        return self._library.masks_over(stored).text(why)

    def _parent(self, person: Person, case: Case, titles: Mapping[str, str], language: str) -> Iterator[RelatedCase]:
        if not case.parent:
            return
        stored = self._store.case(str(case.parent["case_id"]))
        if stored is None:
            return
        other = of_stored(stored)
        yield self._seen(
            person, other, "opened by", titles, language, step=self._step(other, str(case.parent["step"]), language)
        )

    def _openings(
        self, person: Person, case: Case, service: Service, titles: Mapping[str, str], language: str
    ) -> Iterator[RelatedCase]:
        owner = owns(person, service)
        ended = case.state in (RouteOutcome.REFUSED, RouteOutcome.WITHDRAWN)
        for one in openings_of(case.openings).values():
            if one.state == passing.REPLACED and not one.case_id:
                continue  # it never was a case
            if one.state == passing.REPLACED and _taken_again(one, case):
                continue
            step = self._step(case, one.step, language)
            if one.state in _NOT_A_CASE:
                failed = one.state == passing.FAILED
                yield RelatedCase(
                    relation="opens",
                    state=passing.GIVEN_UP if ended and one.state == passing.DUE else one.state,
                    step=step,
                    service=titles.get(one.service, one.service),
                    row=one.row + 1,
                    why=one.why_en if language == "en" else one.why,
                    key=one.key,
                    may_try=failed and owner and one.attempt >= 0,
                    may_give_up=failed and owner,
                )
            elif (stored := self._store.case(one.case_id)) is not None:
                state = passing.REPLACED if one.state == passing.REPLACED else ""
                yield self._seen(
                    person, of_stored(stored), "opens", titles, language, step=step, state=state, row=one.row + 1
                )

    def _seen(
        self,
        person: Person,
        other: Case,
        relation: str,
        titles: Mapping[str, str],
        language: str,
        *,
        step: str,
        state: str = "",
        row: int = 0,
    ) -> RelatedCase:
        may_see = self._may_see(person, other)
        return RelatedCase(
            relation=relation,
            state=state or str(other.state),
            step=step,
            service=titles.get(other.service_id, other.service_id),
            case_id=other.id,
            number=other.number,
            title=title_seen(other, language, self._library.masks_over(other.stored())) if may_see else "",
            row=row,
            may_see=may_see,
        )

    def _step(self, case: Case, step_id: str, language: str) -> str:
        service = self._desk.service_of(case)
        steps = service.routing.steps if service and service.routing else ()
        return next((step.title(language) for step in steps if step.id == step_id), step_id)


def _taken_again(one: Opening, case: Case) -> bool:
    """Whether the same case counts again under another round."""
    return any(
        other.case_id == one.case_id and other.state != passing.REPLACED
        for other in openings_of(case.openings).values()
    )
