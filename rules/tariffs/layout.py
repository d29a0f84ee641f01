"""Faults of one row of a tariff that need no names: parts that its method needs or does not take."""

from __future__ import annotations

from collections.abc import Iterator

from banshi.rules.diagnostics import Diagnostic
from banshi.rules.tariffs import faults
from banshi.rules.tariffs.model import Bounds, Line, Method
from banshi.rules.tariffs.periods import dated
from banshi.rules.tariffs.rounding import FEN

NO_PRICE = frozenset({"免费", "免收", "不收费", "不收", "面议", "无", "free"})
"""Words that staff write where a price belongs. None of them is the name of something that a bill is given."""
PARTS_ZH = {"quantity": "计量", "low": "起", "high": "止", "rate": "单价", "prorate": "折算", "carry": "结转"}
PARTS_EN = {name: {"low": "from", "high": "to"}.get(name, name) for name in PARTS_ZH}

METHODS: dict[Method, tuple[str, ...]] = {
    Method.MARGINAL: ("marginal", "阶梯"),
    Method.WHOLE: ("whole", "全额"),
    Method.FLAT: ("flat", "单价"),
    Method.FIXED: ("fixed", "定额"),
    Method.PERCENT: ("percent", "比例"),
    Method.CREDIT: ("credit", "减免"),
    Method.TOTAL: ("total", "合计"),
}
"""The methods with their words, English first."""

_NEEDED: dict[Method, tuple[str, ...]] = {
    Method.MARGINAL: ("quantity", "rate"),
    Method.WHOLE: ("quantity", "rate"),
    Method.FLAT: ("quantity", "rate"),
    Method.FIXED: ("rate",),
    Method.PERCENT: ("quantity", "rate"),
    Method.CREDIT: (),
    Method.TOTAL: (),
}
_NOT_TAKEN: dict[Method, tuple[str, ...]] = {
    Method.FLAT: ("low", "high"),
    Method.PERCENT: ("low", "high"),
    Method.CREDIT: ("low", "high"),
    Method.TOTAL: ("low", "high", "rate", "prorate", "carry"),
}


def check_line(line: Line) -> Iterator[Diagnostic]:
    """The faults of one row; what a row needs is unknown where its method cannot be read."""
    if "method" in line.unread:
        return
    facts = {"row": line.number, "method": line.method, "method_zh": METHODS[line.method][1]}
    needed = list(_NEEDED[line.method])
    if line.method is Method.FIXED and line.bracketed:
        needed.append("quantity")
    if line.method is Method.CREDIT and line.quantity is None and line.rate is None:
        needed.append("rate")
    for part in needed:
        if getattr(line, part) is None and part not in line.unread:
            yield faults.MISSING_PART.at(line.place, part=PARTS_EN[part], part_zh=PARTS_ZH[part], **facts)
    for part in _NOT_TAKEN.get(line.method, ()):
        found = getattr(line, part)
        if found is not None:
            yield faults.NEEDLESS_PART.at(found.place, part=PARTS_EN[part], part_zh=PARTS_ZH[part], **facts)
    if line.method is Method.FIXED and line.quantity is not None and not line.bracketed:
        yield faults.UNUSED_QUANTITY.at(line.quantity.place)
    if line.valid_from and line.valid_until and line.valid_until < line.valid_from:
        yield faults.DATE_ORDER.at(line.place, row=line.number)
    yield from _prorated(line)
    yield from _carried(line)
    unit = line.rounding.unit
    if line.share is not None and (unit is None or (not line.unit and unit % FEN)):
        yield faults.SHARE_ROUNDING.at(line.share.place)


def _prorated(line: Line) -> Iterator[Diagnostic]:
    """A billing period needs dates to split at, and brackets that say what becomes of their bounds."""
    if line.prorate is None or line.method is Method.TOTAL:
        return
    bounded = line.low is not None or line.high is not None
    if bounded and line.prorate.bounds is Bounds.UNSAID:
        yield faults.PRORATE_BOUNDS.at(line.prorate.place, row=line.number)
    if not dated(line):
        yield faults.PRORATE_NO_DATES.at(line.prorate.place, row=line.number)
    if line.carry is not None:
        yield faults.PRORATE_CARRY.at(line.carry.place, row=line.number)


def _carried(line: Line) -> Iterator[Diagnostic]:
    if line.carry is not None and line.method is not Method.TOTAL and (line.high is None or not line.bracketed):
        yield faults.CARRY_WITHOUT_QUOTA.at(line.carry.place, row=line.number)
