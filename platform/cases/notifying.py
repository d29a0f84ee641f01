"""What commands give people and other systems to know: messages that are written in the same transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from banshi.platform.cases.case import Case
from banshi.platform.cases.titles import title_seen
from banshi.platform.notices.composing import Happening, messages_of, tells, wanted
from banshi.platform.notices.occurrences import Occurrence, occurrences, reminders
from banshi.platform.routes.asking import FlowContext
from banshi.platform.routes.effects import Progress
from banshi.platform.routes.state import RouteState
from banshi.platform.service.masking import Masks
from banshi.platform.service.model import Service
from banshi.storage.contract import NewEvent, StoredCase, StoredMessage

Around = Callable[[], FlowContext]
"""Gives what texts and who-expressions read; computed only where something is told."""
MasksOver = Callable[[StoredCase], Masks]
"""Gives what is sensitive in a case; likewise."""


def messages_of_move(
    case: Case,
    service: Service,
    events: Sequence[NewEvent],
    progress: Progress,
    around: Around,
    masks_over: MasksOver,
    now: datetime,
) -> list[StoredMessage]:
    """What a move tells; `case` is as it is after its events."""
    return _messages(case, service, events, lambda: occurrences(events, progress.effects), around, masks_over, now)


def messages_of_reminder(
    case: Case,
    service: Service,
    event: NewEvent,
    waiting: Mapping[str, Sequence[str]],
    around: Around,
    masks_over: MasksOver,
    now: datetime,
) -> list[StoredMessage]:
    """What a reminder tells those who let steps wait (`waiting`: people by step)."""
    return _messages(case, service, [event], lambda: reminders(event, waiting), around, masks_over, now)


def _messages(
    case: Case,
    service: Service,
    events: Sequence[NewEvent],
    found: Callable[[], Iterable[Occurrence]],
    around: Around,
    masks_over: MasksOver,
    now: datetime,
) -> list[StoredMessage]:
    told = wanted(service, found()) if tells(service) else []
    if not told:
        return []
    masks = masks_over(case.stored())
    happening = Happening(
        case_id=case.id,
        number=case.number,
        titles={language: title_seen(case, language, masks) for language in ("zh", *case.titles)},
        service=service,
        seq=case.seq - len(events) + 1,
        at=now,
        context=around(),
        state=RouteState.from_json(case.route),
        actor=events[0].actor,
        opinion=str(events[0].payload.get("opinion", "")),
        masks=masks,
    )
    return messages_of(happening, told)
