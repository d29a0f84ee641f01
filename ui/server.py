"""The composition: a hall, its screens and its REST interface become one app, and the app is served.

Every setting of NiceGUI and uvicorn stands here with its reason. The figures come from measurements of NiceGUI 3.18.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import socket
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import TextIO

import uvicorn
from fastapi import FastAPI
from nicegui import app as framework
from nicegui import ui
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp

from banshi.platform.campus.provider import CampusSignIn
from banshi.platform.errors import HallError
from banshi.platform.filling.batch import MOST_BYTES
from banshi.platform.hall import Hall
from banshi.platform.jobs.ticker import Ticker
from banshi.platform.notices.mail import mail_addresses
from banshi.platform.opening import open_hall, watch
from banshi.platform.people.directory import Person
from banshi.ui.assets import Assets, url
from banshi.ui.campus import campus_sign_in
from banshi.ui.csp import ContentSecurityPolicy, patch_templates
from banshi.ui.gate_tokens import told
from banshi.ui.guard import Guard
from banshi.ui.rest import accounts as account_files
from banshi.ui.rest import api, campus, checking, data_files, doors, files, gates, kiosk, live_codes, personal_passes
from banshi.ui.screens import (
    accounts,
    accounts_office,
    archive,
    auditor,
    board,
    boards,
    case,
    comparing,
    datasets,
    errors,
    filling,
    findings,
    form,
    hall,
    impact,
    jobs,
    looks,
    messages,
    moving,
    my_cases,
    outbox,
    owner,
    owner_cases,
    stand_ins,
    statistics,
    tasks,
    trying,
)
from banshi.ui.screens.frame import Site
from banshi.ui.screens.live import SECONDS
from banshi.ui.settings import Settings
from banshi.ui.uploads import Uploads

log = logging.getLogger("banshi")

_MOST_FILLINGS = 64  # filled-in templates that wait for their senders, 2 MB each at most
_REFRESHED = 1.0  # seconds between two looks at what other processes have published: one count of a small table
_SENT = 2.0  # seconds between two looks at the outbox
_CHECKPOINTS = 60.0  # seconds between two looks whether the day has its checkpoint of the log
_PURGED = 3600.0  # seconds between two looks for messages and files that were kept for long enough
_TRIALS = 60.0  # seconds between two looks for trials that nobody has touched for an hour
_LOW = 600.0  # seconds between two looks for low balances: all balances are read
_ERASED = 60.0  # seconds between two looks for personal data whose period is over; a whole look is once an hour
PRIMARY = "#0b5cab"  # 6.7 : 1 on white; NiceGUI's own blue has 2.9 : 1


def compose(found: Hall, settings: Settings) -> FastAPI:
    """The app of a hall. NiceGUI holds one app a process, so this is done once a process."""
    site, uploads, fillings = Site(found, settings), Uploads(), Uploads(at_most=_MOST_FILLINGS)
    tables = Uploads()
    root = FastAPI(
        title="Banshi",
        version="1",
        docs_url=None,  # its page would load scripts from another site
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        lifespan=_lifespan(site),
    )
    root.include_router(doors.router(site))
    root.include_router(campus.router(site))
    root.include_router(files.router(site, uploads, fillings))
    root.include_router(data_files.router(site, tables))
    root.include_router(account_files.exports(site))
    root.include_router(checking.router(site))
    root.include_router(kiosk.router(site))
    root.include_router(gates.router(site))
    root.include_router(personal_passes.router(site))
    root.include_router(live_codes.router(site))
    root.include_router(api.router(site))
    for screens in (
        hall,
        form,
        my_cases,
        messages,
        accounts,
        accounts_office,
        outbox,
        jobs,
        tasks,
        stand_ins,
        case,
        moving,
        comparing,
        looks,  # before the pages of single decisions too
        findings,  # before the pages of single decisions, whose address would fit too
        auditor,
        statistics,
        board,
        boards,
        archive,
        trying,
        owner_cases,
    ):
        screens.add(site)
    datasets.add(site, uploads, tables)
    owner.add(site, uploads)
    impact.add(site, uploads)
    filling.add(site, fillings)
    _frame_settings()
    _run_with(root)
    for part in (root, framework):
        errors.install(part)
    _layers(root, settings)
    return root


def _frame_settings() -> None:
    """What NiceGUI takes before it runs."""
    config = framework.config
    # Quasar's loading bar is a progress bar without a name, which screen readers stumble over.
    config.quasar_config["loadingBar"]["skipHijack"] = True
    # Long polling would need every check of the socket a second time; the guard refuses it.
    config.socket_io_js_transports = ["websocket"]
    framework.colors(primary=PRIMARY)
    for sheet in ("screens.css", "form.css"):
        ui.add_head_html(f'<link rel="stylesheet" href="{url(sheet)}">', shared=True)
    patch_templates()


def _run_with(root: FastAPI) -> None:
    ui.run_with(
        root,
        title="办事 Banshi",
        language="zh-CN",
        favicon=Path(__file__).parent / "screens" / "favicon.svg",
        # No storage secret: NiceGUI's storage is not used (see session.py), which spares two layers a request.
        storage_secret=None,
        # After 3 seconds, the default, a short outage would load the page again and lose what was typed. It also
        # halves what idle pages cost, because they are pinged less often.
        reconnect_timeout=60,
        # Nothing is bound to plain objects: such links are polled ten times a second, and slow every page down. Without
        # a refresh loop NiceGUI warns as soon as somebody makes one.
        binding_refresh_interval=None,
        message_history_length=200,  # for 60 seconds of outage; 1,000 is for far chattier pages
        tailwind=False,  # our own style sheet is all we use: 68 KB and a compiler less in each browser
        gzip_middleware_factory=_compression,
        show_welcome_message=False,
    )


def _compression(app: ASGIApp) -> GZipMiddleware:
    """Pages are small: level 4 packs them nearly as well as 9. Static files never come here, see assets.py."""
    return GZipMiddleware(app, minimum_size=1000, compresslevel=4)


def _layers(root: FastAPI, settings: Settings) -> None:
    """Pure ASGI layers; the last one added is the first to see a request."""
    root.add_middleware(Assets)
    root.add_middleware(
        Guard,
        body_limits={
            "/files": settings.attachment_limit + 64 * 1024,
            "/fillings": MOST_BYTES + 64 * 1024,
            "/workbooks": settings.workbook_limit + 64 * 1024,
            "/api/v1/fillings": MOST_BYTES + 64 * 1024,
            "/data/": settings.workbook_limit + 64 * 1024,
            "/api/v1/data/": settings.workbook_limit + 64 * 1024,
            "/api/v1/workbooks": settings.workbook_limit + 64 * 1024,
        },
    )
    root.add_middleware(ContentSecurityPolicy, https=settings.https)


def _lifespan(site: Site) -> Callable[[FastAPI], contextlib.AbstractAsyncContextManager[None]]:
    @contextlib.asynccontextmanager
    async def living(_: FastAPI) -> AsyncIterator[None]:
        framework.timer(SECONDS, site.counts.tick)
        tickers = [
            Ticker(site.hall.fire_timers),
            Ticker(site.hall.publish_planned),
            Ticker(site.hall.jobs.fire_due),
            Ticker(site.hall.look_at_payments),
            Ticker(site.hall.accounts.tell_low, _LOW),
            Ticker(site.hall.erase_due, _ERASED),
            Ticker(site.hall.outbox.send_due, _SENT),
            Ticker(site.hall.outbox.purge_due, _PURGED),
            Ticker(site.hall.jobs.purge_due, _PURGED),
            Ticker(site.hall.sweep_files, _PURGED),
            Ticker(site.trials.end_late, _TRIALS),
            Ticker(site.hall.refresh, _REFRESHED),
        ]
        if (kept := site.settings.checkpoint_folder) is not None:
            to = mail_addresses(site.settings.checkpoint_mail)
            tickers.append(Ticker(lambda: _checkpoint(site.hall, kept, to), _CHECKPOINTS))
        for ticker in tickers:
            ticker.start()
        watching = asyncio.create_task(watch(site.hall), name="watch the definitions")
        # What is loaded by now lives as long as the process: the collector need not walk it again (a fifth of the CPU
        # of each page).
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 50, 100)
        try:
            yield
        finally:
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching
            for ticker in tickers:
                await asyncio.to_thread(ticker.stop)
            await asyncio.to_thread(site.trials.close)
            await asyncio.to_thread(site.hall.close)

    return living


def _checkpoint(hall: Hall, folder: Path, addresses: Sequence[str]) -> int:
    """Write the day's checkpoint and let it be mailed, each once a day; how much there was to do."""
    return hall.save_daily_checkpoint(folder) + hall.outbox.post_checkpoint(folder, addresses)


class _Server(uvicorn.Server):
    """A server that says where it is as soon as it listens."""

    def __init__(self, config: uvicorn.Config, greeting: str) -> None:
        super().__init__(config)
        self._greeting = greeting

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and greet."""
        await super().startup(sockets)
        if self.started:
            _print(self._greeting)


def serve(settings: Settings) -> int:
    """Open the hall, serve it until it is told to stop, close it. The exit code."""
    try:
        listener = _listen(settings)
    except OSError as error:
        _print(_busy(settings, error), sys.stderr)
        return 1
    if not settings.definitions.is_dir():
        listener.close()
        _print(
            f"没有工作簿目录 {settings.definitions}。请新建它，或改 --definitions（设置 BANSHI_DEFINITIONS）。\n"
            f"There is no folder of workbooks {settings.definitions}. Make it, or mend --definitions (the setting BANSHI_DEFINITIONS).",
            sys.stderr,
        )
        return 1
    _print("正在读取工作簿… · Reading the workbooks…")
    try:
        campus = campus_sign_in(settings)
        found = open_hall(
            data=settings.data,
            definitions=settings.definitions,
            database=settings.database,
            sending=settings.sending,
            pay_secret=settings.pay_secret.get_secret_value(),
            reversed_by_two=settings.reversed_by_two,
        )
    except HallError as error:
        listener.close()
        _print(f"{error.message('zh')}\n{error.message('en')}", sys.stderr)
        return 1
    for line in told(settings.gates):
        _print(line, sys.stderr)
    found.scan()
    port = listener.getsockname()[1]
    people = found.demo_people() if settings.demo else ()
    app = compose(found, settings)
    config = uvicorn.Config(
        errors.Departures(app),
        # uvicorn's default and NiceGUI's choice keep 278 KB more for each page that a real browser opens, because
        # browsers ask for compression of the socket.
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        ws_max_size=1024 * 1024,
        proxy_headers=True,
        forwarded_allow_ips=settings.trusted_proxies,
        server_header=False,
        access_log=False,  # addresses of sockets hold the page's client id, which works like a password
        log_level="warning",
        timeout_graceful_shutdown=5,
    )
    with contextlib.suppress(KeyboardInterrupt):  # uvicorn raises the signal again, after everything is closed
        _Server(config, greeting(settings, port, people, campus)).run(sockets=[listener])
    return 0


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((settings.host, settings.port))
    except OSError:
        listener.close()
        raise
    return listener


def _busy(settings: Settings, error: OSError) -> str:
    where = f"{settings.host}:{settings.port}"
    return (
        f"无法监听 {where}：端口可能已被占用。请换一个端口，例如 --port {settings.port + 1}（或 BANSHI_PORT）。\n"
        f"Cannot listen on {where} ({error.strerror}). Choose another port, such as --port {settings.port + 1}."
    )


def greeting(settings: Settings, port: int, people: Sequence[Person], campus: CampusSignIn | None = None) -> str:
    """Where the hall is, how people sign in, and who may be tried out, in both languages."""
    host = "localhost" if settings.host in {"127.0.0.1", "0.0.0.0", "::", "::1"} else settings.host  # noqa: S104
    scheme = "https" if settings.https else "http"
    lines = [
        "",
        f"  办事大厅已启动 · Banshi is running:  {scheme}://{host}:{port}/",
        f"  数据目录 Data: {settings.data.resolve()}    工作簿 Workbooks: {settings.definitions.resolve()}",
        "",
    ]
    if campus is not None:
        lines += [
            f"  统一身份认证 · Campus sign-in: {campus.shown}",
            f"  请在那边登记的回调地址 · Address to register there: {campus.back}",
            "",
        ]
    elif not settings.demo:
        lines += [
            "  注意：演示登录已关闭，也没有设置统一身份认证（BANSHI_OIDC_ISSUER 或 BANSHI_CAS_SERVER），没有人能用浏览器登录。",
            "  Note: demo sign-in is off and no campus sign-in is set: nobody can sign in by browser,",
            "  only programs with a token (banshi user token). Set BANSHI_OIDC_ISSUER or BANSHI_CAS_SERVER.",
            "",
        ]
    if people:
        lines.append("  演示人员（登录页一键进入） · Demo people (one click on the sign-in page):")
        lines += [f"    {_introduce(person)}" for person in people]
    if people and not settings.is_local:
        lines += [
            "",
            "  注意：演示登录开启且可从其他机器访问，任何人都能以上述身份进入。用 BANSHI_DEMO=false 关闭。",
            "  Note: demo sign-in is on and other machines can reach it: anybody may enter. BANSHI_DEMO=false closes it.",
        ]
    return "\n".join([*lines, "", "  按 Ctrl+C 停止 · Press Ctrl+C to stop", ""])


def _introduce(person: Person) -> str:
    english = f" {person.english_name}" if person.english_name else ""
    place = f"（{person.department}）" if person.department else ""
    return f"{person.name}{english}{place}" + (f"：{person.demo_note}" if person.demo_note else "")


def _print(text: str, to: TextIO | None = None) -> None:
    print(text, file=to or sys.stdout, flush=True)
