"""A real Chromium, and the components' files served to it as NiceGUI serves them: modules known by bare names."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import nicegui
import pytest
from playwright.sync_api import Browser, Page
from workbooks import workbook_from_text

from banshi.platform.forms import form_schema
from banshi.platform.service.media import MediaFolder
from banshi.platform.sheets import load_bytes
from banshi.ui.components.form import for_browser
from banshi.ui.components.form_texts import FORM_TEXTS

COMPONENTS = Path(__file__).parents[3] / "ui" / "components"
VUE = Path(nicegui.__file__).parent / "static" / "vue.esm-browser.prod.js"
# The element in a page of its own: `mount` shows it and notes what it emits, `form` is its instance.
PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>表单</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/form.css">
<script type="importmap">IMPORTS</script><body style="margin:0;padding:16px"><div id="app"></div>
<script type="module">
window.mount = async (props) => {
  const { createApp, h } = await import("vue");
  const { default: form } = await import("form");
  window.emitted = [];
  const note = (name) => (value) => window.emitted.push([name, JSON.parse(JSON.stringify(value))]);
  const asked = (value) => {
    note("evaluate")(value);
    if (window.form && window.form.held && !window.silent) setTimeout(() => window.form.setServer(window.form.server, value.revision));
  };
  const find = ({ id, what }) => window.form.setFound(id, (window.people || []).filter((one) => one.label.startsWith(what)).map((one) => ({ ...one, exact: one.label.split(" ")[0] === what })));
  const app = createApp({
    render: () => h(form, { ref: "form", ...props, onDraft: note("draft"), onFind: find, onChoices: (asked) => { note("choices")(asked); setTimeout(() => window.form.setFound(asked.id, (window.offered || []).filter((one) => one.label.includes(asked.what)).slice(0, 50))); }, onEvaluate: asked, onSubmit: note("submit") }),
  });
  app.config.errorHandler = (error) => { window.failed = String(error.stack || error); throw error; };
  window.form = app.mount("#app").$refs.form;
};
window.ready = true;
</script></body></html>"""


PASTE = """([selector, text]) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  document.querySelector(selector).dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        if self.path == "/vue.js":
            self._answer("text/javascript", VUE.read_bytes())
            return
        if self.path != "/":
            super().do_GET()
            return
        modules = {path.stem: f"/{path.name}" for path in COMPONENTS.glob("*.js")} | {"vue": "/vue.js"}
        page = PAGE.replace("IMPORTS", json.dumps({"imports": modules}))
        self._answer("text/html; charset=utf-8", page.encode())

    def do_POST(self) -> None:
        """Take a file, as the hall does."""
        data = self.rfile.read(int(self.headers["content-length"]))
        name = unquote(self.headers["x-file-name"])
        if name.endswith(".exe"):
            self._answer("application/json", json.dumps({"detail": "不收这种文件。"}).encode(), 413)
        else:
            kind = "image/png" if data.startswith(b"\x89PNG") else "application/pdf"
            file = {"id": f"id-{len(data)}", "name": name, "size": len(data), "type": kind}
            if name.startswith("慢"):
                time.sleep(0.5)
            self._answer("application/json", json.dumps(file).encode())

    def _answer(self, media_type: str, body: bytes, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("content-type", media_type)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture(scope="session")
def modules_url() -> Iterator[str]:
    """The address of an empty page whose scripts can import the components' modules."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(COMPONENTS)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()


@pytest.fixture
def module_page(browser: Browser, modules_url: str) -> Iterator[Page]:
    """A page that can import the modules."""
    page = browser.new_page()
    page.goto(modules_url)
    yield page
    page.close()


class Screen:
    """A page with a form on it."""

    def __init__(self, page: Page, text: str, language: str = "zh", media: Path | None = None, **props: Any) -> None:
        self.page = page
        if media is not None:
            page.route(
                "**/media/*", lambda route: route.fulfill(path=media / unquote(route.request.url).rsplit("/", 1)[1])
            )
            props["media"] = "/media/"
        settings = "## settings\n| form_id | form_title |\n| t | 测试申请 |\n"
        service, faults = load_bytes(workbook_from_text(settings + text), "测试.xlsx")
        assert service is not None, faults
        self.props = {
            "schema": for_browser(form_schema(service, language, media=MediaFolder(media) if media else None)),
            "values": {},
            "t": dict(FORM_TEXTS[language]),
            "language": language,
            **props,
        }
        self.mount()

    def mount(self) -> None:
        self.page.wait_for_function("window.ready")
        self.page.evaluate("(props) => window.mount(props)", self.props)

    def reload(self) -> None:
        self.page.reload()
        self.mount()

    def call(self, method: str, *args: Any) -> Any:
        return self.page.evaluate("([name, args]) => window.form[name](...args)", [method, list(args)])

    def tell(self, answer: dict[str, Any]) -> None:
        """What the server says of the answers as they stand."""
        self.page.evaluate("answer => window.form.setServer(answer, window.form.rev)", answer)

    def emitted(self, name: str) -> list[Any]:
        return [value for event, value in self.page.evaluate("window.emitted") if event == name]

    def wait_for(self, name: str, count: int = 1) -> Any:
        self.page.wait_for_function(
            "([name, count]) => window.emitted.filter((event) => event[0] === name).length >= count", arg=[name, count]
        )
        return self.emitted(name)[-1]

    def paste(self, selector: str, text: str) -> None:
        """Paste a text into a place, as from a spreadsheet."""
        self.page.evaluate(PASTE, [selector, text])

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()


@pytest.fixture
def show(browser: Browser, modules_url: str) -> Iterator[Any]:
    """Show a form in a window of its own; nothing may fail in the browser, and nothing may leave this machine."""
    opened = []

    def open_one(text: str, size: tuple[int, int] = (1280, 900), **props: Any) -> Screen:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="zh-CN")
        page = context.new_page()
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on(
            "request",
            lambda request: request.url.startswith((modules_url, "data:", "blob:")) or problems.append(request.url),
        )
        opened.append((context, problems))
        page.goto(modules_url)
        return Screen(page, text, **props)

    yield open_one
    for context, problems in opened:
        context.close()
        assert not problems
