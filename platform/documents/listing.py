"""Rows of a table as a document to print, one block a row, for tables that are too wide for a page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape

from banshi.platform.documents.pdf import pdf
from banshi.platform.errors import HallError
from banshi.rules.values import CAMPUS_ZONE

MOST_ROWS = 1000
_STYLE = """
body{font:12px/1.5 "Noto Sans CJK SC","Microsoft YaHei",sans-serif}
h1{font-size:18px;margin:0}
table{border-collapse:collapse;width:100%;margin-top:12px;page-break-inside:avoid}
th,td{border:1px solid #999;padding:2px 6px;text-align:left;vertical-align:top;white-space:pre-wrap;overflow-wrap:anywhere}
th{width:22%;font-weight:600}
.no{float:right;color:#555}
"""


class TooManyRows(HallError):
    """More rows than anybody prints."""

    status = 413

    def __init__(self) -> None:
        super().__init__(
            f"PDF 最多列 {MOST_ROWS} 条，没有生成文件。请缩小范围，或导出 xlsx、csv。",
            f"A PDF lists up to {MOST_ROWS} rows, and there is no file. Narrow the search, or export xlsx or csv.",
        )


def listing_pdf(title: str, said: str, header: Sequence[str], rows: Iterable[Sequence[object]], language: str) -> bytes:
    """The document: a title, a line below it, and of every row the cells that say something, under their headers.

    TooManyRows for more than MOST_ROWS; NotRendered, and no document, where it fails.
    """
    blocks: list[str] = []
    for row in rows:
        if len(blocks) == MOST_ROWS:
            raise TooManyRows
        cells = ((name, _written(cell)) for name, cell in zip(header, row, strict=True))
        lines = [f"<tr><th>{escape(name)}</th><td>{escape(text)}</td></tr>" for name, text in cells if text]
        blocks.append(f"<table>{''.join(lines)}</table>")
    return pdf(
        f'<!doctype html>\n<html lang="{"en" if language == "en" else "zh-CN"}"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>\n<body><h1>{escape(title)}</h1>"
        f'<p><span class="no">{len(blocks)}</span>{escape(said)}</p>\n' + "\n".join(blocks) + "</body></html>\n"
    )


def _written(cell: object) -> str:
    if isinstance(cell, datetime):  # on the campus's clock, as everywhere for people
        return f"{cell.astimezone(CAMPUS_ZONE) if cell.tzinfo else cell:%Y-%m-%d %H:%M:%S}"
    return "" if cell is None else str(cell)
