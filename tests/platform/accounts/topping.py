"""A hall with the shipped electricity top-up and the demo organisation, for tests of payments."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from banshi.platform.accounts.sandbox import Sandbox
from banshi.platform.hall import Hall
from banshi.platform.people.directory import Person
from banshi.rules.policies import FixpointEngine
from banshi.storage.accounts import StoredOrder
from banshi.storage.attachments import AttachmentFolder
from banshi.storage.sql import SqlStore

SHIPPED = Path(__file__).resolve().parents[3] / "definitions"
STUDENT, ROOMMATE, STRANGER, CASHIER, OWNER, ADMIN = (
    "2024110101", "2024110102", "2024120201", "10415", "10563", "10911",
)  # fmt: skip
ROOM, KEY = "海棠1栋 301", "electricity-topup:购电"


class Office:
    """The hall, its sandbox and a clock that is moved by hand."""

    def __init__(self, folder: Path) -> None:
        self.now = datetime(2026, 12, 1, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
        definitions = folder / "definitions"
        for name in ("organisation", "electricity-topup"):
            shutil.copytree(SHIPPED / name, definitions / name)
        self.sandbox = Sandbox(folder / "sandbox.db", "k" * 40)
        self.hall = Hall(
            store=SqlStore(folder / "banshi.sqlite"),
            attachments=AttachmentFolder(folder / "attachments"),
            definitions=definitions,
            engine=FixpointEngine(),
            clock=lambda: self.now,
            gateway=self.sandbox,
        )
        self.hall.scan()
        self.store, self.bank = self.hall._store, self.hall.accounts
        self.cashier = self.bank.cashier

    def person(self, key: str = STUDENT) -> Person:
        return self.hall.directory.people[key]

    def order(self, amount: object = 100, command: str = "a") -> StoredOrder:
        """A top-up that was sent, and made known to the gateway."""
        answers = {"校区": "滨江校区", "楼栋": "海棠1栋", "房间": "301", "充值金额": amount}
        receipt = self.hall.submit(self.person(), "electricity-topup", answers, command_id=command)
        assert receipt.done, receipt.problems
        orders, _ = self.store.orders(case_id=receipt.case_id)
        self.cashier.order(self.person(), orders[0].id)
        return orders[0]

    def state(self, order: StoredOrder) -> tuple[str, str]:
        """How the order and its case stand."""
        case, now = self.store.case(order.case_id), self.store.order(order.id)
        assert case is not None
        assert now is not None
        return now.state, case.state

    def kwh(self) -> Decimal:
        rows, _ = self.store.balances(KEY, [ROOM])
        return Decimal(rows[0].available if rows else 0) / 100

    def later(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)
