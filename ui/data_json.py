"""A table that was checked as JSON, for REST and the command line."""

from __future__ import annotations

from typing import Any

from banshi.platform.replacing.differing import What
from banshi.platform.replacing.views import DataReport
from banshi.platform.views import PlanRow, VersionRow


def report_json(
    report: DataReport, *, query: str = "", what: str = "", page: int = 1, size: int = 50, rows: bool = True
) -> dict[str, Any]:
    """What was found in a table, and a page of the rows that would change."""
    return {
        "service_id": report.service_id,
        "name": report.name,
        "file": report.file,
        "diagnostics": list(report.diagnostics),
        "same": report.same,
        "replaceable": report.replaceable,
        "emptied": report.emptied,
        "failing": list(report.failing),
        "replaces": report.replaces,
        "uses": [{"kind": kind, "name": name} for kind, name in report.uses],
        "difference": _difference(report, query, what, page, size, rows=rows),
        "report": report.report,
    }


def replaced_json(report: DataReport, made: VersionRow | PlanRow | None) -> dict[str, Any]:
    """What became of a table: it is live as `version`, or is to be by `plan`, or is neither."""
    return {
        **report_json(report, rows=False),
        "version": made if isinstance(made, VersionRow) else None,
        "plan": made if isinstance(made, PlanRow) else None,
    }


def _difference(
    report: DataReport, query: str, what: str, page: int, size: int, *, rows: bool
) -> dict[str, Any] | None:
    diff = report.diff
    if diff is None:
        return None
    told: dict[str, Any] = {
        "before": diff.before,
        "after": diff.after,
        **{str(one): diff.count(one) for one in What},
        "columns_added": list(diff.columns_added),
        "columns_removed": list(diff.columns_removed),
        "reordered": diff.reordered,
        "many_gone": diff.many_gone,
    }
    if not rows:
        return told
    found = diff.found(query, what)
    return {**told, "page": page, "size": size, "total": len(found), "rows": found[(page - 1) * size : page * size]}
