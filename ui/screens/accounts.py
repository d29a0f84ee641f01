"""My balances, a statement, and the page on which a payment is made (the sandbox's)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from banshi.platform.accounts.cashier import PayView
from banshi.platform.accounts.views import BalanceView, BookedView, Movement
from banshi.platform.views import Page
from banshi.ui.screens.frame import Screen, Site, screen, title_block
from banshi.ui.screens.hall import back
from banshi.ui.screens.html import Tag, button, div, heading, icon, link, p, span, tag
from banshi.ui.screens.listing import Pager, page_number
from banshi.ui.screens.messages import pages
from banshi.ui.screens.pieces import empty, facts, moment, panel
from banshi.ui.texts import Texts

if TYPE_CHECKING:
    from banshi.ui.screens.case import CasePage


def add(site: Site) -> None:
    """Add the pages."""

    @screen(site, "/accounts")
    async def accounts(screen: Screen) -> None:
        found = await screen.ask(site.hall.accounts.mine, screen.language)
        with screen.frame(screen.t("accounts.title"), active="accounts", classes="page-accounts"):
            title_block(screen.t("accounts.title"), screen.t("accounts.lead"))
            if not found:
                empty("card", screen.t("accounts.empty"), screen.t("accounts.empty_text"))
                return
            with div("balance-list"):
                for one in found:
                    balance(screen.t, one)

    @screen(site, "/accounts/statement")
    async def statement(
        screen: Screen, key: str = "", holder: str = "", since: str = "", until: str = "", page: int = 1
    ) -> None:
        first, last = day_in(since), day_in(until)
        ask = partial(
            site.hall.accounts.statement, page=page_number(page), language=screen.language, since=first, until=last
        )
        found, moves = await screen.ask(ask, key, holder)
        title = screen.t("accounts.statement_title", name=found.name, holder=found.holder_name)
        with screen.frame(title, active="accounts", classes="page-accounts"):
            back(screen.t("accounts.back"), "/accounts")
            title_block(title)
            balance(screen.t, found, linked=False)
            query = {"key": key, "holder": holder, "since": str(first or ""), "until": str(last or "")}
            _period(screen, query)
            movements(screen, found, moves, Pager("/accounts/statement", query))

    @screen(site, "/pay/{order_id}")
    async def pay(screen: Screen, order_id: str) -> None:
        with screen.frame(screen.t("pay.title"), active="accounts", classes="page-pay"):
            title_block(screen.t("pay.title"))
            await _PayPage(screen, order_id, div("")).build()


def balance(t: Texts, one: BalanceView, *, linked: bool = True) -> None:
    """A card with what a holder has."""
    with tag("section", "", "panel balance"):
        with div("balance-head"):
            heading(2, one.name) if linked else span(one.name, "strong")
            span(one.holder_name, "muted")
        with div("balance-amount"):
            span(one.available, "balance-number")
            span(one.unit)
            span(t("accounts.available"), "muted small")
        if one.low:
            with div("balance-low"):
                icon("warning", "icon icon-small")
                span(t("accounts.low"))
        if Decimal(one.held):
            p(f"{t('accounts.held')} {one.held} {one.unit}", "muted")
        with div("actions"):
            about = f"{one.name} {one.holder_name}"
            if one.topup:
                label = f"{t('accounts.topup')} {about}"
                link(t("accounts.topup"), f"/services/{quote(one.topup)}/apply", "button primary", aria_label=label)
            if linked:
                where = f"/accounts/statement?{urlencode({'key': one.key, 'holder': one.holder})}"
                link(t("accounts.statement"), where, "button", aria_label=f"{t('accounts.statement')} {about}")


def movements(screen: Screen, one: BalanceView, found: Page, pager: Pager, reverse: object = None) -> None:
    """One page of a statement; with `reverse`, what shows the way to undo a movement."""
    t = screen.t
    with panel(t("accounts.movements"), "", "receipt"):
        if not found.total:
            p(t("accounts.none"), "muted")
            return
        with tag("ul", "", "movement-list"):
            for move in found.items:
                with tag("li", "", "movement"):
                    _movement(t, one, move, linked=reverse is None)
                    if callable(reverse):
                        reverse(move)
        pages(screen, found, pager)


def _movement(t: Texts, one: BalanceView, move: Movement, *, linked: bool) -> None:
    with div("movement-head"):
        span(t.maybe(f"accounts.kind.{move.kind}", move.kind), "strong")
        tag("time", moment(move.at), "muted small", datetime=move.at.isoformat())
        if move.reversed_by:
            span(t("accounts.reversed"), "tag tag-grey")
    told = " · ".join(text for text in (move.reason, move.reference, move.batch) if text)
    if told:
        p(told, "muted")
    if move.case_id and move.number and linked:
        link(move.number, f"/cases/{quote(move.case_id)}")
    elif move.number:
        p(move.number, "muted")
    changed(t, move, one.unit)


def changed(t: Texts, one: Movement | BookedView, unit: str) -> None:
    """By how much a movement changed what may be spent, and what is set aside; of a charge, what came out of that."""
    with div("movement-change"):
        if Decimal(one.from_hold):
            span(f"{_signed(one.amount)} {unit}", "movement-number")
            span(t("accounts.from_hold", amount=f"{one.from_hold} {unit}"), "muted small")
            return
        if Decimal(one.available):
            span(f"{_signed(one.available)} {unit}", "movement-number")
        if Decimal(one.held):
            span(t("accounts.held_by", amount=f"{_signed(one.held)} {unit}"), "muted small")


def _signed(amount: str) -> str:
    return amount if amount.startswith("-") else f"+{amount}"


def _period(screen: Screen, query: dict[str, str]) -> None:
    """From when until when, and the way to the files."""
    t = screen.t
    with tag("form", "", "period", method="get", action="/accounts/statement"):
        for name in ("key", "holder"):
            tag("input", "", "", type="hidden", name=name, value=query[name])
        for name in ("since", "until"):
            with div("period-part"):
                tag("label", t(f"accounts.{name}"), "field-label", for_=f"period-{name}")
                tag("input", "", "input", type="date", id=f"period-{name}", name=name, value=query[name])
        button(t("accounts.show"), None, "button", type="submit")
    with div("actions"):
        for kind in ("xlsx", "csv"):
            address = f"/export/statement.{kind}?{urlencode(query)}"
            link(t(f"accounts.export_{kind}"), address, "button small", download="")


def day_in(said: str) -> date | None:
    """A day of an address; None for anything else."""
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None


class _PayPage:
    """A payment, built anew after each button."""

    def __init__(self, screen: Screen, order_id: str, body: Tag) -> None:
        self.screen = screen
        self.order_id = order_id
        self.body = body

    async def build(self) -> None:
        """Show it as it stands."""
        screen, t = self.screen, self.screen.t
        cashier = screen.hall.accounts.cashier
        one = await screen.ask(cashier.order, self.order_id, screen.language)
        self.body.clear()
        with self.body:
            if cashier.is_sandbox:
                with div("notice notice-warning sandbox"):
                    icon("warning")
                    span(t("pay.sandbox"), "notice-text strong")
            with panel(t("pay.amount"), "panel-pay", "card"):
                p(t("pay.yuan", amount=one.amount), "pay-amount")
                facts(
                    [
                        (t("pay.for"), f"{one.title} {one.number}"),
                        (t("pay.holder"), f"{one.account} · {one.holder}"),
                        (t("pay.expires"), moment(one.expires) if one.state == "open" else ""),
                        (t("pay.order"), one.id),
                    ]
                )
                self._state(one)

    def _state(self, one: PayView) -> None:
        t = self.screen.t
        if one.state == "open" and one.address and self.screen.hall.accounts.cashier.is_sandbox:
            with div("actions"):
                self.screen.action(t("pay.pay"), partial(self._press, "pay"), "button primary")
                self.screen.action(t("pay.fail"), partial(self._press, "fail"), "button")
                self.screen.action(t("pay.close"), partial(self._press, "close"), "button quiet")
            return
        p(t(f"pay.state.{'expired' if one.state == 'open' else one.state}"), "strong")
        with div("actions"):
            if one.state == "paid":
                link(t("pay.to_accounts"), "/accounts", "button primary")
            link(t("pay.to_case"), f"/cases/{quote(one.case_id)}", "button")

    async def _press(self, which: str) -> None:
        await self.screen.ask(self.screen.hall.accounts.cashier.press, self.order_id, which)
        await self.build()


def to_pay(t: Texts, payments: Sequence[PayView]) -> None:
    """What the applicant of a case is to pay now, on its page and when it was sent."""
    for one in payments:
        if one.state != "open":
            continue
        with panel(t("pay.waits"), "panel-action", "card"):
            p(t("pay.text", amount=one.amount, at=moment(one.expires)))
            with div("actions"):
                link(t("pay.now"), f"/pay/{quote(one.id)}", "button primary")


def booked(page: CasePage, lines: Sequence[BookedView]) -> None:
    """On the page of a case: what it booked in accounts."""
    t = page.screen.t
    if not lines:
        return
    with panel(t("accounts.of_case"), "", "receipt"), tag("ul", "", "movement-list"):
        for one in lines:
            with tag("li", "", "movement"):
                with div("movement-head"):
                    span(t.maybe(f"accounts.kind.{one.kind}", one.kind), "strong")
                    span(f"{one.name} · {one.holder}")
                    tag("time", moment(one.at), "muted small", datetime=one.at.isoformat())
                if one.reason:
                    p(one.reason, "muted")
                changed(t, one, one.unit)
