"""Styled texts: the Markdown and the few HTML tags that XLSForm allows in labels, hints and choices.

A browser gets a tree of known tags, so nothing that an author writes is ever HTML there; everything else (messages,
tables, exports, titles) gets the plain text. Lists are no part of it: `1. 姓名` is a label with a number.

Source: ODK's documentation, “Styling prompts” (headings, emphasis, links, `<span style>`).
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from markdown_it import MarkdownIt

from banshi.platform.service.model import Texts

Styled = list[Any]
"""Text, or `{tag, items}` with `href` or `color` where the tag has them; `tag` is one of `TAGS`."""

TAGS = frozenset({"strong", "em", "u", "small", "sub", "sup", "code", "span", "a", "br"})
_SAME = {"b": "strong", "i": "em", "font": "span", **{f"h{level}": "strong" for level in range(1, 7)}}
_LINES = frozenset({"p", "div", "center", "ul", "ol", "li", "hr", *(f"h{level}" for level in range(1, 7))})

_MAY_BE = re.compile(r"[*_`\[<&\\]|^#", re.MULTILINE)
_COLOR = re.compile(r"(?:^|;)\s*color\s*:\s*(#[0-9a-f]{3,8}|[a-z]+)\s*(?:;|$)", re.IGNORECASE)
_MARKDOWN = MarkdownIt("zero", {"html": True, "breaks": True}).enable(
    ["heading", "emphasis", "link", "html_inline", "backticks", "escape", "entity", "newline"]
)
_TEXT = re.compile(r"[$＄][{｛][^{}｛｝]*[}｝]|(?<=[0-9A-Za-z])\*(?=[0-9])")
"""References, and the signs of a measure: `20*30*40` has no emphasis."""
_MARK = re.compile("\ue000(\\d+)\ue001")
_NO_MARKS = dict.fromkeys((0xE000, 0xE001))
_DEEPEST = 20


def styled(text: str) -> Styled | None:
    """The tree of a text; None for one without any style."""
    if not _MAY_BE.search(text):
        return None
    names: list[str] = []
    text = text.translate(_NO_MARKS)

    def put_by(found: re.Match[str]) -> str:
        names.append(found[0])
        return f"\ue000{len(names) - 1}\ue001"

    builder = _Builder()
    # `${a_b} ${c_d}` is two names and no emphasis.
    builder.feed(_MARKDOWN.render(_TEXT.sub(put_by, text)))
    builder.close()
    tree = builder.tree(names)
    return None if tree == [text] else tree


def plain_text(text: str) -> str:
    """The text as it is read without its style."""
    tree = styled(text)
    return text if tree is None else _flat(tree).strip()


def plain_texts(texts: Texts) -> Texts:
    """The same in every language."""
    return Texts(tuple((language, plain_text(text)) for language, text in texts.by_language))


def _flat(tree: Styled) -> str:
    return "".join(
        node if isinstance(node, str) else "\n" if node["tag"] == "br" else _flat(node["items"]) for node in tree
    )


class _Builder(HTMLParser):
    """The tree of what Markdown became; a tag that is not known is text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._stack: list[tuple[str, Styled]] = [("", [])]

    def tree(self, names: list[str]) -> Styled:
        """What was built, with the references back in their places."""
        return _restored(self._stack[0][1], names)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag begins."""
        name = _SAME.get(tag, tag)
        if tag == "br" or tag in _LINES:
            self._break(always=tag == "br")
        elif name not in TAGS:
            self.handle_data(self.get_starttag_text() or "")
        if name not in TAGS or name == "br" or len(self._stack) > _DEEPEST:
            return
        node: dict[str, Any] = {"tag": name, "items": []}
        given = dict(attrs)
        color = _COLOR.search(given.get("style") or f"color:{given.get('color') or ''}")
        if name == "a":
            href = (given.get("href") or "").strip()
            node |= {"href": href} if urlsplit(href).scheme in {"http", "https", "mailto", "tel"} else {"tag": "span"}
        elif color:
            node["color"] = color[1].lower()
        self._stack[-1][1].append(node)
        self._stack.append((tag, node["items"]))

    def handle_endtag(self, tag: str) -> None:
        """A tag ends, and with it those inside it that the author forgot to end."""
        if tag not in TAGS and tag not in _SAME and tag not in _LINES:
            self.handle_data(f"</{tag}>")
        if tag in [open_ for open_, _ in self._stack]:
            while self._stack.pop()[0] != tag:
                pass
        if tag in _LINES:
            self._break(always=False)

    def handle_data(self, data: str) -> None:
        """Text; between blocks there is none but line ends."""
        if len(self._stack) == 1 and not data.strip("\n"):
            return
        items = self._stack[-1][1]
        # Markdown ends each line with a break of its own, so the line end itself is nothing.
        text = data.replace("\n", "") if items and isinstance(items[-1], dict) and items[-1]["tag"] == "br" else data
        if items and isinstance(items[-1], str):
            items[-1] += text
        elif text:
            items.append(text)

    def _break(self, *, always: bool) -> None:
        items = self._stack[-1][1]
        if always or (items and not (isinstance(items[-1], dict) and items[-1]["tag"] == "br")):
            items.append({"tag": "br", "items": []})


def _restored(tree: Styled, names: list[str]) -> Styled:
    made: Styled = []
    for node in tree:
        if isinstance(node, str):
            made.append(_MARK.sub(lambda found: names[int(found[1])], node))
        elif node["tag"] == "br":
            made.append(node)
        elif items := _restored(node["items"], names):
            made.append({**node, "items": items})
    while made and isinstance(made[-1], dict) and made[-1]["tag"] == "br":
        made.pop()
    return made
