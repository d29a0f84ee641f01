"""How a bill line tells where it came from: quantity x rate, bracket, rounding, limit, each with its cell."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from banshi.rules.decision import Explanation, Outcome
from banshi.rules.diagnostics import Diagnostic
from banshi.rules.expressions import Expression
from banshi.rules.tariffs import faults
from banshi.rules.tariffs.ladder import Step
from banshi.rules.tariffs.model import Direction, Line, Method, Tariff
from banshi.rules.tariffs.proration import Part

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
    Direction.HALF_DOWN: "五舍六入",
    Direction.CEILING: "上取整",
    Direction.FLOOR: "下取整",
}


@dataclass
class Parts:
    """What one line was computed from, as far as it came."""

    line: Line
    quantity: Decimal | None = None
    rate: Decimal | None = None
    raw: Decimal | None = None
    step: Step | None = None
    part: Part | None = None
    counted: Decimal | None = None
    exact: Fraction | None = None
    added: tuple[str, ...] = ()
    limit: tuple[str, str] | None = None
    skipped: tuple[str, str] = ("", "")
    stopped: Diagnostic | None = None
    outcome: Outcome = Outcome.OK
    used: list[Expression] = field(default_factory=list)

    @property
    def times(self) -> Decimal:
        """What the quantity is multiplied by before it is looked up in brackets."""
        return self.part.quantity if self.part else Decimal(1)


def tell(parts: Parts, amount: Decimal | None, reasons: tuple[Explanation, ...]) -> Explanation:
    """The explanation of a line of the bill."""
    line = parts.line
    label = line.label or line.item
    if parts.stopped is not None:
        zh, en = parts.stopped.message("zh"), parts.stopped.message("en")
        return Explanation(label, None, parts.stopped.place, zh, en, reasons)
    assert amount is not None
    zh = f"{_METHOD_ZH[line.method]}{_bracket(parts)}：{_formula(parts, '（{}）')}{_result_zh(parts, amount)}"
    en = f"{line.method}{_bracket(parts)}: {_formula(parts, ' ({})')}{_result_en(parts, amount)}"
    if parts.part is not None:
        days = f"{parts.part.days}/{parts.part.whole}"
        zh, en = f"{zh}（计费期 {days} 天有效）", f"{en} (in force on {days} days of the period)"
    if line.reference:
        zh, en = f"{zh}（依据：{line.reference}）", f"{en} (reference: {line.reference})"
    return Explanation(label, amount, line.place, zh, en, reasons)


def tell_skipped(parts: Parts) -> Explanation:
    """The explanation of a row that is no line of the bill."""
    zh, en = parts.skipped
    line = parts.line
    return Explanation(line.label or line.item, None, line.place, f"不收：{zh}", f"not charged: {en}")


def tell_carried(line: Line, quota: Decimal, used: Decimal, left: Decimal) -> Explanation:
    """How much of a quota is left for next time."""
    assert line.carry is not None
    zh = f"额度（含上期结转）{quota:f} − 用量 {used:f}，结转下期 {left:f}"
    en = f"quota with what was carried over {quota:f} − used {used:f}, {left:f} carried on"
    return Explanation(f"{line.item}.carry", left, line.carry.place, zh, en)


def tell_nothing(tariff: Tariff) -> Explanation:
    """That no line applies."""
    found = faults.NOTHING_APPLIES.at(tariff.place)
    return Explanation(tariff.name, None, tariff.place, found.message("zh"), found.message("en"))


def _formula(parts: Parts, at: str) -> str:
    """What was computed, the rate with its cell (`at` says how that is written): `55 × 0.698 (fees!C7)`."""
    if parts.line.method is Method.TOTAL:
        return " + ".join(parts.added) or "0"
    cell = str(parts.line.rate.place) if parts.line.rate else ""
    rate = f"{parts.rate:f}{at.format(cell) if cell else ''}" if parts.rate is not None else ""
    if parts.line.method is Method.FIXED:
        return f"{rate or '0'} × {parts.part.days}/{parts.part.whole}" if parts.part else rate or "0"
    counted = f"{parts.counted:f}" if parts.counted is not None else ""
    return " × ".join(filter(None, (counted, rate)))


def _bracket(parts: Parts) -> str:
    if parts.step is None:
        return ""
    high = "∞" if parts.step.high is None else f"{parts.step.high:f}"
    return f" ({parts.step.low:f}, {high}]"


def _result_zh(parts: Parts, amount: Decimal) -> str:
    """What came out; how it was rounded and limited, where that made it another amount."""
    if parts.raw == amount and not parts.limit:
        return f" = {amount:f}"
    unit = parts.line.rounding.unit
    text = f" = {_short(parts.raw)}" if parts.raw is not None else ""
    text += f"，按 {unit:f} {_DIRECTION_ZH[parts.line.rounding.direction]}" if unit is not None else ""
    return text + (f"，{parts.limit[0]}" if parts.limit else "") + f"，得 {amount:f}"


def _result_en(parts: Parts, amount: Decimal) -> str:
    if parts.raw == amount and not parts.limit:
        return f" = {amount:f}"
    unit = parts.line.rounding.unit
    text = f" = {_short(parts.raw)}" if parts.raw is not None else ""
    text += f", rounded to {unit:f} {parts.line.rounding.direction}" if unit is not None else ""
    return text + (f", {parts.limit[1]}" if parts.limit else "") + f", gives {amount:f}"


def _short(raw: Decimal) -> str:
    """An exact product without the zeros behind its last digit."""
    return format(raw.normalize(), "f")
