"""Who asks, and what she sent: the session behind a bearer token or a cookie, JSON bodies with all their digits."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Annotated, Any, TypeVar

from fastapi import HTTPException, Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.responses import Response

from banshi.platform.people.directory import Person
from banshi.rules.diagnostics import Diagnostic
from banshi.rules.values import dumps, loads
from banshi.ui.screens.frame import Site
from banshi.ui.session import COOKIE, Visit, visit_of
from banshi.ui.sound import is_sound

M = TypeVar("M", bound=BaseModel)
PageNumber = Annotated[int, Query(ge=1, le=1_000_000)]
PageSize = Annotated[int, Query(ge=1, le=200)]


class Json(Response):
    """A JSON answer: numbers keep all their digits, Chinese stays readable. Nobody on the way keeps it (ASVS 14.3.2)."""

    media_type = "application/json"

    def init_headers(self, headers: Mapping[str, str] | None = None) -> None:
        """The headers, with one that forbids to store it unless another was given."""
        super().init_headers({"cache-control": "private, no-store", **(headers or {})})

    def render(self, content: Any) -> bytes:
        """The bytes of views, values and lists of them."""
        return dumps(plain(content)).encode()


def plain(value: Any) -> Any:
    """Views as plain values. Of a person only what a colleague may know goes out."""
    match value:
        case Person():
            return {
                "id": value.id,
                "name": value.name,
                "english_name": value.english_name,
                "department": value.department,
            }
        case Diagnostic():
            return {
                "sheet": value.place.sheet,
                "cell": value.place.cell,
                "severity": str(value.severity),
                "code": value.code,
                "message": {"zh": value.message("zh"), "en": value.message("en")},
                "remedy": {"zh": value.remedy("zh"), "en": value.remedy("en")},
            }
        case bytes():
            return loads(value)
        case dict():
            return {str(key): plain(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [plain(item) for item in value]
        case _ if is_dataclass(value) and not isinstance(value, type):
            return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
        case _:
            return value


def token_of(request: Request) -> str:
    """The session token: a bearer token for programs, the cookie for pages."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else request.cookies.get(COOKIE, "")


def visitor(site: Site) -> Callable[[Request], Visit]:
    """The dependency that every protected address has; raises NotSignedIn."""

    def visit(request: Request) -> Visit:
        wanted = request.query_params.get("language") or request.headers.get("accept-language", "")
        language = "en" if wanted.lower().startswith("en") else "zh"
        found = visit_of(site.hall, site.settings, request, token_of(request), language)
        _ = found.me
        return found

    return visit


def body(model: type[M]) -> Callable[[Request], Awaitable[M]]:
    """The dependency that reads a JSON body; numbers come as decimals, so that no digit is lost."""

    async def read(request: Request) -> M:
        try:
            sent = loads(await request.body())
            if not is_sound(sent):
                raise HTTPException(400)
            return model.model_validate(sent)
        except ValidationError as error:
            raise RequestValidationError(error.errors(include_url=False, include_input=False)) from error
        except (ValueError, RecursionError) as error:
            raise HTTPException(400) from error

    return read


def described(model: type[BaseModel]) -> dict[str, Any]:
    """What the OpenAPI document says of such a body."""
    schema = model.model_json_schema()
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}
