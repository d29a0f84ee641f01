"""The form of a service against the same questions as plain NiceGUI elements and as HTML from the server.

    .venv/bin/python benchmarks/forms.py

Forms of 30 and 200 questions. A visit opens the page, connects its socket, answers (an event a question where each is an
element; a draft and a sending where the form is one element; a POST for HTML) and leaves. What a visit costs is the CPU
time of the server's process, which does not count the visitors. Memory is what its resident set grows by for each page
that is open with a socket of its own. At last 1,000 people have the whole page of a service open, as the hall serves it.

Nothing leaves 127.0.0.1.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import httpx
import websockets
from fastapi import FastAPI, Request
from openpyxl import Workbook

SIZES = (30, 200)
KINDS = ("blank", "html", "form", "elements")
VISITS = {30: 120, 200: 40}
OPEN = 200
PEOPLE = 1000
TYPES = ("text", "integer", "decimal", "date", "select_one unit", "select_one unit", "text", "acknowledge")
UNITS = ("化学学院", "材料学院", "信息学院", "后勤处")
_TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def workbook(size: int) -> bytes:
    """A service of `size` questions on pages of ten: names, types, choices, some conditions and limits."""
    book = Workbook()
    survey = book.active
    assert survey is not None
    survey.title = "survey"
    survey.append(["type", "name", "label", "hint", "required", "relevant", "constraint"])
    for number in range(size):
        if number % 10 == 0:
            survey.append(["begin_group", f"页{number}", f"第 {number // 10 + 1} 部分"])
        sort = TYPES[number % len(TYPES)]
        relevant = f"${{q{number - 1}}} != ''" if number % 7 == 6 else None
        limit = ". >= 0" if sort in ("integer", "decimal") else None
        required = "yes" if number % 5 == 0 else None
        survey.append([sort, f"q{number}", f"第 {number} 题", "请如实填写", required, relevant, limit])
        if number % 10 == 9 or number == size - 1:
            survey.append(["end_group"])
    choices = book.create_sheet("choices")
    for row in (("list_name", "name", "label"), *(("unit", f"u{at}", name) for at, name in enumerate(UNITS))):
        choices.append(row)
    settings = book.create_sheet("settings")
    for row in (("form_id", "form_title", "owner"), (f"form{size}", f"{size} 题的表单", "设备处")):
        settings.append(row)
    route = book.create_sheet("route")
    for row in (("step", "name", "who"), (10, "申请", "initiator"), (20, "设备处", "head(设备处)")):
        route.append(row)
    data = BytesIO()
    book.save(data)
    return data.getvalue()


def organisation() -> bytes:
    """One department and its head, who applies too."""
    book = Workbook()
    people = book.active
    assert people is not None
    people.title = "people"
    for row in (("id", "name", "department", "demo"), ("20001", "陈晓雨", "设备处", "yes")):
        people.append(row)
    departments = book.create_sheet("departments")
    for row in (("name", "head"), ("设备处", "20001")):
        departments.append(row)
    data = BytesIO()
    book.save(data)
    return data.getvalue()


# The server


def serve(folder: Path, port: int) -> None:
    """The hall as it is served, and beside it the pages to compare, under the same settings."""
    import uvicorn
    from fastapi.responses import HTMLResponse, PlainTextResponse
    from jinja2 import Template
    from nicegui import app, ui

    from banshi.platform.forms.schema import form_schema
    from banshi.platform.opening import open_hall
    from banshi.platform.sheets import load_workbook
    from banshi.platform.workbook import read_workbook
    from banshi.rules.values import dumps
    from banshi.ui import guard
    from banshi.ui.components.form import ServiceForm
    from banshi.ui.server import compose
    from banshi.ui.settings import Settings

    guard.Bucket.take = lambda _: True  # type: ignore[method-assign]  # a visit here takes a moment, not minutes
    hall = open_hall(data=folder / "data", definitions=folder / "definitions")
    hall.scan()
    root: FastAPI = compose(hall, Settings(data=folder / "data", definitions=folder / "definitions"))
    schemas = {}
    for size in SIZES:
        book, _ = read_workbook(workbook(size), "form.xlsx")
        assert book is not None
        service, found = load_workbook(book, None, [])
        assert service is not None, found
        schemas[size] = dumps(form_schema(service)).encode()
    template = Template(_HTML, autoescape=True)

    @ui.page("/bench/blank/{size}")
    def blank(size: int) -> None:
        ui.label(str(size))

    async def nothing(_answers: object, *_more: object) -> None:
        """Say nothing about the answers."""

    @ui.page("/bench/form/{size}")
    def form(size: int) -> None:
        ServiceForm(schemas[size], on_draft=nothing, on_evaluate=nothing, on_submit=len)

    @ui.page("/bench/elements/{size}")
    def elements(size: int) -> None:
        answers: dict[str, object] = {}
        for number in range(size):
            _element(number, answers)
        ui.button("提交", on_click=lambda: len(answers))

    @app.get("/bench/html/{size}")
    def html(size: int) -> HTMLResponse:
        return HTMLResponse(template.render(size=size, types=TYPES, units=UNITS))

    @app.post("/bench/html/{size}")
    async def sent(size: int, request: Request) -> PlainTextResponse:
        return PlainTextResponse(f"{size} {len(await request.form())}")

    config = uvicorn.Config(
        root, port=port, log_level="warning", access_log=False, ws="websockets-sansio", ws_per_message_deflate=False
    )
    uvicorn.Server(config).run()


def _element(number: int, answers: dict[str, object]) -> None:
    """One question as people write it with NiceGUI: an element, and a handler that keeps its answer."""
    from nicegui import ui

    label, name = f"第 {number} 题", f"q{number}"

    def keep(event: object) -> None:
        answers[name] = getattr(event, "value", None)

    match TYPES[number % len(TYPES)].split()[0]:
        case "integer" | "decimal":
            ui.number(label, min=0, on_change=keep)
        case "select_one":
            ui.select({f"u{at}": unit for at, unit in enumerate(UNITS)}, label=label, on_change=keep)
        case "acknowledge":
            ui.checkbox(label, on_change=keep)
        case _:
            ui.input(label, on_change=keep, validation={"必填": bool} if number % 5 == 0 else None)
    ui.label("请如实填写")


_HTML = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>表单</title><form method="post">
{%- for number in range(size) %}{% set sort = types[number % types|length].split()[0] %}
<p><label for="q{{ number }}">第 {{ number }} 题</label><span id="h{{ number }}">请如实填写</span>
{%- if sort == "select_one" %}<select id="q{{ number }}" name="q{{ number }}" aria-describedby="h{{ number }}">
{%- for unit in units %}<option value="u{{ loop.index0 }}">{{ unit }}</option>{% endfor %}</select>
{%- elif sort == "acknowledge" %}<input type="checkbox" id="q{{ number }}" name="q{{ number }}">
{%- else %}<input id="q{{ number }}" name="q{{ number }}" type="{{ "date" if sort == "date" else "text" }}" aria-describedby="h{{ number }}">
{%- endif %}</p>{% endfor %}<button>提交</button></form></html>"""


# The visitors


@dataclass
class Server:
    """The server's process, as the kernel accounts for it."""

    port: int
    pid: int
    cookie: str = ""
    sockets: list[websockets.ClientConnection] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def cpu(self) -> float:
        """CPU seconds that it has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICK

    def memory(self) -> int:
        """Bytes that it holds."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * _PAGE

    async def open(self, web: httpx.AsyncClient, path: str) -> tuple[str, str, websockets.ClientConnection]:
        """A page, and its socket after the handshake: the client's id, the page, the socket."""
        text = (await web.get(path)).raise_for_status().text
        found = re.search(r"client_id.{1,8}?([0-9a-f-]{36})", text)
        assert found is not None
        key = found[1]
        query = f"EIO=4&transport=websocket&client_id={key}&next_message_id=0&implicit_handshake=false"
        headers = {"Origin": self.url, "Cookie": f"banshi_session={self.cookie}"}
        ws = await websockets.connect(
            f"ws://127.0.0.1:{self.port}/_nicegui_ws/socket.io/?{query}", additional_headers=headers, compression=None
        )
        await ws.recv()
        await ws.send("40")
        await ws.recv()
        said = {"client_id": key, "tab_id": key, "document_id": key, "next_message_id": 0}
        await ws.send("421" + json.dumps(["handshake", said]))
        while not (answer := str(await ws.recv())).startswith("431"):
            pass
        assert answer == "431[true]", answer
        return key, text, ws


def events(text: str) -> list[tuple[int, str, str]]:
    """What may be told to a page: the element, the event, its listener."""
    (raw,) = re.findall(r"parseElements\(String\.raw`(.*?)`\)", text, re.DOTALL)
    plain = (
        raw.replace("&lt;", "<").replace("&gt;", ">").replace("&#96;", "`").replace("&#36;", "$").replace("&amp;", "&")
    )
    return [
        (int(key), event["type"], event["listener_id"])
        for key, element in json.loads(plain).items()
        for event in element.get("events", ())
    ]


def answered(kind: str, size: int, told: list[tuple[int, str, str]]) -> list[tuple[int, str, object]]:
    """The events of somebody who fills in everything once."""
    if kind == "form":
        answers = {f"q{number}": "化学学院" for number in range(size)}
        facts: dict[str, object] = {
            "draft": answers,
            "evaluate": {"answers": answers, "passed": []},
            "submit": {"answers": answers, "command_id": "0" * 32},
        }
        return [(element, listener, facts[name]) for element, name, listener in told if name in facts]
    values = [one for one in told if one[1] in ("update:value", "update:modelValue", "update:model-value", "click")]
    said: dict[str, object] = {
        "select_one": {"value": 1, "label": "材料学院"},
        "acknowledge": True,
        "integer": 1,
        "decimal": 1,
    }
    sorts = iter(TYPES[number % len(TYPES)].split()[0] for number in range(size))
    return [
        (element, listener, {} if name == "click" else said.get(next(sorts), "化学学院"))
        for element, name, listener in values
    ]


async def visit(server: Server, web: httpx.AsyncClient, kind: str, size: int) -> int:
    """One visit; the bytes of the page."""
    path = f"/bench/{kind}/{size}"
    if kind == "html":
        body = (await web.get(path)).raise_for_status().content
        (await web.post(path, data={f"q{number}": "化学学院" for number in range(size)})).raise_for_status()
        return len(body)
    key, text, ws = await server.open(web, path)
    if kind != "blank":
        for element, listener, args in answered(kind, size, events(text)):
            told = {"id": element, "client_id": key, "listener_id": listener, "args": [json.dumps(args)]}
            await ws.send("42" + json.dumps(["event", told]))
    await ws.send("422" + json.dumps(["ack", {"client_id": key, "next_message_id": 0}]))
    while not str(await ws.recv()).startswith("432"):
        pass
    await ws.close()
    return len(text.encode())


async def at_once(jobs: int, job: Callable[[], Awaitable[object]], width: int = 4) -> None:
    """Do a job many times, a few at a time."""
    gate = asyncio.Semaphore(width)

    async def one() -> None:
        async with gate:
            await job()

    await asyncio.gather(*(one() for _ in range(jobs)))


async def visits(server: Server, web: httpx.AsyncClient, kind: str, size: int) -> tuple[float, int]:
    """CPU milliseconds of the server for a visit, best of three rounds; the bytes of the page."""
    weight = await visit(server, web, kind, size)
    best = float("inf")
    for _ in range(3):
        before = server.cpu()
        await at_once(VISITS[size], lambda: visit(server, web, kind, size))
        await asyncio.sleep(0.3)
        best = min(best, (server.cpu() - before) / VISITS[size])
    return best * 1000, weight


async def memory(server: Server, web: httpx.AsyncClient, path: str, count: int) -> tuple[float, int]:
    """Kilobytes that a page takes while it is open, and bytes that the process holds with all of them."""
    held = []

    async def stay() -> None:
        held.append((await server.open(web, path))[2])

    await at_once(20, stay)
    before = server.memory()
    await at_once(count, stay)
    await asyncio.sleep(2)
    whole = server.memory()
    for ws in held:
        await ws.close()
    return (whole - before) / count / 1024, whole


async def started(folder: Path) -> tuple[subprocess.Popen[bytes], Server]:
    """A fresh server: what an earlier one has kept would hide what pages take."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (folder / "log.txt").open("ab") as log:
        process = subprocess.Popen([sys.executable, __file__, "serve", str(folder), str(port)], stdout=log, stderr=log)
    server = Server(port, process.pid)
    async with httpx.AsyncClient(base_url=server.url) as web:
        for _ in range(240):
            try:
                answer = await web.post("/sign-in", data={"person": "20001"})
                server.cookie = answer.cookies["banshi_session"]
            except (httpx.ConnectError, KeyError):
                await asyncio.sleep(0.25)
            else:
                return process, server
    process.kill()
    raise RuntimeError("the server did not start")


async def measure(folder: Path) -> None:
    """Print everything."""
    for size in SIZES:
        print(f"\n{size} questions".ljust(26) + "CPU ms a visit   visits a CPU second   page KB   memory KB a page")
        costs = {}
        for kind in KINDS:
            process, server = await started(folder)
            try:
                async with httpx.AsyncClient(
                    base_url=server.url, cookies={"banshi_session": server.cookie}, timeout=60
                ) as web:
                    # First of all: closed pages linger for a minute, and what they leave would be used again.
                    held = 0.0 if kind == "html" else (await memory(server, web, f"/bench/{kind}/{size}", OPEN))[0]
                    costs[kind], weight = await visits(server, web, kind, size)
            finally:
                process.kill()
                process.wait()
            print(f"  {kind:22} {costs[kind]:14.2f} {1000 / costs[kind]:21.1f} {weight / 1024:9.1f} {held:18.1f}")
        print(f"  form against elements: {costs['elements'] / costs['form']:.1f} times as many visits; "
              f"HTML against form: {costs['form'] / costs['html']:.1f} times")  # fmt: skip
    for size in SIZES:
        process, server = await started(folder)
        try:
            async with httpx.AsyncClient(
                base_url=server.url, cookies={"banshi_session": server.cookie}, timeout=60
            ) as web:
                began = time.perf_counter()
                each, whole = await memory(server, web, f"/services/form{size}/apply", PEOPLE - 20)
                took = time.perf_counter() - began
        finally:
            process.kill()
            process.wait()
        print(f"\n{PEOPLE} people on the whole page of a service of {size} questions: {whole / 2**20:.0f} MiB in one process, "
              f"{each:.1f} KB each ({took:.0f} s to let all in)")  # fmt: skip


def main() -> int:
    """Serve, or measure."""
    if sys.argv[1:2] == ["serve"]:
        serve(Path(sys.argv[2]), int(sys.argv[3]))
        return 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, data in [("organisation", organisation()), *((f"form{size}", workbook(size)) for size in SIZES)]:
            path = folder / "definitions" / file / f"{file}.xlsx"
            path.parent.mkdir(parents=True)
            path.write_bytes(data)
        asyncio.run(measure(folder))
        said = (folder / "log.txt").read_text("utf-8")
        if "Traceback" in said:  # a handler that failed did less than its work
            print(said[:3000])
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
