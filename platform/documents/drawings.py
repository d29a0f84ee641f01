"""What the platform draws on a paper: a seal of text, the QR code of the check page, the word DRAFT. All as `data:` addresses.

Only these drawings may be SVG in a PDF: they are made here, and what is written on them is escaped.
"""

from __future__ import annotations

import base64
from io import BytesIO
from xml.sax.saxutils import escape

_RED = "#c8161d"
_RING = 60.0
"""Radius of the line on which the words of a seal stand, of 160 units across."""
_LONGEST = 300.0
"""Degrees of the ring that words take at most."""
_FONT = "Noto Sans CJK SC, Noto Sans CJK, sans-serif"


def seal(text: str, below: str = "") -> str:
    """A round red seal: the text on the ring around a star, a line below it. It is a drawing and no electronic seal."""
    signs = max(len(text), 1)
    step = min(26.0, _LONGEST / signs)
    size = min(20.0, step * 3.14159 * _RING / 180 * (1.0 if not text.isascii() else 1.6))
    first = -step * (signs - 1) / 2
    ring = "".join(
        f'<text x="80" y="{80 - _RING + size * 0.36:.1f}" transform="rotate({first + step * at:.2f} 80 80)" font-size="{size:.1f}" '
        f'text-anchor="middle">{escape(sign)}</text>'
        for at, sign in enumerate(text)
    )
    small = min(14.0, 96 / max(len(below), 1) * (1.0 if not below.isascii() else 1.7))
    line = f'<text x="80" y="122" font-size="{small:.1f}" text-anchor="middle">{escape(below)}</text>' if below else ""
    star = "80,54 86.5,73 106.6,73.4 90.5,85.4 96.5,104.6 80,93 63.5,104.6 69.5,85.4 53.4,73.4 73.5,73"
    return _svg(
        160,
        160,
        f'<g fill="{_RED}" font-family="{_FONT}"><circle cx="80" cy="80" r="76" fill="none" stroke="{_RED}" stroke-width="4"/>'
        f'<polygon points="{star}"/>{ring}{line}</g>',
    )


def draft(word: str) -> str:
    """A tile with a word over its diagonal, to be repeated over the whole page."""
    return _svg(
        420,
        300,
        f'<text x="210" y="165" transform="rotate(-32 210 150)" font-size="52" text-anchor="middle" fill="#d33" '
        f'fill-opacity="0.3" font-family="{_FONT}">{escape(word)}</text>',
    )


def qr(text: str) -> str:
    """The QR code of a text as a picture; a quarter of it may be lost."""
    import segno

    return str(segno.make(text, error="q", micro=False).png_data_uri(scale=6, border=4))


def qr_svg(text: str) -> bytes:
    """The QR code of a text as an SVG of any size; a seventh of it may be lost."""
    import segno

    made = BytesIO()
    segno.make(text, error="m", micro=False).save(made, kind="svg", border=4, omitsize=True, light="#fff", dark="#000")
    return made.getvalue()


def picture(data: bytes) -> str:
    """A PNG or JPEG as a `data:` address; an empty text for anything else."""
    kind = picture_kind(data)
    return f"data:{kind};base64,{base64.b64encode(data).decode()}" if kind else ""


def picture_kind(data: bytes) -> str:
    """The media type of a PNG or JPEG by its first bytes; an empty text for anything else."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    return "image/jpeg" if data.startswith(b"\xff\xd8\xff") else ""


def _svg(width: int, height: int, inside: str) -> str:
    made = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">{inside}</svg>'
    return f"data:image/svg+xml;base64,{base64.b64encode(made.encode()).decode()}"
