"""An impact as plain values, for programs and the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from banshi.platform.impact.model import Impact


def impact_json(found: Impact, language: str) -> dict[str, Any]:
    """An impact as plain values."""
    return {
        "service": found.service_id,
        "live": found.live,
        "file": found.file,
        "complete": found.complete,
        "cases": found.cases,
        "same": found.same,
        "counts": {str(kind): count for kind, count in found.counts.items()},
        "billed": found.billed,
        "old": found.old,
        "new": found.new,
        "difference": found.difference,
        "earlier_versions": found.earlier,
        "decided_otherwise": found.differing,
        "decided_then": found.then_old,
        "bills": [
            {"name": bill.name, "unit": bill.unit, "cases": bill.cases, "old": bill.old, "new": bill.new}
            for bill in found.bills
        ],
        "cells": [
            {
                "cells": [cell.place for cell in group.cells],
                "changes": [cell.en if language == "en" else cell.zh for cell in group.cells],
                "cases": group.cases,
                "difference": group.difference,
                "counts": {str(kind): count for kind, count in group.consequences.items()},
            }
            for group in found.cells
        ],
    }
