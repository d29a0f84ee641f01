"""A real Chromium, and the components' files served to it as NiceGUI serves them: modules known by bare names."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

COMPONENTS = Path(__file__).parents[3] / "ui" / "components"
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        if self.path != "/":
            super().do_GET()
            return
        modules = {path.stem: f"/{path.name}" for path in COMPONENTS.glob("*.js")}
        body = (
            f'<!doctype html><meta charset="utf-8"><script type="importmap">{json.dumps({"imports": modules})}</script>'
        )
        self.send_response(200)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(body.encode())


@pytest.fixture(scope="session")
def modules_url() -> Iterator[str]:
    """The address of an empty page whose scripts can import the components' modules."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(COMPONENTS)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def module_page(chromium: Browser, modules_url: str) -> Iterator[Page]:
    """A page that can import the modules."""
    page = chromium.new_page()
    page.goto(modules_url)
    yield page
    page.close()
