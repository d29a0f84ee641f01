"""The rule log: every decision of every case, to search, to explain and to export."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from banshi.platform.audit.findings import Found
from banshi.platform.audit.labels import labels_of
from banshi.platform.audit.telling import plainly, told
from banshi.platform.errors import NotFound
from banshi.platform.publishing.library import Library
from banshi.platform.service.model import Service
from banshi.platform.views import DecisionView, Page
from banshi.platform.words import KINDS, OUTCOMES, word
from banshi.platform.workbook.writing import Entry
from banshi.rules.values import dumps
from banshi.storage.contract import DecisionFilter, Store, StoredDecision

HEADERS: Mapping[str, Sequence[str]] = {
    "zh": (
        "时间", "单号", "服务", "服务编号", "版本", "申请人", "申请人编号", "类别", "名称", "范围", "结论", "结果",
        "命中单元格", "输入", "解释", "推理引擎", "编号",
    ),
    "en": (
        "Time", "Case number", "Service", "Service id", "Version", "Applicant", "Applicant id", "Kind", "Name", "Scope",
        "Outcome", "Outputs", "Cells that fired", "Inputs", "Explanation", "Engine", "Id",
    ),
}  # fmt: skip


LOG_TITLE = {"zh": "规则日志", "en": "Rule log"}
FINDINGS_TITLE = {"zh": "值得一看", "en": "Worth a look"}
FINDING_COLUMNS = ("kind", "at", "number", "service", "version", "person", "about", "value", "usual")
FINDING_HEADERS: Mapping[str, Sequence[str]] = {
    "zh": ("类别", "时间", "单号", "服务", "版本", "人员", "环节、收费或工作表", "金额或行号", "中位数"),
    "en": ("Kind", "Time", "Case number", "Service", "Version", "Person", "Step, tariff or sheet", "Amount or rows", "Median"),
}  # fmt: skip
_FINDINGS = {
    "own": ("办理自己的申请", "Decided on her own case"),
    "twice": ("同一人办了两个环节", "One person at two steps"),
    "allowed": ("流程允许的办理自己的申请", "Decided on her own case, as the route allows"),
    "outside": ("办公时间以外", "Outside office hours"),
    "amount": ("金额异常", "Unusual amount"),
    "unused": ("从未用到的规则行", "Rows of rules never used"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """A finding (`audit.findings.Found`) in words; `group` is its kind, `version` the short name."""

    group: str
    kind: str
    at: datetime | None
    case_id: str
    number: str
    service: str
    version: str
    person: str
    about: str
    value: str
    usual: str
    decision_id: str


class Log:
    """The auditor's view of the store's decisions."""

    def __init__(self, store: Store, library: Library) -> None:
        self._store = store
        self._library = library

    def page(self, which: DecisionFilter, page: int, size: int, language: str) -> Page:
        """One page of decisions, newest first."""
        rows, total = self._store.decisions(which, page=page, size=size)
        return Page(items=[self._view(row, language) for row in rows], page=page, size=size, total=total)

    def decision(self, decision_id: str, language: str) -> DecisionView:
        """One decision."""
        row = self._store.decision(decision_id)
        if row is None:
            raise NotFound("decision", decision_id)
        return self._view(row, language)

    def _view(self, row: StoredDecision, language: str) -> DecisionView:
        return self._told(self._masked(row), language)

    def _told(self, row: StoredDecision, language: str) -> DecisionView:
        return decision_view(row, language, self._library.kept(row.service_id, row.version))

    def _masked(self, row: StoredDecision) -> StoredDecision:
        """A decision with masks over what is sensitive in what it was made of, and in its case."""
        masks = self._library.masks(row.service_id, row.version)
        if not masks:
            return row
        case = self._store.case(row.case_id)
        own = masks.over(row.record, case.snapshot["answers"] if case else None)
        return replace(row, record=own.json(row.record))

    def of_case(self, case_id: str, language: str, *, masked: bool) -> list[DecisionView]:
        """The decisions of a case, oldest first."""
        rows = self._store.iter_decisions(DecisionFilter(case_id=case_id))
        return [self._told(self._masked(row) if masked else row, language) for row in rows]

    def rows(self, which: DecisionFilter, language: str) -> Iterator[Sequence[Entry]]:
        """The decisions as rows under `HEADERS`, oldest first."""
        for row in map(self._masked, self._store.iter_decisions(which)):
            record = row.record
            yield (
                row.at,
                row.number,
                self._title(row.service_id, language),
                row.service_id,
                row.version[:12],
                self._library.directory.name(row.person, language),
                row.person,
                word(KINDS, row.kind, language),
                row.name,
                row.scope,
                word(OUTCOMES, row.outcome, language),
                "\n".join(told(row.kind, row.name, record["outputs"], language)),
                "、".join(record["fired"]),
                "\n".join(f"{name} = {plainly(value, language)}" for name, value in record["inputs"].items()),
                "\n".join(explanation_lines(record["explanation"], language)),
                row.engine,
                row.id,
            )

    def lines(self, which: DecisionFilter | None) -> Iterator[bytes]:
        """The decisions as lines of JSON, oldest first."""
        for row in map(self._masked, self._store.iter_decisions(which) if which else ()):
            told = {field.name: getattr(row, field.name) for field in fields(row) if field.name != "words"}
            yield (dumps(told) + "\n").encode()

    def finding(self, found: Found, language: str) -> FindingView:
        """A finding in words."""
        service = self._library.kept(found.service_id, found.version)
        steps = {step.id: step.title(language) for step in service.routing.steps} if service and service.routing else {}
        about = found.about
        if found.kind in ("own", "twice", "allowed", "outside"):
            about = ("、" if language == "zh" else ", ").join(steps.get(step, step) for step in about.split("、"))
        return FindingView(
            group=found.kind,
            kind=_FINDINGS[found.kind][language == "en"],
            at=found.at,
            case_id=found.case_id,
            number=found.number,
            service=self._title(found.service_id, language),
            version=found.version[:12],
            person=self._library.directory.name(found.person, language) if found.person else "",
            about=about,
            value=found.value,
            usual=found.usual,
            decision_id=found.decision_id,
        )

    def _title(self, service_id: str, language: str) -> str:
        """What a service is called today; one that is not live any more keeps its id."""
        live = self._library.live.get(service_id)
        return live[0].settings.title.get(language) if live else service_id


def explanation_lines(lines: Sequence[Mapping[str, Any]], language: str, depth: int = 0) -> Iterator[str]:
    """An explanation tree as indented lines of text: `用电量 = 95（表单!C9）`."""
    for line in lines:
        note = line["en" if language == "en" else "zh"]
        value = "" if line["value"] is None else " = " + dumps(line["value"]).strip('"')
        cell = f" [{line['cell']}]" if line["cell"] else ""
        yield "  " * depth + " — ".join(part for part in (f"{line['label']}{value}{cell}", note) if part)
        yield from explanation_lines(line["parts"], language, depth + 1)


def decision_view(row: StoredDecision, language: str, service: Service | None) -> DecisionView:
    """A stored decision as the screens show it; `service` is the version that made it, which has the labels."""
    return DecisionView(
        id=row.id,
        at=row.at,
        case_id=row.case_id,
        number=row.number,
        service_id=row.service_id,
        version=row.version[:12],
        kind=row.kind,
        name=row.name,
        scope=row.scope,
        outcome=row.outcome,
        engine=row.engine,
        told=told(row.kind, row.name, row.record["outputs"], language, labels_of(service, language)),
        record=row.record,
    )
