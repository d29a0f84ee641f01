"""The table that a job makes of its rows: an xlsx file in the inbox of those who get it, and mailed where that is asked for."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from banshi.platform.jobs.subjects import Subject
from banshi.platform.notices.covering import sensitive_behind, shown_field
from banshi.platform.people.directory import Directory, Person
from banshi.platform.service.jobs import Job, Over
from banshi.platform.service.model import Service
from banshi.platform.service.sensitive import STARS
from banshi.platform.words import STATES, word
from banshi.platform.workbook.writing import Entry, xlsx_bytes
from banshi.rules.expressions import Expression, evaluate
from banshi.rules.values import ErrorValue, Value, dumps
from banshi.storage.contract import INBOX, MAIL, UNREAD, WAITING, StoredMessage

MOST_ROWS = 10_000
"""Rows of a table; what is beyond is left out, and said."""
_CASES = {"zh": ("单号", "标题", "状态", "申请人", "提交时间"), "en": ("Number", "Title", "State", "Applicant", "Sent")}


@dataclass(frozen=True, slots=True)
class Table:
    """A table for people."""

    header: Sequence[str]
    rows: Sequence[Sequence[Entry]]


def header_of(service: Service, job: Job) -> list[str]:
    """What stands above the columns."""
    if job.columns:
        return [name for name, _ in job.columns]
    if job.subject.over is Over.CASES:
        return list(_CASES["zh"])
    if job.subject.over is Over.DATA:
        return list(service.datasets[job.subject.name].columns)
    return ["人员", "姓名"] if job.subject.over is Over.PEOPLE else ["时刻"]


def row_of(service: Service, job: Job, subject: Subject, directory: Directory) -> list[Entry]:
    """A row of the table."""
    if job.columns:
        return [_shown(service, value, subject) for _, value in job.columns]
    if (case := subject.case) is not None:
        applicant = directory.name(case.applicant)
        return [case.number, case.title, word(STATES, str(case.state), "zh"), applicant, case.submitted_at]
    if job.subject.over is Over.DATA:
        names = subject.context.names
        return [_entry(names.get(name)) for name in service.datasets[job.subject.name].columns]
    if job.subject.over is Over.PEOPLE:
        return [subject.key, directory.name(subject.key)]
    return [subject.context.now.replace(tzinfo=None)]


def messages_of_report(
    service: Service, job: Job, run_id: str, at: datetime, table: Table, left_out: int, people: Iterable[Person]
) -> Iterator[StoredMessage]:
    """The table for each of those who get it: into the inbox, and as a mail where the job says so."""
    name = f"{service.settings.title.get()}-{job.name}-{at:%Y%m%d-%H%M}.xlsx"
    data = b"".join(xlsx_bytes(job.name, table.header, table.rows))
    rows = len(table.rows)
    zh, en = f"“{job.name}”的报表，共 {rows} 行。", f"The table of “{job.name}”: {rows} rows."
    if left_out:
        zh += f"另有 {left_out} 行太多，没有列出。"
        en += f" {left_out} more are too many and left out."
    content: dict[str, Any] = {
        "on": "report",
        "number": "",
        "title": {language: f"{service.settings.title.get(language)} · {job.name}" for language in ("zh", "en")},
        "text": {"zh": zh, "en": en},
        "files": [{"name": name, "type": "vnd.openxmlformats-officedocument.spreadsheetml.sheet", "data": b64encode(data).decode()}],
    }  # fmt: skip
    for person in people:
        for channel in (INBOX, MAIL) if job.mailed else (INBOX,):
            key = sha256(dumps(["report", run_id, channel, person.id]).encode()).hexdigest()[:32]
            made = StoredMessage(
                key=key, case_id="", service_id=service.settings.id, channel=channel, target=person.id,
                content=content, made_at=at, free_at=at, state=UNREAD if channel == INBOX else WAITING,
            )  # fmt: skip
            yield made


def _shown(service: Service, expression: Expression, subject: Subject) -> Entry:
    """A value for a table that others read: under its mask where it is sensitive."""
    masks = subject.masks.over(subject.context.names) if subject.masks else subject.masks
    value = evaluate(expression, subject.environment())
    if value in (None, "") or not masks:
        return _entry(value)
    if masks.named(expression.names):
        shown = shown_field(expression, value, masks)
        return shown if isinstance(shown, str) else STARS
    return STARS if sensitive_behind(service, expression, masks) else _entry(value)


def _entry(value: Value) -> Entry:
    match value:
        case ErrorValue():
            return value.diagnostic.message("zh")
        case tuple():
            return "、".join(str(_entry(one) or "") for one in value)
        case Decimal() | None | bool() | str():
            return value
        case _:
            return value  # a day, a time
