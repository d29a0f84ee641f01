"""Messages of the hall that screens are tried with: an inbox, and messages to the outside in every state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from banshi.platform.notices.outbox import ChannelHealth, MessageRow
from banshi.platform.people.directory import Person
from banshi.platform.views import Page
from banshi.rules.values import CAMPUS_ZONE

AT = datetime(2026, 3, 2, 9, 30, tzinfo=CAMPUS_ZONE)
TEXT = {"zh": "您的报修已派张师傅维修。", "en": "Mr Zhang is sent for your repair."}


class FakeOutbox:
    """The methods of `Outbox`."""

    active = False

    def __init__(self) -> None:
        self.read: set[str] = set()

    def purge_due(self) -> int:
        return 0

    def send_due(self) -> int:
        return 0

    def unread(self, person: Person) -> int:
        del person
        return 2 - len(self.read)

    def inbox(self, person: Person, *, page: int = 1, size: int = 20, language: str = "zh") -> Page:
        del person
        rows = [
            replace(_row(f"m{n}", language), state="read" if f"m{n}" in self.read else "unread", opens=n == 1)
            for n in (1, 2)
        ]
        return Page(items=rows, page=page, size=size, total=45)

    def mark_read(self, person: Person, keys: Sequence[str] = ()) -> int:
        del person
        self.read |= set(keys or ("m1", "m2"))
        return len(keys) or 2

    def may_look_after(self, person: Person) -> bool:
        return person.holds("owner")

    def health(self, person: Person) -> list[ChannelHealth]:
        del person
        return [ChannelHealth(channel="mail", waiting=3, late=1), ChannelHealth(channel="webhook", failed=1, sent=120)]

    def messages(self, person: Person, state: str, *, page: int = 1, size: int = 20, language: str = "zh") -> Page:
        del person
        row = replace(_row("w", language), channel="webhook", to="商城", text='{"数量": 12}', state=state, tries=3)
        why = {"zh": "对方答复 503", "en": "the receiver answered 503"}[language]
        row = row if state == "sent" else replace(row, why=why, next_at=AT if state == "waiting" else None)
        return Page(items=[row], page=page, size=size, total=1)

    def send_again(self, person: Person, key: str) -> None:
        del person, key

    def send_all_again(self, person: Person) -> int:
        del person
        return 1

    def everything(self, language: str = "zh") -> list[MessageRow]:
        return [_row("m1", language)]


def _row(key: str, language: str) -> MessageRow:
    return MessageRow(
        key=key, case_id="01HX0000000000000000000001", number="BX2026000017", service="后勤报修", channel="inbox", to="李沐阳",
        title="后勤报修 · BX2026000017", text=TEXT[language], at=AT, state="unread", tries=0, why="", next_at=None, opens=True,
    )  # fmt: skip
