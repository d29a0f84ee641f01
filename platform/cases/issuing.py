"""Papers that a command issues: numbered, written and told in its own transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from banshi.platform.cases.case import Case
from banshi.platform.notices.occurrences import occurrences
from banshi.platform.papers.composing import Issuing, papers_of, wanted
from banshi.platform.people.directory import SYSTEM
from banshi.platform.routes.asking import FlowContext
from banshi.platform.routes.effects import Progress
from banshi.platform.routes.numbering import request
from banshi.platform.service.masking import Masks
from banshi.platform.service.model import Service
from banshi.rules.values import CAMPUS_ZONE
from banshi.storage.contract import NewEvent, Store, StoredCase
from banshi.storage.papers import REVOKED, VALID, PaperFilter, StoredPaper

ISSUED, PAPER_REVOKED = "paper issued", "paper revoked"
"""The kinds of the events that tell of papers."""
SUPERSEDED = "superseded"
"""Why a paper is revoked in whose place another one was issued; it is said in the reader's language."""


@dataclass(frozen=True, slots=True)
class Issued:
    """What a command issues: the papers, those that they replace, and the events that tell of it."""

    papers: Sequence[StoredPaper] = ()
    left: Sequence[StoredPaper] = ()
    events: Sequence[NewEvent] = ()


def issued_by(
    case: Case,
    service: Service,
    events: Sequence[NewEvent],
    progress: Progress,
    around: Callable[[], FlowContext],
    masks_over: Callable[[StoredCase], Masks],
    store: Store,
    now: datetime,
) -> Issued:
    """What a move issues; `case` is as it is after its `events`. Numbers are drawn in the transaction of the move."""
    documents = wanted(service, list(occurrences(events, progress.effects))) if service.documents else []
    if not documents or progress.draw is None:
        return Issued()
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
        bills=case.shown.get("bills", {}),
        history=[*store.events(case.id), *events],
        masks=masks_over(case.stored()),
    )
    day = now.astimezone(CAMPUS_ZONE).date()
    earlier = store.papers(PaperFilter(case_id=case.id))
    papers = [
        replace(paper, number=progress.draw(request(str(paper.content["pattern"]), day)))
        for paper in papers_of(here, documents, earlier[0].pickup if earlier else "")
    ]
    new = {(paper.document, paper.language) for paper in papers}
    left = [
        replace(paper, state=REVOKED, changed_at=now, changed_by=SYSTEM, why=SUPERSEDED)
        for paper in earlier
        if paper.state == VALID and (paper.document, paper.language) in new
    ]
    told = [*(told_of(ISSUED, paper, SYSTEM, now) for paper in papers)]
    told += [told_of(PAPER_REVOKED, paper, SYSTEM, now) for paper in left]
    return Issued(papers, left, told)


def told_of(kind: str, paper: StoredPaper, actor: str, now: datetime, **more: Any) -> NewEvent:
    """The event that a paper was issued or revoked."""
    about = {
        "code": paper.code,
        "document": paper.document,
        "language": paper.language,
        "number": paper.number,
        "title": paper.title,
    }
    return NewEvent(kind=kind, at=now, actor=actor, payload={"paper": about, **more})
