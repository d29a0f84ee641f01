"""Static files of the screens from memory, compressed once.

Starlette compresses a file anew for each browser; for one cold browser that blocks the event loop about as long as
25 form pages take. Every file below these addresses is named by a version or a hash, so it never changes while we run.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from pathlib import Path
from typing import TYPE_CHECKING

import nicegui
from starlette.datastructures import Headers

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_FRAMEWORK = f"/_nicegui/{nicegui.__version__}/"
_CHANGING = f"{_FRAMEWORK}dynamic_resources/"
_OWN = "/static/"
_FOLDERS = (Path(__file__).parent / "screens", Path(__file__).parent / "components")
_SUFFIXES = {".css", ".svg"}
_LIMIT = 64 * 1024 * 1024  # bytes kept; the whole framework has about 20 MB
_IMMUTABLE = b"public, max-age=31536000, immutable"
_COMPRESSIBLE = ("text/", "application/javascript", "application/json", "image/svg")

mimetypes.add_type("image/svg+xml", ".svg")


def _own_files() -> dict[str, Path]:
    return {file.name: file for folder in _FOLDERS for file in sorted(folder.iterdir()) if file.suffix in _SUFFIXES}


_HASH = hashlib.sha256(b"".join(path.read_bytes() for path in _own_files().values())).hexdigest()[:12]


def url(name: str) -> str:
    """The address of one of our own style sheets or pictures; it changes when any of them changes."""
    return f"{_OWN}{_HASH}/{name}"


class _Asset:
    """One file: its type, its bytes, and its compressed bytes where that helps."""

    def __init__(self, media_type: bytes, body: bytes) -> None:
        self.media_type = media_type
        self.body = body
        text = media_type.decode("latin-1").startswith(_COMPRESSIBLE)
        packed = gzip.compress(body, 9) if text and len(body) > 500 else body
        self.packed = packed if len(packed) < len(body) else None

    def headers(self, *, compressed: bool) -> list[tuple[bytes, bytes]]:
        body = self.packed if compressed and self.packed is not None else self.body
        headers = [
            (b"content-type", self.media_type),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", _IMMUTABLE),
            (b"vary", b"accept-encoding"),
        ]
        return [*headers, (b"content-encoding", b"gzip")] if body is self.packed else headers


class Assets:
    """Pure ASGI: answers requests for static files from memory, asking the app behind it once for each."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._kept: dict[str, _Asset] = {}
        self._size = 0
        for name, path in _own_files().items():
            media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
            charset = "; charset=utf-8" if media_type.startswith("text/") else ""
            self._keep(url(name), _Asset((media_type + charset).encode(), path.read_bytes()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it."""
        path = scope.get("path", "")
        if scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"} or path.startswith(_CHANGING):
            await self.app(scope, receive, send)
        elif path in self._kept:
            await self._answer(self._kept[path], scope, send)
        elif path.startswith(_FRAMEWORK) and scope["method"] == "GET":
            await self._fetch(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _answer(self, asset: _Asset, scope: Scope, send: Send) -> None:
        compressed = asset.packed is not None and "gzip" in Headers(scope=scope).get("accept-encoding", "")
        body = asset.packed if compressed and asset.packed is not None else asset.body
        await send({"type": "http.response.start", "status": 200, "headers": asset.headers(compressed=compressed)})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    async def _fetch(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the app answer once, without compression or a range, and keep the answer if it is a whole file."""
        dropped = {b"accept-encoding", b"range", b"if-none-match", b"if-modified-since", b"if-range"}
        plain = {**scope, "headers": [pair for pair in scope["headers"] if pair[0] not in dropped]}
        start: Message = {}
        chunks: list[bytes] = []

        async def collect(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            elif message["type"] == "http.response.body":
                chunks.append(message.get("body", b""))

        await self.app(plain, receive, collect)
        body = b"".join(chunks)
        headers = Headers(raw=start["headers"])
        media_type = headers.get("content-type", "application/octet-stream")
        # An answer ends early when the browser leaves meanwhile: kept, it would break the page for everybody else.
        if start["status"] == 200 and headers.get("content-length", str(len(body))) == str(len(body)):
            asset = _Asset(media_type.encode("latin-1"), body)
            self._keep(scope["path"], asset)
            await self._answer(asset, scope, send)
        else:
            await send(start)
            await send({"type": "http.response.body", "body": body})

    def _keep(self, path: str, asset: _Asset) -> None:
        size = len(asset.body) + len(asset.packed or b"")
        if self._size + size <= _LIMIT:
            self._kept[path] = asset
            self._size += size
