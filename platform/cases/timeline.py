"""The timeline of a case: what happened, who did it for whom, and why the platform did what it did by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from banshi.platform.cases.scans import scan_text
from banshi.platform.cases.show import NO_TITLES, NameOf, Sees, path_label, step_names
from banshi.platform.routes.model import Route
from banshi.platform.routes.reasons import Reason
from banshi.platform.service.sensitive import STARS
from banshi.platform.views import EventView
from banshi.rules.values import CAMPUS_ZONE
from banshi.storage.contract import StoredEvent

_VERDICTS = {
    "approved": ("已通过", "approved"),
    "refused": ("未通过", "refused"),
    "withdrawn": ("已撤回", "withdrawn"),
}


def event_views(
    events: Sequence[StoredEvent],
    route_in: Callable[[str], Route],
    name: NameOf,
    language: str,
    sees: Sees,
    titles: Mapping[str, str] = NO_TITLES,
    why: NameOf = lambda _: "",
    labels: Mapping[str, str] = NO_TITLES,
    *,
    scans: bool = True,
) -> list[EventView]:
    """The timeline, oldest first; the steps are called as in the version that the case had then (`route_in`).

    `why` gives the reason for which another case was refused, where the viewer may know it; `labels` say how questions
    are called. Where and how passes were scanned is told with `scans` alone.
    """
    names: Mapping[str, str] = {}
    views = []
    for event in events:
        if version := event.payload.get("version"):
            names = step_names(route_in(version), language)
        view = EventView(
            seq=event.seq,
            at=event.at,
            kind=event.kind,
            actor=_actor(event, name, language),
            step=names.get(event.payload.get("step", ""), ""),
            opinion=event.payload.get("opinion", ""),
            files=event.payload.get("files", ()),
            signature=event.payload.get("signature"),
            detail=_detail(event.payload, names, name, language, sees, titles, why, labels, scans=scans),
        )
        views.append(view)
    return views


def _actor(event: StoredEvent, name: NameOf, language: str) -> str:
    """Who did it, and for whom: `张三（代李四）`."""
    actor, whom = name(event.actor), event.payload.get("for", "")
    if not whom:
        return actor
    return f"{actor} (for {name(whom)})" if language == "en" else f"{actor}（代{name(whom)}）"


def _detail(
    payload: Mapping[str, Any],
    names: Mapping[str, str],
    name: NameOf,
    language: str,
    sees: Sees,
    titles: Mapping[str, str],
    why: NameOf,
    labels: Mapping[str, str],
    *,
    scans: bool,
) -> str:
    parts = []
    if path := payload.get("looked"):
        parts.append(path_label(path, labels))
    if erased := payload.get("erased"):
        parts.append(
            (", " if language == "en" else "、").join(
                dict.fromkeys(labels.get(name, name) for name in erased["fields"])
            )
        )
    if before := payload.get("from"):
        parts.append(f"{before[:12]} → {payload['version'][:12]}")
    if opened := payload.get("opened"):
        parts.append(_opened(opened, language, titles, why))
    if paper := payload.get("paper"):
        parts.append(f"{paper['title']} {paper['number']}")
    parts += _of_pass(payload, language, scans=scans)
    if parent := payload.get("parent"):
        by = f"{titles.get(parent['service_id'], parent['service_id'])} {parent['number']}"
        parts.append(f"opened by {by}" if language == "en" else f"由{by} 开出")
    if scan := payload.get("scanned"):
        title, moment = scan["title_en" if language == "en" else "title"], datetime.fromisoformat(scan["at"])
        at = f"{moment.astimezone(CAMPUS_ZONE):%Y-%m-%d %H:%M:%S}"
        parts.append(
            f"scanned “{title}” of {scan['number']} at {at}"
            if language == "en"
            else f"{at} 扫了 {scan['number']} 的“{title}”"
        )
    if job := payload.get("job"):
        parts.append(f"by the job {job}" if language == "en" else f"由定时任务“{job}”开出")
    if desk := payload.get("from_desk"):
        parts.append(f"from the desk of {name(desk)}" if language == "en" else f"原在{name(desk)}处")
    if whom := [name(person) for person in payload.get("people", ())]:
        parts.append("→ " + (", " if language == "en" else "、").join(whom))
    if payload.get("claimed"):
        parts.append("claimed by this deed" if language == "en" else "办理时即领取")
    if payload.get("reason"):
        parts.append(Reason(payload["reason"]).text(language))
    parts += [_opened(opened, language, titles, why) for opened in payload.get("unmet", ())]
    parts += [f"{key} = {text}" for key, text in payload.get("values", ()) if sees(key)]
    if target := payload.get("return_to"):
        initiator = "the applicant" if language == "en" else "申请人"
        parts.append("→ " + (initiator if target == "initiator" else names.get(target, target)))
    return ("; " if language == "en" else "；").join(parts)


def _of_pass(payload: Mapping[str, Any], language: str, *, scans: bool) -> list[str]:
    """Which pass, and what came of a scan of it."""
    found = []
    if given := payload.get("pass"):
        found.append(given["title_en" if language == "en" else "title"])
    if scan := payload.get("scan"):
        found.append(scan_text(scan, language) if scans else STARS)
    return found


def _opened(opened: Mapping[str, str], language: str, titles: Mapping[str, str], why: NameOf) -> str:
    """A case that was opened, or could not be: its service and number, what became of it, and why."""
    english, verdict = language == "en", opened.get("verdict", "")
    said = [titles.get(opened["service"], opened["service"]), opened.get("number", "")]
    if verdict:
        said.append(_VERDICTS[verdict][english])
    reason = opened.get("why_en" if english else "why") or (why(opened["case_id"]) if verdict == "refused" else "")
    return " ".join(filter(None, said)) + ((": " if english else "：") + reason if reason else "")
