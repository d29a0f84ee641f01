"""A page of HTML as a PDF file, by pdfkit and wkhtmltopdf, which are trusted with nothing.

pdfkit 1.0.0 turns a `<meta name="pdfkit-…">` of the page into a flag of wkhtmltopdf (CVE-2025-26240, not mended), and
wkhtmltopdf has fetched files and addresses that a page named (CVE-2022-35583). So the prefix of such tags is a secret of
this process; scripts, plugins and local files are off; every address goes to a proxy that is not there; a page that would
load anything but a picture in itself (`data:`) is refused before it is rendered; memory and time are bounded; and whatever
goes wrong, there is no document at all.
"""

from __future__ import annotations

import contextlib
import logging
import re
import resource
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from banshi.platform.errors import HallError

LOG = logging.getLogger("banshi")
PROGRAM = "wkhtmltopdf"
SECONDS = 60
MOST_BYTES = 20 * 1024 * 1024
_MEMORY = 2 * 1024**3
_PREFIX = f"x{secrets.token_hex(16)}-"
_OPTIONS = {
    "encoding": "utf-8",
    "margin-top": "15mm",
    "margin-bottom": "15mm",
    "margin-left": "18mm",
    "margin-right": "15mm",
    "disable-javascript": "",
    "disable-plugins": "",
    "disable-local-file-access": "",
    "proxy": "http://127.0.0.1:9",  # the port that discards
    "load-error-handling": "abort",
    "load-media-error-handling": "abort",
}
_LOADING = frozenset(
    {
        "applet",
        "audio",
        "base",
        "bgsound",
        "embed",
        "frame",
        "frameset",
        "iframe",
        "image",
        "input",
        "link",
        "object",
        "portal",
        "script",
        "source",
        "svg",
        "track",
        "video",
    }
)
_ADDRESSES = frozenset({"background", "data", "poster", "src", "srcset", "xlink:href"})
_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif);")
"""Pictures of dots: an SVG may name files and addresses of its own."""
_IN_STYLE = re.compile(r"url\s*\(|@import|expression\s*\(|\\", re.IGNORECASE)


class NotRendered(HallError):
    """There is no document: the page could not be rendered."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            "暂时无法生成 PDF，没有产生文件。请稍后重试，或下载 ZIP 归档文件；仍然不行请联系管理员。",
            "The PDF cannot be made just now, and there is no file. Try again later, or take the ZIP file; else ask an administrator.",
        )


@dataclass(frozen=True, slots=True)
class Layout:
    """The paper that a page is printed on."""

    size: str = "A4"
    landscape: bool = False


def pdf(html: str, layout: Layout = Layout(), drawn: Mapping[str, str] | None = None) -> bytes:  # frozen
    """The file; NotRendered for a page that loads something, is too large, takes too long, or fails.

    `drawn` are pieces of HTML that the platform itself has made, by words that nobody can guess and that stand for them in
    the page: they may hold drawings.
    """
    _ensure_inert(html)
    whole = html
    for word, piece in (drawn or {}).items():
        whole = whole.replace(word, piece)
    with tempfile.TemporaryDirectory(prefix="banshi-pdf-") as scratch:
        return _run(_command(whole, layout), whole.encode(), Path(scratch))


def _command(html: str, layout: Layout) -> list[str]:
    import pdfkit

    program = shutil.which(PROGRAM)
    if program is None:
        LOG.error("%s is not installed, so no PDF can be made.", PROGRAM)
        raise NotRendered
    options = {**_OPTIONS, "page-size": layout.size, "orientation": "Landscape" if layout.landscape else "Portrait"}
    found = pdfkit.configuration(wkhtmltopdf=program, meta_tag_prefix=_PREFIX)
    return list(pdfkit.PDFKit(html, "string", options=options, configuration=found).command())


def _run(command: list[str], sent: bytes, scratch: Path) -> bytes:
    """Render in an empty folder, with nothing of our environment."""
    around = {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": str(scratch),
        "XDG_RUNTIME_DIR": str(scratch),
        "QT_QPA_PLATFORM": "offscreen",  # there is no screen
    }
    process = subprocess.Popen(  # noqa: S603  # the command has nothing of the page
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=around, cwd=scratch
    )
    with contextlib.suppress(ProcessLookupError):
        resource.prlimit(process.pid, resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    try:
        made, said = process.communicate(sent, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        LOG.warning("A PDF took longer than %s seconds.", SECONDS)
        raise NotRendered from None
    if process.returncode != 0 or not made.startswith(b"%PDF-"):
        LOG.error("A PDF failed (%s): %s", process.returncode, said.decode(errors="replace")[-500:])
        raise NotRendered
    return made


def _ensure_inert(html: str) -> None:
    looking = _Looking()
    looking.feed(html)
    looking.close()
    if len(html.encode()) > MOST_BYTES or looking.loads:
        LOG.error("A page was not rendered: %s.", looking.loads or "it is too large")
        raise NotRendered


class _Looking(HTMLParser):
    """What a page would load, beside pictures in itself."""

    def __init__(self) -> None:
        super().__init__()
        self.loads = ""
        self._styling = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at an element."""
        self._styling = tag == "style"
        if tag in _LOADING:
            self.loads = f"<{tag}>"
        for name, value in attrs:
            address = "".join((value or "").split()).lower()
            if name in _ADDRESSES and not (tag == "img" and _PICTURE.match(address)):
                self.loads = f"{name} of <{tag}>"
            if name.startswith("on") or (name == "style" and _IN_STYLE.search(value or "")):
                self.loads = f"{name} of <{tag}>"
            if (tag, name) == ("meta", "http-equiv") and address != "content-security-policy":
                self.loads = f"{value} of <meta>"

    def handle_endtag(self, tag: str) -> None:
        """Look at what is no style any more."""
        if tag == "style":
            self._styling = False

    def handle_data(self, data: str) -> None:
        """Look at a style."""
        if self._styling and _IN_STYLE.search(data):
            self.loads = "a style sheet"
