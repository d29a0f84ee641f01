"""What the picture of a route says beside the names of its steps, and how many lines a text takes."""

from __future__ import annotations

import re

from banshi.platform.routes.hooks import Open
from banshi.platform.routes.model import BackMode, Route, RouteStep

_SIZE = 12
_WIDE = "\u1100-\uffff\U00010000-\U0010ffff"
_WORDS = {
    "start": ("开始", "Start"),
    "end": ("办结", "End"),
    "yes": ("是", "yes"),
    "no": ("否", "no"),
    "enough": ("{need} 支通过即可", "{need} enough"),
}
_BACK = {
    "initiator": ("发起人", "the initiator"),
    "previous": ("上一步", "the previous step"),
    "any": ("任意已办环节", "any step that is done"),
}
_AFTER = {
    BackMode.ASK: ("", ""),
    BackMode.THROUGH: ("，之后重走", ", then through again"),
    BackMode.STRAIGHT: ("，之后直达", ", then straight back"),
    BackMode.CHANGED: ("，之后按变更", ", then where facts changed"),
}


def word(name: str, language: str) -> str:
    """One of the fixed texts."""
    return _WORDS[name][language == "en"]


def refusal_text(language: str) -> str:
    """What ends a case early; no line of the picture shows it."""
    return "A step that is refused ends the case." if language == "en" else "任一环节不通过，办件即结束"


def return_text(step: RouteStep, route: Route, language: str) -> str:
    """Where a step may return to; empty where nobody decides or does anything."""
    if not step.mode.asks or not step.back:
        return ""
    english = language == "en"
    names = {other.id: f"{other.id} {other.title(language)}" for other in route.steps}
    places = [_BACK[entry][english] if entry in _BACK else names.get(entry, entry) for entry in step.back]
    listed = (", " if english else "、").join(places)
    return ("Returns to: " if english else "可退回：") + listed + _AFTER[step.back_mode][english]


def opens_text(step: RouteStep, language: str) -> str:
    """Which services it opens when it is passed; empty where none."""
    opened = [hook for hook in step.hooks if isinstance(hook, Open)]
    english = language == "en"
    told = [
        hook.service
        + ("" if not hook.each else f" for each row of {hook.each}" if english else f"（每行 {hook.each}）")
        for hook in opened
    ]
    if not told:
        return ""
    return "Opens: " + ", ".join(told) if english else "通过后开：" + "、".join(told)


def label_lines(text: str, width: int) -> list[str]:
    """A text broken into lines of at most `width` pixels at 12 pixels a Chinese character; between words, or within long ones."""
    lines, used = [""], 0.0
    for token in re.findall(rf"[{_WIDE}]|[^\s{_WIDE}]+|\s+", text):
        for part in [token] if _length(token) <= width else token:
            length = _length(part)
            if used + length > width and lines[-1]:
                lines.append("")
                used = 0.0
            if part.isspace() and not lines[-1]:
                continue
            lines[-1] += part
            used += length
    return [line.rstrip() for line in lines]


def _length(text: str) -> float:
    return sum(_SIZE if re.match(f"[{_WIDE}]", character) else _SIZE * 0.6 for character in text)
