"""Accounts over REST: balances, statements, payments; and what a payment gateway calls back, signed, without a session."""

from __future__ import annotations

import asyncio
from datetime import date
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field
from starlette.responses import Response
from ulid import ULID

from banshi.platform.accounts.grants import LONGEST, LONGEST_REFERENCE
from banshi.platform.errors import FileRefused
from banshi.ui.rest.door import Json, PageNumber, PageSize, visitor
from banshi.ui.rest.files import known, streamed
from banshi.ui.screens.frame import Site
from banshi.ui.session import Visit

_MOST_BODY = 64 * 1024
_MOST_CSV = 5 * 1024 * 1024


class Grant(BaseModel):
    """What is added to the balance of a holder, or taken back where the amount is below zero."""

    key: str
    holder: str
    amount: Annotated[str, Field(max_length=40)]
    reason: Annotated[str, Field(max_length=LONGEST)]
    reference: Annotated[str, Field(max_length=LONGEST_REFERENCE)]
    command_id: Annotated[str, Field(max_length=64)] = ""


def add(api: APIRouter, site: Site, door: Any) -> None:
    """Add the addresses under /api/v1."""

    @api.get("/accounts", tags=["accounts"])
    async def balances(*, visit: Visit = door) -> Response:
        """The balances of the accounts that are the caller's."""
        return Json(await visit.ask(site.hall.accounts.mine, visit.language))

    @api.get("/accounts/statement", tags=["accounts"])
    async def statement(
        key: str,
        holder: str,
        *,
        visit: Visit = door,
        since: date | None = None,
        until: date | None = None,
        page: PageNumber = 1,
        size: PageSize = 20,
    ) -> Response:
        """A balance with one page of its movements, newest first; `until` is included."""
        ask = partial(
            site.hall.accounts.statement, since=since, until=until, page=page, size=size, language=visit.language
        )
        balance, movements = await visit.ask(ask, key, holder)
        return Json({"balance": balance, "movements": movements})

    @api.get("/accounts/orders/{order_id}", tags=["accounts"])
    async def order(order_id: str, *, visit: Visit = door) -> Response:
        """A payment of the caller's; while it is open, `address` is the page on which it is made."""
        return Json(await visit.ask(site.hall.accounts.cashier.order, order_id, visit.language))

    @api.get("/accounts/cases/{case_id}", tags=["accounts"])
    async def of_case(case_id: str, *, visit: Visit = door) -> Response:
        """The payments that a case asked for, and what it booked."""
        payments, booked = await visit.ask(site.hall.case_accounts, case_id, visit.language)
        return Json({"payments": payments, "booked": booked})

    @api.post("/accounts/reconcile", tags=["accounts"])
    async def reconcile(day: date, request: Request, *, visit: Visit = door) -> Response:
        """The payments of a day against a csv (order, gateway_no, amount), which is the body."""
        return Json(await visit.ask(site.hall.accounts.reconcile, day, await _body(request, _MOST_CSV)))

    @api.post("/accounts/grants/check", tags=["accounts"])
    async def look(body: Grant, *, visit: Visit = door) -> Response:
        """What adding to a balance, or taking back (an amount below zero), would come to; nothing is booked."""
        ask = partial(site.hall.accounts.grants.look, language=visit.language)
        return Json(await visit.ask(ask, body.key, body.holder, body.amount, body.reason, body.reference))

    @api.post("/accounts/grants", tags=["accounts"], status_code=201)
    async def grant(body: Grant, *, visit: Visit = door, repeated: bool = False) -> Response:
        """Book it: 201; 202 where another person has to confirm it because of its amount. A repeated `command_id` books nothing more.

        409 where the number was booked in the account before, or waits (the check lists them as `same`), unless `repeated` says
        that it is to be booked once more. All that goes by one number counts towards the amount that takes a second person.
        """
        post, said = (
            partial(site.hall.accounts.grants.post, repeated=repeated),
            (body.amount, body.reason, body.reference),
        )
        booked = await visit.ask(post, body.key, body.holder, *said, body.command_id or str(ULID()))
        return Json({"booked": booked}, status_code=201 if booked else 202)

    @api.post("/payments/callback", tags=["accounts"])
    async def called(request: Request) -> Response:
        """What the payment gateway says of an order: signed (X-Pay-Time, X-Pay-Signature); a repeat has no effect."""
        body = await _body(request, _MOST_BODY)
        outcome = await asyncio.to_thread(site.hall.accounts.cashier.called, body, request.headers)
        return Json({"outcome": outcome}, status_code=409 if outcome == "refused" else 200)


def exports(site: Site) -> APIRouter:
    """Statements as files, for the screens."""
    api = APIRouter(include_in_schema=False)
    door = Depends(visitor(site))

    @api.get("/export/statement.{file_type}")
    async def export(
        file_type: str, key: str, holder: str, *, visit: Visit = door, since: str = "", until: str = ""
    ) -> Response:
        first, last = (date.fromisoformat(day) if day else None for day in (since, until))
        ask = partial(site.hall.accounts.export, language=visit.language, since=first, until=last)
        return streamed(*await visit.ask(ask, key, holder, known(file_type)))

    return api


async def _body(request: Request, most: int) -> bytes:
    """The body of a request; FileRefused for a longer one."""
    found = b""
    async for part in request.stream():
        found += part
        if len(found) > most:
            raise FileRefused("内容太长。", "The body is too long.")
    return found
