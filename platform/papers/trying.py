"""Papers tried out on a workbook and some answers, without a hall: specimens, which are never valid."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from banshi.platform.forms import Evaluation
from banshi.platform.papers.composing import Issuing, holds, papers_of
from banshi.platform.papers.rendering import paper_pdf
from banshi.platform.people.calendar import Calendar
from banshi.platform.people.directory import Directory, Person
from banshi.platform.routes.asking import FlowContext
from banshi.platform.routes.numbering import NumberPattern
from banshi.platform.service.model import Service
from banshi.platform.service.papers import Document
from banshi.rules.values import dumps, loads
from banshi.storage.papers import StoredPaper

SITE = "https://localhost"
"""Where the code of a specimen leads: nowhere."""


def context_of(
    service: Service,
    evaluation: Evaluation,
    directory: Directory,
    person: Person,
    now: datetime,
    calendar: Calendar | None = None,
) -> FlowContext:
    """What conditions and templates read of a form that nobody has sent."""
    return FlowContext(
        directory=directory,
        initiator=person,
        now=now,
        names=evaluation.names,
        datasets=service.datasets,
        choice_labels=service.choice_label,
        calendar=calendar,
    )


def issued_by(service: Service, context: FlowContext) -> list[Document]:
    """The papers whose conditions hold."""
    return [document for document in service.documents if holds(document, context)]


def specimens(
    service: Service, evaluation: Evaluation, context: FlowContext, documents: Sequence[Document]
) -> Iterator[tuple[StoredPaper, bytes]]:
    """Each paper in each of its languages, with its PDF. Raises NotRendered, and then there is no more."""
    report = loads(dumps(evaluation.to_json()))
    here = Issuing(
        case_id="specimen",
        number=NumberPattern(service.settings.number).number(context.now.date(), 0),
        titles=dict(service.settings.title.by_language),
        applicant=context.initiator.id,
        submitted_at=context.now,
        service=service,
        at=context.now,
        context=context,
        answers=loads(dumps(evaluation.answers)),
        bills=report.get("bills", {}),
        history=(),
    )
    for document in documents:
        number = NumberPattern(document.number).number(context.now.date(), 0)
        for paper in papers_of(here, [document], always=True):
            numbered = replace(paper, number=number)
            yield numbered, paper_pdf(numbered, document, lambda _: None, SITE, draft=True)
