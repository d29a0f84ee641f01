"""XML parts as streams: expat with our own handlers, so that no tree is built and no declaration is followed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from xml.parsers import expat

Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]
Text = Callable[[str], None]

_SEPARATOR = " "


class DeclarationError(ValueError):
    """A part that declares a document type or an entity."""

    def __init__(self) -> None:
        super().__init__("a document type declaration")


def parse(pieces: Iterable[bytes], start: Start, end: End | None = None, text: Text | None = None) -> None:
    """Feed a part to handlers, which get local names (`row`, whatever its prefix or namespace).

    Raises ExpatError when the part is not well formed and DeclarationError when it declares a document type.
    """
    # Called for every shared text: looked up without a call where the name is known.
    local: dict[str, str] = {}

    def on_start(name: str, attributes: dict[str, str]) -> None:
        known = local.get(name)
        if known is None:
            known = local[name] = name.rpartition(_SEPARATOR)[2]
        start(known, attributes)

    def on_end(name: str) -> None:
        if end is not None:
            end(local[name])

    _run(pieces, on_start, on_end if end is not None else None, text)


def walk(
    pieces: Iterable[bytes],
    starts: Mapping[str, Callable[[dict[str, str]], None]],
    ends: Mapping[str, Callable[[], None]],
    text: Text,
) -> None:
    """The same with a handler for each name, for sheets with hundreds of thousands of cells. Raises as `parse` does."""
    for _ in stroll(pieces, starts, ends, text):
        pass


def stroll(
    pieces: Iterable[bytes],
    starts: Mapping[str, Callable[[dict[str, str]], None]],
    ends: Mapping[str, Callable[[], None]],
    text: Text,
) -> Iterator[None]:
    """`walk` that stops after every piece, so that what it brought can be taken away."""
    start_of, end_of = _Handlers(starts), _Handlers(ends)

    def on_start(name: str, attributes: dict[str, str]) -> None:
        handler = start_of[name]
        if handler is not None:
            handler(attributes)

    def on_end(name: str) -> None:
        handler = end_of[name]
        if handler is not None:
            handler()

    return _steps(pieces, on_start, on_end, text)


class _Handlers(dict[str, Any]):
    """Handlers by the name that expat gives, namespace and all; None for a name without one."""

    def __init__(self, by_name: Mapping[str, Callable[..., None]]) -> None:
        self._by_name = by_name

    def __missing__(self, name: str) -> Callable[..., None] | None:
        found = self[name] = self._by_name.get(name.rpartition(_SEPARATOR)[2])
        return found


def _run(pieces: Iterable[bytes], start: Start, end: End | None, text: Text | None) -> None:
    for _ in _steps(pieces, start, end, text):
        pass


def _steps(pieces: Iterable[bytes], start: Start, end: End | None, text: Text | None) -> Iterator[None]:
    parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.StartElementHandler = start
    if end is not None:
        parser.EndElementHandler = end
    if text is not None:
        parser.CharacterDataHandler = text
    for piece in pieces:
        parser.Parse(piece, False)
        yield
    parser.Parse(b"", True)
    yield


def relation_id(attributes: dict[str, str]) -> str:
    """The value of an `r:id` attribute."""
    return next((value for name, value in attributes.items() if name.rpartition(_SEPARATOR)[2] == "id"), "")


def _refuse(*_: object) -> None:
    raise DeclarationError
