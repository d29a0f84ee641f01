"""Plain HTML elements for the screens: text goes in as text, attributes come from a short list, links stay safe.

Screens use native elements because browsers, keyboards and screen readers know them, and because one costs the server
a third of a ready-made control. Made while a `Drawing` is drawn they cost next to nothing, and take no handlers.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, cast

from nicegui.elements.mixins.text_element import TextElement

from banshi.ui.assets import url
from banshi.ui.components.drawing import Node, is_drawing

# `innerHTML`, `on…`, `srcdoc` and keys with a colon (which NiceGUI evaluates) are not on the list, on purpose.
ATTRIBUTES = frozenset(
    re.findall(
        r"\w+",
        "action alt autocomplete checked cols colspan datetime defaultValue disabled download for form headers hidden href "
        "id inputmode lang maxlength method name open placeholder popover popovertarget readonly rel required role rows rowspan scope selected "
        "src tabindex title type value viewBox",
    )
)
_SCHEMES = ("/", "#", "?", "https://", "http://", "mailto:", "tel:")


class UnsafeAttribute(ValueError):
    """An attribute that no screen may set."""

    def __init__(self, name: str, value: object) -> None:
        super().__init__(f"The attribute {name}={value!r} is not allowed in a screen.")


class Tag(TextElement):
    """One native element. `with tag(...):` puts others inside."""

    def __init__(self, name: str, text: str = "", classes: str = "", /, **attributes: str | int | bool | None) -> None:
        super().__init__(tag=name, text=text)
        if not text:
            self._text = None
        if classes:
            self.classes(classes)
        for key, value in attributes.items():
            if value is not None and value is not False:
                self.set(key, value)

    def set(self, key: str, value: str | int | bool) -> Tag:
        """Set an attribute: `aria_label` is `aria-label`, `for_` is `for`."""
        self.props[_checked(key, value)] = value
        return self

    def unset(self, key: str) -> Tag:
        """Take an attribute away."""
        self.props.pop(key.rstrip("_").replace("_", "-"), None)
        return self


def tag(name: str, text: str = "", classes: str = "", /, **attributes: str | int | bool | None) -> Tag:
    """Any native element. In a drawing it can only be filled."""
    if not is_drawing():
        return Tag(name, text, classes, **attributes)
    given = {
        _checked(key, value): value for key, value in attributes.items() if value is not None and value is not False
    }
    return cast("Tag", Node(name, text, {"class": classes, **given} if classes else given))


def _checked(key: str, value: str | int | bool) -> str:
    """The name of an attribute that may be set."""
    name = key.rstrip("_").replace("_", "-")
    allowed = name in ATTRIBUTES or name.startswith(("aria-", "data-"))
    if not allowed or (name in {"href", "src", "action"} and not str(value).startswith(_SCHEMES)):
        raise UnsafeAttribute(name, value)
    return name


def div(classes: str = "", text: str = "", /, **attributes: str | int | bool | None) -> Tag:
    """A box."""
    return tag("div", text, classes, **attributes)


def span(text: str, classes: str = "", /, **attributes: str | int | bool | None) -> Tag:
    """A run of text."""
    return tag("span", text, classes, **attributes)


def p(text: str = "", classes: str = "", /, **attributes: str | int | bool | None) -> Tag:
    """A paragraph."""
    return tag("p", text, classes, **attributes)


def heading(level: int, text: str, classes: str = "", /, **attributes: str | int | bool | None) -> Tag:
    """A heading of level 1 (one a page) to 4."""
    return tag(f"h{level}", text, classes, **attributes)


def link(text: str, href: str, classes: str = "", /, **attributes: str | int | bool | None) -> Tag:
    """A link to one of our pages."""
    return tag("a", text, classes, href=href, **attributes)


def button(
    text: str = "",
    on_click: Callable[..., Any] | None = None,
    classes: str = "button",
    /,
    **attributes: str | int | bool | None,
) -> Tag:
    """A button; `type` is `button` unless given."""
    made = tag("button", text, classes, **{"type": "button", **attributes})
    if on_click is not None:
        made.on("click", on_click, args=[])
    return made


def icon(name: str, classes: str = "icon") -> Tag:
    """A picture of our set, for the eye only."""
    with tag("svg", "", classes, viewBox="0 0 24 24", aria_hidden="true") as made:
        tag("use", href=f"{url('icons.svg')}#{name}")
    return made
