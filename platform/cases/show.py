"""Cases as the screens show them: lists, timeline, route, tasks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from banshi.platform.cases.case import Case
from banshi.platform.people.directory import Directory, Person
from banshi.platform.routes.asking import FlowContext
from banshi.platform.routes.model import Route
from banshi.platform.routes.preview import PreviewStep, preview
from banshi.platform.routes.reasons import Reason
from banshi.platform.routes.returns import targets
from banshi.platform.routes.state import RouteOutcome, RouteState, StepState, StepStatus
from banshi.platform.routes.tree import Tree
from banshi.platform.service.model import Service
from banshi.platform.views import CaseRow, EventView, StepView, TaskRow, TaskView
from banshi.storage.contract import CaseTask, StoredCase, StoredEvent, StoredTask

NameOf = Callable[[str], str]
NO_ROUTE = Route(())


def route_of(service: Service | None) -> Route:
    """The route of a service; one without steps where there is none."""
    return (service.routing if service is not None else None) or NO_ROUTE


def step_names(route: Route, language: str) -> dict[str, str]:
    """What the steps of a route are called, by id."""
    return {step.id: step.title(language) for step in route.steps}


def case_row(stored: StoredCase, service: Service | None, name: NameOf, language: str) -> CaseRow:
    """A case in a list; without a service where its version cannot be read any more."""
    state = RouteState.from_json(stored.snapshot["route"])
    names = step_names(route_of(service), language)
    current = [names.get(key, key) for key, status in state.status.items() if status is StepStatus.ACTIVE]
    if stored.state == RouteOutcome.RETURNED:
        current = ["The applicant mends it" if language == "en" else "等待申请人修改"]
    return CaseRow(
        id=stored.id,
        number=stored.number,
        service_id=stored.service_id,
        service=service.settings.title.get(language) if service else "",
        title=stored.title,
        applicant=name(stored.applicant),
        state=stored.state,
        submitted_at=stored.submitted_at,
        changed_at=stored.changed_at,
        current_steps=current,
    )


def task_row(row: CaseTask, service: Service | None, name: NameOf, language: str, now: datetime) -> TaskRow:
    """A task in a list; where its route cannot be read any more, the step is called as it was when it was opened."""
    return TaskRow(
        id=row.task.id,
        case_id=row.case.id,
        number=row.case.number,
        service_id=row.case.service_id,
        service=service.settings.title.get(language) if service else "",
        title=row.case.title,
        step_id=row.task.step_id,
        step_name=step_names(route_of(service), language).get(row.task.step_id, row.task.step_name),
        applicant=name(row.case.applicant),
        person=row.task.person,
        state=row.task.state,
        since=row.task.since,
        done_at=row.task.done_at,
        action=row.task.action,
        due=row.task.due,
        overdue=row.task.state == "open" and row.task.due is not None and row.task.due < now,
        reminded_at=row.task.reminded_at,
    )


Sees = Callable[[str], bool]
"""Whether the viewer may see the value of a name."""


def _everything(_: str) -> bool:
    return True


def step_views(
    route: Route,
    steps: Sequence[PreviewStep],
    directory: Directory,
    since: Mapping[str, datetime],
    language: str,
    sees: Sees = _everything,
) -> list[StepView]:
    """A route, done and to come; the people's departments are called as in the language."""
    names = step_names(route, language)
    return [
        StepView(
            id=step.id,
            name=names[step.id],
            state=str(step.state),
            group=step.group,
            people=[
                replace(person, department=directory.department_name(person.department, language))
                for person in step.people
            ],
            mode=str(step.mode),
            reason=_reason(step, language, sees),
            since=since.get(step.id),
        )
        for step in steps
    ]


def case_steps(
    route: Route, case: Case, context: FlowContext, tasks: Sequence[StoredTask], language: str, sees: Sees
) -> list[StepView]:
    """The route of a case: what happened, who is asked now and since when, who comes next."""
    state = RouteState.from_json(case.route)
    since = {task.step_id: task.since for task in tasks if task.state == "open"}
    if state.outcome is RouteOutcome.OPEN:
        views = step_views(route, preview(route, context, state), context.directory, since, language, sees)
        return [_with_due(view, state.steps.get(view.id, StepState()), context.now) for view in views]
    if state.outcome is RouteOutcome.RETURNED:
        own = {step.id for step in Tree(route).leading}
        ahead = [replace(step, state=StepStatus.ACTIVE) if step.id in own else step for step in preview(route, context)]
        return step_views(route, ahead, context.directory, since, language, sees)
    steps = [
        PreviewStep(
            id=step.id,
            name=step.name,
            group=step.group,
            people=tuple(_person(person, context.directory) for person in _who(state.steps[step.id])),
            mode=state.steps[step.id].mode,
            state=state.steps[step.id].status,
            reason=state.steps[step.id].reason,
            values=state.steps[step.id].values,
        )
        for step in route.steps
        # A case that was refused or taken back comes to no further step.
        if step.id in state.steps and state.steps[step.id].status is not StepStatus.PENDING
    ]
    return step_views(route, steps, context.directory, since, language, sees)


def _with_due(view: StepView, step: StepState, now: datetime) -> StepView:
    """A step that is asked, with its deadline."""
    if step.status is not StepStatus.ACTIVE or step.due is None:
        return view
    return replace(view, due=step.due, overdue=step.due < now)


def _who(step: StepState) -> tuple[str, ...]:
    """Who did a step; while nobody has, who is asked."""
    return tuple(vote.person for vote in step.votes) or step.people


def _person(person_id: str, directory: Directory) -> Person:
    return directory.people.get(person_id) or Person(id=person_id, name=person_id)


def _reason(step: PreviewStep, language: str, sees: Sees) -> str:
    """Why the platform did something by itself; with the values of the condition where that is the reason."""
    english = language == "en"
    values = (", " if english else "，").join(f"{name} = {text}" for name, text in step.values if sees(name))
    reason = step.reason.text(language)
    if step.reason not in (Reason.CONDITION, Reason.CONDITION_ERROR) or not values:
        return reason
    return f"{reason} ({values})" if english else f"{reason}（{values}）"


def event_views(
    events: Sequence[StoredEvent], route: Route, name: NameOf, language: str, sees: Sees
) -> list[EventView]:
    """The timeline, oldest first."""
    names = step_names(route, language)
    return [
        EventView(
            seq=event.seq,
            at=event.at,
            kind=event.kind,
            actor=name(event.actor),
            step=names.get(event.payload.get("step", ""), ""),
            opinion=event.payload.get("opinion", ""),
            detail=_detail(event.payload, names, name, language, sees),
        )
        for event in events
    ]


def _detail(payload: Mapping[str, Any], names: Mapping[str, str], name_of: NameOf, language: str, sees: Sees) -> str:
    parts = []
    if payload.get("reason"):
        parts.append(Reason(payload["reason"]).text(language))
    parts += [f"{name} = {text}" for name, text in payload.get("values", ()) if sees(name)]
    if people := payload.get("people"):
        parts.append((", " if language == "en" else "、").join(map(name_of, people)))
    if target := payload.get("return_to"):
        initiator = "the applicant" if language == "en" else "申请人"
        parts.append("→ " + (initiator if target == "initiator" else names.get(target, target)))
    return ("; " if language == "en" else "；").join(parts)


def task_views(route: Route, case: Case, tasks: Sequence[StoredTask], person: Person, language: str) -> list[TaskView]:
    """What a person may do with a case now."""
    views = []
    state = RouteState.from_json(case.route)
    names = step_names(route, language)
    for task in tasks:
        if task.person != person.id or task.state != "open" or case.closed:
            continue
        step = route.step(task.step_id)
        decides = state.steps[step.id].mode.decides
        back = [(target, names.get(target, "")) for target in targets(route, state, step.id)]
        actions = ["approve", *(["refuse"] if decides else []), *(["return"] if back else [])]
        views.append(
            TaskView(
                id=task.id,
                step_id=step.id,
                step_name=names[step.id],
                actions=actions,
                edit=step.edit,
                require=step.require,
                return_to=back,
                opinion_required=step.opinion_required,
            )
        )
    return views
