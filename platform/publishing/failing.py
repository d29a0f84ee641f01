"""Examples that fail where data alone are replaced: somebody may agree to that, and the version keeps which they are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from banshi.platform.views import Report
from banshi.rules.diagnostics import has_errors


def failing(report: Report) -> tuple[str, ...]:
    """The names of the examples that fail."""
    return tuple(example.name for example in report.examples if not example.passed)


def only_failing(report: Report) -> tuple[str, ...]:
    """The same, where they alone keep a workbook from being published."""
    stopped = bool(report.service_id) and not report.publishable and not has_errors(report.diagnostics)
    return failing(report) if stopped else ()


def allowing(report: Report, names: Collection[str] | None) -> Report:
    """The report, publishable though examples with these names fail (None: any)."""
    found = only_failing(report)
    allowed = bool(found) and (names is None or set(found) <= set(names))
    return replace(report, publishable=True) if allowed else report
