"""Functions for offices: sharing money, checking numbers by their check digits, amounts in capitals, people."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from stdnum import casrn, iban, luhn
from stdnum.cn import ric, uscc

from banshi.rules.expressions import faults
from banshi.rules.expressions.convert import (
    ARITHMETIC,
    Problem,
    bad_argument,
    is_empty,
    round_to,
    settle,
    spread,
    to_text,
    to_whole,
)
from banshi.rules.expressions.functions_numbers import numbers_of
from banshi.rules.expressions.registry import Context, function
from banshi.rules.values import Kind, Value

MAX_SHARES = 10_000


def share_out(amount: Decimal, weights: Sequence[Decimal], unit: Decimal) -> tuple[Decimal, ...]:
    """Divide an amount by weights into whole units that add up exactly (largest remainder; of equals, the earlier).

    Args:
        amount: a multiple of `unit`; a negative amount gives the shares of its positive one, negated.
        weights: not negative, not all zero.
        unit: the smallest coin, such as `Decimal("0.01")`.
    """
    units = int(ARITHMETIC.divide(amount.copy_abs(), unit))
    # Fractions, because 50 digits of a quotient are not enough to tell which of two remainders is larger.
    parts = [Fraction(settle(weight)) for weight in weights]
    whole = sum(parts)
    exact = [units * part / whole for part in parts]
    shares = [share.numerator // share.denominator for share in exact]
    largest = sorted(range(len(shares)), key=lambda i: (shares[i] - exact[i], i))
    for i in largest[: units - sum(shares)]:
        shares[i] += 1
    sign = -1 if amount < 0 else 1
    return tuple(ARITHMETIC.multiply(Decimal(sign * share if share else 0), unit) for share in shares)


@function("allocate", Kind.LIST, "total: number", "shares: any", "digits: number?", words=("分摊",),
    zh="把总额分成几份，加起来一分不差：份数写数字（平分）、一列数字（按权重）或一列姓名（每人一份）。"
    "按最大余数，同余数靠前的多一分。",
    en="Divides a total into shares that add up to the fen: a number of equal shares, a column of weights, "
    "or a column of names "
    "(one share each). Largest remainder; of equal ones the earlier gets the fen.",
    example='join(" ", allocate(38.39, 4))', shows="9.6 9.6 9.6 9.59", source="Banshi")  # fmt: skip
def allocate(amount: Decimal, shares: Value, digits: Decimal = Decimal(2)) -> Value:
    """Share out by equal parts, weights or heads."""
    places = to_whole(digits, 0, 10)
    unit = Decimal((0, (1,), -places))
    amount = settle(amount)
    if round_to(amount, places) != amount:
        raise bad_argument(
            f"{to_text(amount)} 的小数超过 {places} 位，请先用 round() 取整",
            f"{to_text(amount)} has more than {places} decimals; round() it first",
        )
    if amount.adjusted() >= 20:
        raise Problem(faults.OUT_OF_RANGE)
    weights = _weights(shares)
    if weights is None:
        return None
    return share_out(amount, weights, unit)


def _weights(shares: Value) -> list[Decimal] | None:
    if is_empty(shares):
        return None
    if isinstance(shares, Decimal):
        count = to_whole(shares, 1, MAX_SHARES)
        if count != shares:
            raise bad_argument("份数应为整数", "the number of shares should be whole")
        return [Decimal(1)] * count
    items = list(spread((shares,)))
    if len(items) > MAX_SHARES:
        raise bad_argument(f"最多 {MAX_SHARES} 份", f"at most {MAX_SHARES} shares")
    if not any(isinstance(item, Decimal) for item in items):
        return [Decimal(1)] * len(items)
    weights = [Decimal(0) if is_empty(item) else numbers_of((item,))[0] for item in items]
    if min(weights) < 0 or max(weights) == 0:
        raise bad_argument("权重不能为负，也不能全为 0", "weights must not be negative, and not all zero")
    return weights


def _valid(context: Context, given: tuple[Value, ...], module: Any) -> Value:
    """Whether the argument, or the field's own value without one, has its right check digit; empty stays empty."""
    value = given[0] if given else context.env.current
    return None if is_empty(value) else bool(module.is_valid(to_text(value).strip()))


@function("is-cas", Kind.BOOLEAN, "number: any?", words=("是cas号",), context=True,
    zh="CAS 号的格式和校验位正确时为 TRUE；不写参数时检查本字段。",
    en="TRUE when a CAS number has its form and check digit; without an argument, the field's own value.",
    example='is-cas("7722-64-7")', shows="TRUE", source="Banshi")  # fmt: skip
def is_cas(context: Context, *given: Value) -> Value:
    """Check a CAS Registry Number; its hyphens are needed, because lists are looked up by them."""
    value = given[0] if given else context.env.current
    return _valid(context, given, casrn) if "-" in to_text(value) or is_empty(value) else False


@function("is-id-card", Kind.BOOLEAN, "number: any?", words=("是身份证号",), context=True,
    zh="18 位居民身份证号的日期和校验位正确时为 TRUE。",
    en="TRUE when an 18-digit resident identity number has a right date and check digit.",
    example='is-id-card("11010519491231002X")', shows="TRUE", source="Banshi (GB 11643)")  # fmt: skip
def is_id_card(context: Context, *given: Value) -> Value:
    """Check a resident identity card number."""
    return _valid(context, given, ric)


@function("is-uscc", Kind.BOOLEAN, "number: any?", words=("是统一社会信用代码",), context=True,
    zh="18 位统一社会信用代码的校验位正确时为 TRUE。",
    en="TRUE when an 18-character Unified Social Credit Identifier has its check digit.",
    example='is-uscc("91110000600037341L")', shows="TRUE", source="Banshi (GB 32100)")  # fmt: skip
def is_uscc(context: Context, *given: Value) -> Value:
    """Check a Unified Social Credit Identifier."""
    return _valid(context, given, uscc)


@function("is-iban", Kind.BOOLEAN, "number: any?", words=("是国际账号",), context=True,
    zh="国际银行账号 IBAN 正确时为 TRUE。", en="TRUE when an IBAN is right.",
    example='is-iban("GB82 WEST 1234 5698 7654 32")', shows="TRUE", source="Banshi (ISO 13616)")  # fmt: skip
def is_iban(context: Context, *given: Value) -> Value:
    """Check an IBAN."""
    return _valid(context, given, iban)


@function("is-bank-card", Kind.BOOLEAN, "number: any?", words=("是银行卡号",), context=True,
    zh="银行卡号为 12 到 19 位且校验位正确时为 TRUE。",
    en="TRUE when a bank card number has 12 to 19 digits and its check digit.",
    example='is-bank-card("6222 0212 3456 7890 128")', shows="TRUE", source="Banshi (ISO/IEC 7812)")  # fmt: skip
def is_bank_card(context: Context, *given: Value) -> Value:
    """Check a card number: its length and the Luhn digit; spaces between groups are fine."""
    value = given[0] if given else context.env.current
    if is_empty(value):
        return None
    digits = to_text(value).replace(" ", "")
    return digits.isascii() and digits.isdigit() and 12 <= len(digits) <= 19 and bool(luhn.is_valid(digits))


_DIGITS = "零壹贰叁肆伍陆柒捌玖"


@function("rmb-capital", Kind.TEXT, "amount: number", words=("人民币大写", "大写金额"),
    zh="人民币大写金额，先四舍五入到分。", en="An amount of yuan in Chinese capitals, rounded to the fen first.",
    example="rmb-capital(10020.5)", shows="壹万零贰拾元伍角", source="Banshi (支付结算办法 附件一)")  # fmt: skip
def rmb_capital(amount: Decimal) -> Value:
    """Write an amount as banks and finance offices want it."""
    cents = round_to(amount, 2, ROUND_HALF_UP)
    if cents.adjusted() >= 16:
        raise Problem(faults.OUT_OF_RANGE)
    fen = int(ARITHMETIC.multiply(cents.copy_abs(), Decimal(100)))
    yuan, jiao, fen = fen // 100, fen // 10 % 10, fen % 10
    text = f"{_whole_capital(yuan)}元" if yuan else ""
    if not jiao and not fen:
        text = (text or "零元") + "整"
    else:
        text += f"{_DIGITS[jiao]}角" if jiao else "零" if yuan else ""
        text += f"{_DIGITS[fen]}分" if fen else ""
    return ("负" if cents < 0 else "") + text


def _whole_capital(number: int) -> str:
    """A whole number in capitals; one 零 stands for any run of zeros between digits."""
    for unit, word in ((10**8, "亿"), (10**4, "万"), (1000, "仟"), (100, "佰"), (10, "拾")):
        if number >= unit:
            high, low = divmod(number, unit)
            gap = "零" if 0 < low < unit // 10 else ""
            return _whole_capital(high) + word + gap + (_whole_capital(low) if low else "")
    return _DIGITS[number]


@function("in-role", Kind.BOOLEAN, "person: text", "role: text", words=("有角色",), context=True,
    zh="此人担任该角色时为 TRUE。", en="TRUE when the person holds the role.",
    example='in-role("t001", "财务处.审核岗")', shows="TRUE", source="Banshi")  # fmt: skip
def in_role(context: Context, person: str, role: str) -> Value:
    """Ask the directory."""
    if context.env.directory is None:
        raise Problem(faults.NO_DIRECTORY)
    return bool(person and role and context.env.directory.in_role(person, role))


@function("department-head", Kind.TEXT, "dept: text", words=("部门负责人",), context=True,
    zh="部门负责人的工号；没有时为空。", en="The person who heads the department; empty when there is none.",
    example='department-head("化学学院")', shows="t002", source="Banshi")  # fmt: skip
def department_head(context: Context, dept: str) -> Value:
    """Ask the directory."""
    if context.env.directory is None:
        raise Problem(faults.NO_DIRECTORY)
    return (context.env.directory.department_head(dept) or None) if dept else None
