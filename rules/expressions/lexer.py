"""Tokens of an expression: signs of both widths, quotes of all shapes, words that are names, functions or operators."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from lark import Token

from banshi.rules.diagnostics import Fault
from banshi.rules.expressions import faults
from banshi.rules.expressions.characters import DOUBLE_QUOTES, SINGLE_QUOTES, fold, fold_name
from banshi.rules.expressions.library import known_word, near_hyphenated
from banshi.rules.expressions.units import UNITS

MAX_DIGITS = 40
MAX_NAME = 200

_SIGNS = {
    "+": "PLUS", "-": "MINUS", "*": "TIMES", "/": "TIMES", "^": "CARET", "%": "PERCENT", "&": "AMPERSAND",
    "=": "COMPARE", "==": "COMPARE", "<>": "COMPARE", "!=": "COMPARE", "<": "COMPARE", "<=": "COMPARE",
    ">": "COMPARE", ">=": "COMPARE", "≤": "COMPARE", "≥": "COMPARE", "≠": "COMPARE",
    "(": "LPAR", ")": "RPAR", ",": "COMMA", ".": "CURRENT", "?": "CURRENT",
}  # fmt: skip
_MEANING = {"==": "=", "<>": "!=", "≤": "<=", "≥": ">=", "≠": "!="}
_WORDS = {
    "and": ("AND", "and"), "且": ("AND", "and"), "并且": ("AND", "and"),
    "or": ("OR", "or"), "或": ("OR", "or"), "或者": ("OR", "or"),
    "div": ("TIMES", "/"), "mod": ("TIMES", "mod"), "in": ("IN", "in"),
}  # fmt: skip
_UNIT_SIGN = re.compile("[㎡㎥℃㎏㎝㎜㎞]")
_UNIT = re.compile(f"([千万亿]?)(?:{UNITS})?", re.IGNORECASE)
_TENS = {"": 0, "千": 3, "万": 4, "亿": 8}
_GLUED = ("并且", "或者", "且", "或")
_NEGATIONS = ("not", "非")
VALUE_ENDS = frozenset(
    {"NUMBER", "TEXT", "BOOLEAN", "NAME", "CURRENT", "OWN", "RPAR", "PERCENT", "ITEMS", "RSQB", "COLUMN"}
)
"""The tokens that a value ends with: what follows them is an operator."""
_NOT_WRITTEN = frozenset({"instance", "current", "rows-of"})
"""Functions that the language makes of paths; nobody writes them as functions."""
_INSTEAD = {"&&": "and（且）", "||": "or（或）", "!": "not(…)", "|": "or（或）", ";": ","}

_SPACE = re.compile(r"\s+")
_NUMBER = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3}(?!\w))?")
_BRACES = re.compile(r"\$\s*\{([^{}]*)\}")
_WORD = re.compile(r"[^\W\d]\w*(?:\.\w+)*")
_HYPHENATED = re.compile(r"(?:[^\W\d]\w*:)?[^\W\d]\w*(?:-\w+)+(?=\s*\()")
_OPERATOR_INSIDE = re.compile(r"-(?:and|or|div|mod|in)(?=-)", re.IGNORECASE)
"""What makes a hyphenated word no subtraction: nothing is computed with a sign before an operator."""
_PREFIXED = re.compile(r"[A-Za-z]\w*:[A-Za-z_]+(?=\s*\()")
_SIGN = re.compile(r"==|<>|!=|<=|>=|[-+*/^%&=<>≤≥≠(),.?]")
_PATH = re.compile(r"\.\.|\[|//|::|@")
_STEP = r"[^\W\d][\w.-]*"
_TO_FIELD = re.compile(
    rf"(?:current\s*\(\s*\)\s*/\s*)?(?:\.{{1,2}}\s*/\s*)+(?:{_STEP}\s*/\s*|\.\.\s*/\s*)*({_STEP})(?!\s*[/(\w])"
    rf"|(?:/\s*{_STEP}\s*)+/\s*({_STEP})(?!\s*[/(\w])"
)
"""XPath's way to a field: `../age`, `current()/../age`, `/data/person/age`. Names are unique in a form: the last one counts."""
_FROM_CURRENT = re.compile(r"current\s*\(")
_CELL = re.compile(r"\$?[A-Za-z]{1,3}\$?[0-9]{1,7}(?::\$?[A-Za-z]{1,3}\$?[0-9]{1,7})?(?![\w.])")
_BRACKET = re.compile(r"\s*\(")
_ITEMS = re.compile(
    r"""instance\s*\(\s*(?:['‘’]([^'‘’]+)['‘’]|["“”„]([^"“”„]+)["“”])\s*\)\s*/\s*root\s*/\s*item(?![\w.-])"""
)
_COLUMN = re.compile(r"\s*/\s*([^\W\d][\w.-]*)")
_COLUMN_OF_ROWS = re.compile(rf"\s*/\s*(?:{_STEP}/)*({_STEP})(?![\w.-]|\s*\()")
_PARENT = re.compile(r"\s*\(\s*(?:current\s*\(\s*\)\s*/\s*)?\.\.\s*\)")
OWN_POSITION = "position()"
"""What the token of `position(current()/..)` says where a row is looked at by another."""


class Malformed(Exception):
    """The text of an expression breaks a rule between two of its characters."""

    def __init__(self, fault: Fault, start: int, end: int, **facts: object) -> None:
        """Take the broken rule, the characters, and the facts that the rule's sentence names."""
        super().__init__(fault.code)
        self.fault = fault
        self.start = start
        self.end = end
        self.facts = facts


def tokens(text: str) -> list[Token]:
    """The tokens of the text after its optional `=`; raises `Malformed`."""
    return list(_Lexer(text))


class _Lexer:
    """Walks through the text once. A word's meaning depends on whether a value stands before it, as in XPath."""

    def __init__(self, text: str) -> None:
        self.raw = text
        self.text = fold(text)
        self.at = 0
        self.last = ""
        self._closed = ""
        self._filters: list[str] = []

    def __iter__(self) -> Iterator[Token]:
        self._skip()
        if self.text.startswith("=", self.at):
            self.at += 1
        while self._skip():
            token = self._next()
            self.last = token.type
            yield token

    def _skip(self) -> bool:
        if space := _SPACE.match(self.text, self.at):
            self.at = space.end()
        return self.at < len(self.text)

    @property
    def _after_value(self) -> bool:
        return self.last in VALUE_ENDS

    def _token(self, kind: str, value: str, end: int) -> Token:
        start, self.at = self.at, end
        return Token(kind, value, start_pos=start, end_pos=end)

    def _next(self) -> Token:
        sign = self.text[self.at]
        if not self._after_value and (path := _TO_FIELD.match(self.text, self.at)):
            name = path.span(1) if path[1] else path.span(2)
            own = "NAME" in self._filters and _FROM_CURRENT.match(path[0]) is not None
            return self._token("OWN" if own else "NAME", fold_name(self.raw[slice(*name)]), path.end())
        if self.last in ("ITEMS", "NAME", "RSQB") and (token := self._filter_part(sign)):
            return token
        if sign == "]" and self._filters:
            self._closed = self._filters.pop()
            return self._token("RSQB", sign, self.at + 1)
        if self.raw[self.at] in DOUBLE_QUOTES or self.raw[self.at] in SINGLE_QUOTES:
            return self._quoted()
        if sign == "$":
            return self._braces()
        if number := _NUMBER.match(self.text, self.at):
            return self._number(number)
        if _WORD.match(self.text, self.at):
            return self._word()
        return self._sign()

    def _filter_part(self, sign: str) -> Token | None:
        """What may follow the rows of `instance('list')/root/item`, or of a repeat: a filter, then a column."""
        if sign == "[" and (self.last != "RSQB" or self._closed == "NAME"):
            self._filters.append(self._closed if self.last == "RSQB" else self.last)
            return self._token("LSQB", sign, self.at + 1)
        if self.last == "NAME":
            return None
        of_items = self.last == "ITEMS" or self._closed == "ITEMS"
        column = (_COLUMN if of_items else _COLUMN_OF_ROWS).match(self.text, self.at)
        return self._token("COLUMN", fold_name(self.raw[slice(*column.span(1))]), column.end()) if column else None

    def _quoted(self) -> Token:
        """A text. Straight quotes end at straight ones first (`"他说“好”"` is one text); a doubled quote is a quote."""
        opening = self.raw[self.at]
        family = DOUBLE_QUOTES if opening in DOUBLE_QUOTES else SINGLE_QUOTES
        closing = {"“": "”", "‘": "’", "„": "“”"}.get(opening, opening)
        end = self._closing(closing)
        if end < 0:
            end = self._closing(family)
        if end < 0:
            raise Malformed(faults.OPEN_TEXT, self.at, len(self.raw), text=_short(self.raw[self.at :]))
        content = self.raw[self.at + 1 : end]
        quote = self.raw[end]
        return self._token("TEXT", content.replace(quote * 2, quote), end + 1)

    def _closing(self, quotes: str) -> int:
        at = self.at + 1
        while at < len(self.raw):
            if self.raw[at] in quotes:
                if self.raw[at] not in "\"'" or self.raw[at + 1 : at + 2] != self.raw[at]:
                    return at
                at += 1
            at += 1
        return -1

    def _braces(self) -> Token:
        found = _BRACES.match(self.text, self.at)
        if found is None:
            if cell := _CELL.match(self.text, self.at):
                raise Malformed(faults.CELL_REFERENCE, self.at, cell.end(), text=cell[0])
            raise Malformed(faults.OPEN_NAME, self.at, min(self.at + 2, len(self.text)))
        name = fold_name(self.raw[found.start(1) : found.end(1)])
        if not name or len(name) > MAX_NAME:
            raise Malformed(faults.OPEN_NAME, self.at, found.end())
        return self._token("NAME", name, found.end())

    def _number(self, found: re.Match[str]) -> Token:
        word = found[0]
        if sum(map(str.isdigit, word)) > MAX_DIGITS:
            raise Malformed(faults.LONG_NUMBER, self.at, found.end(), number=_short(word), limit=MAX_DIGITS)
        tail = _WORD.match(self.text, found.end())
        if tail and not (tail[0].startswith(_GLUED) or tail[0].casefold() in _WORDS):
            if unit := _UNIT.fullmatch(tail[0]):
                number = format(Decimal(word).scaleb(_TENS[unit[1]]), "f")
                raise Malformed(faults.UNIT, self.at, tail.end(), word=word + tail[0], number=number)
            raise Malformed(faults.DIGIT_NAME, self.at, tail.end(), word=word + tail[0])
        if sign := _UNIT_SIGN.match(self.text, found.end()):
            raise Malformed(faults.UNIT, self.at, sign.end(), word=word + sign[0], number=word)
        return self._token("NUMBER", word, found.end())

    def _word(self) -> Token:
        if items := _ITEMS.match(self.text, self.at):
            return self._token("ITEMS", self.raw[slice(*items.span(1 if items[1] else 2))], items.end())
        hyphenated = _HYPHENATED.match(self.text, self.at)
        if hyphenated and _is_function(hyphenated[0]):
            return self._function(hyphenated[0], hyphenated.end())
        if prefixed := _PREFIXED.match(self.text, self.at):
            return self._function(prefixed[0], prefixed.end())
        found = _WORD.match(self.text, self.at)
        assert found is not None
        word, end = found[0], found.end()
        called = _BRACKET.match(self.text, end)
        if self._after_value or (not called and word.casefold() in _WORDS):
            return self._operator_word(word, end)
        if not called and word.casefold() in _NEGATIONS:
            return self._token("NOT", "not", end)
        if not called and word.casefold() in ("true", "false"):
            return self._token("BOOLEAN", word.casefold(), end)
        if called:
            return self._function(word, end)
        if self.text[end : end + 1] in ("!", ":") and self.text[end : end + 2] != "!=":
            raise Malformed(faults.CELL_REFERENCE, self.at, end + 1, text=self.text[self.at : end + 1])
        return self._token("NAME", word, end)

    def _operator_word(self, word: str, end: int) -> Token:
        kind, value = _WORDS.get(word.casefold(), ("", ""))
        if kind:
            return self._token(kind, value, end)
        if word.casefold() in _NEGATIONS and (inside := re.compile(r"\s+in\b", re.IGNORECASE).match(self.text, end)):
            return self._token("NOT_IN", "in", inside.end())
        for start in _GLUED:
            if word.startswith(start):
                kind, value = _WORDS[start]
                return self._token(kind, value, self.at + len(start))
        return self._token("FUNCTION" if _BRACKET.match(self.text, end) else "NAME", word, end)

    def _function(self, word: str, end: int) -> Token:
        if word.casefold() in _NOT_WRITTEN:
            raise Malformed(faults.PATH, self.at, end, text=f"{word}(")
        parent = _PARENT.match(self.text, end) if word.casefold() == "position" else None
        if parent and "NAME" in self._filters:
            if "current" not in parent[0]:
                raise Malformed(faults.OF_WHICH_ROW, self.at, parent.end(), text=self.text[self.at : parent.end()])
            return self._token("OWN", OWN_POSITION, parent.end())
        token = self._token("FUNCTION", word, end)
        if parent:
            # XLSForm writes position(..): the parent of the field is the row, which position() means anyway.
            inside = slice(self.text.index("(", end) + 1, parent.end() - 1)
            self.text = self.text[: inside.start] + " " * (inside.stop - inside.start) + self.text[inside.stop :]
        return token

    def _sign(self) -> Token:
        if path := _PATH.match(self.text, self.at):
            raise Malformed(faults.PATH, self.at, path.end(), text=path[0])
        found = _SIGN.match(self.text, self.at)
        two = self.text[self.at : self.at + 2]
        wrong = two if two in _INSTEAD else self.text[self.at]
        if wrong in _INSTEAD and (found is None or two == "&&"):
            raise Malformed(faults.WRONG_SIGN, self.at, self.at + len(wrong), sign=wrong, instead=_INSTEAD[wrong])
        if found is None:
            raise Malformed(faults.BAD_CHARACTER, self.at, self.at + 1, sign=self.raw[self.at])
        return self._token(_SIGNS[found[0]], _MEANING.get(found[0], found[0]), found.end())


def _is_function(word: str) -> bool:
    """Whether a word with hyphens is meant as one function; `total-sum(…)` is a subtraction."""
    return known_word(word) or bool(_OPERATOR_INSIDE.search(word)) or bool(near_hyphenated(word))


def _short(text: str, most: int = 20) -> str:
    return text if len(text) <= most else text[:most] + "…"
