"""What the rules decided on the page of a case: the results that hold first, superseded ones folded below."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from banshi.platform.views import DecisionView
from banshi.ui.screens.html import div, icon, link, p, span, tag
from banshi.ui.screens.pieces import moment, panel
from banshi.ui.texts import Texts

_CELLS = 6


def decisions(t: Texts, found: Sequence[DecisionView], *, linked: bool) -> None:
    """The panel; `linked` where the viewer may open the rule log."""
    versions = len({one.version for one in found}) > 1
    with panel(t("case.decisions"), "panel-decisions", "auditor"):
        p(t("case.decisions_text"), "muted")
        _list(t, [one for one in found if one.current], linked=linked, versions=versions)
        if earlier := [one for one in found if not one.current]:
            with tag("details", "", "left-out"):
                with tag("summary"):
                    icon("right", "icon icon-small")
                    span(t("decision.earlier", count=len(earlier)))
                _list(t, earlier, linked=linked, versions=versions)


def _list(t: Texts, found: Sequence[DecisionView], *, linked: bool, versions: bool) -> None:
    with tag("ul", "", "decision-list"):
        for one in found:
            with tag("li", "", "decision"):
                _decision(t, one, linked=linked, version=versions)


def _decision(t: Texts, decision: DecisionView, *, linked: bool, version: bool) -> None:
    with div("decision-head"):
        name = decision.name + (f" · {decision.scope}" if decision.scope else "")
        if linked:
            link(name, f"/auditor/{quote(decision.id)}", "strong")
        else:
            span(name, "strong")
        span(t.maybe(f"decision.kind.{decision.kind}", decision.kind), "tag tag-grey")
        if decision.outcome != "ok":
            span(t.maybe(f"decision.outcome.{decision.outcome}", decision.outcome), "tag tag-orange")
    when = [t("decision.at", deed=decision.deed)] if decision.deed else []
    when += [moment(decision.at), *([t("decision.version", version=decision.version)] if version else [])]
    p(" · ".join(when), "muted small")
    for line in decision.told:
        p(line, "decision-value")
    fired = [str(cell) for cell in decision.record.get("fired", ())]
    if fired:
        with div("cells"):
            icon("owner", "icon icon-small")
            for cell in fired[:_CELLS]:
                span(cell, "cell-mark")
            if len(fired) > _CELLS:
                span(t("decision.more_cells", count=len(fired) - _CELLS), "muted")
