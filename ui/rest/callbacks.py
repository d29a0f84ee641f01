"""Callbacks: other systems ask which steps wait for them, and answer. A signature says who asks, no session.

Each service has a key of its own, made from the hall's secret. A request carries the time (seconds since 1970) and an
HMAC-SHA256 over time, method, path and body; one that is older or newer than five minutes is refused. Within them a
request may be repeated: an answer has one effect.

Where a service pushes to several systems, each has an address and a key of its own: those of the secret that its connection
names. It sees and answers only the cases that were pushed to it.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import time
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from banshi.platform.cases.callbacks import Answer
from banshi.platform.errors import HallError
from banshi.ui.rest.door import Json, body, described
from banshi.ui.screens.frame import Site

TIME, SIGNATURE = "x-banshi-time", "x-banshi-signature"
WINDOW = 300
"""How many seconds the clocks of two systems may differ."""
SHORTEST_SECRET = 32


class NotSetUp(HallError):
    """The hall has no secret, or a short one."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            f"尚未设置回调密钥（BANSHI_CALLBACK_SECRET，至少 {SHORTEST_SECRET} 个字符）。",
            f"No callback secret is set (BANSHI_CALLBACK_SECRET, {SHORTEST_SECRET} characters or more).",
        )


class NotSigned(HallError):
    """A request whose signature is missing, old or wrong."""

    status = 401

    def __init__(self) -> None:
        super().__init__(
            "签名缺失、过期或不正确，没有办理。", "The signature is missing, too old or wrong; nothing was done."
        )


class Said(BaseModel):
    """What another system says to a step, in which round of it; `answers` are fields that the step may edit."""

    model_config = ConfigDict(extra="forbid")

    case_id: str = Field(min_length=1, max_length=64)
    step: str = Field(min_length=1, max_length=40)
    round: int = Field(ge=1)
    succeeded: bool
    said: str = Field(default="", max_length=1000)
    answers: dict[str, Any] = Field(default={}, max_length=200)


def key_of(secret: str, service_id: str) -> str:
    """The key of a service's other systems, as hexadecimal digits; NotSetUp without a good secret."""
    if len(secret) < SHORTEST_SECRET:
        raise NotSetUp
    return hmac.new(secret.encode(), f"callback:{service_id}".encode(), hashlib.sha256).hexdigest()


def signature(key: str, at: str, method: str, path: str, sent: bytes) -> str:
    """The signature of a request: HMAC-SHA256 over its time, method, path and body, each but the last on a line."""
    return hmac.new(key.encode(), f"{at}\n{method}\n{path}\n".encode() + sent, hashlib.sha256).hexdigest()


def add(api: APIRouter, site: Site) -> None:
    """Add the addresses."""
    door = Depends(_signed(site))

    @api.get("/callbacks/{service_id}", tags=["callbacks"], dependencies=[door])
    async def awaited(service_id: str, request: Request) -> Response:
        """The steps that wait for the service's other system, those of the oldest case first."""
        return Json(await asyncio.to_thread(site.hall.awaited, service_id, _language(request)))

    @api.post("/callbacks/{service_id}", tags=["callbacks"], dependencies=[door], openapi_extra=described(Said))
    async def answer(service_id: str, request: Request, said: Annotated[Said, Depends(body(Said))]) -> Response:
        """The other system's answer; the same once more gives the first receipt."""
        receipt = await asyncio.to_thread(site.hall.answered, service_id, _answer(said), _language(request))
        return Json(receipt, status_code=200 if receipt.done else 422)

    one = Depends(_signed_by_one(site))

    @api.get("/callbacks/{service_id}/{system}", tags=["callbacks"], dependencies=[one])
    async def awaited_by(service_id: str, system: str, request: Request) -> Response:
        """Of the steps that wait those of cases that were pushed to this system."""
        return Json(await asyncio.to_thread(site.hall.awaited_by, service_id, system, _language(request)))

    @api.post("/callbacks/{service_id}/{system}", tags=["callbacks"], dependencies=[one], openapi_extra=described(Said))
    async def answer_by(
        service_id: str, system: str, request: Request, said: Annotated[Said, Depends(body(Said))]
    ) -> Response:
        """The answer of one of several systems, to a case that was pushed to it."""
        receipt = await asyncio.to_thread(site.hall.answered_by, service_id, system, _answer(said), _language(request))
        return Json(receipt, status_code=200 if receipt.done else 422)


def _answer(said: Said) -> Answer:
    return Answer(
        case_id=said.case_id,
        step=said.step,
        round=said.round,
        succeeded=said.succeeded,
        said=said.said,
        answers=said.answers,
    )


def _signed(site: Site) -> Any:
    async def check(service_id: str, request: Request) -> None:
        await _ensure_signed(request, key_of(site.settings.callback_secret.get_secret_value(), service_id))

    return check


def _signed_by_one(site: Site) -> Any:
    async def check(system: str, request: Request) -> None:
        secret = site.settings.secrets.get(system)
        key = secret.get_secret_value() if secret is not None else ""
        if len(key) < SHORTEST_SECRET:
            raise NotSigned  # also of a system that nobody knows
        await _ensure_signed(request, key)

    return check


async def _ensure_signed(request: Request, key: str) -> None:
    at, given = request.headers.get(TIME, ""), request.headers.get(SIGNATURE, "")
    late = not (at.isascii() and at.isdigit() and len(at) <= 12) or abs(time.time() - int(at)) > WINDOW
    wanted = signature(key, at, request.method, request.url.path, await request.body())
    if late or not hmac.compare_digest(wanted.encode(), given.encode()):
        raise NotSigned


def _language(request: Request) -> str:
    return "en" if request.headers.get("accept-language", "").lower().startswith("en") else "zh"
