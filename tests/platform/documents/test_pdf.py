"""Pages as PDFs, and what a page may try.

1. Text, also Chinese and what looks like markup, and pictures in the page are in the document.
2. Every attack is first seen to succeed against pdfkit as it comes; through us none reads a file or reaches a server.
3. Even a page that is not looked at first gets nothing, for the prefix of flags is a secret and files are off.
4. Where rendering fails, takes too long, or the program is missing, there is no document, and it is said so.
"""

from __future__ import annotations

import base64
import shutil
import struct
import subprocess
import sys
import threading
import unicodedata
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pdfkit
import pytest

from banshi.platform.documents import pdf as module
from banshi.platform.documents.pdf import NotRendered, pdf

SECRET = "密钥BANSHI4711"
PAGE = (
    '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>批复</title>'
    '<style>body{{font-family:"Noto Sans CJK SC"}}</style></head><body><h1>立项批复</h1>{}</body></html>'
)


def text_of(data: bytes) -> str:
    done = subprocess.run(["pdftotext", "-", "-"], input=data, capture_output=True, check=True)
    return unicodedata.normalize("NFKC", done.stdout.decode())


def picture() -> str:
    """A picture of 60 by 20 dots in itself."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    dots = zlib.compress((b"\0" + bytes(range(0, 180, 1))) * 20)
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 60, 20, 8, 2, 0, 0, 0))
    png = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", dots) + chunk(b"IEND", b"")
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


def pictures_in(data: bytes) -> list[tuple[str, str]]:
    """The width and height of each picture of a PDF."""
    done = subprocess.run(["pdfimages", "-list", "-"], input=data, capture_output=True, check=True)
    return [tuple(line.split()[3:5]) for line in done.stdout.decode().splitlines()[2:]]  # type: ignore[misc]


class Inside:
    """A server that only this machine reaches, and what was asked of it."""

    def __init__(self) -> None:
        asked = self.asked = []  # type: ignore[var-annotated]

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                self.send_response(200)
                self.send_header("content-type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(f"<p>{SECRET}</p>".encode())

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def inside() -> Iterator[Inside]:
    server = Inside()
    yield server
    server.close()


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.html"
    path.write_text(f'<meta charset="utf-8"><p>{SECRET}</p>', encoding="utf-8")
    return path


META = '<meta name="pdfkit-{}" content="{}">'
FRAME = '<iframe src="{}" width="600" height="200"></iframe>'
ATTACKS = {
    "file by frame": META.format("enable-local-file-access", "") + FRAME.format("file://{file}"),
    "file by an allowed folder": META.format("allow", "{folder}") + FRAME.format("file://{file}"),
    "file by object": META.format("enable-local-file-access", "")
    + '<object data="file://{file}" type="text/html" width="600" height="200"></object>',
    "file by script": META.format("enable-local-file-access", "")
    + "<script>var x=new XMLHttpRequest();x.open('GET','file://{file}',false);x.send();"
    "document.write(x.responseText)</script>",
    "server by frame": FRAME.format("{server}/frame"),
    "server by picture": '<img src="{server}/picture.png">',
    "server by style sheet": '<link rel="stylesheet" href="{server}/style.css">',
    "server by import": '<style>@import url("{server}/import.css");</style>',
    "server by background": '<p style="background:url({server}/background.png)">x</p>',
    "server by redirection": '<meta http-equiv="refresh" content="0; url={server}/elsewhere">',
    "server by script": "<script>var x=new XMLHttpRequest();x.open('GET','{server}/script',false);x.send();</script>",
    "server around the proxy": META.format("bypass-proxy-for", "127.0.0.1") + '<img src="{server}/around.png">',
}


def page(attack: str, secret: Path, inside: Inside) -> str:
    for name, text in (("file", secret), ("folder", secret.parent), ("server", inside.address)):
        attack = attack.replace("{" + name + "}", str(text))
    return PAGE.format(attack)


def succeeded(made: bytes, inside: Inside) -> bool:
    return bool(inside.asked) or SECRET in text_of(made)


def test_1_text_and_pictures_are_in_the_document() -> None:
    made = pdf(
        PAGE.format(
            f'<p>陈晓雨：同意 &lt;meta name="pdfkit-allow"&gt; &amp; 96.00 元</p><img alt="" src="{picture()}">'
        )
    )
    assert made.startswith(b"%PDF-")
    text = text_of(made)
    assert "立项批复" in text
    assert '陈晓雨：同意 <meta name="pdfkit-allow"> & 96.00 元' in text.replace("陈晓雨:", "陈晓雨：")
    assert pictures_in(made) == [("60", "20")]


@pytest.mark.parametrize("name", ATTACKS)
def test_2_an_attack_that_works_elsewhere_fails_here(
    name: str, secret: Path, inside: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    attack = page(ATTACKS[name], secret, inside)
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    options = {"proxy": "http://127.0.0.1:9"} if "proxy" in name else {}
    try:
        made = pdfkit.from_string(attack, False, options=options)
    except OSError:  # it complains and has asked all the same
        made = b""
    assert inside.asked or (made and SECRET in text_of(made)), "the attack succeeds against pdfkit as it comes"
    inside.asked.clear()
    with pytest.raises(NotRendered):
        pdf(attack)
    assert inside.asked == []


@pytest.mark.parametrize("name", ATTACKS)
def test_3_nor_where_the_page_is_not_looked_at_first(
    name: str, secret: Path, inside: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_ensure_inert", lambda html: None)
    try:
        made = pdf(page(ATTACKS[name], secret, inside))
    except NotRendered:
        made = b""
    assert inside.asked == []
    assert not made or SECRET not in text_of(made)


def test_3_the_prefix_of_flags_is_another_in_each_process() -> None:
    code = "from banshi.platform.documents.pdf import _PREFIX; print(_PREFIX)"
    seen = {subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout for _ in range(2)}
    assert len(seen) == 2
    command = module._command(PAGE.format(META.format("allow", "/etc")), module.Layout())
    assert "--allow" not in command


@pytest.mark.parametrize("program", ["false", "cat", "sleep", ""])
def test_4_no_document_where_rendering_fails(program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in = tmp_path / "stand-in"
    stand_in.write_text("#!/bin/sh\nexec sleep 60\n" if program == "sleep" else f"#!/bin/sh\n{program}\n")
    stand_in.chmod(0o755)
    which = {"": None}.get(program, str(stand_in))
    monkeypatch.setattr(shutil, "which", lambda _: which)
    monkeypatch.setattr(module, "SECONDS", 1)
    with pytest.raises(NotRendered) as failed:
        pdf(PAGE.format("<p>同意</p>"))
    assert "没有产生文件" in failed.value.message("zh")


def test_4_a_page_beyond_the_limit_is_not_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 100)
    monkeypatch.setattr(module, "_run", lambda *_: pytest.fail("it was begun"))
    with pytest.raises(NotRendered):
        pdf(PAGE.format("<p>同意</p>"))
