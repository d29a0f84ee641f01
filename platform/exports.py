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


def table_file(file_type: str, name: str, at: datetime, header: Sequence[str], rows: Iterator[Any]) -> Export:
    """A table as `xlsx` or `csv`, named after what it holds and when it was made."""
    stamp = at.strftime("%Y%m%d-%H%M")
    if file_type == "csv":
        return f"{name}-{stamp}.csv", CSV, csv_bytes(header, rows)
    return f"{name}-{stamp}.xlsx", XLSX, xlsx_bytes(name, header, rows)


def printed_file(
    name: str, title: str, at: datetime, header: Sequence[str], rows: Iterator[Any], language: str
) -> Export:
    """The same as a PDF to print; TooManyRows or NotRendered, and no file, where there is none."""
    said = f"{at:%Y-%m-%d %H:%M}"
    made = listing_pdf(title, said, header, rows, language)
    return f"{name}-{at:%Y%m%d-%H%M}.pdf", PDF, iter((made,))
