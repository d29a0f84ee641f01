"""An account of the hall with the service in whose sheet it stands."""

from __future__ import annotations

from dataclasses import dataclass

from banshi.platform.service.accounts import Account
from banshi.platform.service.model import Service


@dataclass(frozen=True, slots=True)
class Kept:
    """See the module."""

    service: Service
    account: Account

    @property
    def key(self) -> str:
        """What tells it from all others of the hall."""
        return self.account.key(self.service.settings.id)
