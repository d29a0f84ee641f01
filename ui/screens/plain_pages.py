"""Pages that need no socket: plain HTML, every value escaped. Whoever is not signed in sees only these."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from starlette.responses import HTMLResponse

from banshi.ui.assets import url
from banshi.ui.texts import LANGUAGES, LOCALES, Texts

_TEMPLATES = Environment(loader=FileSystemLoader(Path(__file__).parent / "plain"), autoescape=True)


def render(
    template: str, language: str, *, title: str, status: int = 200, path: str = "/", **facts: object
) -> HTMLResponse:
    """One page. It is never kept by a browser, for the next person may sit at the same machine."""
    body = _TEMPLATES.get_template(template).render(
        t=Texts(language),
        url=url,
        locale=LOCALES[language],
        locales=LOCALES,
        languages=LANGUAGES,
        title=title,
        path=path,
        status=status,
        **facts,
    )
    return HTMLResponse(body, status_code=status, headers={"cache-control": "no-store"})
