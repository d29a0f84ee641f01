"""The content security policy: only our own scripts run, each page's inline ones by a nonce that nobody can guess."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from jinja2 import BaseLoader, Environment
from starlette.datastructures import MutableHeaders

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

# NiceGUI compiles Vue templates and evaluates event handlers in the browser, which needs 'unsafe-eval'; its styles are
# set inline. Injected <script> elements, on…= attributes and javascript: links stay dead, because they carry no nonce.
POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)

HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(self), payment=()",
}

_CAMERA = "/gate"
"""The one page that looks through a camera."""


class _OwnLoader(BaseLoader):
    """Gives NiceGUI's page template with a nonce at every script, and its notices (a lost connection) read out."""

    def __init__(self, loader: BaseLoader) -> None:
        self._loader = loader

    def get_source(self, environment: Environment, template: str) -> tuple[str, str | None, object]:  # type: ignore[override]
        source, file, fresh = self._loader.get_source(environment, template)
        source = source.replace("<script", "<script nonce=\"{{ request.scope['csp_nonce'] }}\"")
        return source.replace('class="nicegui-error-popup"', 'class="nicegui-error-popup" role="alert"'), file, fresh


def patch_templates() -> None:
    """Put into NiceGUI's page template what it offers no place for. Harmless when done twice."""
    from nicegui.client import templates

    loader = templates.env.loader
    if loader is not None and not isinstance(loader, _OwnLoader):
        templates.env.loader = _OwnLoader(loader)
        if templates.env.cache is not None:
            templates.env.cache.clear()


class ContentSecurityPolicy:
    """Pure ASGI: a fresh nonce for each request, and the security headers on each answer."""

    def __init__(self, app: ASGIApp, *, https: bool = False) -> None:
        self.app = app
        self.headers = dict(HEADERS)
        if https:
            self.headers["strict-transport-security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        nonce = scope["csp_nonce"] = secrets.token_urlsafe(18)

        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("content-security-policy", POLICY.format(nonce=nonce))
                if scope["path"] == _CAMERA:
                    headers["permissions-policy"] = HEADERS["permissions-policy"].replace("camera=()", "camera=(self)")
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, secured)
