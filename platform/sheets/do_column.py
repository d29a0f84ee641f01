"""The `do` column of the route sheet: what happens when a step is passed.

`open:acceptance(each items, for field:keeper, name=item, count=quantity); set:stage="bought"; number:lot=LX{yyyy}{0001}`
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from banshi.platform.people.who import parse_who
from banshi.platform.routes import faults
from banshi.platform.routes.hooks import MINUTES, Book, Fill, Give, Hook, Notify, Number, Open, Print, Push, Use
from banshi.platform.sheets.cells import part_of
from banshi.platform.sheets.number_pattern import wrong_with_pattern
from banshi.platform.sheets.route_words import HOOKS
from banshi.platform.workbook.columns import plain, suggest
from banshi.rules.cells import Cell
from banshi.rules.diagnostics import Diagnostic

_SHAPE = re.compile(r"([^:：(（=＝]*?)\s*(?:[:：]\s*(.*))?", re.DOTALL)
_OPEN = re.compile(r"([^\s(（)）]+)\s*(?:[(（](.*)[)）])?", re.DOTALL)
_EACH = re.compile(r"(?:each\s+|每行\s*)(\S+)", re.IGNORECASE)
_FOR = re.compile(r"(?:for\s+|代\s*)(.+)", re.IGNORECASE | re.DOTALL)
_EQUAL = re.compile(r"\s*(?:\$\{)?([^\s=＝<>!${}()（）]+?)\}?\s*[=＝](.*)", re.DOTALL)
_OPENING, _CLOSING = "([{（［｛", ")]}）］｝"
_QUOTES = {'"': '"', "'": "'", "“": "”", "‘": "’"}
_BY_WORD = {plain(word): name for name, words in HOOKS.items() for word in words}
_USES = frozenset(Use)
_EXAMPLES = {"open": "开:设备验收(每行 明细, 名称=品名)", "set": "填:结论=通过", "number": "编号:立项号=LX{yyyy}{0001}",
             "push": "推送:商城", "notify": "通知:领取提醒", "print": "打印:在读证明", "give": "发通行证:访客",
             Use.CHARGE: "收费:电费 ${金额}, 十月电费",
             Use.HOLD: "冻结:经费 ${总额}", Use.RELEASE: "解冻:经费", Use.PAY: "付款:电费 ${金额}, 入账 ${度数}, 15分钟"}  # fmt: skip
_COMPUTED = re.compile(r"[$＄]\s*[{｛]")
_BOOKED = re.compile(r"(\S+)(?:\s+(.+))?", re.DOTALL)
_CREDIT = re.compile(r"(?:credit|入账)\s+(.+)", re.IGNORECASE | re.DOTALL)
_MINUTES = re.compile(r"([1-9]\d{0,3})\s*(?:分钟|minutes?|min)", re.IGNORECASE)
_SPACED = re.compile(r"(\S+)\s+(\S.*)", re.DOTALL)
"""`收费 电费 12`: with a blank in place of the colon."""


def parse_hooks(cell: Cell, found: list[Diagnostic]) -> tuple[Hook, ...]:
    """The hooks of a cell in their order; what cannot be read is added to `found`."""
    hooks = (_hook(cell, start, end, found) for start, end in parts_of(cell.text, 0, len(cell.text), ";；\n"))
    return tuple(hook for hook in hooks if hook is not None)


def _hook(cell: Cell, start: int, end: int, found: list[Diagnostic]) -> Hook | None:
    text, place = cell.text[start:end], cell.place.at(start, end)
    shape = _SHAPE.fullmatch(text)
    spaced = _SPACED.fullmatch(text)
    if spaced is not None and _BY_WORD.get(plain(spaced[1])) in _USES:
        shape = spaced
    word = shape[1] if shape else re.split(r"[:：(（=＝\s]", text)[0]
    kind = _BY_WORD.get(plain(word), "")
    if not kind:
        known = "、".join(" / ".join(words[:2]) for words in HOOKS.values())
        near = suggest(word, (item for words in HOOKS.values() for item in words))
        found.append(faults.UNKNOWN_HOOK.at(place, text=word, known=known, near=near))
        return None
    hook: Hook | None = None
    faulty = len(found)
    if shape is not None and shape[2]:
        first = start + shape.start(2)
        match kind:
            case "open":
                hook = parse_open(cell, first, end, found)
            case "push":
                named = cell.text[first:end].strip()
                chosen = part_of(cell, first, end, found) if _COMPUTED.search(named) else None
                hook = Push(connection="" if chosen else named, chosen=chosen, text=named, place=place)
            case "notify":
                named = cell.text[first:end].strip()
                hook = Notify(notice=named, text=named, place=place)
            case Use():
                hook = _book(cell, kind, first, end, found)
            case "print":
                named = cell.text[first:end].strip()
                hook = Print(document=named, text=named, place=place)
            case "give":
                named = cell.text[first:end].strip()
                hook = Give(name=named, text=named, place=place)
            case _:
                hook = _put(cell, kind, first, end, found)
    if hook is None and len(found) == faulty:
        found.append(faults.BAD_HOOK.at(place, text=text, example=_EXAMPLES[kind]))
    return hook


def _put(cell: Cell, kind: str, start: int, end: int, found: list[Diagnostic]) -> Fill | Number | None:
    """`field=expression` or `field=pattern`."""
    shape = _EQUAL.fullmatch(cell.text, start, end)
    if shape is None or not shape[2].strip():
        return None
    text, place = cell.text[start:end].strip(), cell.place.at(start, end)
    if kind == "number":
        pattern = shape[2].strip()
        if (wrong := wrong_with_pattern(pattern)) is not None:
            found.append(faults.BAD_HOOK_NUMBER.at(place, pattern=pattern, why=wrong[0], why_en=wrong[1]))
        return Number(field=shape[1], pattern=pattern, text=text, place=place)
    value = part_of(cell, *shape.span(2), found)
    return None if value is None else Fill(field=shape[1], value=value, text=text, place=place)


def _book(cell: Cell, use: Use, start: int, end: int, found: list[Diagnostic]) -> Book | None:
    """`account amount, credit amount, 15 minutes, remark`; of a release the amount may be missing."""
    (first, last), *rest = parts_of(cell.text, start, end, ",，")
    shape = _BOOKED.fullmatch(cell.text, first, last)
    if shape is None or (not shape[2] and use is not Use.RELEASE):
        return None
    credit, minutes, remarks = None, MINUTES, []
    for begin, stop in rest:
        if use is Use.PAY and (gains := _CREDIT.fullmatch(cell.text, begin, stop)):
            credit = part_of(cell, *gains.span(1), found)
        elif use is Use.PAY and (waits := _MINUTES.fullmatch(cell.text, begin, stop)):
            minutes = int(waits[1])
        else:
            remarks.append(cell.text[begin:stop])
    return Book(
        use=use,
        account=shape[1],
        amount=part_of(cell, *shape.span(2), found) if shape[2] else None,
        credit=credit,
        minutes=minutes,
        remark="，".join(remarks),
        text=cell.text[start:end].strip(),
        place=cell.place.at(start, end),
    )


def parse_open(cell: Cell, start: int, end: int, found: list[Diagnostic]) -> Open | None:
    """What `open:` is followed by in a stretch of a cell: a service and, in brackets, how its case is filled in."""
    shape = _OPEN.fullmatch(cell.text, start, end)
    if shape is None:
        return None
    each, applicant, fields = "", None, []
    for first, last in parts_of(cell.text, *shape.span(2), ",，") if shape[2] else ():
        text, place = cell.text[first:last], cell.place.at(first, last)
        if row := _EACH.fullmatch(text):
            each = row[1]
        elif equal := _EQUAL.fullmatch(cell.text, first, last):
            value = part_of(cell, *equal.span(2), found) if equal[2].strip() else None
            if value is not None:
                fields.append((equal[1], value))
            elif not equal[2].strip():
                found.append(faults.BAD_OPEN_PART.at(place, text=text))
        elif name := _FOR.fullmatch(text):
            applicant, wrong = parse_who(name[1].strip(), place)
            found += wrong
        else:
            found.append(faults.BAD_OPEN_PART.at(place, text=text))
    return Open(
        service=shape[1],
        fields=tuple(fields),
        each=each,
        applicant=applicant,
        text=cell.text[start:end].strip(),
        place=cell.place.at(start, end),
    )


def parts_of(text: str, start: int, end: int, separators: str) -> Iterator[tuple[int, int]]:
    """The parts of a stretch of text between separators that stand in no bracket and no quotes, without blanks around."""
    depth, quote, first = 0, "", start
    for at in range(start, end + 1):
        sign = text[at] if at < end else ""
        if quote:
            quote = "" if sign == quote else quote
        elif sign in _QUOTES and sign:
            quote = _QUOTES[sign]
        elif sign and sign in _OPENING:
            depth += 1
        elif sign and sign in _CLOSING:
            depth -= 1
        if at == end or (sign in separators and depth <= 0 and not quote):
            inner = text[first:at]
            if inner.strip():
                yield first + len(inner) - len(inner.lstrip()), first + len(inner.rstrip())
            first = at + 1
