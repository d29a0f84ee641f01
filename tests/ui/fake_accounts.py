"""Accounts that screens are tried with: nobody has any."""

from __future__ import annotations

from banshi.platform.people.directory import Person


class FakeAccounts:
    """The methods of `Bank` that every page asks."""

    def kept_by(self, person: Person, language: str = "zh") -> list[object]:
        del person, language
        return []

    def mine(self, person: Person, language: str = "zh") -> list[object]:
        del person, language
        return []

    def tell_low(self) -> int:
        return 0
