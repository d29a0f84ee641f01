"""The task list of somebody with 500 open tasks, in Chromium, against other ways to show them, in the same run.

    .venv/bin/python benchmarks/task_list.py

Each way is opened ten times in a fresh browser context, in turn: the time until the first task can be read, the CPU time
of the server's process for it (page and socket), and the bytes of the page as they come (gzip) and as they are.

Nothing leaves 127.0.0.1.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

TASKS = 500
TIMES = 10
WAYS = {
    "/tasks": "the task list, 50 a page",
    "/bench/listing": "our list element, all 500",
    "/bench/html": "HTML from the server (jinja2), all 500",
    "/bench/table": "NiceGUI's ui.table, all 500",
    "/bench/elements": "NiceGUI's elements, all 500",
}
_TICK = os.sysconf("SC_CLK_TCK")
ERRAND = """
## settings
| form_id | form_title | owner  | number         |
| errand  | 用印申请   | 设备处 | YY{yyyy}{0001} |

## survey
| type | name | label    | required |
| text | 事由 | 用印事由 | yes      |

## route
| step | name       | who            | ops   |
| 10   | 申请       | initiator      |       |
| 20   | 学院负责人 | head(申请部门) | +批量 |
"""
_HTML = """<!doctype html><html lang="zh"><body><table>{% for row in rows %}<tr><td><a href="/cases/{{ row.case_id }}">
{{ row.title }}</a> {{ row.service }} · {{ row.number }}</td><td>{{ row.step_name }}</td><td>{{ row.applicant }}</td>
<td>{{ row.since }}</td></tr>{% endfor %}</table></body></html>"""


def serve(folder: Path, port: int) -> None:
    """The hall with its tasks, and beside it the other ways."""
    import uvicorn
    from fastapi.responses import HTMLResponse
    from halls import open_test_hall
    from jinja2 import Template
    from nicegui import app, ui

    from banshi.ui import guard
    from banshi.ui.screens.listing import Cell, Column, Listing
    from banshi.ui.server import compose
    from banshi.ui.settings import Settings
    from banshi.ui.texts import Texts

    guard.Bucket.take = lambda _: True  # type: ignore[method-assign]
    hall = open_test_hall(folder, services={"errand": ERRAND})
    for count in range(TASKS):
        student = hall.directory.people["20001"]
        hall.submit(student, "errand", {"事由": f"成绩单盖章 {count}"}, command_id=f"errand-{count:05}")
    head = hall.directory.people["20002"]
    root = compose(hall, Settings(data=folder, definitions=folder / "definitions"))
    template = Template(_HTML, autoescape=True)

    def rows() -> list[object]:
        return list(hall.tasks(head, size=TASKS).items)

    @ui.page("/bench/listing")
    def listing() -> None:
        cells = [
            {"title": Cell(r.title, f"/cases/{r.case_id}", sub=r.number, cover=True), "step": Cell(r.step_name),
             "who": Cell(r.applicant), "at": Cell(str(r.since))}
            for r in rows()
        ]  # fmt: skip
        columns = [
            Column("title", "事项", "lead"),
            Column("step", "环节"),
            Column("who", "申请人"),
            Column("at", "到达"),
        ]
        Listing(columns, cells, caption="待办", t=Texts("zh"))

    @ui.page("/bench/table")
    def table() -> None:
        names = ("title", "number", "step_name", "applicant", "since")
        columns = [{"name": name, "label": name, "field": name} for name in names]
        ui.table(
            columns=columns, rows=[{name: str(getattr(r, name)) for name in names} for r in rows()], row_key="number"
        )

    @ui.page("/bench/elements")
    def elements() -> None:
        for r in rows():
            with ui.row():
                ui.link(r.title, f"/cases/{r.case_id}")
                for text in (r.number, r.step_name, r.applicant, str(r.since)):
                    ui.label(text)

    @app.get("/bench/html")
    def html() -> HTMLResponse:
        return HTMLResponse(template.render(rows=rows()))

    config = uvicorn.Config(
        root, port=port, log_level="warning", access_log=False, ws="websockets-sansio", ws_per_message_deflate=False
    )
    uvicorn.Server(config).run()


def cpu(pid: int) -> float:
    """The CPU seconds that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def main() -> None:
    """Serve, visit in turn, print."""
    from conftest import FLAGS
    from playwright.sync_api import sync_playwright

    port = 8391
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen([sys.executable, __file__, folder, str(port)])
        try:
            base = f"http://127.0.0.1:{port}"
            for _ in range(600):
                try:
                    httpx.get(f"{base}/health")
                    break
                except httpx.TransportError:
                    time.sleep(0.5)
            seen: dict[str, list[tuple[float, float]]] = {way: [] for way in WAYS}
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
                context = browser.new_context(viewport={"width": 1280, "height": 860})
                page = context.new_page()
                page.set_default_timeout(120_000)
                page.goto(f"{base}/sign-in")
                page.locator('button[value="20002"]').click()
                page.wait_for_selector("h1")
                for turn in range(TIMES + 1):
                    for way in WAYS:
                        before, begin = cpu(server.pid), time.perf_counter()
                        page.goto(base + way, wait_until="commit")
                        page.get_by_text("用印申请", exact=False).first.wait_for()
                        took = time.perf_counter() - begin
                        page.wait_for_load_state("networkidle")
                        if turn:  # the first fills the browser's cache
                            seen[way].append((took, cpu(server.pid) - before))
                cookies = {cookie["name"]: cookie["value"] for cookie in context.cookies()}
                browser.close()
            client = httpx.Client(base_url=base, cookies=cookies)
            print(f"{TASKS} open tasks, {TIMES} visits each: medians")
            for way, name in WAYS.items():
                told = client.get(way)
                took, used = (statistics.median(column) for column in zip(*seen[way], strict=True))
                print(f"{name:42} {took * 1000:6.0f} ms to read, {used * 1000:6.0f} ms CPU, "
                      f"{told.num_bytes_downloaded / 1024:6.1f} KB ({len(told.content) / 1024:7.1f} KB unpacked)")  # fmt: skip
        finally:
            server.terminate()
            server.wait(30)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        serve(Path(sys.argv[1]), int(sys.argv[2]))
    else:
        main()
