"""What pays: an interface to the payment service of the finance office, and the signature of what it calls back."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from banshi.platform.errors import HallError

TIME, SIGNATURE = "x-pay-time", "x-pay-signature"
WINDOW = 300
"""How many seconds the clocks of the hall and the gateway may differ."""


class Forged(HallError):
    """A callback whose signature is missing, old or wrong."""

    status = 401

    def __init__(self) -> None:
        super().__init__(
            "付款通知的签名缺失、过期或不正确，没有入账。",
            "The signature of the payment notice is missing, too old or wrong; nothing was booked.",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayOrder:
    """What the gateway is asked to collect: an amount in fen, until a moment."""

    id: str
    amount: int
    title: str
    expires: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """How an order stands at the gateway: `open`, `paid`, `failed` or `closed`; `gateway_no` is its number of the payment."""

    order_id: str
    state: str
    amount: int
    gateway_no: str = ""


class Gateway(Protocol):
    """A payment service. Every verb may be repeated and has one effect; GatewayDown where it cannot be reached."""

    name: str

    def create(self, order: GatewayOrder) -> str:
        """Make an order known, once; the address of the page on which it is paid."""
        ...

    def verify(self, body: bytes, headers: Mapping[str, str], now: datetime) -> Payment:
        """What a callback says. Raises Forged."""
        ...

    def query(self, order_id: str) -> Payment | None:
        """How an order stands; None for one that was never made known."""
        ...

    def close(self, order_id: str) -> Payment | None:
        """Let an order be paid no more; how it stands then: it may have been paid just before."""
        ...

    def refund(self, order_id: str, gateway_no: str, refund_id: str, amount: int) -> None:
        """Give a payment back. The same `refund_id` gives it back once."""
        ...

    def done(self) -> None:
        """Let go of what is open: the hall ends."""
        ...


class GatewayDown(HallError):
    """The gateway cannot be reached or does not understand."""

    status = 502

    def __init__(self) -> None:
        super().__init__(
            "支付平台暂时没有响应，请稍后再试；没有扣款。",
            "The payment service does not answer now; please try again later. Nothing was charged.",
        )


def signature(key: str, at: str, body: bytes) -> str:
    """HMAC-SHA256 over the time (seconds since 1970), a line break and the body."""
    return hmac.new(key.encode(), f"{at}\n".encode() + body, hashlib.sha256).hexdigest()


def ensure_signed(key: str, body: bytes, headers: Mapping[str, str], now: datetime) -> None:
    """Raise Forged unless a callback is signed with the key, and now."""
    at, given = headers.get(TIME, ""), headers.get(SIGNATURE, "")
    dated = at.isascii() and at.isdigit() and len(at) <= 12 and abs(now.timestamp() - int(at)) <= WINDOW
    if not dated or not hmac.compare_digest(signature(key, at, body).encode(), given.encode()):
        raise Forged
