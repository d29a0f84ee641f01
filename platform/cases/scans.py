"""Scans of passes as events tell them: where, in which direction, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from banshi.platform.service.passes import IN, OUT
from banshi.platform.service.sensitive import STARS
from banshi.rules.values import CAMPUS_ZONE

UNKNOWN, NOT_YET, OVER, WITHDRAWN = "unknown", "not_yet", "over", "withdrawn"
WRONG_PLACE, NOWHERE, INSIDE, NOT_INSIDE, NO_EXITS, USED, TOO_SOON = (
    "wrong_place",
    "nowhere",
    "already_inside",
    "not_inside",
    "no_exits",
    "already_used",
    "too_soon",
)
CLOSED, OLD_CODE, CODE_USED, NOT_LISTED = "closed", "old_code", "code_used", "not_listed"
"""What hinders somebody with a personal pass."""
WELCOME, LEAVES, LATE = "in", "out", "late"
LATE_IN, AGAIN = "late_in", "again"
"""What comes of a scan: three ways of being let through, two more with a personal pass, the others not."""
LET_THROUGH = (WELCOME, LEAVES, LATE, LATE_IN, AGAIN)
SAID: Mapping[str, tuple[str, str]] = {
    WELCOME: ("可以进入", "May come in"),
    LEAVES: ("可以离开", "May leave"),
    LATE: ("可以离开，已超过有效时间", "May leave, but the pass is over"),
    LATE_IN: ("可以进入，记为晚归", "May come in, and is kept as late"),
    AGAIN: ("可以通过；上一次没有刷码", "May pass; the way before was not scanned"),
    CLOSED: ("这个时间不能进", "Nobody is let in at this time"),
    OLD_CODE: ("这个码已经换掉，请出示屏幕上现在的码", "The code has changed: show the one that is on the screen now"),
    CODE_USED: ("这个码已经用过，请等屏幕上换新码", "The code was used already: wait for the next one on the screen"),
    NOT_LISTED: ("名册里没有这个人，无效", "The roll does not name this person"),
    UNKNOWN: ("没有这张通行证", "There is no such pass"),
    NOT_YET: ("还没到有效时间", "The pass does not count yet"),
    OVER: ("已过有效时间", "The pass is over"),
    WITHDRAWN: ("已收回，无效", "The pass was withdrawn"),
    WRONG_PLACE: ("不是这里的通行证", "The pass does not count here"),
    NOWHERE: ("这张通行证没有地点，哪里都不能用", "The pass names no place and counts nowhere"),
    INSIDE: ("已经用它进来，还没有出去", "Somebody came in with it and has not left"),
    NOT_INSIDE: ("没有进门记录", "Nobody came in with it"),
    NO_EXITS: ("这张通行证出门不用刷码，也不记出门", "This pass keeps no exits: nothing is scanned on the way out"),
    USED: ("次数已经用完", "All its uses are spent"),
    TOO_SOON: ("刚刚查验过，请稍等再刷", "It was checked a moment ago; wait a little"),
}
DIRECTIONS: Mapping[str, tuple[str, str]] = {IN: ("进门", "In"), OUT: ("出门", "Out")}


def said(reason: str, language: str) -> str:
    """What came of a scan, for people."""
    return SAID[reason][language == "en"]


def said_at(reason: str, since: datetime | None, until: datetime | None, language: str) -> str:
    """The same with the moment, campus time, from or until which the pass counts, where that is what is in the way."""
    text = said(reason, language)
    at = since if reason == NOT_YET else until if reason in (OVER, LATE) else None
    if at is None:
        return text
    moment = f"{at.astimezone(CAMPUS_ZONE):%Y-%m-%d %H:%M}"
    if reason == NOT_YET:
        return f"{text}: from {moment}" if language == "en" else f"{text}：{moment} 起有效"
    return f"{text}: until {moment}" if language == "en" else f"{text}：有效至 {moment}"


def scan_text(scan: Mapping[str, Any], language: str) -> str:
    """A scan as the timeline tells it; of one whose data were deleted only that."""
    direction, reason = str(scan.get("direction") or ""), str(scan.get("reason") or "")
    if direction not in DIRECTIONS or reason not in SAID:
        return STARS
    where = [DIRECTIONS[direction][language == "en"], str(scan.get("place") or ""), said(reason, language)]
    return " · ".join(filter(None, where))


def without_scan(event: dict[str, Any]) -> dict[str, Any]:
    """An event as JSON for somebody who may not see where people went."""
    scan = event.get("payload", {}).get("scan")
    if not scan:
        return event
    return {**event, "payload": {**event["payload"], "scan": dict.fromkeys(scan, STARS)}}
