"""The reader: cases and tasks as a person may see them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence, Set
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from banshi.platform.audit.log import Log
from banshi.platform.cases import show
from banshi.platform.cases.attachments import file_ids, files_of
from banshi.platform.cases.callbacks import awaited_of
from banshi.platform.cases.case import Case
from banshi.platform.cases.decided import placed
from banshi.platform.cases.desk import NO_ROUTE, Desk
from banshi.platform.cases.looks import erased_of, looked_at, masked_answers, may_look
from banshi.platform.cases.masked import masked
from banshi.platform.cases.records import plain_json, shown_of
from banshi.platform.cases.related import Related
from banshi.platform.cases.standing import without_anybody
from banshi.platform.cases.timeline import event_views
from banshi.platform.cases.veiled import UNNAMED, derived, people_at, tells, veiled_steps
from banshi.platform.errors import HallError, NotAllowed
from banshi.platform.forms.index import index_of
from banshi.platform.forms.rights import answered, is_hidden, spread, withheld, without
from banshi.platform.people.directory import Person
from banshi.platform.publishing.library import Library, may_archive, owns
from banshi.platform.routes.asking import FlowContext
from banshi.platform.routes.model import Route
from banshi.platform.routes.state import RouteOutcome, RouteState
from banshi.platform.service.masking import NO_MASKS
from banshi.platform.service.model import LAST, Field, Service
from banshi.platform.views import CaseView, Page, StepView, TaskRow
from banshi.storage.contract import CaseFilter, CaseTask, Store, StoredTask, TaskFilter


class CaseReader:
    """See the module."""

    def __init__(self, store: Store, library: Library, desk: Desk, log: Log, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._library = library
        self._desk = desk
        self._log = log
        self._clock = clock
        self._related = Related(store, library, desk, self._may_see)

    def my_cases(self, person: Person, page: int, size: int, language: str) -> Page:
        """What a person has sent, newest first."""
        rows, total = self._store.cases(CaseFilter(applicant=person.id), page=page, size=size)
        name = self._namer(language)
        masks = self._library.masks_over
        items = [show.case_row(row, self._desk.service_of(row), name, language, masks(row)) for row in rows]
        return Page(items=items, page=page, size=size, total=total)

    def tasks(self, person: Person, which: TaskFilter, page: int, size: int, language: str) -> Page:
        """What waits for a person or for those for whom she stands in, what she has done, or was told."""
        rows, total = self._store.tasks(self._desk.tasks_for(person, which), page=page, size=size)
        name = self._namer(language)
        now, masks = self._clock(), self._library.masks_over
        items = [
            show.task_row(row, self._desk.service_of(row.case), person, name, language, now, masks(row.case))
            for row in rows
        ]
        return Page(items=items, page=page, size=size, total=total)

    def task_row(self, person: Person, case: Case, task: StoredTask, language: str) -> TaskRow:
        """One task as a list shows it."""
        row = CaseTask(task=task, case=case.stored())
        service = self._desk.service_of(case)
        masks = self._library.masks_over(row.case)
        return show.task_row(row, service, person, self._namer(language), language, self._clock(), masks)

    def view(
        self,
        person: Person,
        case_id: str,
        language: str,
        schema: Callable[[Service, str], bytes],
        *,
        leaves: bool = False,
    ) -> CaseView:
        """Everything that a person may see of a case; what `leaves` the hall has masks, whoever takes it out."""
        case, service, tasks = self._seen(person, case_id)
        history = self._store.events(case.id)
        masks = self._library.masks(case.service_id, case.version)
        whole = not leaves and self._handles(person, case, tasks)
        if whole:
            masks = NO_MASKS
        masks = masks.over(case.answers, case.shown, [event.payload for event in history])
        mine = self._desk.acts_for(person, case.service_id)
        route = service.routing or NO_ROUTE
        kept = _hidden(person, mine, case, service, tasks)
        may_edit = case.applicant == person.id and case.state is RouteOutcome.RETURNED
        applicant = self._desk.applicant(case)
        evaluation = self._desk.evaluate(
            service, case.answers, applicant, language, case_id=case.id, stored=case.answers
        )
        context = self._desk.context(service, evaluation, applicant, case, case.chosen)
        state = RouteState.from_json(case.route)
        own = {task.step_id for task in tasks if task.person in mine}
        veiled = veiled_steps(service, route, kept) - own
        name = self._namer(language, people_at(state, veiled, {person.id, case.applicant}))
        titles = {key: live.settings.title.get(language) for key, (live, _) in self._library.live.items()}
        values, answers = case.shown.get("values", {}), case.answers
        asked = {task.step_id for task in tasks if task.state == "open" and task.person in mine}
        fills_in = any(step.edit for step in route.steps if step.id in asked)
        if service.registers and fills_in:  # what others have added since: she decides on that
            values, answers = shown_of(evaluation)["values"], plain_json(evaluation.answers)
        hidden = kept | derived(service, kept) | _unfilled(mine, answers, service, tasks)

        def sees(*names: str) -> bool:
            """Whether nothing hidden stands behind some names."""
            return not hidden or hidden.isdisjoint(index_of(service).questions(names))

        def sees_plainly(name: str) -> bool:
            """Whether nothing sensitive stands behind a name either."""
            return sees(name) and not (masks and any(map(masks.hides, index_of(service).questions([name]))))

        events = event_views(
            history,
            self._routes_of(case),
            name,
            language,
            sees_plainly,
            titles,
            partial(self._related.why, person, language=language),
            show.question_labels(service, language),
            scans=whole,
        )
        events = [
            replace(view, signature=None) if event.payload.get("step") in veiled else view
            for view, event in zip(events, history, strict=True)
        ]
        decisions = (
            self._log.of_case(case.id, language, masked=bool(masks)) if _sees_decisions(person, case, service) else ()
        )
        view = CaseView(
            row=show.case_row(case.stored(), service, name, language, self._library.masks_over(case.stored())),
            version=service.version,
            seq=case.seq,
            schema=schema(service, language),
            answers=without(answers, service, hidden),
            values={
                path: value
                for path, value in values.items()
                if not is_hidden(path, hidden) and not (kept and tells(service, path, kept))
            },
            labels={
                path: text for path, text in evaluation.labels.items() if not is_hidden(path.removeprefix(LAST), hidden)
            },
            steps=self._steps(person, case, service, context, tasks, language, sees_plainly, titles, veiled),
            events=events,
            tasks=show.task_views(route, case, tasks, mine, person, name, language),
            decisions=placed(decisions, events, language),
            bills={path: bill for path, bill in case.shown.get("bills", {}).items() if sees(*_tariff(service, path))},
            findings=[
                _in_language(found, language)
                for found in case.shown.get("findings", ())
                if hidden.isdisjoint(found.get("reads", ())) and not is_hidden(found.get("path", ""), hidden)
            ],
            hidden=sorted(hidden | withheld(service) if may_edit else hidden),
            chosen=case.chosen if may_edit else {},
            mine=case.applicant == person.id,
            may_edit=may_edit,
            may_withdraw=case.applicant == person.id and not case.closed,
            may_urge=case.applicant == person.id
            and any(task.state == "open" and task.person != person.id for task in tasks),
            may_comment=self._desk.handles(person, case),
            may_archive=case.closed and may_archive(person, service),
            may_example=owns(person, service),
            undo=show.undo_views(route, case, tasks, mine, name, language),
            related=self._related.of(person, case, service, titles, language),
            awaited=list(awaited_of(case, service, language)) if owns(person, service) else (),
            erased=erased_of(case, service, language),
        )
        if not masks:
            return view
        lifted = masked_answers(case, service, masks, language) if may_look(person, service) else ()
        return replace(masked(view, masks), masked=lifted)

    def sees(self, person: Person, case_id: str) -> bool:
        """Whether a person may see a case."""
        try:
            self._seen(person, case_id)
        except HallError:
            return False
        return True

    def _handles(self, person: Person, case: Case, tasks: Sequence[StoredTask]) -> bool:
        """Whether somebody sees what is sensitive: her own case, or one that she was asked to decide or do."""
        mine = self._desk.acts_for(person, case.service_id)
        asked = (task for task in tasks if task.person in mine and task.state in ("open", "done"))
        return case.applicant == person.id or any(task.step_id and not task.id.endswith(".copy") for task in asked)

    def sees_whole(self, person: Person, case_id: str) -> bool:
        """Whether a person sees a case with nothing hidden and no mask, so that she may have its papers."""
        try:
            case, service, tasks = self._seen(person, case_id)
        except HallError:
            return False
        if case.applicant == person.id:
            return True
        if _hidden(person, self._desk.acts_for(person, case.service_id), case, service, tasks):
            return False
        return self._handles(person, case, tasks) or not self._library.masks(case.service_id, case.version)

    def visible_files(self, person: Person, case_id: str) -> Set[str]:
        """The ids of a case's files that a person may open."""
        case, service, tasks = self._seen(person, case_id)
        hidden = _hidden(person, self._desk.acts_for(person, case.service_id), case, service, tasks)
        history = self._store.events(case.id)
        beside = {str(file["id"]) for event in history for file in files_of(event.payload)}
        answers = without(case.answers, service, hidden)
        if not self._handles(person, case, tasks):
            open_now = looked_at(history, person, self._clock())
            shut = {name for name in self._library.masks(case.service_id, case.version).kinds if name not in open_now}
            answers = without(answers, service, shut)
        return {*file_ids(service, answers), *beside}

    def service(self, person: Person, case_id: str) -> Service:
        """The version that a case was sent under, for a person who may see the case."""
        return self._seen(person, case_id)[1]

    def _seen(self, person: Person, case_id: str) -> tuple[Case, Service, list[StoredTask]]:
        """A case with its version and tasks; NotAllowed for a person who may not see it."""
        case = self._desk.case(case_id)
        service = self._library.version(case.service_id, case.version)
        tasks = self._desk.tasks_of(case)
        self._ensure_visible(person, case, service, tasks)
        return case, service, tasks

    def _ensure_visible(self, person: Person, case: Case, service: Service, tasks: list[StoredTask]) -> None:
        mine = self._desk.acts_for(person, case.service_id)
        handled = any(task.person in mine for task in tasks)
        if not handled and not _sees_decisions(person, case, service):
            raise NotAllowed

    def _routes_of(self, case: Case) -> Callable[[str], Route]:
        """The routes of the versions that a case has had."""
        return lambda version: show.route_of(self._desk.service_of(replace(case, version=version)))

    def _may_see(self, person: Person, case: Case) -> bool:
        service = self._desk.service_of(case)
        if service is not None and _sees_decisions(person, case, service):
            return True
        return self._desk.handles(person, case)

    def _steps(
        self,
        person: Person,
        case: Case,
        service: Service,
        context: FlowContext,
        tasks: Sequence[StoredTask],
        language: str,
        sees: show.Sees,
        titles: Mapping[str, str],
        veiled: Set[str],
    ) -> list[StepView]:
        """The steps; administrators and owners are told of those at which nobody who is here may act."""
        route, labels = service.routing or NO_ROUTE, show.question_labels(service, language)
        views = show.case_steps(route, case, context, tasks, language, sees, titles, labels, veiled)
        if not owns(person, service):
            return views
        times = [
            time
            for away in {task.person for task in tasks if task.state == "open"}
            for time in self._store.stand_ins(person=away, at=self._clock())
            if not time.services or case.service_id in time.services
        ]
        stuck = without_anybody(route, tasks, case.applicant, times)
        text = _NOBODY_HERE[language == "en"]
        join = "; " if language == "en" else "；"
        return [
            replace(view, reason=join.join(filter(None, (view.reason, text)))) if view.id in stuck else view
            for view in views
        ]

    def _namer(self, language: str, unnamed: Collection[str] = ()) -> Callable[[str], str]:
        """Names by id, in a language; those in `unnamed` are not told."""
        named = partial(self._library.directory.name, language=language)
        return lambda who: UNNAMED[language == "en"] if who in unnamed else named(who)


_NOBODY_HERE = (
    "办理人由申请人代办，而申请人不能办自己的件：目前没有人能办，请办理人本人办理，或转给别人",
    "The applicant stands in for whoever is asked and may not act on her own case: nobody who is here can; hand it on",
)


def _tariff(service: Service, path: str) -> frozenset[str]:
    """What the tariff of a bill reads; a bill in a row is called by the row's path and the tariff."""
    found = next((tariff for name, tariff in service.tariffs.items() if f".{path}".endswith(f".{name}")), None)
    return found.names if found else frozenset()


def _in_language(finding: Mapping[str, Any], language: str) -> dict[str, Any]:
    """A finding with its sentences in a language: it was stored in that of whoever sent the form, and in both."""
    return {**finding, **finding.get(language, {})}


def _sees_decisions(person: Person, case: Case, service: Service) -> bool:
    return case.applicant == person.id or "auditor" in person.roles or owns(person, service)


def _unfilled(ids: Set[str], answers: Mapping[str, Any], service: Service, tasks: list[StoredTask]) -> frozenset[str]:
    """What offices fill in and have not filled in; whoever has it to fill in sees it."""
    route = service.routing or NO_ROUTE
    mine = {task.step_id for task in tasks if task.person in ids and task.state == "open"}
    open_to_me = frozenset[str]().union(*(spread(service, route.step(step_id).edit) for step_id in mine))
    fields = {item.name for item, _ in service.survey.walk() if isinstance(item, Field)} if service.survey else set()
    return frozenset((withheld(service) & fields) - answered(answers) - open_to_me)


def _hidden(person: Person, ids: Set[str], case: Case, service: Service, tasks: list[StoredTask]) -> frozenset[str]:
    """The fields that every step of a person hides; who has another reason to see the case sees them all."""
    mine = [task for task in tasks if task.person in ids]
    if not mine or _sees_decisions(person, case, service):
        return frozenset()
    route = service.routing or NO_ROUTE
    hides = {step.id: spread(service, step.hide) for step in route.steps}
    asked = [hides[task.step_id] for task in mine if task.step_id in hides]
    # Who was only mentioned sees what every step may see.
    return frozenset.intersection(*asked) if asked else frozenset().union(*hides.values())
