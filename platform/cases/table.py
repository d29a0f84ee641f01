"""The cases of a service as one table for export: a column a field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from banshi.platform.people.directory import Directory
from banshi.platform.service.model import Field, Item, Repeat, Service
from banshi.platform.workbook.writing import Entry
from banshi.rules.values import ErrorValue, dumps, from_json
from banshi.storage.contract import CaseFilter, Store

_HEAD = {
    "zh": ("单号", "状态", "申请人", "提交时间"),
    "en": ("Case number", "State", "Applicant", "Sent"),
}


@dataclass(frozen=True, slots=True)
class CaseTable:
    """A header and its rows, oldest case first."""

    header: Sequence[str]
    rows: Iterator[Sequence[Entry]]


def case_table(service: Service, store: Store, directory: Directory, language: str) -> CaseTable:
    """Every case of a service, with the fields of its live version; a repeat's rows stand as JSON text."""
    items = [item for item, repeats in (service.survey.walk() if service.survey else ()) if not repeats and _kept(item)]
    rows = (
        (
            row.number,
            row.state,
            directory.name(row.applicant, language),
            row.submitted_at,
            *(_entry(row.snapshot["answers"].get(item.name), item) for item in items),
        )
        for row in store.iter_cases(CaseFilter(service_id=service.settings.id))
    )
    return CaseTable([*_HEAD[language], *(item.label.get(language) or item.name for item in items)], rows)


def _kept(item: Item) -> bool:
    return isinstance(item, Repeat) or (isinstance(item, Field) and item.type != "note")


def _entry(answer: Any, item: Item) -> Entry:
    """An answer as a cell: numbers and dates as such, files by name, rows of a repeat as JSON."""
    if isinstance(answer, Mapping):
        return str(answer.get("name", ""))
    if isinstance(answer, (list, tuple)):
        return dumps(answer) if isinstance(item, Repeat) else "、".join(map(str, answer))
    value = from_json(answer, item.kind) if isinstance(item, Field) else str(answer or "")
    return None if isinstance(value, (ErrorValue, tuple)) else value
