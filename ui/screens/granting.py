"""Adding to a holder's balance, or taking back, on the statement that the accounts office sees: written, checked once more, booked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from nicegui.events import GenericEventArguments
from ulid import ULID

from banshi.platform.accounts.views import BalanceView, GrantView
from banshi.platform.accounts.vouchers import SameNumber
from banshi.rules.values import CAMPUS_ZONE
from banshi.ui.screens.frame import Screen
from banshi.ui.screens.html import Tag, div, icon, p, span, tag
from banshi.ui.screens.pieces import facts, panel

_LONGEST = 1000
_WAYS = ("add", "take")
_MOST_SAME = 5


def line(label: str, key: str, said: str = "", **more: str) -> tuple[Tag, Callable[[], str]]:
    """A field for a line of text, and what stands in it."""
    now = [said]
    tag("label", label, "field-label", for_=key)
    field = tag("input", "", "input", id=key, maxlength=_LONGEST, defaultValue=said or None, **more)

    def typed(event: GenericEventArguments) -> None:
        now[0] = str(event.args or "")[:_LONGEST]

    field.on("change", typed, js_handler="(e) => emit(e.target.value)")
    return field, lambda: now[0]


def same_number(screen: Screen, same: Sequence[SameNumber], unit: str) -> None:
    """A warning with what goes by the same number."""
    t = screen.t
    with div("notice notice-warning", role="alert"):
        icon("warning")
        with div("notice-text"):
            span(t("grant.again", count=len(same)))
            with tag("ul", "", "notice-list"):
                for one in same[:_MOST_SAME]:
                    state = "waits" if one.waits else "booked"
                    day = f"{one.at.astimezone(CAMPUS_ZONE):%Y-%m-%d}"
                    tag("li", t(f"grant.same.{state}", holder=one.holder, amount=f"{one.amount} {unit}", day=day))
                if len(same) > _MOST_SAME:
                    tag("li", t("grant.same.more", count=len(same) - _MOST_SAME))


class Granting:
    """The panel; `booked` shows the statement anew."""

    def __init__(self, screen: Screen, one: BalanceView, booked: Callable[[], Awaitable[None]]) -> None:
        self.screen = screen
        self.one = one
        self.booked = booked
        self.way = "add"
        self.amount = self.reference = self.reason = ""
        self.command_id = str(ULID())

    def build(self) -> None:
        """Show the panel, closed at first."""
        with panel(self.screen.t("grant.title"), "", "edit"):
            self.box = div("", aria_live="polite")
        self._ask()

    def _ask(self) -> None:
        """The fields."""
        screen, t = self.screen, self.screen.t
        self.box.clear()
        with self.box:
            with tag("fieldset", "", "grant-way"):
                tag("legend", t("grant.which"), "field-label")
                for way in _WAYS:
                    with tag("label", "", "bulk-one"):
                        box = tag("input", type="radio", name="grant-way", value=way, checked=way == self.way)
                        span(t(f"grant.{way}"))
                    box.on("change", partial(self._chosen, way), js_handler="() => emit()")
            _, amount = line(t("grant.amount", unit=self.one.unit), "grant-amount", self.amount, inputmode="decimal")
            _, reference = line(t("grant.reference"), "grant-reference", self.reference)
            _, reason = line(t("grant.reason"), "grant-reason", self.reason)

            async def look() -> None:
                self.amount, self.reference, self.reason = amount(), reference(), reason()
                view = await screen.ask(
                    partial(screen.hall.accounts.grants.look, language=screen.language), *self._said()
                )
                self._show(view)

            with div("actions movement-more"):
                screen.action(t("grant.look"), look, "button")

    def _chosen(self, way: str) -> None:
        self.way = way

    def _said(self) -> tuple[str, str, str, str, str]:
        amount = self.amount.strip()
        signed = f"-{amount}" if self.way == "take" else amount
        return self.one.key, self.one.holder, signed, self.reason, self.reference

    def _show(self, view: GrantView) -> None:
        """What it comes to, once more before it is booked."""
        screen, t = self.screen, self.screen.t
        self.box.clear()
        with self.box:
            p(t("grant.sure"), "strong")
            if view.same:
                same_number(screen, view.same, view.unit)
            change = view.amount if view.amount.startswith("-") else f"+{view.amount}"
            facts(
                [
                    (t("grant.to"), f"{view.name} · {view.holder_name}"),
                    (t("grant.before"), f"{view.before} {view.unit}"),
                    (t("grant.change"), f"{change} {view.unit}"),
                    (t("grant.after"), f"{view.after} {view.unit}"),
                    (t("grant.reference"), view.reference),
                    (t("grant.reason"), view.reason),
                ]
            )
            if view.by_two:
                p(t("grant.by_two"), "movement-more strong")
            with div("actions"):
                what = "propose" if view.by_two else "post"
                label = t(f"grant.repeat_{what}" if view.same else f"grant.{what}")
                screen.action(label, partial(self._post, repeated=bool(view.same)), "button primary")
                screen.action(t("grant.change_it"), self._back, "button")

    async def _back(self) -> None:
        self._ask()

    async def _post(self, *, repeated: bool) -> None:
        screen, t = self.screen, self.screen.t
        post = partial(screen.hall.accounts.grants.post, repeated=repeated)
        done = await screen.ask(post, *self._said(), self.command_id)
        await self.booked()
        screen.say(t("grant.posted" if done else "grant.proposed"), "success")
