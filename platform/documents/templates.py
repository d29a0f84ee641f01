"""Templates of papers: HTML with `{{field}}` in Jinja2's sandbox, everything escaped; what is wrong with one, line by line.

Authors get loops, conditions, a few filters and the functions of the rules that ask for nothing but their arguments. There
is no way to other files, to Python or to a page of unbounded length, and a template may load nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from html.parser import HTMLParser
from typing import Any

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from banshi.platform.documents.said import Said, plain, worded
from banshi.rules.diagnostics import NOWHERE
from banshi.rules.expressions import Environment, evaluate, parse
from banshi.rules.expressions.registry import FUNCTIONS
from banshi.rules.values import ErrorValue

MOST_SIGNS = 1_000_000
"""Characters of a paper."""
_FILTERS = ("default", "d", "first", "join", "last", "length", "count", "list", "lower", "replace", "reverse",
            "round", "sort", "sum", "trim", "truncate", "upper")  # fmt: skip
_OF_ARGUMENTS = frozenset({"text", "min", "max", "count", "number"})
"""Functions that ask for their surroundings, and get what they want of their arguments."""
_OF_JINJA = {"self", "super", "caller", "varargs", "kwargs"}
"""Names by which Jinja calls parts of itself."""
_LOADING = frozenset(
    [
        "applet",
        "audio",
        "base",
        "bgsound",
        "button",
        "embed",
        "form",
        "frame",
        "frameset",
        "iframe",
        "image",
        "input",
        "link",
        "math",
        "meta",
        "noscript",
        "object",
        "portal",
        "script",
        "select",
        "source",
        "svg",
        "template",
        "textarea",
        "track",
        "video",
    ]
)
_ADDRESSES = frozenset({"background", "data", "poster", "src", "srcset", "xlink:href", "action", "formaction"})
_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif);base64,[a-z0-9+/=]*")
_IN_STYLE = re.compile(r"url\s*\(|@import|expression\s*\(|\\|@font-face|-moz-binding", re.IGNORECASE)
_MARK = "\ue000"
_WITH_DATA = frozenset({"align", "alt", "class", "colspan", "lang", "rowspan", "title", "width"})
"""Attributes in which a value may stand: they mean nothing but what they say."""
_QUOTED = re.compile(r'"[^"]*"|\'[^\']*\'')
_BRACES = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something that is wrong with a template: `kind` is `syntax`, `unknown`, `part` (a name of a row), or `forbidden`."""

    kind: str
    line: int
    text: str
    of: str = ""


class NotFilled(Exception):
    """A template that cannot be filled in with some data; the text says why, in English."""


class _Sandbox(ImmutableSandboxedEnvironment):
    """Nothing of Python but comparing and computing; texts are not multiplied."""

    intercepted_binops = frozenset({"*", "**", "%", "//"})

    def getattr(self, obj: Any, attribute: str) -> Any:
        """What stands behind a dot; of a row its own names, whatever Python calls things."""
        return obj[attribute] if isinstance(obj, dict) else super().getattr(obj, attribute)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Products of numbers only: a text times a million is a way to fill the memory."""
        if operator != "*" or not all(isinstance(one, Said | int | float) for one in (left, right)):
            raise TemplateError(f"“{operator}” is not for these values")
        return super().call_binop(context, operator, left, right)


@cache
def _environment() -> _Sandbox:
    made = _Sandbox(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.globals.clear()
    made.filters = {name: made.filters[name] for name in _FILTERS} | {"round": round, "sum": _sum}
    made.tests = {name: made.tests[name] for name in ("defined", "none", "even", "odd", "in")}
    return made


def _sum(values: Any, attribute: str = "") -> Said:
    made = Said(plain(0), "0")
    for one in values:
        value = one.get(attribute) if attribute and isinstance(one, Mapping) else one
        if isinstance(value, Said) and value:
            made = made + value
    return made


@cache
def function_names() -> dict[str, str]:
    """The functions that a template may call, by the names under which it does."""
    found = {}
    for name, entry in FUNCTIONS.items():
        if not entry.context or name in _OF_ARGUMENTS:
            for word in entry.words:
                found[re.sub(r"\W", "_", word)] = name
    return found


def names_in(source: str) -> frozenset[str]:
    """The names that a template reads, of no template that is wrong."""
    try:
        return frozenset(meta.find_undeclared_variables(_environment().parse(source)))
    except TemplateError:
        return frozenset()


def wrong_with(source: str, known: Mapping[str, frozenset[str] | None]) -> Iterator[Wrong]:
    """Everything that is wrong. `known` are the names that there are, of those with parts (`行.品名`) with their parts."""
    yield from forbidden_in(source)
    try:
        tree = _environment().parse(source)
    except TemplateSyntaxError as error:
        yield Wrong("syntax", error.lineno, str(error.message))
        return
    for kind in (
        nodes.Include,
        nodes.Import,
        nodes.FromImport,
        nodes.Extends,
        nodes.Macro,
        nodes.CallBlock,
        nodes.Block,
        nodes.ScopedEvalContextModifier,
    ):
        word = "autoescape" if kind is nodes.ScopedEvalContextModifier else kind.__name__.lower()
        yield from (Wrong("forbidden", one.lineno, f"{{% {word} %}}") for one in tree.find_all(kind))
    for used in tree.find_all(nodes.Filter):
        if used.name not in _environment().filters:
            yield Wrong("unknown", used.lineno, f"|{used.name}")
    for test in tree.find_all(nodes.Test):
        if test.name not in _environment().tests:
            yield Wrong("unknown", test.lineno, f"is {test.name}")
    try:
        free = meta.find_undeclared_variables(tree) | _OF_JINJA
    except TemplateError:  # a filter or a test that there is not, which is told by now
        return
    functions = function_names()
    called = {one.node.name for one in tree.find_all(nodes.Call) if isinstance(one.node, nodes.Name)}
    told = set()
    for name in tree.find_all(nodes.Name):
        there = name.name in known or (name.name in functions and name.name in called)
        if name.name in free and not there and name.name not in told:
            told.add(name.name)
            yield Wrong("unknown", name.lineno, name.name)
    yield from _parts(tree, known)


def _parts(tree: nodes.Template, known: Mapping[str, frozenset[str] | None]) -> Iterator[Wrong]:
    """Names behind a dot that what stands before it does not have."""
    rows: dict[str, str] = {}
    for loop in tree.find_all(nodes.For):
        if isinstance(loop.target, nodes.Name) and (over := _path(loop.iter)) in known:
            rows[loop.target.name] = over
    for dotted in tree.find_all(nodes.Getattr):
        owner = _path(dotted.node)
        parts = known.get(rows.get(owner, owner))
        if parts is not None and dotted.attr not in parts:
            yield Wrong("part", dotted.lineno, dotted.attr, rows.get(owner, owner))


def _path(node: nodes.Node) -> str:
    if isinstance(node, nodes.Getattr):
        return f"{_path(node.node)}.{node.attr}"
    return node.name if isinstance(node, nodes.Name) else ""


def fill(source: str, facts: Mapping[str, Any], *, now: datetime, language: str) -> str:
    """The template filled in; NotFilled where that fails or becomes too long."""
    functions = {name: _caller(canonical, now, language) for name, canonical in function_names().items()}
    pieces, signs = [], 0
    try:
        template = _environment().from_string(source)
        for piece in template.generate({**functions, **facts}):
            pieces.append(piece)
            signs += len(piece)
            if signs > MOST_SIGNS:
                break
    except NotFilled:
        raise
    except Exception as error:  # whatever a template makes of its data
        raise NotFilled(str(error)) from error
    if signs > MOST_SIGNS:
        raise NotFilled("the paper is too long")
    return "".join(pieces)


def _caller(name: str, now: datetime, language: str) -> Callable[..., Said]:
    def call(*values: Any) -> Said:
        names = {f"a{at}": plain(value) for at, value in enumerate(values)}
        expression, _ = parse(f"{name}({', '.join(names)})", NOWHERE)
        if expression is None:
            raise NotFilled(f"{name}() cannot be called so")
        made = evaluate(expression, Environment(values=names, now=now, language=language))
        if isinstance(made, ErrorValue):
            raise NotFilled(made.diagnostic.message("en"))
        return Said(made, worded(made, language))

    return call


def forbidden_in(source: str, *, filled: bool = False) -> Iterator[Wrong]:
    """What a page may not hold: anything that loads, runs or reaches beyond it, and values where they are more than text.

    A page that is `filled` in has no braces but those that somebody typed.
    """
    marked = (
        source
        if filled
        else _BRACES.sub(lambda found: _MARK * found[0].startswith("{{") + "\n" * found[0].count("\n"), source)
    )
    looking = _Looking()
    looking.feed(marked)
    looking.close()
    yield from looking.found
    for found in re.finditer(rf"</?\s*{_MARK}", marked):
        yield Wrong("forbidden", marked.count("\n", 0, found.start()) + 1, "<{{…}}>")


class _Looking(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Wrong] = []
        self._styling = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at an element."""
        self._styling = tag == "style"
        if tag in _LOADING:
            self._say(f"<{tag}>")
        if _MARK in tag:
            self._say("<{{…}}>")
        if _MARK in _QUOTED.sub("", self.get_starttag_text() or ""):
            self._say(f"<{tag.replace(_MARK, '')} …={{{{…}}}}>")  # without quotes a value goes on with what it likes
        for name, value in attrs:
            self._attribute(tag, name, value or "")

    def _attribute(self, tag: str, name: str, value: str) -> None:
        address = "".join(value.split()).lower()
        if (
            (name in _ADDRESSES and not (tag == "img" and name == "src" and _PICTURE.fullmatch(address)))
            or name.startswith("on")
            or (name == "style" and _IN_STYLE.search(value))
            or (name == "href" and not re.match(r"https?://|mailto:|#", address))
        ):
            self._say(f"{name}=…")
        elif _MARK in name or (_MARK in value and name not in _WITH_DATA):
            self._say(f"{name.replace(_MARK, '')}={{{{…}}}}")

    def handle_endtag(self, tag: str) -> None:
        """Look at what is no style any more."""
        if tag == "style":
            self._styling = False

    def handle_data(self, data: str) -> None:
        """Look at a style."""
        if self._styling and (_IN_STYLE.search(data) or _MARK in data):
            self._say("<style>")

    def handle_decl(self, decl: str) -> None:
        """A DOCTYPE may stand there; an entity may not."""
        if not decl.lower().startswith("doctype html") or "[" in decl:
            self._say(f"<!{decl[:20]}>")

    def handle_pi(self, data: str) -> None:
        """Instructions such as `<?xml-stylesheet …?>`."""
        self._say(f"<?{data[:20]}>")

    def _say(self, text: str) -> None:
        self.found.append(Wrong("forbidden", self.getpos()[0], text))
