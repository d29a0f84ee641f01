"""Related cases on the page of a case: the one that opened it, and those that it opened or could not."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from banshi.platform.views import RelatedCase
from banshi.ui.screens.html import div, heading, link, p, span, tag
from banshi.ui.screens.pieces import panel, state_tag

if TYPE_CHECKING:
    from banshi.ui.screens.case import CasePage

_SHOWN = 20
_TONES = {"due": "blue", "failed": "red", "given up": "grey", "replaced": "grey"}


def related(page: CasePage) -> None:
    """The panel; nothing where the case is on its own."""
    t, cases = page.screen.t, page.view.related
    if not cases:
        return
    with panel(t("related.title"), "panel-related", "file"):
        for relation, title in (("opened by", t("related.parent")), ("opens", t("related.opens"))):
            if mine := [case for case in cases if case.relation == relation]:
                heading(3, title)
                _list(page, mine[:_SHOWN])
            if rest := mine[_SHOWN:]:
                with tag("details", ""):
                    tag("summary", t("related.more", count=len(rest)))
                    _list(page, rest)


def _list(page: CasePage, cases: Sequence[RelatedCase]) -> None:
    with tag("ul", "", "related-list"):
        for case in cases:
            with tag("li", "", "related"):
                _case(page, case)


def _case(page: CasePage, case: RelatedCase) -> None:
    t = page.screen.t
    with div("related-head"):
        name = " ".join(filter(None, (case.service, case.number)))
        if case.may_see and page.screen.real:
            link(name, f"/cases/{quote(case.case_id)}", "strong")
        else:
            span(name, "strong")
        if case.state in _TONES:
            span(t(f"related.state.{case.state}"), f"tag tag-{_TONES[case.state]}")
        else:
            state_tag(t, case.state)
    where = (case.title, case.step, t("related.row", row=case.row) if case.row else "")
    p(" · ".join(filter(None, where)), "muted small")
    if case.why:
        p(case.why, "small")
    if case.may_try or case.may_give_up:
        with div("actions"):
            if case.may_try:
                page.screen.action(t("related.again"), partial(page.open_again, case.key), "button small")
            page.screen.action(
                t("related.give_up"), partial(page.open_again, case.key, give_up=True), "button small quiet"
            )
