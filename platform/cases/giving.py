"""Passes that a command gives, or ends: written and told in its own transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from banshi.platform.cases.case import Case
from banshi.platform.documents.codes import PASS_LENGTH, new_code
from banshi.platform.notices.occurrences import occurrences
from banshi.platform.papers.composing import Issuing, shown_of
from banshi.platform.people.directory import SYSTEM
from banshi.platform.routes.asking import FlowContext
from banshi.platform.routes.effects import Progress
from banshi.platform.routes.hooks import Give
from banshi.platform.routes.state import RouteOutcome, StepStatus
from banshi.platform.service.masking import NO_MASKS, Masks
from banshi.platform.service.model import Service
from banshi.platform.service.notices import On
from banshi.platform.service.passes import SEVERAL, Pass
from banshi.platform.workbook.columns import plain
from banshi.rules.expressions import Environment, Expression, evaluate
from banshi.rules.values import CAMPUS_ZONE, Value
from banshi.storage.contract import NewEvent, Store, StoredCase
from banshi.storage.passes import GIVEN, WITHDRAWN, PassFilter, StoredPass

PASS_GIVEN, PASS_WITHDRAWN = "pass given", "pass withdrawn"
REPLACED, CASE_BACK = "replaced", "case back"
"""Why a pass is withdrawn that nobody withdrew: another was given, or its case is not decided any more."""
_BACK = (RouteOutcome.REFUSED, RouteOutcome.RETURNED, RouteOutcome.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Given:
    """What a command gives: the passes, those that end with it, and the events that tell of it."""

    passes: Sequence[StoredPass] = ()
    left: Sequence[StoredPass] = ()
    events: Sequence[NewEvent] = ()


def given_by(
    case: Case,
    service: Service,
    events: Sequence[NewEvent],
    progress: Progress,
    around: Callable[[], FlowContext],
    masks_over: Callable[[StoredCase], Masks],
    store: Store,
    now: datetime,
) -> Given:
    """What a move gives and ends; `case` is as it is after its `events`."""
    if not service.passes:
        return Given()
    before = store.passes(PassFilter(case_id=case.id))
    earlier = [one for one in before if one.state == GIVEN]
    due = list(_wanted(service, events, progress))
    made: list[StoredPass] = []
    if due:
        here = Issuing(
            case_id=case.id,
            number=case.number,
            titles={"zh": case.title, **case.titles},
            applicant=case.applicant,
            submitted_at=case.submitted_at,
            service=service,
            at=now,
            context=around(),
            answers=case.answers,
            bills={},
            history=(),
            masks=masks_over(case.stored()),
        )
        made = [carried(_made(one, here), before) for one in due if _holds(one, here.context)]
    new = {one.name for one in made}
    left = [
        withdrawn(one, SYSTEM, now, REPLACED if one.name in new else CASE_BACK)
        for one in earlier
        if one.name in new or not _stands(one, case, service, progress)
    ]
    told = [*(told_of(PASS_GIVEN, service, one, SYSTEM, now) for one in made)]
    told += [told_of(PASS_WITHDRAWN, service, one, SYSTEM, now) for one in left]
    return Given(made, left, told)


def told_of(kind: str, service: Service | None, one: StoredPass, actor: str, now: datetime, **more: Any) -> NewEvent:
    """The event that a pass was given, withdrawn or scanned. Its code stands in none."""
    return NewEvent(kind=kind, at=now, actor=actor, payload={"pass": about(service, one), **more})


def about(service: Service | None, one: StoredPass) -> dict[str, str]:
    """What is said of a pass: its name and titles."""
    row = next((row for row in (service.passes if service else ()) if row.name == one.name), None)
    titles = (
        {"title": row.title("zh"), "title_en": row.title("en")}
        if row
        else dict.fromkeys(("title", "title_en"), one.name)
    )
    return {"name": one.name, **titles}


def withdrawn(one: StoredPass, actor: str, now: datetime, why: str) -> StoredPass:
    """A pass that counts no more."""
    return replace(one, state=WITHDRAWN, changed_at=now, changed_by=actor, why=why)


def carried(one: StoredPass, earlier: Iterable[StoredPass]) -> StoredPass:
    """A new pass with the state of those before it: while somebody is inside with one of them, it has been used to come in."""
    inside = [other for other in earlier if other.name == one.name and other.inside and not other.content.get("erased")]
    if not inside or not one.content["exits"]:
        return replace(one, inside=0, used=0, entered_at=None)
    return replace(one, inside=1, used=1, entered_at=inside[-1].entered_at)


def pass_id(code: str) -> str:
    """The id of the pass with a code."""
    return hashlib.sha256(code.encode()).hexdigest()


def _givers(service: Service) -> Mapping[str, list[str]]:
    """The steps that give passes, by the plain name of the pass."""
    found: dict[str, list[str]] = {}
    for step in service.routing.steps if service.routing else ():
        for hook in step.hooks:
            if isinstance(hook, Give):
                found.setdefault(plain(hook.name), []).append(step.id)
    return found


def _wanted(service: Service, events: Sequence[NewEvent], progress: Progress) -> Iterator[Pass]:
    """The passes of steps that were passed, and with the approval of the case those that no step gives."""
    happened = list(occurrences(events, progress.effects))
    passed = {one.step for one in happened if one.on is On.PASSED}
    approved = any(one.on is On.APPROVED for one in happened)
    givers = _givers(service)
    for one in service.passes:
        steps = givers.get(plain(one.name))
        if (steps is None and approved) or passed & set(steps or ()):
            yield one


def _stands(one: StoredPass, case: Case, service: Service, progress: Progress) -> bool:
    """Whether what a pass was given for still holds: its case was not sent back, and a step that gives it is passed."""
    if case.state in _BACK:
        return False
    steps = [progress.state.steps.get(step) for step in _givers(service).get(plain(one.name), ())]
    return not steps or any(step is not None and step.status is StepStatus.DONE for step in steps)


def _holds(one: Pass, context: FlowContext) -> bool:
    return one.when is None or evaluate(one.when, context.environment) is True


def _made(one: Pass, here: Issuing) -> StoredPass:
    code = new_code(PASS_LENGTH)
    bare = replace(here, masks=NO_MASKS)
    content = {
        "places": places_of(one.places, here.context.environment),
        "exits": one.exits,
        "shows": {language: shown_of(bare, one.shows, language) for language in ("zh", "en")},
        "masked": {language: shown_of(here, one.shows, language) for language in ("zh", "en")},
    }
    since = moment_of(evaluate(one.since, here.context.environment), time()) if one.since is not None else None
    until = moment_of(evaluate(one.until, here.context.environment), None) if one.until is not None else None
    return StoredPass(
        id=pass_id(code),
        code=code,
        case_id=here.case_id,
        service_id=here.service.settings.id,
        version=here.service.sha256,
        person=here.applicant,
        name=one.name,
        content=content,
        given_at=here.at,
        since=since,
        until=until if one.until is None or until is not None else here.at,  # nobody knows until when: then it is over
        uses=one.uses,
    )


def places_of(places: tuple[str, ...] | Expression, environment: Environment) -> list[str] | None:
    """Where a pass counts; None for everywhere. What gives no place counts nowhere; a text may name several."""
    if isinstance(places, Expression):
        value = evaluate(places, environment)
        values = value if isinstance(value, tuple) else (value,)
        parts = (part.strip() for one in values if isinstance(one, str) for part in SEVERAL.split(one))
        return [part for part in parts if part]
    return list(places) or None


def moment_of(value: Value, of_day: time | None) -> datetime | None:
    """The moment that was computed; of a day its beginning, or without `of_day` its end. None for what is neither."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=CAMPUS_ZONE)
    if not isinstance(value, date):
        return None
    day = value if of_day is not None else value + timedelta(days=1)
    return datetime.combine(day, of_day or time(), CAMPUS_ZONE)
