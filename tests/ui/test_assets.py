"""Static files come from memory, packed once, and nothing else does."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any

import httpx
import nicegui

from banshi.ui.assets import Assets, url
from banshi.ui.components import form

FRAMEWORK = f"/_nicegui/{nicegui.__version__}/"


class App:
    """Counts what it is asked for, and answers with a long text."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[bytes, bytes]]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked.append((scope["path"], dict(scope["headers"])))
        status = 404 if "missing" in scope["path"] else 200
        headers = [(b"content-type", b"text/javascript")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"const a = 1;" * 200, "more_body": True})
        await send({"type": "http.response.body", "body": b"// end"})


async def ask(app: App, *paths: str, **headers: str) -> list[httpx.Response]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(Assets(app)), base_url="http://hall") as web:
        return [await web.get(path, headers=headers) for path in paths]


async def test_a_file_of_the_framework_is_asked_for_once() -> None:
    app = App()
    path = f"{FRAMEWORK}static/vue.js"
    first, second = await ask(app, path, path, **{"accept-encoding": "gzip", "range": "bytes=0-3"})
    assert [asked for asked, _ in app.asked] == [path]
    assert not {b"accept-encoding", b"range"} & set(app.asked[0][1])
    assert first.text == second.text == "const a = 1;" * 200 + "// end"
    assert first.headers["content-encoding"] == second.headers["content-encoding"] == "gzip"
    assert "immutable" in second.headers["cache-control"]


async def test_a_browser_that_takes_no_gzip_gets_none() -> None:
    path = f"{FRAMEWORK}static/vue.js"
    (answer,) = await ask(App(), path, **{"accept-encoding": "identity"})
    assert "content-encoding" not in answer.headers
    assert int(answer.headers["content-length"]) == len(answer.content)


async def test_a_file_that_was_cut_off_is_not_kept() -> None:
    """Its browser had left meanwhile; the next one gets the whole file."""
    cut = [True]

    class Leaving(App):
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            self.asked.append((scope["path"], {}))
            headers = [(b"content-type", b"text/javascript"), (b"content-length", b"12")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": b"const a" if cut.pop(0) else b"const a = 1;"})

    app, path = Leaving(), f"{FRAMEWORK}static/vue.js"
    cut += [False]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(Assets(app)), base_url="http://hall") as web:
        await web.get(path)
        assert [(await web.get(path)).text for _ in range(2)] == ["const a = 1;"] * 2
    assert len(app.asked) == 2


async def test_what_is_missing_or_changes_is_not_kept() -> None:
    app = App()
    paths = [f"{FRAMEWORK}static/missing.js", f"{FRAMEWORK}dynamic_resources/x", "/cases"]
    answers = await ask(app, *paths, *paths)
    assert [asked for asked, _ in app.asked] == paths * 2
    assert [answer.status_code for answer in answers] == [404, 200, 200] * 2


async def test_our_own_files_never_reach_the_app() -> None:
    app = App()
    css, icons = await ask(app, url("screens.css"), url("icons.svg"))
    assert app.asked == []
    assert css.headers["content-type"] == "text/css; charset=utf-8"
    assert icons.headers["content-type"] == "image/svg+xml"
    assert b"--primary" in (gzip.decompress(css.content) if css.content[:2] == b"\x1f\x8b" else css.content)


def test_a_form_brings_every_module_that_it_imports() -> None:
    folder = Path(form.__file__).parent
    brought = {Path(name).stem for name in form._MODULES} | {"form", "vue"}
    files = [folder / "form.js", *(folder / name for name in form._MODULES)]
    asked = {name for file in files for name in re.findall(r'from "([\w-]+)"', file.read_text(encoding="utf-8"))}
    assert asked <= brought
