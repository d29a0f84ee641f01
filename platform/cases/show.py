"""Cases as the screens show them: lists, timeline, route, tasks."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import replace
from datetime import datetime
from typing import Any

from banshi.platform.cases.asked import with_people
from banshi.platform.cases.case import Case
from banshi.platform.cases.standing import may_stand_in
from banshi.platform.cases.titles import title_seen
from banshi.platform.people.chosen import is_of
from banshi.platform.people.directory import Directory, Person
from banshi.platform.routes.asking import FlowContext
from banshi.platform.routes.choosing import Choosing
from banshi.platform.routes.flow import MOST_ADDITIONS
from banshi.platform.routes.model import BackMode, Mode, Operation, Route, RouteStep
from banshi.platform.routes.preview import PreviewStep, preview
from banshi.platform.routes.reasons import Reason
from banshi.platform.routes.returns import may_take_back, targets
from banshi.platform.routes.state import RouteOutcome, RouteState, Signing, StepState, StepStatus
from banshi.platform.routes.tree import Tree
from banshi.platform.service.masking import Masks
from banshi.platform.service.model import Service
from banshi.platform.views import CaseRow, StepView, TaskRow, TaskView, UndoView
from banshi.storage.contract import CaseTask, StoredCase, StoredTask

NameOf = Callable[[str], str]
_STEP = re.compile(r"([^.\[\]]+)(?:\[(\d+)\])?")
NO_ROUTE = Route(())
NO_TITLES: Mapping[str, str] = {}


def route_of(service: Service | None) -> Route:
    """The route of a service; one without steps where there is none."""
    return (service.routing if service is not None else None) or NO_ROUTE


def step_names(route: Route, language: str) -> dict[str, str]:
    """What the steps of a route are called, by id."""
    return {step.id: step.title(language) for step in route.steps}


def case_row(
    stored: StoredCase, service: Service | None, name: NameOf, language: str, masks: Masks, *, numbered: bool = False
) -> CaseRow:
    """A case in a list; without a service where its version cannot be read any more. `numbered` shows the steps' ids."""
    state = RouteState.from_json(stored.snapshot["route"])
    names = step_names(route_of(service), language)
    if numbered:
        names = {key: f"{key} {title}" for key, title in names.items()}
    current = [names.get(key, key) for key, status in state.status.items() if status is StepStatus.ACTIVE]
    if stored.state == RouteOutcome.RETURNED:
        current = ["The applicant mends it" if language == "en" else "等待申请人修改"]
    return CaseRow(
        id=stored.id,
        number=stored.number,
        service_id=stored.service_id,
        service=service.settings.title.get(language) if service else "",
        title=title_seen(stored, language, masks),
        applicant=name(stored.applicant),
        state=stored.state,
        submitted_at=stored.submitted_at,
        changed_at=stored.changed_at,
        current_steps=current,
    )


def task_row(
    row: CaseTask,
    service: Service | None,
    viewer: Person,
    name: NameOf,
    language: str,
    now: datetime,
    masks: Masks,
) -> TaskRow:
    """A task in a list; where its route cannot be read any more, the step is called as it was when it was opened."""
    step = next((step for step in route_of(service).steps if step.id == row.task.step_id), None)
    bulk, why_not = _bulk(row, step, language)
    return TaskRow(
        id=row.task.id,
        case_id=row.case.id,
        number=row.case.number,
        service_id=row.case.service_id,
        service=service.settings.title.get(language) if service else "",
        title=title_seen(row.case, language, masks),
        step_id=row.task.step_id,
        step_name=step.title(language) if step else row.task.step_name,
        applicant=name(row.case.applicant),
        person=row.task.person,
        state=row.task.state,
        since=row.task.since,
        done_at=row.task.done_at,
        action=row.task.action,
        whose="" if row.task.person == viewer.id else name(row.task.person),
        bulk=bulk,
        why_not=why_not,
        due=row.task.due,
        overdue=row.task.state == "open" and row.task.due is not None and row.task.due < now,
        reminded_at=row.task.reminded_at,
    )


def _bulk(row: CaseTask, step: RouteStep | None, language: str) -> tuple[bool, str]:
    """Whether a task may be approved together with others, and why not."""
    if row.task.state != "open" or step is None:
        return False, ""
    if Operation.BULK not in step.operations:
        texts = "流程没有允许这一环节批量办理。", "The route does not allow this step to be done in bulk."
    elif step.asks_more:
        texts = "这一环节要填写内容、意见或签名。", "This step wants something filled in, an opinion or a signature."
    elif RouteState.from_json(row.case.snapshot["route"]).steps[step.id].consulted(row.task.person):
        texts = "这里征求的是您的意见。", "Your advice is asked for here."
    else:
        return True, ""
    return False, texts[language == "en"]


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
    titles: Mapping[str, str] = NO_TITLES,
    labels: Mapping[str, str] = NO_TITLES,
    veiled: Set[str] = frozenset(),
) -> list[StepView]:
    """A route, done and to come; departments are called as in the language, services by `titles`, questions by `labels`.

    The people of the steps in `veiled` (ids) are not told.
    """
    names = step_names(route, language)
    beside = {step.id: block for block in Tree(route).blocks if len(block.branches) > 1 for step in block.steps}
    return [
        StepView(
            id=step.id,
            name=names[step.id],
            state=str(step.state),
            group=step.group if step.id in beside else "",
            enough=beside[step.id].need if step.id in beside and beside[step.id].race else 0,
            people=[
                replace(person, department=directory.department_name(person.department, language))
                for person in step.people
                if step.id not in veiled
                and (not step.unfilled or step.reason in (Reason.CONDITION, Reason.CONDITION_ERROR))
            ],
            mode=str(step.mode),
            reason=_reason(step, language, sees, labels, veiled=step.id in veiled),
            since=since.get(step.id),
            opens=[f"{titles.get(service, service)} ×{count}" for service, count in step.opens],
        )
        for step in steps
    ]


def question_labels(service: Service | None, language: str) -> dict[str, str]:
    """What the questions of a service are called, by name; without those whose labels show answers."""
    items = service.survey.walk() if service is not None and service.survey else ()
    labels = ((item.name, item.label.get(language)) for item, _ in items)
    return {name: label for name, label in labels if label and "${" not in label}


def path_label(path: str, labels: Mapping[str, str]) -> str:
    """How the question of a path is called, with its rows: `成员 2 · 身份证号`."""
    steps = _STEP.findall(path)
    return " · ".join(" ".join(filter(None, (labels.get(name, name), row))) for name, row in steps)


def case_steps(
    route: Route,
    case: Case,
    context: FlowContext,
    tasks: Sequence[StoredTask],
    language: str,
    sees: Sees,
    titles: Mapping[str, str],
    labels: Mapping[str, str],
    veiled: Set[str] = frozenset(),
) -> list[StepView]:
    """The route of a case: what happened, who is asked now and since when, who comes next; not the people of `veiled`."""
    state = RouteState.from_json(case.route)
    since = {task.step_id: task.since for task in tasks if task.state == "open"}
    if state.outcome is RouteOutcome.OPEN:
        views = step_views(
            route, preview(route, context, state), context.directory, since, language, sees, titles, labels, veiled
        )
        views = [_with_due(view, state.steps.get(view.id, StepState()), context.now) for view in views]
        return with_people(views, state, tasks, context.directory, language, veiled)
    if state.outcome is RouteOutcome.RETURNED:
        views = step_views(
            route, sent_again(route, context, state), context.directory, since, language, sees, titles, labels, veiled
        )
        return with_people(views, state, tasks, context.directory, language, veiled)
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
            opens=context.hooks.opened_by(step.id) if context.hooks and step.opens else (),
        )
        for step in route.steps
        # A case that was refused or taken back comes to no further step.
        if step.id in state.steps and state.steps[step.id].status is not StepStatus.PENDING
    ]
    views = step_views(route, steps, context.directory, since, language, sees, titles, labels, veiled)
    return with_people(views, state, tasks, context.directory, language, veiled)


def sent_again(route: Route, context: FlowContext, state: RouteState) -> list[PreviewStep]:
    """Where a returned case will go once it is sent again: its applicant's own steps are what is done now.

    Lots are drawn anew for what is asked anew, so nobody knows them yet.
    """
    own = {step.id for step in Tree(route).leading}
    foreseen = preview(route, replace(context, case_id=""), state)
    return [replace(step, state=StepStatus.ACTIVE) if step.id in own else step for step in foreseen]


def _with_due(view: StepView, step: StepState, now: datetime) -> StepView:
    """A step that is asked, with its deadline."""
    if step.status is not StepStatus.ACTIVE or step.due is None:
        return view
    return replace(view, due=step.due, overdue=step.due < now)


def _who(step: StepState) -> tuple[str, ...]:
    """Who did a step; while nobody has, who is asked."""
    return step.voters or step.people


def _person(person_id: str, directory: Directory) -> Person:
    return directory.people.get(person_id) or Person(id=person_id, name=person_id)


def _reason(step: PreviewStep, language: str, sees: Sees, labels: Mapping[str, str], *, veiled: bool) -> str:
    """Why the platform did something by itself, whether a step may not be needed, and that its people are not told."""
    unsaid = ("办理人对您不显示", "You are not shown who does it")[language == "en"] if veiled else ""
    told = (_why(step, language, sees, labels), step.spare_text(language), unsaid)
    return ("; " if language == "en" else "；").join(filter(None, told))


def _why(step: PreviewStep, language: str, sees: Sees, labels: Mapping[str, str]) -> str:
    """Why the platform did something by itself; with the values of the condition where that is the reason."""
    english = language == "en"
    if step.unfilled:
        fields = [labels.get(name, name) for name in step.unfilled if sees(name) and "." not in name]  # `.`: of a rule
        return _known_later(fields, step.reason, language)
    if step.lots:
        return ("; " if english else "；").join(lot.text(language) for lot in step.lots)
    values = (", " if english else "，").join(
        f"{labels.get(name, name)} = {text}" for name, text in step.values if sees(name)
    )
    reason = step.reason.text(language)
    if step.reason not in (Reason.CONDITION, Reason.CONDITION_ERROR) or not values:
        return reason
    return f"{reason} ({values})" if english else f"{reason}（{values}）"


def _known_later(fields: Sequence[str], reason: Reason, language: str) -> str:
    """What is known once some fields are filled in, and what holds while they are empty."""
    english = language == "en"
    told = (", " if english else "").join(f"“{name}”" for name in fields)
    admin = reason in (Reason.UNNAMED, Reason.ADMIN)
    if not fields:
        return _known_behind(reason, english=english)
    if reason is Reason.CONDITION:
        return f"Not asked as long as {told} is empty" if english else f"{told}还没有填，目前不用办"
    if reason is Reason.CONDITION_ERROR:
        return f"Whether it is asked is known once {told} is filled in" if english else f"填写{told}后才知道要不要办"
    if english:
        return (
            f"Whom it asks is known once {told} is filled in{'; an administrator if it stays empty' if admin else ''}"
        )
    return f"填写{told}后确定办理人{'；不填时由管理员办理' if admin else ''}"


def _known_behind(reason: Reason, *, english: bool) -> str:
    """The same where what is empty is not the viewer's to know: rules decide it, or somebody else fills it in."""
    if reason is Reason.CONDITION:
        return (
            "Not asked as things stand; what is known later may change that"
            if english
            else "按目前的情况不用办，后面才能确定"
        )
    if reason is Reason.CONDITION_ERROR:
        return "Whether it is asked is known once more is filled in" if english else "填写后才知道要不要办"
    return "Whom it asks is known later" if english else "办理人后面才能确定"


def choosing_json(choice: Choosing, directory: Directory, language: str) -> dict[str, Any]:
    """A choice for the browser: for which step, how many, of whom, and which of them a quota counts."""
    quotas = choice.term.quotas
    return {
        "step": choice.step.id,
        "name": choice.step.title(language),
        "least": choice.term.least,
        "most": choice.term.most,
        "quotas": [{"of": quota.of, "least": quota.least} for quota in quotas],
        "people": [
            {
                "id": person.id,
                "label": directory.label(person, language),
                "of": [quota.of for quota in quotas if is_of(person, quota.of)],
            }
            for person in choice.people
        ],
    }


def task_views(
    route: Route, case: Case, tasks: Sequence[StoredTask], mine: Set[str], viewer: Person, name: NameOf, language: str
) -> list[TaskView]:
    """What a person, and those for whom she stands in (`mine` are the ids of all), may do with a case now.

    Where a step asks her herself, she does not also stand in there: nobody decides twice. Nor on her own case.
    """
    views = []
    own = {(task.step_id, task.round) for task in tasks if task.person == viewer.id and task.state in ("open", "done")}
    state = RouteState.from_json(case.route)
    names = step_names(route, language)
    for task in tasks:
        if task.person not in mine or task.state != "open" or case.closed:
            continue
        if task.person != viewer.id and (task.step_id, task.round) in own:
            continue
        if not may_stand_in(route, task, case.applicant, viewer.id):
            continue
        step, now = route.step(task.step_id), state.steps[task.step_id]
        consulted = now.consulted(task.person)
        back = [] if consulted else [(target, names.get(target, "")) for target in targets(route, state, step.id)]
        refuses = now.mode.decides and not consulted
        asker = next((signer.by for signer in now.signers if signer.person == task.person), "")
        views.append(
            TaskView(
                id=task.id,
                step_id=step.id,
                step_name=names[step.id],
                actions=["approve", *(["refuse"] if refuses else []), *(["return"] if back else [])],
                edit=() if consulted else step.edit,
                require=() if consulted else step.require,
                return_to=back,
                opinion_required=step.opinion_required or consulted,
                handing=_handing(step, now, task.person),
                how=[str(how) for how in _HOW] if back and step.back_mode is BackMode.ASK else (),
                phrases=step.phrases,
                signature=step.signature and not consulted,
                whose="" if task.person == viewer.id else name(task.person),
                consulted=name(asker) if consulted else "",
            )
        )
    return views


_HOW = (BackMode.THROUGH, BackMode.STRAIGHT, BackMode.CHANGED)


def _handing(step: RouteStep, state: StepState, person: str) -> list[str]:
    """What somebody who is asked may do beside deciding."""
    found = []
    if state.mode is Mode.CLAIM and person in state.people:
        found.append("release" if state.claimed else "claim")
    if Operation.TRANSFER in step.operations:
        found.append("transfer")
    if state.consulted(person) or state.depth(person) >= MOST_ADDITIONS:
        return found
    if Operation.CONSULT in step.operations:
        found.append(str(Signing.CONSULT))
    if Operation.SIGN in step.operations and state.mode.decides:
        found += [str(signing) for signing in (Signing.BEFORE, Signing.AFTER, Signing.BESIDE)]
    return found


def undo_views(
    route: Route, case: Case, tasks: Sequence[StoredTask], mine: Set[str], name: NameOf, language: str
) -> list[UndoView]:
    """What a person may undo on a case: her own approval, or whom she added."""
    state = RouteState.from_json(case.route)
    names = step_names(route, language)
    found = []
    for task in tasks:
        now = state.steps.get(task.step_id)
        if task.person not in mine or now is None or task.round != now.round or task.id.endswith(".copy"):
            continue
        step_name = names[task.step_id]
        if task.state == "done" and may_take_back(route, state, task.step_id, task.person):
            found.append(UndoView(task_id=task.id, action="take back", step_name=step_name))
        if now.status is StepStatus.ACTIVE and state.outcome is RouteOutcome.OPEN:
            found += [
                UndoView(
                    task_id=task.id,
                    action="remove signer",
                    step_name=step_name,
                    person=signer.person,
                    person_name=name(signer.person),
                    kind=str(signer.signing),
                )
                for signer in now.added_by(task.person)
                if not any(map(now.vote_of, now.line(signer.person)))
            ]
    return found
