"""Planned versions as values: their states, how one is made from a report, how it ends, what it failed of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from banshi.platform.sheets.register_faults import ROWS_GO as REGISTER_ROWS_GO
from banshi.platform.views import Report
from banshi.rules.diagnostics import CATALOGUE, Diagnostic, Place, Severity
from banshi.storage import new_id
from banshi.storage.contract import StoredPlan

PROPOSED, PLANNED, HELD, FAILED, PUBLISHED = "proposed", "planned", "held", "failed", "published"
CANCELLED, DECLINED = "cancelled", "declined"
OPEN = (PROPOSED, PLANNED, HELD, FAILED)
"""The states of a version that somebody still has to see to, or the clock."""
SAVED_AGAIN = "saved again"
"""Why a proposal ends whose file was saved once more before anybody consented."""
PROPOSED_AGAIN = "proposed again"
"""Why a plan ends that was held, failed or made for an older version, once its content is proposed anew for its instant."""
ALREADY_LIVE = "already live"
"""Why a plan ends whose content went live without it."""
OWNER_LEFT = "owner left"
"""Why a plan is held that nobody answers for any more: who made it does not own the service today."""
ROWS_GO = "rows go"
"""Why a plan is held that would make rows of registers go or change, which nobody was told when it was made."""
_MOST_FAULTS = 200


def new_plan(
    report: Report,
    *,
    origin: str,
    based_on: str,
    made_at: datetime,
    plan_id: str = "",
    made_by: str = "",
    note: str = "",
    at: datetime | None = None,
    state: str = PROPOSED,
    told: Iterable[Diagnostic] = (),
) -> StoredPlan:
    """A plan to publish the workbook of a report; `told` is what whoever lets it go live is told first."""
    return StoredPlan(
        id=plan_id or new_id(),
        service_id=report.service_id,
        sha256=report.sha256,
        file=report.file,
        origin=origin,
        title=report.title,
        owner=report.owner,
        note=note,
        based_on=based_on,
        at=at,
        made_by=made_by,
        made_at=made_at,
        state=state,
        report=[_agreed(item) for item in told],
    )


def ended(
    plan: StoredPlan, state: str, at: datetime, *, by: str = "", why: str = "", report: Report | None = None
) -> StoredPlan:
    """The plan in another state, with who brought it there, when and why; `report` is what it failed of.

    What was agreed to stays with it.
    """
    told = [item for item in plan.report if item.get("agreed")]
    told += faults_json(report) if report else []
    return replace(plan, state=state, changed_by=by, changed_at=at, why=why, report=told)


def held_for_rows(plan: StoredPlan, at: datetime, told: Iterable[Diagnostic]) -> StoredPlan:
    """The plan, held until somebody who is told which rows of registers go lets it go on."""
    return replace(ended(plan, HELD, at, why=ROWS_GO), report=[*ended(plan, HELD, at).report, *map(_agreed, told)])


def rows_told(plan: StoredPlan) -> bool:
    """Whether the plan says that rows of registers go or change, so that whoever let it go on knew."""
    return any(item["code"] == REGISTER_ROWS_GO.code for item in plan.report)


def examples_agreed(plan: StoredPlan) -> frozenset[str]:
    """The names of the examples whose failing was agreed to when the plan was made."""
    told = (item for item in plan.report if item.get("agreed") and item["code"] != REGISTER_ROWS_GO.code)
    return frozenset(dict(item["facts"])["name"] for item in told)


def faults_json(report: Report) -> list[dict[str, Any]]:
    """What keeps a workbook from being published, as JSON: its errors, and where its examples fail."""
    errors = [item for item in report.diagnostics if item.severity is Severity.ERROR]
    failures = [failure for example in report.examples for _, failure in example.failures]
    return [_json(item) for item in (*errors, *failures)[:_MOST_FAULTS]]


def _agreed(item: Diagnostic) -> dict[str, Any]:
    """What somebody agreed to, or has to before the plan goes live."""
    return {**_json(item), "agreed": True}


def _json(item: Diagnostic) -> dict[str, Any]:
    return {
        "code": item.code,
        "sheet": item.place.sheet,
        "cell": item.place.cell,
        "facts": [list(fact) for fact in item.facts],
    }


def faults_of(told: Sequence[Mapping[str, Any]]) -> list[Diagnostic]:
    """The faults again; those of codes that this release does not know any more are left out."""
    return [
        Diagnostic(
            CATALOGUE[item["code"]],
            Place(item["sheet"], item["cell"]),
            tuple((key, value) for key, value in item["facts"]),
        )
        for item in told
        if item["code"] in CATALOGUE
    ]
