"""The sandbox: a gateway without money, for trials and until the finance office's own is connected.

It keeps its orders in a file of its own, as another system would, and signs what it calls back.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import threading
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from banshi.platform.accounts.gateway import SIGNATURE, TIME, GatewayOrder, Payment, ensure_signed, signature
from banshi.platform.errors import Declined
from banshi.platform.service.accounts import MONEY_DIGITS, most
from banshi.storage.accounts import CLOSED, FAILED, OPEN, PAID

_MOST_FEN = int(most(MONEY_DIGITS).scaleb(MONEY_DIGITS))

Callback = tuple[bytes, dict[str, str]]
"""Body and headers of what the sandbox calls back."""
_TABLES = """
CREATE TABLE IF NOT EXISTS orders (id TEXT PRIMARY KEY, amount INTEGER, title TEXT, expires TEXT, state TEXT, no TEXT);
CREATE TABLE IF NOT EXISTS refunds (id TEXT PRIMARY KEY, order_id TEXT, no TEXT, amount INTEGER);
CREATE TABLE IF NOT EXISTS keys (key TEXT);
"""


class Sandbox:
    """See the module; a `gateway.Gateway`. Without a file it is in memory."""

    name = "sandbox"

    def __init__(self, path: Path | None = None, key: str = "") -> None:
        self._lock = threading.Lock()
        self._base = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None, timeout=10)
        self._base.executescript(_TABLES)
        self._key = key or self._own_key()

    def done(self) -> None:
        """Let the file go."""
        self._base.close()

    def create(self, order: GatewayOrder) -> str:
        """Make an order known, once; the page on which it is paid."""
        row = (order.id, order.amount, order.title, order.expires.isoformat(), OPEN, "")
        self._run("INSERT OR IGNORE INTO orders VALUES (?, ?, ?, ?, ?, ?)", *row)
        return f"/pay/{order.id}"

    def verify(self, body: bytes, headers: Mapping[str, str], now: datetime) -> Payment:
        """What a callback says. Raises Forged; Declined for what is signed and cannot be read."""
        ensure_signed(self._key, body, headers, now)
        try:
            said = json.loads(body)
            return Payment(
                order_id=str(said["order"]),
                state=str(said["state"]),
                amount=_fen(said["amount"]),
                gateway_no=str(said["no"]),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise Declined(
                "付款通知读不懂：正文应是 {order, state, amount, no}，amount 是以分为单位的整数。没有入账。",
                "The payment notice cannot be read: it says order, state, amount (a whole number of fen) and no. "
                "Nothing was booked.",
            ) from error

    def query(self, order_id: str) -> Payment | None:
        """How an order stands."""
        rows = self._run("SELECT state, amount, no FROM orders WHERE id = ?", order_id)
        return Payment(order_id=order_id, state=rows[0][0], amount=rows[0][1], gateway_no=rows[0][2]) if rows else None

    def close(self, order_id: str) -> Payment | None:
        """Let an order be paid no more."""
        self._run("UPDATE orders SET state = ? WHERE id = ? AND state = ?", CLOSED, order_id, OPEN)
        return self.query(order_id)

    def refund(self, order_id: str, gateway_no: str, refund_id: str, amount: int) -> None:
        """Give a payment back, once."""
        self._run("INSERT OR IGNORE INTO refunds VALUES (?, ?, ?, ?)", refund_id, order_id, gateway_no, amount)

    def refunds(self, order_id: str) -> int:
        """What was given back of an order, in fen."""
        return int(self._run("SELECT coalesce(sum(amount), 0) FROM refunds WHERE order_id = ?", order_id)[0][0])

    def press(self, order_id: str, button: str, now: datetime) -> Callback:
        """A button of the payment page: `pay`, `fail` or `close`; what is called back. A second press says the same."""
        state = {"pay": PAID, "fail": FAILED, "close": CLOSED}[button]
        no = f"SBX{secrets.token_hex(6).upper()}" if state == PAID else ""
        self._run("UPDATE orders SET state = ?, no = ? WHERE id = ? AND state = ?", state, no, order_id, OPEN)
        found = self.query(order_id)
        if found is None:
            raise Declined("沙箱里没有这个订单。", "The sandbox has no such order.")
        return self.callback(found, now)

    def callback(self, payment: Payment, now: datetime) -> Callback:
        """What the sandbox calls back, signed."""
        said = {"order": payment.order_id, "state": payment.state, "amount": payment.amount, "no": payment.gateway_no}
        body, at = json.dumps(said).encode(), str(int(now.timestamp()))
        return body, {TIME: at, SIGNATURE: signature(self._key, at, body)}

    def _own_key(self) -> str:
        with self._lock:
            self._base.execute("BEGIN IMMEDIATE")
            row = self._base.execute("SELECT key FROM keys").fetchone()
            key = row[0] if row else secrets.token_hex(32)
            if row is None:
                self._base.execute("INSERT INTO keys VALUES (?)", (key,))
            self._base.execute("COMMIT")
        return str(key)

    def _run(self, statement: str, *values: Any) -> list[Any]:
        with self._lock:
            return self._base.execute(statement, values).fetchall()


def _fen(amount: object) -> int:
    """An amount as a notice says it. Raises ValueError for what is no whole number, below 0 or beyond what is booked."""
    if isinstance(amount, bool) or not isinstance(amount, int) or not 0 <= amount <= _MOST_FEN:
        raise ValueError(f"{amount!r} is no amount.")
    return amount
