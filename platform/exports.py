"""Tables that a hall gives away as files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from banshi.platform.documents.listing import listing_pdf
from banshi.platform.workbook.writing import CSV, XLSX, csv_bytes, xlsx_bytes

PDF = "application/pdf"
Export = tuple[str, str, Iterator[bytes]]
"""File name, media type, bytes."""


def table_file(
    file_type: str,
    name: str,
    at: datetime,
    header: Sequence[str],
    rows: Iterator[Any],
    *,
    title: str = "",
    language: str = "zh",
) -> Export:
    """A table as `xlsx` or `csv`, or as a `pdf` to print under a title, named after what it holds and when it was made.

    TooManyRows or NotRendered, and no file, where there is no PDF of it.
    """
    stamp = at.strftime("%Y%m%d-%H%M")
    match file_type:
        case "csv":
            return f"{name}-{stamp}.csv", CSV, csv_bytes(header, rows)
        case "pdf":
            made = listing_pdf(title, f"{at:%Y-%m-%d %H:%M}", header, rows, language)
            return f"{name}-{stamp}.pdf", PDF, iter((made,))
        case _:
            return f"{name}-{stamp}.xlsx", XLSX, xlsx_bytes(name, header, rows)
