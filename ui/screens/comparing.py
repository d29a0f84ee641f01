"""Comparing two versions of a service: what is different, in words, sheet by sheet."""

from __future__ import annotations

from itertools import groupby
from urllib.parse import quote

from banshi.platform.views import PlanRow, VersionRow
from banshi.ui.screens.frame import Screen, Site, screen, title_block
from banshi.ui.screens.hall import back
from banshi.ui.screens.html import button, div, span, tag
from banshi.ui.screens.pieces import empty, moment, panel
from banshi.ui.screens.publishing import change_list


def add(site: Site) -> None:
    """Add the page."""

    @screen(site, "/owner/{service_id}/compare")
    async def compare(screen: Screen, service_id: str, old: str = "", new: str = "") -> None:
        t, workshop = screen.t, screen.hall.workshop
        versions = await screen.ask(workshop.versions, service_id)
        plans = await screen.ask(workshop.plans, service_id)
        picks = _picks(screen, versions, plans)
        # Without a choice: the live version against the one before it.
        old = old or next((row.version for row in versions if not row.live), versions[0].version)
        found = await screen.ask(workshop.compare, service_id, old, new)
        with screen.frame(t("compare.title"), active="owner"):
            back(t("compare.back"), f"/owner/{quote(service_id)}")
            title_block(t("compare.title"), t("compare.lead"))
            with tag("form", "", "compare-form", method="get", action=f"/owner/{quote(service_id)}/compare"):
                for name, chosen in (("old", found.old), ("new", found.new)):
                    with tag("label", "", "field"):
                        span(t(f"compare.{name}"), "field-label")
                        with tag("select", "", "select", name=name):
                            for version, label in picks.items():
                                tag("option", label, value=version, selected=version == chosen)
                button(t("compare.go"), None, "button primary", type="submit")
            if not found.changes:
                empty("check", t("compare.none"), t("compare.none_text"))
                return
            span(t("compare.count", count=len(found.changes)), "strong")
            # What a sheet has lost stands behind the others: it is gathered to its sheet here.
            order = list(dict.fromkeys(change.place.sheet for change in found.changes))
            for sheet, changes in groupby(
                sorted(found.changes, key=lambda change: order.index(change.place.sheet)),
                key=lambda change: change.place.sheet,
            ):
                with panel(sheet or t("compare.workbook"), "panel-compare", "file"), div(""):
                    change_list(screen, list(changes), placed=False)


def _picks(screen: Screen, versions: list[VersionRow], plans: list[PlanRow]) -> dict[str, str]:
    """The versions that can be compared, by their short names; each once, as it went live last."""
    t, picks = screen.t, {}
    for plan in plans:
        if plan.state in ("proposed", "planned", "held", "failed"):
            picks[plan.version] = t("compare.planned", version=plan.version)
    for row in versions:
        key = "compare.live" if row.live else "compare.version"
        picks.setdefault(row.version, t(key, version=row.version, at=moment(row.published_at)))
    return picks
