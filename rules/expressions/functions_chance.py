"""Functions of chance. They are computed, not drawn: what an auditor replays must come out as it did.

A value depends on the moment, on the environment's `seed` (who fills in which row) and on the function's place in its
cell. Outside `once()` it is another one at every evaluation, as XLSForm says.
"""

from __future__ import annotations

from decimal import Decimal
from hashlib import blake2b
from uuid import UUID

from banshi.rules.expressions.convert import ARITHMETIC, to_whole
from banshi.rules.expressions.registry import Context, function
from banshi.rules.values import Kind, Value

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
MAX_LETTERS = 64


@function("random", Kind.NUMBER, words=("rand", "随机数"), context=True,
    zh="0（含）到 1（不含）之间的随机数；每次重算都不同，要固定请写 once(random())。同一时刻、同一人、同一格可以重放。",
    en="A random number from 0 to below 1; another one at every evaluation, once(random()) keeps it. It can be "
    "replayed: moment, person and cell decide.",
    example="random() < 1", shows="TRUE", source="Excel RAND, XLSForm random")  # fmt: skip
def random_(context: Context) -> Value:
    """Make a fraction with 15 digits."""
    return ARITHMETIC.scaleb(Decimal(_drawn(context, 8) % 10**15), -15)


@function("uuid", Kind.TEXT, "length: number?", words=("唯一编号",), context=True,
    zh="随机的唯一编号（UUID 第 4 版的写法）；写长度时是那么多个字母和数字。要固定请写 once(uuid())。",
    en="A random unique number in the form of a version 4 UUID; with a length, that many letters and digits. "
    "once(uuid()) keeps it.",
    example="len(uuid())", shows="36", source="XLSForm")  # fmt: skip
def uuid(context: Context, length: Decimal | None = None) -> Value:
    """Make an identifier."""
    if length is None:
        return str(UUID(int=_drawn(context, 16), version=4))
    number, letters = _drawn(context, 64), ""
    for _ in range(to_whole(length, 1, MAX_LETTERS)):
        number, digit = divmod(number, len(_DIGITS))
        letters += _DIGITS[digit]
    return letters


def _drawn(context: Context, size: int) -> int:
    """A whole number of `size` bytes."""
    text = "\n".join((context.env.now.isoformat(), context.env.seed, str(context.env.positions), context.spot))
    return int.from_bytes(blake2b(text.encode(), digest_size=size).digest(), "big")
