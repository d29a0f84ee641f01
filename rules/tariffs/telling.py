"""How a bill line tells where it came from: quantity x rate, bracket, rounding, limit, each with its cell."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from banshi.rules.decision import Explanation, Outcome
from banshi.rules.diagnostics import Diagnostic
from banshi.rules.expressions import Expression
from banshi.rules.tariffs.ladder import Step
from banshi.rules.tariffs.model import Direction, Line, Method, Rounding

_METHOD_ZH = {
    Method.MARGINAL: "阶梯",
    Method.WHOLE: "全额",
    Method.FLAT: "单价",
    Method.FIXED: "定额",
    Method.PERCENT: "比例",
    Method.CREDIT: "减免",
    Method.TOTAL: "合计",
}
_DIRECTION_ZH = {
    Direction.HALF_UP: "四舍五入",
    Direction.DOWN: "舍去",
    Direction.UP: "进一",
    Direction.HALF_EVEN: "四舍六入五成双",
}


@dataclass
class Parts:
    """What one line was computed from, as far as it came."""

    line: Line
    quantity: Decimal | None = None
    rate: Decimal | None = None
    raw: Decimal | None = None
    step: Step | None = None
    added: tuple[str, ...] = ()
    limit: tuple[str, str] | None = None
    skipped: tuple[str, str] = ("", "")
    stopped: Diagnostic | None = None
    outcome: Outcome = Outcome.OK
    used: list[Expression] = field(default_factory=list)


def tell(parts: Parts, amount: Decimal | None, reasons: tuple[Explanation, ...]) -> Explanation:
    """The explanation of a line of the bill."""
    line = parts.line
    label = line.label or line.item
    if parts.stopped is not None:
        zh, en = parts.stopped.message("zh"), parts.stopped.message("en")
        return Explanation(label, None, parts.stopped.place, zh, en, reasons)
    assert amount is not None
    formula = _formula(parts)
    zh = f"{_METHOD_ZH[line.method]}{_bracket(parts)}：{formula}{_rounding_zh(parts)}，得 {amount:f}"
    en = f"{line.method}{_bracket(parts)}: {formula}{_rounding_en(parts)}, gives {amount:f}"
    if line.reference:
        zh, en = f"{zh}（依据：{line.reference}）", f"{en} (reference: {line.reference})"
    return Explanation(label, amount, line.place, zh, en, reasons)


def tell_skipped(parts: Parts) -> Explanation:
    """The explanation of a row that is no line of the bill."""
    zh, en = parts.skipped
    line = parts.line
    return Explanation(line.label or line.item, None, line.place, f"不收：{zh}", f"not charged: {en}")


def _formula(parts: Parts) -> str:
    if parts.line.method is Method.TOTAL:
        return " + ".join(parts.added) or "0"
    if parts.line.method is Method.FIXED:
        return f"{parts.rate:f}" if parts.rate is not None else "0"
    return " × ".join(f"{value:f}" for value in (parts.quantity, parts.rate) if value is not None)


def _bracket(parts: Parts) -> str:
    if parts.step is None:
        return ""
    high = "∞" if parts.step.high is None else f"{parts.step.high:f}"
    return f" ({parts.step.low:f}, {high}]"


def _changed(parts: Parts) -> Rounding | None:
    """The rounding, where there is something to say: the line is rounded and the raw amount differs in shape."""
    return parts.line.rounding if parts.line.rounding.unit is not None else None


def _rounding_zh(parts: Parts) -> str:
    rounding = _changed(parts)
    text = f" = {parts.raw:f}" if parts.raw is not None else ""
    text += f"，按 {rounding.unit:f} {_DIRECTION_ZH[rounding.direction]}" if rounding else ""
    return text + (f"，{parts.limit[0]}" if parts.limit else "")


def _rounding_en(parts: Parts) -> str:
    rounding = _changed(parts)
    text = f" = {parts.raw:f}" if parts.raw is not None else ""
    text += f", rounded to {rounding.unit:f} {rounding.direction}" if rounding else ""
    return text + (f", {parts.limit[1]}" if parts.limit else "")
