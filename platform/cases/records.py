"""What a move on a route leaves behind: events, task rows, lines of the rule log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from banshi.platform.audit.telling import amount_text, told
from banshi.platform.cases.case import RETURNED, Case
from banshi.platform.forms import Evaluation
from banshi.platform.forms.passing import FormHooks
from banshi.platform.people.directory import SYSTEM, Directory
from banshi.platform.routes.effects import Effect, EffectKind, Progress
from banshi.platform.routes.reasons import Reason
from banshi.platform.service.masking import Masks, masks_of
from banshi.platform.service.model import Service
from banshi.rules.decision import Decision
from banshi.rules.values import dumps, loads
from banshi.storage import new_id
from banshi.storage.contract import DecisionFilter, NewEvent, Store, StoredDecision, StoredTask, TaskFilter

# What the timeline tells besides the command itself.
_TOLD = {
    EffectKind.AWAITED: "waiting",
    EffectKind.STEP_SKIPPED: "skipped",
    EffectKind.APPROVED: "finished",
    EffectKind.RETURNED: RETURNED,
    EffectKind.REFUSED: "refused",
}
_NO_MORE = (Reason.RETURNED, Reason.REFUSED, Reason.OVERDUE)
"""The reasons of a return or a refusal that the command itself tells."""
_DONE = {
    Reason.OPENED_DONE: "waited",
    Reason.OPENED_NONE: "waited",
    Reason.AUTO: "automatic",
    Reason.NOTIFIED: "notified",
}
"""What is told of a step that is done without somebody's deed, by the reason."""
_SAID = (Reason.AUTO, Reason.NOTIFIED)
"""The reasons that the event itself names."""
# How many characters of a line of the log a search looks through: in all, and of one text.
_MOST_WORDS, _LONGEST_WORDS = 4_000, 400


def events_of(kind: str, actor: str, at: datetime, progress: Progress, payload: Mapping[str, Any]) -> list[NewEvent]:
    """The events of one command: the command itself with what it changed, then what the platform did because of it.

    The first event carries the state of the route after the whole command.
    """
    state = progress.state
    first = {**payload, "route": state.to_json(), "state": str(state.outcome)}
    events = [NewEvent(kind=kind, at=at, actor=actor, payload=first)]
    events += [
        NewEvent(kind=told, at=at, actor=SYSTEM, payload=_told(effect, progress))
        for effect in progress.effects
        if (told := _kind(effect))
    ]
    return events


def _kind(effect: Effect) -> str:
    """What the timeline calls something that the platform did; blank for what it does not tell."""
    if effect.kind is EffectKind.STEP_DONE:
        return _DONE.get(effect.reason, "")
    return _TOLD.get(effect.kind, "") if effect.reason not in _NO_MORE else ""


def _told(effect: Effect, progress: Progress) -> dict[str, Any]:
    values = progress.state.steps[effect.step].values if effect.step else ()
    told: dict[str, Any] = {
        "step": effect.step,
        "reason": "" if effect.reason in _SAID else str(effect.reason),
        "values": [list(pair) for pair in values],
    }
    hooks = progress.context.hooks if progress.context else None
    if effect.reason is Reason.OPENED_UNMET and isinstance(hooks, FormHooks):
        told["unmet"] = [one.told() for one in hooks.unmet(effect.step)]
    if effect.reason is Reason.NOTIFIED:
        told["people"] = progress.state.steps[effect.step].people
    return told | ({"return_to": effect.target} if effect.target else {})


def task_rows(case: Case, service: Service, progress: Progress, now: datetime, store: Store) -> list[StoredTask]:
    """The tasks that a move opened or closed. A task's id says which it is: case, step, round, person."""
    known = {row.task.id: row.task for row in store.tasks(TaskFilter(case_id=case.id), size=1000)[0]}
    changed: dict[str, StoredTask] = {}
    for effect in progress.effects:
        copied = effect.kind is EffectKind.COPIED
        key = f"{case.id}.{effect.step}.{effect.round}.{effect.person}{'.copy' if copied else ''}"
        if copied or effect.kind is EffectKind.TASK_OPENED:
            changed[key] = StoredTask(
                id=key,
                case_id=case.id,
                step_id=effect.step,
                step_name=service.routing.step(effect.step).name if service.routing else "",
                round=effect.round,
                person=effect.person,
                state="unread" if copied else "open",
                since=now,
                due=None if copied else progress.state.steps[effect.step].due,
            )
        elif effect.kind in (EffectKind.TASK_DONE, EffectKind.TASK_CANCELLED):
            task = changed.get(key) or known[key]
            state = "done" if effect.kind is EffectKind.TASK_DONE else "cancelled"
            changed[key] = replace(task, state=state, done_at=now, action=effect.action)
    return list(changed.values())


def decision_rows(
    case: Case, service: Service, evaluation: Evaluation, now: datetime, store: Store, directory: Directory
) -> Sequence[StoredDecision]:
    """The decisions of an evaluation that are new or came out anew, as lines of the rule log."""
    earlier = store.iter_decisions(DecisionFilter(case_id=case.id))  # oldest first, so that the last of each stays
    last = {(row.kind, row.name, row.scope): _substance(row) for row in earlier}
    about = about_case(case.title, case.applicant, service, directory)
    masks = masks_of(service).over(case.answers, case.shown)
    rows = [_decision_row(case, decision, now, about, masks) for decision in evaluation.decisions]
    return [row for row in rows if last.get((row.kind, row.name, row.scope)) != _substance(row)]


def _decision_row(case: Case, decision: Decision, now: datetime, about: Sequence[str], masks: Masks) -> StoredDecision:
    record = plain_json(decision.to_json())
    seen = masks.over(record).json(record)  # what a search finds may be read off it, letter by letter
    return StoredDecision(
        id=new_id(),
        at=now,
        case_id=case.id,
        number=case.number,
        service_id=case.service_id,
        version=case.version,
        kind=decision.kind,
        name=decision.name,
        scope=decision.scope,
        outcome=str(decision.outcome),
        engine=decision.engine,
        record=record,
        person=case.applicant,
        words=searched(decision.kind, decision.name, seen, about),
    )


def searched(kind: str, name: str, seen: Mapping[str, Any], about: Sequence[str]) -> str:
    """What a search of the rule log looks through: what it is about, and what is to be seen of its record by everybody."""
    lines = [line for language in ("zh", "en") for line in told(kind, name, seen["outputs"], language)]
    found = (*lines, *seen["fired"], *_texts(seen["outputs"]), *_texts(seen["inputs"]))
    words = dict.fromkeys([*about, *map(str, found)])
    return "\n".join(text[:_LONGEST_WORDS] for text in words)[:_MOST_WORDS]


def about_case(title: str, applicant: str, service: Service, directory: Directory) -> list[str]:
    """What a search finds every decision of a case by."""
    names = (directory.name(applicant, language) for language in ("zh", "en"))
    return [title, *names, *(text for _, text in service.settings.title.by_language)]


def _substance(row: StoredDecision) -> tuple[Any, ...]:
    """What makes two runs of one decision the same. The cells that fired count: another row may give the same result."""
    return row.version, row.engine, row.outcome, *(row.record[key] for key in ("inputs", "outputs", "fired"))


def _texts(value: Any) -> Iterator[str]:
    """Every text and number in a JSON value, as it would be searched for."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Decimal):
        yield amount_text(value)
    elif isinstance(value, Mapping | list):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(item)


def shown_of(evaluation: Evaluation) -> dict[str, Any]:
    """What the case screen shows besides the answers."""
    report: dict[str, Any] = plain_json(evaluation.to_json())
    return {key: report[key] for key in ("values", "relevant", "bills", "findings") if key in report}


def plain_json(value: object) -> Any:
    """Values as they come back from JSON: dates as text, numbers as decimals. Events hold nothing else."""
    return loads(dumps(value))
