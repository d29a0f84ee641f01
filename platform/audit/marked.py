"""Whether what an export leaves out is marked as sensitive in the workbooks that it brings along."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from banshi.platform.audit.replay import ExportedBooks
from banshi.platform.audit.source import Source
from banshi.platform.service.masking import masks_of
from banshi.platform.sheets import load_workbook
from banshi.platform.workbook import read_workbook
from banshi.rules.expressions import fold_name


def unmarked(source: Source, left_out: Mapping[tuple[str, str, bool], int]) -> list[str]:
    """The names that were left out though no version of their service marks them, each with its service and how often.

    Nothing where the export was made without workbooks: then nobody can say.
    """
    try:
        books = ExportedBooks(source)
    except KeyError:
        return []

    @cache
    def hidden(service_id: str) -> frozenset[str]:
        found: set[str] = set()
        for _, sha256 in books.history(service_id):
            data = books.workbook(service_id, sha256)
            workbook = read_workbook(data, service_id)[0] if data else None
            service = load_workbook(workbook)[0] if workbook else None
            found |= masks_of(service).hidden
        return frozenset(found)

    return [
        f"{service_id} {name} ({count})"
        for (service_id, name, named), count in sorted(left_out.items())
        if named and not _reads(name, hidden(service_id))
    ]


def _reads(name: str, hidden: frozenset[str]) -> bool:
    """Whether an input, perhaps a whole expression, names something that is marked."""
    return fold_name(name) in hidden or any(one in fold_name(name) for one in hidden)
