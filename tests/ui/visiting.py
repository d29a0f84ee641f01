"""A hall in a process of its own, and somebody at a browser who visits it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

expect.set_options(timeout=20_000)

HERE = Path(__file__).parent
DESKTOP, PHONE = {"width": 1280, "height": 860}, {"width": 390, "height": 844}
NARROW = {"width": 360, "height": 740}


def serve(*arguments: str, port: int = 0) -> Iterator[str]:
    """A hall in a process of its own, on a free port without one. NiceGUI must not believe that it runs under pytest, so nothing says so."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    command = [sys.executable, str(HERE / "stage.py"), str(port), *arguments]
    process = subprocess.Popen(command, env=clean, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        told = []
        for line in process.stdout:
            told.append(line)
            if found := re.search(r"http://localhost:(\d+)/", line):
                yield f"http://127.0.0.1:{found[1]}"
                break
        else:
            pytest.fail("The hall did not start:\n" + "".join(told))
        process.terminate()
        rest = process.communicate(timeout=30)[0]
        assert process.returncode in {0, -signal.SIGTERM}  # uvicorn raises the signal again after it has closed
        assert "Traceback" not in rest, rest
    finally:
        process.kill()


class Visitor:
    """Somebody at a browser. What goes wrong in the page fails the test; that a line breaks which the test broke does not."""

    def __init__(self, browser: Browser, hall: str, person: str, size: dict[str, int]) -> None:
        context = browser.new_context(viewport=size, accept_downloads=True, locale="zh-CN")
        context.set_default_timeout(20_000)
        self.hall = hall
        self.page = context.new_page()
        self.wrong: list[str] = []
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("console", self._said)
        if person:
            self.page.goto(f"{hall}/sign-in")
            self.page.locator(f'button[value="{person}"]').click()
            expect(self.page.get_by_role("heading", level=1)).to_contain_text("想办什么事")

    def go(self, path: str) -> Page:
        self.page.goto(self.hall + path)
        return self.page

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "net::ERR_INTERNET_DISCONNECTED" not in message.text:
            self.wrong.append(message.text)

    def done(self) -> None:
        assert self.wrong == [], self.wrong
        self.page.context.close()


def violations(page: Page) -> list[str]:
    """What axe-core objects to: the rule, where, and why."""
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(AXE_SCRIPT)
    result: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert len(result["passes"]) > 5
    return [
        f"{rule['id']} ({rule['impact']}) {' '.join(map(str, node['target']))}: {node['failureSummary']} {node['html'][:200]}"
        for rule in result["violations"]
        for node in rule["nodes"]
    ]
