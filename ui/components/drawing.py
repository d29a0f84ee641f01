"""Many native elements as one element of NiceGUI: what is only looked at, or followed as a link, needs no more.

An element of NiceGUI costs the server 4 KB for each page that is open; a node of a drawing costs its JSON.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import TracebackType
from typing import Any

from nicegui.element import Element

from banshi.ui.components.fragments import fragment

_FILLED: ContextVar[list[Any] | None] = ContextVar("filled", default=None)


class Node:
    """One native element of a drawing. `with node:` puts others inside."""

    def __init__(self, name: str, text: str, attributes: Mapping[str, str | int | bool]) -> None:
        self._inside: list[Any] = [text] if text else []
        self._outside: list[Any] | None = None
        filled = _FILLED.get()
        if filled is None:
            raise RuntimeError("A node is made while a drawing is drawn.")
        filled.append([name, attributes, self._inside])

    def __enter__(self) -> Node:
        self._outside = _FILLED.get()
        _FILLED.set(self._inside)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _FILLED.set(self._outside)


class Drawing(Element, component="drawing.js"):
    """A part of a page that is sent as one tree. What needs handlers stands in its slots, where `hole` leaves room."""

    @contextmanager
    def draw(self) -> Iterator[None]:
        """Draw what is made inside, in place of what was drawn before; the slots keep what they hold."""
        nodes: list[Any] = []
        token = _FILLED.set(nodes)
        try:
            yield
        finally:
            _FILLED.reset(token)
        self._props["nodes"] = fragment(nodes)


def is_drawing() -> bool:
    """Whether what is made now becomes part of a drawing."""
    return _FILLED.get() is not None


def hole(slot: str = "default") -> None:
    """Leave room for what stands in a slot of the drawing."""
    filled = _FILLED.get()
    if filled is None:
        raise RuntimeError("A hole belongs into a drawing.")
    filled.append({"slot": slot})
