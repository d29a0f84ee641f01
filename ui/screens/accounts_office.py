"""The office that looks after accounts: holders, statements with reversals, unmatched receipts, reconciliation."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from urllib.parse import urlencode

from nicegui.events import GenericEventArguments

from banshi.platform.accounts.bank import REVERSIBLE
from banshi.platform.accounts.views import AccountView, BalanceView, Mismatch, Movement, ReceiptView
from banshi.platform.accounts.vouchers import BookedBefore
from banshi.platform.views import Page
from banshi.rules.values import CAMPUS_ZONE
from banshi.ui.screens.accounts import balance, day_in, movements
from banshi.ui.screens.frame import Screen, Site, screen, title_block
from banshi.ui.screens.granting import Granting, line, same_number
from banshi.ui.screens.hall import back
from banshi.ui.screens.html import Tag, button, div, link, p, span, tag
from banshi.ui.screens.listing import Pager, page_number
from banshi.ui.screens.messages import pages
from banshi.ui.screens.pieces import moment, panel


def add(site: Site) -> None:
    """Add the pages."""

    @screen(site, "/accounts/office")
    async def office(screen: Screen, page: int = 1) -> None:
        t = screen.t
        found = await screen.ask(site.hall.accounts.kept_by, screen.language)
        with screen.frame(t("office.title"), active="accounts_office", classes="page-accounts"):
            title_block(t("office.title"), t("office.lead"))
            with panel(t("office.accounts"), "", "card"), tag("ul", "", "movement-list"):
                for one in found:
                    with tag("li", "", "movement"):
                        _account(screen, one)
            await _Receipts(screen, div(""), page_number(page)).build()
            _Reconciling(screen).build()

    @screen(site, "/accounts/office/holders")
    async def holders(screen: Screen, key: str = "", q: str = "", page: int = 1) -> None:
        t = screen.t
        ask = partial(site.hall.accounts.holders, page=page_number(page), language=screen.language)
        found = await screen.ask(ask, key, q)
        with screen.frame(t("office.holder"), active="accounts_office", classes="page-accounts"):
            back(t("office.title"), "/accounts/office")
            title_block(key.partition(":")[2])
            with tag("form", "", "period", method="get", action="/accounts/office/holders"):
                tag("input", "", "", type="hidden", name="key", value=key)
                with div("period-part"):
                    tag("label", t("office.search"), "field-label", for_="holder-q")
                    tag("input", "", "input", type="search", id="holder-q", name="q", value=q, maxlength=100)
                button(t("accounts.show"), None, "button", type="submit")
            _holders(screen, key, q, found)

    @screen(site, "/accounts/office/statement")
    async def statement(
        screen: Screen, key: str = "", holder: str = "", since: str = "", until: str = "", page: int = 1
    ) -> None:
        first, last = day_in(since), day_in(until)
        ask = partial(
            site.hall.accounts.statement, page=page_number(page), language=screen.language, since=first, until=last
        )
        found, moves = await screen.ask(ask, key, holder)
        title = screen.t("accounts.statement_title", name=found.name, holder=found.holder_name)
        with screen.frame(title, active="accounts_office", classes="page-accounts"):
            back(screen.t("office.holder"), f"/accounts/office/holders?{urlencode({'key': key})}")
            title_block(title)
            pager = Pager("/accounts/office/statement", {"key": key, "holder": holder})
            _Reversing(screen, div(""), pager, partial(screen.ask, ask, key, holder)).draw(found, moves)


def _account(screen: Screen, one: AccountView) -> None:
    t = screen.t
    with div("movement-head"):
        span(one.name, "strong")
        span(f"{one.service} · {t('office.holders_count', count=one.holders)}", "muted")
    with tag("dl", "", "figures"):
        for part, unit, amount in one.sums:
            with div("figure"):
                tag("dt", t.maybe(f"office.part.{part}", part))
                tag("dd", f"{amount} {unit}")
    with div("actions"):
        address = f"/accounts/office/holders?{urlencode({'key': one.key})}"
        link(t("office.open"), address, "button small", aria_label=f"{t('office.open')} {one.name}")


def _holders(screen: Screen, key: str, q: str, found: Page) -> None:
    t = screen.t
    with panel(t("office.holder"), "", "users"):
        if not found.total:
            p(t("office.no_holders"), "muted")
            return
        with tag("ul", "", "movement-list"):
            for one in found.items:
                with tag("li", "", "movement"), div("movement-head"):
                    address = f"/accounts/office/statement?{urlencode({'key': key, 'holder': one.holder})}"
                    link(one.holder_name, address, "strong")
                    span(f"{one.available} {one.unit}")
                    if Decimal(one.held):
                        span(t("accounts.held_by", amount=f"{one.held} {one.unit}"), "muted small")
        pages(screen, found, Pager("/accounts/office/holders", {"key": key, "q": q}))


class _Reversing:
    """A statement with the way to undo a movement below it; `read` gives the balance and the page as they are now."""

    def __init__(
        self, screen: Screen, body: Tag, pager: Pager, read: Callable[[], Awaitable[tuple[BalanceView, Page]]]
    ) -> None:
        self.screen = screen
        self.body = body
        self.pager = pager
        self.read = read

    def draw(self, found: BalanceView, moves: Page) -> None:
        """Show the balance and its movements."""
        self.body.clear()
        with self.body:
            balance(self.screen.t, found, linked=False)
            Granting(self.screen, found, self._again).build()
            movements(self.screen, found, moves, self.pager, partial(self._offer, found))

    async def _again(self) -> None:
        """Show it as it is now."""
        self.draw(*await self.read())

    def _offer(self, one: BalanceView, move: Movement) -> None:
        """A reason and a button, where the movement can be undone."""
        t = self.screen.t
        if move.kind not in REVERSIBLE or move.reversed_by:
            return
        with tag("details", "", "movement-more"):
            tag("summary", t("office.reverse"))
            _, reason = line(t("office.reason"), f"reverse-{move.id}")

            async def reverse() -> None:
                done = await self.screen.ask(self.screen.hall.accounts.reverse, move.id, reason())
                await self._again()
                self.screen.say(t("office.confirmed" if done else "office.proposed"), "success")

            amount = Decimal(move.amount)
            label = t("office.gives" if amount < 0 else "office.takes", amount=f"{abs(amount):f} {one.unit}")
            self.screen.action(label, reverse, "button small")


class _Receipts:
    """Money that fits no order, and reversals that wait for a second person."""

    def __init__(self, screen: Screen, body: Tag, page: int) -> None:
        self.screen = screen
        self.body = body
        self.page = page

    async def build(self) -> None:
        """Show them as they are now."""
        screen, t = self.screen, self.screen.t
        found = await screen.ask(screen.hall.accounts.receipts, page=self.page, language=screen.language)
        self.body.clear()
        with self.body, panel(t("office.receipts"), "", "warning"):
            if not found.total:
                p(t("office.no_receipts"), "muted")
                return
            with tag("ul", "", "movement-list"):
                for one in found.items:
                    with tag("li", "", "movement"):
                        self._receipt(one)
            pages(screen, found, Pager("/accounts/office"))

    def _receipt(self, one: ReceiptView) -> None:
        screen, t, bank = self.screen, self.screen.t, self.screen.hall.accounts
        granted = one.what in ("grant", "takeback")
        with div("movement-head"):
            sign = "+" if one.what and not one.amount.startswith("-") else ""
            span(f"{sign}{one.amount} {one.unit}", "strong")
            span(f"{one.account} · {one.holder_name}" if one.holder else one.account)
            span(t(f"grant.state.{one.what}" if granted else f"office.state.{one.state}"), "tag tag-orange")
            tag("time", moment(one.at), "muted small", datetime=one.at.isoformat())
        p(one.why)
        if one.undoes is not None:
            kind, day = t(f"accounts.kind.{one.undoes.kind}"), f"{one.undoes.at.astimezone(CAMPUS_ZONE):%Y-%m-%d}"
            p(t("office.undoes", kind=kind, day=day, amount=f"{one.undoes.amount} {one.unit}"))
        number = t("office.voucher", number=one.gateway_no) if granted else one.gateway_no or one.number
        told = " · ".join(text for text in (number, t("office.by", name=one.by) if one.by else "") if text)
        if told:
            p(told, "muted small")
        if one.state in ("waiting", "refunding"):
            _, reason = line(t("office.reason"), f"refund-{one.key}")

            async def refund() -> None:
                await screen.ask(bank.refund, one.key, reason())
                await self.build()
                screen.say(t("office.refunded"), "success")

            with div("actions"):
                screen.action(t("office.refund"), refund, "button", aria_label=f"{t('office.refund')} {one.amount}")
        elif one.state == "proposed":
            if one.same:
                same_number(screen, one.same, one.unit)

            async def confirm(*, repeated: bool = False) -> None:
                try:
                    await screen.ask(partial(bank.confirm, repeated=repeated), one.key)
                except BookedBefore:  # since it was shown: the warning is there now
                    await self.build()
                    raise
                await self.build()
                screen.say(t("grant.posted" if granted else "office.confirmed"), "success")

            async def decline() -> None:
                await screen.ask(bank.decline, one.key)
                await self.build()
                screen.say(t("grant.declined" if granted else "office.declined"), "success")

            async def ask_once_more() -> None:
                box.clear()
                with box:
                    p(t("grant.repeat_sure"), "strong")
                    screen.action(t("grant.repeat"), partial(confirm, repeated=True), "button primary")
                    screen.action(t("grant.repeat_not"), self.build, "button")

            if one.own:
                p(t("office.own"), "muted")
            with div("actions") as box:
                label = t("grant.confirm" if granted else "office.confirm")
                if not one.own:
                    screen.action(label, ask_once_more if one.same else confirm, "button primary")
                screen.action(t("office.drop" if one.own else "office.decline"), decline, "button")


class _Reconciling:
    """A day's payments against the gateway's list."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self.day = _today().isoformat()
        self.csv = ""

    def build(self) -> None:
        """Where the list is put in, and what was found."""
        screen, t = self.screen, self.screen.t
        with panel(t("office.reconcile"), "", "scale"):
            tag("label", t("office.day"), "field-label", for_="reconcile-day")
            day = tag("input", "", "input", type="date", id="reconcile-day", value=self.day)
            tag("label", t("office.csv"), "field-label movement-more", for_="reconcile-csv")
            rows = tag("textarea", "", "textarea", id="reconcile-csv", rows=4)
            day.on("change", partial(self._typed, "day"), js_handler="(e) => emit(e.target.value)")
            rows.on("change", partial(self._typed, "csv"), js_handler="(e) => emit(e.target.value)")
            with div("actions movement-more"):
                screen.action(t("office.compare"), self._compare, "button")
            self.box = div("", role="status", aria_live="polite")

    def _typed(self, which: str, event: GenericEventArguments) -> None:
        setattr(self, which, str(event.args or ""))

    async def _compare(self) -> None:
        screen, t = self.screen, self.screen.t
        day = day_in(self.day) or _today()
        found = await screen.ask(screen.hall.accounts.reconcile, day, self.csv.encode())
        self.box.clear()
        with self.box:
            p(t("office.agreed", count=found.agreed, ours=found.ours, theirs=found.theirs), "strong")
            if not found.differences and not found.unread:
                p(t("office.no_difference"))
            with tag("ul", "", "notice-list"):
                for one in found.differences:
                    tag("li", _difference(screen, one))
                for row in found.unread:
                    tag("li", t("office.unread", row=row))


def _today() -> date:
    return datetime.now(CAMPUS_ZONE).date()


def _difference(screen: Screen, one: Mismatch) -> str:
    return screen.t(f"office.diff.{one.kind}", no=one.gateway_no, ours=one.ours, theirs=one.theirs)
