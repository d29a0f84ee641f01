"""XML parts as streams: expat with our own handlers, so that no tree is built and no declaration is followed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
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
    # Called for every element of sheets with hundreds of thousands of cells: looked up without a call where the name is known.
    local: dict[str, str] = {}

    def on_start(name: str, attributes: dict[str, str]) -> None:
        known = local.get(name)
        if known is None:
            known = local[name] = name.rpartition(_SEPARATOR)[2]
        start(known, attributes)

    def on_end(name: str) -> None:
        if end is not None:
            end(local[name])

    parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.StartElementHandler = on_start
    if end is not None:
        parser.EndElementHandler = on_end
    if text is not None:
        parser.CharacterDataHandler = text
    for piece in pieces:
        parser.Parse(piece, False)
    parser.Parse(b"", True)


def relation_id(attributes: dict[str, str]) -> str:
    """The value of an `r:id` attribute."""
    return next((value for name, value in attributes.items() if name.rpartition(_SEPARATOR)[2] == "id"), "")


def _refuse(*_: object) -> None:
    raise DeclarationError
