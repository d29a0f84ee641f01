"""Pieces that several screens show: states, moments, the route, bills, findings, empty lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import Any

from banshi.platform.people.directory import Person
from banshi.platform.views import Problem, StepView
from banshi.rules.values import CAMPUS_ZONE
from banshi.ui.screens.html import Tag, div, heading, icon, link, p, span, tag
from banshi.ui.texts import Texts

CASE_TONES = {"open": "blue", "returned": "orange", "approved": "green", "refused": "red", "withdrawn": "grey"}
_VERDICTS = {"forbid": "close", "require": "warning", "warn": "warning", "allow": "check"}
_FEW = 4
_STEP_ICONS = {"done": "check", "refused": "close", "returned": "back"}
_ICONS = {
    "bolt": ("bolt", "electricity", "power", "电", "⚡"),
    "flask": ("flask", "science", "chemistry", "biotech", "化学", "🧪", "⚗️"),
    "microscope": ("microscope", "instrument", "precision_manufacturing", "仪器", "🔬"),
    "cart": ("cart", "shopping_cart", "purchase", "采购", "🛒"),
    "building": ("building", "apartment", "建筑", "🏢"),
    "home": ("home", "bed", "dormitory", "宿舍", "🏠"),
    "calendar": ("calendar", "event", "日历", "📅"),
    "book": ("book", "school", "图书", "📖", "📚"),
    "card": ("card", "payments", "credit_card", "财务", "💳"),
    "receipt": ("receipt", "receipt_long", "报销", "🧾"),
    "wrench": ("wrench", "build", "repair", "维修", "🔧"),
    "printer": ("printer", "print", "打印", "🖨️"),
    "plane": ("plane", "flight", "travel", "出差", "✈️"),
    "stamp": ("stamp", "seal", "approval", "用印"),
    "truck": ("truck", "local_shipping", "车辆", "🚚"),
    "file": ("file", "document", "description", "证明", "📄"),
    "users": ("users", "group", "人事", "👥"),
    "heart": ("heart", "health", "校医", "❤️"),
    "scale": ("scale", "law", "gavel", "法务", "⚖️"),
    "folder": ("folder", "档案", "📁"),
}
_PICTURES = {word: name for name, words in _ICONS.items() for word in words}
_IN_TITLES = {
    "bolt": ("电费", "用电", "electricity", "power"),
    "flask": ("危化", "化学", "试剂", "chemical", "laboratory"),
    "microscope": ("仪器", "设备", "instrument", "equipment"),
    "cart": ("采购", "购置", "purchas", "procure"),
    "plane": ("出差", "出国", "差旅", "travel"),
    "receipt": ("报销", "发票", "reimburse", "invoice"),
    "wrench": ("报修", "维修", "修缮", "repair", "maintenance"),
    "stamp": ("用印", "印章", "seal"),
    "printer": ("打印", "print"),
    "calendar": ("场地", "预约", "借用", "请假", "booking", "leave"),
    "file": ("证明", "certificate", "transcript"),
    "book": ("图书", "课程", "library", "course"),
    "truck": ("用车", "车辆", "vehicle"),
    "home": ("宿舍", "住房", "公寓", "dormitory", "housing"),
    "card": ("缴费", "收费", "充值", "payment", "top-up"),
}


def moment(at: datetime | None) -> str:
    """A moment as the campus clock shows it, to the minute."""
    return "" if at is None else at.astimezone(CAMPUS_ZONE).strftime("%Y-%m-%d %H:%M")


def name_of(person: Person, language: str) -> str:
    """A person's name in a language."""
    return person.english_name if language == "en" and person.english_name else person.name


def service_icon(name: str, title: str, classes: str = "") -> Tag:
    """The picture of a service: the one that its workbook names, or one that fits its title, or its first character."""
    low = title.lower()
    fitting = (key for key, words in _IN_TITLES.items() if any(word in low for word in words))
    key = _PICTURES.get(name.strip().lower()) or next(fitting, "")
    with div(f"service-icon hue-{sum(map(ord, title)) % 5} {classes}", aria_hidden="true") as made:
        if key:
            icon(key)
        else:
            span(title[:1])
    return made


def state_tag(t: Texts, state: str) -> Tag:
    """The state of a case."""
    return span(t.maybe(f"case.state.{state}", state), f"tag tag-{CASE_TONES.get(state, 'grey')}")


@contextmanager
def panel(title: str, classes: str = "", icon_name: str = "") -> Iterator[Tag]:
    """A card with a heading."""
    with tag("section", "", f"panel {classes}") as made:
        with div("panel-head"):
            if icon_name:
                icon(icon_name)
            heading(2, title)
        yield made


def facts(pairs: Sequence[tuple[str, str]]) -> None:
    """Labels and values; empty values are left out."""
    with tag("dl", "", "facts"):
        for label, value in pairs:
            if value:
                with div("fact"):
                    tag("dt", label)
                    tag("dd", value)


def empty(icon_name: str, title: str, text: str = "", href: str = "", more: str = "") -> None:
    """What stands where there is nothing to show."""
    with div("empty"):
        with div("empty-icon"):
            icon(icon_name, "icon icon-large")
        p(title, "empty-title")
        if text:
            p(text, "muted")
        if href:
            link(more, href, "button primary")


def route(t: Texts, steps: Sequence[StepView], *, ahead: bool = False) -> None:
    """The steps of a case from top to bottom: who, and since when. Those not needed wait below, with the reason.

    `ahead` is for a form that is not sent: everything is still to come, so no step says so.
    """
    taken = [step for step in steps if step.state != "skipped"]
    left_out = [step for step in steps if step.state == "skipped"]
    _steps(t, taken, quiet=ahead)
    if left_out:
        with tag("details", "", "left-out"):
            with tag("summary"):
                icon("right", "icon icon-small")
                span(t("step.left_out", count=len(left_out)))
            _steps(t, left_out, quiet=True)


def foreseen(item: Mapping[str, Any]) -> StepView:
    """A step of the preview: the hall gives names, not people, to a form that is not sent."""
    return StepView(
        id=str(item.get("id", "")),
        name=str(item.get("name", "")),
        state=str(item.get("state", "pending")),
        group=str(item.get("group") or ""),
        enough=int(item.get("enough") or 0),
        people=[Person(id="", name=str(name), english_name=str(name)) for name in item.get("people", ())],
        mode=str(item.get("mode") or "one"),
        reason=str(item.get("reason") or ""),
        opens=[str(opened) for opened in item.get("opens", ())],
    )


def _steps(t: Texts, steps: Sequence[StepView], *, quiet: bool) -> None:
    groups = Counter(step.group for step in steps if step.group)
    with tag("ol", "", "route"):
        for step in steps:
            with tag("li", "", f"route-step is-{step.state}", aria_current="step" if step.state == "active" else None):
                with div("route-dot", aria_hidden="true"):
                    if step.state in _STEP_ICONS:
                        icon(_STEP_ICONS[step.state], "icon icon-small")
                _route_text(t, step, quiet=quiet, beside=groups[step.group] > 1)


def _route_text(t: Texts, step: StepView, *, quiet: bool, beside: bool) -> None:
    with div("route-text"):
        with div("route-name"):
            span(step.name, "strong")
            if not quiet:
                span(t.maybe(f"step.state.{step.state}", step.state), f"step-state is-{step.state}")
        if step.people:
            p(_people(t, step), "route-people")
        if beside:
            p(t(_GROUPS.get(step.enough, "step.group_some"), count=step.enough), "route-note")
        if lines := _asked(t, step):
            for line in lines:
                p(line, "route-note route-asked")
        elif step.since and step.state == "active":
            p(t("step.since", at=moment(step.since)), "route-note")
        if step.due:
            late = "overdue" if step.overdue else "due"
            p(t(f"step.{late}", at=moment(step.due)), f"route-note is-{late}")
        if step.reason:
            p(step.reason, "route-note")
        if step.opens:
            said = "step.opened" if step.state == "done" else "step.opens"
            p(t(said, services=t("list.comma").join(step.opens)), "route-note")


_GROUPS = {0: "step.group", 1: "step.group_any"}


def _people(t: Texts, step: StepView) -> str:
    shown = [
        t("step.instead", name=step.instead[person.id], whom=name_of(person, t.language))
        if person.id in step.instead
        else f"{name_of(person, t.language)}{t('step.department', name=person.department) if person.department else ''}"
        for person in step.people
    ]
    mode = t(f"step.mode.{step.mode}") if len(step.people) > 1 and step.mode in {"any", "all"} else ""
    return _few(t, shown) + mode


def _asked(t: Texts, step: StepView) -> list[str]:
    """For whom a step waits, where that is not simply everybody whom it names."""
    now = {asked.person.id for asked in step.asked if asked.since}
    if now == {person.id for person in step.people} and not any(asked.role for asked in step.asked):
        return []
    people: dict[tuple[str, ...], list[str]] = {}
    for asked in step.asked:
        role = t(f"step.role.{asked.role}", name=asked.by) if asked.role else ""
        since = t("step.asked_since", at=moment(asked.since)) if asked.since else ""
        how = ("step.waits" if asked.since else "step.then", *filter(None, (role, since)))
        people.setdefault(how, []).append(name_of(asked.person, t.language))
    return [
        t(text, name=_few(t, names)) + (t("step.department", name=t("list.comma").join(more)) if more else "")
        for (text, *more), names in people.items()
    ]


def waits_for(t: Texts, steps: Sequence[StepView]) -> str:
    """Whom the active steps ask now."""
    now = (asked.person for step in steps for asked in step.asked if asked.since)
    names = list({person.id: name_of(person, t.language) for person in now}.values())
    return _few(t, [*names, *([t("step.other_system")] if any(map(_waits_for_other, steps)) else [])])


def _waits_for_other(step: StepView) -> bool:
    return step.state == "active" and step.mode == "callback"


def comes_next(t: Texts, steps: Sequence[StepView]) -> str:
    """The first step that is to come, with those beside it, and whom they will ask."""
    first = next((step for step in steps if step.state == "pending"), None)
    if first is None:
        return ""
    beside = [step for step in steps if step.state == "pending" and first.group and step.group == first.group]
    ids = {step.id for step in beside}
    # 40.1 follows 40 in its branch.
    told = [step for step in beside or [first] if step.id.rpartition(".")[0] not in ids]
    return t("list.comma").join(step.name + _of(t, step.people) for step in told)


def _of(t: Texts, people: Sequence[Person]) -> str:
    names = _few(t, [name_of(person, t.language) for person in people])
    return t("step.department", name=names) if names else ""


def _few(t: Texts, names: Sequence[str]) -> str:
    more = t("step.more", count=len(names)) if len(names) > _FEW else ""
    return t("list.comma").join(names[:_FEW]) + more


def findings(t: Texts, items: Sequence[Problem | Mapping[str, Any]]) -> None:
    """What the rules noted: the sentence, what to do, the regulation. Not checked is never shown as fine."""
    with tag("ul", "", "findings"):
        for item in items:
            found = asdict(item) if isinstance(item, Problem) else item
            verdict = str(found.get("verdict") or "warn")
            with tag("li", "", f"finding finding-{verdict if verdict in _VERDICTS else 'warn'}"):
                icon(_VERDICTS.get(verdict, "warning") if not found.get("not_checked") else "warning")
                with div(""):
                    _finding(t, found)


def _finding(t: Texts, found: Mapping[str, Any]) -> None:
    if found.get("not_checked"):
        span(t("decision.outcome.not checked"), "tag tag-orange")
    p(str(found.get("message") or ""), "strong")
    if found.get("remedy"):
        p(str(found["remedy"]))
    source = " · ".join(str(found[key]) for key in ("reference", "cell") if found.get(key))
    if source:
        p(source, "muted small")


def bill(t: Texts, bills: Mapping[str, Any]) -> None:
    """Bills by tariff, a line an item, to the fen; then who pays which part. Of several those that charge something."""
    charging = {name: found for name, found in bills.items() if found.get("applies", True) is not False}
    shown = charging or bills
    for name, found in shown.items():
        with div("bill"):
            if len(shown) > 1:
                heading(3, str(name))
            if found.get("applies", True) is False:
                p(t("bill.nothing"), "muted")
                continue
            with tag("table", "", "bill-table"):
                tag("caption", t("bill.caption", name=name), "hidden-text")
                with tag("tbody"):
                    for line in found.get("lines", ()):
                        _bill_line(t, line)
                with tag("tfoot"), tag("tr"):
                    tag("th", t("bill.total"), scope="row")
                    tag("td", _amount(t, found.get("total"), found.get("unit")))
            _shares(t, found.get("shares", ()), found.get("unit"))
            for left in found.get("carries", ()):
                p(
                    t("bill.carry", item=str(left["name"]).removesuffix(".carry"), amount=t.value(left["amount"])),
                    "muted",
                )


def _amount(t: Texts, amount: object, unit: object) -> str:
    """An amount in money, or in the unit of the tariff."""
    return t.money(amount) if not unit or amount is None else f"{t.value(amount)} {unit}"


def _bill_line(t: Texts, line: Mapping[str, Any]) -> None:
    with tag("tr"):
        with tag("th", "", scope="row"):
            own = line.get("label_en") if t.language == "en" else ""
            span(str(own or line.get("label") or line.get("item") or ""))
            quantity, rate = line.get("quantity"), line.get("rate")
            if quantity not in (None, "") and rate not in (None, ""):
                span(f"{t.value(quantity)} × {t.value(rate)}", "sub")
        tag("td", _amount(t, line.get("amount"), line.get("unit")))


def _shares(t: Texts, shares: Sequence[Any], unit: object) -> None:
    pairs = [(share["label"], share["amount"]) if isinstance(share, Mapping) else share for share in shares]
    named = [(label, amount) for label, amount in pairs if label not in (None, "")]  # a row may be empty as yet
    if not named:
        return
    heading(3, t("bill.shares"), "bill-shares")
    with tag("ul", "", "shares"):
        for label, amount in named:
            with tag("li"):
                span(t.value(label))
                span(_amount(t, amount, unit))
