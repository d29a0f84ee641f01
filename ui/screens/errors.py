"""Error pages in both languages, without a word of what went wrong inside."""

from __future__ import annotations

import logging
from http import HTTPStatus

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from banshi.platform.errors import HallError, NotSignedIn
from banshi.ui.screens.plain_pages import render
from banshi.ui.session import here, language_of, to_sign_in
from banshi.ui.texts import Texts

log = logging.getLogger(__name__)

_KNOWN = {400, 401, 403, 404, 409, 413, 428, 500, 503}


def page(language: str, status: int, message: str = "", path: str = "/") -> Response:
    """The page for a status; `message` is a sentence for the reader, never the text of an exception."""
    t = Texts(language)
    known = status if status in _KNOWN else 500 if status >= HTTPStatus.INTERNAL_SERVER_ERROR else 400
    return render(
        "error.html",
        language,
        title=t(f"error.{known}.title"),
        status=status,
        message=message or t(f"error.{known}.text"),
        path=path,
        classes="page-error",
    )


def install(app: FastAPI) -> None:
    """Answer what an app could not: with a page where a browser shows it, with JSON where a program asked."""

    @app.exception_handler(HallError)
    async def declined(request: Request, error: HallError) -> Response:
        if isinstance(error, NotSignedIn) and _shows_pages(request):
            return to_sign_in(here(request))
        return _answer(request, error.status, error.message(_language(request)))

    @app.exception_handler(HTTPException)
    async def failed(request: Request, error: HTTPException) -> Response:
        if HTTPStatus.MULTIPLE_CHOICES <= error.status_code < HTTPStatus.BAD_REQUEST and error.headers:
            return RedirectResponse(error.headers.get("location", "/"), status_code=error.status_code)
        return _answer(request, error.status_code)

    @app.exception_handler(404)
    async def missing(request: Request, _: Exception) -> Response:
        return _answer(request, 404)

    @app.exception_handler(RequestValidationError)
    async def unreadable(request: Request, error: RequestValidationError) -> Response:
        if _shows_pages(request):
            return _answer(request, 400)
        faults = [{"where": ".".join(map(str, item["loc"])), "what": item["msg"]} for item in error.errors()]
        return JSONResponse({"detail": faults}, status_code=422)

    @app.exception_handler(Exception)
    async def broken(request: Request, error: Exception) -> Response:
        if not _left(error):
            log.error("A request to %s failed.", request.url.path, exc_info=error)
        return _answer(request, 500)


class Departures:
    """The outermost layer: that somebody left before the answer came is not a fault, and is not logged as one."""

    def __init__(self, app: ASGIApp) -> None:
        """Take the app that answers."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, if somebody is still there."""
        try:
            await self.app(scope, receive, send)
        except RuntimeError as error:
            if not _left(error):
                raise


def _left(error: Exception) -> bool:
    """Whether it says that a browser closed the connection: what Starlette's middleware of NiceGUI raises then."""
    return isinstance(error, RuntimeError) and str(error) == "No response returned."


def _answer(request: Request, status: int, message: str = "") -> Response:
    language = _language(request)
    if _shows_pages(request):
        return page(language, status, message, here(request))
    t = Texts(language)
    known = status if status in _KNOWN else 400
    return JSONResponse({"detail": message or t(f"error.{known}.text")}, status_code=status)


def _shows_pages(request: Request) -> bool:
    return (
        request.method in {"GET", "HEAD"}
        and not request.url.path.startswith("/api/")
        and "text/html" in request.headers.get("accept", "")
    )


def _language(request: Request) -> str:
    wanted = request.query_params.get("language", "")
    if request.url.path.startswith("/api/") and wanted.startswith(("zh", "en")):
        return wanted[:2]
    return language_of(request)
