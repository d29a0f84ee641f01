"""Accounts that screens are tried with: nobody has any."""

from __future__ import annotations

from banshi.platform.people.directory import Person


class FakeAccounts:
    """The methods of `Bank` that pages ask."""

    def may_look_after(self, person: Person) -> bool:
        del person
        return False

    def mine(self, person: Person, language: str = "zh") -> list[object]:
        del person, language
        return []

    def tell_low(self) -> int:
        return 0
