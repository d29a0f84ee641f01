"""A real Chromium, and the components' files served to it as NiceGUI serves them: modules known by bare names."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

import nicegui
import pytest
from playwright.sync_api import Browser, Page

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
    if (window.form && window.form.held && !window.silent) setTimeout(() => window.form.setServer(window.form.server));
  };
  const find = ({ id, what }) => window.form.setFound(id, (window.people || []).filter((one) => one.label.startsWith(what)).map((one) => ({ ...one, exact: one.label.split(" ")[0] === what })));
  const app = createApp({
    render: () => h(form, { ref: "form", ...props, onDraft: note("draft"), onFind: find, onEvaluate: asked, onSubmit: note("submit") }),
  });
  app.config.errorHandler = (error) => { window.failed = String(error.stack || error); throw error; };
  window.form = app.mount("#app").$refs.form;
};
window.ready = true;
</script></body></html>"""


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
            file = {"id": f"id-{len(data)}", "name": name, "size": len(data), "type": "application/pdf"}
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
