"""Who is asking, and in which language: our own session cookie, whose random token only the hall can name a person for.

NiceGUI's own session storage is not used: what matters lives in the hall's store, and without it every request passes
two layers less. The cookie is new at each sign-in, so a cookie planted before is worth nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Concatenate, ParamSpec, TypeVar
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from banshi.platform.errors import NotSignedIn
from banshi.platform.hall import Hall
from banshi.platform.people.directory import Person
from banshi.platform.views import Waiting
from banshi.ui.settings import Settings
from banshi.ui.texts import LANGUAGES, Texts

COOKIE = "banshi_session"
LANGUAGE_COOKIE = "banshi_language"
ADMISSION = "banshi_scan"
"""Keeps what the scan of a live code admits to while somebody signs in; scripts cannot read it, and no address holds it."""
HOURS = 8
_YEAR = 365 * 24 * 3600

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One person at one page (or request): the hall, the person, the session's token, the language."""

    hall: Hall
    settings: Settings
    path: str
    token: str
    person: Person | None
    language: str
    waiting: Waiting = field(default_factory=Waiting)
    t: Texts = field(repr=False)

    @property
    def me(self) -> Person:
        """The person; raises NotSignedIn when there is none."""
        if self.person is None:
            raise NotSignedIn
        return self.person

    async def ask(self, method: Callable[Concatenate[Person, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Call a method of the hall as the person, away from the event loop.

        The person is looked up again: a page may stay open long after its session has ended or a role was taken away.
        """

        def call() -> R:
            person = self.hall.person_of(self.token) if self.token else None
            if person is None:
                raise NotSignedIn
            return method(person, *args, **kwargs)

        return await asyncio.to_thread(call)


def language_of(request: Request) -> str:
    """The language that somebody chose here, else the first of her browser's that we speak, else Chinese."""
    wanted = [request.cookies.get(LANGUAGE_COOKIE, "")]
    wanted += [part.strip()[:2].lower() for part in request.headers.get("accept-language", "").split(",")]
    return next((language for language in wanted if language in LANGUAGES), LANGUAGES[0])


def visit_of(hall: Hall, settings: Settings, request: Request, token: str, language: str) -> Visit:
    """The visit that a request makes. Asks the hall, so it does not belong on the event loop."""
    return Visit(
        hall=hall,
        settings=settings,
        path=here(request),
        token=token,
        person=hall.person_of(token) if token else None,
        language=language,
        t=Texts(language),
    )


def here(request: Request) -> str:
    """The path of a request with its query."""
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def asked_path(target: str) -> str:
    """The page to go on to after signing in; the hall for the doors themselves, which would lead round in a circle."""
    path = local_path(target)
    return "/" if path.partition("?")[0].startswith(("/sign-in", "/sign-out")) else path


def to_sign_in(path: str) -> Response:
    """Send somebody who is not signed in to the sign-in page, and back afterwards."""
    return RedirectResponse("/sign-in" + (f"?next={quote(path, safe='/')}" if path != "/" else ""), status_code=303)


def set_session(response: Response, token: str, *, https: bool) -> None:
    """Give a browser its session."""
    response.set_cookie(COOKIE, token, max_age=HOURS * 3600, httponly=True, samesite="lax", secure=https, path="/")


def end_session(response: Response) -> None:
    """Take a browser's session away."""
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax")


def set_language(response: Response, language: str, *, https: bool) -> None:
    """Remember the language that a browser chose."""
    response.set_cookie(LANGUAGE_COOKIE, language, max_age=_YEAR, httponly=True, samesite="lax", secure=https, path="/")


def local_path(target: str) -> str:
    """A path of ours to go on to; the hall for anything that could lead to another site."""
    plain = target.startswith("/") and not target.startswith("//") and "\\" not in target
    return target if plain and target.isprintable() and not target.startswith("/language/") else "/"
