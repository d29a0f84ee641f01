"""Sheets of labels to print and stick on: a QR code with its name in both languages, three by eight on a page of A4."""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from banshi.platform.documents.pdf import pdf

ACROSS, DOWN = 3, 8
# wkhtmltopdf makes what is told in millimetres a quarter smaller.
_STYLE = """
body{margin:0;font-family:"Noto Sans CJK SC","Microsoft YaHei",sans-serif}
.page{position:relative;height:330mm;page-break-after:always}
.page:last-child{page-break-after:auto;height:auto}
.label{position:absolute;width:33.2%;height:40mm;overflow:hidden;border:1px dashed #bbb;box-sizing:border-box}
img{float:left;width:34mm;height:34mm;margin:3mm 2mm 0 2mm}
p{margin:0 0 1mm;font-size:15px;line-height:1.25;overflow-wrap:anywhere}
.texts{padding-top:4mm}
.place{font-size:19px;font-weight:bold}
.en{color:#333;font-size:12px}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A label: what its code says, and what stands beside it, each in Chinese and English."""

    address: str
    title: tuple[str, str]
    place: tuple[str, str] = ("", "")


def labels_pdf(title: str, labels: Sequence[Label]) -> bytes:
    """The document. NotRendered, and no document, where it fails."""
    pages = [labels[at : at + ACROSS * DOWN] for at in range(0, len(labels), ACROSS * DOWN)]
    body = "\n".join(_page(page) for page in pages)
    return pdf(
        f'<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head>\n<body>{body}</body></html>\n"
    )


def qr_png(text: str) -> bytes:
    """The QR code of a text, readable with a seventh of it soiled (level M)."""
    import segno

    picture = io.BytesIO()
    segno.make(text, error="m", micro=False).save(picture, kind="png", scale=6, border=2)
    return picture.getvalue()


def _page(labels: Sequence[Label]) -> str:
    return f'<div class="page">{"".join(_label(at, label) for at, label in enumerate(labels))}</div>'


def _label(at: int, label: Label) -> str:
    # Each has its place of its own: in a table, wkhtmltopdf would tear rows apart at the ends of pages that are none.
    down, across = divmod(at, ACROSS)
    code = b64encode(qr_png(label.address)).decode()
    said = (("place", label.place[0]), ("en", label.place[1]), ("title", label.title[0]), ("en", label.title[1]))
    texts = "".join(f'<p class="{kind}">{escape(text)}</p>' for kind, text in said if text)
    return (
        f'<div class="label" style="left:{across * 33.3}%;top:{down * 41}mm">'
        f'<img src="data:image/png;base64,{code}" alt=""><div class="texts">{texts}</div></div>'
    )
