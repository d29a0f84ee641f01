"""Numbers of vouchers: what was added to the balances of an account, or taken back, by the same one, booked or waiting.

Numbers are compared as people read them: without blanks, in half width, with all brackets and dashes alike, in small letters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from banshi.platform.accounts.kept import Kept
from banshi.platform.errors import HallError
from banshi.platform.service.accounts import unit_text, written
from banshi.rules.values import CAMPUS_ZONE
from banshi.storage.accounts import AVAILABLE, PROPOSED, StoredReceipt, TransactionFilter
from banshi.storage.contract import Store

GRANT = "grant:"
"""What the keys of proposals begin with, and the ids of movements."""
KIND, BACK = "grant", "takeback"
REVERSAL = "reversal"
_BLANKS = re.compile(r"[\s\u00ad\u200b-\u200f\u2060-\u2064\ufeff]+")
_ONE_SIGN = str.maketrans(
    {**dict.fromkeys("〔【[「〈《", "("), **dict.fromkeys("〕】]」〉》", ")"), **dict.fromkeys("‐‑‒–—―−", "-")}
)
_TOLD = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class SameNumber:
    """One that goes by the same number: whose, how much (below zero for what was taken back), when, and whether it still waits."""

    key: str
    holder: str
    parts: int
    amount: str
    at: datetime
    waits: bool


class BookedBefore(HallError):
    """The number of a voucher was booked before, or waits, and nobody has said that it is to be booked once more."""

    status = 409

    def __init__(self, reference: str, same: Sequence[SameNumber], unit: str) -> None:
        zh, en = (_told(same, unit, language) for language in ("zh", "en"))
        super().__init__(
            f"文号“{reference}”在这个账户里已有 {len(same)} 笔：{zh}。没有入账。先核对是不是同一张凭证；确实要再入一笔的，重新核对并确认"
            f"（程序加参数 repeated=true）。",
            f"The number “{reference}” is on {len(same)} others of this account: {en}. Nothing was booked. See whether it is the same "
            f"voucher; if it is to be booked once more, check it again and say so (programs add repeated=true).",
        )


def alike(reference: str) -> str:
    """A number as it is compared with others."""
    return _BLANKS.sub("", unicodedata.normalize("NFKC", reference).translate(_ONE_SIGN)).casefold()


def by_number(store: Store, kept: Kept) -> Mapping[str, Sequence[SameNumber]]:
    """What was booked in an account by numbers and not reversed, and what waits, oldest first; the keys are those of `alike`."""
    found: dict[str, list[SameNumber]] = {}
    moves = list(store.iter_transactions(TransactionFilter(account=kept.key, kinds=(KIND, BACK, REVERSAL))))
    undone = {one.reverses for one in moves if one.reverses}
    for one in moves:
        if one.kind == REVERSAL or one.id in undone:
            continue
        for line in one.postings:
            if line.part == AVAILABLE and line.account == kept.key:
                _add(found, kept, one.reference, one.id, line.holder, line.amount, one.at)
    for row in _waiting(store, kept):
        _add(found, kept, row.gateway_no, row.key, row.order_id, row.amount, row.at, waits=True)
    return found


def _waiting(store: Store, kept: Kept) -> list[StoredReceipt]:
    rows, _ = store.receipts((PROPOSED,), size=1_000_000)
    return [row for row in rows[::-1] if row.account == kept.key and row.key.startswith(GRANT)]


def _add(
    found: dict[str, list[SameNumber]], kept: Kept, reference: str, key: str, holder: str, parts: int, at: datetime,
    *, waits: bool = False,
) -> None:  # fmt: skip
    amount = written(parts, kept.account.unit)
    one = SameNumber(key=key, holder=holder, parts=parts, amount=amount, at=at, waits=waits)
    found.setdefault(alike(reference), []).append(one)


def _told(same: Sequence[SameNumber], unit: str, language: str) -> str:
    """The first of them in words."""
    english = language == "en"
    texts = []
    for one in same[:_TOLD]:
        state = ("waits" if english else "待复核") if one.waits else ("booked" if english else "已入账")
        day = f"{one.at.astimezone(CAMPUS_ZONE):%Y-%m-%d}"
        amount = f"{one.amount} {unit_text(unit, language)}"
        texts.append(f"{one.holder} {amount}, {state} {day}" if english else f"{one.holder} {amount}，{day} {state}")
    more = (" …" if english else "等") if len(same) > _TOLD else ""
    return ("; " if english else "；").join(texts) + more
